//! How generated methods write values into a URL.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::{Request, Url};
use serde::Serialize;
use serde_json::Value;

use crate::Error;

/// What a segment of a path cannot hold as it is: the path percent-encode set of the URL standard,
/// the slash and the percent sign.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// The parameter of this name has a value that cannot be written into a URL.
#[derive(Debug)]
pub(crate) struct NoText(&'static str);

impl From<NoText> for Error {
    fn from(NoText(name): NoText) -> Self {
        Self::InvalidParameter(name)
    }
}

/// A value as a segment of a path.
pub(crate) fn encode_path(value: &str) -> String {
    utf8_percent_encode(value, SEGMENT).to_string()
}

/// Adds a query parameter: once for a value, once for each of a list, and not at all where there is
/// none.
///
/// # Errors
/// [`NoText`] where the value is none of these.
pub(crate) fn set_parameter(
    request: &mut Request,
    name: &'static str,
    value: &impl Serialize,
) -> Result<(), NoText> {
    let value = serde_json::to_value(value).map_err(|_| NoText(name))?;
    add(request.url_mut(), name, value)
}

fn add(url: &mut Url, name: &'static str, value: Value) -> Result<(), NoText> {
    let text = match value {
        Value::Null => return Ok(()),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => value,
        Value::Array(values) => {
            return values
                .into_iter()
                .try_for_each(|value| add(url, name, value));
        }
        Value::Object(_) => return Err(NoText(name)),
    };
    url.query_pairs_mut().append_pair(name, &text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(value: &Value) -> Option<String> {
        let mut url = Url::parse("https://example.org/a?b=c").ok()?;
        add(&mut url, "name", value.clone()).ok()?;
        url.query().map(str::to_owned)
    }

    #[test]
    fn a_parameter_is_written_once_for_each_value() {
        for (value, expected) in [
            (json!(null), "b=c"),
            (json!(true), "b=c&name=true"),
            (json!(500), "b=c&name=500"),
            (json!("a b&c=ü"), "b=c&name=a+b%26c%3D%C3%BC"),
            (json!(["x", 2]), "b=c&name=x&name=2"),
            (json!([]), "b=c"),
        ] {
            assert_eq!(query(&value).as_deref(), Some(expected), "{value}");
        }
        assert_eq!(query(&json!({"a": 1})), None);
        assert_eq!(query(&json!([{}])), None);
    }

    #[test]
    fn a_request_without_parameters_has_no_query() {
        let mut request = Request::new(
            reqwest::Method::GET,
            Url::parse("https://example.org").unwrap_or_else(|_| unreachable!()),
        );
        assert!(set_parameter(&mut request, "pretty", &None::<bool>).is_ok());
        assert_eq!(request.url().query(), None);
        assert!(set_parameter(&mut request, "pretty", &Some(false)).is_ok());
        assert_eq!(request.url().query(), Some("pretty=false"));
    }

    #[test]
    fn a_segment_stays_one() {
        assert_eq!(encode_path("a/b?c#d%e f\\"), "a%2Fb%3Fc%23d%25e%20f\\");
        assert_eq!(encode_path("Cluster0-ü"), "Cluster0-%C3%BC");
    }
}
