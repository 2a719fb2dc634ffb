//! The package of the contenders: built, started, and read.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde::{Deserialize, Serialize};

use super::{
    Depth, Options, Peers,
    plan::{Scenario, Threads, Wire},
};
use crate::cargo::cargo;

/// What one run of a contender has shown, and what the Atlas has seen of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Measured {
    pub(super) count: u64,
    pub(super) checksum: u64,
    pub(super) nanoseconds: u64,
    pub(super) cpu_nanoseconds: u64,
    pub(super) allocations: u64,
    pub(super) allocated_bytes: u64,
    pub(super) peak_growth: u64,
    pub(super) peak_resident: u64,
    #[serde(default)]
    pub(super) traffic: Traffic,
}

/// What went over the wire.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(super) struct Traffic {
    pub(super) connections: u64,
    pub(super) requests: u64,
    /// Request lines and headers, without `Authorization`.
    pub(super) head_bytes: u64,
    /// Of these the `User-Agent`.
    pub(super) agent_bytes: u64,
    pub(super) body_bytes: u64,
}

/// The program of the contenders.
pub(super) struct Contenders {
    program: PathBuf,
    names: Vec<String>,
}

impl Contenders {
    pub(super) fn build(workspace: &Path, options: &Options) -> Result<Self, String> {
        // The workspace's own, where most of what they are made of is built already.
        let target = workspace.join("target");
        let mut build = cargo(&workspace.join("tests/contenders"));
        build
            .args(["build", "--locked", "--target-dir"])
            .arg(&target);
        // Counts are those of any profile but for allocations, and few of those differ.
        let profile = match options.depth {
            Depth::Full => {
                build.arg("--release");
                "release"
            }
            Depth::Quick => "debug",
        };
        if options.peers == Peers::In {
            build.args(["--features", "peers"]);
        }
        let ended = build
            .status()
            .map_err(|error| format!("cargo could not be started: {error}"))?;
        if !ended.success() {
            let help = match options.peers {
                Peers::In => {
                    "; one of the peers needs the headers of D-Bus (libdbus-1-dev): install them, \
                     or leave the peers out with --no-peers"
                }
                Peers::Out => "",
            };
            return Err(format!("the contenders do not build, see above{help}"));
        }
        let program = target.join(profile).join("contenders");
        let list = output(Command::new(&program).arg("list"))??;
        let names = list.lines().filter_map(|line| line.split('\t').next());
        Ok(Self {
            names: names.map(str::to_owned).collect(),
            program,
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// One measurement; the inner error is that a contender cannot do this work.
    pub(super) fn run(
        &self,
        contender: &str,
        scenario: &Scenario,
        atlas: &Atlas,
    ) -> Result<Result<Measured, String>, String> {
        atlas.traffic()?;
        let mut command = Command::new(&self.program);
        command.args(["run", contender, scenario.work, &atlas.url]);
        command.args(&atlas.root);
        if scenario.threads == Threads::One {
            command.env("CONTENDER_ONE_THREAD", "1");
        }
        let text = match output(&mut command)? {
            Ok(text) => text,
            Err(why) => {
                let cannot = why.trim().strip_prefix("cannot: ");
                return cannot
                    .map(|why| Err(why.to_owned()))
                    .ok_or_else(|| format!("{contender} failed at {}: {why}", scenario.work));
            }
        };
        let mut measured: Measured = serde_json::from_str(&text)
            .map_err(|error| format!("{contender} printed no figures: {error}"))?;
        measured.traffic = atlas.traffic()?;
        Ok(Ok(measured))
    }
}

/// What a program prints, or what it complains of.
fn output(command: &mut Command) -> Result<Result<String, String>, String> {
    let output = command
        .output()
        .map_err(|error| format!("the contenders could not be started: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    })
}

/// The Atlas of a scenario, which ends with this value.
pub(super) struct Atlas {
    process: Child,
    url: String,
    /// The file of its root certificate, where it has one.
    root: Option<String>,
    /// Where its traffic is told, in plain text whatever the wire is.
    control: String,
}

impl Atlas {
    pub(super) fn start(contenders: &Contenders, scenario: &Scenario) -> Result<Self, String> {
        let told = |error| format!("the Atlas of the contenders did not start: {error}");
        let security = match scenario.wire {
            Wire::Plain => "plain",
            Wire::Tls => "tls",
        };
        let mut process = Command::new(&contenders.program)
            .args(["serve", &scenario.round_trip_ms.to_string(), security])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(told)?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(told)?;
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let (Some(url), Some(control)) = (words.next(), words.next()) else {
            return Err("the Atlas of the contenders told no address".to_owned());
        };
        Ok(Self {
            process,
            url,
            control,
            root: words.next(),
        })
    }

    /// What was seen since this was last asked.
    fn traffic(&self) -> Result<Traffic, String> {
        let told = |error: std::io::Error| format!("the Atlas tells no traffic: {error}");
        let mut socket = TcpStream::connect(&self.control).map_err(told)?;
        let mut text = String::new();
        socket.read_to_string(&mut text).map_err(told)?;
        serde_json::from_str(&text).map_err(|error| format!("the Atlas tells no traffic: {error}"))
    }
}

impl Drop for Atlas {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
