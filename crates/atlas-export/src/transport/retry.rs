//! Whether, and after how long, a failed attempt is followed by another. A pure decision.
//!
//! | what happened | idempotent | creation |
//! |---|---|---|
//! | never connected, or refused below HTTP | again | again |
//! | 429 | again | again |
//! | the request for a challenge failed with 5xx | again | again |
//! | reset, time-out, truncated body | again | no: ambiguous |
//! | 408, 500, 502, 503, 504 | again | no: ambiguous |
//! | a success without a body, or not from Atlas | again | no: ambiguous |
//! | anything else | no | no |
//!
//! A challenge (401) is answered within an attempt and is no matter of retrying.

use std::time::Duration;

use http::StatusCode;

use super::{
    backoff::Backoff,
    connect_advice::advice,
    failure::{Cause, Failure},
};
use crate::clock::Clock;

/// The waits after a 429 that names none, in seconds (Atlas advises 10, 20 and 40 s).
const RATE_LIMIT_WAITS: [u64; 3] = [10, 20, 40];

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
    pub(super) fn decide(self, situation: &Situation<'_>, clock: &dyn Clock) -> Option<Duration> {
        let Situation {
            failure, attempts, ..
        } = *situation;
        if attempts >= self.max_attempts || !may_repeat(situation) {
            return None;
        }
        let wait = match failure.retry_after(clock.wall()) {
            // At least what the server asks for; no wait at all is nothing to go by.
            Some(wait) if !wait.is_zero() => wait,
            None if failure.status() == Some(StatusCode::TOO_MANY_REQUESTS) => {
                let step = usize::try_from(attempts - 1).unwrap_or(usize::MAX);
                let seconds = RATE_LIMIT_WAITS.get(step).or(RATE_LIMIT_WAITS.last());
                Duration::from_secs(*seconds?)
            }
            _ => self.backoff.wait(attempts, clock),
        };
        // A wait that the deadline would cut short is better not begun.
        let deadline = self.begins_within(situation.call_timeout);
        (situation.elapsed.saturating_add(wait) < deadline).then_some(wait)
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
    pub(super) is_idempotent: bool,
    /// How many attempts there were.
    pub(super) attempts: u32,
    /// Since the start of the call.
    pub(super) elapsed: Duration,
    pub(super) call_timeout: Duration,
}

