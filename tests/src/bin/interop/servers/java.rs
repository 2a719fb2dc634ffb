//! Servers that are a Java library with a small program around it, compiled on the spot.

use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use super::{KEEP_ALIVE, site::Site};
use crate::{KEY, REALM, USER, group::Group};

pub(crate) const COMMANDS: [&str; 2] = ["javac", "java"];
pub(crate) const PACKAGE: &str = "default-jdk-headless";

/// Without it, Java writes statistics into a folder that all its processes share.
const NO_FILE_ELSEWHERE: &str = "-XX:-UsePerfData";

const COMPILING: Duration = Duration::from_secs(60);

/// A program: one class, whose arguments are port, realm, user, password, and the seconds for
/// which an idle connection is kept.
#[derive(Debug)]
pub(crate) struct Program {
    pub(super) class: &'static str,
    pub(super) source: &'static str,
    /// Libraries, without folder and ending.
    pub(super) jars: &'static [&'static str],
    /// The Debian package that has the libraries.
    pub(crate) package: &'static str,
}

impl Program {
    /// The files of the libraries.
    pub(crate) fn jars(&self) -> impl Iterator<Item = String> {
        self.jars
            .iter()
            .map(|name| format!("/usr/share/java/{name}.jar"))
    }

    /// Compiles the program, and returns the command that runs it in the foreground.
    pub(super) async fn command(&self, site: &Site) -> io::Result<Command> {
        let source = site.write(&format!("{}.java", self.class), self.source)?;
        let classes = self.class_path(site)?;
        compile(site, &classes, &source).await?;
        let mut command = Command::new("java");
        command.current_dir(site.folder());
        command.args([NO_FILE_ELSEWHERE, "-Xmx256m", "-cp"]);
        command.arg(classes).arg(self.class);
        command.arg(site.address().port().to_string());
        command.args([REALM, USER, KEY]);
        command.arg(KEEP_ALIVE.to_string());
        Ok(command)
    }

    fn class_path(&self, site: &Site) -> io::Result<OsString> {
        let folder = site.folder().to_owned();
        let jars = self.jars().map(PathBuf::from);
        env::join_paths(std::iter::once(folder).chain(jars)).map_err(io::Error::other)
    }
}

async fn compile(site: &Site, classes: &OsStr, source: &Path) -> io::Result<()> {
    let mut compiler = Command::new("javac");
    compiler.arg(format!("-J{NO_FILE_ELSEWHERE}"));
    compiler.args(["-nowarn", "-d"]).arg(site.folder());
    compiler.arg("-cp").arg(classes).arg(source);
    let mut compiler = Group::start(&mut compiler, site.log())?;
    match compiler.end(COMPILING).await {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(io::Error::other(format!("javac: {status}"))),
        None => Err(io::Error::other("javac does not come to an end")),
    }
}
