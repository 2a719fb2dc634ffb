//! Which request a fault is for.

use http::{Method, Version};

/// A request whose head has been read: what a function that [chooses
/// faults](crate::FakeAtlas::faults_by) is given.
///
/// ```
/// use atlas_export_fake::{Fault, RequestHead};
///
/// fn every_tenth_creation(head: &RequestHead) -> Option<Fault> {
///     let creation = head.operation == Some("createExportJob");
///     (creation && head.number % 10 == 0).then(Fault::reset)
/// }
/// # let _ = every_tenth_creation;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestHead {
    /// The requests of a fake are numbered from 1, in the order in which their heads were read.
    pub number: u64,
    /// Usually `HTTP_11` or `HTTP_2`.
    pub version: Version,
    /// The method.
    pub method: Method,
    /// The path, percent-encoded as it was sent.
    pub path: String,
    /// What followed the `?`, as it was sent.
    pub query: Option<String>,
    /// Whether its credentials would be accepted now.
    pub authenticated: bool,
    /// The operation's name in the description of the API, such as `createExportBucket`.
    pub operation: Option<&'static str>,
}

/// Which requests a fault is for.
///
/// ```
/// use atlas_export_fake::Match;
/// use http::Method;
///
/// let creation = Match::operation("createExportBucket").authenticated();
/// let handshake = Match::any().unauthenticated();
/// let elsewhere = Match::request(Method::GET, "/");
/// # drop((creation, handshake, elsewhere));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    operation: Option<String>,
    request: Option<(Method, String)>,
    authenticated: Option<bool>,
}

impl Match {
    /// Any request, also one that only asks for a challenge.
    pub fn any() -> Self {
        Self::default()
    }

    /// The requests of an operation, by its name in the description of the API.
    pub fn operation(id: &str) -> Self {
        Self {
            operation: Some(id.to_owned()),
            ..Self::default()
        }
    }

    /// The requests with this method and exactly this path, whatever their query.
    pub fn request(method: Method, path: &str) -> Self {
        Self {
            request: Some((method, path.to_owned())),
            ..Self::default()
        }
    }

    /// Only those of them whose credentials would be accepted: not the ones that will be challenged.
    pub fn authenticated(mut self) -> Self {
        self.authenticated = Some(true);
        self
    }

    /// Only those of them that will be challenged.
    pub fn unauthenticated(mut self) -> Self {
        self.authenticated = Some(false);
        self
    }

    pub(crate) fn fits(&self, head: &RequestHead) -> bool {
        let operation = self.operation.as_deref();
        let request = self.request.as_ref();
        operation.is_none_or(|id| head.operation == Some(id))
            && request.is_none_or(|(method, path)| *method == head.method && *path == head.path)
            && (self.authenticated).is_none_or(|expected| expected == head.authenticated)
    }
}
