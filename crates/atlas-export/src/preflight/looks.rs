//! What is read for a preflight, each only where what came before lets it be read.

use atlas_export_api::types::{
    AccessRoleList, ClusterDescription, ExportBucket, ExportJob, PrivateEndpoint, Snapshot,
    SystemStatus,
};
use atlas_export_types::ExportBucketId;

use crate::{Cluster, Error, ErrorKind, Project, error::is_about_addresses};

/// What a call said.
pub(super) type Look<T> = Result<T, Unseen>;

/// Why something was not seen.
#[derive(Clone, Debug)]
pub(super) struct Unseen {
    pub(super) cause: Cause,
    pub(super) said: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The credentials are refused.
    Credentials,
    /// This machine's address is not let in.
    Address,
    /// The roles do not suffice.
    Role,
    /// There is none.
    Missing,
    /// It was not asked for, because of what came before.
    Skipped,
    /// Anything else: a network, a fault of the server, what does not decode.
    Other,
}

impl Unseen {
    pub(super) fn skipped(why: &str) -> Self {
        Self {
            cause: Cause::Skipped,
            said: why.to_owned(),
        }
    }

    /// Whether Atlas itself answered, knowing who asks.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self.cause, Cause::Role | Cause::Missing)
    }
}

impl From<Error> for Unseen {
    fn from(error: Error) -> Self {
        let cause = match (error.kind(), error.status()) {
            _ if error.code().is_some_and(is_about_addresses) => Cause::Address,
            (ErrorKind::Authentication, _) | (_, Some(401)) => Cause::Credentials,
            (_, Some(403)) => Cause::Role,
            _ if error.is_not_found() => Cause::Missing,
            _ => Cause::Other,
        };
        let said = error.api().and_then(|api| {
            let (status, code) = (error.status()?, api.error_code.as_deref()?);
            let detail = api.detail.as_deref().unwrap_or("no more is said");
            // Advice comes from the check.
            Some(format!("{status} {code}: {}", detail.trim_end_matches('.')))
        });
        Self {
            cause,
            said: said.unwrap_or_else(|| error.to_string()),
        }
    }
}

/// What was read.
pub(super) struct Looks {
    pub(super) status: Look<SystemStatus>,
    pub(super) bucket: Look<ExportBucket>,
    pub(super) roles: Look<AccessRoleList>,
    /// Looked at only where the bucket requires one.
    pub(super) endpoints: Look<Vec<PrivateEndpoint>>,
    pub(super) cluster: Look<ClusterDescription>,
    pub(super) snapshot: Look<Option<Snapshot>>,
    /// The job that exports the snapshot, or has exported it.
    pub(super) export: Look<Option<ExportJob>>,
}

impl Looks {
    pub(super) async fn take(
        project: &Project,
        bucket: &ExportBucketId,
        cluster: Option<&Cluster>,
    ) -> Self {
        let status = project.client().system_status().await.map_err(Unseen::from);
        let closed = status.as_ref().err();
        let closed = closed.filter(|it| matches!(it.cause, Cause::Credentials | Cause::Address));
        if let Some(closed) = closed {
            let why = match closed.cause {
                Cause::Credentials => "not looked at, as the credentials are refused",
                _ => "not looked at, as this address is not let in",
            };
            let skipped = || Unseen::skipped(why);
            return Self {
                bucket: Err(skipped()),
                roles: Err(skipped()),
                endpoints: Err(skipped()),
                cluster: Err(skipped()),
                snapshot: Err(skipped()),
                export: Err(skipped()),
                status,
            };
        }
        let found = project.export_buckets().get(bucket).await;
        let roles = project.access_roles().list().await;
        let requires = found
            .as_ref()
            .is_ok_and(|it| it.require_private_networking == Some(true));
        let endpoints = if requires {
            let listed = project.private_endpoints().list().all().await;
            listed.map(|listed| listed.items).map_err(Unseen::from)
        } else {
            Err(Unseen::skipped(
                "not looked at, as the bucket does not require one",
            ))
        };
        let (described, snapshot, export) = if let Some(cluster) = cluster {
            look_at_cluster(bucket, cluster).await
        } else {
            let skipped = || Unseen::skipped("no cluster was named");
            (Err(skipped()), Err(skipped()), Err(skipped()))
        };
        Self {
            status,
            bucket: found.map_err(Unseen::from),
            roles: roles.map_err(Unseen::from),
            endpoints,
            cluster: described,
            snapshot,
            export,
        }
    }
}

type OfCluster = (
    Look<ClusterDescription>,
    Look<Option<Snapshot>>,
    Look<Option<ExportJob>>,
);

async fn look_at_cluster(bucket: &ExportBucketId, cluster: &Cluster) -> OfCluster {
    let described = describe(cluster).await;
    if described
        .as_ref()
        .is_err_and(|it| it.cause == Cause::Missing)
    {
        let skipped = || Unseen::skipped("not looked at, as there is no such cluster");
        return (described, Err(skipped()), Err(skipped()));
    }
    let snapshot = cluster.snapshots().newest_exportable().await;
    let snapshot = snapshot.map_err(Unseen::from);
    let export = match &snapshot {
        Ok(Some(found)) => {
            let ensure = cluster.export_jobs().ensure(&found.id, bucket);
            let existing = ensure.existing().await;
            existing
                .map(|found| found.map(|found| found.item))
                .map_err(Unseen::from)
        }
        Ok(None) => Err(Unseen::skipped("not looked at, as there is no snapshot")),
        Err(_) => Err(Unseen::skipped(
            "not looked at, as the snapshots are not seen",
        )),
    };
    (described, snapshot, export)
}

/// The cluster in the list, which tells of a Flex cluster what it is; asked for alone there is none.
async fn describe(cluster: &Cluster) -> Look<ClusterDescription> {
    let name = cluster.name()?;
    let mut clusters = cluster.project().clusters().list().by_item();
    let mut undecodable = None;
    while let Some(found) = clusters.next().await {
        match found {
            Ok(found) if found.name == *name => return Ok(found),
            Ok(_) => {}
            Err(error) if error.raw().is_some() => undecodable = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match undecodable {
        // It may be the one.
        Some(error) => Err(error.into()),
        None => Err(Unseen {
            cause: Cause::Missing,
            said: format!("the project has no cluster {name}"),
        }),
    }
}
