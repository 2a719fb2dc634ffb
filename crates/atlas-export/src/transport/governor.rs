//! The rate governor: after the first refusal for coming too soon, calls come no sooner than
//! the server has tokens for them.
//!
//! Atlas limits calls by token buckets, one for each family of endpoints. The governor is off
//! until a 429 tells how fast a bucket fills; from then on the calls of that family are spread
//! at that pace. Headers give no pace, so `Ratelimit-Remaining: 0` and `Retry-After` only
//! pause the family.
//!
//! Calls go in the order in which they came. A call that is dropped while it waits takes no
//! token with it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use http::HeaderMap;

use super::lesson::Lesson;
use crate::clock::Clock;

/// How much slower than the bucket fills: two clocks never agree.
const MARGIN: f64 = 1.02;

/// The pause where an answer says that nothing is left, and nothing says for how long.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the server says that the bucket is empty now.
pub(super) fn is_exhausted(headers: &HeaderMap) -> bool {
    headers
        .get("ratelimit-remaining")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().parse::<i64>().ok())
        .is_some_and(|remaining| remaining <= 0)
}

/// The paces of one client, shared by its clones.
#[derive(Debug, Default)]
pub(super) struct Governor {
    families: Mutex<BTreeMap<&'static str, Arc<Family>>>,
}

/// The endpoints that draw from one bucket.
#[derive(Debug, Default)]
pub(super) struct Family {
    /// Held by the call whose turn it is. It is handed on in the order of asking.
    turn: tokio::sync::Mutex<()>,
    pace: Mutex<Pace>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    /// Before this nobody goes.
    not_before: Option<Instant>,
    /// The time between two calls, once it is known.
    interval: Option<Duration>,
    /// When it was learned.
    learned: Option<Instant>,
}

impl Governor {
    /// The family that the operation of a path belongs to: the resource at its end, without
    /// the placeholder for one of its items.
    pub(super) fn family(&self, path: &'static str) -> Arc<Family> {
        let name = path
            .rsplit('/')
            .find(|segment| !segment.starts_with('{'))
            .unwrap_or(path);
        let mut families = self.families.lock().unwrap_or_else(PoisonError::into_inner);
        families.entry(name).or_default().clone()
    }
}

impl Family {
    /// Waits for this call's turn. Returns how long it waited for a token.
    pub(super) async fn admit(&self, clock: &dyn Clock) -> Duration {
        if self.is_off() {
            return Duration::ZERO;
        }
        let _turn = self.turn.lock().await;
        let mut waited = Duration::ZERO;
        loop {
            let now = clock.now();
            let wait = self.with_pace(|pace| {
                let wait = pace
                    .not_before
                    .map(|then| then.saturating_duration_since(now))
                    .unwrap_or_default();
                if wait.is_zero() {
                    // The token is taken now, when nothing can drop this call any more.
                    pace.not_before = pace.interval.map(|interval| now + interval);
                }
                wait
            });
            if wait.is_zero() {
                return waited;
            }
            clock.sleep(wait).await;
            waited += wait;
        }
    }

    /// Takes in what a 429 tells, of a request that was sent at `sent`. Of one that was sent
    /// before the pace was known, it tells nothing new: calls are held back already.
    pub(super) fn learn(&self, lesson: Lesson, sent: Instant, now: Instant) {
        self.with_pace(|pace| {
            if pace.learned.is_some_and(|learned| sent < learned) {
                return;
            }
            let interval = lesson.interval.mul_f64(MARGIN);
            pace.learned = Some(now);
            pace.interval = Some(interval);
            pace.not_before = pace.not_before.max(Some(now + lesson.wait.max(interval)));
        });
    }

    /// Lets nobody go for a while, because a 429 asked for it.
    pub(super) fn pause(&self, wait: Duration, now: Instant) {
        self.with_pace(|pace| pace.not_before = pace.not_before.max(Some(now + wait)));
    }

    /// Takes in that an answer spent the last token. Where the pace is known, it is known as
    /// well when there is another; else nobody goes for a moment.
    pub(super) fn exhausted(&self, now: Instant) {
        self.with_pace(|pace| {
            if pace.interval.is_none() {
                pace.not_before = pace.not_before.max(Some(now + PAUSE));
            }
        });
    }

    fn is_off(&self) -> bool {
        self.with_pace(|pace| pace.not_before.is_none() && pace.interval.is_none())
    }

