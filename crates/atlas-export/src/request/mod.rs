//! Requests: those of the SDK's own operations, and what they can be given.

mod awaited;

pub use crate::transport::CallOptions;
pub use awaited::Request;
