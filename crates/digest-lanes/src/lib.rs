#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]
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
