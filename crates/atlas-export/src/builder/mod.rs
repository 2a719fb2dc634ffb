//! Building a client: every option has a default, and a wrong one an error that names it.

mod build;
mod connection;

use std::{fmt, sync::Arc, time::Duration};

use atlas_export_types::ProjectId;

use crate::{
    ApiVersion, Credentials, Error,
    client::Options,
    clock::{Clock, SystemClock},
    connection::Connection,
    environment::Environment,
    observe::Observer,
    redact,
    transport::{Limits, RateGovernor, RetryPolicy},
    variables::{Fields, Names, Variables},
};

/// How many pages a list may have, by default.
const MAX_PAGES: u32 = 100_000;

/// Builds a [`Client`](crate::Client).
///
/// ```
/// use std::time::Duration;
/// use atlas_export::{ApiVersion, Client, Credentials, retry::RetryPolicy};
///
/// let atlas = Client::builder()
///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
///     .api_version(ApiVersion::V1)
///     .call_timeout(Duration::from_secs(60))
///     .retry(RetryPolicy::default().max_attempts(2))
///     .build()?;
/// # let _ = atlas;
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    api_version: ApiVersion,
    resource_versions: Vec<(String, String)>,
    base_url: Option<String>,
    options: Options,
    allow_insecure_http: bool,
    connect_timeout: Duration,
    limits: Limits,
    retry: RetryPolicy,
    governor: Option<RateGovernor>,
    application: Option<String>,
    connection: Connection,
    /// Project and organization, for who asks the client.
    fields: Fields,
    /// Where key and base URL come from, unless they were given.
    names: Names,
    clock: Arc<dyn Clock>,
    observer: Option<Arc<dyn Observer>>,
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("api_version", &self.api_version)
            .field("resource_versions", &self.resource_versions.len())
            .field("base_url", &self.base_url.as_deref().map(redact::origin))
            .field("options", &self.options)
            .field("allow_insecure_http", &self.allow_insecure_http)
            .field("connect_timeout", &self.connect_timeout)
            .field("limits", &self.limits)
            .field("retry", &self.retry)
            .field("governor", &self.governor)
            .field("application", &self.application.is_some())
            .field("connection", &self.connection)
            .field("observer", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            credentials: None,
            api_version: ApiVersion::default(),
            resource_versions: Vec::new(),
            base_url: None,
            options: Options::default(),
            allow_insecure_http: false,
            connect_timeout: Duration::from_secs(10),
            limits: Limits {
                call_timeout: Duration::from_secs(300),
                attempt_timeout: Duration::from_secs(60),
                max_body: 32 * 1024 * 1024,
                max_idle_lanes: 64,
                max_in_flight: 64,
                max_pages: MAX_PAGES,
            },
            retry: RetryPolicy::default(),
            governor: None,
            application: None,
            connection: Connection::default(),
            fields: Fields::default(),
            names: Names::default(),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }
}

