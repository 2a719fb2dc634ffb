//! Headers of answers.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Sets a header whose value is known to be printable. A value that is not is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
