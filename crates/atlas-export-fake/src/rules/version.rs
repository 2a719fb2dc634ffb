//! Which version of a resource a request asks for, by its media types.
//!
//! | | v1.0 | v2 |
//! |---|---|---|
//! | `Accept` | absent, or one that admits `application/json`; otherwise 406 | `application/vnd.atlas.DATE+json`; anything else, `*/*` and nothing included, is 406 `INVALID_VERSION_DATE`, as users report it |
//! | which version | the only one | the newest listed one that is not after DATE; a DATE before them all, or after today by the fake's clock, is 406 |
//! | body's `Content-Type` | `application/json` | `application/json` or `application/vnd.atlas.…+json` |
//!
//! Whether Atlas takes `application/json` bodies in v2 is unconfirmed.

use chrono::NaiveDate;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};

use crate::rules::error::AtlasError;

const PLAIN: &str = "application/json";
const VENDOR: &str = "application/vnd.atlas.";

/// The two API generations: two base paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Generation {
    V1,
    V2,
}

impl Generation {
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::V1 => "/api/atlas/v1.0",
            Self::V2 => "/api/atlas/v2",
        }
    }
}

/// The version that a request was resolved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    V1,
    /// The date of the version.
    V2(&'static str),
}

impl Version {
    /// The `Content-Type` of a success.
    pub(crate) fn media_type(self) -> String {
        match self {
            Self::V1 => PLAIN.to_owned(),
            Self::V2(date) => format!("{VENDOR}{date}+json;charset=utf-8"),
        }
    }
}

/// Resolves the `Accept` header against the `listed` versions of an operation, of which none is asked
/// for by a date after `today`.
pub(crate) fn resolve(
    generation: Generation,
    listed: &[&'static str],
    headers: &HeaderMap,
    today: NaiveDate,
) -> Result<Version, AtlasError> {
    let mut accepted = media_types(headers, &ACCEPT);
    match generation {
        Generation::V1 => {
            let any = [PLAIN, "application/*", "*/*"];
            let fits = !headers.contains_key(ACCEPT)
                || accepted.any(|media_type| any.contains(&media_type.as_str()));
            fits.then_some(Version::V1)
        }
        Generation::V2 => accepted
            .find_map(|media_type| newest_up_to(&media_type, listed, today))
            .map(Version::V2),
    }
    .ok_or_else(AtlasError::not_acceptable)
}

/// Refuses a body that does not say that it is JSON.
pub(crate) fn check_content_type(
    generation: Generation,
    headers: &HeaderMap,
) -> Result<(), AtlasError> {
    let sent = media_types(headers, &CONTENT_TYPE)
        .next()
        .unwrap_or_default();
    let vendor = sent.starts_with(VENDOR) && sent.ends_with("+json");
    if sent == PLAIN || (vendor && generation == Generation::V2) {
        Ok(())
    } else {
        Err(AtlasError::unsupported_media_type(&sent))
    }
}

/// The media types of a header in lower case, without their parameters.
fn media_types(headers: &HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = String> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|part| {
            let media_type = part.split(';').next().unwrap_or_default();
            media_type.trim().to_ascii_lowercase()
        })
}

fn newest_up_to(
    media_type: &str,
    listed: &[&'static str],
    today: NaiveDate,
) -> Option<&'static str> {
    let date = media_type.strip_prefix(VENDOR)?.strip_suffix("+json")?;
    let asked = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let is_version = date.len() == 10 && asked <= today;
    // Dates of this shape sort as text.
    listed
        .iter()
        .copied()
        .filter(|version| is_version && *version <= date)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clock::{Clock as _, ManualClock};
    use http::HeaderValue;

    const BUCKETS: &[&str] = &["2023-01-01", "2024-05-30"];

    fn today() -> NaiveDate {
        ManualClock::new().wall().date_naive()
    }

    fn with(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_date_resolves_to_the_newest_version_not_after_it() {
        let table = [
            ("application/vnd.atlas.2023-01-01+json", Some("2023-01-01")),
            ("application/vnd.atlas.2024-05-29+json", Some("2023-01-01")),
            ("application/vnd.atlas.2024-05-30+json", Some("2024-05-30")),
            ("application/vnd.atlas.2026-08-10+json", Some("2024-05-30")),
            ("application/vnd.atlas.2026-08-11+json", None),
            ("application/vnd.atlas.2099-12-31+json", None),
            (
                "application/vnd.atlas.2099-12-31+json, application/vnd.atlas.2023-01-01+json",
                Some("2023-01-01"),
            ),
            (
                "text/html, application/vnd.atlas.2024-08-05+json;q=0.9",
                Some("2024-05-30"),
            ),
            ("application/vnd.atlas.2022-12-31+json", None),
            ("application/vnd.atlas.2024-13-01+json", None),
            ("application/vnd.atlas.2024-5-30+json", None),
            ("application/vnd.atlas.preview+json", None),
            ("application/json", None),
            ("*/*", None),
        ];
        for (accept, expected) in table {
            let resolved = resolve(Generation::V2, BUCKETS, &with(ACCEPT, accept), today());
            assert_eq!(resolved.ok(), expected.map(Version::V2), "{accept}");
        }
        assert!(resolve(Generation::V2, BUCKETS, &HeaderMap::new(), today()).is_err());
    }

    #[test]
    fn the_old_generation_answers_plain_json_only() {
        for accept in ["application/json", "*/*", "text/html, application/*;q=0.1"] {
            let resolved = resolve(Generation::V1, BUCKETS, &with(ACCEPT, accept), today());
            assert_eq!(resolved, Ok(Version::V1), "{accept}");
        }
        assert_eq!(
            resolve(Generation::V1, BUCKETS, &HeaderMap::new(), today()),
            Ok(Version::V1)
        );
        let vendor = with(ACCEPT, "application/vnd.atlas.2024-05-30+json");
        assert!(resolve(Generation::V1, BUCKETS, &vendor, today()).is_err());
    }

    #[test]
    fn bodies_must_say_that_they_are_json() {
        let vendor = "application/vnd.atlas.2024-05-30+json";
        let table = [
            (Generation::V1, "application/json; charset=utf-8", true),
            (Generation::V1, vendor, false),
            (Generation::V2, "application/json", true),
            (Generation::V2, vendor, true),
            (Generation::V2, "application/x-www-form-urlencoded", false),
        ];
        for (generation, sent, accepted) in table {
            let checked = check_content_type(generation, &with(CONTENT_TYPE, sent));
            assert_eq!(checked.is_ok(), accepted, "{sent}");
        }
        assert!(check_content_type(Generation::V2, &HeaderMap::new()).is_err());
    }
}
