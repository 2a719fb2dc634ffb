//! The command line.

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    commands::{
        auto_export::AutoExportCommand, buckets::BucketsCommand, clusters::ClustersCommand,
        fleet::FleetCommand, jobs::JobsCommand, preflight::PreflightArgs, request::RequestArgs,
        roles::RolesCommand, snapshots::SnapshotsCommand,
    },
    context::Global,
    exit,
};

/// Exports backup snapshots of MongoDB Atlas to your buckets.
///
/// Whatever changes something or costs money shows first what it would do, and does it with --yes.
#[derive(Debug, Parser)]
#[command(name = "atlas-export", version, max_term_width = 100, after_help = exit::help())]
pub(crate) struct Tool {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The command line, each command with its examples: a block each, its name first.
pub(crate) fn command() -> clap::Command {
    let blocks = include_str!("examples.txt").split("\n\n");
    blocks.fold(Tool::command(), |tool, block| {
        let (name, examples) = block.split_once('\n').unwrap_or_default();
        with_examples(tool, &name.split(' ').collect::<Vec<_>>(), examples)
    })
}

fn with_examples(command: clap::Command, path: &[&str], examples: &str) -> clap::Command {
    match path {
        [] => command.after_help(format!("Examples:\n{examples}")),
        [name, rest @ ..] => command.mut_subcommand(name, |it| with_examples(it, rest, examples)),
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a whole export on an Atlas inside this process; needs nothing, costs nothing
    Demo,
    /// The buckets that snapshots are exported to
    #[command(subcommand)]
    Buckets(BucketsCommand),
    /// The exports of a cluster
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// The backup snapshots of a cluster
    #[command(subcommand)]
    Snapshots(SnapshotsCommand),
    /// The clusters of the project
    #[command(subcommand)]
    Clusters(ClustersCommand),
    /// The roles through which Atlas writes to buckets
    #[command(subcommand)]
    Roles(RolesCommand),
    /// What a cluster exports by itself
    #[command(subcommand)]
    AutoExport(AutoExportCommand),
    /// Exports of every cluster of a project, or of many
    #[command(subcommand)]
    Fleet(FleetCommand),
    /// Say whether an export would succeed, and begin none
    Preflight(PreflightArgs),
    /// Call any operation of Atlas
    Request(RequestArgs),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page, or write one for each command
    Man {
        /// Where to write a page for each command
        #[arg(long, value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}
