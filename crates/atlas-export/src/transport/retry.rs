//! Whether, and after how long, a failed attempt is followed by another. A pure decision.
//!
//! | what happened | idempotent | creation |
//! |---|---|---|
//! | never connected, or refused below HTTP | again | again |
//! | 429 | again | again |
//! | probe failed with 5xx | again | again |
//! | reset, time-out, truncated body | again | no: ambiguous |
//! | 408, 500, 502, 503, 504 | again | no: ambiguous |
//! | a success without a body, or not by Atlas | again | no: ambiguous |
//! | anything else | no | no |
//!
//! A challenge (401) is answered within an attempt and is no matter of retrying.

use std::time::Duration;

use super::{
    failure::{Cause, Failure},
    rate::retry_after,
    words::lasting,
};
use crate::clock::Clock;

/// The waits after a 429 that names none (Atlas advises 10, 20 and 40 s).
const RATE_LIMITED: [u64; 3] = [10, 20, 40];

/// How long to wait between attempts, where the server does not say: exponential, capped, and
/// with full jitter, so that clients that failed together do not return together.
///
/// ```
/// use std::time::Duration;
/// use atlas_export::retry::Backoff;
///
/// let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
/// // The bound of the random wait before each further attempt.
/// assert_eq!(backoff.bound(1), Duration::from_millis(100));
/// assert_eq!(backoff.bound(3), Duration::from_millis(400));
/// assert_eq!(backoff.bound(30), Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    initial: Duration,
    max: Duration,
}

impl Default for Backoff {
    /// 500 ms, doubling, up to 20 s.
    fn default() -> Self {
        Self::new(Duration::from_millis(500), Duration::from_secs(20))
    }
}

impl Backoff {
    /// Waits of up to `initial`, doubling with every attempt, but never more than `max`.
    pub const fn new(initial: Duration, max: Duration) -> Self {
        Self { initial, max }
    }

    /// The longest wait after so many attempts; the wait itself is a random part of it.
    pub fn bound(self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1);
        self.initial
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(self.max)
    }

    fn wait(self, attempts: u32, clock: &dyn Clock) -> Duration {
        let bound = self.bound(attempts);
        match clock.random() {
            Ok([first, second, ..]) => part_of(bound, u16::from_be_bytes([first, second])),
            Err(_) => bound,
        }
    }
}

/// So many 65,535ths of a duration, which may be any that there is.
fn part_of(whole: Duration, part: u16) -> Duration {
    let nanos = whole.as_nanos() / u128::from(u16::MAX) * u128::from(part);
    u64::try_from(nanos / 1_000_000_000).map_or(whole, |seconds| {
        let nanos = u32::try_from(nanos % 1_000_000_000).unwrap_or_default();
        Duration::new(seconds, nanos)
    })
}

/// How often, and for how long, a failed request is repeated. What may be repeated at all is
/// not up to a policy: a creation that the server may have acted on never is.
///
/// ```
/// use std::time::Duration;
/// use atlas_export::retry::{Backoff, RetryPolicy};
///
/// assert_eq!(RetryPolicy::default().attempts(), 4);
/// assert_eq!(RetryPolicy::none().attempts(), 1);
///
/// let patient = RetryPolicy::default()
///     .max_attempts(10)
///     .max_elapsed(Duration::from_secs(120))
///     .backoff(Backoff::new(Duration::from_secs(1), Duration::from_secs(30)));
/// assert_eq!(patient.attempts(), 10);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    max_elapsed: Option<Duration>,
    backoff: Backoff,
}

impl Default for RetryPolicy {
    /// Four attempts within the time-out of the call.
    fn default() -> Self {
        Self {
            max_attempts: 4,
            max_elapsed: None,
            backoff: Backoff::default(),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// At most so many attempts, the first one included; 0 counts as 1.
    pub const fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = if attempts == 0 { 1 } else { attempts };
        self
    }

    /// No attempt begins after this time, counted from the start of the call, whatever it waits
    /// for. The time-out of the call bounds it in any case.
    pub const fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = Some(elapsed);
        self
    }

