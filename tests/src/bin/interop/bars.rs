//! What a row must hold.

use std::ops::RangeInclusive;

use crate::{
    calls::{BODY, CALLS, Measured, Method, Mode, PAUSES},
    servers::Kind,
};

/// What authentication may add to a body: two heads, or a head and a probe.
const MAX_OVERHEAD: usize = 1000;

/// How many requests a hundred calls may take one by one.
const PERCENT: usize = 101;

/// The same where nonces are forgotten, with any number in flight: a client that only tries
/// again takes more requests the more calls are in flight.
const PERCENT_FORGOTTEN: usize = 250;

/// How often each body may be sent where nonces are forgotten: a refused one goes up again.
const BODIES_FORGOTTEN: usize = 2;

/// The bars that are not held, in words.
pub(crate) fn broken(kind: &Kind, mode: Mode, measured: &Measured) -> Vec<String> {
    let wire = &measured.wire;
    let mut broken = Vec::new();
    let mut bar = |held: bool, words: String| {
        if !held {
            broken.push(words);
        }
    };
    let first = measured.first_failure.as_deref().unwrap_or_default();
    bar(
        measured.refused == 0,
        format!(
            "{} calls were refused with the right key; the first failure: {first}",
            measured.refused
        ),
    );
    bar(
        measured.failed == 0,
        format!(
            "{} calls failed; the first failure: {first}",
            measured.failed
        ),
    );
    bar(
        wire.requests == CALLS + wire.unauthorized,
        format!(
            "{} requests are not {CALLS} calls and {} challenges",
            wire.requests, wire.unauthorized
        ),
    );
    bar(
        wire.signed >= CALLS,
        format!(
            "only {} requests were signed with {}",
            wire.signed, kind.algorithm
        ),
    );
    let allowed = challenges(kind, mode, measured);
    bar(
        allowed.contains(&wire.unauthorized),
        format!("{} challenges, allowed are {allowed:?}", wire.unauthorized),
    );
    let percent = requests(kind, mode);
    bar(
        percent.is_none_or(|percent| wire.requests * 100 <= CALLS * percent),
        format!("{} requests for {CALLS} calls", wire.requests),
    );
    if mode.method == Method::Post {
        let once = BODY + MAX_OVERHEAD;
        let cold = measured.first_up.unwrap_or_default();
        bar(
            cold <= once,
            format!("the first call sent {cold} bytes, not at most {once}"),
        );
        let bodies = if kind.forgets_nonces {
            BODIES_FORGOTTEN
        } else {
            1
        };
        let most = bodies * once;
        let all = wire.up;
        bar(
            all <= CALLS * most,
            format!("{all} bytes for {CALLS} calls, not at most {most} each"),
        );
    }
    broken
}

/// How many requests a hundred calls may take, where it is not for the lanes to say.
fn requests(kind: &Kind, mode: Mode) -> Option<usize> {
    if kind.forgets_nonces {
        return Some(PERCENT_FORGOTTEN);
    }
    (mode.in_flight == 1).then_some(PERCENT)
}

