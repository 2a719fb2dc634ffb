//! What there is to do, found out without doing it.

use std::collections::{BTreeSet, HashMap, HashSet};

use atlas_export_api::{NotExportable, operations::LIST_CLUSTERS};
use atlas_export_types::{ClusterName, ExportBucketId, ExportJobState, ProjectId};
use futures_util::{StreamExt as _, stream};

use super::{
    ClusterReport, ExportFleet, FleetPlan, FleetStatus, Intent, PlannedCluster, ProjectReport,
    SkipReason, scope::Target,
};
use crate::{Error, Project, needed};

/// A cluster of the list that is the fleet's.
struct Found {
    target: usize,
    name: ClusterName,
    replica_sets: u32,
    why_not: Option<NotExportable>,
}

/// What the list of a project's clusters says.
#[derive(Default)]
struct ListedClusters {
    found: Vec<Found>,
    undecodable: Vec<String>,
    /// The clusters that were asked for by name and are there.
    met: HashSet<ClusterName>,
}

pub(super) async fn make(mut fleet: ExportFleet) -> Result<FleetPlan, Error> {
    let mut plan = FleetPlan {
        options: fleet.options.clone(),
        targets: HashMap::new(),
        projects: Vec::new(),
        clusters: Vec::new(),
        named: fleet.names.is_some(),
        price: fleet.price,
        resumed: None,
    };
    let Some(report) = fleet.resumed.take() else {
        let projects = fleet.scope.projects(&fleet.client).await?;
        look_at_projects(&fleet, &mut plan, projects).await?;
        return Ok(plan);
    };
    fleet.scope.check_report(&report)?;
    let reported = report.projects.iter();
    let (unseen, seen): (Vec<_>, Vec<_>) = reported.partition(|project| project.message.is_some());
    let unseen = unseen
        .into_iter()
        .map(|project| fleet.client.project(&project.project));
    let unseen: Vec<Project> = unseen.collect();
    let seen: Vec<ProjectReport> = seen.into_iter().cloned().collect();
    let open = report
        .clusters
        .iter()
        .filter(|cluster| cluster.status.is_open());
    let open: HashSet<&ProjectId> = open.map(|cluster| &cluster.project).collect();
    let known: Vec<Known> = seen
        .iter()
        .filter_map(|project| {
            Some(Known {
                project: fleet.client.project(&project.project),
                project_id: project.project.clone(),
                bucket_id: project.bucket.clone()?,
                is_open: open.contains(&project.project),
            })
        })
        .collect();
    let known = stream::iter(known).map(Known::target);
    let known: Vec<Target> = known.buffered(fleet.options.concurrency).collect().await;
    for target in known {
        plan.targets.insert(target.project_id.clone(), target);
    }
    plan.projects = seen;
    plan.clusters = report.clusters.iter().map(resumed).collect();
    plan.resumed = Some(report);
    look_at_projects(&fleet, &mut plan, unseen).await?;
    Ok(plan)
}

/// A project that a report knows.
struct Known {
    project: Project,
    project_id: ProjectId,
    bucket_id: ExportBucketId,
    /// Whether something is left to do in it.
    is_open: bool,
}

impl Known {
    async fn target(self) -> Target {
        // Its details only tell where files lie, so that a fleet goes on without.
        let bucket = if self.is_open {
            self.project
                .export_buckets()
                .get(&self.bucket_id)
                .await
                .ok()
        } else {
            None
        };
        Target {
            project: self.project,
            project_id: self.project_id,
            bucket_id: self.bucket_id,
            bucket,
        }
    }
}

/// Adds to the plan what there is to do in these projects.
async fn look_at_projects(
    fleet: &ExportFleet,
    plan: &mut FleetPlan,
    projects: Vec<Project>,
) -> Result<(), Error> {
    let concurrency = fleet.options.concurrency;
    let looks = stream::iter(projects).enumerate();
    let looks = looks.map(|(place, project)| async move {
        (
            project.id().cloned(),
            look_at_project(fleet, place, &project).await,
        )
    });
    let looks: Vec<_> = looks.buffered(concurrency).collect().await;
    let (mut targets, mut found, mut met) = (HashMap::new(), Vec::new(), HashSet::new());
    for (place, (id, look)) in looks.into_iter().enumerate() {
        let mut report = ProjectReport::new(id?);
        match look {
            Ok((target, listed)) => {
                report.bucket = Some(target.bucket_id.clone());
                let bucket = target.bucket.as_ref();
                report.bucket_name = bucket.and_then(|bucket| bucket.bucket_name.clone());
                report.undecodable = listed.undecodable;
                found.extend(listed.found);
                met.extend(listed.met);
                targets.insert(place, target);
            }
            Err(error) if fleet.scope.is_one() => return Err(error),
            Err(error) => report.message = Some(error.to_string()),
        }
        plan.projects.push(report);
    }
    let targets_by_place = &targets;
    let looks = stream::iter(found).map(|found| async move {
        let target = targets_by_place.get(&found.target)?;
        Some(look(target, found).await)
    });
    let looks: Vec<Option<PlannedCluster>> = looks.buffered(concurrency).collect().await;
    plan.clusters.extend(looks.into_iter().flatten());
    let missing: BTreeSet<&ClusterName> = match &fleet.names {
        Some(names) => names.difference(&met).collect(),
        None => BTreeSet::new(),
    };
    add_missing(fleet, plan, &targets, missing)?;
    let targets = targets.into_values();
    plan.targets
        .extend(targets.map(|target| (target.project_id.clone(), target)));
    Ok(())
}