fn may_repeat(situation: &Situation<'_>) -> bool {
    let Situation {
        failure,
        is_idempotent,
        ..
    } = *situation;
    let does_no_harm = is_idempotent || !failure.may_have_acted;
    match &failure.cause {
        // A 401 says that nothing was done.
        Cause::NoncesStale(_) => true,
        Cause::Connect(cause) => advice(cause).is_none(),
        Cause::Broken(_) | Cause::Timeout(_) => does_no_harm,
        // A gateway answers for a server that does not.
        Cause::NotAtlas(_) | Cause::Empty => is_idempotent,
        Cause::Refused(response) => match response.status.as_u16() {
            429 => true,
            408 | 500 | 502..=504 => does_no_harm,
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
        observe::Waits,
        transport::{
            failure::{TimeLimit, Timeout},
            response::ReceivedResponse,
        },
    };
    use http::HeaderMap;

    const CALL_TIMEOUT: Duration = Duration::from_secs(300);

    /// What the server has done about the failed request.
    #[derive(Clone, Copy, PartialEq)]
    enum Server {
        MayHaveActed,
        DidNotAct,
    }
    use Server::{DidNotAct, MayHaveActed};

    /// What the failed request does.
    #[derive(Clone, Copy, PartialEq)]
    enum Request {
        IsIdempotent,
        Creates,
    }
    use Request::{Creates, IsIdempotent};

    fn refused(status: u16, server: Server, retry_after: Option<&str>) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert("retry-after", value.parse().unwrap());
        }
        let response = ReceivedResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: bytes::Bytes::new(),
        };
        failed(Cause::refused(response), server)
    }

    fn failed(cause: Cause, server: Server) -> Failure {
        Failure {
            may_have_acted: server == MayHaveActed,
            ..Failure::of(cause)
        }
    }

    fn timeout() -> Cause {
        Cause::Timeout(Timeout {
            limit: TimeLimit::Call,
            after: CALL_TIMEOUT,
            waited: Waits::default(),
            max_in_flight: 64,
            was_sent: true,
        })
    }

    fn decide(
        policy: RetryPolicy,
        failure: &Failure,
        request: Request,
        attempts: u32,
        elapsed: Duration,
    ) -> Option<Duration> {
        let situation = Situation {
            failure,
            is_idempotent: request == IsIdempotent,
            attempts,
            elapsed,
            call_timeout: CALL_TIMEOUT,
        };
        policy.decide(&situation, &SystemClock)
    }

    fn wait(failure: &Failure, request: Request, attempts: u32) -> Option<Duration> {
        decide(
            RetryPolicy::default(),
            failure,
            request,
            attempts,
            Duration::ZERO,
        )
    }

    #[test]
    fn a_creation_that_may_have_taken_effect_is_never_repeated() {
        for status in [408, 500, 502, 503, 504] {
            assert_eq!(
                wait(&refused(status, MayHaveActed, None), Creates, 1),
                None,
                "{status}"
            );
        }
        for cause in [timeout(), Cause::TooLarge(1)] {
            assert_eq!(wait(&failed(cause, MayHaveActed), Creates, 1), None);
        }
    }

    #[test]
    fn what_the_server_did_not_act_on_is_repeated() {
        assert!(wait(&refused(429, MayHaveActed, None), Creates, 1).is_some());
        assert!(wait(&refused(503, DidNotAct, None), Creates, 1).is_some());
        let cause = timeout();
        assert!(wait(&failed(cause, DidNotAct), Creates, 1).is_some());
    }

    #[test]
    fn what_is_idempotent_is_repeated_after_anything_that_may_pass() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(
                wait(&refused(status, MayHaveActed, None), IsIdempotent, 1).is_some(),
                "{status}"
            );
        }
        let cause = timeout();
        assert!(wait(&failed(cause, MayHaveActed), IsIdempotent, 1).is_some());
    }

    #[test]
    fn other_refusals_are_final() {
        for status in [400, 401, 403, 404, 409, 410, 501] {
            assert_eq!(
                wait(&refused(status, MayHaveActed, None), IsIdempotent, 1),
                None,
                "{status}"
            );
        }
        for cause in [
            Cause::TooLarge(1),
            Cause::Redirect {
                target: None,
                status: StatusCode::FOUND,
            },
        ] {
            assert_eq!(wait(&failed(cause, MayHaveActed), IsIdempotent, 1), None);
        }
    }

    #[test]
    fn the_server_s_wait_is_obeyed_within_the_deadline() {
        let seconds = Duration::from_secs;
        assert_eq!(
            wait(&refused(429, MayHaveActed, Some("7")), IsIdempotent, 1),
            Some(seconds(7))
        );
        assert_eq!(
            wait(&refused(503, MayHaveActed, Some("7")), IsIdempotent, 1),
            Some(seconds(7))
        );
        assert_eq!(
            wait(&refused(429, MayHaveActed, Some("300")), IsIdempotent, 1),
            None
        );
    }

    #[test]
    fn without_a_wait_of_the_server_429_waits_10_20_and_40_s() {
        let waits: Vec<_> = (1..=3)
            .filter_map(|attempt| wait(&refused(429, MayHaveActed, None), IsIdempotent, attempt))
            .collect();
        assert_eq!(waits, [10, 20, 40].map(Duration::from_secs));
    }

    #[test]
    fn a_wait_of_nothing_is_at_least_a_back_off() {
        let past = "Sun, 06 Nov 1994 08:49:37 GMT";
        for value in ["0", past] {
            for status in [429, 503] {
                let failure = refused(status, MayHaveActed, Some(value));
                let waits: Vec<_> = (0..20)
                    .filter_map(|_| wait(&failure, IsIdempotent, 3))
                    .collect();
                assert_eq!(waits.len(), 20);
                let sum: Duration = waits.iter().sum();
                assert!(sum > Duration::from_secs(2), "{status} {value}: {waits:?}");
            }
        }
    }

    #[test]
    fn no_duration_overflows() {
        let endless = Backoff::new(Duration::MAX, Duration::MAX);
        let policy = RetryPolicy::default()
            .max_elapsed(Duration::MAX)
            .backoff(endless);
        let failure = refused(503, MayHaveActed, Some("18446744073709551615"));
        assert_eq!(
            decide(policy, &failure, IsIdempotent, 1, Duration::MAX),
            None
        );
    }

    #[test]
    fn what_somebody_else_answers_is_repeated_unless_it_creates() {
        for cause in [|| Cause::NotAtlas(None), || Cause::Empty] {
            assert!(wait(&failed(cause(), MayHaveActed), IsIdempotent, 1).is_some());
            assert_eq!(wait(&failed(cause(), MayHaveActed), Creates, 1), None);
        }
    }

    #[test]
    fn attempts_and_time_are_bounded() {
        let failure = refused(429, MayHaveActed, Some("1"));
        assert_eq!(wait(&failure, IsIdempotent, 4), None);
        let policy = RetryPolicy::default().max_elapsed(Duration::from_secs(10));
        let after = |seconds| {
            decide(
                policy,
                &failure,
                IsIdempotent,
                1,
                Duration::from_secs(seconds),
            )
        };
        assert!(after(8).is_some());
        assert_eq!(after(9), None);
    }
}
