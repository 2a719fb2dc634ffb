//! HTTP Digest authentication for clients (RFC 7616) as a pure state machine with at most one
//! request in flight per nonce.
//!
//! What it does: reads challenges, computes answers, and keeps a pool of *lanes*. A lane is a nonce
//! that has worked, with the count of its uses. Requests in flight overtake each other, and strict
//! servers refuse a count that repeats or comes late; so each request has a lane to itself, and
//! the 401 is paid once for each lane and not once for each call.
//!
//! What it does not: it opens no connection, waits for nothing, reads no clock and draws no random
//! number. Time and the cnonce come in as arguments, and whoever sends requests asks an
//! [`Exchange`] what to send next. It also leaves out what RFC 7616 offers beyond a client's need:
//! `qop=auth-int`, `userhash` and the check of `rspauth`. `Basic` is never answered.
//!
//! - [`Lanes`] is the pool of one origin, with an example of a whole dialogue;
//! - [`Exchange`] is one attempt at a call: [`Step`]s out, responses in, [`Verdict`]s back;
//! - [`Challenge`] is what a server asks for, found by [`parse_challenges`] and [`strongest`];
//! - [`Credentials`] hold the password, which is wiped on drop and cannot be printed.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test fails by panicking"
    )
)]

mod algorithm;
mod answer;
mod challenge;
mod credentials;
mod exchange;
mod info;
mod lane;
mod lanes;
mod syntax;

pub use algorithm::{Algorithm, HashFunction};
pub use answer::AuthorizationValue;
pub use challenge::{Challenge, parse_challenges, strongest};
pub use credentials::Credentials;
pub use exchange::{BodyKind, Exchange, Step, Verdict};
pub use lanes::{LaneLimits, Lanes};
