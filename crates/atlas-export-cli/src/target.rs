//! The bucket that an export goes to: one that is registered, or one that is to be.

use std::{convert::Infallible, fmt, str::FromStr};

use atlas_export::{
    ErrorKind, ExportBucketId, NewExportBucket, Project, RoleId, models::ExportBucket,
};
use atlas_export_types::OneLine;

use crate::{channel::Channel, exit::Stop};

/// How a bucket is named on the command line: by its id, or by the name in its cloud.
#[derive(Clone, Debug)]
pub(crate) enum BucketArg {
    Id(ExportBucketId),
    Name(String),
}

impl FromStr for BucketArg {
    type Err = Infallible;

    /// What has the form of an id is one.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text
            .parse()
            .map_or_else(|_| Self::Name(text.to_owned()), Self::Id))
    }
}

/// Where an export goes.
pub(crate) enum Target {
    /// A bucket that is registered, so many times under its name.
    Registered {
        bucket: Box<ExportBucket>,
        copies: usize,
    },
    /// One that is to be registered, as an S3 bucket with this role.
    New {
        name: String,
        role: RoleId,
        new: NewExportBucket,
    },
}

impl Target {
    /// Looks for the bucket; where none of the name is registered, it is to be, if there is a role.
    pub(crate) async fn find(
        project: &Project,
        bucket: &BucketArg,
        role: Option<&RoleId>,
    ) -> Result<Self, Stop> {
        let name = match bucket {
            BucketArg::Id(id) => {
                let bucket = project.export_buckets().get(id).await?;
                return Ok(Self::registered(bucket, 1));
            }
            BucketArg::Name(name) => name,
        };
        if let Some(role) = role {
            // Invalid input is refused now, not after somebody said yes.
            let new = NewExportBucket::aws(name, role.clone())?;
            let ensure = project.export_buckets().ensure(new.clone());
            return Ok(match ensure.existing().await? {
                Some(found) => Self::registered(found.item, found.count),
                None => Self::New {
                    name: name.clone(),
                    role: role.clone(),
                    new,
                },
            });
        }
        Self::named(project, name).await?.ok_or_else(|| {
            Stop::usage(format!(
                "no bucket {} is registered in the project: register it with `atlas-export \
                 buckets ensure`",
                OneLine(name)
            ))
        })
    }

    /// The oldest registered bucket of a name.
    async fn named(project: &Project, name: &str) -> Result<Option<Self>, Stop> {
        let mut all = project.export_buckets().list().by_item();
        let mut found: Vec<ExportBucket> = Vec::new();
        while let Some(next) = all.next().await {
            match next {
                Ok(bucket) if bucket.bucket_name.as_deref() == Some(name) => found.push(bucket),
                Ok(_) => {}
                // Nothing is registered because of it, so it may be passed over.
                Err(error) if error.kind() == ErrorKind::Decode && error.raw().is_some() => {
                    Channel::Stderr.line(OneLine(&error.to_string()));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let copies = found.len();
        let oldest = found.into_iter().min_by_key(|bucket| bucket.id.to_string());
        Ok(oldest.map(|bucket| Self::registered(bucket, copies)))
    }

    fn registered(bucket: ExportBucket, copies: usize) -> Self {
        Self::Registered {
            bucket: Box::new(bucket),
            copies,
        }
    }

    /// The bucket, if it is registered.
    pub(crate) fn bucket(&self) -> Option<&ExportBucket> {
        match self {
            Self::Registered { bucket, .. } => Some(bucket),
            Self::New { .. } => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered { bucket, copies } => {
                let name = bucket.bucket_name.as_deref().unwrap_or("without a name");
                write!(f, "{}, registered as {}", OneLine(name), bucket.id)?;
                if *copies > 1 {
                    write!(f, " (the oldest of {copies})")?;
                }
                Ok(())
            }
            Self::New { name, role, .. } => {
                write!(f, "{}, to be registered with role {role}", OneLine(name))
            }
        }
    }
}
