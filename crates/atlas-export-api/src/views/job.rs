//! What became of a job, and whether a snapshot can be exported.

use std::fmt;

use atlas_export_types::{ExportJobState, OneLine, SnapshotStatus, SnapshotType};

use crate::types::{ExportJob, Snapshot};

/// Why a job is in the state that it is in, as Atlas tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct JobReason<'a> {
    /// A code out of an open set. Version 2 only.
    pub code: Option<&'a str>,
    /// A text for people.
    pub message: Option<&'a str>,
}

/// The code and the message, as far as they are there.
impl fmt::Display for JobReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.code, self.message) {
            (Some(code), Some(message)) => write!(f, "{}: {}", OneLine(code), OneLine(message)),
            (Some(only), None) | (None, Some(only)) => OneLine(only).fmt(f),
            (None, None) => f.write_str("no reason"),
        }
    }
}

impl ExportJob {
    /// Why the job is in its state, above all why it failed: version 2 says it in
    /// `stateReason`, version 1.0 in `errMsg`. `None` where Atlas says nothing.
    ///
    /// ```
    /// use atlas_export_api::types::ExportJob;
    ///
    /// let job: ExportJob = serde_json::from_str(
    ///     r#"{"id": "605ccba3c1c7613f423e1585", "exportBucketId": "604f6322dc786a5341d4f7fb",
    ///         "state": "Failed", "errMsg": "the bucket is gone"}"#,
    /// )?;
    /// assert_eq!(job.reason().unwrap().to_string(), "the bucket is gone");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn reason(&self) -> Option<JobReason<'_>> {
        fn said(text: Option<&String>) -> Option<&str> {
            text.map(String::as_str)
                .filter(|text| !text.trim().is_empty())
        }
        let state = self.state_reason.as_ref();
        let code = state.and_then(|reason| said(reason.error_code.as_ref()));
        let message = state
            .and_then(|reason| said(reason.message.as_ref()))
            .or_else(|| said(self.err_msg.as_ref()));
        (code.is_some() || message.is_some()).then_some(JobReason { code, message })
    }

    /// Whether the job has ended, well or badly. One without a state, or with one that is not
    /// known, has ended where Atlas says when.
    pub fn is_finished(&self) -> bool {
        match &self.state {
            Some(ExportJobState::Queued | ExportJobState::InProgress) => false,
            Some(state) if state.is_known() => true,
            _ => self.finished_at.is_some(),
        }
    }

    /// Whether the job has ended in a state that this version does not know, or in none: nobody
    /// can tell whether all data is in the bucket.
    pub fn has_unknown_end(&self) -> bool {
        self.is_finished() && !self.state.as_ref().is_some_and(ExportJobState::is_known)
    }
}

impl Snapshot {
    /// Whether Atlas can export the snapshot: completed, and no fallback.
    pub fn is_exportable(&self) -> bool {
        self.status == Some(SnapshotStatus::Completed)
            && self.snapshot_type != Some(SnapshotType::Fallback)
            && self.id.is_well_formed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_job_has_ended_where_its_state_says_so_or_atlas_says_when() {
        for (state, at, ended, unknown) in [
            (json!("Queued"), true, false, false),
            (json!("InProgress"), false, false, false),
            (json!("Successful"), false, true, false),
            (json!("Failed"), true, true, false),
            (json!("Cancelled"), false, true, false),
            (json!("Archived"), false, false, false),
            (json!("Archived"), true, true, true),
            (json!(null), false, false, false),
            (json!(null), true, true, true),
        ] {
            let at = at.then_some("2026-01-01T00:00:00Z");
            let job: ExportJob = serde_json::from_value(json!({
                "id": "a", "exportBucketId": "b", "state": state, "finishedAt": at,
            }))
            .unwrap();
            assert_eq!(job.is_finished(), ended, "{state} {at:?}");
            assert_eq!(job.has_unknown_end(), unknown, "{state} {at:?}");
        }
    }

    #[test]
    fn a_reason_is_read_from_both_generations_and_empty_text_is_none() {
        let job = |extra: Value| -> ExportJob {
            let mut fields = json!({"id": "a", "exportBucketId": "b", "state": "Failed"});
            let object = fields.as_object_mut().unwrap();
            object.extend(extra.as_object().unwrap().clone());
            serde_json::from_value(fields).unwrap()
        };
        for (extra, reason) in [
            (json!({"errMsg": "no access"}), Some("no access")),
            (
                json!({"stateReason": {"errorCode": "E", "message": "m"}}),
                Some("E: m"),
            ),
            (
                json!({"stateReason": {"errorCode": "E"}, "errMsg": "m"}),
                Some("E: m"),
            ),
            (json!({"stateReason": {"errorCode": "E"}}), Some("E")),
            (json!({"stateReason": {}, "errMsg": " "}), None),
            (json!({}), None),
        ] {
            let job = job(extra);
            let told = job.reason().map(|reason| reason.to_string());
            assert_eq!(told.as_deref(), reason);
        }
    }
}
