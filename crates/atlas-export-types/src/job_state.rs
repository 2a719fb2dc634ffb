//! What the states of an export job mean: the one thing about the vocabulary that is no fact of
//! the contract.

use crate::ExportJobState;

impl ExportJobState {
    /// Whether the job has ended, well or badly. An unknown state counts as not ended.
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Successful | Self::Failed | Self::Cancelled)
    }
}
