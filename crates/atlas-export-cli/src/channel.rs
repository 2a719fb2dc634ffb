//! Where people read: the plan, the progress, the remarks.

use std::{
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
};

use indicatif::ProgressDrawTarget;

/// One of the two streams. A reader that has gone away, such as `head`, stops nothing: an export
/// is worth more than a line about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    Stdout,
    Stderr,
}

impl Channel {
    pub(crate) fn line(self, line: impl Display) {
        let _ = match self {
            Self::Stdout => writeln!(io::stdout(), "{line}"),
            Self::Stderr => writeln!(io::stderr(), "{line}"),
        };
    }

    pub(crate) fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
        }
    }

    pub(crate) fn draw_target(self) -> ProgressDrawTarget {
        match self {
            Self::Stdout => ProgressDrawTarget::stdout(),
            Self::Stderr => ProgressDrawTarget::stderr(),
        }
    }
}
