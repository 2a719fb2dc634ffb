//! Which proxy requests go through: checked before anything is built, because the HTTP library
//! passes by a proxy that it cannot speak to.

use std::fmt;

use url::Url;

use crate::{
    Error,
    harmless::{self, HIDDEN},
};

/// Which proxy requests go through.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// What the environment says.
    #[default]
    Environment,
    None,
    Url(String),
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("Environment"),
            Self::None => f.write_str("None"),
            Self::Url(text) => f.write_str(&harmless::origin(text)),
        }
    }
}

/// A URL that this build can use as a proxy. Without a scheme, `http` is meant.
pub(crate) fn parse(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| {
        let shown = match harmless::origin(text) {
            hidden if hidden == HIDDEN => String::new(),
            origin => format!(" {origin}"),
        };
        Err(Error::config(format!(
            "the proxy{shown} cannot be used: {why}; a proxy looks like \
             http://USER:PASSWORD@proxy.example:3128"
        )))
    };
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None => ("http".to_owned(), text),
    };
    match scheme.as_str() {
        "http" | "https" => {}
        "socks4" | "socks4a" | "socks5" | "socks5h" => {
            return refuse("this build speaks http and https to a proxy, and not SOCKS");
        }
        _ => return refuse("this build speaks http and https to a proxy, and no other scheme"),
    }
    if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return refuse("it holds white space or a control character");
    }
    let Ok(url) = Url::parse(&format!("{scheme}://{rest}")) else {
        return refuse(
            "it is no URL (a password wants its special characters percent-encoded, / as %2F)",
        );
    };
    if url.host_str().is_none_or(str::is_empty) {
        return refuse("it has no host");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return refuse(
            "after the host and the port comes more (a password wants its special characters \
             percent-encoded, / as %2F, ? as %3F, # as %23)",
        );
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refusal(text: &str) -> String {
        let error = parse(text).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        error.to_string()
    }

    #[test]
    fn what_this_build_cannot_do_is_refused_with_what_it_can() {
        for (text, why) in [
            ("ftp://proxy:21", "speaks http and https"),
            ("socks5://proxy:1080", "not SOCKS"),
            ("SOCKS5H://me:s3cret@proxy:1080", "not SOCKS"),
            ("", "no URL"),
            ("http://me:s3cret", "percent-encoded"),
            ("http://me:12/s3cret@proxy", "comes more"),
            ("http://proxy?s3cret", "comes more"),
            ("not a url", "white space"),
        ] {
            let message = refusal(text);
            assert!(message.contains(why), "{message}");
            assert!(message.starts_with("the proxy"), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
        assert_eq!(parse("proxy:3128").unwrap().as_str(), "http://proxy:3128/");
        assert!(parse("https://me:s3cret@proxy:3128/").is_ok());
    }

    proptest! {
        #[test]
        fn no_text_panics_or_is_repeated(text in "\\PC{0,40}") {
            for text in [format!("S3CRET{text}"), format!("http://me:S3CRET{text}@p")] {
                if let Err(error) = parse(&text) {
                    prop_assert!(!error.to_string().contains("S3CRET"), "{}", error);
                }
                let shown = format!("{:?}", Proxy::Url(text));
                prop_assert!(!shown.to_ascii_uppercase().contains("S3CRET"), "{}", shown);
            }
        }
    }
}
