//! The session of the credentials that a provider gives, and another where they are refused.
//!
//! The provider is asked on a task that no caller owns: no call that is dropped ends it, and none
//! that is not polled holds it up. It has the time of an attempt, and ends with the last handle of
//! the client. Whoever wants credentials meanwhile waits for what it gives.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt as _,
    future::{Either, select},
};
use tokio::{runtime::Handle, sync::watch};
use tracing::{Instrument as _, instrument::WithSubscriber as _};

use super::{
    generations::{Flight, Generations, Landed, Next},
    provider_error::ProviderError,
};
use crate::{
    credentials::{CheckedCredentials, Credentials, CredentialsProvider},
    transport::{
        preconditions::{CLIENT_SHUT_DOWN, NO_RUNTIME},
        session::{Session, SessionOpener},
    },
};

/// How often the provider may be lost with its task before a call gives up.
const MAX_LOST_FLIGHTS: u32 = 3;

/// What asks a provider. Dropping it ends what is under way.
#[derive(Debug)]
pub(in crate::transport) struct SessionSource(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    provider: CredentialsProvider,
    opener: SessionOpener,
    generations: Mutex<Generations>,
}

impl SessionSource {
    pub(in crate::transport) fn new(provider: CredentialsProvider, opener: SessionOpener) -> Self {
        Self(Arc::new(Shared {
            provider,
            opener,
            generations: Mutex::default(),
        }))
    }

    /// A session, as soon as there is one.
    pub(in crate::transport) async fn session(&self) -> Result<Session, ProviderError> {
        for _ in 0..=MAX_LOST_FLIGHTS {
            let flight = {
                let mut generations = self.0.generations();
                match generations.next(self.0.opener.clock.now()) {
                    Next::Use(session) => return Ok(session),
                    Next::Fail(error) => return Err(error),
                    Next::Wait(flight) => flight,
                    Next::Ask => self.begin(&mut generations)?,
                }
            };
            if let Some(Err(error)) = landed(flight.landed).await {
                return Err(error);
            }
        }
        Err(ProviderError::lost())
    }

    /// Another session than this one, which the server refuses; `None` where the provider gives the
    /// same credentials again.
    pub(in crate::transport) async fn other(
        &self,
        refused: u64,
    ) -> Result<Option<Session>, ProviderError> {
        let now = self.0.opener.clock.now();
        self.0.generations().note_refused(refused, now);
        let session = self.session().await?;
        Ok((session.number != refused).then_some(session))
    }

    /// The session that there is, without asking for one.
    pub(in crate::transport) fn known(&self) -> Option<Session> {
        self.0.generations().session().cloned()
    }

    /// Asks on a task of its own. Nothing else is under way.
    fn begin(&self, generations: &mut Generations) -> Result<Flight, ProviderError> {
        let open_work = &self.0.opener.open_work;
        let Ok(runtime) = Handle::try_current() else {
            return Err(ProviderError::not_asked(NO_RUNTIME));
        };
        let Ok(open) = open_work.begin_task() else {
            return Err(ProviderError::not_asked(CLIENT_SHUT_DOWN));
        };
        let id = open.id();
        let (sender, receiver) = watch::channel(None);
        let shared = self.0.clone();
        let work = async move {
            let _open = open;
            // Whoever looks from now on finds what came of it.
            let landed = shared.ask().await;
            sender.send_replace(Some(landed));
        };
        let span = tracing::debug_span!(parent: None, "atlas.credentials");
        // A runtime that is shutting down drops this at once, which wants no lock of ours.
        let task = runtime.spawn(work.instrument(span).with_current_subscriber());
        open_work.task_started(id, task.abort_handle());
        let flight = Flight {
            landed: receiver,
            task: task.abort_handle(),
        };
        generations.flight = Some(flight.clone());
        Ok(flight)
    }
}

impl Drop for SessionSource {
    fn drop(&mut self) {
        if let Some(flight) = self.0.generations().flight.take() {
            flight.task.abort();
        }
    }
}

/// How asking ended; `None` where its task was lost.
async fn landed(mut landed: watch::Receiver<Option<Landed>>) -> Option<Landed> {
    let landed = landed.wait_for(Option::is_some).await.ok()?;
    landed.clone()
}

impl Shared {
    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self) -> Landed {
        let given = self.given().await.and_then(|given| self.take(given));
        if let Err(error) = &given {
            let now = self.opener.clock.now();
            self.generations().note_failed(error, now);
            tracing::debug!("the provider gave no credentials");
        }
        given
    }

    /// What the provider gives in the time that it has.
    async fn given(&self) -> Result<Credentials, ProviderError> {
        let after = self.opener.limits.attempt_timeout;
        let asked = pin!(AssertUnwindSafe(self.provider.ask()).catch_unwind());
        match select(asked, self.opener.clock.guard(after)).await {
            Either::Left((Ok(Ok(given)), _)) => Ok(given),
            Either::Left((Ok(Err(failure)), _)) => Err(ProviderError::failed(failure)),
            Either::Left((Err(_), _)) => Err(ProviderError::panicked()),
            Either::Right(_) => Err(ProviderError::timed_out(after)),
        }
    }

    /// Begins a session with what the provider gave, unless that is what there is.
    fn take(&self, given: Credentials) -> Result<(), ProviderError> {
        let mut generations = self.generations();
        if generations.confirm(&given, self.opener.clock.now()) {
            tracing::warn!(
                credentials = %given.describe(),
                "the server refuses these credentials, and their provider gives the same again"
            );
            return Ok(());
        }
        let description = given.describe();
        let checked = given.clone().check();
        let checked = checked.map_err(|error| ProviderError::unusable(&error.to_string()))?;
        let CheckedCredentials::Pair(pair) = checked else {
            return Err(ProviderError::nested());
        };
        tracing::debug!(credentials = %description, "got credentials");
        let number = generations.number();
        let session = self.opener.open(number, pair, description);
        generations.keep(given, session);
        Ok(())
    }
}
