//! The two generations of the API.

use std::fmt;

/// Which generation of the Administration API a client speaks.
///
/// ```
/// use atlas_export::ApiVersion;
///
/// assert_eq!(ApiVersion::default(), ApiVersion::V2);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Version 1.0, `application/json`. Deprecated by Atlas and to be removed; AWS only.
    V1,
    /// Version 2, whose resources are versioned by media type. The default.
    #[default]
    V2,
}

impl ApiVersion {
    /// The path of this generation below the host.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::V1 => "/api/atlas/v1.0",
            Self::V2 => "/api/atlas/v2",
        }
    }

    /// The other generations, to recognise a base URL of the wrong one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::V1 => Self::V2,
            Self::V2 => Self::V1,
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "v1.0",
            Self::V2 => "v2",
        })
    }
}
