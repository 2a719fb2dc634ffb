//! Deleting a bucket that schedules may still export to.

use std::{
    error::Error as StdError,
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
};

use atlas_export_types::{ClusterName, ExportBucketId};
use futures_util::{StreamExt as _, stream};

use super::ExportBuckets;
use crate::{
    Error, codes,
    request::call_options,
    wait::{WaitError, Waitable},
};

/// How many schedules are read at once.
const AT_ONCE: usize = 8;

/// Who exports to a bucket.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct BucketUsers {
    /// The clusters whose backup schedules name the bucket.
    pub clusters: Vec<ClusterName>,
    /// What could not be looked at, with the cluster where it is known. It may use the
    /// bucket too.
    pub unknown: Vec<(Option<ClusterName>, Error)>,
}

/// A deletion that is about to be made. Made by [`ExportBuckets::delete_safely`]; await it.
#[derive(Clone, Debug)]
#[must_use = "nothing is deleted until it is awaited"]
pub struct DeleteSafely {
    buckets: ExportBuckets,
    id: ExportBucketId,
    detach: bool,
}

/// A bucket that was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletedBucket {
    /// The clusters whose automatic export was switched off for it.
    pub detached: Vec<ClusterName>,
}

/// A bucket that was not deleted.
#[derive(Debug)]
#[non_exhaustive]
pub enum DeleteBucketError {
    /// Backup schedules export to it.
    #[non_exhaustive]
    InUse {
        /// Which.
        users: BucketUsers,
        /// The clusters whose automatic export was switched off all the same.
        detached: Vec<ClusterName>,
        /// What Atlas said.
        source: Error,
    },
    /// The automatic export of a cluster could not be switched off.
    #[non_exhaustive]
    Detach {
        /// Of which cluster.
        cluster: ClusterName,
        /// The clusters where it was switched off before.
        detached: Vec<ClusterName>,
        /// Why.
        source: Error,
    },
    /// It could not be deleted for another reason.
    Delete(Error),
}

impl fmt::Display for DeleteBucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse {
                users, detached, ..
            } => {
                f.write_str("the export bucket is in use")?;
                if !users.clusters.is_empty() {
                    write!(f, " by the backup schedule of {}", names(&users.clusters))?;
                }
                if !users.unknown.is_empty() {
                    let number = users.unknown.len();
                    write!(f, "; {number} that may use it could not be read")?;
                }
                if detached.is_empty() {
                    f.write_str(
                        ": switch the automatic export off there (AutoExport::disable, or \
                         DeleteSafely::detach)",
                    )
                } else {
                    write!(
                        f,
                        ", though automatic export is off now on {}",
                        names(detached)
                    )
                }
            }
            Self::Detach {
                cluster, source, ..
            } => write!(
                f,
                "the automatic export of {cluster} could not be switched off: {source}"
            ),
            Self::Delete(error) => error.fmt(f),
        }
    }
}

fn names(clusters: &[ClusterName]) -> String {
    let names: Vec<&str> = clusters.iter().map(ClusterName::as_str).collect();
    names.join(", ")
}

impl StdError for DeleteBucketError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::InUse { source, .. } | Self::Detach { source, .. } | Self::Delete(source) => {
                Some(source)
            }
        }
    }
}

/// The refusal itself; anything else with the whole `DeleteBucketError` as its source, and the
/// kind, status and code of what Atlas refused.
impl From<DeleteBucketError> for Error {
    fn from(error: DeleteBucketError) -> Self {
        match error {
            DeleteBucketError::Delete(error) => error,
            DeleteBucketError::InUse { ref source, .. }
            | DeleteBucketError::Detach { ref source, .. } => {
                let outline = source.outline();
                outline.with_cause(error)
            }
        }
    }
}

/// As an [`Error`] does.
impl<T: Waitable> From<DeleteBucketError> for WaitError<T> {
    fn from(error: DeleteBucketError) -> Self {
        Error::from(error).into()
    }
}

/// The `DeleteBucketError` that the error was made of, or else a refusal.
impl From<Error> for DeleteBucketError {
    fn from(error: Error) -> Self {
        error.downcast().unwrap_or_else(Self::Delete)
    }
}

impl DeleteSafely {
    pub(super) fn new(buckets: ExportBuckets, id: ExportBucketId) -> Self {
        Self {
            buckets,
            id,
            detach: false,
        }
    }

    call_options!(buckets);

    /// Switches the automatic export off where it names this bucket, and then deletes. By
    /// default no schedule is changed.
    pub fn detach(mut self) -> Self {
        self.detach = true;
        self
    }

    async fn run(self) -> Result<DeletedBucket, DeleteBucketError> {
        let mut detached = Vec::new();
        let Some(mut refusal) = self.attempt().await? else {
            return Ok(DeletedBucket { detached });
        };
        let mut users = self.users().await;
        if self.detach && !users.clusters.is_empty() {
            for cluster in users.clusters {
                let handle = self.buckets.project().cluster(&cluster);
                if let Err(source) = handle.auto_export().disable().await {
                    return Err(DeleteBucketError::Detach {
                        cluster,
                        detached,
                        source,
                    });
                }
                detached.push(cluster);
            }
            refusal = match self.attempt().await? {
                None => return Ok(DeletedBucket { detached }),
                Some(refusal) => refusal,
            };
            users = self.users().await;
        }
        Err(DeleteBucketError::InUse {
            users,
            detached,
            source: refusal,
        })
    }

    /// Deletes, or says that the bucket is in use.
    async fn attempt(&self) -> Result<Option<Error>, DeleteBucketError> {
        match self.buckets.delete(&self.id).await {
            Ok(()) => Ok(None),
            Err(error) if is_in_use(&error) => Ok(Some(error)),
            Err(error) => Err(DeleteBucketError::Delete(error)),
        }
    }

    /// A list of clusters that cannot be read hides no refusal.
    async fn users(&self) -> BucketUsers {
        let users = self.buckets.users(&self.id).await;
        users.unwrap_or_else(|error| BucketUsers {
            clusters: Vec::new(),
            unknown: vec![(None, error)],
        })
    }
}

impl IntoFuture for DeleteSafely {
    type Output = Result<DeletedBucket, DeleteBucketError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

fn is_in_use(error: &Error) -> bool {
    error.code() == Some(codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE)
}

/// Reads the schedule of every cluster that can have one.
pub(super) async fn users(
    buckets: ExportBuckets,
    id: ExportBucketId,
) -> Result<BucketUsers, Error> {
    id.well_formed()?;
    let project = buckets.project();
    let mut users = BucketUsers::default();
    let mut names = Vec::new();
    let mut clusters = project.clusters().list().consistent().by_item();
    while let Some(cluster) = clusters.next().await {
        match cluster {
            // Without hardware of its own a cluster has no schedule, if that is known.
            Ok(cluster)
                if cluster.tier().has_backup_schedule()
                    || cluster.undecodable_for_export().is_some() =>
            {
                names.push(cluster.name);
            }
            Ok(_) => {}
            Err(error) if error.raw().is_some() => users.unknown.push((None, error)),
            Err(error) => return Err(error),
        }
    }
    let mut read = stream::iter(names)
        .map(|name| async move {
            let settings = project.cluster(&name).auto_export().get().await;
            (name, settings)
        })
        .buffered(AT_ONCE);
    while let Some((name, settings)) = read.next().await {
        match settings {
            Ok(settings) if settings.bucket.as_ref() == Some(&id) => users.clusters.push(name),
            Ok(_) => {}
            Err(error) => users.unknown.push((Some(name), error)),
        }
    }
    Ok(users)
}
