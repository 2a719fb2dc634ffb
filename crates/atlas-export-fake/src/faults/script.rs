//! Which request meets which fault.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::faults::fault::Fault;
use crate::faults::request_match::{Match, RequestHead};

/// A test's own function.
pub(crate) type Chooser = Arc<dyn Fn(&RequestHead) -> Option<Fault> + Send + Sync>;

/// The faults of one fake.
#[derive(Default)]
pub(crate) struct Script(Mutex<Plan>);

#[derive(Default)]
struct Plan {
    requests: u64,
    once: VecDeque<(Match, Fault)>,
    chooser: Option<Chooser>,
}

impl Script {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers a request.
    pub(crate) fn number(&self) -> u64 {
        let mut plan = self.plan();
        plan.requests = plan.requests.saturating_add(1);
        plan.requests
    }

    /// The fault that `head` meets. One that was injected comes before one of the test's function,
    /// which is asked in any case.
    pub(crate) fn fault(&self, head: &RequestHead) -> Option<Fault> {
        let (injected, chooser) = {
            let mut plan = self.plan();
            let fits = plan.once.iter().position(|(which, _)| which.fits(head));
            let injected = fits.and_then(|index| plan.once.remove(index));
            (injected, plan.chooser.clone())
        };
        // Without the lock: the test's own code may well inject something.
        let chosen = chooser.and_then(|chooser| chooser(head));
        injected.map(|(_, fault)| fault).or(chosen)
    }

    /// Adds a fault for the next request that fits.
    pub(crate) fn inject(&self, which: Match, fault: Fault) {
        self.plan().once.push_back((which, fault));
    }

    /// Replaces the test's function.
    pub(crate) fn choose_by(&self, chooser: Chooser) {
        self.plan().chooser = Some(chooser);
    }

    /// How many injected faults no request has met.
    pub(crate) fn left(&self) -> usize {
        self.plan().once.len()
    }

    /// Takes back the function and the faults that no request has met.
    pub(crate) fn clear(&self) {
        let mut plan = self.plan();
        plan.once.clear();
        plan.chooser = None;
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.plan();
        f.debug_struct("Script")
            .field("requests", &plan.requests)
            .field("once", &plan.once)
            .field("chooser", &plan.chooser.is_some())
            .finish()
    }
}
