//! The rate governor: after the first refusal for coming too soon, requests come no sooner than
//! the server has tokens for them.
//!
//! ```text
//! governor.rs    lets requests through, and keeps them waiting
//! in_flight.rs   a request that has gone out, and what its response says
//! ticket.rs      the permission to send one request
//! families.rs    the families of requests, by project and resource
//! family.rs      the requests that draw from one bucket, and what lets them through
//! queue.rs       those who wait, in the order of their turns
//! bucket.rs      a model of the server's token bucket
//! hint.rs        what a response says
//! ```
//!
//! Atlas limits requests by token buckets, one for each set of endpoints and scope. The governor
//! is off until a 429 describes a bucket; from then on the requests of that family take its
//! tokens, bursts included. A 429 that describes none only pauses the family.
//!
//! Nothing is held across a wait: see [`family`].

mod bucket;
pub(super) mod families;
mod family;
#[cfg(any(test, fuzzing, fuzzing_entries))]
pub(super) mod fuzzing;
pub(super) mod governor;
pub(super) mod hint;
mod in_flight;
mod queue;
pub(super) mod ticket;
