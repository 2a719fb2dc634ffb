//! What the run needs of the machine, and which Debian package has it.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use crate::servers::{apache, java, jetty, lighttpd, tomcat};

/// Where Debian keeps servers, which is not in everyone's `PATH`.
const SYSTEM: [&str; 2] = ["/usr/sbin", "/sbin"];

/// A file or command that is not there, and the Debian package that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    what: String,
    package: &'static str,
}

/// Finds a command in `PATH`, or where servers are.
pub(crate) fn command(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(SYSTEM.map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Everything that is missing, at once.
pub(crate) fn missing() -> Vec<Missing> {
    let commands = [
        (apache::COMMAND, apache::PACKAGE),
        (lighttpd::COMMAND, lighttpd::PACKAGE),
    ];
    let commands = commands
        .into_iter()
        .chain(java::COMMANDS.map(|name| (name, java::PACKAGE)))
        .filter(|(name, _)| command(name).is_none())
        .map(|(name, package)| (name.to_owned(), package));
    let modules = apache::modules().map(|file| (file, apache::PACKAGE));
    let modules = modules.chain(lighttpd::modules().map(|file| (file, lighttpd::PACKAGE)));
    let programs = [jetty::PROGRAM, tomcat::PROGRAM];
    let jars = programs
        .iter()
        .flat_map(|program| program.jars().map(|file| (file, program.package)));
    let files = modules
        .chain(jars)
        .filter(|(file, _)| !Path::new(file).is_file());
    commands
        .chain(files)
        .map(|(what, package)| Missing { what, package })
        .collect()
}

/// One message for all of it, with the command that installs it.
pub(crate) fn message(missing: &[Missing]) -> String {
    let mut message = "interop needs servers that are not installed here:".to_owned();
    for Missing { what, package } in missing {
        message = message + "\n  " + what + " (Debian package " + package + ")";
    }
    message += "\nmend it with: apt-get install --no-install-recommends";
    let packages: BTreeSet<_> = missing.iter().map(|missing| missing.package).collect();
    for package in packages {
        message = message + " " + package;
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_in_one_message_and_each_package_once() {
        let missing = [
            ("java", "jdk"),
            ("javac", "jdk"),
            ("apache2", "apache2-bin"),
        ];
        let missing = missing.map(|(what, package)| Missing {
            what: what.to_owned(),
            package,
        });
        let message = message(&missing);
        assert!(
            message.contains("  javac (Debian package jdk)\n"),
            "{message}"
        );
        assert!(
            message.ends_with("--no-install-recommends apache2-bin jdk"),
            "{message}"
        );
    }
}
