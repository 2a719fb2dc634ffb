//! Who goes when, in a time of the test's own.

use super::*;

/// A family whose bucket has been empty since `start`, and fills by one token a second.
fn empty(start: Instant) -> Family {
    let mut family = Family::default();
    let hint = RateHint {
        wait: Duration::from_secs(1),
        capacity: 5.0,
        refill: 1.0,
        period: Duration::from_secs(1),
    };
    family.learn(&hint, start, start);
    family
}

fn enter(family: &mut Family, caller: &Caller, now: Instant) -> u64 {
    family.enter(caller.clone(), now, Arc::new(Notify::new()))
}

fn at(start: Instant, millis: u64) -> Instant {
    start + Duration::from_millis(millis)
}

/// Those of these that may go at a time, each of whom does.
fn go(family: &mut Family, ids: &[u64], now: Instant) -> Vec<u64> {
    let mut gone = Vec::new();
    for id in ids {
        if family.queue.state(*id).is_some()
            && family.poll(*id, now) == QueueStatus::Go
            && family.spend(Some(*id), now).is_some()
        {
            gone.push(*id);
        }
    }
    gone
}

#[test]
fn requests_go_in_the_order_in_which_they_came() {
    let start = Instant::now();
    let mut family = empty(start);
    let ids: Vec<_> = (0..4)
        .map(|_| enter(&mut family, &Caller::default(), start))
        .collect();
    assert_eq!(go(&mut family, &ids, at(start, 900)), [0_u64; 0]);
    for (n, id) in (1..).zip(&ids) {
        assert_eq!(go(&mut family, &ids, at(start, n * 1_010)), [*id]);
    }
}

#[test]
fn no_token_is_lost_when_half_of_those_who_wait_are_dropped() {
    let start = Instant::now();
    let mut family = empty(start);
    let ids: Vec<_> = (0..20)
        .map(|_| enter(&mut family, &Caller::default(), start))
        .collect();
    let now = at(start, 5_050);
    family.poll(ids[19], now);
    // Five have their token already, and are dropped with it; five more only waited.
    assert_eq!(family.queue.granted(), &ids[..5]);
    for id in &ids[..10] {
        family.leave(*id, now);
    }
    assert_eq!(go(&mut family, &ids, now), ids[10..15]);
    // No token has come out of nothing either, nor one that was dropped at the beginning of a
    // wait been taken along.
    assert_eq!(go(&mut family, &ids, at(start, 5_900)), [0_u64; 0]);
    assert_eq!(go(&mut family, &ids, at(start, 6_060)), ids[15..16]);
}

#[test]
fn who_is_not_polled_any_more_costs_one_token_for_a_while_and_stops_nobody() {
    let start = Instant::now();
    let mut family = empty(start);
    let forgotten = enter(&mut family, &Caller::default(), start);
    let others: Vec<_> = (0..3)
        .map(|_| enter(&mut family, &Caller::default(), start))
        .collect();
    assert_eq!(go(&mut family, &others, at(start, 1_010)), [0_u64; 0]);
    assert_eq!(family.queue.granted(), [forgotten]);
    // It lapses, and the token is the next one's, beside the one that has come since.
    assert_eq!(go(&mut family, &others, at(start, 2_030)), others[..2]);
    // When it is polled again it stands at the end.
    let late = at(start, 3_040);
    assert!(matches!(
        family.poll(forgotten, late),
        QueueStatus::Wait { .. }
    ));
    assert_eq!(go(&mut family, &others, late), others[2..]);
}

#[test]
fn callers_take_turns_however_many_requests_they_have() {
    let start = Instant::now();
    let mut family = empty(start);
    let crowd = Caller::default().of_many();
    let mut ids: Vec<_> = (0..10).map(|_| enter(&mut family, &crowd, start)).collect();
    let alone = enter(&mut family, &Caller::default(), start);
    ids.push(alone);
    let QueueStatus::Wait { estimate, .. } = family.poll(alone, start) else {
        panic!("nothing has come yet");
    };
    assert!(estimate < Duration::from_millis(2_100), "{estimate:?}");
    assert_eq!(go(&mut family, &ids, at(start, 1_010)), [ids[0]]);
    assert_eq!(go(&mut family, &ids, at(start, 2_020)), [alone]);
    assert_eq!(go(&mut family, &ids, at(start, 3_030)), [ids[1]]);
    // A caller has one reservation, even where there are tokens for more.
    let now = at(start, 9_500);
    family.poll(ids[9], now);
    assert_eq!(family.queue.granted().len(), 1);
    assert_eq!(go(&mut family, &ids, now).len(), 5);
}

#[test]
fn after_a_pause_one_goes_ahead_and_the_others_follow() {
    let start = Instant::now();
    let mut family = Family::default();
    family.hold(Duration::from_secs(60), start);
    let ids: Vec<_> = (0..4)
        .map(|_| enter(&mut family, &Caller::default(), start))
        .collect();
    assert_eq!(go(&mut family, &ids, at(start, 59_000)), [0_u64; 0]);
    let over = at(start, 60_000);
    assert_eq!(go(&mut family, &ids, over), [ids[0]]);
    // What became of it is not known yet, or never will be.
    family.completed(Pass::Scout, RateVerdict::Unknown, over);
    assert_eq!(go(&mut family, &ids, over), [ids[1]]);
    family.hold(Duration::from_secs(60), over);
    family.completed(Pass::Scout, RateVerdict::Refused, over);
    assert_eq!(go(&mut family, &ids, at(start, 119_000)), [0_u64; 0]);
    let over = at(start, 120_000);
    assert_eq!(go(&mut family, &ids, over), [ids[2]]);
    family.completed(Pass::Scout, RateVerdict::Admitted, over);
    assert_eq!(go(&mut family, &ids, over), [ids[3]]);
    assert!(family.is_idle(over) || family.in_flight > 0);
}