    /// How long to wait where the server does not say.
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The number of attempts, the first one included.
    pub const fn attempts(self) -> u32 {
        self.max_attempts
    }

    /// The wait before the next attempt; `None` where there is to be none.
    pub(super) fn decide(self, now: &Situation<'_>, clock: &dyn Clock) -> Option<Duration> {
        let failure = now.failure;
        if now.attempt >= self.max_attempts || !may_repeat(failure, now) {
            return None;
        }
        let asked = retry_after(failure, clock.wall());
        let wait = match asked {
            // At least what the server asks for; no wait at all is nothing to go by.
            Some(asked) if !asked.is_zero() => asked,
            None if failure.status() == Some(429) => {
                let step = usize::try_from(now.attempt - 1).unwrap_or(usize::MAX);
                let seconds = RATE_LIMITED.get(step).or(RATE_LIMITED.last());
                Duration::from_secs(*seconds?)
            }
            _ => self.backoff.wait(now.attempt, clock),
        };
        // A wait that the deadline would cut short is better not begun.
        let deadline = self.begins_within(now.deadline);
        (now.elapsed.saturating_add(wait) < deadline).then_some(wait)
    }

    /// The time from the start of a call within which an attempt may begin.
    pub(super) fn begins_within(self, call_timeout: Duration) -> Duration {
        self.max_elapsed
            .map_or(call_timeout, |max| max.min(call_timeout))
    }
}

/// All that a decision depends on.
#[derive(Debug)]
pub(super) struct Situation<'a> {
    pub(super) failure: &'a Failure,
    pub(super) idempotent: bool,
    /// How many attempts there were.
    pub(super) attempt: u32,
    pub(super) elapsed: Duration,
    pub(super) deadline: Duration,
}

