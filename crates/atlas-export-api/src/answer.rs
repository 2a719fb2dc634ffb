//! What a generated method gives.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use bytes::Bytes;
use reqwest::{
    StatusCode,
    header::{HeaderMap, InvalidHeaderValue},
};

use crate::{Model, from_slice};

/// The value of an answer, with its status and headers. `Debug` shows the value.
pub struct ResponseValue<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> ResponseValue<T> {
    /// Puts an answer together.
    pub fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self {
            value,
            status,
            headers,
        }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status line's code.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, as they came.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

impl ResponseValue<()> {
    /// The answer of a call that gives nothing but its status.
    pub(crate) fn empty(mut response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        Self::new((), status, headers)
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// The answer to a call, in place of what the generator calls for it.
pub(crate) async fn response<T: Model>(
    mut response: reqwest::Response,
) -> Result<ResponseValue<T>, Error> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let body = response.bytes().await.map_err(Error::Body)?;
    match from_slice(&body) {
        Ok(read) => Ok(ResponseValue::new(read, status, headers)),
        Err(cause) => match T::of_nothing().filter(|_| body.is_empty()) {
            Some(nothing) => Ok(ResponseValue::new(nothing, status, headers)),
            None => Err(Error::Payload(Payload { body, cause })),
        },
    }
}

/// Why a generated method gives no value. Neither its text nor its `Debug` repeats a body, a header or
/// a URL; what it holds may.
#[non_exhaustive]
pub enum Error {
    /// A query parameter whose value is neither text, a number, a truth value nor a list of these:
    /// its name.
    InvalidParameter(&'static str),
    /// A value that cannot stand in a header.
    InvalidHeader(InvalidHeaderValue),
    /// The request could not be built, or whoever executes it has failed.
    Request(reqwest::Error),
    /// The body of a success broke off.
    Body(reqwest::Error),
    /// The body of a success does not decode.
    Payload(Payload),
    /// A status that the contract does not have for a success. With an [`Execute`](crate::Execute)
    /// of one's own it may hold that one's failure among its extensions.
    UnexpectedResponse(reqwest::Response),
}

/// A body that does not decode, and why. `Debug` shows how long it is.
pub struct Payload {
    /// As it came.
    pub body: Bytes,
    /// What was expected, and where. Its text may repeat values of the body.
    pub cause: serde_json::Error,
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Error")
            .field(&format_args!("{self}"))
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidParameter(name) => write!(f, "the query parameter {name} has no text"),
            Self::InvalidHeader(_) => f.write_str("a value cannot stand in a header"),
            Self::Request(_) => f.write_str("the request could not be built or sent"),
            Self::Body(_) => f.write_str("the body broke off"),
            Self::Payload(payload) => {
                write!(f, "a body of {} bytes does not decode", payload.body.len())
            }
            Self::UnexpectedResponse(response) => {
                write!(f, "a status that is not expected: {}", response.status())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Request(cause) | Self::Body(cause) => Some(cause),
            Self::InvalidHeader(cause) => Some(cause),
            Self::Payload(payload) => Some(&payload.cause),
            Self::InvalidParameter(_) | Self::UnexpectedResponse(_) => None,
        }
    }
}

impl From<InvalidHeaderValue> for Error {
    fn from(cause: InvalidHeaderValue) -> Self {
        Self::InvalidHeader(cause)
    }
}

impl From<reqwest::Error> for Error {
    fn from(cause: reqwest::Error) -> Self {
        Self::Request(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_does_not_decode_is_not_repeated() {
        let body = Bytes::from_static(br#"{"privateKey": "secret"}"#);
        let cause = from_slice::<crate::types::Snapshot>(&body);
        let cause = cause.err().unwrap_or_else(|| unreachable!());
        let error = Error::Payload(Payload { body, cause });
        assert_eq!(error.to_string(), "a body of 24 bytes does not decode");
        assert_eq!(
            format!("{error:?}"),
            "Error(a body of 24 bytes does not decode)"
        );
        assert!(std::error::Error::source(&error).is_some());
    }
}
