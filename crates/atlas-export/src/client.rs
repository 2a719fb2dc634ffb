//! The client: cheap to clone, the root of all handles.

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use atlas_export_api::{self as api, Seam, Shared, calls::GetSystemStatus, types::SystemStatus};
use atlas_export_types::{InvalidId, ProjectId};

use crate::{
    ClientBuilder, Error, Project, Projects, Request,
    clock::Clock,
    convert,
    fleet::ExportFleet,
    list::Bounds,
    project::InvalidHandle,
    request::{CustomRequest, Method},
    transport::{Call, CallOptions, CallStats, Caller, Transport},
    version::Versions,
};

/// A client of the snapshot-export API of MongoDB Atlas.
///
/// Cloning is cheap, and clones share connections, authentication and what is known of rate
/// limits. Two clients that are built apart share nothing, unless they are given the same
/// [`RateGovernor`](crate::rate::RateGovernor).
///
/// Each request runs on a task of its own, on the runtime that the call is first polled on. A
/// call that is kept and not polled stops no other; one that is dropped ends its request.
///
/// ```
/// use atlas_export::{Client, Credentials};
///
/// let atlas = Client::builder()
///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
///     .build()?;
/// let project = atlas.project("32b6e34b3d91647abb20e7b8");
/// let buckets = project.export_buckets(); // no request yet
/// # let _ = buckets;
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    transport: Arc<Transport>,
    /// Who its requests are made for, as far as taking turns goes.
    caller: Caller,
}

pub(crate) struct Inner {
    /// With the path of the API generation.
    pub(crate) base_url: String,
    /// Only builds requests; the transport sends them.
    pub(crate) http: reqwest::Client,
    pub(crate) options: Options,
}

/// What goes into the query of every operation that takes it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Options {
    pub(crate) envelope: bool,
    pub(crate) pretty: bool,
}

impl From<Options> for Shared {
    /// What is not asked for is left out, as it is the default.
    fn from(options: Options) -> Self {
        Self {
            envelope: options.envelope.then_some(true),
            pretty: options.pretty.then_some(true),
        }
    }
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment variables that [`variables`](crate::variables) lists.
    ///
    /// # Errors
    /// A `Config` error that names the variable, where one is missing or invalid.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// A client of a profile of the Atlas CLI: of this name, or the one that is meant
    /// ([`profile`](crate::profile)).
    ///
    /// # Errors
    /// A `Config` error that names file and profile, where something is missing or invalid.
    #[cfg(feature = "profile")]
    pub fn from_profile(name: Option<&str>) -> Result<Self, Error> {
        let profile = crate::profile::Profile::load(name)?;
        ClientBuilder::default().profile(profile).build()
    }

    /// A client of the first credentials that there are.
    ///
    /// | | looked at | what it gives |
    /// |---|---|---|
    /// | 1 | the environment ([`variables`](crate::variables)) | credentials and base URL |
    /// | 2 | the profile of the Atlas CLI that is meant ([`profile`](crate::profile)) | credentials and base URL |
    ///
    /// Credentials come from one place whole, with the address that they go to. Half a pair is an
    /// error, not a reason to look further.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), atlas_export::Error> {
    /// let atlas = atlas_export::Client::from_default_chain()?;
    /// # let _ = atlas;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A `Config` error that names what was looked at, and why it did not do.
    #[cfg(feature = "profile")]
    pub fn from_default_chain() -> Result<Self, Error> {
        let variables = crate::variables::Variables::of_process()?;
        if variables.credentials.is_some() {
            return ClientBuilder::default().variables(variables).build();
        }
        Self::from_profile(None).map_err(|error| {
            Error::config(format!(
                "there are no credentials: the environment has none ({}), and of the Atlas CLI: \
                 {error}",
                crate::variables::no_credentials()
            ))
        })
    }

    pub(crate) fn new(inner: Inner, transport: Transport) -> Self {
        Self {
            inner: Arc::new(inner),
            transport: Arc::new(transport),
            caller: Caller::default(),
        }
    }

    /// Who its requests are made for.
    pub(crate) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The same client, whose requests are made for this caller.
    pub(crate) fn made_for(&self, caller: Caller) -> Self {
        Self {
            inner: self.inner.clone(),
            transport: self.transport.clone(),
            caller,
        }
    }

