//! Jetty with its `DigestAuthenticator`, in a small Java program that is compiled on the spot.

use std::{env, io, process::Command, time::Duration};

use super::site::Site;
use crate::{KEY, REALM, USER, group::Group};

pub(crate) const PACKAGE: &str = "libjetty9-java";
pub(crate) const JDK: &str = "default-jdk-headless";

const JARS: [&str; 6] = [
    "jetty9-server",
    "jetty9-security",
    "jetty9-http",
    "jetty9-io",
    "jetty9-util",
    "servlet-api",
];
const SOURCE: &str = include_str!("DigestServer.java");
const COMPILING: Duration = Duration::from_secs(60);

/// The files of the libraries.
pub(crate) fn jars() -> impl Iterator<Item = String> {
    JARS.into_iter()
        .map(|name| format!("/usr/share/java/{name}.jar"))
}

/// Compiles the program, and returns the command that runs it in the foreground.
pub(super) async fn command(site: &Site) -> io::Result<Command> {
    let source = site.write("DigestServer.java", SOURCE)?;
    let libraries = env::join_paths(jars()).map_err(io::Error::other)?;
    let mut compiler = Command::new("javac");
    compiler.args(["-nowarn", "-d"]).arg(site.folder());
    compiler.arg("-cp").arg(&libraries).arg(source);
    let mut compiler = Group::start(&mut compiler, site.log())?;
    match compiler.end(COMPILING).await {
        Some(status) if status.success() => {}
        Some(status) => return Err(io::Error::other(format!("javac: {status}"))),
        None => return Err(io::Error::other("javac does not come to an end")),
    }
    let folder = site.folder().as_os_str().to_owned();
    let classes = env::join_paths(std::iter::once(folder).chain(jars().map(Into::into)))
        .map_err(io::Error::other)?;
    let mut command = Command::new("java");
    command.args(["-Xmx256m", "-cp"]).arg(classes);
    command
        .arg("DigestServer")
        .arg(site.address().port().to_string())
        .args([REALM, USER, KEY]);
    Ok(command)
}
