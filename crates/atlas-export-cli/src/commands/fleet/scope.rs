//! Of which projects a fleet is, and to which bucket of each it exports.

use std::str::FromStr;

use atlas_export::{
    ExportBucketId, ProjectId,
    fleet::{ExportFleet, FleetReport},
};
use clap::Args;

use crate::{context::Context, exit::Stop};

#[derive(Debug, Args)]
pub(super) struct ScopeArgs {
    /// These projects, by comma; by default the one of --project
    #[arg(
        long,
        value_name = "ID,ID…",
        value_delimiter = ',',
        requires = "bucket_name"
    )]
    projects: Vec<ProjectId>,
    /// All projects that the credentials see
    #[arg(long, conflicts_with = "projects", requires = "bucket_name")]
    all_projects: bool,
    /// The bucket of the one project, by its id
    #[arg(long, value_name = "ID", required_unless_present = "bucket_name")]
    bucket: Option<ExportBucketId>,
    /// The bucket that is registered under this name in each project
    #[arg(long, value_name = "NAME", conflicts_with = "bucket")]
    bucket_name: Option<String>,
}

impl ScopeArgs {
    pub(super) fn fleet(self, context: &Context) -> Result<ExportFleet, Stop> {
        let Some(name) = self.bucket_name else {
            let missing = || Stop::usage("--bucket is missing: the id of an export bucket");
            let bucket = self.bucket.ok_or_else(missing)?;
            return Ok(context.project()?.export_fleet(&bucket));
        };
        let fleet = context.atlas.export_fleet(name);
        if self.all_projects {
            return Ok(fleet);
        }
        if self.projects.is_empty() {
            return Ok(fleet.projects([context.project_id()?]));
        }
        Ok(fleet.projects(self.projects))
    }
}

/// The fleet that a report is of: one project with its bucket, or many with a name.
pub(super) fn of_report(context: &Context, report: &FleetReport) -> Result<ExportFleet, Stop> {
    if let [project] = report.projects.as_slice()
        && let Some(bucket) = &project.bucket
    {
        return Ok(context.atlas.project(&project.project).export_fleet(bucket));
    }
    let name = report
        .projects
        .iter()
        .find_map(|it| it.bucket_name.as_ref());
    let name = name.ok_or_else(|| {
        Stop::usage(
            "the report does not tell the name of its bucket: none of its projects could be looked \
             at, so begin anew with `atlas-export fleet run`",
        )
    })?;
    let projects = report.projects.iter().map(|it| it.project.clone());
    let projects: Vec<ProjectId> = projects.collect();
    Ok(context.atlas.export_fleet(name).projects(projects))
}

/// The part of one worker of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    pub(super) index: u32,
    pub(super) workers: u32,
}

impl FromStr for Shard {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once('/').and_then(|(index, workers)| {
            Some(Self {
                index: index.parse().ok()?,
                workers: workers.parse().ok()?,
            })
        });
        parsed
            .filter(|shard| shard.index < shard.workers)
            .ok_or("expected INDEX/OF, counted from 0: the last of ten workers is 9/10")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_an_index_below_the_number_of_workers() {
        let last = Shard {
            index: 9,
            workers: 10,
        };
        assert_eq!("9/10".parse(), Ok(last));
        for wrong in ["", "1", "10/10", "0/0", "-1/2", "a/b", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
