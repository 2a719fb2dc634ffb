//! The requests that draw from one bucket of the server, and who of them goes next.
//!
//! Those who wait stand in a queue that nobody holds: a request whose turn has come is granted
//! a token by whoever looks next, and has to use it within the time in which another token
//! comes back. What is not used returns. So a waiting request that nobody polls any more, or
//! that is dropped, costs one token at the most and stops nobody.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{
    bucket::{Bucket, Taken},
    hint::{Allowance, RateHint, RateVerdict},
    queue::{Pass, Queue, State},
};
use crate::{clock::later, transport::caller::Caller};

/// How long a token may be held unused where nobody knows how fast they come back.
const UNUSED_GRANT_LIFETIME: Duration = Duration::from_secs(1);

/// The state of a family, behind the lock of its owner.
#[derive(Debug, Default)]
pub(super) struct Family {
    bucket: Option<Bucket>,
    /// Nobody goes before this.
    held_until: Option<Instant>,
    /// After it one goes ahead, to see whether the server takes requests again.
    wants_scout: bool,
    has_scout: bool,
    queue: Queue,
    in_flight: u32,
    /// How many requests have gone out.
    sent: u64,
}

/// A request that has gone out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SentRequest {
    pub(super) pass: Pass,
    /// How many have gone out, this one included.
    number: u64,
    /// How many others were in flight.
    others_in_flight: u32,
}

