//! `clusters`: the clusters of the project.

use clap::Subcommand;

use crate::{context::Context, exit::Stop};

#[derive(Debug, Subcommand)]
pub(crate) enum ClustersCommand {
    /// List the clusters, and say which can be exported
    List,
}

pub(crate) async fn run(context: &Context, command: ClustersCommand) -> Result<(), Stop> {
    let ClustersCommand::List = command;
    let clusters = context.project()?.clusters();
    context.output.list(clusters.list()).await
}
