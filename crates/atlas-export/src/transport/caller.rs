//! Who makes a request, as far as waiting for rate limits goes.
//!
//! A caller is a plain call, or one stream, one wait for many, one fleet, however many requests
//! it makes. Where a rate limit holds requests back, callers take turns, so that a crowd of one
//! caller does not starve another. A caller that waits for something anyway may have the patience
//! to be held back for longer than a call may take.

use std::{sync::Arc, time::Duration};

/// A caller. Of the default, which a plain call is, each is another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// Shared by the requests of one caller of many.
    mark: Option<Arc<Mark>>,
    patience: Duration,
}

/// Something with an address.
#[derive(Debug)]
struct Mark {
    _address: u8,
}

impl Caller {
    /// The caller of many requests that this is, or is now: its clones are the same one.
    pub(crate) fn of_many(&self) -> Self {
        let mark = self.mark.clone();
        Self {
            mark: mark.or_else(|| Some(Arc::new(Mark { _address: 0 }))),
            patience: self.patience,
        }
    }

    /// The same caller, which may be held back for so long beyond what a call may take.
    pub(crate) fn patient(&self, patience: Duration) -> Self {
        Self {
            mark: self.mark.clone(),
            patience,
        }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether both are one.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.mark, &other.mark) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}
