//! What bounds a call.

use std::time::Duration;

use crate::error::Error;

/// The bounds of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) call_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) max_body: usize,
    pub(crate) max_idle_lanes: usize,
    pub(crate) max_in_flight: usize,
    pub(crate) max_pages: u32,
}

impl Limits {
    /// Refuses a bound with which nothing could succeed.
    pub(crate) fn check(&self) -> Result<(), Error> {
        for (name, timeout) in [
            ("attempt_timeout", self.attempt_timeout),
            ("call_timeout", self.call_timeout),
        ] {
            if timeout.is_zero() {
                return Err(Error::config(format!(
                    "{name} is zero, so no call could succeed: give it a duration"
                )));
            }
        }
        let message = if self.max_body == 0 {
            "max_response_bytes is zero, so no answer would fit: give it a size"
        } else if self.max_pages == 0 {
            "max_pages is zero, so no list could be read: give it a number"
        } else if self.max_in_flight == 0 {
            "max_in_flight is zero, so no request could be sent: give it a number"
        } else {
            return Ok(());
        };
        Err(Error::config(message))
    }
}