    /// The same client with other time-outs, bounds or retries, for all calls of it and of its
    /// handles.
    ///
    /// It shares connections, authentication, what is known of rate limits, and the bound on
    /// requests in flight; [`shutdown`](Self::shutdown) of either ends both. Where it is, as whom
    /// and over which way cannot be changed: that is another client.
    ///
    /// ```
    /// use std::time::Duration;
    /// use atlas_export::request::CallOptions;
    ///
    /// # fn example(atlas: atlas_export::Client) {
    /// let patient = atlas.with_options(CallOptions::new().call_timeout(Duration::from_secs(1800)));
    /// # let _ = patient;
    /// # }
    /// ```
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            inner: self.inner.clone(),
            transport: Arc::new(self.transport.with_options(&options)),
            caller: self.caller.clone(),
        }
    }

    /// The client that becomes of it: what handles do to theirs.
    pub(crate) fn map_client(&self, change: impl FnOnce(&Self) -> Self) -> Self {
        change(self)
    }

    /// Ends what is under way: no call begins any more, on any clone, and those that have begun
    /// end, for at most `deadline`; the rest are cut off. When this returns, nothing of the client
    /// runs in the background, except on a runtime that is not running itself. Returns how many
    /// calls were cut off. Outside of a runtime it waits for nothing.
    ///
    /// A call that is made afterwards is a `Config` error. What a cut-off creation has done is
    /// unknown: it ends as `Ambiguous` where it may have been acted on.
    ///
    /// ```no_run
    /// # async fn example(atlas: atlas_export::Client) {
    /// use std::time::Duration;
    ///
    /// let cut_off = atlas.shutdown(Duration::from_secs(10)).await;
    /// if cut_off > 0 {
    ///     eprintln!("{cut_off} calls were cut off");
    /// }
    /// # }
    /// ```
    pub async fn shutdown(&self, deadline: Duration) -> usize {
        self.transport.shut_down(deadline).await
    }

    /// Gives the access token of a [service account](crate::Credentials::service_account) back, for
    /// programs that end long before it does: an account may have 100 tokens at once. Call it
    /// last, before [`shutdown`](Self::shutdown): a call that is made afterwards, on any clone, gets
    /// another token. With an API key, or before the first call, it does nothing.
    ///
    /// ```no_run
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let buckets = atlas.project("32b6e34b3d91647abb20e7b8").export_buckets().list().await?;
    /// println!("{} buckets", buckets.items.len());
    /// atlas.revoke_token().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the server does not take it back. The token is kept then: call it again.
    pub async fn revoke_token(&self) -> Result<(), Error> {
        self.transport.revoke_token().await
    }

    /// The handle of a project, by its id or by text: 24 hexadecimal digits. Makes no request.
    ///
    /// The id stands in the path of requests, so text that is not an id is never put into one: each call of
    /// the handle, and [`Project::id`], is a `Config` error then.
    pub fn project<I>(&self, id: I) -> Project
    where
        I: TryInto<ProjectId, Error: Into<InvalidId>>,
    {
        Project::new(self.clone(), id.try_into().map_err(Into::into))
    }

    /// Exports the newest snapshot of every cluster of many projects, once: of all that the
    /// credentials see, or of those that [`ExportFleet::projects`](crate::fleet::ExportFleet::projects)
    /// chooses. In each project the export bucket of this name is taken. See
    /// [`fleet`](crate::fleet).
    ///
    /// ```
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let plan = atlas.export_fleet("my-exports").await_exports().plan().await?;
    /// println!("{plan}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn export_fleet(&self, bucket_name: impl Into<String>) -> ExportFleet {
        ExportFleet::of_client(self, bucket_name.into())
    }

    /// The projects that the API key or service account sees. Makes no request.
    pub fn projects(&self) -> Projects {
        Projects::new(self.clone())
    }

    /// What Atlas says of itself and of who is asking: which API key, with which roles. Of a service
    /// account it tells no key.
    ///
    #[doc = atlas_export_api::operation_facts!(GetSystemStatus)]
    ///
    /// ```no_run
    /// use atlas_export::models::RoleCheck;
    ///
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let status = atlas.system_status().await?;
    /// let project = "32b6e34b3d91647abb20e7b8".parse()?;
    /// match status.role_for("createExportJob", &project) {
    ///     RoleCheck::Sufficient { role } => println!("{role:?} suffices"),
    ///     RoleCheck::Insufficient { needed } => println!("none of {needed:?}"),
    ///     other => println!("nobody can tell: {other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Authentication` where the credentials are wrong; `Api` where Atlas refuses, for instance the
    /// address; `Config` in version 1.0.
    pub fn system_status(&self) -> Request<SystemStatus> {
        self.request_of(Ok(GetSystemStatus {}))
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.transport.clock().clone()
    }

    /// How long a server's wish to be left alone is believed.
    pub(crate) fn max_pause(&self) -> Duration {
        self.transport.max_pause()
    }

    /// What bounds the reading of a list. A caller with patience for a rate limit has it for the
    /// whole of one.
    pub(crate) fn list_bounds(&self) -> Bounds {
        let limits = self.transport.limits();
        Bounds {
            max_pages: NonZeroU32::new(limits.max_pages).unwrap_or(NonZeroU32::MIN),
            whole: limits.call_timeout.saturating_add(self.caller.patience()),
        }
    }

    /// A call of any operation of the API, also of one that this crate has no method for. Makes
    /// no request.
    ///
    /// The template is the path as Atlas's reference has it, without `/api/atlas/v2`; `/` is that path
    /// itself, which is sent without a slash at its end. What stands
    /// in its placeholders is given by [`path`](CustomRequest::path), so the template is a
    /// constant of the program, and spans and errors show it without any value. See
    /// [`request`](crate::request).
    ///
    /// ```no_run
    /// use atlas_export::request::Method;
    /// use serde_json::Value;
    ///
    /// # async fn example(atlas: atlas_export::Client) -> Result<(), atlas_export::Error> {
    /// let cluster: Value = atlas
    ///     .request(Method::GET, "/groups/{groupId}/clusters/{clusterName}")
    ///     .path("groupId", "32b6e34b3d91647abb20e7b8")
    ///     .path("clusterName", "Cluster0")
    ///     .version("2024-08-05")
    ///     .await?;
    /// println!("{}", cluster["mongoDBVersion"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn request<T>(&self, method: Method, template: &'static str) -> CustomRequest<T> {
        CustomRequest::new(self.clone(), method, template)
    }

    /// Where the API is, with the path of its generation.
    pub(crate) fn base_url(&self) -> &str {
        &self.inner.base_url
    }

    /// Whether answers are asked for in an envelope.
    pub(crate) fn wants_envelope(&self) -> bool {
        self.inner.options.envelope
    }

    /// A call that is about to be sent.
    pub(crate) fn begin_call(&self) -> Call {
        Call::new(self.transport.clone(), self.caller.clone())
    }

    pub(crate) fn versions(&self) -> &Versions {
        self.transport.versions()
    }

    /// The request that makes one call, if its handle is one.
    pub(crate) fn request_of<C: api::Call + 'static>(
        &self,
        call: Result<C, InvalidHandle>,
    ) -> Request<C::Output> {
        Request::new(self, |client| async move {
            let call = call.map_err(|invalid| invalid.into_error(C::OPERATION.id))?;
            client.call(&call).await
        })
    }

    /// Makes one call.
    pub(crate) async fn call<C: api::Call>(&self, call: &C) -> Result<C::Output, Error> {
        Ok(self.counted(call).await?.0)
    }

    /// Makes one call, and tells how it went.
    pub(crate) async fn counted<C: api::Call>(
        &self,
        call: &C,
    ) -> Result<(C::Output, CallStats), Error> {
        call.check().map_err(|invalid| {
            Error::from(invalid).with(|inner| inner.operation = Some(C::OPERATION.id))
        })?;
        let seam = Arc::new(self.begin_call());
        let generated = api::Client::new_with_client(
            &self.inner.base_url,
            self.inner.http.clone(),
            Seam::new(seam.clone()),
        );
        match call.send(&generated, self.inner.options.into()).await {
            Ok(value) => Ok((value.into_inner(), seam.stats())),
            Err(generated) => Err(convert::error(generated, &seam)),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &crate::redact::origin(&self.inner.base_url))
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}
