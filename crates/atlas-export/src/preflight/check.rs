//! A check, and the report of all.

use std::fmt;

use serde::Serialize;

use crate::error::one_line;

/// What a check is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CheckKind {
    /// Whether Atlas accepts the credentials.
    Credentials,
    /// Whether Atlas lets this machine's address in.
    Address,
    /// Whether the roles suffice for an operation, by its id.
    Role(String),
    /// Whether the export bucket is there.
    Bucket,
    /// Whether the role through which Atlas writes to the bucket is there and authorized.
    BucketRole,
    /// Whether what private networking needs is there, if the bucket asks for it.
    PrivateNetworking,
    /// Whether the cluster is there and can be exported.
    Cluster,
    /// Whether it has a snapshot that can be exported.
    Snapshot,
    /// Whether that snapshot lives longer than an export takes.
    SnapshotExpiry,
    /// Whether that snapshot is not being exported already.
    ActiveExport,
}

impl fmt::Display for CheckKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "credentials",
            Self::Address => "address",
            Self::Role(operation) => return write!(f, "role for {}", one_line(operation)),
            Self::Bucket => "bucket",
            Self::BucketRole => "role of the bucket",
            Self::PrivateNetworking => "private networking",
            Self::Cluster => "cluster",
            Self::Snapshot => "snapshot",
            Self::SnapshotExpiry => "expiry of the snapshot",
            Self::ActiveExport => "active export",
        })
    }
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CheckOutcome {
    /// An export would not fail for this.
    Passed,
    /// An export would fail, or do nothing.
    Failed,
    /// Nobody can tell, as the evidence says.
    Unknown,
}

/// A check: what was seen, and what to do. `Display` is one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Check {
    /// What it is about.
    pub kind: CheckKind,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// What was seen.
    pub evidence: String,
    /// What to do, unless it is passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Check {
    pub(super) fn passed(kind: CheckKind, evidence: impl Into<String>) -> Self {
        Self {
            kind,
            outcome: CheckOutcome::Passed,
            evidence: evidence.into(),
            remedy: None,
        }
    }

    pub(super) fn failed(
        kind: CheckKind,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            outcome: CheckOutcome::Failed,
            remedy: Some(remedy.into()),
            ..Self::passed(kind, evidence)
        }
    }

    pub(super) fn unknown(
        kind: CheckKind,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            outcome: CheckOutcome::Unknown,
            ..Self::failed(kind, evidence, remedy)
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            CheckOutcome::Passed => "passed ",
            CheckOutcome::Failed => "FAILED ",
            CheckOutcome::Unknown => "unknown",
        };
        write!(f, "{outcome}  {}: {}", self.kind, one_line(&self.evidence))?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {}", one_line(remedy)),
            None => Ok(()),
        }
    }
}

/// The checks of a preflight. `Display` is a line for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PreflightReport {
    /// The checks, in the order in which a person would look.
    pub checks: Vec<Check>,
}

impl PreflightReport {
    pub(super) fn new(checks: Vec<Check>) -> Self {
        Self { checks }
    }

    /// Whether all checks are passed. What is unknown is not.
    pub fn is_ready(&self) -> bool {
        self.in_outcome(CheckOutcome::Passed).count() == self.checks.len()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.in_outcome(CheckOutcome::Failed)
    }

    /// The checks of which nobody can tell.
    pub fn unknown(&self) -> impl Iterator<Item = &Check> {
        self.in_outcome(CheckOutcome::Unknown)
    }

    /// The check of this kind.
    pub fn check(&self, kind: &CheckKind) -> Option<&Check> {
        self.checks.iter().find(|check| check.kind == *kind)
    }

    fn in_outcome(&self, outcome: CheckOutcome) -> impl Iterator<Item = &Check> {
        let checks = self.checks.iter();
        checks.filter(move |check| check.outcome == outcome)
    }
}

impl fmt::Display for PreflightReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            writeln!(f, "{check}")?;
        }
        let (failed, unknown) = (self.failed().count(), self.unknown().count());
        let all = self.checks.len();
        if self.is_ready() {
            write!(f, "{all} checks, all passed")
        } else {
            write!(f, "{all} checks, {failed} failed, {unknown} unknown")
        }
    }
}
