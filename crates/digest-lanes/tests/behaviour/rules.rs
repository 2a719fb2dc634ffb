//! How a dialogue goes, rule by rule. The numbers are those of the crate's own rules; number 9,
//! redirects, has no place without a socket.

use crate::toy_server::{Head, Request, TARGET, ToyServer, lanes, lanes_with};
use digest_lanes::{BodyKind, Exchange, LaneLimits, Lanes, Verdict};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn next(exchange: &mut Exchange) -> Request {
    Request::from_step(&exchange.next("GET", TARGET, [1; 16]))
}

/// A pool with one idle lane, whose nonce is the first that the server issued.
fn warm(server: &mut ToyServer, now: Instant) -> Arc<Lanes> {
    let lanes = lanes();
    assert_eq!(server.call(&lanes, now, BodyKind::Empty), Verdict::Final);
    assert_eq!((lanes.idle(), server.take_count()), (1, 2));
    lanes
}

#[test]
fn rule_01_ten_calls_take_eleven_requests() {
    let (mut server, lanes) = (ToyServer::default(), lanes());
    for _ in 0..10 {
        let verdict = server.call(&lanes, Instant::now(), BodyKind::Empty);
        assert_eq!(verdict, Verdict::Final);
    }
    assert_eq!(server.seen.len(), 11);
    let counts: Vec<_> = server.seen[1..].iter().map(Request::count).collect();
    assert_eq!(counts, (1..=10).collect::<Vec<_>>());
}

#[test]
fn rule_01_a_call_that_is_dropped_takes_its_lane_along() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    assert_eq!(next(&mut exchange).count(), 2);
    drop(exchange);
    assert_eq!(lanes.idle(), 0);
    assert_eq!(server.call(&lanes, now, BodyKind::Empty), Verdict::Final);
}

#[test]
fn rule_01_a_call_never_waits_for_a_lane() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = lanes_with(
        LaneLimits {
            max_idle: 1,
            ..LaneLimits::default()
        },
        crate::toy_server::PASSWORD,
    );
    let mut calls: Vec<_> = (0..8).map(|_| lanes.begin(now, BodyKind::Empty)).collect();
    for round in [Verdict::Again, Verdict::Final] {
        for call in &mut calls {
            let request = next(call);
            let head = server.answer("GET", &request);
            assert_eq!(head.feed(call, now), round);
        }
    }
    assert_eq!(lanes.idle(), 1, "the bound is on idle lanes alone");
}

#[test]
fn rule_02_a_reused_nonce_is_answered_once_whatever_stale_says() {
    for stale in [false, true] {
        let (mut server, now) = (ToyServer::default(), Instant::now());
        let lanes = warm(&mut server, now);
        let mut exchange = lanes.begin(now, BodyKind::Empty);
        let reused = next(&mut exchange);
        let verdict = server.refuse(stale).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Again, "stale={stale}");
        let fresh = next(&mut exchange);
        assert_ne!(fresh.nonce(), reused.nonce());
        assert_eq!(fresh.count(), 1);
        let verdict = server.refuse(false).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Rejected, "stale={stale}");
        assert_eq!(lanes.idle(), 0);
    }
}

#[test]
fn rule_03_a_fresh_nonce_is_answered_again_only_if_it_is_stale() {
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    for (stale, verdict) in [(false, Verdict::Rejected), (true, Verdict::Again)] {
        let mut exchange = lanes.begin(now, BodyKind::Empty);
        assert_eq!(next(&mut exchange), Request::Unsigned);
        let head = server.refuse(false);
        assert_eq!(head.feed(&mut exchange, now), Verdict::Again);
        assert_eq!(next(&mut exchange).count(), 1);
        assert_eq!(server.refuse(stale).feed(&mut exchange, now), verdict);
    }
}

#[test]
fn rule_03_three_requests_are_the_most_however_the_dialogue_began() {
    let now = Instant::now();
    for (body, is_warm) in [
        (BodyKind::Empty, false),
        (BodyKind::Present, false),
        (BodyKind::Empty, true),
        (BodyKind::Present, true),
    ] {
        let mut server = ToyServer::default();
        let lanes = if is_warm {
            warm(&mut server, now)
        } else {
            lanes()
        };
        let mut exchange = lanes.begin(now, body);
        let verdicts = [(); 3].map(|()| {
            next(&mut exchange);
            server.refuse(true).feed(&mut exchange, now)
        });
        let expected = [Verdict::Again, Verdict::Again, Verdict::Rejected];
        assert_eq!(verdicts, expected, "{body:?} {is_warm}");
    }
}

