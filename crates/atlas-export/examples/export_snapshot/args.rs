//! The command line.

use atlas_export::{ClusterName, ProjectId, RoleId};
use clap::Parser;

/// Exports the newest completed snapshot of a cluster to a bucket.
///
/// Without MONGODB_ATLAS_* variables, and without arguments, it runs on FakeAtlas inside this
/// process. With them it runs on the real service, shows its plan, and asks for --yes before
/// it creates anything.
#[expect(clippy::doc_markdown, reason = "clap prints the comments as they are")]
#[derive(Debug, Parser)]
#[command(after_help = "Variables, first found wins:
  account   MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET
  API key   MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY,
            MONGODB_ATLAS_PUBLIC_KEY and MONGODB_ATLAS_PRIVATE_KEY,
            MCLI_PUBLIC_API_KEY and MCLI_PRIVATE_API_KEY
  base URL  MONGODB_ATLAS_BASE_URL, MONGODB_ATLAS_OPS_MANAGER_URL, MCLI_OPS_MANAGER_URL
  cloud     MONGODB_ATLAS_SERVICE, MCLI_SERVICE: cloud or cloudgov
  project   MONGODB_ATLAS_PROJECT_ID, MCLI_PROJECT_ID

Exit codes:
  0  exported
  1  FakeAtlas could not be started
  2  the arguments or the environment are invalid
  3  nothing was done: --yes is missing
  4  there is nothing to export
  5  the service account or API key is refused
  6  Atlas refused a call, or could not be reached
  7  something may or may not have been created: look before repeating
  8  the export still runs, but the time is up
  9  the export failed or was cancelled")]
pub(crate) struct Args {
    /// The project, 24 hexadecimal digits; by default MONGODB_ATLAS_PROJECT_ID
    #[arg(long)]
    project: Option<ProjectId>,
    /// The cluster whose newest snapshot is exported
    #[arg(long)]
    cluster: Option<ClusterName>,
    /// The bucket to export to
    #[arg(long)]
    bucket: Option<String>,
    /// The cloud-provider access role, by Atlas's id; needed to register the bucket
    #[arg(long)]
    role: Option<RoleId>,
    /// Go ahead, after the plan was shown
    #[arg(long)]
    pub(crate) yes: bool,
    /// How long to watch the export
    #[arg(long, default_value_t = 240, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) max_wait_minutes: u64,
}

/// What is exported, and where to.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) project: ProjectId,
    pub(crate) cluster: ClusterName,
    pub(crate) bucket: String,
    pub(crate) role: Option<RoleId>,
}

impl Args {
    /// The first argument that only makes sense with the real service.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        [
            ("--project", self.project.is_some()),
            ("--cluster", self.cluster.is_some()),
            ("--bucket", self.bucket.is_some()),
            ("--role", self.role.is_some()),
            ("--yes", self.yes),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }

    /// What is exported, or which argument is missing.
    pub(crate) fn target(self, default_project: Option<ProjectId>) -> Result<Target, String> {
        let missing = |flag: &str| {
            format!("{flag} is missing: the real service needs --project, --cluster and --bucket")
        };
        Ok(Target {
            project: self
                .project
                .or(default_project)
                .ok_or_else(|| missing("--project (or MONGODB_ATLAS_PROJECT_ID)"))?,
            cluster: self.cluster.ok_or_else(|| missing("--cluster"))?,
            bucket: self.bucket.ok_or_else(|| missing("--bucket"))?,
            role: self.role,
        })
    }
}
