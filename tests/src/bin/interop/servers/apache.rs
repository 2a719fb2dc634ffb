//! Apache httpd with `mod_auth_digest`.

use std::{io, process::Command};

use md5::{Digest as _, Md5};

use super::{
    KEEP_ALIVE,
    site::{self, Site},
};
use crate::{KEY, REALM, USER, needs};

pub(crate) const COMMAND: &str = "apache2";
pub(crate) const PACKAGE: &str = "apache2-bin";

const MODULES: [&str; 6] = [
    "mpm_event",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_user",
    "auth_digest",
];

/// More than a row has connections: a process whose threads are all busy closes connections that
/// are kept alive, also under a request that is on its way.
const THREADS: u32 = 50;

fn module(name: &str) -> String {
    format!("/usr/lib/apache2/modules/mod_{name}.so")
}

/// The files of the modules.
pub(crate) fn modules() -> impl Iterator<Item = String> {
    MODULES.into_iter().map(module)
}

/// Writes the configuration, and returns the command that runs in the foreground. `wide` are
/// directives of the server, `narrow` those of what is protected.
pub(super) fn command(site: &Site, wide: &str, narrow: &str) -> io::Result<Command> {
    let users = site.write("users", &format!("{USER}:{REALM}:{}\n", ha1()))?;
    let load = MODULES.map(|name| format!("LoadModule {name}_module {}\n", module(name)));
    let load = load.concat();
    let user = site::other_user().map(|(user, group)| format!("User {user}\nGroup {group}\n"));
    let user = user.unwrap_or_default();
    let folder = site.folder().display();
    let configuration = site.write(
        "httpd.conf",
        &format!(
            r#"{load}{user}ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ErrorLog "{log}"
ServerName {address}
Listen {address}
ThreadsPerChild {THREADS}
KeepAliveTimeout {KEEP_ALIVE}
DocumentRoot "{root}"
{wide}
<Location "/">
    ForceType application/json
    AuthType Digest
    AuthName "{REALM}"
    AuthDigestProvider file
    AuthUserFile "{users}"
    {narrow}
    Require valid-user
</Location>
"#,
            log = site.log().display(),
            address = site.address(),
            root = site.root().display(),
            users = users.display(),
        ),
    )?;
    let mut command = Command::new(needs::command(COMMAND).unwrap_or_else(|| COMMAND.into()));
    command.arg("-DFOREGROUND").arg("-f").arg(configuration);
    Ok(command)
}

/// What Apache keeps instead of the password.
fn ha1() -> String {
    let bytes: [u8; 16] = Md5::digest(format!("{USER}:{REALM}:{KEY}")).into();
    format!("{:032x}", u128::from_be_bytes(bytes))
}
