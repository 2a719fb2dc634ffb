//! A process group that ends with its owner.

use std::{
    fs::OpenOptions,
    io,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

/// How long a group may take to obey a signal.
const GRACE: Duration = Duration::from_secs(5);

/// How often it is looked whether something is over.
pub(crate) const GLANCE: Duration = Duration::from_millis(20);

/// A process and all its descendants, in a process group of their own: a signal of the terminal
/// does not reach them, and none of them outlives this value.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
    leader: Pid,
}

impl Group {
    /// Starts a command in a group of its own. What it says goes to the end of `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> io::Result<Self> {
        let log = OpenOptions::new().create(true).append(true).open(log)?;
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let leader = Pid::from_child(&child);
        Ok(Self { child, leader })
    }

    /// How the command ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Waits for the command to end, for as long as it may take; `None` if it took longer.
    pub(crate) async fn end(&mut self, bound: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + bound;
        loop {
            let ended = self.ended();
            if ended.is_some() || Instant::now() > deadline {
                return ended;
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Whether nobody is left in the group, within the grace. Reaps the command on the way.
    fn gone(&mut self) -> bool {
        let deadline = Instant::now() + GRACE;
        loop {
            self.ended();
            if test_kill_process_group(self.leader).is_err() {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            thread::sleep(GLANCE);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Politely first, so that a server removes what it has in shared memory.
        for signal in [Signal::TERM, Signal::KILL] {
            // Fails only where nobody is left.
            if kill_process_group(self.leader, signal).is_err() || self.gone() {
                break;
            }
        }
        self.ended();
    }
}
