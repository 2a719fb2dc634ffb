//! What a decision reads of an item has to fit.
//!
//! A field that did not fit is absent in its place, and absent is not what was received: a job
//! whose bucket cannot be read may be the one that is looked for. So whatever creates, deletes,
//! skips or ends something names the fields that it reads, and takes an item in which one of
//! these did not fit for one that does not decode. Other fields cost nothing.

use atlas_export_api::{
    Object,
    types::{ExportJob, Snapshot},
};
use atlas_export_types::{ClusterName, ExportJobState, SnapshotStatus, SnapshotType, Undecodable};

use crate::{Error, ErrorKind};

const MISFIT: &str = "its value does not fit, or is missing";

/// Which of these fields did not fit, if any.
pub(crate) fn misfit(item: &impl Object, fields: &[&str]) -> Option<&'static str> {
    item.undecodable_fields()
        .find(|field| fields.contains(field))
}

/// An item of a list, unless one of the fields that are needed of it did not fit.
pub(crate) fn of_list<T: Object>(
    item: T,
    fields: &[&str],
    operation: &'static str,
    cluster: Option<&ClusterName>,
    index: usize,
) -> Result<T, Error> {
    match misfit(&item, fields) {
        None => Ok(item),
        Some(field) => Err(undecodable(&item, field, operation, cluster, index)),
    }
}

/// An item of a list of whose field something is needed, and did not fit.
pub(crate) fn undecodable(
    item: &impl Object,
    field: &str,
    operation: &'static str,
    cluster: Option<&ClusterName>,
    index: usize,
) -> Error {
    let undecodable = Undecodable::of_field(index, item, field, MISFIT);
    Error::undecodable(operation, cluster, undecodable)
}

/// The answer to a call, unless one of the fields that are needed of it did not fit.
pub(crate) fn of_answer<T: Object>(
    answer: T,
    fields: &[&str],
    operation: &'static str,
) -> Result<T, Error> {
    let Some(field) = misfit(&answer, fields) else {
        return Ok(answer);
    };
    Err(misfit_in_answer(&answer, field, operation))
}

/// An answer of whose field something is needed, and did not fit.
pub(crate) fn misfit_in_answer(
    answer: &impl Object,
    field: &str,
    operation: &'static str,
) -> Error {
    let undecodable = Undecodable::of_field(0, answer, field, MISFIT);
    Error::new(
        ErrorKind::Decode,
        format!("the answer does not fit the contract: field {field}: {MISFIT}"),
    )
    .with(|inner| {
        inner.operation = Some(operation);
        inner.raw = Some(undecodable.raw().into());
    })
}

/// What tells how far a job is: its state, and where that is unknown, when it ended.
pub(crate) fn of_progress(job: &ExportJob) -> &'static [&'static str] {
    if job.state.as_ref().is_some_and(ExportJobState::is_known) {
        &[]
    } else {
        &["state", "finishedAt"]
    }
}

/// What tells whether a snapshot is the newest that can be exported. Of one that cannot be, it
/// does not matter how old it is.
pub(crate) fn of_newest(snapshot: &Snapshot) -> &'static [&'static str] {
    match (&snapshot.status, &snapshot.snapshot_type) {
        (_, Some(SnapshotType::Fallback)) => &["type"],
        (Some(SnapshotStatus::Completed), _) => &["snapshotType", "createdAt", "type"],
        (Some(_), _) => &["type"],
        (None, _) => &["status"],
    }
}
