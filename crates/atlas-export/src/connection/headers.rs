//! Header fields that go with every request, and those that nobody but the client sets.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Error;

/// The fields that are not to be set, each with what to do instead.
const OWNED: &[(&[&str], &str)] = &[
    (&["authorization"], "use ClientBuilder::credentials"),
    (
        &["proxy-authorization"],
        "use a user and password in the URL of ClientBuilder::proxy",
    ),
    (&["user-agent"], "use ClientBuilder::application"),
    (
        &["host"],
        "use ClientBuilder::base_url, and ClientBuilder::resolve for where it leads",
    ),
    (
        &["accept", "content-type"],
        "use ClientBuilder::api_version and resource_version",
    ),
    (
        &["accept-encoding", "content-encoding"],
        "leave it out: answers are decompressed by themselves",
    ),
    (
        &[
            "connection",
            "content-length",
            "expect",
            "http2-settings",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ],
        "leave it out: it belongs to the connection",
    ),
    (
        &[
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "range",
        ],
        "leave it out: whole answers are read",
    ),
];

/// What goes with every request, as it was given. Values may be secrets.
#[derive(Clone, Default)]
pub(crate) struct DefaultHeaders(Vec<(String, String)>);

impl fmt::Debug for DefaultHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.len())
    }
}

impl DefaultHeaders {
    pub(crate) fn add(&mut self, name: String, value: String) {
        self.0.push((name, value));
    }

    /// The fields as they are sent. Of a name that is given twice, the last value counts.
    ///
    /// # Errors
    /// `Config`: a name or a value that is none, or a field that the client sets. A name that is
    /// none is not repeated, since somebody may have put the value first.
    pub(super) fn checked(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.0 {
            let name: HeaderName = name.parse().map_err(|_| {
                Error::config(
                    "default_header has a name that is invalid: give letters, digits and hyphens \
                     first, and the value second",
                )
            })?;
            let owned = OWNED
                .iter()
                .find(|(names, _)| names.contains(&name.as_str()));
            if let Some((_, instead)) = owned {
                return Err(Error::config(format!(
                    "default_header {name} is for the client itself to set: {instead}"
                )));
            }
            let is_printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            let value = is_printable.then(|| HeaderValue::from_str(value).ok());
            let mut value = value.flatten().ok_or_else(|| {
                Error::config(
                    "default_header has a value that is invalid: give printable ASCII, on one line",
                )
            })?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}
