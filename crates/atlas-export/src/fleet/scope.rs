//! Of which projects a fleet is, and to which bucket of each it exports.

use atlas_export_api::types::ExportBucket;
use atlas_export_types::{ExportBucketId, InvalidId, ProjectId};

use super::FleetReport;
use crate::{Client, Error, Project, redact::quoted};

/// How many ids of buckets a message names.
const NAMED: usize = 3;

/// Of which projects a fleet is.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    One {
        project: Project,
        bucket: ExportBucketId,
    },
    Many {
        bucket_name: String,
        /// All, where there are none.
        projects: Option<Vec<Result<ProjectId, InvalidId>>>,
    },
    /// One project, which many were asked of.
    Misused,
}

/// A project, and where it exports to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) project: Project,
    pub(super) project_id: ProjectId,
    pub(super) bucket_id: ExportBucketId,
    /// What is known of the bucket, which tells where files lie.
    pub(super) bucket: Option<ExportBucket>,
}

impl Scope {
    /// Chooses some of many projects.
    pub(super) fn choose(&mut self, ids: Vec<Result<ProjectId, InvalidId>>) {
        match self {
            Self::Many { projects, .. } => *projects = Some(ids),
            Self::One { .. } | Self::Misused => *self = Self::Misused,
        }
    }

    /// The same projects, asked by this client.
    pub(super) fn map_client(&self, client: &Client) -> Self {
        match self {
            Self::One { project, bucket } => Self::One {
                project: project.map_client(|_| client.clone()),
                bucket: bucket.clone(),
            },
            other => other.clone(),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        match self {
            Self::One { project, bucket } => {
                project.id()?;
                bucket.well_formed()?;
                Ok(())
            }
            Self::Many {
                bucket_name,
                projects,
            } => {
                if bucket_name.is_empty() {
                    return Err(Error::config(
                        "the bucket's name is empty: give the name under which each project has \
                         registered one",
                    ));
                }
                for id in projects.iter().flatten() {
                    id.as_ref()
                        .map_err(|invalid| Error::from(invalid.clone()))?;
                }
                match projects {
                    Some(ids) if ids.is_empty() => Err(Error::config(
                        "the fleet has no projects, so nothing would be exported: give some, or \
                         leave projects() out for all",
                    )),
                    _ => Ok(()),
                }
            }
            Self::Misused => Err(Error::config(
                "projects() was called on the fleet of one project: begin with \
                 Client::export_fleet for several",
            )),
        }
    }

    /// Whether it is one project, whose faults are the fleet's.
    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::One { .. })
    }

    /// The projects.
    pub(super) async fn projects(&self, client: &Client) -> Result<Vec<Project>, Error> {
        match self {
            Self::One { project, .. } => Ok(vec![project.clone()]),
            Self::Many {
                projects: Some(ids),
                ..
            } => {
                let mut seen = std::collections::HashSet::new();
                let ids = ids.iter().flatten().filter(|id| seen.insert((*id).clone()));
                Ok(ids.map(|id| client.project(id)).collect())
            }
            Self::Many { projects: None, .. } => all_projects(client).await,
            Self::Misused => Ok(Vec::new()),
        }
    }

    /// Where a project exports to.
    pub(super) async fn target(&self, project: &Project) -> Result<Target, Error> {
        let bucket = match self {
            Self::One { bucket, .. } => project.export_buckets().get(bucket).await?,
            Self::Many { bucket_name, .. } => named(project, bucket_name).await?,
            Self::Misused => return Err(Error::config("a fleet of no projects")),
        };
        bucket.id.well_formed()?;
        Ok(Target {
            project: project.clone(),
            project_id: project.id()?.clone(),
            bucket_id: bucket.id.clone(),
            bucket: Some(bucket),
        })
    }

    /// Refuses a report that is about something else.
    pub(super) fn check_report(&self, report: &FleetReport) -> Result<(), Error> {
        let refuse = |what: String| {
            Err(Error::config(format!(
                "the report is about {what}, not about this fleet's: resume it on the same ones"
            )))
        };
        for reported in &report.projects {
            match self {
                Self::One { project, bucket } => {
                    let is_same_bucket = reported.bucket.as_ref().is_none_or(|id| id == bucket);
                    if reported.project != *project.id()? || !is_same_bucket {
                        let of_bucket = reported.bucket.as_ref();
                        let of_bucket = of_bucket.map(|id| format!(" and bucket {id}"));
                        return refuse(format!(
                            "project {}{}",
                            reported.project,
                            of_bucket.unwrap_or_default()
                        ));
                    }
                }
                Self::Many {
                    bucket_name,
                    projects,
                } => {
                    let known = reported.bucket_name.as_ref();
                    if let Some(other) = known.filter(|name| *name != bucket_name) {
                        return refuse(format!("bucket {}", quoted(other)));
                    }
                    let is_mine = |ids: &Vec<Result<ProjectId, InvalidId>>| {
                        ids.iter().flatten().any(|id| *id == reported.project)
                    };
                    if !projects.as_ref().is_none_or(is_mine) {
                        return refuse(format!("project {}", reported.project));
                    }
                }
                Self::Misused => {}
            }
        }
        Ok(())
    }
}

/// The bucket of a project that has this name.
async fn named(project: &Project, name: &str) -> Result<ExportBucket, Error> {
    let mut found = Vec::new();
    let mut buckets = project.export_buckets().list().consistent().by_item();
    while let Some(bucket) = buckets.next().await {
        let bucket = bucket?;
        if bucket.bucket_name.as_deref() == Some(name) {
            found.push(bucket);
        }
    }
    let shown = quoted(name);
    if found.len() > 1 {
        let ids = found.iter().take(NAMED).map(|bucket| bucket.id.to_string());
        let ids: Vec<String> = ids.collect();
        return Err(Error::config(format!(
            "the project has {} export buckets of the name {shown} ({}…): delete all but one, or \
             export the project by Project::export_fleet with the id of one",
            found.len(),
            ids.join(", ")
        )));
    }
    found.pop().ok_or_else(|| {
        Error::config(format!(
            "the project has no export bucket of the name {shown}: register one with \
             ExportBuckets::ensure"
        ))
    })
}

/// All projects that the credentials see.
async fn all_projects(client: &Client) -> Result<Vec<Project>, Error> {
    let mut listed = client.projects().list().consistent().by_item();
    let mut projects = Vec::new();
    while let Some(project) = listed.next().await {
        // One that does not decode may be one of those that are meant.
        let id = project?.id;
        id.well_formed()?;
        projects.push(client.project(&id));
    }
    Ok(projects)
}
