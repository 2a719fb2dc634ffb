//! The error of an option of the builder that makes no sense.

use std::io;

/// `InvalidInput`. `why` names what was given and the rule that it breaks.
pub(crate) fn invalid_option(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
