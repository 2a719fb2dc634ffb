//! What a row must hold.

use std::ops::RangeInclusive;

use crate::{
    calls::{BODY, CALLS, Measured, Method, Mode, PAUSES},
    servers::Kind,
};

/// What authentication may add to a body: two heads, or a head and a probe.
const MAX_OVERHEAD: usize = 1000;

/// How many of a hundred calls may cost a request more, one by one.
const PERCENT_MORE: usize = 1;

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
    bar(
        mode.in_flight > 1 || wire.requests * 100 <= CALLS * (100 + PERCENT_MORE),
        format!("{} requests for {CALLS} calls", wire.requests),
    );
    if mode.method == Method::Post {
        let most = BODY + MAX_OVERHEAD;
        let cold = measured.first_up.unwrap_or_default();
        bar(
            cold <= most,
            format!("the first call sent {cold} bytes, not at most {most}"),
        );
        let all = wire.up;
        bar(
            all <= CALLS * most,
            format!("{all} bytes for {CALLS} calls, not at most {most} each"),
        );
    }
    broken
}

/// How many challenges there may be: one for each lane, and where nonces are short-lived one
/// more for each lane and lifetime. In pauses every nonce expires, or nothing was tried.
fn challenges(kind: &Kind, mode: Mode, measured: &Measured) -> RangeInclusive<usize> {
    let least = mode.pause.map_or(1, |_| 1 + PAUSES);
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

    fn kind(lifetime: bool) -> &'static Kind {
        let mut kinds = KINDS.iter();
        kinds
            .find(|kind| kind.nonce_lifetime.is_some() == lifetime)
            .unwrap()
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
            assert_eq!(broken(kind(false), mode, &measured), [""; 0]);
            measured.wire.requests += 1;
            measured.wire.unauthorized += 1;
            assert_eq!(broken(kind(false), mode, &measured).len(), 1);
            measured.elapsed = Duration::from_secs(2);
            assert_eq!(broken(kind(true), mode, &measured), [""; 0]);
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
            let broken = broken(kind(false), mode, &measured);
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
        assert_eq!(broken(kind(false), mode, &measured).len(), 1);
    }
}
