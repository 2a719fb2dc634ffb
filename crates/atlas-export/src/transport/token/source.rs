//! One access token for all clones of a client.
//!
//! Whoever wants a token gets the one that there is, or waits for the one request that is under
//! way. That request runs on a task that no caller owns: no call that is dropped ends it, and
//! none that is not polled holds it up. It has the time-outs of a call, and ends with the last
//! handle of the client. A revocation is such a request too, so that it never meets a renewal.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::watch};
use tracing::{Instrument as _, instrument::WithSubscriber as _};

use super::{
    access_token::AccessToken,
    endpoint::{NoGrant, TokenEndpoint},
    stock::{Flight, Held, Landed, Next, Stock},
    token_error::{Reason, TokenError},
    words::{self, Purpose},
};
use crate::{
    ErrorKind,
    clock::Clock,
    transport::{
        failure::Failure,
        preconditions::{CLIENT_SHUT_DOWN, NO_RUNTIME},
        retry::{RetryPolicy, Situation},
        shutdown::OpenWork,
    },
};

/// How many requests may be lost with their tasks before a call gives up.
const MAX_LOST_FLIGHTS: u32 = 3;

/// What a source goes by.
#[derive(Clone, Copy, Debug)]
pub(in crate::transport) struct TokenRules {
    pub(in crate::transport) retry: RetryPolicy,
    /// The time within which a request and its repetitions begin.
    pub(in crate::transport) call_timeout: Duration,
    /// How long a server's wish to be left alone is believed.
    pub(in crate::transport) max_pause: Duration,
}

/// The token of a client. Dropping it ends what it has under way.
#[derive(Debug)]
pub(in crate::transport) struct TokenSource {
    shared: Arc<Shared>,
    open_work: Arc<OpenWork>,
}

#[derive(Debug)]
struct Shared {
    endpoint: TokenEndpoint,
    rules: TokenRules,
    clock: Arc<dyn Clock>,
    stock: Mutex<Stock>,
}

/// What a request does.
enum Errand {
    Fetch,
    Revoke(Held),
}

impl TokenSource {
    pub(in crate::transport) fn new(
        endpoint: TokenEndpoint,
        rules: TokenRules,
        clock: Arc<dyn Clock>,
        open_work: Arc<OpenWork>,
    ) -> Self {
        let shared = Shared {
            endpoint,
            rules,
            clock,
            stock: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            open_work,
        }
    }

    /// A token, as soon as there is one.
    pub(in crate::transport) async fn token(&self) -> Result<AccessToken, TokenError> {
        for _ in 0..=MAX_LOST_FLIGHTS {
            let flight = {
                let mut stock = self.shared.stock();
                match stock.next(self.shared.clock.now()) {
                    Next::Use(token) => return Ok(token),
                    Next::UseAndRenew(token) => {
                        // Whether it begins is of no concern while this one is good.
                        let _ = self.begin(stock, Errand::Fetch);
                        return Ok(token);
                    }
                    Next::Fail(error) => return Err(error),
                    Next::Wait(flight) => flight,
                    Next::Fetch => self.begin(stock, Errand::Fetch)?,
                }
            };
            match (flight.purpose, landed(flight.landed).await) {
                (Purpose::Fetch, Some(Landed::Token(token))) => return Ok(token),
                (Purpose::Fetch, Some(Landed::Failed(error))) => return Err(error),
                // The next look tells.
                _ => {}
            }
        }
        Err(lost())
    }

    /// Gives the token back, if there is one.
    pub(in crate::transport) async fn revoke(&self) -> Result<(), TokenError> {
        for _ in 0..=MAX_LOST_FLIGHTS {
            let flight = {
                let mut stock = self.shared.stock();
                match stock.flight.clone() {
                    Some(flight) => flight,
                    None => match stock.take() {
                        Some(held) => self.begin(stock, Errand::Revoke(held))?,
                        None => return Ok(()),
                    },
                }
            };
            match (flight.purpose, landed(flight.landed).await) {
                (Purpose::Revoke, Some(Landed::Revoked)) => return Ok(()),
                (Purpose::Revoke, Some(Landed::Failed(error))) => return Err(error),
                // What was fetched meanwhile is given back as well.
                _ => {}
            }
        }
        Err(lost())
    }

    /// The server has let a request in with this token.
    pub(in crate::transport) fn note_worked(&self, token: &AccessToken) {
        self.shared.stock().note_worked(token.number());
    }

    /// The server does not know this token.
    pub(in crate::transport) fn note_refused(&self, token: &AccessToken) {
        let why = Reason {
            status: Some(401),
            ..Reason::new(
                ErrorKind::Authentication,
                "the server refuses each access token that it has just given out, so that none is \
                 asked for at once: check that the service account still exists and that the \
                 project belongs to its organization",
            )
        };
        let now = self.shared.clock.now();
        self.shared
            .stock()
            .note_refused(token.number(), why.into(), now);
    }