/// Clusters that were asked for by name, and are not there.
fn add_missing(
    fleet: &ExportFleet,
    plan: &mut FleetPlan,
    targets: &HashMap<usize, Target>,
    missing: BTreeSet<&ClusterName>,
) -> Result<(), Error> {
    let of_one = targets.get(&0).filter(|_| fleet.scope.is_one());
    if let Some(target) = of_one {
        let is_mine = |name: &&&ClusterName| {
            fleet
                .shard
                .is_none_or(|shard| shard.has(&target.project_id, name))
        };
        let nobody = |name: &ClusterName| PlannedCluster {
            intent: Intent::Skip(SkipReason::NotFound),
            ..PlannedCluster::new(target.project_id.clone(), name.clone(), 1)
        };
        plan.clusters
            .extend(missing.iter().filter(is_mine).map(|name| nobody(name)));
        return Ok(());
    }
    // A project that cannot be looked at may have it.
    if missing.is_empty()
        || plan
            .projects
            .iter()
            .any(|project| project.message.is_some())
    {
        return Ok(());
    }
    let names: Vec<&str> = missing.into_iter().map(ClusterName::as_str).collect();
    Err(Error::config(format!(
        "no project of the fleet has a cluster {}: correct the name, or add its project",
        names.join(", ")
    )))
}

/// Where a project exports to, and its clusters.
async fn look_at_project(
    fleet: &ExportFleet,
    place: usize,
    project: &Project,
) -> Result<(Target, ListedClusters), Error> {
    let target = fleet.scope.target(project).await?;
    let mut listed = ListedClusters::default();
    let mut clusters = project.clusters().list().consistent().by_item();
    let mut places = 0..;
    while let (Some(cluster), Some(index)) = (clusters.next().await, places.next()) {
        let cluster = match cluster {
            Ok(cluster) => cluster,
            Err(error) if error.raw().is_some() => {
                listed.undecodable.push(error.to_string());
                continue;
            }
            Err(error) => return Err(error.with(|inner| inner.operation = Some(LIST_CLUSTERS.id))),
        };
        if let Some(names) = &fleet.names {
            if !names.contains(&cluster.name) {
                continue;
            }
            listed.met.insert(cluster.name.clone());
        }
        let is_mine = |name| {
            fleet
                .shard
                .is_none_or(|shard| shard.has(&target.project_id, name))
        };
        let is_chosen = fleet.choice.as_ref().is_none_or(|choice| choice(&cluster));
        if !is_chosen || !is_mine(&cluster.name) {
            continue;
        }
        if let Some(field) = cluster.undecodable_for_export() {
            let error = needed::undecodable(&cluster, field, LIST_CLUSTERS.id, None, index);
            listed.undecodable.push(error.to_string());
            continue;
        }
        listed.found.push(Found {
            target: place,
            replica_sets: cluster.replica_sets(),
            why_not: cluster.why_not_exportable(),
            name: cluster.name,
        });
    }
    Ok((target, listed))
}

/// What is left to do of a cluster of an earlier run.
fn resumed(report: &ClusterReport) -> PlannedCluster {
    let intent = match (report.status, &report.job, &report.snapshot) {
        // A job that is known is looked at by its id, and never started again.
        (status, Some(job), _) if status.is_open() => Intent::Join(job.clone()),
        (FleetStatus::Error, None, None) => {
            Intent::LookFailed(report.message.clone().unwrap_or_default())
        }
        (status, _, Some(_)) if status.is_open() => Intent::Export,
        (status, _, None) if status.is_open() => Intent::LookFailed(String::new()),
        (status, ..) => Intent::Ended(status),
    };
    PlannedCluster {
        intent,
        snapshot: report.snapshot.clone(),
        snapshot_at: report.snapshot_at,
        bytes: report.bytes,
        ..PlannedCluster::new(
            report.project.clone(),
            report.cluster.clone(),
            report.replica_sets,
        )
    }
}

/// Looks what there is to do with one cluster.
async fn look(target: &Target, found: Found) -> PlannedCluster {
    if let Some(why) = found.why_not {
        let project = target.project_id.clone();
        return PlannedCluster {
            intent: Intent::Skip(why.into()),
            ..PlannedCluster::new(project, found.name, found.replica_sets)
        };
    }
    look_at(target, found.name, found.replica_sets).await
}

pub(super) async fn look_at(
    target: &Target,
    name: ClusterName,
    replica_sets: u32,
) -> PlannedCluster {
    let cluster = target.project.cluster(&name);
    let mut planned = PlannedCluster::new(target.project_id.clone(), name, replica_sets);
    let snapshot = match cluster.snapshots().newest_exportable().await {
        Ok(Some(snapshot)) => match snapshot.id.well_formed() {
            Ok(_) => snapshot,
            Err(error) => {
                planned.intent = Intent::LookFailed(error.to_string());
                return planned;
            }
        },
        Ok(None) => {
            planned.intent = Intent::Skip(SkipReason::NoSnapshot);
            return planned;
        }
        Err(error) => {
            planned.intent = Intent::LookFailed(error.to_string());
            return planned;
        }
    };
    let bytes = snapshot.storage_size_bytes;
    planned.bytes = bytes.and_then(|bytes| u64::try_from(bytes).ok());
    planned.snapshot_at = snapshot.created_at;
    let ensure = cluster
        .export_jobs()
        .ensure(&snapshot.id, &target.bucket_id);
    planned.snapshot = Some(snapshot.id);
    match ensure.existing().await {
        Ok(None) => {}
        Ok(Some(job)) => {
            planned.intent = if job.state == Some(ExportJobState::Successful) {
                Intent::AlreadyExported(job.id.clone())
            } else {
                Intent::Join(job.id.clone())
            };
            planned.job = Some(Box::new(job.item));
        }
        Err(error) => planned.intent = Intent::LookFailed(error.to_string()),
    }
    planned
}
