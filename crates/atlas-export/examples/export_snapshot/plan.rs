//! What would be done, found out without doing it.

use std::fmt;

use atlas_export::{
    Cluster, ErrorKind, NewExportBucket, Project, RoleId,
    models::{ExportBucket, Snapshot},
};
use futures_util::TryStreamExt as _;

use crate::{Stop, args::Target};

/// An export that has not begun.
pub(crate) struct Plan {
    project: String,
    cluster: String,
    pub(crate) snapshot: Snapshot,
    pub(crate) bucket: Bucket,
}

/// Where it goes.
pub(crate) enum Bucket {
    /// A bucket of this name is registered, so many times.
    Reuse {
        bucket: Box<ExportBucket>,
        copies: usize,
    },
    /// None is.
    Register {
        name: String,
        role: RoleId,
        new: NewExportBucket,
    },
}

impl Plan {
    pub(crate) async fn make(
        project: &Project,
        cluster: &Cluster,
        target: &Target,
    ) -> Result<Self, Stop> {
        let snapshot = cluster.snapshots().newest_exportable().await?;
        let snapshot = snapshot.ok_or_else(|| {
            Stop::NothingToExport(format!(
                "{} has no completed snapshot that can be exported (a fallback snapshot cannot)",
                target.cluster
            ))
        })?;
        Ok(Self {
            project: target.project.to_string(),
            cluster: target.cluster.to_string(),
            snapshot,
            bucket: Bucket::find(project, target).await?,
        })
    }
}

impl Bucket {
    /// Looks for the bucket among the registered ones, because registering it again would
    /// succeed and leave one more copy.
    async fn find(project: &Project, target: &Target) -> Result<Self, Stop> {
        let mut all = project.export_buckets().list().by_item();
        let mut found = None;
        let mut copies = 0;
        loop {
            match all.try_next().await {
                Ok(Some(bucket)) if is_wanted(&bucket, target) => {
                    copies += 1;
                    found.get_or_insert(bucket);
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) if error.kind() == ErrorKind::Decode && error.raw().is_some() => {
                    eprintln!("one bucket of the list is passed over: {error}");
                }
                Err(error) => return Err(error.into()),
            }
        }
        match (found, &target.role) {
            (Some(bucket), _) => Ok(Self::Reuse {
                bucket: Box::new(bucket),
                copies,
            }),
            (None, Some(role)) => Ok(Self::Register {
                name: target.bucket.clone(),
                role: role.clone(),
                // Invalid input is refused now, not after somebody said yes.
                new: NewExportBucket::aws(&target.bucket, role.clone())?,
            }),
            (None, None) => Err(Stop::Usage(format!(
                "--role is missing: bucket {} is not registered yet, and registering it needs \
                 the Atlas id of a cloud-provider access role",
                target.bucket
            ))),
        }
    }
}

/// The same name, and the same role where one is given.
fn is_wanted(bucket: &ExportBucket, target: &Target) -> bool {
    bucket.bucket_name.as_deref() == Some(&target.bucket)
        && bucket.id.is_well_formed()
        && (target.role.is_none() || bucket.iam_role_id == target.role)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Plan")?;
        writeln!(f, "  project   {}", self.project)?;
        writeln!(f, "  cluster   {}", self.cluster)?;
        write!(f, "  snapshot  {}", self.snapshot.id)?;
        if let Some(created) = self.snapshot.created_at {
            write!(f, " of {}", created.format("%Y-%m-%d %H:%M UTC"))?;
        }
        if let Some(bytes) = self.snapshot.storage_size_bytes.filter(|bytes| *bytes > 0) {
            // Tenths of a gigabyte, in whole numbers.
            let tenths = bytes / 100_000_000;
            write!(f, ", {}.{} GB, billed per GB", tenths / 10, tenths % 10)?;
        }
        writeln!(f)?;
        match &self.bucket {
            Bucket::Reuse { bucket, copies } => {
                let name = bucket.bucket_name.as_deref().unwrap_or_default();
                write!(f, "  bucket    {name}, registered as {}", bucket.id)?;
                if *copies > 1 {
                    write!(f, " (the first of {copies} copies)")?;
                }
                writeln!(f)
            }
            Bucket::Register { name, role, .. } => {
                writeln!(f, "  bucket    {name}, to be registered with role {role}")
            }
        }
    }
}
