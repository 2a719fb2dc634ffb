//! Answers with 429, as faults.

use atlas_export_fake::Fault;
use http::{Response, StatusCode};

/// A 429 that says nothing but when to come again, in seconds.
pub fn slow_down(retry_after: u64) -> Fault {
    refusal("retry-after", &retry_after.to_string(), String::new())
}

/// Atlas's own 429, which describes a token bucket: the parameters are the set of endpoints, the
/// seconds to wait, the capacity, how many tokens come in at once, and after how many seconds.
pub fn empty_bucket(parameters: &str) -> Fault {
    let body = format!(
        r#"{{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","detail":"slow down",
            "parameters":{parameters}}}"#
    );
    refusal("content-type", "application/json", body)
}

fn refusal(header: &str, value: &str, body: String) -> Fault {
    let refusal = Response::builder()
        .status(StatusCode::TOO_MANY_REQUESTS)
        .header(header, value)
        .body(body);
    Fault::answer(refusal.expect("a good header"))
}
