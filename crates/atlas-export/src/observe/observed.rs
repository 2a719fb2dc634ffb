//! What an observer is told.

use std::{borrow::Cow, sync::Arc, time::Duration};

use crate::{ApiVersion, ErrorKind};

/// What a request, an attempt or a call is of. Names and templates, never values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ObservedOperation {
    /// The id of the operation in the contract, for instance `listExportBuckets`; of
    /// [`Client::request`](crate::Client::request), and of a request about an access token, the
    /// template of the path.
    pub id: &'static str,
    /// The method of the operation, in capitals.
    pub method: &'static str,
    /// The path below that of the API, with placeholders:
    /// `/groups/{groupId}/backup/exportBuckets`. Of a request about an access token,
    /// `/api/oauth/token` or `/api/oauth/revoke`.
    pub path_template: &'static str,
    /// The generation of the API that the client speaks.
    pub api_version: ApiVersion,
    /// The host of the client's base URL, without a port.
    pub server_address: Arc<str>,
    /// The port of the client's base URL.
    pub server_port: u16,
}

/// What a request on the wire is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// The operation itself.
    Operation,
    /// A challenge (HTTP Digest): sent to be given one, or answered with one and sent again with
    /// the answer. Its 401 is no failure.
    Challenge,
    /// To get an access token (OAuth 2.0). It belongs to no call, since many may wait for it.
    Token,
    /// To give an access token back.
    Revocation,
}

/// How an attempt or a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It gave what was asked for.
    Succeeded,
    /// It did not.
    Failed,
    /// It was dropped.
    Cancelled,
}

/// For what time was spent before a request went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waits {
    /// Between attempts: the back-off, or what the server asked for.
    pub backoff: Duration,
    /// For a turn under a rate limit that is known.
    pub rate_limit: Duration,
    /// For one of the [requests in flight](crate::ClientBuilder::max_in_flight).
    pub slot: Duration,
    /// For an access token.
    pub token: Duration,
}

impl Waits {
    /// The sum.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export::observe::Waits;
    ///
    /// assert_eq!(Waits::default().total(), Duration::ZERO);
    /// ```
    pub fn total(&self) -> Duration {
        let waits = [self.backoff, self.rate_limit, self.slot, self.token];
        waits
            .into_iter()
            .fold(Duration::ZERO, Duration::saturating_add)
    }
}

/// One request on the wire. Requests that the HTTP library repeats by itself, because they never
/// went out, are one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObservedRequest {
    /// What it is of.
    pub operation: ObservedOperation,
    /// What it is for.
    pub purpose: Purpose,
    /// Its own method, in capitals: `GET` where it asks for a challenge in place of a creation.
    pub method: &'static str,
    /// Which attempt of its call it belongs to, from 1 on; `None` of one about an access token.
    pub attempt: Option<u32>,
    /// The status that was answered.
    pub status: Option<u16>,
    /// Why there is no status, or no whole body, in a word: `connect`, `broken`, `timeout`,
    /// `too large`, or `cancelled` where nobody wanted it any more. An open set.
    pub error: Option<&'static str>,
    /// From when it was given to the connection until its body was read, or it broke off. The time
    /// to connect is in it.
    pub duration: Duration,
    /// The bytes of its body, which is not compressed, without headers. 0 where there was no
    /// connection; where it broke off, fewer may have gone out.
    pub bytes_sent: u64,
    /// The bytes of the answer's body that were read, decompressed, without headers.
    pub bytes_received: u64,
}

impl ObservedRequest {
    /// What OpenTelemetry has as `error.type`: the [`error`](Self::error) in a word, or a status
    /// that is one (400 and above) as text.
    pub fn error_type(&self) -> Option<Cow<'static, str>> {
        let status = self.status.filter(|status| *status >= 400);
        match self.error {
            Some(error) => Some(error.into()),
            None => status.map(|status| status.to_string().into()),
        }
    }
}

/// One attempt of a call. What fails before a request goes out, because there is no access token
/// for instance, is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObservedAttempt {
    /// What it is of.
    pub operation: ObservedOperation,
    /// The how manieth of its call it is, from 1 on.
    pub number: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The last status that was answered.
    pub status: Option<u16>,
    /// Why it failed, in a word: `status`, `timeout`, `credentials`, `foreign` and more, an open
    /// set; as `error.type` in the client's `tracing` events.
    pub error: Option<&'static str>,
    /// The code of Atlas for why it was refused, for instance `CLUSTER_NOT_FOUND`
    /// ([`codes`](crate::codes)). Only what has the form of one: capitals, digits and underscores,
    /// at most 64.
    pub error_code: Option<String>,
    /// From when its first request went out to its end.
    pub duration: Duration,
    /// What it waited for before, since the attempt before it.
    pub waited: Waits,
    /// How long the call waits before the next attempt; `None` where there is none.
    pub next_wait: Option<Duration>,
    /// The sum over its requests; see [`ObservedRequest::bytes_sent`].
    pub bytes_sent: u64,
    /// The sum over its requests; see [`ObservedRequest::bytes_received`].
    pub bytes_received: u64,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObservedCall {
    /// What it is of.
    pub operation: ObservedOperation,
    /// How many attempts it made.
    pub attempts: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// The status of the answer that decided it.
    pub status: Option<u16>,
    /// The kind of the error that the caller was given.
    pub error_kind: Option<ErrorKind>,
    /// As [`ObservedAttempt::error_code`].
    pub error_code: Option<String>,
    /// From its begin to its end, with all waits; of one that was dropped, to when that was.
    pub duration: Duration,
    /// What it waited for in this time.
    pub waited: Waits,
    /// The sum over its requests; see [`ObservedRequest::bytes_sent`].
    pub bytes_sent: u64,
    /// The sum over its requests; see [`ObservedRequest::bytes_received`].
    pub bytes_received: u64,
}
