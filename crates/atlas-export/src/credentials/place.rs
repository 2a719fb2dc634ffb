//! Where credentials come from.

use std::{fmt, sync::Arc};

use crate::redact::one_line;

/// Where credentials come from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Place {
    /// The program gave them.
    #[default]
    Code,
    /// The variable of their public half.
    Variable(&'static str),
    /// A profile of the Atlas CLI, with the address that its credentials go to.
    #[cfg_attr(
        not(feature = "profile"),
        expect(dead_code, reason = "there are no profiles")
    )]
    Profile(Arc<ProfilePlace>),
    /// A function that the program gave.
    Provider,
}

/// A profile, as far as credentials are concerned.
pub(crate) struct ProfilePlace {
    pub(crate) name: String,
    /// `None` is the commercial cloud.
    pub(crate) base_url: Option<String>,
}

impl fmt::Display for Place {
    /// Fit to follow what comes from there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("given in code"),
            Self::Variable(name) => write!(f, "from {name}"),
            Self::Profile(profile) => write!(f, "from profile {}", one_line(&profile.name)),
            Self::Provider => f.write_str("from a provider"),
        }
    }
}

impl fmt::Debug for ProfilePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfilePlace")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
