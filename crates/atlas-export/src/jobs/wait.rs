//! Waiting for an export job to end.

use atlas_export_api::{operations::GET_EXPORT_JOB, types::ExportJob};
use atlas_export_types::{ExportJobId, ExportJobState};
use chrono::{DateTime, Utc};

use crate::{
    Cluster, needed,
    wait::{End, Looking, Sealed, Waitable},
};

impl Sealed for ExportJob {}

impl Waitable for ExportJob {
    type Id = ExportJobId;
    type Place = Cluster;

    const NOUN: &'static str = "export job";
    const UNFINISHED: &'static str = "has not ended";

    fn look(cluster: &Cluster, id: &ExportJobId) -> Looking<Self> {
        let look = cluster.export_jobs().get(id).into_future();
        Box::pin(async move {
            let job = look.await?;
            let fields = needed::of_progress(&job);
            needed::of_answer(job, fields, GET_EXPORT_JOB.id)
        })
    }

    fn end(&self) -> Option<End> {
        match self.state {
            Some(ExportJobState::Failed) => Some(End::Failure),
            Some(ExportJobState::Cancelled) => Some(End::Cancellation),
            Some(ExportJobState::Successful) => Some(End::Success),
            _ if self.is_finished() => Some(End::Unknown),
            _ => None,
        }
    }

    fn id(&self) -> &ExportJobId {
        &self.id
    }

    fn began(&self) -> Option<DateTime<Utc>> {
        self.created_at
    }

    fn state(&self) -> Option<String> {
        self.state.as_ref().map(ToString::to_string)
    }

    fn reason(&self) -> Option<String> {
        Self::reason(self).map(|reason| reason.to_string())
    }

    /// What Atlas says about the collections, if it says anything.
    fn collections(&self) -> Option<(u64, u64)> {
        let status = self.export_status.as_ref()?;
        let exported = u64::try_from(status.exported_collections?).ok()?;
        let total = u64::try_from(status.total_collections?).ok()?;
        (total > 0).then_some((exported, total))
    }
}