fn may_repeat(failure: &Failure, now: &Situation<'_>) -> bool {
    let harmless = now.idempotent || !failure.may_have_acted;
    match &failure.cause {
        // A 401 says that nothing was done.
        Cause::Stale(_) => true,
        Cause::Connect(cause) => lasting(cause).is_none(),
        Cause::Broken(_) | Cause::Timeout { .. } => harmless,
        // What stands between answers for a server that does not.
        Cause::Foreign(_) | Cause::Empty => now.idempotent,
        Cause::Refused(answer) => match answer.status.as_u16() {
            429 => true,
            408 | 500 | 502..=504 => harmless,
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::SystemClock,
        transport::{attempt::Answer, traces::Waited},
    };
    use http::{HeaderMap, StatusCode};

    const DEADLINE: Duration = Duration::from_secs(300);

    fn refused(status: u16, acted: bool, retry_after: Option<&str>) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert("retry-after", value.parse().unwrap());
        }
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: bytes::Bytes::new(),
        };
        failed(Cause::refused(answer), acted)
    }

    fn failed(cause: Cause, may_have_acted: bool) -> Failure {
        Failure {
            may_have_acted,
            ..Failure::of(cause)
        }
    }

    fn timeout() -> Cause {
        Cause::Timeout {
            after: DEADLINE,
            waited: Waited::default(),
            most_in_flight: 64,
            was_sent: true,
        }
    }

    fn decide(
        policy: RetryPolicy,
        failure: &Failure,
        idempotent: bool,
        attempt: u32,
        elapsed: Duration,
    ) -> Option<Duration> {
        let situation = Situation {
            failure,
            idempotent,
            attempt,
            elapsed,
            deadline: DEADLINE,
        };
        policy.decide(&situation, &SystemClock)
    }

    fn wait(failure: &Failure, idempotent: bool, attempt: u32) -> Option<Duration> {
        decide(
            RetryPolicy::default(),
            failure,
            idempotent,
            attempt,
            Duration::ZERO,
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
        for cause in [timeout(), Cause::TooLarge(1)] {
            assert_eq!(wait(&failed(cause, true), false, 1), None);
        }
    }

    #[test]
    fn what_the_server_did_not_act_on_is_repeated() {
        assert!(wait(&refused(429, true, None), false, 1).is_some());
        assert!(wait(&refused(503, false, None), false, 1).is_some());
        let cause = timeout();
        assert!(wait(&failed(cause, false), false, 1).is_some());
    }

    #[test]
    fn what_is_idempotent_is_repeated_after_anything_that_may_pass() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(
                wait(&refused(status, true, None), true, 1).is_some(),
                "{status}"
            );
        }
        let cause = timeout();
        assert!(wait(&failed(cause, true), true, 1).is_some());
    }

    #[test]
    fn other_refusals_are_final() {
        for status in [400, 401, 403, 404, 409, 410, 501] {
            assert_eq!(
                wait(&refused(status, true, None), true, 1),
                None,
                "{status}"
            );
        }
        for cause in [Cause::TooLarge(1), Cause::Redirect(None, 302)] {
            assert_eq!(wait(&failed(cause, true), true, 1), None);
        }
    }

    #[test]
    fn the_server_s_wait_is_obeyed_within_the_deadline() {
        let seconds = Duration::from_secs;
        assert_eq!(
            wait(&refused(429, true, Some("7")), true, 1),
            Some(seconds(7))
        );
        assert_eq!(
            wait(&refused(503, true, Some("7")), true, 1),
            Some(seconds(7))
        );
        assert_eq!(wait(&refused(429, true, Some("300")), true, 1), None);
    }

    #[test]
    fn without_a_wait_of_the_server_429_waits_10_20_and_40_s() {
        let waits: Vec<_> = (1..=3)
            .filter_map(|attempt| wait(&refused(429, true, None), true, attempt))
            .collect();
        assert_eq!(waits, [10, 20, 40].map(Duration::from_secs));
    }

    #[test]
    fn a_wait_of_nothing_is_at_least_a_back_off() {
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        for told in ["0", past] {
            for status in [429, 503] {
                let failure = refused(status, true, Some(told));
                let waits: Vec<_> = (0..20).filter_map(|_| wait(&failure, true, 3)).collect();
                assert_eq!(waits.len(), 20);
                let sum: Duration = waits.iter().sum();
                assert!(sum > Duration::from_secs(2), "{status} {told}: {waits:?}");
            }
        }
    }

    #[test]
    fn no_duration_overflows() {
        for bound in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::ZERO] {
            for part in [0, 1, u16::MAX - 1, u16::MAX] {
                assert!(part_of(bound, part) <= bound);
            }
        }
        assert_eq!(
            part_of(Duration::from_millis(65_535), 1),
            Duration::from_millis(1)
        );
        let endless = Backoff::new(Duration::MAX, Duration::MAX);
        assert_eq!(endless.bound(u32::MAX), Duration::MAX);
        let policy = RetryPolicy::default()
            .max_elapsed(Duration::MAX)
            .backoff(endless);
        let failure = refused(503, true, Some("18446744073709551615"));
        assert_eq!(decide(policy, &failure, true, 1, Duration::MAX), None);
    }

    #[test]
    fn what_somebody_else_answers_is_repeated_unless_it_creates() {
        for cause in [|| Cause::Foreign(None), || Cause::Empty] {
            assert!(wait(&failed(cause(), true), true, 1).is_some());
            assert_eq!(wait(&failed(cause(), true), false, 1), None);
        }
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let failure = refused(429, true, Some("1"));
        assert_eq!(wait(&failure, true, 4), None);
        let policy = RetryPolicy::default().max_elapsed(Duration::from_secs(10));
        let after = |seconds| decide(policy, &failure, true, 1, Duration::from_secs(seconds));
        assert!(after(8).is_some());
        assert_eq!(after(9), None);
    }

    #[test]
    fn back_off_is_a_random_part_of_a_bound_that_doubles() {
        let backoff = Backoff::default();
        for attempt in 1..70 {
            assert!(backoff.wait(attempt, &SystemClock) <= backoff.bound(attempt));
        }
        let waits: std::collections::BTreeSet<_> =
            (0..20).map(|_| backoff.wait(5, &SystemClock)).collect();
        assert!(waits.len() > 1, "there is no jitter");
    }
}
