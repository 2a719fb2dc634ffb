//! What a refusal says about when to come back.
//!
//! `Retry-After` names a wait, in seconds or as a date. The body of a 429 with the code
//! `RATE_LIMITED_TOKEN_BUCKET` says more: its parameters are the path, the seconds to wait,
//! and capacity, refill and period of the token bucket that was empty.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use serde_json::Value;

use super::failure::Failure;
use crate::error::ApiError;

const TOKEN_BUCKET: &str = "RATE_LIMITED_TOKEN_BUCKET";

/// The longest wait, and the longest period, that is believed: a day.
const MAX_SECONDS: f64 = 86_400.0;

/// The token bucket that a 429 told of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lesson {
    /// Until there is a token again.
    pub(super) wait: Duration,
    /// The time in which one token comes back.
    pub(super) interval: Duration,
}

/// How long a refusal asks to wait: the longer of what header and body say.
pub(crate) fn retry_after(failure: &Failure, now: SystemTime) -> Option<Duration> {
    let told = failure
        .headers()
        .and_then(|headers| header_wait(headers, now));
    told.max(lesson(failure).map(|lesson| lesson.wait))
}

/// The token bucket that a refusal tells of, if it does.
pub(super) fn lesson(failure: &Failure) -> Option<Lesson> {
    if failure.status() != Some(429) {
        return None;
    }
    let api = ApiError::read(failure.body()?)?;
    if api.error_code.as_deref() != Some(TOKEN_BUCKET) {
        return None;
    }
    let [_, wait, _, refill, period] = api.parameters.as_slice() else {
        return None;
    };
    let (refill, period) = (number(refill)?, number(period)?);
    let interval = period / refill;
    (refill > 0.0 && interval.is_finite() && interval <= MAX_SECONDS).then(|| Lesson {
        wait: Duration::from_secs_f64(number(wait).unwrap_or(interval).min(MAX_SECONDS)),
        interval: Duration::from_secs_f64(interval),
    })
}

/// A number that is none too small; parameters are of mixed types.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// What `Retry-After` says: seconds, or a date.
fn header_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{attempt::Answer, failure::Cause};
    use http::StatusCode;
    use proptest::prelude::*;

    fn refusal(status: u16, retry_after: Option<&str>, body: &str) -> Failure {
        let headers = retry_after
            .into_iter()
            .map(|value| (header::RETRY_AFTER, value.parse().unwrap()))
            .collect();
        Failure {
            cause: Cause::refused(Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers,
                body: body.to_owned().into(),
            }),
            acted: true,
            lost_before: false,
        }
    }

    fn token_bucket(parameters: &str) -> String {
        format!(r#"{{"error":429,"errorCode":"{TOKEN_BUCKET}","parameters":{parameters}}}"#)
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
            ("99999999999999999999999", None),
        ] {
            assert_eq!(
                retry_after(&refusal(503, Some(value), ""), now),
                wait.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn a_token_bucket_tells_wait_and_refill_in_mixed_types() {
        let body = token_bucket(r#"["/api/atlas/v2/groups", 12, "1200", "600", 60]"#);
        let failure = refusal(429, Some("3"), &body);
        assert_eq!(
            lesson(&failure),
            Some(Lesson {
                wait: Duration::from_secs(12),
                interval: Duration::from_millis(100),
            })
        );
        // The longer of the two.
        let now = SystemTime::now();
        assert_eq!(retry_after(&failure, now), Some(Duration::from_secs(12)));
    }

    #[test]
    fn what_teaches_nothing_is_no_lesson() {
        for parameters in [
            "null",
            "[]",
            r#"["/x", 1, 1, 0, 60]"#,
            r#"["/x", 1, 1, -1, 60]"#,
            r#"["/x", 1, 1, "many", 60]"#,
            r#"["/x", 1, 1, 1, 1e300]"#,
            r#"["/x", 1, 1, 1]"#,
        ] {
            assert_eq!(
                lesson(&refusal(429, None, &token_bucket(parameters))),
                None,
                "{parameters}"
            );
        }
        let good = token_bucket(r#"["/x", 1, 1, 1, 60]"#);
        assert_eq!(lesson(&refusal(503, None, &good)), None);
        assert_eq!(lesson(&refusal(429, None, "<html>")), None);
    }

    proptest! {
        #[test]
        fn no_header_and_no_body_panics(value in "[ -~]{0,40}", body in ".{0,200}") {
            let failure = refusal(429, Some(&value), &body);
            let _ = retry_after(&failure, SystemTime::now());
        }

        #[test]
        fn any_numbers_are_a_lesson_within_a_day_or_none(
            wait in any::<f64>(), refill in any::<f64>(), period in any::<f64>(),
        ) {
            let parameters = serde_json::json!(["/x", wait, 1, refill, period]).to_string();
            if let Some(lesson) = lesson(&refusal(429, None, &token_bucket(&parameters))) {
                prop_assert!(lesson.wait.as_secs_f64() <= MAX_SECONDS);
                prop_assert!(lesson.interval.as_secs_f64() <= MAX_SECONDS);
            }
        }
    }
}
