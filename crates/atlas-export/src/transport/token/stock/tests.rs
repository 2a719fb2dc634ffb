use super::*;
use crate::{ErrorKind, transport::token::token_error::Reason};

fn grant(seconds: u64) -> Grant {
    Grant {
        token: AccessToken::new("x", 0).unwrap(),
        lifetime: Duration::from_secs(seconds),
    }
}

fn error(kind: ErrorKind, retry_after: Option<u64>, transient: bool) -> TokenError {
    let reason = Reason {
        retry_after: retry_after.map(Duration::from_secs),
        transient,
        ..Reason::new(kind, "no")
    };
    reason.into()
}

const MINUTE: Duration = Duration::from_secs(60);

/// What a call does so many seconds after the start, in a word.
fn word(stock: &mut Stock, start: Instant, seconds: f64) -> &'static str {
    match stock.next(start + Duration::from_secs_f64(seconds)) {
        Next::Use(_) => "use",
        Next::UseAndRenew(_) => "renew",
        Next::Wait(_) => "wait",
        Next::Fail(_) => "fail",
        Next::Fetch => "fetch",
    }
}

fn flight(purpose: Purpose) -> Flight {
    let (_, landed) = watch::channel(None);
    Flight {
        number: 1,
        purpose,
        landed,
        task: None,
    }
}

#[test]
fn a_token_is_used_then_renewed_then_waited_for() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    assert_eq!(word(&mut stock, start, 0.0), "fetch");
    stock.keep(grant(3600), start);
    for (seconds, what) in [
        (0.0, "use"),
        (3299.0, "use"),
        (3300.0, "renew"),
        (3569.0, "renew"),
        (3570.0, "fetch"),
    ] {
        assert_eq!(word(&mut stock, start, seconds), what, "{seconds}");
    }
    stock.flight = Some(flight(Purpose::Fetch));
    assert_eq!(word(&mut stock, start, 3300.0), "use");
    assert_eq!(word(&mut stock, start, 3570.0), "wait");
}

#[test]
fn a_renewal_that_failed_waits_a_tenth_of_the_margin() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    stock.keep(grant(3600), start);
    let passing = error(ErrorKind::Transport, None, true);
    stock.note_failed(&passing, MINUTE, start + Duration::from_secs(3300));
    assert_eq!(word(&mut stock, start, 3329.0), "use");
    assert_eq!(word(&mut stock, start, 3330.0), "renew");
    // Without a token, what may pass is tried at once.
    assert_eq!(word(&mut stock, start, 3570.0), "fetch");
}

#[test]
fn a_definite_refusal_is_remembered_for_a_second_and_a_429_for_its_wait() {
    for (error, from, until) in [
        (error(ErrorKind::Authentication, None, false), 0.9, 1.0),
        (error(ErrorKind::RateLimited, Some(7), false), 6.9, 7.0),
        (error(ErrorKind::RateLimited, None, false), 9.9, 10.0),
        (error(ErrorKind::RateLimited, Some(9999), false), 59.9, 60.0),
        (error(ErrorKind::Authentication, Some(7), true), 6.9, 7.0),
    ] {
        let (mut stock, start) = (Stock::default(), Instant::now());
        stock.note_failed(&error, MINUTE, start);
        assert_eq!(word(&mut stock, start, from), "fail", "{error:?}");
        assert_eq!(word(&mut stock, start, until), "fetch", "{error:?}");
    }
    let (mut stock, start) = (Stock::default(), Instant::now());
    stock.note_failed(&error(ErrorKind::Authentication, None, true), MINUTE, start);
    assert_eq!(word(&mut stock, start, 0.0), "fetch");
}

#[test]
fn a_refused_token_is_used_no_more_and_another_in_its_place_stays() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    let old = stock.keep(grant(60), start);
    stock.note_worked(old.number());
    let why = || error(ErrorKind::Authentication, None, false);
    let new = stock.keep(grant(60), start);
    stock.note_refused(old.number(), why(), start);
    assert_eq!(word(&mut stock, start, 0.0), "use");
    stock.note_worked(new.number());
    stock.note_refused(new.number(), why(), start);
    assert_eq!(word(&mut stock, start, 0.0), "fetch");
}

#[test]
fn tokens_that_never_work_are_fetched_ever_more_slowly() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    for (pause, before) in [(0.0, 0.0), (1.0, 0.9), (2.0, 1.9), (4.0, 3.9)] {
        let token = stock.keep(grant(60), start);
        let why = error(ErrorKind::Authentication, None, false);
        stock.note_refused(token.number(), why, start);
        if before > 0.0 {
            assert_eq!(word(&mut stock, start, before), "fail", "{pause}");
        }
        assert_eq!(word(&mut stock, start, pause), "fetch", "{pause}");
    }
}

#[test]
fn a_refused_token_that_works_after_all_ends_the_pause_of_tokens_but_not_of_the_endpoint() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    let refused = || error(ErrorKind::Authentication, None, false);
    let mut last = 0;
    for _ in 0..2 {
        last = stock.keep(grant(60), start).number();
        stock.note_refused(last, refused(), start);
    }
    assert_eq!(word(&mut stock, start, 0.5), "fail");
    stock.note_worked(last);
    assert_eq!(word(&mut stock, start, 0.5), "fetch");
    // The next refusal is a first one again.
    let token = stock.keep(grant(60), start);
    stock.note_refused(token.number(), refused(), start);
    assert_eq!(word(&mut stock, start, 0.5), "fetch");

    let limit = error(ErrorKind::RateLimited, Some(5), true);
    stock.note_failed(&limit, Duration::from_secs(60), start);
    stock.note_worked(last);
    assert_eq!(word(&mut stock, start, 4.5), "fail");
}

#[test]
fn a_token_that_was_not_revoked_is_put_back() {
    let (mut stock, start) = (Stock::default(), Instant::now());
    stock.keep(grant(60), start);
    let held = stock.take().unwrap();
    stock.flight = Some(flight(Purpose::Revoke));
    assert_eq!(word(&mut stock, start, 0.0), "wait");
    stock.put_back(held);
    stock.end_flight(2);
    assert!(stock.flight.is_some());
    stock.end_flight(1);
    assert_eq!(word(&mut stock, start, 0.0), "use");
}
