//! What reached the wire, in the order in which it came.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::{
    HeaderMap, Method, StatusCode,
    header::{self, AUTHORIZATION, PROXY_AUTHORIZATION},
    request,
};

use crate::fault::Fault;

/// One request as the fake received it: the ones answered 401 are kept too.
#[derive(Debug, Clone)]
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
    /// The body, read to its end before the request was judged; empty where a fault struck before.
    pub body: Bytes,
    /// The status line that went out; `None` until there is one, and where a fault lets none out. Under `envelope=true` this is the
    /// 200 of the wire, not the status in the body.
    pub status: Option<StatusCode>,
    /// The fault that it met.
    pub fault: Option<Fault>,
    /// What became of it: the status of the fake's own answer, whether or not that went out; `None`
    /// where the request was not acted on.
    pub acted: Option<StatusCode>,
}

impl RecordedRequest {
    /// Whether it was carried out, whatever its sender was told.
    pub fn took_effect(&self) -> bool {
        self.acted.is_some_and(|status| status.is_success())
    }

    /// Whether the answer's status line said `status`.
    pub fn answered(&self, status: u16) -> bool {
        self.status.is_some_and(|answered| answered == status)
    }
}

/// Names an entry of the log until it is answered; stale once the log is cleared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket {
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
fn discreet(mut headers: HeaderMap) -> HeaderMap {
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
    ) -> Ticket {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = Ticket {
            era: entries.era,
            index: entries.requests.len(),
        };
        entries.requests.push(RecordedRequest {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: discreet(parts.headers.clone()),
            body,
            status: None,
            fault,
            acted: None,
        });
        ticket
    }

    /// Notes the status that goes out.
    pub(crate) fn answered(&self, ticket: Ticket, status: StatusCode) {
        self.change(ticket, |request| request.status = Some(status));
    }

    /// Notes the status of the fake's own answer.
    pub(crate) fn acted(&self, ticket: Ticket, status: StatusCode) {
        self.change(ticket, |request| request.acted = Some(status));
    }

    fn change(&self, ticket: Ticket, change: impl FnOnce(&mut RecordedRequest)) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.era == ticket.era
            && let Some(request) = entries.requests.get_mut(ticket.index)
        {
            change(request);
        }
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.requests.clone()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.era = entries.era.wrapping_add(1);
        entries.requests.clear();
    }
}
