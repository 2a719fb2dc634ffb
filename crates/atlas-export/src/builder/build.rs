//! A client out of its options: what is missing or invalid is said here, by name.

use super::ClientBuilder;
use crate::{
    Client, Environment, Error,
    base_url::BaseUrl,
    client::Inner,
    credentials::Place,
    observe::Watcher,
    transport::{Transport, TransportParts},
    version::Versions,
};

impl ClientBuilder {
    /// Builds the client. Makes no request.
    ///
    /// # Errors
    /// A `Config` error that names the option that is missing or invalid.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self
            .credentials
            .ok_or_else(|| self.names.no_credentials())?;
        let base_url = match credentials.place() {
            // One of the environment is not for them.
            Place::Profile(profile) if self.base_url.is_none() || self.names.base_url.is_some() => {
                profile.base_url.clone()
            }
            _ => self.base_url,
        };
        let description = credentials.describe();
        let credentials = credentials
            .check()
            .map_err(|error| self.names.blame_key(error))?;
        if self.connect_timeout.is_zero() {
            return Err(Error::config(
                "connect_timeout is zero, so no call could succeed: give it a duration",
            ));
        }
        self.limits.check()?;
        let base = BaseUrl::parse(
            base_url
                .as_deref()
                .unwrap_or(Environment::Commercial.origin()),
            self.api_version,
            self.allow_insecure_http,
        )
        .map_err(|error| self.names.blame_base_url(error))?;
        let versions = Versions::new(self.api_version, &self.resource_versions)?;
        let http = self.connection.client(
            &base,
            self.connect_timeout,
            &user_agent(self.application.as_deref())?,
        )?;
        let transport = Transport::new(TransportParts {
            http: http.clone(),
            proxy: self.connection.proxy(&base),
            credentials,
            description,
            clock: self.clock,
            versions,
            base_path: base.url.path().to_owned(),
            oauth_url: base.oauth_url,
            envelope: self.options.envelope,
            limits: self.limits,
            retry: self.retry,
            governor: self.governor.unwrap_or_default(),
            watcher: Watcher::new(self.observer, self.api_version, &base.url),
        });
        let inner = Inner {
            base_url: base.url.into(),
            http,
            options: self.options,
            fields: self.fields,
        };
        Ok(Client::new(inner, transport))
    }
}

/// The SDK's name, after the application's.
fn user_agent(application: Option<&str>) -> Result<String, Error> {
    const OURS: &str = concat!("atlas-export/", env!("CARGO_PKG_VERSION"));
    match application {
        None => Ok(OURS.to_owned()),
        Some(name) if !name.is_empty() && name.bytes().all(|byte| matches!(byte, b' '..=b'~')) => {
            Ok(format!("{name} {OURS}"))
        }
        Some(_) => Err(Error::config(
            "application is invalid: it is empty, or contains more than printable ASCII; expected for \
             example backup-tool/1.4",
        )),
    }
}
