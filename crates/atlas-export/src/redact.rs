//! What may be shown of a text that somebody else wrote: the one place that shortens and redacts.
//!
//! | text | shown |
//! |---|---|
//! | a URL that somebody pasted | scheme, host and port, if there is no doubt where its host is |
//! | the target of a redirect | the URL without user, query and fragment |
//! | a `WWW-Authenticate` challenge | its scheme; of Digest also `algorithm` and `qop` |
//! | a value that was given and is invalid | its beginning, unless a UUID is in it |
//! | anything else from outside | its beginning, on one line |

use atlas_export_types::OneLine;
pub(crate) use atlas_export_types::{holds_a_uuid, quoted};
use url::Url;

/// Shown in place of a text that may be a secret.
pub(crate) const HIDDEN: &str = "…";

/// How many characters of a text from outside a message repeats.
const MAX_QUOTED_CHARS: usize = 400;

/// How many letters of an authentication scheme are shown.
const MAX_SCHEME_CHARS: usize = 20;

/// A text from outside made fit for a part of a message: on one line, not too long.
pub(crate) fn one_line(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", OneLine(text.get(..end).unwrap_or_default())),
        None => OneLine(text).to_string(),
    }
}

/// The target of a redirect, without what may be a secret in it: a user, a query, a fragment.
pub(crate) fn redirect_target(location: &str) -> String {
    match Url::parse(location) {
        Ok(mut url) => {
            // Neither fails where there is a host, and where there is none there is no user.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.set_fragment(None);
            one_line(url.as_str())
        }
        Err(_) => one_line(location.split(['?', '#']).next().unwrap_or_default()),
    }
}

/// What kind of authentication a challenge asks for: its scheme, and of Digest the parameters
/// that decide whether it can be answered.
pub(crate) fn challenge(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value).into_owned();
    let scheme: String = text
        .trim()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .take(MAX_SCHEME_CHARS)
        .collect();
    if scheme.is_empty() {
        return "a malformed challenge".to_owned();
    }
    if !scheme.eq_ignore_ascii_case("digest") {
        return scheme;
    }
    let parameters: Vec<&str> = text
        .split([' ', '\t'])
        .flat_map(|part| part.split_inclusive("\","))
        .map(|part| part.trim_matches([',', ' ']))
        .filter(|part| {
            let part = part.to_ascii_lowercase();
            part.starts_with("algorithm=") || part.starts_with("qop=")
        })
        .collect();
    match parameters.join(" ") {
        parameters if parameters.is_empty() => "a malformed Digest challenge".to_owned(),
        parameters => format!("Digest {}", one_line(&parameters)),
    }
}

/// Scheme, host and port of a URL, or [`HIDDEN`] where a part of a password might be among them.
pub(crate) fn origin(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    // A password with a slash in it ends the host too soon, and its `@` comes later.
    let after_host = rest
        .split_once(['/', '\\', '?', '#'])
        .map_or("", |(_, after)| after);
    let doubtful = !text.contains("://")
        || after_host.contains('@')
        || text.contains("%40")
        || rest.starts_with(['/', '\\']);
    match Url::parse(text) {
        Ok(url) if !doubtful && matches!(url.scheme(), "http" | "https") => origin_of(&url),
        _ => HIDDEN.to_owned(),
    }
}

/// Scheme, host and port.
pub(crate) fn origin_of(url: &Url) -> String {
    match url.host_str() {
        Some(host) if !holds_a_uuid(host) => {
            let port = url.port().map_or(String::new(), |port| format!(":{port}"));
            format!("{}://{host}{port}", url.scheme())
        }
        _ => HIDDEN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_scheme_host_and_port_are_shown_and_in_doubt_nothing() {
        for (text, shown) in [
            ("https://me:s3cret@host:81/x?y#z", "https://host:81"),
            ("https://host/s3cret", "https://host"),
            ("https://host?s3cret", "https://host"),
            ("https://me:12/s3cret@host", HIDDEN),
            ("https://me%40s3cret", HIDDEN),
            ("https://me:s3cret", HIDDEN),
            ("me:s3cret@host", HIDDEN),
            ("s3cret", HIDDEN),
            ("ftp://s3cret@host", HIDDEN),
            ("https://0a1b2c3d-0000-4000-8000-0123456789ab", HIDDEN),
        ] {
            assert_eq!(origin(text), shown, "{text}");
        }
    }

    #[test]
    fn a_text_from_outside_stays_on_one_line_and_short() {
        let shown = one_line(&("a\nb\u{1b}[31m".to_owned() + &"x".repeat(5000)));
        assert!(!shown.contains(['\n', '\u{1b}']), "{shown}");
        assert!(shown.ends_with('…') && shown.len() < 600, "{shown}");
    }

    #[test]
    fn a_redirect_target_is_shown_without_user_query_and_fragment() {
        for (location, shown) in [
            ("https://me:s3cret@host/x?y#z", "https://host/x"),
            ("/login?s3cret", "/login"),
            ("mailto:me?s3cret", "mailto:me"),
            ("", ""),
        ] {
            assert_eq!(redirect_target(location), shown, "{location}");
        }
    }

    #[test]
    fn a_challenge_is_shown_by_what_it_asks_for() {
        for (value, shown) in [
            ("Basic realm=\"s3cret\"", "Basic"),
            ("", "a malformed challenge"),
            ("Digest nonce=s3cret", "a malformed Digest challenge"),
            (
                "Digest realm=\"s3cret\", qop=\"auth-int\",algorithm=MD5",
                "Digest qop=\"auth-int\" algorithm=MD5",
            ),
        ] {
            assert_eq!(challenge(value.as_bytes()), shown, "{value}");
        }
    }

    proptest! {
        #[test]
        fn no_text_shows_more_than_an_origin(text in "\\PC*") {
            let shown = origin(&text);
            prop_assert!(shown == HIDDEN || shown.matches('/').count() == 2, "{}", shown);
        }

        #[test]
        fn a_user_or_password_is_never_shown(password in "S3CRET[\\PC&&[^/]]{0,12}", tail in "[/?#a-z]{0,9}") {
            for text in [
                format!("https://me:{password}@host{tail}"),
                format!("me:{password}@host{tail}"),
                format!("http://me:{password}"),
                format!("https://host/{password}{tail}"),
                format!("https://host?{password}{tail}"),
                format!("https://host#{password}{tail}"),
            ] {
                let shown = origin(&text).to_ascii_uppercase();
                prop_assert!(!shown.contains("S3CRET"), "{} from {}", shown, text);
            }
        }
    }
}
