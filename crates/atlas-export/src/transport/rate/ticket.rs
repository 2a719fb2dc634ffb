//! The permission to send one request, used when it goes out.

use std::{sync::Arc, time::Instant};

use super::families::{LockedFamily, Scope};

/// A permission; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Ticket {
    /// `None` where no limit was known.
    pub(super) place: Option<QueuePlace>,
    pub(super) scope: Scope,
}

/// A place in a queue, given up when it is dropped.
#[derive(Debug)]
pub(super) struct QueuePlace {
    pub(super) family: Arc<LockedFamily>,
    pub(super) id: u64,
    pub(super) since: Instant,
}

impl Drop for QueuePlace {
    fn drop(&mut self) {
        // There is no clock here; whoever is woken has one.
        self.family.lock().leave(self.id, self.since);
    }
}
