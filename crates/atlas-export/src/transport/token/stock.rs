//! What is known of the access token: no I/O, and no time but the one that is handed in.
//!
//! | what there is | what a call does |
//! |---|---|
//! | a good token | uses it |
//! | a token that is good, but not for long | uses it, and begins a renewal, unless one is under way or has failed a moment ago |
//! | no good token, and a request for one | waits for that one |
//! | neither, and a refusal of a moment ago | fails with what that said |
//! | neither | begins a request |

use std::time::{Duration, Instant};

use tokio::{sync::watch, task::AbortHandle};

use super::{access_token::AccessToken, grant::Grant, token_error::TokenError, words::Purpose};
use crate::clock::later;

/// The longest time before its end in which a token is renewed.
const MAX_MARGIN: Duration = Duration::from_secs(300);

/// How long a definite refusal is remembered.
const REFUSAL_REMEMBERED: Duration = Duration::from_secs(1);

/// The longest pause where the server refuses each token that it has just given out.
const MAX_PAUSE_OF_NEW_TOKENS: Duration = Duration::from_secs(60);

/// How long a 429 without a wait is respected, as for calls.
const DEFAULT_RATE_WAIT: Duration = Duration::from_secs(10);

/// How a request to the endpoint ended.
#[derive(Clone, Debug)]
pub(super) enum Landed {
    Token(AccessToken),
    Revoked,
    Failed(TokenError),
}

/// A request to the endpoint that is under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) number: u64,
    pub(super) purpose: Purpose,
    pub(super) landed: watch::Receiver<Option<Landed>>,
    pub(super) task: Option<AbortHandle>,
}

/// What is known of the token.
#[derive(Debug, Default)]
pub(super) struct Stock {
    held: Option<Held>,
    pub(super) flight: Option<Flight>,
    pause: Option<Pause>,
    /// No renewal begins before.
    renew_after: Option<Instant>,
    /// How many tokens were refused one after the other of which none had worked.
    refused_unused: u32,
    last_number: u64,
    has_granted: bool,
}

/// Until when nothing is asked for, and what a call is told that has no token.
#[derive(Debug)]
struct Pause {
    until: Instant,
    told: TokenError,
    cause: PauseCause,
}

#[derive(Debug, PartialEq, Eq)]
enum PauseCause {
    /// The endpoint gives none.
    Endpoint,
    /// It gives tokens, but none of them has worked.
    TokensRefused,
}

/// A token that is not known to be bad.
#[derive(Debug)]
pub(super) struct Held {
    token: AccessToken,
    renew_at: Instant,
    /// Somewhat before the server's own end, as a request takes its time.
    ends_at: Instant,
    margin: Duration,
    has_worked: bool,
}

impl Held {
    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }
}

/// What a call that wants a token does.
#[derive(Debug)]
pub(super) enum Next {
    Use(AccessToken),
    UseAndRenew(AccessToken),
    Wait(Flight),
    Fail(TokenError),
    Fetch,
}

impl Stock {
    /// What a call does that wants a token now.
    pub(super) fn next(&mut self, now: Instant) -> Next {
        if self.pause.as_ref().is_some_and(|pause| now >= pause.until) {
            self.pause = None;
        }
        if let Some(held) = self.held.as_ref().filter(|held| now < held.ends_at) {
            let is_due = now >= held.renew_at
                && self.flight.is_none()
                && self.pause.is_none()
                && self.renew_after.is_none_or(|after| now >= after);
            let token = held.token.clone();
            return if is_due {
                Next::UseAndRenew(token)
            } else {
                Next::Use(token)
            };
        }
        if let Some(flight) = &self.flight {
            return Next::Wait(flight.clone());
        }
        match &self.pause {
            Some(Pause { until, told, .. }) => {
                Next::Fail(told.with_wait(until.saturating_duration_since(now)))
            }
            None => Next::Fetch,
        }
    }

    /// Whether there has ever been a token.
    pub(super) fn has_granted(&self) -> bool {
        self.has_granted
    }

    /// A number that none had before.
    pub(super) fn number(&mut self) -> u64 {
        self.last_number = self.last_number.wrapping_add(1);
        self.last_number
    }

    /// There is a token, which was asked for at this time.
    pub(super) fn keep(&mut self, grant: Grant, asked: Instant) -> AccessToken {
        let token = grant.token.numbered(self.number());
        let margin = (grant.lifetime / 10).min(MAX_MARGIN);
        self.held = Some(Held {
            token: token.clone(),
            renew_at: later(asked, grant.lifetime.saturating_sub(margin)),
            ends_at: later(asked, grant.lifetime.saturating_sub(margin / 10)),
            margin,
            has_worked: false,
        });
        self.pause = None;
        self.renew_after = None;
        self.has_granted = true;
        token
    }

    /// There is none. `max_pause` is how long a server's wish to be left alone is believed.
    pub(super) fn note_failed(&mut self, error: &TokenError, max_pause: Duration, now: Instant) {
        let pause = if error.is_definite() {
            Some(REFUSAL_REMEMBERED)
        } else if error.is_rate_limit() {
            Some(
                error
                    .retry_after()
                    .unwrap_or(DEFAULT_RATE_WAIT)
                    .min(max_pause),
            )
        } else {
            error.retry_after().map(|wait| wait.min(max_pause))
        };
        if let Some(pause) = pause {
            self.pause = Some(Pause {
                until: later(now, pause),
                told: error.clone(),
                cause: PauseCause::Endpoint,
            });
        }
        if let Some(held) = &self.held {
            self.renew_after = Some(later(now, held.margin / 10));
        }
    }

    /// The server has let a request in with this token. One that has been refused meanwhile counts
    /// too: of many calls at once the first to hear may be one that a gateway turned away.
    pub(super) fn note_worked(&mut self, number: u64) {
        if let Some(held) = self.current(number) {
            held.has_worked = true;
        }
        self.refused_unused = 0;
        self.pause
            .take_if(|pause| pause.cause == PauseCause::TokensRefused);
    }

    /// The server does not know this token, so it is used no more. Of a token that has never
    /// worked the next may be no better: then each pause is twice the one before.
    pub(super) fn note_refused(&mut self, number: u64, why: TokenError, now: Instant) {
        let Some(held) = self.current(number) else {
            return;
        };
        if held.has_worked {
            self.refused_unused = 0;
        } else {
            self.refused_unused = self.refused_unused.saturating_add(1);
        }
        self.held = None;
        if let Some(doublings) = self.refused_unused.checked_sub(2) {
            let pause = REFUSAL_REMEMBERED.saturating_mul(2_u32.saturating_pow(doublings));
            self.pause = Some(Pause {
                until: later(now, pause.min(MAX_PAUSE_OF_NEW_TOKENS)),
                told: why,
                cause: PauseCause::TokensRefused,
            });
        }
    }

    /// Takes the token out, to be revoked.
    pub(super) fn take(&mut self) -> Option<Held> {
        self.held.take()
    }

    /// Puts a token back that was not revoked.
    pub(super) fn put_back(&mut self, held: Held) {
        self.held.get_or_insert(held);
    }

    /// A request is over, however it ended.
    pub(super) fn end_flight(&mut self, number: u64) {
        if self
            .flight
            .as_ref()
            .is_some_and(|flight| flight.number == number)
        {
            self.flight = None;
        }
    }

    fn current(&mut self, number: u64) -> Option<&mut Held> {
        let held = self.held.as_mut();
        held.filter(|held| held.token.number() == number)
    }
}

#[cfg(test)]
mod tests;
