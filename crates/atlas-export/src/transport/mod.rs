//! The one pipeline that every request goes through.
//!
//! ```text
//! prepare   method, URL, version headers, body            request.rs
//!   admit   a place in the queue of a rate limit          rate/
//!   task    each attempt on a task of its own             task.rs
//!     ├ slot          few enough in flight                slots.rs
//!     ├ spend         the token, now that it goes out     rate/
//!     ├ authenticate  digest lanes                        attempt.rs
//!     ├ send          reqwest, redirects off              attempt.rs
//!     ├ read          body under a bound                  body.rs
//!     ├ unwrap        envelope                            envelope.rs
//!     └ learn         rate limits, deprecations           rate/, deprecation.rs
//!   retry?  a pure decision                               retry.rs
//! failure → Error                                         failure.rs
//! ```
//!
//! What others need is held by tasks and queues that move by themselves, never by the future of
//! a call, which somebody may keep and not poll: see [`call`].
//!
//! It never lets an HTTP status other than success through to the generated code: what fails
//! becomes an [`Error`], which travels in the extensions of a made-up response.

mod attempt;
mod body;
mod call;
mod caller;
mod deprecation;
pub(crate) mod envelope;
mod failure;
mod gone;
mod life;
mod rate;
mod request;
mod retry;
mod slots;
mod task;
mod traces;
mod unsent;
mod words;

use std::{future::ready, num::NonZeroU32, sync::Arc, time::Duration};

use digest_lanes::{LaneLimits, Lanes};

use self::{deprecation::Deprecations, life::Life, slots::Slots};
use crate::{
    clock::{Clock, Sleep},
    version::Versions,
};

pub(crate) use attempt::is_json;
pub(crate) use call::{Call, Course, Fault};
pub(crate) use caller::Caller;
pub use rate::RateGovernor;
pub use retry::{Backoff, RetryPolicy};

/// What fuzzers feed.
#[cfg(feature = "raw")]
pub(crate) use self::{
    attempt::Answer,
    failure::{Cause, Failure},
    rate::{admissions, retry_after},
};

/// The status of the made-up response that carries an error. No operation documents it.
const FAULT: u16 = 999;

/// How long tasks that were aborted are waited for, which end as soon as their runtime runs.
const GRACE: Duration = Duration::from_secs(1);

/// The bounds of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) call_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_idle_lanes: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) max_pages: NonZeroU32,
}

/// What all calls of a client share.
#[derive(Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    /// The proxy that was set, without its user and password, for messages.
    proxy: Option<String>,
    /// Of the client's one origin.
    lanes: Arc<Lanes>,
    clock: Arc<dyn Clock>,
    versions: Versions,
    /// The path of the base URL, below which the paths of the contract lie.
    base_path: String,
    envelope: bool,
    limits: Limits,
    retry: RetryPolicy,
    governor: RateGovernor,
    slots: Slots,
    deprecations: Deprecations,
    life: Arc<Life>,
}

impl Transport {
    #[expect(
        clippy::too_many_arguments,
        reason = "called once, by the builder; each is one part of the pipeline"
    )]
    pub(crate) fn new(
        http: reqwest::Client,
        proxy: Option<String>,
        credentials: digest_lanes::Credentials,
        clock: Arc<dyn Clock>,
        versions: Versions,
        base_path: String,
        envelope: bool,
        limits: Limits,
        retry: RetryPolicy,
        governor: RateGovernor,
    ) -> Self {
        let lane_limits = LaneLimits {
            max_idle: limits.max_idle_lanes,
            ..LaneLimits::default()
        };
        Self {
            http,
            proxy,
            lanes: Arc::new(Lanes::new(credentials, lane_limits)),
            governor,
            slots: Slots::new(limits.max_in_flight),
            deprecations: Deprecations::default(),
            life: Arc::default(),
            clock,
            versions,
            base_path,
            envelope,
            limits,
            retry,
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// How long a server's word is believed that is not about a token bucket.
    pub(crate) fn max_pause(&self) -> Duration {
        self.governor.max_pause()
    }

    /// Lets no call begin any more, and those under way end until the deadline. Returns how
    /// many it cut off.
    pub(crate) async fn shut_down(&self, deadline: Duration) -> usize {
        let (deadline, grace) = match tokio::runtime::Handle::try_current() {
            Ok(_) => (self.clock.guard(deadline), self.clock.guard(GRACE)),
            // Nothing is waited for where nothing can be.
            Err(_) => (Box::pin(ready(())) as Sleep, Box::pin(ready(())) as Sleep),
        };
        self.life.end(deadline, grace).await
    }
}