#[test]
fn rule_03_wrong_credentials_are_rejected_and_not_pooled() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = lanes_with(LaneLimits::default(), "wrong");
    for _ in 0..2 {
        assert_eq!(server.call(&lanes, now, BodyKind::Empty), Verdict::Rejected);
        assert_eq!(server.take_count(), 2);
    }
    assert_eq!((lanes.idle(), lanes.key_has_worked()), (0, false));
}

#[test]
fn rule_04_a_401_without_a_digest_challenge_is_the_callers() {
    let now = Instant::now();
    for challenges in [
        vec![],
        vec!["Basic realm=\"x\""],
        vec!["Digest realm=\"x\""],
    ] {
        let head = Head {
            challenges: challenges.into_iter().map(String::from).collect(),
            ..Head::status(401)
        };
        let mut server = ToyServer::default();
        let warm = warm(&mut server, now);
        for (lanes, body) in [
            (&warm, BodyKind::Empty),
            (&lanes(), BodyKind::Empty),
            (&lanes(), BodyKind::Present),
        ] {
            let mut exchange = lanes.begin(now, body);
            next(&mut exchange);
            assert_eq!(head.feed(&mut exchange, now), Verdict::Final);
            assert_eq!(lanes.idle(), 0);
        }
        let mut exchange = lanes().begin(now, BodyKind::Empty);
        next(&mut exchange);
        let verdict = server.refuse(false).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Again);
        next(&mut exchange);
        assert_eq!(head.feed(&mut exchange, now), Verdict::Final);
    }
}

#[test]
fn rule_05_a_nonce_is_pooled_once_it_has_worked() {
    for status in [200, 204, 404, 429, 503] {
        let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
        let mut exchange = lanes.begin(now, BodyKind::Empty);
        next(&mut exchange);
        let verdict = server.refuse(false).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Again);
        next(&mut exchange);
        assert_eq!(lanes.idle(), 0, "not before it has worked");
        let verdict = Head::status(status).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Final);
        assert_eq!(lanes.idle(), 1, "{status}");
    }
}

#[test]
fn rule_05_the_next_nonce_is_adopted_and_counted_from_one() {
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    server.renews = true;
    for _ in 0..5 {
        assert_eq!(server.call(&lanes, now, BodyKind::Empty), Verdict::Final);
    }
    assert_eq!(server.seen.len(), 6);
    assert!(server.seen[1..].iter().all(|request| request.count() == 1));
}

#[test]
fn rule_03_a_key_has_worked_once_it_was_let_in() {
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    next(&mut exchange);
    let verdict = server.refuse(false).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Again);
    assert!(!lanes.key_has_worked());
    // An answer to nobody says nothing about the key.
    let mut unsigned = lanes.begin(now, BodyKind::Empty);
    next(&mut unsigned);
    assert_eq!(Head::status(200).feed(&mut unsigned, now), Verdict::Final);
    assert!(!lanes.key_has_worked());
    next(&mut exchange);
    assert_eq!(Head::status(503).feed(&mut exchange, now), Verdict::Final);
    assert!(lanes.key_has_worked());
}

#[test]
fn rule_03_a_call_that_begins_anew_asks_for_a_challenge_of_its_own() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    assert_eq!(
        next(&mut lanes.begin_anew(BodyKind::Empty)),
        Request::Unsigned
    );
    assert_eq!(
        next(&mut lanes.begin_anew(BodyKind::Present)),
        Request::Probe
    );
    assert_eq!(lanes.idle(), 1);
}

#[test]
fn rule_07_a_body_goes_once_where_nonces_run_out_at_a_known_use() {
    const USES: u32 = 16;
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    let mut bodies = 0;
    let calls = 200;
    for _ in 0..calls {
        let mut exchange = lanes.begin(now, BodyKind::Present);
        loop {
            let request = next(&mut exchange);
            let spent = matches!(request, Request::Signed(_)) && request.count() > USES;
            bodies += usize::from(request != Request::Probe);
            let head = if request == Request::Probe || spent {
                server.refuse(spent)
            } else {
                Head::status(200)
            };
            if head.feed(&mut exchange, now) == Verdict::Final {
                break;
            }
        }
    }
    // Twice it had to find out.
    assert_eq!(bodies, calls + 2);
}

#[test]
fn rule_07_a_body_is_sent_once_cold_and_warm() {
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    for (probes, call) in [(1, "cold"), (0, "warm")] {
        let verdict = server.call(&lanes, now, BodyKind::Present);
        assert_eq!(verdict, Verdict::Final, "{call}");
        let is_probe = |request: &&Request| **request == Request::Probe;
        assert_eq!(
            server.seen.iter().filter(is_probe).count(),
            probes,
            "{call}"
        );
        assert_eq!(server.take_count(), probes + 1, "{call}");
    }
}

