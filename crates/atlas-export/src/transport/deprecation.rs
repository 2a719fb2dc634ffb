//! A warning in the log, once for each operation, that its resource version is deprecated.
//!
//! `Deprecation` and `Sunset` hold HTTP dates, with one-digit days that strict parsers refuse,
//! or `@` and Unix seconds. The raw value is logged beside the date, where there is one.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use http::HeaderMap;

/// The operations that were warned about.
#[derive(Debug, Default)]
pub(super) struct Deprecations(Mutex<BTreeSet<&'static str>>);

impl Deprecations {
    /// Logs the headers of a response, if they are there and have not been logged yet.
    pub(super) fn log_once(&self, operation: &'static str, headers: &HeaderMap) {
        let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (deprecation, sunset) = (value("deprecation"), value("sunset"));
        if deprecation.is_none() && sunset.is_none() {
            return;
        }
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.insert(operation) {
            tracing::warn!(
                name: "deprecation",
                operation,
                deprecation,
                sunset,
                deprecated_since = deprecation.and_then(date).map(tracing::field::display),
                gone_from = sunset.and_then(date).map(tracing::field::display),
                "the resource version of this operation is deprecated: set a newer one \
                 (ClientBuilder::resource_version, or version() of a custom request), or use a newer version of this crate"
            );
        }
    }
}

/// A date as services write it.
fn date(value: &str) -> Option<DateTime<Utc>> {
    match value.trim().strip_prefix('@') {
        Some(seconds) => DateTime::from_timestamp(seconds.parse().ok()?, 0),
        None => DateTime::parse_from_rfc2822(value.trim())
            .ok()
            .map(|date| date.to_utc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_one_digit_days_and_unix_seconds_are_understood() {
        for (value, expected) in [
            (
                "Mon, 5 Aug 2024 00:00:00 GMT",
                Some("2024-08-05T00:00:00+00:00"),
            ),
            (
                "Thu, 01 Jul 2027 00:00:00 GMT",
                Some("2027-07-01T00:00:00+00:00"),
            ),
            ("@1722816000", Some("2024-08-05T00:00:00+00:00")),
            ("true", None),
            ("@", None),
            ("@99999999999999999999", None),
        ] {
            assert_eq!(
                date(value).map(|date| date.to_rfc3339()).as_deref(),
                expected,
                "{value}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_date_panics(text in "\\PC{0,40}", seconds in proptest::prelude::any::<i64>()) {
            let _ = date(&text);
            if let Some(date) = date(&format!("@{seconds}")) {
                proptest::prop_assert_eq!(date.timestamp(), seconds);
            }
        }
    }
}
