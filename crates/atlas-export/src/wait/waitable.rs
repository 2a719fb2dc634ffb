//! What can be waited for.

use std::{fmt, future::Future, pin::Pin};

use chrono::{DateTime, Utc};

use crate::{Client, Cluster, Error, Project, ProjectId};

/// The future of one look.
pub(crate) type Looking<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// How something ended that was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Success,
    Failure,
    Cancellation,
    /// In a state that this version of the SDK does not know, or in none.
    Unknown,
}

pub(crate) mod sealed {
    /// Keeps [`Waitable`](super::Waitable) to the types of this crate.
    pub trait Sealed {}

    /// The handle by which something is looked at: of a project, or of a cluster.
    pub trait Place: Clone + std::fmt::Debug + Send + Sync + 'static {
        fn client(&self) -> &crate::Client;

        /// The project that rate limits count it to; `None` where what was given is no id.
        fn project(&self) -> Option<&crate::ProjectId>;

        /// The same handle, with the client that becomes of its own.
        #[must_use]
        fn map_client(&self, change: impl FnOnce(&crate::Client) -> crate::Client) -> Self;
    }
}

impl sealed::Place for Project {
    fn client(&self) -> &Client {
        self.client()
    }

    fn project(&self) -> Option<&ProjectId> {
        self.id().ok()
    }

    fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        self.map_client(change)
    }
}

impl sealed::Place for Cluster {
    fn client(&self) -> &Client {
        self.client()
    }

    fn project(&self) -> Option<&ProjectId> {
        self.project().id().ok()
    }

    fn map_client(&self, change: impl FnOnce(&Client) -> Client) -> Self {
        self.map_client(change)
    }
}

/// What can be waited for: export jobs, snapshots, access roles and private endpoints. Not for
/// others to implement.
pub trait Waitable: sealed::Sealed + Clone + fmt::Debug + Send + Sync + 'static {
    /// What Atlas knows it by.
    type Id: Clone + fmt::Debug + fmt::Display + Send + Sync + 'static;

    /// Where it lies.
    #[doc(hidden)]
    type Place: sealed::Place;

    /// What a person calls it.
    #[doc(hidden)]
    const NOUN: &'static str;

    /// What a person says while it goes on.
    #[doc(hidden)]
    const UNFINISHED: &'static str;

    /// Looks at it once.
    #[doc(hidden)]
    fn look(place: &Self::Place, id: &Self::Id) -> Looking<Self>;

    /// How it ended, if there is nothing more to wait for.
    #[doc(hidden)]
    fn end(&self) -> Option<End>;

    /// What Atlas knows it by.
    #[doc(hidden)]
    fn id(&self) -> &Self::Id;

    /// When it began, by Atlas's clock.
    #[doc(hidden)]
    fn began(&self) -> Option<DateTime<Utc>>;

    /// The state that it is in, where there is one.
    #[doc(hidden)]
    fn state(&self) -> Option<String>;

    /// Why it failed, where Atlas says so.
    #[doc(hidden)]
    fn reason(&self) -> Option<String> {
        None
    }

    /// How many of its collections are done, and of how many.
    #[doc(hidden)]
    fn collections(&self) -> Option<(u64, u64)> {
        None
    }
}