    fn with_pace<T>(&self, with: impl FnOnce(&mut Pace) -> T) -> T {
        with(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Sleep, SystemClock};
    use futures_util::future::{Either, select};
    use std::{future::pending, time::SystemTime};

    /// A clock on which a sleep moves the time and is over at once.
    #[derive(Debug)]
    struct Skipping(Mutex<Instant>);

    impl Skipping {
        fn new() -> Self {
            Self(Mutex::new(Instant::now()))
        }
    }

    impl Clock for Skipping {
        fn now(&self) -> Instant {
            *self.0.lock().unwrap()
        }

        fn wall(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn sleep(&self, duration: Duration) -> Sleep {
            *self.0.lock().unwrap() += duration;
            Box::pin(async {})
        }

        fn guard(&self, _: Duration) -> Sleep {
            Box::pin(pending())
        }
    }

    const LESSON: Lesson = Lesson {
        wait: Duration::from_secs(5),
        interval: Duration::from_secs(1),
    };

    #[test]
    fn a_family_is_the_resource_whichever_item_is_meant() {
        let governor = Governor::default();
        let list = governor.family("/groups/{groupId}/backup/exportBuckets");
        let one = governor.family("/groups/{groupId}/backup/exportBuckets/{exportBucketId}");
        let jobs = governor.family("/groups/{groupId}/clusters/{clusterName}/backup/exports");
        assert!(Arc::ptr_eq(&list, &one));
        assert!(!Arc::ptr_eq(&list, &jobs));
    }

    #[tokio::test]
    async fn it_is_off_until_it_learns() {
        let family = Family::default();
        for _ in 0..1000 {
            assert!(family.admit(&SystemClock).await.is_zero());
        }
    }

    #[tokio::test]
    async fn after_a_lesson_calls_are_spread_at_the_pace_of_the_bucket() {
        let clock = Skipping::new();
        let family = Family::default();
        let start = clock.now();
        family.learn(LESSON, start, start);
        family.admit(&clock).await;
        assert!(clock.now() - start >= Duration::from_secs(5));
        for _ in 0..10 {
            let before = clock.now();
            family.admit(&clock).await;
            let apart = clock.now() - before;
            assert!(apart >= Duration::from_secs(1), "{apart:?}");
            assert!(apart <= Duration::from_millis(1050), "{apart:?}");
        }
    }

    #[tokio::test]
    async fn a_pause_ends_and_sets_no_pace() {
        let clock = Skipping::new();
        let family = Family::default();
        family.pause(Duration::from_secs(3), clock.now());
        assert_eq!(family.admit(&clock).await, Duration::from_secs(3));
        assert!(family.admit(&clock).await.is_zero());
    }

    #[tokio::test]
    async fn the_last_token_pauses_only_while_no_pace_is_known() {
        let clock = Skipping::new();
        let family = Family::default();
        family.exhausted(clock.now());
        assert_eq!(family.admit(&clock).await, PAUSE);
        family.learn(LESSON, clock.now(), clock.now());
        family.admit(&clock).await;
        family.exhausted(clock.now());
        let waited = family.admit(&clock).await;
        assert_eq!(waited, LESSON.interval.mul_f64(MARGIN));
    }

    #[tokio::test]
    async fn lessons_learned_together_do_not_add_up() {
        let clock = Skipping::new();
        let family = Family::default();
        let sent = clock.now();
        clock.sleep(Duration::from_millis(20)).await;
        family.learn(LESSON, sent, clock.now());
        for _ in 0..63 {
            // The other refusals of the same crowd come in late.
            clock.sleep(Duration::from_millis(20)).await;
            family.learn(LESSON, sent, clock.now());
        }
        let waited = family.admit(&clock).await;
        assert_eq!(
            waited,
            Duration::from_secs(5) - Duration::from_millis(63 * 20)
        );
        // One that was sent at the known pace says that it is too fast.
        family.learn(LESSON, clock.now(), clock.now());
        assert_eq!(family.admit(&clock).await, Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_call_dropped_while_it_waits_takes_no_token() {
        let family = Family::default();
        let now = Instant::now();
        family.learn(LESSON, now, now);
        // The real clock: the wait is under way when the call is dropped.
        {
            let waiting = Box::pin(family.admit(&SystemClock));
            let soon = Box::pin(tokio::task::yield_now());
            assert!(matches!(select(waiting, soon).await, Either::Right(_)));
        }
        let clock = Skipping::new();
        *clock.0.lock().unwrap() += Duration::from_secs(60);
        assert!(family.admit(&clock).await.is_zero());
    }
}
