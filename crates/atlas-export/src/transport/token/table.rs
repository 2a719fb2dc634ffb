//! Each message of the token endpoint, for the table of all messages.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{
    endpoint::NoGrant,
    token_error::TokenError,
    words::{self, Purpose},
};
use crate::{
    observe::Waits,
    transport::{
        failure::{Cause, Failure, TimeLimit, Timeout},
        response::ReceivedResponse,
    },
};

fn refused(status: u16, body: &'static str) -> Cause {
    Cause::refused(ReceivedResponse {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(body.as_bytes()),
    })
}

/// What is told where there is no token.
pub(in crate::transport) fn each() -> impl Iterator<Item = TokenError> {
    const HOST: &str = "https://cloud.mongodb.com";
    let now = SystemTime::UNIX_EPOCH;
    let causes = vec![
        refused(401, r#"{"error":"invalid_client"}"#),
        refused(403, r#"{"error":"access_denied","error_description":"no"}"#),
        refused(403, r#"{"errorCode":"IP_ADDRESS_NOT_ON_ACCESS_LIST"}"#),
        refused(429, ""),
        refused(404, ""),
        refused(407, ""),
        refused(503, ""),
        Cause::Timeout(Timeout {
            limit: TimeLimit::Attempt,
            after: Duration::from_secs(60),
            waited: Waits::default(),
            max_in_flight: 64,
            was_sent: true,
        }),
        Cause::NotAtlas(Some("text/html".to_owned())),
        Cause::TooLarge(65536),
        Cause::Redirect {
            target: Some("https://elsewhere.example/x".to_owned()),
            status: StatusCode::FOUND,
        },
    ];
    let failed = causes.into_iter().map(move |cause| {
        let no_grant = NoGrant::Failed(Failure::of(cause));
        words::of_no_grant(no_grant, HOST, now).into()
    });
    let unusable = NoGrant::Unusable("without an access_token".to_owned());
    let unusable = words::of_no_grant(unusable, HOST, now).into();
    let revoking = words::of_failure(Failure::of(refused(503, "")), Purpose::Revoke, HOST, now);
    failed.chain([unusable, revoking.into()])
}
