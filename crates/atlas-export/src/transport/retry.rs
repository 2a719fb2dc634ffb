//! Whether, and after how long, a failed attempt is followed by another. A pure decision.
//!
//! First and simple: what is provably harmless and commonly passes. Anything may be repeated
//! that never reached the server or that it refused with 429; what is idempotent may be
//! repeated after 502, 503 and 504 too.

use std::time::Duration;

use super::failure::{Cause, Failure, retry_after};
use crate::clock::Clock;

/// The waits after a 429 that names none (Atlas advises 10, 20 and 40 s).
const RATE_LIMITED: [u64; 3] = [10, 20, 40];

/// The wait that doubles with every attempt, before jitter, and its cap.
const BACKOFF: Duration = Duration::from_millis(500);
const MAX_BACKOFF: Duration = Duration::from_secs(20);

/// How often a failed request is repeated.
///
/// ```
/// use atlas_export::RetryPolicy;
///
/// assert_eq!(RetryPolicy::default().attempts(), 4);
/// assert_eq!(RetryPolicy::none().attempts(), 1);
/// assert_eq!(RetryPolicy::default().max_attempts(7).attempts(), 7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
}

impl Default for RetryPolicy {
    /// Four attempts.
    fn default() -> Self {
        Self { max_attempts: 4 }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes.
    pub const fn none() -> Self {
        Self { max_attempts: 1 }
    }

    /// At most so many attempts, the first one included; 0 counts as 1.
    pub const fn max_attempts(self, attempts: u32) -> Self {
        Self {
            max_attempts: if attempts == 0 { 1 } else { attempts },
        }
    }

    /// The number of attempts, the first one included.
    pub const fn attempts(self) -> u32 {
        self.max_attempts
    }

    /// The wait before the next attempt; `None` where there is to be none.
    pub(super) fn decide(
        self,
        failure: &Failure,
        idempotent: bool,
        attempt: u32,
        elapsed: Duration,
        deadline: Duration,
        clock: &dyn Clock,
    ) -> Option<Duration> {
        if attempt >= self.max_attempts || !may_repeat(failure, idempotent) {
            return None;
        }
        let asked = failure
            .headers()
            .and_then(|headers| retry_after(headers, clock.wall()));
        let wait = match asked {
            Some(asked) => asked,
            None if failure.status() == Some(429) => {
                let step = usize::try_from(attempt - 1).unwrap_or(usize::MAX);
                let seconds = RATE_LIMITED.get(step).or(RATE_LIMITED.last());
                Duration::from_secs(*seconds?)
            }
            None => jittered(attempt, clock),
        };
        // A wait that the deadline would cut short is better not begun.
        (elapsed.saturating_add(wait) < deadline).then_some(wait)
    }
}

fn may_repeat(failure: &Failure, idempotent: bool) -> bool {
    match &failure.cause {
        Cause::Connect(_) => true,
        Cause::Refused(answer) => match answer.status.as_u16() {
            429 => true,
            // A probe fails before the request was sent.
            502..=504 => idempotent || !failure.acted,
            _ => false,
        },
        _ => false,
    }
}

/// A random part of a wait that doubles with every attempt ("full jitter").
fn jittered(attempt: u32, clock: &dyn Clock) -> Duration {
    let whole = BACKOFF
        .saturating_mul(2_u32.saturating_pow(attempt - 1))
        .min(MAX_BACKOFF);
    match clock.random() {
        Ok([first, second, ..]) => {
            whole.mul_f64(f64::from(u16::from_be_bytes([first, second])) / f64::from(u16::MAX))
        }
        Err(_) => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::SystemClock, transport::attempt::Answer};
    use http::{HeaderMap, StatusCode};

    const DEADLINE: Duration = Duration::from_secs(300);

    fn refused(status: u16, acted: bool, retry_after: Option<&str>) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert("retry-after", value.parse().unwrap());
        }
        Failure {
            cause: Cause::refused(Answer {
                status: StatusCode::from_u16(status).unwrap(),
                headers,
                body: bytes::Bytes::new(),
            }),
            acted,
        }
    }

    fn wait(failure: &Failure, idempotent: bool, attempt: u32) -> Option<Duration> {
        RetryPolicy::default().decide(
            failure,
            idempotent,
            attempt,
            Duration::ZERO,
            DEADLINE,
            &SystemClock,
        )
    }

    #[test]
    fn a_creation_that_may_have_taken_effect_is_never_repeated() {
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(
                wait(&refused(status, true, None), false, 1),
                None,
                "{status}"
            );
        }
        for cause in [Cause::Timeout(DEADLINE), Cause::TooLarge(1)] {
            assert_eq!(wait(&Failure { cause, acted: true }, false, 1), None);
        }
    }

    #[test]
    fn what_the_server_did_not_act_on_is_repeated() {
        assert!(wait(&refused(429, true, None), false, 1).is_some());
        assert!(wait(&refused(503, false, None), false, 1).is_some());
        assert!(wait(&refused(503, true, None), true, 1).is_some());
    }

    #[test]
    fn other_refusals_are_final() {
        for status in [400, 401, 403, 404, 409, 410, 500] {
            assert_eq!(
                wait(&refused(status, true, None), true, 1),
                None,
                "{status}"
            );
        }
    }

    #[test]
    fn the_server_s_wait_is_obeyed_within_the_deadline() {
        let seconds = Duration::from_secs;
        assert_eq!(
            wait(&refused(429, true, Some("7")), true, 1),
            Some(seconds(7))
        );
        assert_eq!(wait(&refused(429, true, Some("300")), true, 1), None);
    }

    #[test]
    fn without_a_wait_of_the_server_429_waits_10_20_and_40_s() {
        let waits: Vec<_> = (1..=3)
            .filter_map(|n| wait(&refused(429, true, None), true, n))
            .collect();
        assert_eq!(waits, [10, 20, 40].map(Duration::from_secs));
    }

    #[test]
    fn the_number_of_attempts_is_bounded() {
        assert_eq!(wait(&refused(503, true, None), true, 4), None);
    }

    #[test]
    fn back_off_doubles_and_is_capped() {
        for attempt in 1..40 {
            assert!(jittered(attempt, &SystemClock) <= MAX_BACKOFF);
        }
        assert!(jittered(1, &SystemClock) <= BACKOFF);
    }
}
