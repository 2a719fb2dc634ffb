//! A service with some clusters, and the tool with its environment.

use std::{
    env,
    process::{ExitStatus, Output, Stdio},
    sync::Arc,
};

use atlas_export_fake::{
    AccessRole, Bucket, FakeAtlas, FakeAtlasBuilder, JobProgress, ManualClock, Snapshot,
};
use chrono::{DateTime, Utc};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt as _, process::Command};

pub(crate) const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
pub(crate) const ROLE: &str = "12345678f901a234dbdb00ca";
pub(crate) const SNAPSHOT: &str = "5fb6a0e0e5a4d31b5b8ef0b2";
pub(crate) const BUCKET: &str = "604f6322dc786a5341d4f7fb";

/// A project with a bucket, a role and some clusters, at a time that stands still.
pub(crate) fn service() -> FakeAtlasBuilder {
    let snapshot = Snapshot::completed(SNAPSHOT)
        .description("before the release")
        .storage_bytes(2_350_923_776);
    let other = Snapshot::completed("5fb6a0e0e5a4d31b5b8ef0b3").storage_bytes(1_200_000_000);
    FakeAtlas::builder()
        .clock(Arc::new(ManualClock::starting_at(start())))
        .bucket(PROJECT, Bucket::aws("exports", ROLE).id(BUCKET))
        .access_role(
            PROJECT,
            AccessRole::aws(ROLE, "arn:aws:iam::123456789012:role/atlas-export"),
        )
        .snapshot(PROJECT, "Orders", snapshot)
        .snapshot(PROJECT, "Users", other)
        .cluster(PROJECT, "Empty")
        .tier(PROJECT, "Playground", "FLEX")
        .collections(12)
        .job_progress(JobProgress::ByPolls {
            queued: 0,
            in_progress: 1,
        })
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-22T00:44:00Z".parse().unwrap()
}

/// How the tool ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The one line of a refusal, for which the tool ended with this code.
    pub(crate) fn refusal(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        self.stderr.trim_end()
    }

    /// What it printed, when all went well.
    pub(crate) fn success(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self:?}");
        &self.stdout
    }

    /// The JSON that it printed, when all went well.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.success()).unwrap()
    }
}

impl std::fmt::Debug for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        write!(f, "{code:?}\n{stdout}\n---\n{stderr}")
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: ExitStatus::code(&output.status),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The tool, a folder to work in, and variables.
pub(crate) struct Tool {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Tool {
    /// With nothing set.
    pub(crate) fn bare() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    /// With the key of a service, and its project.
    pub(crate) fn of(fake: &FakeAtlas) -> Self {
        let (public, private) = fake.credentials();
        Self::bare()
            .set("MONGODB_ATLAS_PUBLIC_API_KEY", public)
            .set("MONGODB_ATLAS_PRIVATE_API_KEY", private)
            .set("MONGODB_ATLAS_BASE_URL", &fake.url())
            .set("MONGODB_ATLAS_PROJECT_ID", PROJECT)
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where it works.
    pub(crate) fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    /// The variables that it runs with, and those that it must not inherit.
    pub(crate) fn environment(&self) -> (Vec<(String, String)>, Vec<String>) {
        // Whoever runs the tests may have keys and profiles of their own.
        let strangers = env::vars_os().filter_map(|(name, _)| {
            let name = name.into_string().ok()?;
            let is_strange = ["MONGODB_ATLAS_", "MCLI_", "NO_COLOR", "CLICOLOR"];
            is_strange
                .iter()
                .any(|it| name.starts_with(it))
                .then_some(name)
        });
        let home = self.folder.path().to_str().unwrap().to_owned();
        let mut variables = vec![
            ("HOME".to_owned(), home.clone()),
            ("XDG_CONFIG_HOME".to_owned(), home.clone()),
            ("APPDATA".to_owned(), home),
        ];
        variables.extend(self.variables.iter().cloned());
        (variables, strangers.collect())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(Command::new(env!("CARGO_BIN_EXE_atlas-export")));
        command.args(arguments);
        command
    }

    /// A command with its environment, and the folder to work in.
    fn prepared(&self, mut command: Command) -> Command {
        let (variables, strangers) = self.environment();
        for name in strangers {
            command.env_remove(name);
        }
        command
            .envs(variables)
            .current_dir(self.folder.path())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().await.unwrap().into()
    }

    /// Runs a line of a shell in which it is a command.
    #[cfg(unix)]
    pub(crate) async fn shell(&self, line: &str) -> Ended {
        let tool = std::path::Path::new(env!("CARGO_BIN_EXE_atlas-export"));
        let mut path = tool.parent().unwrap().as_os_str().to_owned();
        if let Some(others) = env::var_os("PATH") {
            path.push(":");
            path.push(others);
        }
        let mut shell = self.prepared(Command::new("sh"));
        shell.env("PATH", path).args(["-c", line]);
        shell.output().await.unwrap().into()
    }

    /// Runs it with a text on standard input.
    pub(crate) async fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).await.unwrap();
        drop(stdin);
        child.wait_with_output().await.unwrap().into()
    }

    /// Runs it with nobody who reads what it prints.
    pub(crate) async fn run_unread(&self, arguments: &[&str]) -> ExitStatus {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        child.wait().await.unwrap()
    }
}

/// The same command on the same service, once.
pub(crate) async fn run_on(fake: &FakeAtlas, arguments: &[&str]) -> Ended {
    Tool::of(fake).run(arguments).await
}
