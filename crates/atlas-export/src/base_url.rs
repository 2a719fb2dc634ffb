//! Where the API is.

use url::{Host, Url};

use crate::{ApiVersion, Environment, Error};

/// The commercial cloud, for messages.
const CLOUD: &str = Environment::Commercial.origin();

/// A base URL that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// With the path of the API generation, without a slash at the end.
    pub(crate) url: Url,
    /// What the endpoints of service accounts lie below, with a slash at its end.
    pub(crate) oauth_url: Url,
    /// Whether the host is this machine.
    pub(crate) loopback: bool,
}

impl BaseUrl {
    /// Checks an origin, optionally with a path prefix, and completes it.
    pub(crate) fn parse(text: &str, version: ApiVersion, insecure: bool) -> Result<Self, Error> {
        let mut url = Url::parse(text).map_err(|error| {
            Error::config(format!(
                "the base URL is not a valid URL ({error}): expected for example {CLOUD}"
            ))
        })?;
        // Errors below do not repeat the URL as given, which may hold a password.
        let refuse = |why: &str| {
            Err(Error::config(format!(
                "the base URL {why}; expected for example {CLOUD}"
            )))
        };
        let rest = text.split_once("://").map_or("/", |(_, rest)| rest);
        if rest.starts_with(['/', '\\']) {
            // Read as if they were right, what follows would be taken for a host.
            return refuse("has no two slashes and host after its scheme: write SCHEME://HOST");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("contains a user name or password: pass them to Credentials::api_key");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("contains a query or a fragment: leave it out");
        }
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return refuse("has no host: name one"),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback || insecure => {}
            "http" => {
                return refuse(
                    "is plain http, which shows the requests to everyone on the way: use https, or \
                     insist with ClientBuilder::allow_insecure_http(true)",
                );
            }
            _ => return refuse("has a scheme that is neither https nor http: use https"),
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with(version.other().path()) {
            return refuse(&format!(
                "names {}, but the client is set to {version}: set ClientBuilder::api_version, or leave \
                 the version out of the URL",
                version.other()
            ));
        }
        let prefix = path.strip_suffix(version.path()).unwrap_or(&path);
        if ["/api/atlas", "/api/public"]
            .iter()
            .any(|api| prefix.contains(api))
        {
            return refuse("has a path of the API that is not a version of it: leave the path out");
        }
        let mut oauth_url = url.clone();
        oauth_url.set_path(&format!("{prefix}/api/oauth/"));
        let path = if path.ends_with(version.path()) {
            path
        } else {
            path + version.path()
        };
        url.set_path(&path);
        Ok(Self {
            url,
            oauth_url,
            loopback,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> String {
        BaseUrl::parse(text, ApiVersion::V2, false)
            .unwrap()
            .url
            .into()
    }

    fn refusal(text: &str) -> String {
        let error = BaseUrl::parse(text, ApiVersion::V2, false).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Config);
        error.to_string()
    }

    #[test]
    fn the_path_of_the_generation_is_appended_once() {
        let whole = "https://cloud.mongodb.com/api/atlas/v2";
        for text in [
            CLOUD,
            "https://cloud.mongodb.com/",
            whole,
            &format!("{whole}/"),
        ] {
            assert_eq!(complete(text), whole);
        }
        assert_eq!(
            complete("https://proxy.example/atlas/"),
            "https://proxy.example/atlas/api/atlas/v2"
        );
        assert_eq!(
            BaseUrl::parse(CLOUD, ApiVersion::V1, false)
                .unwrap()
                .url
                .path(),
            "/api/atlas/v1.0"
        );
    }

    #[test]
    fn tokens_come_from_the_same_origin_and_prefix() {
        for (text, oauth) in [
            (CLOUD, "https://cloud.mongodb.com/api/oauth/"),
            (
                "https://proxy.example/atlas/api/atlas/v2/",
                "https://proxy.example/atlas/api/oauth/",
            ),
        ] {
            let base = BaseUrl::parse(text, ApiVersion::V2, false).unwrap();
            assert_eq!(base.oauth_url.as_str(), oauth);
        }
    }

    #[test]
    fn an_invalid_base_url_is_refused_with_the_reason() {
        assert!(refusal("cloud.mongodb.com").contains("is not a valid URL"));
        assert!(refusal("ftp://cloud.mongodb.com").contains("scheme"));
        assert!(refusal("https://cloud.mongodb.com/?x").contains("query"));
        assert!(refusal("https://cloud.mongodb.com/api/atlas/v1.0").contains("set to v2"));
        for path in [
            "/api/atlas",
            "/api/public/v1.0",
            "/api/atlas/v2/groups",
            "/api/atlas/V2",
        ] {
            let message = refusal(&format!("{CLOUD}{path}"));
            assert!(message.contains("a path of the API"), "{message}");
        }
        let with_password = refusal("https://me:secret@cloud.mongodb.com");
        assert!(with_password.contains("password") && !with_password.contains("secret"));
    }

    #[test]
    fn a_password_in_a_url_is_not_repeated() {
        assert!(!refusal("ht tp://me:s3cret@host").contains("s3cret"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_or_is_repeated(text in "\\PC{0,40}") {
            for text in [format!("S3CRET{text}"), format!("https://me:S3CRET{text}"), format!("https://h/?S3CRET{text}")] {
                if let Err(error) = BaseUrl::parse(&text, ApiVersion::V2, false) {
                    proptest::prop_assert!(!error.to_string().contains("S3CRET"), "{}", error);
                }
            }
        }
    }

    #[test]
    fn rule_11_plain_http_is_for_this_machine_alone_or_by_name() {
        for here in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"] {
            assert!(
                BaseUrl::parse(here, ApiVersion::V2, false)
                    .unwrap()
                    .loopback
            );
        }
        assert!(refusal("http://cloud.mongodb.com").contains("plain http"));
        assert!(refusal("http://localhost.example.com").contains("plain http"));
        let insisted = BaseUrl::parse("http://proxy.example", ApiVersion::V2, true).unwrap();
        assert!(!insisted.loopback);
    }
}