impl ClientBuilder {
    /// Starts from the variables that [`variables`](crate::variables) lists.
    ///
    /// # Errors
    /// A `Config` error that names the variable, where one is invalid.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::default().variables(Variables::of_process()?))
    }

    /// Takes credentials, base URL, project and organization from environment variables, where they
    /// are set.
    pub fn variables(mut self, variables: Variables) -> Self {
        self.names = variables.names();
        self.fields = variables.fields().or(self.fields);
        self.credentials = variables.credentials.or(self.credentials);
        self.base_url = variables.base_url.or(self.base_url);
        self
    }

    /// Takes credentials, base URL, project and organization from a profile of the Atlas CLI. The base
    /// URL is the profile's, or that of the commercial cloud, whatever was set before: credentials go
    /// to the address that they came with.
    #[cfg(feature = "profile")]
    pub fn profile(mut self, profile: crate::profile::Profile) -> Self {
        self.names = Names::default();
        let fields = Fields {
            project_id: profile.project_id,
            org_id: profile.org_id,
        };
        self.fields = fields.or(self.fields);
        self.credentials = Some(profile.credentials);
        self.base_url = profile.base_url;
        self
    }

    /// What to authenticate with. Required.
    ///
    /// Credentials of a profile bring its address along, in place of one of the environment, but not
    /// of one that [`base_url`](Self::base_url) sets.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self.names.key = None;
        self
    }

    /// The project of [`Client::default_project`](crate::Client::default_project); by default that of
    /// the environment or of the profile, where the builder has read one of these.
    pub fn default_project(mut self, id: ProjectId) -> Self {
        self.fields.project_id = Some(id);
        self
    }

    /// The id of the organization of [`Client::org_id`](crate::Client::org_id); by default that of the
    /// environment or of the profile, where the builder has read one of these.
    pub fn org_id(mut self, id: impl Into<String>) -> Self {
        self.fields.org_id = Some(id.into());
        self
    }

    /// What the builder lacks of these.
    #[cfg(feature = "profile")]
    pub(crate) fn fields(mut self, fields: Fields) -> Self {
        self.fields = self.fields.or(fields);
        self
    }

    #[cfg(feature = "profile")]
    pub(crate) fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// Credentials of the environment, with its address unless one was given in code.
    #[cfg(feature = "profile")]
    pub(crate) fn credentials_of(self, variables: Variables) -> Self {
        let given = match self.names.base_url {
            None => self.base_url.clone(),
            Some(_) => None,
        };
        let fields = self.fields.clone();
        let builder = Self {
            fields,
            ..self.variables(variables)
        };
        match given {
            Some(url) => builder.base_url(url),
            None => builder,
        }
    }

    /// Which generation of the API to speak; by default [`ApiVersion::V2`].
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = version;
        self
    }

    /// Speaks another version of one resource than the newest that the contract lists, for
    /// instance `("listExportBuckets", "2023-01-01")`. The operation is named by its id in the
    /// contract. [`build`](Self::build) refuses what the contract does not list.
    pub fn resource_version(
        mut self,
        operation: impl Into<String>,
        version: impl Into<String>,
    ) -> Self {
        self.resource_versions
            .push((operation.into(), version.into()));
        self
    }

    /// Which of MongoDB's clouds the API is in; by default [`Environment::Commercial`].
    pub fn environment(self, environment: Environment) -> Self {
        self.base_url(environment.origin())
    }

    /// Where the API is; by default `https://cloud.mongodb.com`.
    ///
    /// An origin, optionally with the path prefix of a proxy. The path of the API generation
    /// is appended, unless the URL ends with it. A loopback address is never reached through
    /// a proxy.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self.names.base_url = None;
        self
    }

    /// Asks for answers in an envelope that repeats the status, and opens it; by default not.
    ///
    /// For use behind a gateway that hides the status. The body's status wins.
    pub fn envelope(mut self, envelope: bool) -> Self {
        self.options.envelope = envelope;
        self
    }

    /// Asks for indented answers where the operation has that option; by default not.
    ///
    /// For reading along on the wire. The result is the same.
    pub fn pretty(mut self, pretty: bool) -> Self {
        self.options.pretty = pretty;
        self
    }

    /// Allows plain `http` to other hosts than this one; by default not.
    ///
    /// Digest keeps the private key off the wire, but everyone on the way can read and change
    /// the requests.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// How long connecting may take; by default 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take, from when it goes out to the end of its body; by default
    /// 60 s. Waits for a slot or a rate limit come before.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.limits.attempt_timeout = timeout;
        self
    }

    /// How long one call may take, with all attempts and waits; by default 5 minutes. It also
    /// bounds what reads a whole list: [`List::consistent`](crate::list::List::consistent), and with
    /// it the newest snapshot and each look of an `ensure`.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.limits.call_timeout = timeout;
        self
    }

    /// How large an answer may be in bytes, decompressed; by default 32 MiB.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.limits.max_body = bytes;
        self
    }

    /// How many pages of a list are read at the most, in one reading; by default 100,000. A list
    /// that goes on after them is a `Transport` error.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.limits.max_pages = pages;
        self
    }

    /// How often a failed request is repeated; by default [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many requests of this client and its clones may be in flight at once; by default 64.
    /// Those beyond it wait in the order in which they came, and the wait does not count for
    /// [`attempt_timeout`](Self::attempt_timeout).
    ///
    /// Fewer are sent at once by themselves to a server that forgets its nonces while so many
    /// are in flight.
    pub fn max_in_flight(mut self, requests: usize) -> Self {
        self.limits.max_in_flight = requests;
        self
    }

    /// What is known of the server's rate limits, to be shared with other clients that have the
    /// same key; by default a client has a governor of its own.
    pub fn rate_governor(mut self, governor: RateGovernor) -> Self {
        self.governor = Some(governor);
        self
    }

    /// How many idle nonces are kept for further calls; by default 64. A call never waits for
    /// one: beyond this number they are just not kept.
    pub fn max_idle_lanes(mut self, lanes: usize) -> Self {
        self.limits.max_idle_lanes = lanes;
        self
    }

    /// The application that uses the SDK, as `name/version`, for the `User-Agent`.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// Who is told of requests, attempts and calls as they end, for metrics; by default nobody. See
    /// [`observe`](crate::observe).
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Where time and randomness come from; by default the [`SystemClock`].
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

#[cfg(test)]
mod tests;
