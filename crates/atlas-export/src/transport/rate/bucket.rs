//! A model of one token bucket of the server, as far as it can be known from outside.
//!
//! A 429 tells capacity, refill, period and the seconds to wait, and that the bucket is empty
//! now. From then on the model counts along. Three things it has to find out by itself:
//!
//! - **Whether tokens come in lumps**, at the end of each period, or evenly. Seconds to wait
//!   that are longer than one token takes prove lumps, and so does a `Ratelimit-Remaining` that
//!   jumps. Until then an even flow is assumed that begins when the wait is over: lumps give
//!   at least as much at any time.
//! - **What others take** who have the same key. Where headers tell what remains, from them;
//!   otherwise from the moments in which the bucket was empty.
//! - **Whether the limit was raised.** `Ratelimit-Limit` says so. Without it, the model is
//!   overrun on purpose once in a while, one request at a time, until the server refuses.
//!
//! Pure: it reads no clock and waits for nothing.

use std::time::{Duration, Instant};

use super::hint::{Allowance, RateHint, RateVerdict};
use crate::clock::later;

/// Which part of the refill that the server names the model counts on: two clocks never agree.
const CLOCK_MARGIN: f64 = 0.995;

/// Which part of the refill is this client's at the least, whatever others take.
const MIN_SHARE: f64 = 0.05;

/// How far apart two probes are, in periods.
const PERIODS_BETWEEN_PROBES: f64 = 10.0;

/// How many periods a measurement of others must span to be believed.
const MIN_MEASURED_PERIODS: f64 = 5.0;

/// What counts as a whole token, in spite of rounding.
const WHOLE_TOKEN: f64 = 1.0 - 1e-6;

/// What the model has taken of the bucket and a response may not count.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    /// By requests that have not gone out yet.
    pub(super) reserved: u32,
    /// By requests of which nobody knows whether the server had counted them: those that were out
    /// when the answered one went out, and those that went out after it.
    pub(super) uncounted: u32,
}

/// The last allowance that was seen.
#[derive(Clone, Copy, Debug)]
struct Seen {
    remaining: f64,
    sent: Instant,
}

/// The model.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    capacity: f64,
    refill: f64,
    /// In seconds.
    period: f64,
    /// When the next lump comes; `None` where tokens come evenly, as far as is known.
    next_lump: Option<Instant>,
    /// At the time `tokens_at`. Negative where more was sent than there was by this model.
    tokens: f64,
    tokens_at: Instant,
    /// The server said that nobody need come before.
    not_before: Option<Instant>,
    /// What others take, in tokens a second.
    others: f64,
    /// When the bucket was last known to be empty.
    emptied_at: Instant,
    /// Whether the headers of responses are about this bucket.
    has_headers: bool,
    seen: Option<Seen>,
    next_probe: Instant,
    is_probing: bool,
    /// How many probes in a row were admitted.
    admitted_probes: f64,
}

impl Bucket {
    /// The bucket that a refusal described at `now`.
    pub(super) fn new(hint: &RateHint, now: Instant) -> Self {
        let mut bucket = Self {
            capacity: hint.capacity,
            refill: hint.refill,
            period: hint.period.as_secs_f64(),
            next_lump: None,
            tokens: 0.0,
            tokens_at: now,
            not_before: None,
            others: 0.0,
            emptied_at: now,
            has_headers: false,
            seen: None,
            next_probe: now,
            is_probing: false,
            admitted_probes: 0.0,
        };
        let wait = bucket.stated_wait(hint);
        bucket.notice_lumps(wait, now);
        if bucket.next_lump.is_none() {
            // The first token comes when the wait is over, and nothing has gathered by then.
            bucket.tokens = 1.0 - wait * bucket.net();
        }
        bucket.note_emptied(now, later(now, seconds(wait)));
        bucket
    }

    /// The time in which one token comes back.
    pub(super) fn interval(&self) -> Duration {
        seconds(self.period / self.refill)
    }

    /// Whether there is a token to be taken.
    pub(super) fn has_token(&mut self, now: Instant) -> bool {
        self.advance(now);
        self.not_before.is_none_or(|then| then <= now)
            && self.tokens - self.reserve() >= WHOLE_TOKEN
    }

    pub(super) fn take(&mut self) {
        self.tokens -= 1.0;
    }

    /// Takes back a token that was not used.
    pub(super) fn give_back(&mut self) {
        self.tokens = (self.tokens + 1.0).min(self.capacity);
    }

