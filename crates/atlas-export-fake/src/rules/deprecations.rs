//! Deprecated versions: `Deprecation` and `Sunset`, and 410 `VERSION_GONE` once a version is switched
//! off.

use std::collections::HashMap;
use std::io;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::rules::error::AtlasError;
use crate::rules::header::set;
use crate::rules::invalid_option::invalid_option;
use crate::rules::operations::{OPERATIONS, Operation};
use crate::rules::version::Version;

/// One-digit days, as the live service writes them. This date is made up.
const DEPRECATION: &str = "Mon, 5 Aug 2024 00:00:00 GMT";
/// That of the buckets' first version.
const SUNSET: &str = "Thu, 1 Jul 2027 00:00:00 GMT";

#[derive(Debug, Default)]
pub(crate) struct Deprecations {
    /// By operation.
    pub(crate) notices: HashMap<String, Notice>,
    /// The v2 versions that are switched off.
    pub(crate) gone: Vec<String>,
}

/// What an operation says instead of the default.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    pub(crate) deprecation: Option<String>,
    pub(crate) sunset: Option<String>,
}

impl Deprecations {
    /// Refuses operations, versions and header values that do not exist.
    pub(crate) fn check_options(&self) -> io::Result<()> {
        for (id, notice) in &self.notices {
            if !OPERATIONS.iter().any(|operation| operation.id == id) {
                return Err(invalid_option(format!(
                    "the operation {id:?} is invalid; it must be a name of the description of the API"
                )));
            }
            for value in [&notice.deprecation, &notice.sunset].into_iter().flatten() {
                HeaderValue::from_str(value).map_err(|_| {
                    invalid_option(format!(
                        "the header value {value:?} is invalid; it must be printable ASCII"
                    ))
                })?;
            }
        }
        let known = |version: &String| {
            let mut all = OPERATIONS.iter().flat_map(|operation| &operation.versions);
            all.any(|listed| listed == version)
        };
        match self.gone.iter().find(|version| !known(version)) {
            None => Ok(()),
            Some(version) => Err(invalid_option(format!(
                "the version {version:?} is invalid; it must be a v2 version of an operation"
            ))),
        }
    }

    /// Refuses a version that is switched off.
    pub(crate) fn check(&self, version: Version, path: &str) -> Result<(), AtlasError> {
        match version {
            Version::V2(date) if self.gone.iter().any(|gone| gone == date) => {
                Err(AtlasError::version_gone(date, path))
            }
            Version::V1 | Version::V2(_) => Ok(()),
        }
    }

    /// `Deprecation` and `Sunset`, where they are due.
    pub(crate) fn write_headers(
        &self,
        headers: &mut HeaderMap,
        operation: &Operation,
        version: Version,
    ) {
        let (deprecation, sunset) = match self.notices.get(operation.id) {
            Some(notice) => (notice.deprecation.as_deref(), notice.sunset.as_deref()),
            None if is_deprecated(version, &operation.versions) => {
                (Some(DEPRECATION), Some(SUNSET))
            }
            None => (None, None),
        };
        for (name, value) in [("deprecation", deprecation), ("sunset", sunset)] {
            if let Some(value) = value {
                set(headers, HeaderName::from_static(name), value);
            }
        }
    }
}

/// All of v1.0, and every v2 version that has a successor.
fn is_deprecated(version: Version, versions: &[&str]) -> bool {
    match version {
        Version::V1 => true,
        Version::V2(date) => versions.last().is_some_and(|newest| *newest != date),
    }
}
