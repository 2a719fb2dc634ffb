//! Versions that grow old: `Deprecation` and `Sunset`, and 410 `VERSION_GONE` once they are switched
//! off.

use std::collections::HashMap;
use std::io;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::answer::set;
use crate::builder::{FakeAtlasBuilder, invalid_input};
use crate::error::AtlasError;
use crate::operations::{OPERATIONS, Operation};
use crate::version::Version;

/// One-digit days, as the live service writes them. This date is made up.
const DEPRECATION: &str = "Mon, 5 Aug 2024 00:00:00 GMT";
/// That of the buckets' first version.
const SUNSET: &str = "Thu, 1 Jul 2027 00:00:00 GMT";

#[derive(Debug, Default)]
pub(crate) struct Ageing {
    notices: HashMap<String, Notice>,
    gone: Vec<String>,
}

/// What an operation says instead of the default.
#[derive(Debug, Default)]
struct Notice {
    deprecation: Option<String>,
    sunset: Option<String>,
}

impl Ageing {
    pub(crate) fn check_options(&self) -> io::Result<()> {
        for (id, notice) in &self.notices {
            if !OPERATIONS.iter().any(|operation| operation.id == id) {
                return Err(invalid_input(format!("there is no operation {id:?}")));
            }
            for value in [&notice.deprecation, &notice.sunset].into_iter().flatten() {
                HeaderValue::from_str(value)
                    .map_err(|_| invalid_input(format!("not the value of a header: {value:?}")))?;
            }
        }
        let known = |version: &String| {
            let mut all = OPERATIONS.iter().flat_map(|operation| &operation.versions);
            all.any(|listed| listed == version)
        };
        match self.gone.iter().find(|version| !known(version)) {
            None => Ok(()),
            Some(version) => Err(invalid_input(format!("there is no version {version:?}"))),
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

    pub(crate) fn note(&self, headers: &mut HeaderMap, operation: &Operation, version: Version) {
        let (deprecation, sunset) = match self.notices.get(operation.id) {
            Some(notice) => (notice.deprecation.as_deref(), notice.sunset.as_deref()),
            None if is_ageing(version, &operation.versions) => (Some(DEPRECATION), Some(SUNSET)),
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
fn is_ageing(version: Version, versions: &[&str]) -> bool {
    match version {
        Version::V1 => true,
        Version::V2(date) => versions.last().is_some_and(|newest| *newest != date),
    }
}

/// Ageing.
impl FakeAtlasBuilder {
    /// What `Deprecation` says on an operation, in all its versions and on its errors too: any raw
    /// value, such as `Mon, 5 Aug 2024 00:00:00 GMT` or `@1722816000`. An operation that is given
    /// this or [`sunset`](Self::sunset) sends what it is given and no more.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// let builder = FakeAtlas::builder()
    ///     .deprecation("listSnapshots", "@1722816000")
    ///     .version_gone("2023-01-01");
    /// # drop(builder);
    /// ```
    pub fn deprecation(mut self, operation: &str, value: &str) -> Self {
        self.notice(operation).deprecation = Some(value.to_owned());
        self
    }

    /// What `Sunset` says on an operation. See [`deprecation`](Self::deprecation).
    pub fn sunset(mut self, operation: &str, value: &str) -> Self {
        self.notice(operation).sunset = Some(value.to_owned());
        self
    }

    /// Switches a v2 version off: what resolves to it is 410 `VERSION_GONE`, with `parameters:
    /// [version, path without leading slash]`.
    pub fn version_gone(mut self, version: &str) -> Self {
        self.ageing.gone.push(version.to_owned());
        self
    }

    fn notice(&mut self, operation: &str) -> &mut Notice {
        self.ageing.notices.entry(operation.to_owned()).or_default()
    }
}
