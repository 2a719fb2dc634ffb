//! What may be shown of a text that somebody pasted: scheme, host and port of a URL that leaves
//! no doubt about where its host is, and else nothing.

use url::Url;

/// What stands where nothing may be shown.
pub(crate) const HIDDEN: &str = "…";

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
        Ok(url) if !doubtful && matches!(url.scheme(), "http" | "https") => of_url(&url),
        _ => HIDDEN.to_owned(),
    }
}

/// Scheme, host and port.
pub(crate) fn of_url(url: &Url) -> String {
    match url.host_str() {
        Some(host) if !holds_a_private_key(host) => {
            let port = url.port().map_or(String::new(), |port| format!(":{port}"));
            format!("{}://{host}{port}", url.scheme())
        }
        _ => HIDDEN.to_owned(),
    }
}

/// Whether 32 hexadecimal digits stand in a row, dashes or not: a private key is a UUID.
pub(crate) fn holds_a_private_key(text: &str) -> bool {
    let mut row = 0_u32;
    text.bytes().any(|byte| {
        if byte.is_ascii_hexdigit() {
            row = row.saturating_add(1);
        } else if byte != b'-' {
            row = 0;
        }
        row >= 32
    })
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
