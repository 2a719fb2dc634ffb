//! The command line of snapshot exports, thin over the SDK: buckets, jobs, snapshots, fleets, and
//! any other operation of Atlas.
//!
//! ```text
//! main.rs           one command, and its exit code
//! args.rs           the command line; each command has its own in commands/
//! exit.rs           how a command ends, with the table of exit codes
//! context.rs        the client and the project that a command is about
//! channel.rs        where people read; a reader that is gone stops nothing
//! output.rs         results: JSON as Atlas sent it, or a table; rows.rs: what a table shows
//! progress.rs       bars on a terminal, lines elsewhere
//! target.rs         the bucket that an export goes to
//! export.rs         one export: its plan, its start, its end
//! commands/         a file for each command
//! ```
#![allow(clippy::doc_markdown, reason = "clap prints the comments as they are")]

mod args;
mod channel;
mod commands;
mod context;
mod exit;
mod export;
mod interrupt;
mod output;
mod progress;
mod rows;
mod target;

use std::{process::ExitCode, time::Duration};

use clap::FromArgMatches as _;

use crate::{
    args::{Command, Tool},
    channel::Channel,
    commands::{
        auto_export, buckets, clusters, demo, fleet, jobs, preflight, request, roles, shell,
        snapshots,
    },
    context::Context,
    exit::Stop,
};

#[tokio::main]
async fn main() -> ExitCode {
    let tool = Tool::from_arg_matches(&args::command().get_matches());
    let tool = tool.unwrap_or_else(|error| error.exit());
    match run(tool).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            Channel::Stderr.line(&stop);
            stop.code()
        }
    }
}

async fn run(tool: Tool) -> Result<(), Stop> {
    match tool.command {
        Command::Demo => return demo::run().await,
        Command::Completions { shell } => {
            shell::completions(shell);
            return Ok(());
        }
        Command::Man { directory } => return shell::man(directory.as_deref()),
        Command::Fleet(ref command) if command.is_offline() => return fleet::run_offline(command),
        _ => {}
    }
    let context = Context::open(&tool.global)?;
    let outcome = match tool.command {
        Command::Buckets(command) => buckets::run(&context, command).await,
        Command::Jobs(command) => jobs::run(&context, command).await,
        Command::Snapshots(command) => snapshots::run(&context, command).await,
        Command::Clusters(command) => clusters::run(&context, command).await,
        Command::Roles(command) => roles::run(&context, command).await,
        Command::AutoExport(command) => auto_export::run(&context, command).await,
        Command::Fleet(command) => fleet::run(&context, command).await,
        Command::Preflight(args) => preflight::run(&context, args).await,
        Command::Request(request) => request::run(&context, request).await,
        Command::Demo | Command::Completions { .. } | Command::Man { .. } => Ok(()),
    };
    // An account has a hundred tokens at most, and this one has served. Nobody waits long for it.
    let revocation = context.atlas.revoke_token();
    let _ = tokio::time::timeout(Duration::from_secs(5), revocation).await;
    outcome
}
