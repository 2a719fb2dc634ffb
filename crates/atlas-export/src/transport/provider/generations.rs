//! What is known of the credentials that a provider gives: no I/O, and no time but the one that is
//! handed in.
//!
//! | what there is | what a call does |
//! |---|---|
//! | credentials that the server has not refused, or that the provider stands by | uses them |
//! | none, or refused ones, and the provider is being asked | waits for that |
//! | none, or refused ones, and a failure of a moment ago | fails with what that said |
//! | none, or refused ones | asks the provider |

use std::time::{Duration, Instant};

use tokio::{sync::watch, task::AbortHandle};

use super::provider_error::ProviderError;
use crate::{clock::later, credentials::Credentials, transport::session::Session};

/// How long an answer of the provider that changes nothing is remembered: a failure, or the
/// credentials that were refused.
const REMEMBERED: Duration = Duration::from_secs(1);

/// How asking ended.
pub(super) type Landed = Result<(), ProviderError>;

/// The provider is being asked.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) landed: watch::Receiver<Option<Landed>>,
    pub(super) task: AbortHandle,
}

impl Flight {
    /// Also where its task was lost, which says nothing.
    fn is_over(&self) -> bool {
        self.landed.has_changed().is_err() || self.landed.borrow().is_some()
    }
}

/// What is known of the credentials.
#[derive(Debug, Default)]
pub(super) struct Generations {
    current: Option<Generation>,
    pub(super) flight: Option<Flight>,
    failure: Option<(Instant, ProviderError)>,
    last_number: u64,
}

/// The credentials that there are.
#[derive(Debug)]
struct Generation {
    credentials: Credentials,
    session: Session,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Not refused, as far as is known.
    Good,
    Refused,
    /// Refused, but the provider gave the same again; it is not asked before this time.
    Confirmed(Instant),
}

/// What a call does that wants credentials.
#[derive(Debug)]
pub(super) enum Next {
    Use(Session),
    Wait(Flight),
    Fail(ProviderError),
    Ask,
}

impl Generations {
    /// What a call does that wants credentials now.
    pub(super) fn next(&self, now: Instant) -> Next {
        let current = self.current.as_ref();
        if let Some(good) = current.filter(|current| current.standing != Standing::Refused) {
            return Next::Use(good.session.clone());
        }
        if let Some(flight) = self.flight.as_ref().filter(|flight| !flight.is_over()) {
            return Next::Wait(flight.clone());
        }
        match &self.failure {
            Some((until, error)) if now < *until => Next::Fail(error.clone()),
            _ => Next::Ask,
        }
    }

    /// The session that there is, refused or not.
    pub(super) fn session(&self) -> Option<&Session> {
        self.current.as_ref().map(|current| &current.session)
    }

    /// The server refuses the credentials of this session.
    pub(super) fn note_refused(&mut self, number: u64, now: Instant) {
        let current = self.current.as_mut();
        let Some(current) = current.filter(|current| current.session.number == number) else {
            return;
        };
        match current.standing {
            Standing::Confirmed(until) if now < until => {}
            _ => current.standing = Standing::Refused,
        }
    }

    /// A number that no session had before.
    pub(super) fn number(&mut self) -> u64 {
        self.last_number = self.last_number.wrapping_add(1);
        self.last_number
    }

    /// The provider gives these again: whether that is so.
    pub(super) fn confirm(&mut self, given: &Credentials, now: Instant) -> bool {
        let current = self.current.as_mut();
        let Some(same) = current.filter(|current| current.credentials.is_same(given)) else {
            return false;
        };
        same.standing = Standing::Confirmed(later(now, REMEMBERED));
        self.failure = None;
        true
    }

    /// There are new ones.
    pub(super) fn keep(&mut self, credentials: Credentials, session: Session) {
        self.current = Some(Generation {
            credentials,
            session,
            standing: Standing::Good,
        });
        self.failure = None;
    }

    /// There are none.
    pub(super) fn note_failed(&mut self, error: &ProviderError, now: Instant) {
        self.failure = Some((later(now, REMEMBERED), error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use digest_lanes::{LaneLimits, Lanes};

    use super::*;
    use crate::transport::session::Authentication;

    fn credentials(private: &str) -> Credentials {
        Credentials::api_key("abcdefgh", private)
    }

    /// Keeps new credentials; the number of their session.
    fn keep(generations: &mut Generations, private: &str) -> u64 {
        let number = generations.number();
        let key = digest_lanes::Credentials::new("abcdefgh", private);
        let lanes = Lanes::new(key, LaneLimits::default());
        let session = Session {
            number,
            description: "".into(),
            authentication: Authentication::Digest(Arc::new(lanes)),
        };
        generations.keep(credentials(private), session);
        number
    }

    fn word(generations: &Generations, now: Instant) -> &'static str {
        match generations.next(now) {
            Next::Use(_) => "use",
            Next::Wait(_) => "wait",
            Next::Fail(_) => "fail",
            Next::Ask => "ask",
        }
    }

    #[test]
    fn a_late_refusal_of_the_credentials_before_says_nothing_against_the_new_ones() {
        let (mut generations, now) = (Generations::default(), Instant::now());
        assert_eq!(word(&generations, now), "ask");
        let old = keep(&mut generations, "old");
        generations.note_refused(old, now);
        assert_eq!(word(&generations, now), "ask");
        let new = keep(&mut generations, "new");
        generations.note_refused(old, now);
        assert_eq!(word(&generations, now), "use");
        generations.note_refused(new, now);
        assert_eq!(word(&generations, now), "ask");
    }

    #[test]
    fn credentials_that_the_provider_stands_by_are_asked_for_again_after_a_second() {
        let (mut generations, now) = (Generations::default(), Instant::now());
        let number = keep(&mut generations, "same");
        generations.note_refused(number, now);
        assert!(!generations.confirm(&credentials("other"), now));
        assert!(generations.confirm(&credentials("same"), now));
        generations.note_refused(number, now);
        assert_eq!(word(&generations, now), "use");
        let later = now + REMEMBERED;
        generations.note_refused(number, later);
        assert_eq!(word(&generations, later), "ask");
    }
}
