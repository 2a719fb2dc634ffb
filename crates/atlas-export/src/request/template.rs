//! Path templates, as `/groups/{groupId}/clusters/{clusterName}`, and what is put into them.
//!
//! A template is a constant of the program, and checked all the same: what it becomes is letter
//! for letter what goes on the wire, below the path of the API. A value becomes one segment, or
//! part of one, whatever it is: all but unreserved characters are percent-encoded. Gateways may
//! decode a path before they look at it, some of them twice; so a value is refused that would be
//! more than one segment to them by way of `.`, `..` or nothing between slashes. The template `/` is the
//! base itself, and is sent without a slash.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::Error;

/// What is encoded: all but the unreserved characters of RFC 3986.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A value for a placeholder, by the placeholder's name.
pub(super) type Value = (String, String);

/// A piece of a segment.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Literal(&'a str),
    Placeholder(&'a str),
}

/// The path that a template and values make, encoded.
pub(super) fn fill(template: &str, values: &[Value]) -> Result<String, Error> {
    let pieces = pieces(template)?;
    for (place, (name, _)) in values.iter().enumerate() {
        if !pieces.contains(&Piece::Placeholder(name)) {
            return Err(Error::config(format!(
                "path({name:?}, …) is given, but the path {template} has no {{{name}}}: leave it \
                 out, or name one of its placeholders"
            )));
        }
        if values
            .iter()
            .skip(place + 1)
            .any(|(other, _)| other == name)
        {
            return Err(Error::config(format!(
                "path({name:?}, …) is given twice: give each placeholder one value"
            )));
        }
    }
    let mut path = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => path.push_str(text),
            Piece::Placeholder(name) => {
                let (_, value) =
                    values
                        .iter()
                        .find(|(given, _)| given == name)
                        .ok_or_else(|| {
                            Error::config(format!(
                                "the path {template} has no value for {{{name}}}: give one with \
                         path({name:?}, …)"
                            ))
                        })?;
                check_value(name, value)?;
                path.extend(utf8_percent_encode(value, RESERVED));
            }
        }
    }
    Ok(path)
}

/// Takes a template apart, slashes included.
fn pieces(template: &str) -> Result<Vec<Piece<'_>>, Error> {
    let refuse = |why: &str| {
        Err(Error::config(format!(
            "the path {template} {why}: expected for example /groups/{{groupId}}/clusters, without \
             the host and without /api/atlas"
        )))
    };
    let Some(below) = template.strip_prefix('/') else {
        return refuse("does not begin with a slash");
    };
    if below.starts_with("api/atlas/") || below.starts_with("api/public/") {
        return refuse("begins with that of the API, which the client adds");
    }
    let mut pieces = Vec::new();
    if below.is_empty() {
        return Ok(pieces);
    }
    for segment in below.split('/') {
        pieces.push(Piece::Literal("/"));
        if matches!(segment, "" | "." | "..") {
            return refuse("has a segment that is empty, . or ..");
        }
        let mut rest = segment;
        while let Some((literal, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return refuse("has a brace that is not closed");
            };
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return refuse("has a placeholder whose name is not of letters and digits");
            }
            pieces.push(Piece::Literal(literal));
            pieces.push(Piece::Placeholder(name));
            rest = after;
        }
        pieces.push(Piece::Literal(rest));
    }
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~:$".contains(&byte);
    let is_fit = |piece: &Piece<'_>| match piece {
        Piece::Literal(text) => text.bytes().all(may_stand),
        Piece::Placeholder(_) => true,
    };
    if pieces.iter().all(is_fit) {
        Ok(pieces)
    } else {
        refuse(
            "has a character that is none of a path: a query is given with query(), and what \
             varies with path()",
        )
    }
}

