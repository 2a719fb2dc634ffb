//! Credentials that a function of the program gives, and gives anew when the server refuses them.
//!
//! ```text
//! source.rs          asks on tasks of its own, one at a time
//! generations.rs     what is known: the credentials, whether they were refused, what is in flight
//! provider_error.rs  why there are none
//! ```

mod generations;
pub(super) mod provider_error;
pub(super) mod source;
