//! What a server has to itself: a free port, and a folder that is gone afterwards.

use std::{
    fs::{self, Permissions},
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::calls;

/// How many lines of a log are shown.
const LAST_LINES: usize = 12;

/// A port and a folder.
#[derive(Debug)]
pub(super) struct Site {
    address: SocketAddr,
    folder: TempDir,
    log: PathBuf,
}

impl Site {
    /// A folder that everyone may read, with what is to be served, and a port that was free a
    /// moment ago. If somebody takes it meanwhile, the server says so and the run fails.
    pub(super) fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("atlas-export-interop-")
            .permissions(Permissions::from_mode(0o755))
            .tempdir()?;
        let log = folder.path().join("server.log");
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let site = Self {
            address,
            folder,
            log,
        };
        for file in calls::FILES {
            let file = site.root().join(calls::BASE).join(file);
            fs::create_dir_all(file.parent().unwrap_or(site.folder()))?;
            fs::write(file, format!("\"{}\"", calls::ANSWER))?;
        }
        Ok(site)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of what is served.
    pub(super) fn root(&self) -> PathBuf {
        self.folder().join("root")
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Writes a file beside what is served.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let file = self.folder().join(name);
        fs::write(&file, text)?;
        Ok(file)
    }

    /// Makes a folder that any user may write into.
    pub(super) fn folder_for_all(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.folder().join(name);
        fs::create_dir(&folder)?;
        fs::set_permissions(&folder, Permissions::from_mode(0o1777))?;
        Ok(folder)
    }

    /// The end of the log, to be appended to a message.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        let skipped = lines.len().saturating_sub(LAST_LINES);
        if lines.is_empty() {
            return "; its log is empty".to_owned();
        }
        lines
            .into_iter()
            .skip(skipped)
            .fold("; the end of its log:".to_owned(), |words, line| {
                words + "\n    " + line
            })
    }
}

/// User and group that a server is to become if root starts it, as Apache demands.
pub(super) fn other_user() -> Option<(&'static str, &'static str)> {
    rustix::process::geteuid()
        .is_root()
        .then_some(("nobody", "nogroup"))
}
