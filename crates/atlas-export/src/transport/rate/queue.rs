//! Those who wait for a rate limit, in the order of their turns.
//!
//! Callers take turns, each with its requests in the order in which they came, and each with one
//! grant at the most. A grant that is not used in time lapses; its request begins again at the
//! end when somebody polls it. The queue belongs to nobody and waits for nothing.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use crate::transport::caller::Caller;

/// With what right a request goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// A token of the bucket, or no bucket is known.
    Token,
    /// Beyond what the bucket is believed to hold.
    Probe,
    /// The first after a pause.
    Scout,
}

/// The queue of one family.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The callers that wait, in the order of their turns.
    turns: VecDeque<Turn>,
    waiters: BTreeMap<u64, Waiter>,
    /// Those that were granted something and have not used it.
    granted: Vec<u64>,
    next_id: u64,
}

/// A caller that waits, with its requests in the order in which they came.
#[derive(Debug)]
struct Turn {
    caller: Caller,
    waiting: VecDeque<u64>,
}

/// A request that waits or may go.
#[derive(Debug)]
struct Waiter {
    caller: Caller,
    /// The server asked this very request not to come before.
    not_before: Instant,
    wake: Arc<Notify>,
    state: State,
}

/// How a request in the queue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Granted { until: Instant, pass: Pass },
    Lapsed,
}

impl Queue {
    pub(super) fn enter(&mut self, caller: Caller, not_before: Instant, wake: Arc<Notify>) -> u64 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        self.append(id, &caller);
        let waiter = Waiter {
            caller,
            not_before,
            wake,
            state: State::Waiting,
        };
        self.waiters.insert(id, waiter);
        id
    }

    pub(super) fn state(&self, id: u64) -> Option<State> {
        self.waiters.get(&id).map(|waiter| waiter.state)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiters.is_empty()
    }

    /// Those that were granted something and have not used it.
    pub(super) fn granted(&self) -> &[u64] {
        &self.granted
    }

    /// Has a request whose grant has lapsed begin again, at the end.
    pub(super) fn begin_again(&mut self, id: u64) {
        if let Some(waiter) = self.waiters.get_mut(&id) {
            waiter.state = State::Waiting;
            let caller = waiter.caller.clone();
            self.append(id, &caller);
        }
    }

    /// Takes a request out, and says how it stood.
    pub(super) fn remove(&mut self, id: u64) -> Option<State> {
        let waiter = self.waiters.remove(&id)?;
        match waiter.state {
            State::Waiting => {
                for turn in &mut self.turns {
                    turn.waiting.retain(|waiting| *waiting != id);
                }
                self.turns.retain(|turn| !turn.waiting.is_empty());
            }
            State::Granted { .. } => self.granted.retain(|granted| *granted != id),
            State::Lapsed => {}
        }
        Some(waiter.state)
    }

    /// The place in the order of the first caller that may be granted something.
    pub(super) fn next_turn(&self, now: Instant) -> Option<usize> {
        self.turns.iter().position(|turn| {
            turn.waiting.iter().any(|id| self.is_due(*id, now)) && !self.has_grant(&turn.caller)
        })
    }

    /// Grants the first request of a caller that is due, and puts the caller at the end.
    pub(super) fn grant(&mut self, place: usize, pass: Pass, until: Instant, now: Instant) {
        let Some(mut turn) = self.turns.remove(place) else {
            return;
        };
        let first = turn
            .waiting
            .iter()
            .position(|id| self.is_due(*id, now))
            .and_then(|place| turn.waiting.remove(place));
        if !turn.waiting.is_empty() {
            self.turns.push_back(turn);
        }
        if let Some(id) = first
            && let Some(waiter) = self.waiters.get_mut(&id)
        {
            waiter.state = State::Granted { until, pass };
            waiter.wake.notify_one();
            self.granted.push(id);
        }
    }

    /// Takes back what was granted and not used in time.
    pub(super) fn lapse(&mut self, now: Instant) -> Vec<Pass> {
        let mut lapsed = Vec::new();
        let waiters = &mut self.waiters;
        self.granted.retain(|id| {
            let Some(waiter) = waiters.get_mut(id) else {
                return false;
            };
            match waiter.state {
                State::Granted { until, pass } if until <= now => {
                    waiter.state = State::Lapsed;
                    lapsed.push(pass);
                    false
                }
                _ => true,
            }
        });
        lapsed
    }

    /// How long until something that was granted lapses.
    pub(super) fn next_lapse(&self, now: Instant) -> Option<Duration> {
        let waiters = self.granted.iter().filter_map(|id| self.waiters.get(id));
        let until = waiters.filter_map(|waiter| match waiter.state {
            State::Granted { until, .. } => Some(until),
            _ => None,
        });
        until
            .min()
            .map(|until| until.saturating_duration_since(now))
    }

    /// How long until a request may come at all.
    pub(super) fn own_wait(&self, id: u64, now: Instant) -> Duration {
        let waiter = self.waiters.get(&id);
        waiter.map_or(Duration::ZERO, |waiter| {
            waiter.not_before.saturating_duration_since(now)
        })
    }

    /// How many go before a request: of its own caller those that came before, of each other
    /// caller one for each turn.
    pub(super) fn ahead_of(&self, id: u64, now: Instant) -> usize {
        let due = |turn: &Turn| {
            let due = turn.waiting.iter().filter(|id| self.is_due(**id, now));
            due.count()
        };
        let mut place = None;
        for (index, turn) in self.turns.iter().enumerate() {
            if let Some(within) = turn.waiting.iter().position(|waiting| *waiting == id) {
                place = Some((index, within));
            }
        }
        let Some((index, within)) = place else {
            return 0;
        };
        self.turns
            .iter()
            .enumerate()
            .map(|(other, turn)| match other.cmp(&index) {
                std::cmp::Ordering::Less => due(turn).min(within + 1),
                std::cmp::Ordering::Equal => within,
                std::cmp::Ordering::Greater => due(turn).min(within),
            })
            .sum()
    }

    /// The next in turn looks anew: it may go sooner than it thought.
    pub(super) fn wake_next(&self, now: Instant) {
        let mut waiting = self.turns.iter().flat_map(|turn| &turn.waiting);
        let next = waiting.find(|id| self.is_due(**id, now));
        if let Some(waiter) = next.and_then(|id| self.waiters.get(id)) {
            waiter.wake.notify_one();
        }
    }

    /// All look anew.
    pub(super) fn wake_all(&self) {
        for waiter in self.waiters.values() {
            if waiter.state == State::Waiting {
                waiter.wake.notify_one();
            }
        }
    }

    fn append(&mut self, id: u64, caller: &Caller) {
        match self
            .turns
            .iter_mut()
            .find(|turn| turn.caller.is_same(caller))
        {
            Some(turn) => turn.waiting.push_back(id),
            None => self.turns.push_back(Turn {
                caller: caller.clone(),
                waiting: VecDeque::from([id]),
            }),
        }
    }

    fn is_due(&self, id: u64, now: Instant) -> bool {
        let waiter = self.waiters.get(&id);
        waiter.is_some_and(|waiter| waiter.not_before <= now)
    }

    fn has_grant(&self, caller: &Caller) -> bool {
        let mut granted = self.granted.iter().filter_map(|id| self.waiters.get(id));
        granted.any(|waiter| waiter.caller.is_same(caller))
    }
}