#[test]
fn rule_07_a_probe_without_a_challenge_leads_to_an_unsigned_request() {
    for status in [200, 404, 503] {
        let (now, lanes) = (Instant::now(), lanes());
        let mut exchange = lanes.begin(now, BodyKind::Present);
        assert_eq!(next(&mut exchange), Request::Probe);
        let verdict = Head::status(status).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Again);
        assert_eq!(next(&mut exchange), Request::Unsigned);
        let verdict = Head::status(201).feed(&mut exchange, now);
        assert_eq!(verdict, Verdict::Final);
    }
}

#[test]
fn rule_07_a_server_that_only_guards_the_request_itself_is_still_answered() {
    let (mut server, now, lanes) = (ToyServer::default(), Instant::now(), lanes());
    let mut exchange = lanes.begin(now, BodyKind::Present);
    next(&mut exchange);
    let verdict = Head::status(405).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Again);
    assert_eq!(next(&mut exchange), Request::Unsigned);
    let verdict = server.refuse(false).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Again);
    assert_eq!(next(&mut exchange).count(), 1);
    let verdict = server.refuse(true).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Rejected, "that was the third");
}

#[test]
fn rule_07_a_lane_idle_for_over_thirty_seconds_is_not_trusted_with_a_body() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    server.expire_all();
    let later = now + Duration::from_secs(31);
    let verdict = server.call(&lanes, later, BodyKind::Present);
    assert_eq!(verdict, Verdict::Final);
    assert_eq!(server.seen[0], Request::Probe);
    assert_eq!(server.take_count(), 2);
}

#[test]
fn rule_08_every_attempt_is_signed_anew() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    for count in 2..5 {
        let mut attempt = lanes.begin(now, BodyKind::Empty);
        assert_eq!(next(&mut attempt).count(), count);
        let verdict = Head::status(503).feed(&mut attempt, now);
        assert_eq!(verdict, Verdict::Final);
    }
}

#[test]
fn rule_08_asking_again_without_a_response_never_repeats_a_count() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    let lost = next(&mut exchange);
    assert_eq!(next(&mut exchange), Request::Unsigned);
    let verdict = server.refuse(false).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Again);
    assert_ne!(next(&mut exchange).nonce(), lost.nonce());
    let verdict = Head::status(200).feed(&mut exchange, now);
    assert_eq!(verdict, Verdict::Final);
    assert_eq!(lanes.idle(), 1);
}

#[test]
fn rule_10_the_lanes_of_two_origins_know_nothing_of_each_other() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let warm = warm(&mut server, now);
    let other = lanes();
    assert_eq!(
        next(&mut other.begin(now, BodyKind::Empty)),
        Request::Unsigned
    );
    assert_eq!((warm.idle(), other.key_has_worked()), (1, false));
}

#[test]
fn rule_11_basic_is_never_sent() {
    let (now, lanes) = (Instant::now(), lanes());
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    next(&mut exchange);
    let basic = "Basic realm=\"x\"".to_owned();
    let digest = "Digest realm=\"toy\", nonce=\"n\", qop=\"auth\"".to_owned();
    let head = Head {
        challenges: vec![basic, digest],
        ..Head::status(401)
    };
    assert_eq!(head.feed(&mut exchange, now), Verdict::Again);
    assert_eq!(next(&mut exchange).nonce(), "n");
}

#[test]
fn rule_13_lanes_of_different_challenges_share_the_pool() {
    let (now, lanes) = (Instant::now(), lanes());
    let mut calls: Vec<_> = (0..2).map(|_| lanes.begin(now, BodyKind::Empty)).collect();
    for (call, algorithm) in calls.iter_mut().zip(["MD5", "SHA-256"]) {
        next(call);
        let challenge = format!(
            "Digest realm=\"{algorithm}\", nonce=\"n\", qop=\"auth\", algorithm={algorithm}"
        );
        let head = Head {
            challenges: vec![challenge],
            ..Head::status(401)
        };
        assert_eq!(head.feed(call, now), Verdict::Again);
        next(call);
        assert_eq!(Head::status(200).feed(call, now), Verdict::Final);
    }
    for (algorithm, length) in [("SHA-256", 64), ("MD5", 32)] {
        let mut call = lanes.begin(now, BodyKind::Empty);
        let request = next(&mut call);
        assert_eq!(request.field("algorithm"), algorithm);
        assert_eq!(request.field("realm"), algorithm);
        assert_eq!(request.field("response").len(), length);
    }
}

#[test]
fn a_response_that_nothing_was_sent_for_changes_nothing() {
    let (mut server, now) = (ToyServer::default(), Instant::now());
    let lanes = warm(&mut server, now);
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    for head in [Head::status(200), server.refuse(false)] {
        assert_eq!(head.feed(&mut exchange, now), Verdict::Final);
    }
    assert_eq!(next(&mut exchange).count(), 2);
}
