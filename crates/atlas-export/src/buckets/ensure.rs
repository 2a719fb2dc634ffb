//! A bucket that is registered once, however often it is asked for.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use atlas_export_api::types::{self, ExportBucket};
use futures_util::TryStreamExt as _;

use super::{ExportBuckets, NewExportBucket};
use crate::{
    Ensured, Error, Existing,
    ensure::{Ensure, SETTLE, ensure},
};

/// A registration that is about to be made, unless there is one. Made by
/// [`ExportBuckets::ensure`]; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is looked for until it is awaited"]
pub struct EnsureExportBucket {
    buckets: ExportBuckets,
    wanted: NewExportBucket,
    settle: Duration,
}

impl EnsureExportBucket {
    pub(super) fn new(buckets: ExportBuckets, wanted: NewExportBucket) -> Self {
        Self {
            buckets,
            wanted,
            settle: SETTLE,
        }
    }

    /// How long the effect of a registration whose answer was lost may take to show; by
    /// default 30 s. An effect that shows later is doubled.
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// The oldest of those that are the same, with their number.
    async fn oldest(&self) -> Result<Option<(ExportBucket, usize)>, Error> {
        let mut all = self.buckets.list().consistent().by_item();
        let mut oldest: Option<ExportBucket> = None;
        let mut count = 0;
        while let Some(bucket) = all.try_next().await? {
            if !bucket.target().is_same_as(&self.wanted.target()) || !bucket.id.is_well_formed() {
                continue;
            }
            count += 1;
            // An id begins with the second of its making, so the smallest is the oldest.
            if oldest.as_ref().is_none_or(|oldest| bucket.id < oldest.id) {
                oldest = Some(bucket);
            }
        }
        Ok(oldest.map(|bucket| (bucket, count)))
    }

    fn differences(&self, bucket: &ExportBucket) -> Vec<&'static str> {
        match &self.wanted.0 {
            types::NewExportBucket::Aws {
                require_private_networking: Some(wanted),
                ..
            } if bucket.require_private_networking.unwrap_or_default() != *wanted => {
                vec!["requirePrivateNetworking"]
            }
            _ => Vec::new(),
        }
    }
}

impl Ensure for EnsureExportBucket {
    type Item = ExportBucket;

    async fn look(&self) -> Result<Option<Existing<ExportBucket>>, Error> {
        Ok(self.oldest().await?.map(|(item, count)| Existing {
            differences: self.differences(&item),
            item,
            count,
        }))
    }

    async fn look_for_lost(&self) -> Result<Option<ExportBucket>, Error> {
        Ok(self.oldest().await?.map(|(bucket, _)| bucket))
    }

    async fn create(&self) -> Result<ExportBucket, Error> {
        self.buckets.create(self.wanted.clone()).await
    }

    /// Atlas registers the same bucket as often as it is asked to.
    fn is_race(&self, _: &Error) -> bool {
        false
    }
}

impl IntoFuture for EnsureExportBucket {
    type Output = Result<Ensured<ExportBucket>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let client = self.buckets.project().client();
            self.wanted.check(client.versions())?;
            ensure(&self, client.clock(), self.settle).await
        })
    }
}