/// How many challenges there may be: one for each lane, and where nonces are short-lived one
/// more for each lane and lifetime. In pauses every nonce expires, or nothing was tried. Where
/// nonces are forgotten, lanes say nothing about it: only requests are bounded then.
fn challenges(kind: &Kind, mode: Mode, measured: &Measured) -> RangeInclusive<usize> {
    let least = mode.pause.map_or(1, |_| 1 + PAUSES);
    if kind.forgets_nonces {
        return least..=measured.wire.requests;
    }
    let expiries = kind.nonce_lifetime.map_or(0, |lifetime| {
        let lifetimes = measured.elapsed.as_millis() / lifetime.as_millis().max(1);
        usize::try_from(lifetimes).unwrap_or(usize::MAX)
    });
    least..=mode.in_flight.saturating_mul(expiries.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::servers::KINDS;

    /// A server whose nonces last.
    fn lasting() -> &'static Kind {
        kind(|kind| kind.nonce_lifetime.is_none() && !kind.forgets_nonces)
    }

    fn short_lived() -> &'static Kind {
        kind(|kind| kind.nonce_lifetime.is_some())
    }

    fn forgetful() -> &'static Kind {
        kind(|kind| kind.forgets_nonces)
    }

    fn kind(is_meant: fn(&Kind) -> bool) -> &'static Kind {
        KINDS.iter().find(|kind| is_meant(kind)).unwrap()
    }

    type Breach = fn(&mut Measured);

    /// A row in which every lane is challenged once.
    fn good(mode: Mode) -> Measured {
        let mut measured = Measured::default();
        measured.wire.requests = CALLS + mode.in_flight;
        measured.wire.signed = CALLS;
        measured.wire.unauthorized = mode.in_flight;
        measured
    }

    #[test]
    fn one_challenge_for_each_lane_is_allowed_and_no_more() {
        for in_flight in [1, 8, 32] {
            let mode = Mode::new(Method::Get, in_flight);
            let mut measured = good(mode);
            assert_eq!(broken(lasting(), mode, &measured), [""; 0]);
            measured.wire.requests += 1;
            measured.wire.unauthorized += 1;
            assert_eq!(broken(lasting(), mode, &measured).len(), 1);
            measured.elapsed = Duration::from_secs(2);
            assert_eq!(broken(short_lived(), mode, &measured), [""; 0]);
        }
    }

    #[test]
    fn every_other_breach_is_named() {
        let mode = Mode::new(Method::Post, 1);
        let breaches: [(&str, Breach); 6] = [
            ("1 calls were refused", |measured| measured.refused = 1),
            ("1 calls failed", |measured| measured.failed = 1),
            ("1000 requests are not", |measured| {
                measured.wire.requests -= 1;
            }),
            ("only 999 requests", |measured| measured.wire.signed -= 1),
            ("the first call sent", |measured| {
                measured.first_up = Some(BODY + MAX_OVERHEAD + 1);
            }),
            ("66536001 bytes", |measured| {
                measured.wire.up = CALLS * (BODY + MAX_OVERHEAD) + 1;
            }),
        ];
        for (words, breach) in breaches {
            let mut measured = good(mode);
            breach(&mut measured);
            let broken = broken(lasting(), mode, &measured);
            assert_eq!(broken.len(), 1, "{broken:?}");
            assert!(broken[0].contains(words), "{broken:?}");
        }
    }

    #[test]
    fn where_nothing_is_challenged_nothing_is_proved() {
        let mode = Mode::new(Method::Get, 8);
        let mut measured = good(mode);
        measured.wire.requests = CALLS;
        measured.wire.unauthorized = 0;
        assert_eq!(broken(lasting(), mode, &measured).len(), 1);
    }
    #[test]
    fn where_nonces_are_forgotten_requests_are_bounded_and_not_challenges() {
        for in_flight in [1, 8, 32] {
            let mode = Mode::new(Method::Get, in_flight);
            let mut measured = good(mode);
            measured.wire.requests = CALLS * 5 / 2;
            measured.wire.unauthorized = CALLS * 3 / 2;
            assert_eq!(broken(forgetful(), mode, &measured), [""; 0]);
            measured.wire.requests += 1;
            measured.wire.unauthorized += 1;
            let broken = broken(forgetful(), mode, &measured);
            assert_eq!(broken, ["2501 requests for 1000 calls"]);
        }
    }

    #[test]
    fn where_nonces_are_forgotten_bodies_may_go_up_twice() {
        let mode = Mode::new(Method::Post, 32);
        let mut measured = good(mode);
        measured.wire.up = CALLS * 2 * (BODY + MAX_OVERHEAD);
        assert_eq!(broken(forgetful(), mode, &measured), [""; 0]);
        measured.wire.up += 1;
        assert_eq!(broken(forgetful(), mode, &measured).len(), 1);
    }

    #[test]
    fn where_nonces_are_forgotten_every_call_is_still_made() {
        let mode = Mode::new(Method::Get, 8);
        let breaches: [Breach; 5] = [
            |measured| measured.refused = 1,
            |measured| measured.failed = 1,
            |measured| measured.wire.requests -= 1,
            |measured| measured.wire.signed -= 1,
            |measured| {
                measured.wire.requests = CALLS;
                measured.wire.unauthorized = 0;
            },
        ];
        for breach in breaches {
            let mut measured = good(mode);
            breach(&mut measured);
            assert_eq!(broken(forgetful(), mode, &measured).len(), 1);
        }
    }
}
