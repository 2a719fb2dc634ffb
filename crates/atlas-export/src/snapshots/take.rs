//! A snapshot that is taken on demand.

use std::{
    future::{Future, IntoFuture},
    num::NonZeroU32,
    pin::Pin,
};

use atlas_export_api::{
    calls,
    operations::TAKE_SNAPSHOT,
    types::{NewSnapshot, Snapshot},
};

use crate::{Cluster, Error, request::call_options};

/// A snapshot that is about to be taken: await it. Made by
/// [`Snapshots::take`](crate::Snapshots::take).
///
/// ```no_run
/// # async fn example(snapshots: atlas_export::Snapshots) -> Result<(), atlas_export::Error> {
/// let begun = snapshots.take().description("before the move").retention_days(7).await?;
/// println!("{} is {:?}", begun.id, begun.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "no snapshot is taken until it is awaited"]
pub struct TakeSnapshot {
    cluster: Cluster,
    description: Option<String>,
    retention_days: Option<u32>,
}

impl TakeSnapshot {
    pub(super) fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            description: None,
            retention_days: None,
        }
    }

    /// What it is taken for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// How many days Atlas keeps it, at least 1; by default as long as Atlas likes.
    pub fn retention_days(mut self, days: u32) -> Self {
        self.retention_days = Some(days);
        self
    }

    call_options!(cluster);

    async fn run(self) -> Result<Snapshot, Error> {
        let mut body = NewSnapshot::new();
        body.description = self.description;
        body.retention_in_days = self.retention_days.map(retention).transpose()?;
        let take = |project_id, cluster_name| calls::TakeSnapshot {
            project_id,
            cluster_name,
            body,
        };
        self.cluster.request(take).await
    }
}

fn retention(days: u32) -> Result<NonZeroU32, Error> {
    let refuse = |why: String| Error::config(why).with_operation(TAKE_SNAPSHOT.id);
    if i32::try_from(days).is_err() {
        return Err(refuse(format!(
            "retention_days is {days}, and Atlas takes 1 to {} (int32): give fewer days",
            i32::MAX
        )));
    }
    NonZeroU32::new(days).ok_or_else(|| {
        refuse("retention_days is 0, and a snapshot is kept for at least 1 day: give a number, or leave \
             it out".to_owned())
    })
}

impl IntoFuture for TakeSnapshot {
    type Output = Result<Snapshot, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
