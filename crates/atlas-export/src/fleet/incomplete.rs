//! A fleet of which not every cluster is exported, as an error.

use std::{error::Error as StdError, fmt};

use atlas_export_types::OneLine;

use super::{ClusterReport, FleetReport, FleetStatus, ProjectReport};
use crate::{
    Error, ErrorKind,
    wait::{WaitError, Waitable},
};

/// How many clusters a message names.
const NAMED: usize = 5;

/// A fleet of which not every cluster is exported that was to be. Made by
/// [`FleetReport::into_result`]; `?` turns it into an [`Error`], which [`Error::downcast`] turns
/// back: of the kind [`ErrorKind::MaxWait`] where all that is left has only been started, or not
/// yet, and else of the kind [`ErrorKind::Ended`].
#[derive(Clone, Debug, PartialEq)]
pub struct IncompleteFleet(Box<FleetReport>);

impl IncompleteFleet {
    pub(super) fn new(report: FleetReport) -> Self {
        Self(Box::new(report))
    }

    /// What came of the clusters, for [`resume`](super::ExportFleet::resume).
    pub fn report(&self) -> &FleetReport {
        &self.0
    }

    /// What came of the clusters, for [`resume`](super::ExportFleet::resume).
    pub fn into_report(self) -> FleetReport {
        *self.0
    }
}

/// Whether a cluster is exported, or was not to be.
pub(super) fn is_done(cluster: &ClusterReport) -> bool {
    matches!(
        cluster.status,
        FleetStatus::Successful | FleetStatus::Skipped
    )
}

impl fmt::Display for IncompleteFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = || self.0.clusters.iter().filter(|cluster| !is_done(cluster));
        let (count, all) = (left().count(), self.0.clusters.len());
        write!(f, "{count} of {all} clusters were not exported")?;
        for (index, cluster) in left().take(NAMED).enumerate() {
            let before = if index == 0 { " (" } else { "; " };
            write!(f, "{before}{cluster}")?;
        }
        if count > NAMED {
            write!(f, "; and {} more", count - NAMED)?;
        }
        if count > 0 {
            f.write_str(")")?;
        }
        for project in &self.0.projects {
            if let Some(why) = &project.message {
                let id = &project.project;
                write!(f, "; project {id} could not be looked at: {}", OneLine(why))?;
            }
        }
        let undecodable = self.0.undecodable().count();
        if undecodable > 0 {
            write!(f, "; {undecodable} of the list of clusters did not decode")?;
        }
        f.write_str(": look at each cause, then resume the report")
    }
}

impl StdError for IncompleteFleet {}

impl From<IncompleteFleet> for Error {
    fn from(fleet: IncompleteFleet) -> Self {
        // What was only started, or not yet, has not ended.
        let mut left = fleet.0.clusters.iter().filter(|cluster| !is_done(cluster));
        let is_open = |cluster: &ClusterReport| {
            matches!(cluster.status, FleetStatus::Planned | FleetStatus::Started)
        };
        let kind = if fleet.0.projects.iter().all(ProjectReport::is_whole) && left.all(is_open) {
            ErrorKind::MaxWait
        } else {
            ErrorKind::Ended
        };
        Self::of_cause(kind, fleet)
    }
}

/// As an [`Error`] does.
impl<T: Waitable> From<IncompleteFleet> for WaitError<T> {
    fn from(error: IncompleteFleet) -> Self {
        Error::from(error).into()
    }
}
