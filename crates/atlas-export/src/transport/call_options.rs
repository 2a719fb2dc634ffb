//! What may differ from call to call of one client: time-outs, bounds, retries.
//!
//! Origin, credentials, proxy and TLS belong to the connections that calls share, and are no
//! options of a call.

use std::time::Duration;

use super::{limits::Limits, retry::RetryPolicy};

/// Options of calls, in place of those of the client: see
/// [`Client::with_options`](crate::Client::with_options). What is not set stays as it is.
///
/// ```
/// use std::time::Duration;
/// use atlas_export::{Client, Credentials, request::CallOptions, retry::RetryPolicy};
///
/// # let atlas = Client::builder()
/// #     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
/// #     .build()?;
/// let hasty = CallOptions::new()
///     .call_timeout(Duration::from_secs(10))
///     .retry(RetryPolicy::none());
/// let project = atlas.with_options(hasty).project("32b6e34b3d91647abb20e7b8");
/// # let _ = project;
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CallOptions {
    call_timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    max_response_bytes: Option<usize>,
    max_pages: Option<u32>,
    pub(super) retry: Option<RetryPolicy>,
}

impl CallOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a call may take, with all attempts and waits, and how long the reading of a whole
    /// list: as [`ClientBuilder::call_timeout`](crate::ClientBuilder::call_timeout). With zero,
    /// every call is a `Config` error.
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take: as
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout). With zero,
    /// every call is a `Config` error.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How large an answer may be in bytes, decompressed: as
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes). With 0,
    /// every call is a `Config` error.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = Some(bytes);
        self
    }

    /// How many pages of a list are read at the most: as
    /// [`ClientBuilder::max_pages`](crate::ClientBuilder::max_pages). With 0, every call is a
    /// `Config` error.
    pub fn max_pages(mut self, pages: u32) -> Self {
        self.max_pages = Some(pages);
        self
    }

    /// How often a failed request is repeated: as
    /// [`ClientBuilder::retry`](crate::ClientBuilder::retry).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// Sets what is given.
    pub(super) fn change(&self, limits: &mut Limits) {
        let Limits {
            call_timeout,
            attempt_timeout,
            max_body,
            max_pages,
            max_idle_lanes: _,
            max_in_flight: _,
        } = limits;
        *call_timeout = self.call_timeout.unwrap_or(*call_timeout);
        *attempt_timeout = self.attempt_timeout.unwrap_or(*attempt_timeout);
        *max_body = self.max_response_bytes.unwrap_or(*max_body);
        *max_pages = self.max_pages.unwrap_or(*max_pages);
    }
}

/// What is shared cannot be other for a call: there is no such option.
///
/// ```compile_fail,E0599
/// let _ = atlas_export::request::CallOptions::new().base_url("https://elsewhere.example");
/// ```
/// ```compile_fail,E0599
/// let _ = atlas_export::request::CallOptions::new().credentials(atlas_export::Credentials::api_key("abcdefgh", "x"));
/// ```
/// ```compile_fail,E0599
/// let _ = atlas_export::request::CallOptions::new().proxy("http://proxy.example");
/// ```
/// ```compile_fail,E0599
/// let _ = atlas_export::request::CallOptions::new().root_certificates("PEM");
/// ```
#[cfg(doctest)]
struct SharedIsNoOption;