    /// Begins a request on a task of its own. Nothing else is under way.
    fn begin(
        &self,
        mut stock: MutexGuard<'_, Stock>,
        errand: Errand,
    ) -> Result<Flight, TokenError> {
        let refused = |message| Err(Reason::new(ErrorKind::Config, message).into());
        let (Ok(runtime), Ok(open)) = (Handle::try_current(), self.open_work.begin_task()) else {
            if let Errand::Revoke(held) = errand {
                stock.put_back(held);
            }
            return refused(if self.open_work.is_shut_down() {
                CLIENT_SHUT_DOWN
            } else {
                NO_RUNTIME
            });
        };
        let number = stock.number();
        let (sender, receiver) = watch::channel(None);
        let purpose = match errand {
            Errand::Fetch => Purpose::Fetch,
            Errand::Revoke(_) => Purpose::Revoke,
        };
        let flight = Flight {
            number,
            purpose,
            landed: receiver,
            task: None,
        };
        stock.flight = Some(flight.clone());
        // A runtime that is shutting down drops the task at once, and that wants the lock.
        drop(stock);
        let id = open.id();
        let end = FlightEnd {
            shared: self.shared.clone(),
            number,
            sender,
        };
        let work = async move {
            let _open = open;
            let landed = end.shared.run(errand).await;
            // Whoever looks from now on finds what came of it.
            end.shared.stock().end_flight(end.number);
            end.sender.send_replace(Some(landed));
        };
        let span = tracing::debug_span!(parent: None, "atlas.token");
        let task = runtime.spawn(work.instrument(span).with_current_subscriber());
        self.open_work.task_started(id, task.abort_handle());
        let mut stock = self.shared.stock();
        if let Some(flight) = stock
            .flight
            .as_mut()
            .filter(|flight| flight.number == number)
        {
            flight.task = Some(task.abort_handle());
        }
        Ok(flight)
    }
}

impl Drop for TokenSource {
    fn drop(&mut self) {
        if let Some(task) = self
            .shared
            .stock()
            .flight
            .take()
            .and_then(|flight| flight.task)
        {
            task.abort();
        }
    }
}

/// The end of a request, also of one whose task is dropped: others may begin one then.
struct FlightEnd {
    shared: Arc<Shared>,
    number: u64,
    /// Closed after that.
    sender: watch::Sender<Option<Landed>>,
}

impl Drop for FlightEnd {
    fn drop(&mut self) {
        self.shared.stock().end_flight(self.number);
    }
}

/// How a request ended; `None` where its task was lost.
async fn landed(mut landed: watch::Receiver<Option<Landed>>) -> Option<Landed> {
    let landed = landed.wait_for(Option::is_some).await.ok()?;
    landed.clone()
}

fn lost() -> TokenError {
    let reason = Reason {
        transient: true,
        ..Reason::new(
            ErrorKind::Transport,
            "no access token: the task that asks for it was lost again and again: see the log of \
             this program, and keep its runtime until the call has returned",
        )
    };
    reason.into()
}

impl Shared {
    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(&self, errand: Errand) -> Landed {
        match errand {
            Errand::Fetch => self.fetch().await,
            Errand::Revoke(held) => self.give_back(held).await,
        }
    }

    async fn fetch(&self) -> Landed {
        let ask = || {
            self.repeated(
                || self.endpoint.ask(),
                |no_grant| match no_grant {
                    NoGrant::Failed(failure) => Some(failure),
                    NoGrant::Unusable(_) => None,
                },
            )
        };
        let mut fetched = ask().await;
        // A secret that has worked is not wrong after one refusal.
        if fetched.as_ref().is_err_and(NoGrant::is_about_the_account) && self.stock().has_granted()
        {
            fetched = ask().await;
        }
        let mut stock = self.stock();
        match fetched {
            Ok((grant, asked)) => {
                tracing::debug!(lifetime_seconds = grant.lifetime.as_secs(), "got a token");
                Landed::Token(stock.keep(grant, asked))
            }
            Err(why) => {
                let (host, now) = (self.endpoint.host(), self.clock.wall());
                let error = TokenError::from(words::of_no_grant(why, &host, now));
                stock.note_failed(&error, self.rules.max_pause, self.clock.now());
                Landed::Failed(error)
            }
        }
    }

    async fn give_back(&self, held: Held) -> Landed {
        let ask = || self.endpoint.give_back(held.token());
        match self.repeated(ask, |failure| Some(failure)).await {
            Ok(()) => {
                tracing::debug!("gave the token back");
                Landed::Revoked
            }
            Err(failure) => {
                let (host, now) = (self.endpoint.host(), self.clock.wall());
                self.stock().put_back(held);
                Landed::Failed(words::of_failure(failure, Purpose::Revoke, &host, now).into())
            }
        }
    }

    /// Asks until it succeeds, or until the policy says that it is enough. Neither endpoint does
    /// harm when it is asked twice.
    async fn repeated<T, E, F: Future<Output = Result<T, E>> + Send>(
        &self,
        ask: impl Fn() -> F + Send,
        failure_of: impl for<'e> Fn(&'e E) -> Option<&'e Failure> + Send,
    ) -> Result<T, E> {
        let started: Instant = self.clock.now();
        let mut attempts = 0_u32;
        loop {
            attempts = attempts.saturating_add(1);
            let error = match ask().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let wait = failure_of(&error).and_then(|failure| {
                let situation = Situation {
                    failure,
                    is_idempotent: true,
                    attempts,
                    elapsed: self.clock.now().saturating_duration_since(started),
                    call_timeout: self.rules.call_timeout,
                };
                self.rules.retry.decide(&situation, &*self.clock)
            });
            tracing::debug!(
                error.type = failure_of(&error).map(Failure::reason),
                wait_seconds = wait.map(|wait| wait.as_secs_f64()),
                "the token endpoint failed"
            );
            match wait {
                Some(wait) => self.clock.sleep(wait).await,
                None => return Err(error),
            }
        }
    }
}
