//! The requests that draw from one bucket of the server, and who of them goes next.
//!
//! Those who wait stand in a queue that nobody holds: a request whose turn has come is granted
//! a token by whoever looks next, and has to use it within the time in which another token
//! comes back. What is not used returns. So a waiting request that nobody polls any more, or
//! that is dropped, costs one token at the most and stops nobody.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{
    bucket::{Allowance, Bucket, Taken},
    hint::RateHint,
};
use crate::{clock::later, transport::caller::Caller};

/// How long a token may be held unused where nobody knows how fast they come back.
const UNUSED: Duration = Duration::from_secs(1);

/// The state of a family, behind the lock of its owner.
#[derive(Debug, Default)]
pub(super) struct Family {
    bucket: Option<Bucket>,
    /// Nobody goes before this.
    held_until: Option<Instant>,
    /// After it one goes ahead, to see whether the server takes requests again.
    wants_scout: bool,
    has_scout: bool,
    /// The callers that wait, in the order of their turns.
    turns: VecDeque<Turn>,
    tickets: BTreeMap<u64, Ticket>,
    /// Those that were granted something and have not used it.
    granted: Vec<u64>,
    next_id: u64,
    in_flight: u32,
    /// How many requests have gone out.
    sent: u64,
}

/// A request that goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Departure {
    pub(super) pass: Pass,
    /// How many have gone out, this one included.
    number: u64,
    /// How many others were out.
    beside: u32,
}

/// A caller that waits, with its requests in the order in which they came.
#[derive(Debug)]
struct Turn {
    caller: Caller,
    waiting: VecDeque<u64>,
}

/// A request that waits or may go.
#[derive(Debug)]
struct Ticket {
    caller: Caller,
    /// The server asked this very request not to come before.
    not_before: Instant,
    wake: Arc<Notify>,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Granted { until: Instant, pass: Pass },
    Lapsed,
}

/// With what right a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// A token of the bucket, or no bucket is known.
    Token,
    /// Beyond what the bucket is believed to hold.
    Probe,
    /// The first after a pause.
    Scout,
}

/// What a request in the queue is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Go,
    /// How long it will take, as far as is known, and how long to sleep until it looks again.
    Wait {
        estimate: Duration,
        /// `None`: until it is woken.
        sleep: Option<Duration>,
    },
}

impl Family {
    /// Puts a request into the queue.
    pub(super) fn enter(&mut self, caller: Caller, not_before: Instant, wake: Arc<Notify>) -> u64 {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        self.line_up(id, &caller);
        let ticket = Ticket {
            caller,
            not_before,
            wake,
            state: State::Waiting,
        };
        self.tickets.insert(id, ticket);
        id
    }

    /// Looks how a request in the queue stands.
    pub(super) fn look(&mut self, id: u64, now: Instant) -> Told {
        self.grant(now);
        match self.tickets.get(&id).map(|ticket| ticket.state) {
            // Who asks holds its ticket, so there is always one.
            Some(State::Granted { .. }) | None => return Told::Go,
            Some(State::Lapsed) => {
                // Nobody polled it in time; it begins again at the end.
                if let Some(ticket) = self.tickets.get_mut(&id) {
                    ticket.state = State::Waiting;
                    let caller = ticket.caller.clone();
                    self.line_up(id, &caller);
                }
                self.grant(now);
                if self.is_granted(id) {
                    return Told::Go;
                }
            }
            Some(State::Waiting) => {}
        }
        let estimate = self.estimate(id, now);
        // A grant that is not used, or a scout that is on its way, may decide sooner.
        let lapse = self.next_lapse(now);
        let sleep = match lapse {
            Some(lapse) if estimate.is_zero() => Some(lapse),
            // Halfway, so that a crowd does not look at every turn, and yet somebody looks often
            // enough however many in front are not polled.
            Some(lapse) => Some(estimate.min(lapse.max(estimate / 2))),
            // Whatever comes of the scout, it lands.
            None if estimate.is_zero() && self.has_scout => None,
            None if estimate.is_zero() => Some(self.interval()),
            None if self.ahead_of(id, now) == 0 => Some(estimate),
            None => Some(estimate.min(self.interval().max(estimate / 2))),
        };
        Told::Wait { estimate, sleep }
    }

    /// Uses what a request was granted, now that it goes out. A grant that has lapsed is as good
    /// as new if there is a token. `None`: back to the queue.
    pub(super) fn spend(&mut self, id: Option<u64>, now: Instant) -> Option<Departure> {
        self.lapse(now);
        let ticket = id.and_then(|id| self.remove(id));
        let pass = match ticket.map(|ticket| ticket.state) {
            Some(State::Granted { pass, .. }) => pass,
            // It has its slot already; those who are granted the token now have not.
            Some(_) => self.admit_one(now)?,
            None => {
                self.grant(now);
                self.admit_one(now)?
            }
        };
        let beside = self.in_flight;
        self.in_flight = self.in_flight.saturating_add(1);
        self.sent = self.sent.wrapping_add(1);
        // Its caller's next may go.
        self.grant(now);
        Some(Departure {
            pass,
            number: self.sent,
            beside,
        })
    }