    /// How long it takes until so many tokens have come, if each is taken at once.
    pub(super) fn delay(&mut self, tokens: usize, now: Instant) -> Duration {
        self.advance(now);
        let held = self
            .not_before
            .map_or(Duration::ZERO, |then| then.saturating_duration_since(now));
        let wanted = f64::from(u32::try_from(tokens).unwrap_or(u32::MAX));
        let lacking = wanted - self.tokens + self.reserve();
        if lacking <= 1.0 - WHOLE_TOKEN {
            return held;
        }
        let wait = match self.next_lump {
            None => lacking / self.net(),
            Some(next) => {
                let first = next.saturating_duration_since(now).as_secs_f64();
                let each = (self.refill - self.others * self.period).max(self.refill * MIN_SHARE);
                let lumps = (lacking + self.others * first) / each;
                first + (lumps - 1e-6).floor().max(0.0) * self.period
            }
        };
        if wait <= held.as_secs_f64() + 1e-6 {
            return held;
        }
        // Rounded up, or the last of it would be slept through again and again.
        seconds(wait).saturating_add(Duration::from_micros(1))
    }

    /// Whether a request may go out beyond what the model allows, to see whether it is right.
    pub(super) fn may_probe(&self, now: Instant) -> bool {
        !self.has_headers
            && !self.is_probing
            && now >= self.next_probe
            && self.not_before.is_none_or(|then| then <= now)
    }

    pub(super) fn probe(&mut self) {
        self.is_probing = true;
        self.take();
    }

    /// A probe is over.
    pub(super) fn probed(&mut self, verdict: RateVerdict, now: Instant) {
        self.is_probing = false;
        match verdict {
            RateVerdict::Admitted => self.admitted_probes += 1.0,
            RateVerdict::Refused => {
                if self.next_probe <= now {
                    self.next_probe = later(now, seconds(PERIODS_BETWEEN_PROBES * self.period));
                }
                return;
            }
            RateVerdict::Unknown => return,
        }
        if self.admitted_probes > self.capacity * 2.0 {
            // More than any bucket of this size can have had.
            self.capacity *= 2.0;
            self.refill *= 2.0;
            self.others = 0.0;
            self.tokens = 0.0;
            self.admitted_probes = 0.0;
        }
    }

    /// Takes in a refusal of a request that was sent while the bucket was known.
    pub(super) fn refused(&mut self, hint: &RateHint, now: Instant) {
        let is_same = is_equal(hint.capacity, self.capacity)
            && is_equal(hint.refill, self.refill)
            && is_equal(hint.period.as_secs_f64(), self.period);
        if !is_same {
            let (is_probing, has_headers) = (self.is_probing, self.has_headers);
            *self = Self::new(hint, now);
            (self.is_probing, self.has_headers) = (is_probing, has_headers);
            return;
        }
        self.advance(now);
        let wait = self.stated_wait(hint);
        let span = now.saturating_duration_since(self.emptied_at).as_secs_f64();
        // The refused request took nothing.
        let missing = self.tokens + 1.0;
        let others = if span >= MIN_MEASURED_PERIODS * self.period {
            self.others + missing / span
        } else if missing > 0.0 {
            f64::midpoint(self.others, self.rate())
        } else {
            self.others
        };
        self.set_others(others);
        self.notice_lumps(wait, now);
        self.tokens = 0.0;
        self.note_emptied(now, later(now, seconds(wait)));
    }

    /// Finds out whether the headers of responses are about this bucket, from those of a refusal
    /// that describes it.
    pub(super) fn compare(&mut self, allowance: Allowance) {
        self.has_headers = is_equal(f64::from(allowance.limit), self.capacity);
    }

    /// Takes in what a response says about the bucket, to a request that went out at `sent`.
    pub(super) fn observe(
        &mut self,
        allowance: Allowance,
        taken: Taken,
        sent: Instant,
        now: Instant,
    ) {
        let limit = f64::from(allowance.limit);
        if !is_equal(limit, self.capacity) {
            if !self.has_headers || allowance.limit == 0 {
                // They are about another bucket.
                return;
            }
            self.refill *= limit / self.capacity;
            self.capacity = limit;
            self.others = 0.0;
        }
        self.has_headers = true;
        self.advance(now);
        let remaining = f64::from(allowance.remaining);
        let (reserved, uncounted) = (f64::from(taken.reserved), f64::from(taken.uncounted));
        self.notice_jump(remaining, uncounted, sent, now);
        let most = remaining + self.came_between(sent, now) - reserved;
        let least = remaining - uncounted - reserved;
        let believed = self.tokens.max(least).min(most);
        let error = believed - self.tokens;
        if error.abs() > 0.0 {
            // Others take what the model has too much; a filter, for they come when they like.
            let inertia = self.period.max(20.0 * self.period / self.refill);
            self.set_others(self.others - error / inertia);
            self.tokens = believed;
        }
    }

