//! One thing that is wrong with a file: where it stands, what it is, what to write instead.

use std::fmt;

/// A place in a file, both numbers counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Line, from one.
    pub line: u64,
    /// Column in characters, from one.
    pub column: u64,
}

impl Location {
    /// Where a finding about a whole file stands.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// What is wrong, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that speaks, in kebab case.
    pub rule: &'static str,
    /// The file, as it was named to the reader.
    pub file: String,
    /// Line, from one.
    pub line: u64,
    /// Column in characters, from one.
    pub column: u64,
    /// JSON pointer to the value; empty for a whole document, and for a file without pointers.
    pub pointer: String,
    /// What is wrong, the value named.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Finding {
    /// A finding about `pointer` in `file`.
    pub fn new(
        rule: &'static str,
        file: &str,
        at: Location,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            file: file.to_owned(),
            line: at.line,
            column: at.column,
            pointer: pointer.to_owned(),
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            file,
            line,
            column,
            pointer,
            message,
            help,
        } = self;
        writeln!(f, "{file}:{line}:{column}: error[{rule}]: {message}")?;
        if !pointer.is_empty() {
            writeln!(f, "  at #{pointer}")?;
        }
        write!(f, "  help: {help}")
    }
}

/// Several findings as one text, a blank line between them.
pub fn render(findings: &[Finding]) -> String {
    let blocks: Vec<String> = findings.iter().map(ToString::to_string).collect();
    blocks.join("\n\n")
}
