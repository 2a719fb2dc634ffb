//! A request that has gone out, and what its response says about the rate limit.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use http::StatusCode;

use super::{
    families::{Families, LockedFamily, Scope},
    family::SentRequest,
    hint::{RateVerdict, allowance, is_exhausted, rate_hint, retry_after},
};
use crate::{clock::Clock, transport::response::ReceivedResponse};

/// The pause after a 429 that names none (what Atlas advises).
const PAUSE_AFTER_429: Duration = Duration::from_secs(10);

/// The pause after a response that spent the last token of a bucket that is not described.
const PAUSE_WHEN_EXHAUSTED: Duration = Duration::from_secs(1);

/// A request that is in flight. Dropped without a response, it said nothing.
#[derive(Debug)]
pub(crate) struct InFlight {
    pub(super) families: Arc<Families>,
    pub(super) max_pause: Duration,
    pub(super) scope: Scope,
    pub(super) sent: Instant,
    /// In which family, where one was known.
    pub(super) request: Option<(Arc<LockedFamily>, SentRequest)>,
}

impl InFlight {
    /// Takes in what a response says.
    pub(crate) fn answered(mut self, response: &ReceivedResponse, clock: &dyn Clock) {
        let now = clock.now();
        let verdict = if response.status == StatusCode::TOO_MANY_REQUESTS {
            self.refused(response, clock);
            RateVerdict::Refused
        } else {
            self.admitted(response, now);
            RateVerdict::Admitted
        };
        self.complete(verdict, now);
    }

    fn admitted(&self, response: &ReceivedResponse, now: Instant) {
        if let Some(allowance) = allowance(&response.headers)
            && let Some((family, request)) = &self.request
        {
            family.lock().observe(allowance, *request, self.sent, now);
        }
        if is_exhausted(&response.headers) {
            let family = self.families.get_or_add(&self.scope, now);
            family.lock().exhausted(PAUSE_WHEN_EXHAUSTED, now);
        }
    }

    fn refused(&self, response: &ReceivedResponse, clock: &dyn Clock) {
        let now = clock.now();
        let family = self.families.get_or_add(&self.scope, now);
        let asked = retry_after(response, clock.wall());
        let hint = rate_hint(response);
        if let Some(hint) = &hint {
            let allowance = allowance(&response.headers);
            let is_news = {
                let mut family = family.lock();
                let is_news = family.learn(hint, self.sent, now);
                if let Some(allowance) = allowance {
                    family.compare(allowance);
                }
                is_news
            };
            if is_news {
                tracing::info!(
                    wait_seconds = hint.wait.as_secs_f64(),
                    capacity = hint.capacity,
                    refill = hint.refill,
                    period_seconds = hint.period.as_secs_f64(),
                    "a rate limit is known"
                );
            }
        }
        let wait = match (asked, hint) {
            (Some(wait), Some(hint)) if wait <= hint.wait => return,
            (Some(wait), _) => wait,
            (None, Some(_)) => return,
            (None, None) => PAUSE_AFTER_429,
        };
        if !wait.is_zero() {
            let wait = wait.min(self.max_pause);
            family.lock().hold(wait, now);
        }
    }

    fn complete(&mut self, verdict: RateVerdict, now: Instant) {
        if let Some((family, request)) = self.request.take() {
            family.lock().completed(request.pass, verdict, now);
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let sent = self.sent;
        self.complete(RateVerdict::Unknown, sent);
    }
}
