//! Which request meets which fault.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Method, Version};

use crate::fake::FakeAtlas;
use crate::fault::Fault;

/// A request whose head has been read: what a fault is chosen by.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RequestHead {
    /// The requests of a fake are numbered from 1, in the order in which their heads were read.
    pub number: u64,
    /// `HTTP_11` or `HTTP_2`, as a rule.
    pub version: Version,
    /// The method.
    pub method: Method,
    /// The path, percent-encoded as it was sent.
    pub path: String,
    /// What followed the `?`, as it was sent.
    pub query: Option<String>,
    /// Whether its credentials would be let in now.
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
    /// Any request, those that are only there to be challenged included.
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

    /// The requests with this method and this very path, whatever their query.
    pub fn request(method: Method, path: &str) -> Self {
        Self {
            request: Some((method, path.to_owned())),
            ..Self::default()
        }
    }

    /// Of these, the ones whose credentials would be let in: not the ones that will be challenged.
    pub fn authenticated(mut self) -> Self {
        self.authenticated = Some(true);
        self
    }

    /// Of these, the ones that will be challenged.
    pub fn unauthenticated(mut self) -> Self {
        self.authenticated = Some(false);
        self
    }

    fn fits(&self, head: &RequestHead) -> bool {
        let operation = self.operation.as_deref();
        let request = self.request.as_ref();
        operation.is_none_or(|id| head.operation == Some(id))
            && request.is_none_or(|(method, path)| *method == head.method && *path == head.path)
            && (self.authenticated).is_none_or(|expected| expected == head.authenticated)
    }
}

type Schedule = Arc<dyn Fn(&RequestHead) -> Option<Fault> + Send + Sync>;

/// The faults of one fake.
#[derive(Default)]
pub(crate) struct Script(Mutex<Plan>);

#[derive(Default)]
struct Plan {
    requests: u64,
    once: VecDeque<(Match, Fault)>,
    schedule: Option<Schedule>,
}

impl Script {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers a request.
    pub(crate) fn number(&self) -> u64 {
        let mut plan = self.plan();
        plan.requests = plan.requests.saturating_add(1);
        plan.requests
    }

    /// The fault that `head` meets. One that was injected comes before one of the schedule, which is
    /// asked in any case.
    pub(crate) fn fault(&self, head: &RequestHead) -> Option<Fault> {
        let (injected, schedule) = {
            let mut plan = self.plan();
            let fits = plan.once.iter().position(|(which, _)| which.fits(head));
            let injected = fits.and_then(|index| plan.once.remove(index));
            (injected, plan.schedule.clone())
        };
        // Without the lock: the test's own code may well inject something.
        let scheduled = schedule.and_then(|schedule| schedule(head));
        injected.map(|(_, fault)| fault).or(scheduled)
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan();
        f.debug_struct("Script")
            .field("requests", &plan.requests)
            .field("once", &plan.once)
            .field("schedule", &plan.schedule.is_some())
            .finish()
    }
}

/// Faults.
impl FakeAtlas {
    /// The next request meets `fault`, whatever it is: an unsigned one that would be challenged too.
    /// Injected again, the one after it does, and so on.
    pub fn inject(&self, fault: Fault) {
        self.inject_for(Match::any(), fault);
    }

    /// The next request that fits meets `fault`. Of several that fit, it meets the one that was
    /// injected first.
    ///
    /// ```
    /// use atlas_export_fake::{FakeAtlas, Fault, Match, Moment};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// // The answer to the creation is lost; the bucket is there:
    /// fake.inject_for(
    ///     Match::operation("createExportBucket").authenticated(),
    ///     Fault::reset().at(Moment::Acted),
    /// );
    /// // … after the calls of the test:
    /// # fake.clear_faults();
    /// assert_eq!(fake.faults_left(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject_for(&self, which: Match, fault: Fault) {
        self.shared().script.plan().once.push_back((which, fault));
    }

    /// Asks `schedule` about every request, once, when its head has been read. It replaces the
    /// schedule before it. A request that meets an injected fault does not meet that of the schedule.
    ///
    /// ```
    /// use atlas_export_fake::{FakeAtlas, Fault};
    /// use http::StatusCode;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// fake.faults_by(|head| match head.number % 7 {
    ///     0 => Some(Fault::reset()),
    ///     3 if head.authenticated => Some(Fault::status(StatusCode::SERVICE_UNAVAILABLE)),
    ///     _ => None,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn faults_by(
        &self,
        schedule: impl Fn(&RequestHead) -> Option<Fault> + Send + Sync + 'static,
    ) {
        self.shared().script.plan().schedule = Some(Arc::new(schedule));
    }

    /// How many injected faults no request has met yet: 0 at the end of a test that hit what it aimed
    /// at.
    pub fn faults_left(&self) -> usize {
        self.shared().script.plan().once.len()
    }

    /// Takes back the schedule and the injected faults that no request has met.
    pub fn clear_faults(&self) {
        let mut plan = self.shared().script.plan();
        plan.once.clear();
        plan.schedule = None;
    }
}
