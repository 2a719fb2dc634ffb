//! The client and the project that a command is about.

use atlas_export::{Client, Project, ProjectId};
use clap::Args;

use crate::{channel::Channel, exit::Stop, output::Format};

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The profile of the Atlas CLI to use; by default the environment, then the profile that is
    /// meant (MONGODB_ATLAS_PROFILE, or "default")
    #[arg(short = 'P', long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The project, 24 hexadecimal digits; by default MONGODB_ATLAS_PROJECT_ID, then that of the
    /// profile
    #[arg(long, visible_alias = "projectId", global = true, value_name = "ID")]
    pub(crate) project: Option<ProjectId>,
    /// How results are shown: as Atlas sent them, or as a table
    #[arg(short, long, global = true, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
}

/// What a command works with.
pub(crate) struct Context {
    pub(crate) atlas: Client,
    pub(crate) output: Format,
    project: Option<ProjectId>,
    profile: Option<String>,
}

impl Context {
    /// A client by the arguments: of the profile that is named, or of the first credentials that
    /// there are.
    pub(crate) fn open(global: &Global) -> Result<Self, Stop> {
        let atlas = match &global.profile {
            Some(name) => Client::from_profile(Some(name))?,
            None => Client::from_default_chain()?,
        };
        Ok(Self {
            atlas,
            output: global.output,
            project: global.project.clone(),
            profile: global.profile.clone(),
        })
    }

    /// One that is made for a client that is there already.
    pub(crate) fn of(atlas: Client, project: ProjectId) -> Self {
        Self {
            atlas,
            output: Format::Table,
            project: Some(project),
            profile: None,
        }
    }

    /// The project: that of the arguments, of the environment, or of the profile.
    pub(crate) fn project(&self) -> Result<Project, Stop> {
        match &self.project {
            Some(project) => Ok(self.atlas.project(project)),
            None => self.atlas.default_project().map_err(|_| {
                Stop::usage(
                    "--project is missing: give it, set MONGODB_ATLAS_PROJECT_ID, or set \
                     project_id in the profile",
                )
            }),
        }
    }

    /// Where people read: beside the result, or in its place.
    pub(crate) fn channel(&self) -> Channel {
        match self.output {
            Format::Table => Channel::Stdout,
            Format::Json => Channel::Stderr,
        }
    }

    /// Tells people.
    pub(crate) fn tell(&self, line: impl std::fmt::Display) {
        self.channel().line(line);
    }

    /// Says what would be done, and ends there, unless somebody said yes.
    pub(crate) fn confirm(&self, yes: bool, would: impl std::fmt::Display) -> Result<(), Stop> {
        if yes {
            return Ok(());
        }
        self.tell(would);
        Err(Stop::not_confirmed())
    }

    /// A command of this tool, with the same profile, for who is to repeat it.
    pub(crate) fn command(&self, rest: &str) -> String {
        match &self.profile {
            Some(profile) => format!("atlas-export -P {} {rest}", quoted(profile)),
            None => format!("atlas-export {rest}"),
        }
    }
}

/// A word as a shell wants it.
pub(crate) fn quoted(word: &str) -> String {
    // No word of a command line has a zero byte.
    shlex::try_quote(word).unwrap_or_default().into_owned()
}
