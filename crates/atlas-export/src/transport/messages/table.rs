//! Each message of the transport, for the table of all messages.

use std::{
    io,
    time::{Duration, SystemTime},
};

use atlas_export_api::operations;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::{
    error::Error,
    observe::Waits,
    transport::{
        failure::{Cause, Failure, TimeLimit, Timeout},
        provider,
        request::Prepared,
        response::ReceivedResponse,
        token,
    },
};

/// A request that a failure is about.
fn prepared(method: Method) -> Prepared {
    let operation = if method == Method::POST {
        operations::CREATE_EXPORT_JOB
    } else {
        operations::LIST_EXPORT_BUCKETS
    };
    Prepared {
        operation: *operation,
        method,
        url: "https://cloud.mongodb.com/x".parse().unwrap(),
        headers: HeaderMap::new(),
        body: None,
        is_idempotent: false,
    }
}

fn response(status: StatusCode) -> Box<ReceivedResponse> {
    Box::new(ReceivedResponse {
        status,
        headers: HeaderMap::new(),
        body: Bytes::new(),
    })
}

fn causes() -> Vec<Cause> {
    let refused = || response(StatusCode::UNAUTHORIZED);
    let timeout = |limit, was_sent| {
        Cause::Timeout(Timeout {
            limit,
            after: Duration::from_secs(60),
            waited: Waits::default(),
            max_in_flight: 64,
            was_sent,
        })
    };
    let offers = |was_signed| Cause::NoUsableChallenge {
        response: refused(),
        offered: "Basic".to_owned(),
        was_signed,
    };
    let redirect = |target: Option<&str>| Cause::Redirect {
        target: target.map(str::to_owned),
        status: StatusCode::FOUND,
    };
    vec![
        timeout(TimeLimit::Call, true),
        timeout(TimeLimit::Attempt, true),
        timeout(TimeLimit::Call, false),
        Cause::RateLimited,
        Cause::TooLarge(1024),
        redirect(Some("https://elsewhere.example/x")),
        redirect(None),
        Cause::Refused(response(StatusCode::SERVICE_UNAVAILABLE)),
        Cause::KeyRefused(refused()),
        Cause::WorkingKeyRefused(refused()),
        Cause::NoncesStale(refused()),
        offers(false),
        offers(true),
        Cause::NotAtlas(Some("text/html".to_owned())),
        Cause::NotAtlas(Some("application/json".to_owned())),
        Cause::NotAtlas(None),
        Cause::Empty,
        Cause::Encoded("br".to_owned()),
        Cause::GivenUp,
        Cause::Panicked,
        Cause::RuntimeShutDown,
        Cause::NoRuntime,
        Cause::ClientShutDown,
        Cause::Random(io::Error::other("none")),
        Cause::Unsignable,
    ]
}

/// What is told of each cause, and of a creation whose answer was lost.
pub(crate) fn each_error(mut tell: impl FnMut(Error)) {
    let now = SystemTime::UNIX_EPOCH;
    for cause in causes() {
        let failure = Failure::of(cause);
        tell(failure.into_error(&prepared(Method::GET), None, now));
    }
    for error in provider::provider_error::each() {
        tell(error.into_error());
    }
    for error in token::table::each() {
        tell(error.into_error());
    }
    let lost = Failure {
        may_have_acted: true,
        ..Failure::of(Cause::Refused(response(StatusCode::BAD_GATEWAY)))
    };
    tell(lost.into_error(&prepared(Method::POST), None, now));
}