    /// Whether it is known to have been empty after a request went out, which was then one of
    /// those that emptied it.
    pub(super) fn was_emptied_after(&self, sent: Instant) -> bool {
        sent <= self.emptied_at
    }

    /// Whether nothing more is known of it than that it is full.
    pub(super) fn is_full(&mut self, now: Instant) -> bool {
        self.advance(now);
        self.tokens >= self.capacity
    }

    fn note_emptied(&mut self, now: Instant, until: Instant) {
        // Whoever reads the clock may have to wait for this bucket.
        self.tokens_at = self.tokens_at.max(now);
        self.emptied_at = self.emptied_at.max(now);
        self.not_before = Some(until);
        self.next_probe = later(now, seconds(PERIODS_BETWEEN_PROBES * self.period));
        self.admitted_probes = 0.0;
        self.seen = Some(Seen {
            remaining: 0.0,
            sent: now,
        });
    }

    /// The wait that a refusal names, which is no shorter than a token takes.
    fn stated_wait(&self, hint: &RateHint) -> f64 {
        hint.wait.as_secs_f64().max(self.period / self.refill)
    }

    /// In tokens a second.
    fn rate(&self) -> f64 {
        self.refill / self.period
    }

    /// What comes for this client, in tokens a second.
    fn net(&self) -> f64 {
        self.rate() * CLOCK_MARGIN - self.others
    }

    fn set_others(&mut self, others: f64) {
        let most = self.rate() * (CLOCK_MARGIN - MIN_SHARE);
        self.others = others.clamp(0.0, most);
    }

    /// What is left in the bucket for others who come when they like.
    fn reserve(&self) -> f64 {
        if self.others > self.rate() * 0.02 {
            (self.capacity / 10.0).floor().min(2.0)
        } else {
            0.0
        }
    }

    /// A wait for a single token is no longer than this, rounded up to a second.
    fn notice_lumps(&mut self, wait: f64, now: Instant) {
        if self.next_lump.is_some() || wait > self.period / self.refill + 1.0 {
            self.next_lump = Some(later(now, seconds(wait)));
        }
    }

    /// More remains than an even flow could have brought: a lump came. Responses overtake
    /// each other, so an old one shows nothing, and what it may not have counted is no lump.
    fn notice_jump(&mut self, remaining: f64, uncounted: f64, sent: Instant, now: Instant) {
        let before = self.seen.replace(Seen { remaining, sent });
        let Some(seen) = before else { return };
        if seen.sent > sent {
            self.seen = Some(seen);
            return;
        }
        let since = now.saturating_duration_since(seen.sent).as_secs_f64();
        let jumped = remaining - seen.remaining > since * self.rate() + 1.0 + uncounted;
        let early = self
            .next_lump
            .is_none_or(|next| next > now && later(now, seconds(self.period)) > next);
        let just_came = self
            .next_lump
            .is_some_and(|next| self.came_since(next, seen.sent));
        if jumped && early && !just_came {
            self.next_lump = Some(later(now, seconds(self.period)));
        }
    }

    /// Whether the lump before `next` came after `then`.
    fn came_since(&self, next: Instant, then: Instant) -> bool {
        next.checked_sub(seconds(self.period))
            .is_some_and(|last| last >= then)
    }

    /// The most that can have come between two times.
    fn came_between(&self, from: Instant, to: Instant) -> f64 {
        match self.next_lump {
            None => to.saturating_duration_since(from).as_secs_f64() * self.rate(),
            Some(next) if self.came_since(next, from) => self.refill,
            Some(_) => 0.0,
        }
    }

    fn advance(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.tokens_at).as_secs_f64();
        self.tokens_at = self.tokens_at.max(now);
        match self.next_lump {
            None => self.tokens += passed * self.net(),
            Some(next) => {
                // Others cannot take what is not there.
                self.tokens = (self.tokens - passed * self.others).max(self.tokens.min(0.0));
                if next <= now {
                    let late = now.saturating_duration_since(next).as_secs_f64();
                    let lumps = (late / self.period).floor() + 1.0;
                    self.tokens += lumps * self.refill;
                    self.next_lump = Some(later(next, seconds(lumps * self.period)));
                }
            }
        }
        self.tokens = self.tokens.min(self.capacity);
    }
}

/// Whether two numbers of the server are the same one.
fn is_equal(one: f64, other: f64) -> bool {
    (one - other).abs() <= f64::EPSILON * one.abs()
}

/// A duration of so many seconds; what is none is as long as it can be.
fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}
