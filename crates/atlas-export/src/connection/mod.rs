//! How connections are made: proxies, names, TLS, and what goes with every request.

mod headers;
mod nacks;
mod names;
pub(crate) mod tls;

use std::{fmt, time::Duration};

use self::{
    headers::DefaultHeaders,
    names::Names,
    tls::{Need, Tls},
};
use crate::{
    Error,
    base_url::BaseUrl,
    proxy::{self, Proxy},
    redact,
};

/// The options of the connection.
#[derive(Clone, Default)]
pub(crate) struct Connection {
    pub(crate) proxy: Proxy,
    pub(crate) tls: Tls,
    pub(crate) names: Names,
    pub(crate) headers: DefaultHeaders,
    #[cfg(feature = "reqwest")]
    pub(crate) hook: Option<Hook>,
}

/// What a caller does to the HTTP client.
#[cfg(feature = "reqwest")]
pub(crate) type Hook =
    std::sync::Arc<dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync>;

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("proxy", &self.proxy)
            .field("tls", &self.tls)
            .field("names", &self.names)
            .field("default_headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The proxy that is used, as far as options and variables tell, without its user and password.
    pub(crate) fn proxy(&self, base: &BaseUrl) -> Option<String> {
        match &self.proxy {
            Proxy::Url(text) if !base.loopback => {
                proxy::parse(text).ok().map(|url| redact::origin_of(&url))
            }
            Proxy::Environment if !base.loopback => proxy::of_environment(&base.url).ok()?,
            _ => None,
        }
    }

    /// The HTTP client with these options.
    pub(crate) fn client(
        &self,
        base: &BaseUrl,
        connect_timeout: Duration,
        user_agent: &str,
    ) -> Result<reqwest::Client, Error> {
        let mut http = reqwest::Client::builder()
            .connect_timeout(connect_timeout)
            .default_headers(self.headers.checked()?);
        http = self.names.set_up(http)?;
        http = self.set_up_proxy(http, base)?;
        http = self.tls.set_up(http, self.need_of_tls(base))?;
        #[cfg(feature = "reqwest")]
        if let Some(hook) = &self.hook {
            http = hook(http);
        }
        // What no hook changes. Credentials go to the configured origin alone: to no other by a
        // redirect, and on this machine, where they may go in plain text, through no proxy.
        http = http
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(nacks::only());
        if base.loopback {
            http = http.no_proxy();
        }
        http.build().map_err(|cause| not_built(&self.tls, cause))
    }

    fn set_up_proxy(
        &self,
        http: reqwest::ClientBuilder,
        base: &BaseUrl,
    ) -> Result<reqwest::ClientBuilder, Error> {
        match &self.proxy {
            // On this machine too, so that a wrong one is told wherever it is given.
            Proxy::Url(text) => {
                let proxy = reqwest::Proxy::all(proxy::parse(text)?)
                    .map_err(|cause| refused("the proxy cannot be used", cause))?;
                Ok(http.proxy(proxy))
            }
            Proxy::Environment if !base.loopback => {
                proxy::of_environment(&base.url)?;
                Ok(http)
            }
            Proxy::Environment | Proxy::None => Ok(http.no_proxy()),
        }
    }

    fn need_of_tls(&self, base: &BaseUrl) -> Need {
        let proxy = self.proxy(base);
        if base.url.scheme() == "https" || proxy.is_some_and(|url| url.starts_with("https:")) {
            Need::Certain
        } else if base.loopback {
            Need::None
        } else {
            Need::Possible
        }
    }
}

/// A `Config` error for an option that the HTTP library refuses. Its own text may repeat the
/// option, password included, and stays in the source.
fn refused(what: &str, cause: reqwest::Error) -> Error {
    Error::config(what).with(|inner| inner.source = Some(Box::new(cause.without_url())))
}

/// Why there is no client. What was given has been checked by now, so the reason holds nothing
/// of it, unless a hook has put it there.
fn not_built(tls: &Tls, cause: reqwest::Error) -> Error {
    let mut reason: &(dyn std::error::Error + 'static) = &cause;
    while let Some(deeper) = reason.source() {
        reason = deeper;
    }
    let reason = crate::error::one_line(&reason.to_string());
    if let Some(error) = tls::blame(tls, &reason) {
        return error;
    }
    refused(
        &format!("the HTTP client cannot be set up: {reason}"),
        cause,
    )
}

#[cfg(test)]
mod tests;
