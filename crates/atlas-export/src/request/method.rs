//! The methods of HTTP that Atlas has operations of.

use std::{fmt, str::FromStr};

use crate::Error;

/// A method of HTTP that Atlas has operations of.
///
/// A type of its own, because that of the crate `http` has methods that no operation has, and
/// because no type of an HTTP library is part of this crate's API.
///
/// ```
/// use atlas_export::request::Method;
///
/// assert_eq!("PATCH".parse::<Method>()?, Method::PATCH);
/// assert_eq!(Method::GET.to_string(), "GET");
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Method(Known);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Known {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Reads. Repeated like every call that changes nothing.
    pub const GET: Self = Self(Known::Get);
    /// Creates, as a rule: not repeated where it may have taken effect.
    pub const POST: Self = Self(Known::Post);
    /// Replaces. Does no more when it is sent twice.
    pub const PUT: Self = Self(Known::Put);
    /// Changes. What it does when it is sent twice is known of no operation in general, so it is
    /// not repeated where it may have taken effect.
    pub const PATCH: Self = Self(Known::Patch);
    /// Deletes. Does no more when it is sent twice.
    pub const DELETE: Self = Self(Known::Delete);

    const ALL: [Self; 5] = [Self::GET, Self::POST, Self::PUT, Self::PATCH, Self::DELETE];

    /// The method in capitals.
    pub const fn as_str(self) -> &'static str {
        match self.0 {
            Known::Get => "GET",
            Known::Post => "POST",
            Known::Put => "PUT",
            Known::Patch => "PATCH",
            Known::Delete => "DELETE",
        }
    }

    /// Whether HTTP says that it does no more when it is sent twice.
    pub(super) const fn is_idempotent(self) -> bool {
        !matches!(self.0, Known::Post | Known::Patch)
    }

    /// For the HTTP library.
    pub(super) const fn as_http(self) -> http::Method {
        match self.0 {
            Known::Get => http::Method::GET,
            Known::Post => http::Method::POST,
            Known::Put => http::Method::PUT,
            Known::Patch => http::Method::PATCH,
            Known::Delete => http::Method::DELETE,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|method| method.as_str() == text);
        found.ok_or_else(|| {
            Error::config(
                "the method is none that Atlas has operations of: expected GET, POST, PUT, PATCH \
                 or DELETE, in capitals",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_goes_there_and_back_and_is_what_the_http_library_calls_so() {
        for method in Method::ALL {
            assert_eq!(method.as_str().parse::<Method>().unwrap(), method);
            assert_eq!(method.as_http().as_str(), method.as_str());
            assert_eq!(method.is_idempotent(), method.as_http().is_idempotent());
        }
        for none in ["get", "", "CONNECT", "GET /"] {
            let message = none.parse::<Method>().unwrap_err().to_string();
            assert!(message.contains("PATCH or DELETE"), "{message}");
        }
    }
}
