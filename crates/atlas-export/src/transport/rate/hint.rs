//! What a response says about when to come back.
//!
//! `Retry-After` names a wait, in seconds or as a date. The body of a 429 with the code
//! `RATE_LIMITED_TOKEN_BUCKET` says more: its parameters are the path, the seconds to wait,
//! and capacity, refill and period of the token bucket that was empty.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::{
    codes::RATE_LIMITED_TOKEN_BUCKET, error::ApiError, transport::response::ReceivedResponse,
};

/// The longest wait, and the longest period, that a body is believed: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// The shortest time in which a token comes back, and the shortest period, that is believed: a
/// microsecond.
const MIN_SECONDS: f64 = 1e-6;

/// What the server says of a request that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RateVerdict {
    /// It was within the limit.
    Admitted,
    /// 429.
    Refused,
    /// Nothing: there was no response.
    Unknown,
}

/// The token bucket that a 429 describes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RateHint {
    /// Until there is a token again.
    pub(super) wait: Duration,
    /// How many tokens the bucket holds; at least one.
    pub(super) capacity: f64,
    /// How many come back in each period.
    pub(super) refill: f64,
    pub(super) period: Duration,
}

/// What the headers of a response say about a token bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Allowance {
    pub(super) limit: u32,
    pub(super) remaining: u32,
}

/// How long a refusal asks to wait: the longer of what header and body say.
pub(crate) fn retry_after(response: &ReceivedResponse, now: SystemTime) -> Option<Duration> {
    let by_header = header_wait(&response.headers, now);
    by_header.max(rate_hint(response).map(|hint| hint.wait))
}

/// The token bucket that a refusal describes, if it does.
pub(super) fn rate_hint(response: &ReceivedResponse) -> Option<RateHint> {
    if response.status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let api = ApiError::read(&response.body)?;
    if api.error_code.as_deref() != Some(RATE_LIMITED_TOKEN_BUCKET) {
        return None;
    }
    let [_, wait, capacity, refill, period] = api.parameters.as_slice() else {
        return None;
    };
    let (refill, period) = (number(refill)?, number(period)?);
    let interval = period / refill;
    let is_believed = |seconds| (MIN_SECONDS..=MAX_SECONDS).contains(&seconds);
    if !is_believed(interval) || !is_believed(period) {
        return None;
    }
    Some(RateHint {
        wait: Duration::from_secs_f64(number(wait).unwrap_or(interval).min(MAX_SECONDS)),
        capacity: number(capacity).unwrap_or(refill).max(1.0),
        refill,
        period: Duration::from_secs_f64(period),
    })
}

/// A number that is not negative; parameters are of mixed types.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// What `Retry-After` says: seconds, or a date. A date is the server's, so it is read against
/// the server's own time, where the response has it.
fn header_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More than fits is a long time too.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let server_time = headers
        .get(header::DATE)
        .and_then(|date| httpdate::parse_http_date(date.to_str().ok()?.trim()).ok());
    Some(
        date.duration_since(server_time.unwrap_or(now))
            .unwrap_or_default(),
    )
}

/// What the headers of a response say about the bucket, if they do.
pub(super) fn allowance(headers: &HeaderMap) -> Option<Allowance> {
    Some(Allowance {
        limit: count(headers, "ratelimit-limit")?,
        remaining: count(headers, "ratelimit-remaining")?,
    })
}

/// Whether the server says that the bucket is empty now. What is below nothing is no count.
pub(super) fn is_exhausted(headers: &HeaderMap) -> bool {
    count(headers, "ratelimit-remaining") == Some(0)
}

fn count(headers: &HeaderMap, name: &str) -> Option<u32> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(status: u16, retry_after: Option<&str>, body: &str) -> ReceivedResponse {
        let headers = retry_after
            .into_iter()
            .map(|value| (header::RETRY_AFTER, value.parse().unwrap()))
            .collect();
        ReceivedResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.to_owned().into(),
        }
    }

    fn token_bucket(parameters: &str) -> String {
        format!(
            r#"{{"error":429,"errorCode":"{RATE_LIMITED_TOKEN_BUCKET}","parameters":{parameters}}}"#
        )
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (value, wait) in [
            ("7", Some(7)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("", None),
            ("18446744073709551615", Some(u64::MAX)),
            ("99999999999999999999999", Some(u64::MAX)),
        ] {
            assert_eq!(
                retry_after(&refusal(503, Some(value), ""), now),
                wait.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn a_date_is_read_against_the_server_s_own() {
        // This computer's clock is an hour slow.
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 07:49:37 GMT").unwrap();
        let mut headers = HeaderMap::new();
        let date = |text: &'static str| http::HeaderValue::from_static(text);
        headers.insert(header::RETRY_AFTER, date("Sun, 06 Nov 1994 08:49:39 GMT"));
        assert_eq!(header_wait(&headers, now), Some(Duration::from_secs(3602)));
        headers.insert(header::DATE, date("Sun, 06 Nov 1994 08:49:37 GMT"));
        assert_eq!(header_wait(&headers, now), Some(Duration::from_secs(2)));
        headers.insert(header::DATE, date("yesterday"));
        assert_eq!(header_wait(&headers, now), Some(Duration::from_secs(3602)));
    }

    #[test]
    fn a_token_bucket_has_wait_and_refill_in_mixed_types() {
        let body = token_bucket(r#"["/api/atlas/v2/groups", 12, "1200", "600", 60]"#);
        let response = refusal(429, Some("3"), &body);
        assert_eq!(
            rate_hint(&response),
            Some(RateHint {
                wait: Duration::from_secs(12),
                capacity: 1200.0,
                refill: 600.0,
                period: Duration::from_secs(60),
            })
        );
        // The longer of the two.
        let now = SystemTime::now();
        assert_eq!(retry_after(&response, now), Some(Duration::from_secs(12)));
    }

    #[test]
    fn what_describes_no_bucket_is_no_rate_hint() {
        for parameters in [
            "null",
            "[]",
            r#"["/x", 1, 1, 0, 60]"#,
            r#"["/x", 1, 1, -1, 60]"#,
            r#"["/x", 1, 1, "many", 60]"#,
            r#"["/x", 1, 1, 1, 1e300]"#,
            r#"["/x", 1, 1, 1]"#,
            r#"["/x", 1, 1, 0.0001, 1e-10]"#,
        ] {
            assert_eq!(
                rate_hint(&refusal(429, None, &token_bucket(parameters))),
                None,
                "{parameters}"
            );
        }
        let good = token_bucket(r#"["/x", 1, 1, 1, 60]"#);
        assert_eq!(rate_hint(&refusal(503, None, &good)), None);
        assert_eq!(rate_hint(&refusal(429, None, "<html>")), None);
    }

    proptest! {
        #[test]
        fn no_header_and_no_body_panics(value in "[ -~]{0,40}", body in ".{0,200}") {
            let response = refusal(429, Some(&value), &body);
            let _ = retry_after(&response, SystemTime::now());
        }

        #[test]
        fn any_numbers_are_a_hint_within_a_day_or_none(
            wait in any::<f64>(), refill in any::<f64>(), period in any::<f64>(),
        ) {
            let parameters = serde_json::json!(["/x", wait, 1, refill, period]).to_string();
            if let Some(hint) = rate_hint(&refusal(429, None, &token_bucket(&parameters))) {
                prop_assert!(hint.wait.as_secs_f64() <= MAX_SECONDS);
                prop_assert!(hint.period.as_secs_f64() <= MAX_SECONDS);
            }
        }
    }
}
