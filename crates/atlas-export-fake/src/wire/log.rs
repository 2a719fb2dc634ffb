//! What reached the wire, in the order in which it came.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{
    HeaderMap, Method, StatusCode,
    header::{self, AUTHORIZATION, PROXY_AUTHORIZATION},
    request,
};

use crate::api::oauth::OAUTH_PATH;
use crate::faults::fault::Fault;

/// One request as the fake received it. Those answered 401 are recorded too.
///
/// ```
/// use atlas_export_fake::RecordedRequest;
///
/// /// How many requests created something, whatever was answered.
/// fn creations(requests: &[RecordedRequest]) -> usize {
///     let posts = requests.iter().filter(|request| request.method == http::Method::POST);
///     posts.filter(|request| request.took_effect()).count()
/// }
/// # let _ = creations;
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// The path, percent-encoded as it was sent.
    pub path: String,
    /// What followed the `?`, as it was sent.
    pub query: Option<String>,
    /// The headers, `Authorization` included, whose value `Debug` does not show.
    pub headers: HeaderMap,
    /// The body, of which `Debug` shows nothing where it holds a token; read to its end before the request was acted on; empty where a fault struck before.
    pub body: Bytes,
    /// The status line that went out; `None` until there is one, and where a fault lets none out.
    /// Under `envelope=true` this is the 200 of the wire, not the status in the body.
    pub status: Option<StatusCode>,
    /// The fault that it met, if it did.
    pub fault: Option<Fault>,
    /// The status of the fake's own answer, whether or not that went out; `None` where the request was
    /// not acted on.
    pub own_status: Option<StatusCode>,
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RecordedRequest");
        shown
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers);
        if !self.path.starts_with(OAUTH_PATH) {
            shown.field("body", &self.body);
        }
        shown
            .field("status", &self.status)
            .field("fault", &self.fault)
            .field("own_status", &self.own_status)
            .finish()
    }
}

impl RecordedRequest {
    /// Whether it was carried out, whatever was answered.
    pub fn took_effect(&self) -> bool {
        self.own_status.is_some_and(|status| status.is_success())
    }

    /// Whether the answer's status line said `status`.
    pub fn answered(&self, status: u16) -> bool {
        self.status.is_some_and(|answered| answered == status)
    }
}

/// Names an entry of the log. Once the log is cleared it names none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EntryId {
    era: u64,
    index: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    era: u64,
    requests: Vec<RecordedRequest>,
}

/// The same headers, of which `Debug` keeps the answer to the challenge to itself.
fn sensitive(mut headers: HeaderMap) -> HeaderMap {
    for name in [AUTHORIZATION, PROXY_AUTHORIZATION] {
        if let header::Entry::Occupied(mut values) = headers.entry(name) {
            values
                .iter_mut()
                .for_each(|value| value.set_sensitive(true));
        }
    }
    headers
}

impl Log {
    /// Writes a request down before anything is decided about it.
    pub(crate) fn enter(
        &self,
        parts: &request::Parts,
        body: Bytes,
        fault: Option<Fault>,
    ) -> EntryId {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = EntryId {
            era: entries.era,
            index: entries.requests.len(),
        };
        entries.requests.push(RecordedRequest {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: sensitive(parts.headers.clone()),
            body,
            status: None,
            fault,
            own_status: None,
        });
        id
    }

    /// Notes the status that goes out.
    pub(crate) fn answered(&self, id: EntryId, status: StatusCode) {
        self.change(id, |request| request.status = Some(status));
    }

    /// Notes the status of the fake's own answer.
    pub(crate) fn acted(&self, id: EntryId, status: StatusCode) {
        self.change(id, |request| request.own_status = Some(status));
    }

    fn change(&self, id: EntryId, change: impl FnOnce(&mut RecordedRequest)) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.era == id.era
            && let Some(request) = entries.requests.get_mut(id.index)
        {
            change(request);
        }
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.requests.clone()
    }

    pub(crate) fn count(&self, mut which: impl FnMut(&RecordedRequest) -> bool) -> usize {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .requests
            .iter()
            .filter(|request| which(request))
            .count()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.era = entries.era.wrapping_add(1);
        entries.requests.clear();
    }
}
