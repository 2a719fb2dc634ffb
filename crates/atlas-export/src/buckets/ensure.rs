//! A bucket that is registered once, however often it is asked for.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use atlas_export_api::{
    operations::LIST_EXPORT_BUCKETS,
    types::{self, ExportBucket},
};
use atlas_export_types::CloudProvider;

use super::{ExportBuckets, NewExportBucket};
use crate::{
    Error, Request,
    ensure::{Ensure, Ensured, Existing, SETTLE, ensure},
    needed,
    request::call_options,
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

    call_options!(buckets);

    /// Looks for the bucket that makes a registration needless, and registers none.
    ///
    /// ```no_run
    /// # async fn example(
    /// #     buckets: atlas_export::ExportBuckets,
    /// #     bucket: atlas_export::NewExportBucket,
    /// # ) -> Result<(), atlas_export::Error> {
    /// match buckets.ensure(bucket).existing().await? {
    ///     Some(bucket) => println!("registered as {}", bucket.id),
    ///     None => println!("not registered yet"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`ExportBuckets::list`]; `Decode` too where a bucket of the list is undecodable.
    pub fn existing(self) -> Request<Option<Existing<ExportBucket>>> {
        let client = self.buckets.project().client().clone();
        Request::new(&client, move |client| async move {
            let buckets = self.buckets.map_client(|_| client);
            Self { buckets, ..self }.look().await
        })
    }

    /// The oldest of those that are the same, with their number.
    async fn oldest(&self) -> Result<Option<(ExportBucket, usize)>, Error> {
        let mut all = self.buckets.list().consistent().by_item();
        let mut places = 0..;
        let mut oldest: Option<ExportBucket> = None;
        let mut count = 0;
        while let (Some(bucket), Some(index)) = (all.next().await, places.next()) {
            let bucket = needed_of(bucket?, &self.wanted.0, index)?;
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

    /// The fields that do not count for equality and are not as asked for.
    fn differences(&self, bucket: &ExportBucket) -> Vec<&'static str> {
        match &self.wanted.0 {
            types::NewExportBucket::Aws {
                require_private_networking: Some(wanted),
                ..
            } if bucket.require_private_networking.unwrap_or_default() != *wanted
                || needed::misfit(bucket, &["requirePrivateNetworking"]).is_some() =>
            {
                vec!["requirePrivateNetworking"]
            }
            _ => Vec::new(),
        }
    }
}

/// The bucket, if what tells whether it is the one that is wanted can be read. One of another
/// cloud is not, whatever else it says.
fn needed_of(
    bucket: ExportBucket,
    wanted: &types::NewExportBucket,
    index: usize,
) -> Result<ExportBucket, Error> {
    let fields: &[&str] = match (wanted, &bucket.cloud_provider) {
        (types::NewExportBucket::Aws { .. }, CloudProvider::Aws) => &["bucketName", "iamRoleId"],
        (types::NewExportBucket::Azure { .. }, CloudProvider::Azure) => {
            &["bucketName", "roleId", "serviceUrl"]
        }
        (types::NewExportBucket::Gcp { .. }, CloudProvider::Gcp) => &["bucketName", "roleId"],
        _ => &[],
    };
    needed::of_list(bucket, fields, LIST_EXPORT_BUCKETS.id, None, index)
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
