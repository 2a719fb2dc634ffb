//! The one pipeline that every request goes through.
//!
//! ```text
//! call      attempts, until one succeeds                  call.rs, running_call.rs
//!   prepare   method, URL, version headers, body          request.rs
//!   admit     a place in the queue of a rate limit        rate/
//!   task      each attempt on a task of its own           task.rs
//!     ├ sign          credentials of a provider, a token  provider/, token/
//!     ├ slot          few enough in flight                slots.rs
//!     ├ spend         of the rate limit, as it goes out   rate/
//!     ├ authenticate  digest lanes, or the access token   attempt.rs, bearer.rs
//!     ├ open          one first where the client is cold  opening.rs
//!     ├ send          reqwest, redirects off              round_trip.rs
//!     ├ read          body under a bound                  body.rs
//!     ├ unwrap        envelope                            envelope.rs
//!     └ learn         rate limits, deprecations           rate/, deprecation.rs
//!   retry?    a pure decision                             retry.rs
//! failure → Error                                         messages.rs
//! Error   → through the generated code                    error_carrier.rs
//! ```
//!
//! Each file knows only files below its own:
//!
//! ```text
//! call
//! running_call
//! task
//! attempt
//! bearer
//! round_trip
//! shared_state
//! call_options
//! provider/ (source   generations)
//! session
//! token/ (source   stock   words   endpoint)
//! retry   messages   deleted   body   call_watch
//! failure   request_watch   backoff   preconditions
//! token/ (grant   token_error   access_token)   provider/ (provider_error)
//! rate/   envelope
//! response   request   caller   progress   limits   slots   shutdown   deprecation   unsent
//! opening
//! error_carrier   connect_advice
//! ```
//!
//! What others need is held by tasks and queues that move by themselves, never by the future of
//! a call, which somebody may keep and not poll: see [`running_call`].
//!
//! It never lets an HTTP status other than success through to the generated code: what fails
//! becomes an [`Error`](crate::Error), which travels in the extensions of a made-up response.

mod attempt;
mod backoff;
mod bearer;
mod body;
mod call;
mod call_options;
mod call_watch;
mod caller;
mod connect_advice;
mod deleted;
mod deprecation;
mod envelope;
mod error_carrier;
mod failure;
mod limits;
mod messages;
mod opening;
mod preconditions;
mod progress;
mod provider;
mod rate;
mod request;
mod request_watch;
mod response;
mod retry;
mod round_trip;
mod running_call;
mod session;
mod shared_state;
mod shutdown;
mod slots;
mod task;
mod token;
mod unsent;

pub use backoff::Backoff;
pub(crate) use call::{Call, CallStats};
pub use call_options::CallOptions;
pub(crate) use caller::Caller;
pub(crate) use error_carrier::ErrorCarrier;
pub(crate) use limits::Limits;
#[cfg(test)]
pub(crate) use messages::table::each_error;
pub use rate::governor::RateGovernor;
pub(crate) use request::CustomParts;
pub use retry::RetryPolicy;
pub(crate) use shared_state::{Transport, TransportParts};

/// What fuzzers feed.
#[cfg(any(test, fuzzing, fuzzing_entries))]
pub(crate) use self::{
    envelope::unwrap as unwrap_envelope,
    rate::{fuzzing::admissions, hint::retry_after},
    response::ReceivedResponse,
};
