//! The answer of the token endpoint: a token, and how long it is good.

use std::time::Duration;

use serde_json::Value;

use super::access_token::AccessToken;
use crate::redact::HIDDEN;

/// How long a token is good that does not say so: Atlas's live an hour.
const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);

/// How many letters of a type are shown.
const MAX_TYPE_CHARS: usize = 20;

/// A token, and how long it is good from when it was asked for.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) token: AccessToken,
    pub(super) lifetime: Duration,
}

impl Grant {
    /// Reads the body of a success.
    ///
    /// # Errors
    /// What the body lacks, fit to follow "an answer".
    pub(super) fn read(body: &[u8]) -> Result<Self, String> {
        let body: Value = serde_json::from_slice(body).map_err(|_| "that is not JSON")?;
        let token = match body.get("access_token") {
            Some(Value::String(token)) if !token.is_empty() => token,
            Some(Value::String(_)) => return Err("whose access_token is empty".to_owned()),
            _ => return Err("without an access_token".to_owned()),
        };
        match body.get("token_type").and_then(Value::as_str) {
            Some(kind) if kind.eq_ignore_ascii_case("bearer") => {}
            Some(kind) => return Err(format!("whose token_type is {}, not Bearer", word(kind))),
            None => return Err("without a token_type, which has to be Bearer".to_owned()),
        }
        let token = AccessToken::new(token, 0)
            .ok_or("whose access_token holds characters that no token has")?;
        let lifetime = match body.get("expires_in") {
            None | Some(Value::Null) => DEFAULT_LIFETIME,
            Some(seconds) => {
                lifetime(seconds).ok_or("whose expires_in is not a number of seconds above zero")?
            }
        };
        Ok(Self { token, lifetime })
    }
}

/// A number of seconds, or a text of one.
fn lifetime(seconds: &Value) -> Option<Duration> {
    let seconds = match seconds {
        Value::String(text) => text.trim().parse().ok()?,
        number => number.as_f64()?,
    };
    let lifetime = Duration::try_from_secs_f64(seconds).ok()?;
    (!lifetime.is_zero()).then_some(lifetime)
}

/// A type that is one, by its letters: anything else may be a secret in the wrong place.
fn word(text: &str) -> &str {
    let is_word = text.len() <= MAX_TYPE_CHARS && text.bytes().all(|b| b.is_ascii_alphabetic());
    if is_word && !text.is_empty() {
        text
    } else {
        HIDDEN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(String, u64), String> {
        let grant = Grant::read(body.as_bytes())?;
        Ok((grant.token.expose().to_owned(), grant.lifetime.as_secs()))
    }

    #[test]
    fn a_token_is_bearer_and_says_how_long_it_is_good() {
        for (expires_in, seconds) in [
            (r#", "expires_in": 3600"#, 3600),
            (r#", "expires_in": "60""#, 60),
            (r#", "expires_in": 60.0"#, 60),
            (r#", "expires_in": null"#, 3600),
            ("", 3600),
        ] {
            let body = format!(r#"{{"access_token":"x","token_type":"bearer"{expires_in}}}"#);
            assert_eq!(read(&body), Ok(("x".to_owned(), seconds)), "{body}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_by_what_it_lacks() {
        for (body, lacks) in [
            ("<html>", "not JSON"),
            ("[]", "without an access_token"),
            (r#"{"access_token":1}"#, "without an access_token"),
            (r#"{"access_token":""}"#, "is empty"),
            (r#"{"access_token":"s3cret"}"#, "without a token_type"),
            (
                r#"{"access_token":"s3cret","token_type":"mac"}"#,
                "token_type is mac, not Bearer",
            ),
            (
                r#"{"access_token":"s3cret","token_type":"s3cret"}"#,
                "token_type is …, not Bearer",
            ),
            (
                r#"{"access_token":"s3cret\n","token_type":"Bearer"}"#,
                "no token has",
            ),
            (
                r#"{"access_token":"s3cret","token_type":"Bearer","expires_in":0}"#,
                "expires_in",
            ),
            (
                r#"{"access_token":"s3cret","token_type":"Bearer","expires_in":-1}"#,
                "expires_in",
            ),
        ] {
            let error = read(body).unwrap_err();
            assert!(
                error.contains(lacks) && !error.contains("s3cret"),
                "{error}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_body_panics(body in ".{0,100}", seconds in proptest::num::f64::ANY) {
            let _ = read(&body);
            let body = serde_json::json!({
                "access_token": body, "token_type": "Bearer", "expires_in": seconds,
            });
            let _ = read(&body.to_string());
        }
    }
}