    /// Removes a request from the queue, and gives back what it was granted.
    pub(super) fn leave(&mut self, id: u64, now: Instant) {
        let Some(ticket) = self.remove(id) else {
            return;
        };
        match ticket.state {
            State::Waiting => {
                for turn in &mut self.turns {
                    turn.waiting.retain(|waiting| *waiting != id);
                }
                self.turns.retain(|turn| !turn.waiting.is_empty());
            }
            State::Granted { pass, .. } => self.take_back(pass, now),
            State::Lapsed => {}
        }
        self.wake_all();
    }

    /// A request that went out is over, whatever came of it.
    pub(super) fn landed(&mut self, pass: Pass, refused: Option<bool>, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match pass {
            Pass::Token => {}
            Pass::Probe => {
                if let Some(bucket) = &mut self.bucket {
                    bucket.probed(refused.map(|refused| !refused), now);
                }
            }
            Pass::Scout => {
                self.has_scout = false;
                if refused == Some(false) {
                    self.wants_scout = false;
                }
            }
        }
        if pass != Pass::Token {
            self.wake_all();
        }
    }

    /// Takes in a refusal that tells of the bucket, of a request that went out at `sent`.
    /// Whether it says anything new.
    pub(super) fn learn(&mut self, hint: &RateHint, sent: Instant, now: Instant) -> bool {
        match &mut self.bucket {
            // One of a crowd that went out before the bucket was known to be empty.
            Some(bucket) if bucket.was_emptied_after(sent) => return false,
            Some(bucket) => bucket.refused(hint, now),
            None => {
                self.bucket = Some(Bucket::new(hint, now));
                self.wants_scout = false;
            }
        }
        self.wake_all();
        true
    }

    /// Takes in the headers of a refusal that tells of the bucket.
    pub(super) fn compare(&mut self, told: Allowance) {
        if let Some(bucket) = &mut self.bucket {
            bucket.compare(told);
        }
    }

    /// Lets nobody go for a while, because the server asked for it.
    pub(super) fn hold(&mut self, wait: Duration, now: Instant) {
        self.held_until = self.held_until.max(Some(later(now, wait)));
        self.wants_scout |= self.bucket.is_none();
        self.wake_all();
    }

    /// Takes in that an answer spent the last token, where that is all that is known.
    pub(super) fn exhausted(&mut self, wait: Duration, now: Instant) {
        if self.bucket.is_none() {
            self.held_until = self.held_until.max(Some(later(now, wait)));
        }
    }

    /// Takes in what the headers of an answer say, to a request that went out so.
    pub(super) fn observe(
        &mut self,
        told: Allowance,
        departure: Departure,
        sent: Instant,
        now: Instant,
    ) {
        if let Some(bucket) = &mut self.bucket
            && !bucket.was_emptied_after(sent)
        {
            let after = self.sent.wrapping_sub(departure.number);
            let after = u32::try_from(after).unwrap_or(u32::MAX);
            let taken = Taken {
                reserved: u32::try_from(self.granted.len()).unwrap_or(u32::MAX),
                uncounted: departure.beside.saturating_add(after),
            };
            bucket.observe(told, taken, sent, now);
            self.grant(now);
            self.wake_next(now);
        }
    }

