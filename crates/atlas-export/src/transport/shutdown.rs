//! Shutting down: the calls and tasks that are under way for a client, and how they end.

use std::{
    collections::BTreeMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::select;
use tokio::{sync::Notify, task::AbortHandle};

use crate::clock::Sleep;

/// The calls and the tasks of a client.
#[derive(Debug, Default)]
pub(super) struct OpenWork {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    calls: usize,
    /// The task of each attempt, once it has been started.
    tasks: BTreeMap<u64, Option<AbortHandle>>,
    next_id: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Open,
    /// No call begins.
    Closing,
    /// No attempt begins either.
    Closed,
}

/// The client was shut down.
#[derive(Clone, Copy, Debug)]
pub(super) struct ShutDown;

/// A call under way.
#[derive(Debug)]
pub(super) struct OpenCall<'a>(&'a OpenWork);

/// An attempt under way; moved into its task, so that it ends with it.
#[derive(Debug)]
pub(super) struct OpenTask {
    work: Arc<OpenWork>,
    id: u64,
}

impl OpenWork {
    pub(super) fn begin_call(&self) -> Result<OpenCall<'_>, ShutDown> {
        let mut state = self.lock();
        if state.phase > Phase::Open {
            return Err(ShutDown);
        }
        state.calls += 1;
        Ok(OpenCall(self))
    }

    pub(super) fn begin_task(self: &Arc<Self>) -> Result<OpenTask, ShutDown> {
        let mut state = self.lock();
        if state.phase > Phase::Closing {
            return Err(ShutDown);
        }
        let id = state.next_id;
        state.next_id = id.wrapping_add(1);
        state.tasks.insert(id, None);
        Ok(OpenTask {
            work: self.clone(),
            id,
        })
    }

    /// Tells how the task of an attempt is aborted, if it is not over already.
    pub(super) fn task_started(&self, id: u64, handle: AbortHandle) {
        let mut state = self.lock();
        let is_closed = state.phase == Phase::Closed;
        if let Some(task) = state.tasks.get_mut(&id) {
            if is_closed {
                handle.abort();
            }
            *task = Some(handle);
        }
    }

    pub(super) fn is_shut_down(&self) -> bool {
        self.lock().phase > Phase::Open
    }

    /// Over when no attempt begins any more.
    pub(super) async fn closed(&self) {
        self.until(|state| state.phase == Phase::Closed).await;
    }

    /// Lets no call begin any more, waits for those under way until `deadline`, and ends the
    /// rest, for at most `grace`: a task ends when its runtime gets to it. Returns how many calls
    /// were cut off.
    pub(super) async fn shut_down(&self, deadline: Sleep, grace: Sleep) -> usize {
        {
            let mut state = self.lock();
            state.phase = state.phase.max(Phase::Closing);
        }
        select(pin!(self.until(|state| state.calls == 0)), deadline).await;
        let cut_off = {
            let mut state = self.lock();
            state.phase = Phase::Closed;
            for task in state.tasks.values().flatten() {
                task.abort();
            }
            state.calls
        };
        self.changed.notify_waiters();
        select(pin!(self.until(|state| state.tasks.is_empty())), grace).await;
        cut_off
    }

    async fn until(&self, condition: impl Fn(&State) -> bool) {
        loop {
            let mut changed = pin!(self.changed.notified());
            // Before the look, so that no change slips past.
            changed.as_mut().enable();
            if condition(&self.lock()) {
                return;
            }
            changed.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenTask {
    pub(super) fn id(&self) -> u64 {
        self.id
    }
}

impl Drop for OpenCall<'_> {
    fn drop(&mut self) {
        self.0.lock().calls -= 1;
        self.0.changed.notify_waiters();
    }
}

impl Drop for OpenTask {
    fn drop(&mut self) {
        self.work.lock().tasks.remove(&self.id);
        self.work.changed.notify_waiters();
    }
}
