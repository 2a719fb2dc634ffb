//! Of which projects a fleet is, and to which bucket of each it exports.

use atlas_export::{ExportBucketId, ProjectId, fleet::ExportFleet};
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
            return Ok(fleet.projects([context.project()?.id()?.clone()]));
        }
        Ok(fleet.projects(self.projects))
    }
}

/// The part of one worker of many: which one, of how many.
pub(super) fn shard(text: &str) -> Result<(u32, u32), &'static str> {
    let parsed = text.split_once('/');
    let parsed = parsed.and_then(|(index, all)| Some((index.parse().ok()?, all.parse().ok()?)));
    let is_one = |(index, workers): &(u32, u32)| index < workers;
    parsed
        .filter(is_one)
        .ok_or("expected INDEX/OF, counted from 0: the last of ten workers is 9/10")
}

#[cfg(test)]
mod tests {
    use super::shard;

    #[test]
    fn a_shard_is_an_index_below_the_number_of_workers() {
        assert_eq!(shard("9/10"), Ok((9, 10)));
        for wrong in ["", "1", "10/10", "0/0", "-1/2", "a/b", "1/2/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