    /// Whether it can be forgotten: nobody waits, and nothing is held back.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.tickets.is_empty()
            && self.in_flight == 0
            && self.held_until.is_none_or(|then| then <= now)
            && self
                .bucket
                .as_mut()
                .is_none_or(|bucket| bucket.is_full(now))
    }

    fn line_up(&mut self, id: u64, caller: &Caller) {
        match self.turns.iter_mut().find(|turn| turn.caller.is(caller)) {
            Some(turn) => turn.waiting.push_back(id),
            None => self.turns.push_back(Turn {
                caller: caller.clone(),
                waiting: VecDeque::from([id]),
            }),
        }
    }

    /// Grants whatever can be granted, in the order of turns.
    fn grant(&mut self, now: Instant) {
        self.lapse(now);
        let mut granted = false;
        while let Some(place) = self.next_turn(now) {
            let Some(pass) = self.admit_one(now) else {
                break;
            };
            let until = later(now, self.interval());
            let Some(mut turn) = self.turns.remove(place) else {
                break;
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
                && let Some(ticket) = self.tickets.get_mut(&id)
            {
                ticket.state = State::Granted { until, pass };
                ticket.wake.notify_one();
                self.granted.push(id);
            }
            granted = true;
        }
        if granted {
            self.wake_next(now);
        }
    }

    /// The first turn whose caller may be granted something.
    fn next_turn(&self, now: Instant) -> Option<usize> {
        self.turns.iter().position(|turn| {
            turn.waiting.iter().any(|id| self.is_due(*id, now)) && !self.has_grant(&turn.caller)
        })
    }

    fn is_due(&self, id: u64, now: Instant) -> bool {
        self.tickets
            .get(&id)
            .is_some_and(|ticket| ticket.not_before <= now)
    }

    /// A caller has one reservation at the most.
    fn has_grant(&self, caller: &Caller) -> bool {
        let mut granted = self.granted.iter().filter_map(|id| self.tickets.get(id));
        granted.any(|ticket| ticket.caller.is(caller))
    }

    fn is_granted(&self, id: u64) -> bool {
        let ticket = self.tickets.get(&id);
        ticket.is_some_and(|ticket| matches!(ticket.state, State::Granted { .. }))
    }

    /// Takes what one request needs, if it is there.
    fn admit_one(&mut self, now: Instant) -> Option<Pass> {
        if self.held_until.is_some_and(|then| then > now) {
            return None;
        }
        if self.wants_scout {
            if self.has_scout {
                return None;
            }
            self.has_scout = true;
            return Some(Pass::Scout);
        }
        let Some(bucket) = &mut self.bucket else {
            return Some(Pass::Token);
        };
        if bucket.has_token(now) {
            bucket.take();
            Some(Pass::Token)
        } else if bucket.may_probe(now) {
            bucket.probe();
            Some(Pass::Probe)
        } else {
            None
        }
    }

    fn remove(&mut self, id: u64) -> Option<Ticket> {
        self.granted.retain(|granted| *granted != id);
        self.tickets.remove(&id)
    }

    fn take_back(&mut self, pass: Pass, now: Instant) {
        match (pass, &mut self.bucket) {
            (Pass::Token, Some(bucket)) => bucket.give_back(),
            (Pass::Probe, Some(bucket)) => {
                bucket.give_back();
                bucket.probed(None, now);
            }
            (Pass::Scout, _) => self.has_scout = false,
            (Pass::Token | Pass::Probe, None) => {}
        }
    }

    /// Takes back what was granted and not used in time.
    fn lapse(&mut self, now: Instant) {
        let mut lapsed = Vec::new();
        let tickets = &mut self.tickets;
        self.granted.retain(|id| {
            let Some(ticket) = tickets.get_mut(id) else {
                return false;
            };
            match ticket.state {
                State::Granted { until, pass } if until <= now => {
                    ticket.state = State::Lapsed;
                    lapsed.push(pass);
                    false
                }
                _ => true,
            }
        });
        for pass in lapsed {
            self.take_back(pass, now);
        }
    }

    /// How long until something that was granted lapses.
    fn next_lapse(&self, now: Instant) -> Option<Duration> {
        let tickets = self.granted.iter().filter_map(|id| self.tickets.get(id));
        let until = tickets.filter_map(|ticket| match ticket.state {
            State::Granted { until, .. } => Some(until),
            _ => None,
        });
        until
            .min()
            .map(|until| until.saturating_duration_since(now))
    }

    /// When a waiting request will go, if all those before it do.
    fn estimate(&mut self, id: u64, now: Instant) -> Duration {
        let Some(ticket) = self.tickets.get(&id) else {
            return Duration::ZERO;
        };
        let own = ticket.not_before.saturating_duration_since(now);
        let held = self
            .held_until
            .map_or(Duration::ZERO, |then| then.saturating_duration_since(now));
        let ahead = self.ahead_of(id, now);
        let queue = match &mut self.bucket {
            Some(bucket) if !self.wants_scout => bucket.delay(ahead + 1, now),
            _ => Duration::ZERO,
        };
        own.max(held).max(queue)
    }

    /// How many go before a request: of its own caller those that came before, of each other
    /// caller one for each turn.
    fn ahead_of(&self, id: u64, now: Instant) -> usize {
        let due = |turn: &Turn| {
            turn.waiting
                .iter()
                .filter(|id| self.is_due(**id, now))
                .count()
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

    fn interval(&self) -> Duration {
        let interval = self.bucket.as_ref().map_or(UNUSED, Bucket::interval);
        interval.max(Duration::from_millis(1))
    }

    /// The next in turn looks anew: it may go sooner than it thought.
    fn wake_next(&self, now: Instant) {
        let mut waiting = self.turns.iter().flat_map(|turn| &turn.waiting);
        let next = waiting.find(|id| self.is_due(**id, now));
        if let Some(ticket) = next.and_then(|id| self.tickets.get(id)) {
            ticket.wake.notify_one();
        }
    }

    fn wake_all(&self) {
        for ticket in self.tickets.values() {
            if ticket.state == State::Waiting {
                ticket.wake.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests;