/// How it stands with a request in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum QueueStatus {
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
        self.queue.enter(caller, not_before, wake)
    }

    /// Grants whatever can be granted, and says how it stands with a request in the queue.
    pub(super) fn poll(&mut self, id: u64, now: Instant) -> QueueStatus {
        self.grant(now);
        if self.queue.state(id) == Some(State::Lapsed) {
            // Nobody polled it in time.
            self.queue.begin_again(id);
            self.grant(now);
        }
        // Who asks holds its ticket, so there is always one.
        if self.queue.state(id) != Some(State::Waiting) {
            return QueueStatus::Go;
        }
        let estimate = self.estimate(id, now);
        // A grant that is not used, or a scout that is in flight, may decide sooner.
        let lapse = self.queue.next_lapse(now);
        let sleep = match lapse {
            Some(lapse) if estimate.is_zero() => Some(lapse),
            // Halfway, so that a crowd does not look at every turn, and yet somebody looks often
            // enough however many in front are not polled.
            Some(lapse) => Some(estimate.min(lapse.max(estimate / 2))),
            // Whatever comes of the scout, it completes.
            None if estimate.is_zero() && self.has_scout => None,
            None if estimate.is_zero() => Some(self.interval()),
            None if self.queue.ahead_of(id, now) == 0 => Some(estimate),
            None => Some(estimate.min(self.interval().max(estimate / 2))),
        };
        QueueStatus::Wait { estimate, sleep }
    }

    /// Uses what a request was granted, now that it goes out. A grant that has lapsed is as good
    /// as new if there is a token. `None`: back to the queue.
    pub(super) fn spend(&mut self, id: Option<u64>, now: Instant) -> Option<SentRequest> {
        self.lapse(now);
        let pass = match id.and_then(|id| self.queue.remove(id)) {
            Some(State::Granted { pass, .. }) => pass,
            // It has its slot already; those who are granted the token now have not.
            Some(_) => self.admit_one(now)?,
            None => {
                self.grant(now);
                self.admit_one(now)?
            }
        };
        let others_in_flight = self.in_flight;
        self.in_flight = self.in_flight.saturating_add(1);
        self.sent = self.sent.wrapping_add(1);
        // Its caller's next may go.
        self.grant(now);
        Some(SentRequest {
            pass,
            number: self.sent,
            others_in_flight,
        })
    }

    /// Removes a request from the queue, and gives back what it was granted.
    pub(super) fn leave(&mut self, id: u64, now: Instant) {
        if let Some(State::Granted { pass, .. }) = self.queue.remove(id) {
            self.take_back(pass, now);
        }
        self.queue.wake_all();
    }

    /// A request that went out is over, whatever came of it.
    pub(super) fn completed(&mut self, pass: Pass, verdict: RateVerdict, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        match pass {
            Pass::Token => {}
            Pass::Probe => {
                if let Some(bucket) = &mut self.bucket {
                    bucket.probed(verdict, now);
                }
            }
            Pass::Scout => {
                self.has_scout = false;
                if verdict == RateVerdict::Admitted {
                    self.wants_scout = false;
                }
            }
        }
        if pass != Pass::Token {
            self.queue.wake_all();
        }
    }

    /// Takes in a refusal that describes the bucket, of a request that went out at `sent`.
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
        self.queue.wake_all();
        true
    }

    /// Takes in the headers of a refusal that describes the bucket.
    pub(super) fn compare(&mut self, allowance: Allowance) {
        if let Some(bucket) = &mut self.bucket {
            bucket.compare(allowance);
        }
    }

    /// Lets nobody go for a while, because the server asked for it.
    pub(super) fn hold(&mut self, wait: Duration, now: Instant) {
        self.held_until = self.held_until.max(Some(later(now, wait)));
        self.wants_scout |= self.bucket.is_none();
        self.queue.wake_all();
    }

    /// Takes in that a response spent the last token, where that is all that is known.
    pub(super) fn exhausted(&mut self, wait: Duration, now: Instant) {
        if self.bucket.is_none() {
            self.held_until = self.held_until.max(Some(later(now, wait)));
        }
    }

    /// Takes in what the headers of a response say.
    pub(super) fn observe(
        &mut self,
        allowance: Allowance,
        request: SentRequest,
        sent: Instant,
        now: Instant,
    ) {
        if let Some(bucket) = &mut self.bucket
            && !bucket.was_emptied_after(sent)
        {
            let after = self.sent.wrapping_sub(request.number);
            let after = u32::try_from(after).unwrap_or(u32::MAX);
            let taken = Taken {
                reserved: u32::try_from(self.queue.granted().len()).unwrap_or(u32::MAX),
                uncounted: request.others_in_flight.saturating_add(after),
            };
            bucket.observe(allowance, taken, sent, now);
            self.grant(now);
            self.queue.wake_next(now);
        }
    }

    /// Whether it can be forgotten: nobody waits, and nothing is held back.
    pub(super) fn is_idle(&mut self, now: Instant) -> bool {
        self.queue.is_empty()
            && self.in_flight == 0
            && self.held_until.is_none_or(|then| then <= now)
            && self
                .bucket
                .as_mut()
                .is_none_or(|bucket| bucket.is_full(now))
    }

    /// Grants whatever can be granted, in the order of turns.
    fn grant(&mut self, now: Instant) {
        self.lapse(now);
        let mut granted = false;
        while let Some(place) = self.queue.next_turn(now) {
            let Some(pass) = self.admit_one(now) else {
                break;
            };
            let until = later(now, self.interval());
            self.queue.grant(place, pass, until, now);
            granted = true;
        }
        if granted {
            self.queue.wake_next(now);
        }
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

    fn take_back(&mut self, pass: Pass, now: Instant) {
        match (pass, &mut self.bucket) {
            (Pass::Token, Some(bucket)) => bucket.give_back(),
            (Pass::Probe, Some(bucket)) => {
                bucket.give_back();
                bucket.probed(RateVerdict::Unknown, now);
            }
            (Pass::Scout, _) => self.has_scout = false,
            (Pass::Token | Pass::Probe, None) => {}
        }
    }

    /// Takes back what was granted and not used in time.
    fn lapse(&mut self, now: Instant) {
        for pass in self.queue.lapse(now) {
            self.take_back(pass, now);
        }
    }

    /// When a waiting request will go, if all those before it do.
    fn estimate(&mut self, id: u64, now: Instant) -> Duration {
        let held = self
            .held_until
            .map_or(Duration::ZERO, |then| then.saturating_duration_since(now));
        let ahead = self.queue.ahead_of(id, now);
        let turn = match &mut self.bucket {
            Some(bucket) if !self.wants_scout => bucket.delay(ahead + 1, now),
            _ => Duration::ZERO,
        };
        self.queue.own_wait(id, now).max(held).max(turn)
    }

    fn interval(&self) -> Duration {
        let interval = self
            .bucket
            .as_ref()
            .map_or(UNUSED_GRANT_LIFETIME, Bucket::interval);
        interval.max(Duration::from_millis(1))
    }
}

#[cfg(test)]
mod tests;
