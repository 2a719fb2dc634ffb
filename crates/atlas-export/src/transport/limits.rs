//! What bounds a call.

use std::{num::NonZeroU32, time::Duration};

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