/// Refuses a value that could be more than one segment to somebody. It is not repeated.
fn check_value(name: &str, value: &str) -> Result<(), Error> {
    let decoded = percent_decode_str(value).decode_utf8_lossy();
    let is_climbing = |text: &str| {
        text.split(['/', '\\'])
            .any(|part| matches!(part, "" | "." | ".."))
    };
    let rule = if value.is_empty() {
        "is empty"
    } else if value.chars().chain(decoded.chars()).any(char::is_control) {
        "contains a control character"
    } else if is_climbing(value) || is_climbing(&decoded) {
        "has a part between slashes that is empty, . or .."
    } else {
        return Ok(());
    };
    Err(Error::config(format!(
        "the value of {{{name}}} {rule}, which would lead to another path: give a name or an id"
    )))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filled(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let values: Vec<Value> = values.iter().map(owned).collect();
        fill(template, &values).map_err(|error| error.to_string())
    }

    #[test]
    fn values_are_encoded_and_stay_one_segment() {
        for (value, sent) in [
            ("32b6e34b3d91647abb20e7b8", "32b6e34b3d91647abb20e7b8"),
            ("192.0.2.0/24", "192.0.2.0%2F24"),
            ("arn:aws:iam::1:role/x", "arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx"),
            ("CN=a b,O=é", "CN%3Da%20b%2CO%3D%C3%A9"),
            ("?x#y@host", "%3Fx%23y%40host"),
            ("50%", "50%25"),
            ("...", "..."),
        ] {
            assert_eq!(
                filled("/a/{b}", &[("b", value)]).unwrap(),
                format!("/a/{sent}")
            );
        }
        assert_eq!(
            filled("/groups/{groupId}:migrate", &[("groupId", "x")]).unwrap(),
            "/groups/x:migrate"
        );
        assert_eq!(
            filled("/{a}/{b}/{a}", &[("b", "1"), ("a", "2")]).unwrap(),
            "/2/1/2"
        );
    }

    #[test]
    fn a_slash_alone_is_the_base_itself() {
        assert_eq!(filled("/", &[]).unwrap(), "");
        assert!(filled("/", &[("a", "b")]).is_err());
        assert!(filled("//", &[]).is_err());
    }

    #[test]
    fn a_value_that_could_lead_elsewhere_is_refused_and_not_repeated() {
        for value in [
            "",
            ".",
            "..",
            "/",
            "//evil",
            "a//b",
            "../s3cret",
            "a/../s3cret",
            "a/..",
            "./a",
            "..\\a",
            "%2e%2e",
            "%2E%2e%2fs3cret",
            "a%2f..",
            "a%5c..%5cb",
            "%2f%2fevil",
            "a\r\nX: s3cret",
            "a\0",
            "a%0d%0ab",
        ] {
            let message = filled("/a/{b}", &[("b", value)]).unwrap_err();
            assert!(
                message.starts_with("the value of {b} "),
                "{value:?}: {message}"
            );
            assert!(
                !message.contains("s3cret") && !message.contains("evil"),
                "{message}"
            );
        }
    }

    #[test]
    fn each_placeholder_has_one_value() {
        let template = "/groups/{groupId}";
        assert_eq!(
            filled(template, &[]).unwrap_err(),
            "the path /groups/{groupId} has no value for {groupId}: give one with \
             path(\"groupId\", …)"
        );
        let twice = filled(template, &[("groupId", "1"), ("groupId", "2")]).unwrap_err();
        assert!(twice.contains("given twice"), "{twice}");
        assert_eq!(
            filled(template, &[("groupId", "1"), ("group", "2")]).unwrap_err(),
            "path(\"group\", …) is given, but the path /groups/{groupId} has no {group}: leave it \
             out, or name one of its placeholders"
        );
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for template in [
            "",
            "groups",
            "https://evil.example/groups",
            "//evil.example/groups",
            "/\\evil.example",
            "/@evil.example",
            "/groups//clusters",
            "/groups/",
            "/groups/../orgs",
            "/groups/./x",
            "/groups/%2e%2e/orgs",
            "/groups/%2fx",
            "/groups?x=y",
            "/groups#x",
            "/gro ups",
            "/groups/{groupId",
            "/groups/groupId}",
            "/groups/{}",
            "/groups/{a}{",
            "/groups/{a/b}",
            "/api/atlas/v2/groups",
            "/é",
            "/a\r\nb",
        ] {
            let message = filled(template, &[]).unwrap_err();
            assert!(message.starts_with("the path "), "{template:?}: {message}");
            assert!(
                message.contains("expected for example /groups/{groupId}"),
                "{message}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_is_given_nothing_but_the_value_varies(value in "\\PC{0,12}|[./\\\\%2eEfF]{0,12}") {
            let Ok(path) = filled("/a/{b}/c", &[("b", &value)]) else { return Ok(()) };
            let url = url::Url::parse(&format!("https://cloud.mongodb.com/api/atlas/v2{path}")).unwrap();
            prop_assert_eq!(url.host_str(), Some("cloud.mongodb.com"));
            prop_assert_eq!(url.path(), format!("/api/atlas/v2{path}"));
            prop_assert_eq!(url.path_segments().unwrap().count(), 6);
            let sent = path.strip_prefix("/a/").and_then(|path| path.strip_suffix("/c")).unwrap();
            prop_assert_eq!(percent_decode_str(sent).decode_utf8().unwrap(), value);
        }

        #[test]
        fn no_template_panics(template in "\\PC{0,20}|[/{}a.%]{0,20}") {
            let _ = filled(&template, &[("a", "x")]);
        }
    }
}
