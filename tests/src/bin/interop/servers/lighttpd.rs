//! lighttpd with `mod_auth`.

use std::{io, process::Command};

use super::{
    KEEP_ALIVE,
    site::{self, Site},
};
use crate::{KEY, REALM, USER, needs};

pub(crate) const COMMAND: &str = "lighttpd";
pub(crate) const PACKAGE: &str = "lighttpd";

const MODULES: [&str; 2] = ["mod_auth", "mod_authn_file"];

/// The files of the modules.
pub(crate) fn modules() -> impl Iterator<Item = String> {
    MODULES
        .into_iter()
        .map(|name| format!("/usr/lib/lighttpd/{name}.so"))
}

/// Writes the configuration, and returns the command that runs in the foreground. Of several
/// algorithms, divided by `|`, each has a challenge of its own.
pub(super) fn command(site: &Site, algorithms: &str) -> io::Result<Command> {
    let users = site.write("users", &format!("{USER}:{KEY}\n"))?;
    let uploads = site.folder_for_all("uploads")?;
    let user = site::other_user().map(|(user, group)| {
        format!(
            "server.username = \"{user}\"
server.groupname = \"{group}\"
"
        )
    });
    let user = user.unwrap_or_default();
    let modules = MODULES.map(|name| format!("\"{name}\"")).join(", ");
    let configuration = site.write(
        "lighttpd.conf",
        &format!(
            r#"{user}server.modules = ({modules})
server.bind = "{ip}"
server.port = {port}
server.max-keep-alive-idle = {KEEP_ALIVE}
server.document-root = "{root}"
mimetype.assign = ("" => "application/json")
server.upload-dirs = ("{uploads}")
auth.backend = "plain"
auth.backend.plain.userfile = "{users}"
auth.require = ("" => (
    "method" => "digest",
    "algorithm" => "{algorithms}",
    "realm" => "{REALM}",
    "require" => "valid-user"
))
"#,
            ip = site.address().ip(),
            port = site.address().port(),
            root = site.root().display(),
            uploads = uploads.display(),
            users = users.display(),
        ),
    )?;
    let mut command = Command::new(needs::command(COMMAND).unwrap_or_else(|| COMMAND.into()));
    command.arg("-D").arg("-f").arg(configuration);
    Ok(command)
}
