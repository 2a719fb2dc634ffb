//! The query parameters that Atlas shares among its resources. Unknown ones are ignored; the request
//! log has them.

use std::borrow::Cow;

use url::form_urlencoded;

use crate::rules::error::AtlasError;

/// The first value of `name`, decoded.
pub(crate) fn value<'q>(query: &'q str, name: &str) -> Option<Cow<'q, str>> {
    form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// A boolean parameter: `true` or `false`, or 400.
pub(crate) fn flag(query: &str, name: &str, default: bool) -> Result<bool, AtlasError> {
    match value(query, name).as_deref() {
        None => Ok(default),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(AtlasError::invalid_field(
            name,
            format!("must be true or false, not {other:?}"),
        )),
    }
}

/// A whole number of `from..=to`, or 400.
pub(crate) fn number(
    query: &str,
    name: &str,
    default: usize,
    from: usize,
    to: usize,
) -> Result<usize, AtlasError> {
    let Some(sent) = value(query, name) else {
        return Ok(default);
    };
    sent.parse()
        .ok()
        .filter(|number| (from..=to).contains(number))
        .ok_or_else(|| {
            AtlasError::invalid_field(
                name,
                format!("must be a whole number from {from} to {to}, not {sent:?}"),
            )
        })
}
