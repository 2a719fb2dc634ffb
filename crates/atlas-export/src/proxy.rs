//! Which proxy requests go through: checked before anything is built, because the HTTP library
//! passes by a proxy that it cannot speak to.

use std::fmt;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::{
    Error,
    redact::{self, HIDDEN},
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
            Self::Url(text) => f.write_str(&redact::origin(text)),
        }
    }
}

/// A URL that this build can use as a proxy. Without a scheme, `http` is meant.
pub(crate) fn parse(text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| {
        let shown = match redact::origin(text) {
            hidden if hidden == HIDDEN => String::new(),
            origin => format!(" {origin}"),
        };
        Err(Error::config(format!(
            "the proxy{shown} is invalid: {why}; expected for example \
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
        return refuse("it contains white space or a control character");
    }
    let Ok(url) = Url::parse(&format!("{scheme}://{rest}")) else {
        return refuse(
            "it is not a valid URL (percent-encode special characters of a password, / as %2F)",
        );
    };
    if url.host_str().is_none_or(str::is_empty) {
        return refuse("it has no host");
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return refuse(
            "it has more than a host and a port (percent-encode special characters of a password, \
             / as %2F, ? as %3F, # as %23)",
        );
    }
    Ok(url)
}

/// The proxy that the variables of the environment name for a URL, without its user and
/// password. The HTTP library reads them too; this is for messages, and because it passes by one
/// that it cannot speak to.
pub(crate) fn of_environment(url: &Url) -> Result<Option<String>, Error> {
    from_variables(url, |name| std::env::var(name).ok())
}

fn from_variables(
    url: &Url,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, Error> {
    // There, the caller chooses what `HTTP_PROXY` is.
    if variable("REQUEST_METHOD").is_some() {
        return Ok(None);
    }
    let first = |names: [&'static str; 2]| {
        let set = names
            .into_iter()
            .find_map(|name| Some((name, variable(name)?)));
        set.filter(|(_, text)| !text.is_empty())
    };
    let own = match url.scheme() {
        "https" => ["HTTPS_PROXY", "https_proxy"],
        _ => ["HTTP_PROXY", "http_proxy"],
    };
    let Some((name, text)) = first(own).or_else(|| first(["ALL_PROXY", "all_proxy"])) else {
        return Ok(None);
    };
    let spared = first(["NO_PROXY", "no_proxy"]).map_or(String::new(), |(_, text)| text);
    let Ok(uri) = url.as_str().parse() else {
        return Ok(None);
    };
    let through = |proxy: &str| {
        let matcher = Matcher::builder().all(proxy.to_owned()).no(spared.clone());
        let intercept = matcher.build().intercept(&uri)?;
        Some(intercept.uri().to_string())
    };
    if through("http://proxy").is_none() {
        return Ok(None);
    }
    match through(&text) {
        Some(proxy) if proxy.starts_with("http") => Ok(Some(redact::origin(&proxy))),
        _ => match parse(&text) {
            // The HTTP library does not know it either.
            Ok(_) => Ok(None),
            Err(error) => Err(error.with(|inner| {
                inner.message = format!("{name}: {}", inner.message);
            })),
        },
    }
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
            ("", "not a valid URL"),
            ("http://me:s3cret", "percent-encode"),
            ("http://me:12/s3cret@proxy", "more than a host"),
            ("http://proxy?s3cret", "more than a host"),
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

    fn environment(url: &str, set: &[(&str, &str)]) -> Result<Option<String>, String> {
        let url = Url::parse(url).unwrap();
        let lookup = |name: &str| {
            let value = set.iter().find(|(key, _)| *key == name)?.1;
            Some(value.to_owned())
        };
        from_variables(&url, lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn the_proxy_of_the_environment_is_named_and_refused_like_one_that_is_given() {
        let url = "https://cloud.mongodb.com";
        let p = "http://me:s3cret@proxy:3128/path";
        let shown = Ok(Some("http://proxy:3128".to_owned()));
        assert_eq!(environment(url, &[]), Ok(None));
        assert_eq!(environment(url, &[("HTTPS_PROXY", "")]), Ok(None));
        assert_eq!(environment(url, &[("HTTP_PROXY", p)]), Ok(None));
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
            assert_eq!(environment(url, &[(name, p)]), shown, "{name}");
            assert_eq!(environment(url, &[(name, "proxy:3128")]), shown, "{name}");
            for (text, why) in [
                ("socks5://me:s3cret@proxy", "not SOCKS"),
                ("ftp://me:s3cret@proxy", "no other scheme"),
                ("http://me:s3cret proxy", "white space"),
            ] {
                let message = environment(url, &[(name, text)]).unwrap_err();
                assert!(
                    message.starts_with(name) && message.contains(why),
                    "{message}"
                );
                assert!(!message.contains("s3cret"), "{message}");
                for spared in ["*", "mongodb.com", ".mongodb.com", "x, cloud.mongodb.com"] {
                    let set = [(name, text), ("NO_PROXY", spared)];
                    assert_eq!(environment(url, &set), Ok(None), "{spared}");
                }
            }
        }
        let gateway = [("HTTPS_PROXY", p), ("REQUEST_METHOD", "GET")];
        assert_eq!(environment(url, &gateway), Ok(None));
        let own = [("HTTPS_PROXY", p), ("ALL_PROXY", "socks5://other")];
        assert_eq!(environment(url, &own), shown);
        assert_eq!(
            environment("http://atlas.example", &[("HTTP_PROXY", p)]),
            shown
        );
    }

    proptest! {
        #[test]
        fn no_variable_panics_or_is_repeated(text in "\\PC{0,40}", spared in "\\PC{0,40}") {
            for text in [format!("S3CRET{text}"), format!("http://me:S3CRET{text}@p")] {
                let set = [("ALL_PROXY", text.as_str()), ("NO_PROXY", spared.as_str())];
                if let Err(message) = environment("https://cloud.mongodb.com", &set) {
                    prop_assert!(!message.contains("S3CRET"), "{}", message);
                }
            }
        }

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
