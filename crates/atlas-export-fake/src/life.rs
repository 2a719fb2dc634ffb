//! The life of an export job: Queued, `InProgress`, and an end.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::clock::{Clock, later, stamp};
use crate::version::Version;

/// What moves the jobs that were created through the API, and the snapshots that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobProgress {
    /// Each GET of the job counts, lists do not: `queued` GETs see Queued, the `in_progress` after
    /// them `InProgress`, the next one the end. The answer to the POST is always Queued.
    ByPolls {
        /// How many GETs see Queued.
        queued: u32,
        /// How many GETs see `InProgress`.
        in_progress: u32,
    },
    /// The fake's [`Clock`] decides.
    ByClock {
        /// How long a job is Queued.
        queued: Duration,
        /// How long a job is `InProgress` after that.
        in_progress: Duration,
    },
}

/// One GET that sees Queued, two that see `InProgress`.
impl Default for JobProgress {
    fn default() -> Self {
        Self::ByPolls {
            queued: 1,
            in_progress: 2,
        }
    }
}

/// How the jobs that were created through the API end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum JobOutcome {
    /// `Successful`.
    #[default]
    Successful,
    /// `Failed`, with half of the collections exported. The reason is `stateReason` in v2 and
    /// `errMsg` in v1.0, as published; no failed job has been recorded.
    Failed {
        /// `stateReason.errorCode`.
        error_code: String,
        /// `stateReason.message` and `errMsg`.
        message: String,
    },
    /// `Cancelled`, which the v1.0 reference pages do not know.
    Cancelled,
}

/// The rules that all created jobs of one fake live by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) progress: JobProgress,
    pub(crate) outcome: JobOutcome,
    pub(crate) collections: u64,
    /// What moves the snapshots that are taken through the API.
    pub(crate) snapshot_progress: JobProgress,
    pub(crate) snapshots_fail: bool,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Queued,
    /// `done` parts of `of`.
    InProgress {
        done: u128,
        of: u128,
    },
    Ended,
}

impl JobProgress {
    pub(crate) fn phase(self, polls: u32, age: Duration) -> Phase {
        match self {
            Self::ByPolls {
                queued,
                in_progress,
            } => match polls.saturating_sub(queued) {
                0 => Phase::Queued,
                step if step <= in_progress => Phase::InProgress {
                    done: step.into(),
                    of: u128::from(in_progress) + 1,
                },
                _ => Phase::Ended,
            },
            Self::ByClock {
                queued,
                in_progress,
            } => match age.checked_sub(queued) {
                None => Phase::Queued,
                Some(worked) if worked < in_progress => Phase::InProgress {
                    done: worked.as_nanos(),
                    of: in_progress.as_nanos(),
                },
                Some(_) => Phase::Ended,
            },
        }
    }
}

/// A job that was created through the API.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) snapshot_id: String,
    pub(crate) bucket_id: String,
    pub(crate) custom_data: Value,
    pub(crate) prefix: String,
    /// `Some` for a sharded cluster: `{exportId, replicaSetName}` a shard.
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) created_at: DateTime<Utc>,
    /// The clock's age at creation.
    pub(crate) born: Duration,
    pub(crate) polls: u32,
    /// When a poll saw the end first.
    pub(crate) seen_ended: Option<DateTime<Utc>>,
}

impl Job {
    fn phase(&self, rules: &Rules, clock: &dyn Clock) -> Phase {
        let age = clock.now().saturating_sub(self.born);
        rules.progress.phase(self.polls, age)
    }

    /// Counts one GET of this job.
    pub(crate) fn poll(&mut self, rules: &Rules, clock: &dyn Clock) {
        self.polls = self.polls.saturating_add(1);
        if self.phase(rules, clock) == Phase::Ended && self.seen_ended.is_none() {
            self.seen_ended = Some(clock.wall());
        }
    }

    pub(crate) fn is_active(&self, rules: &Rules, clock: &dyn Clock) -> bool {
        self.phase(rules, clock) != Phase::Ended
    }

    /// The job as `version` shows it now.
    pub(crate) fn body(&self, rules: &Rules, version: Version, clock: &dyn Clock) -> Value {
        let phase = self.phase(rules, clock);
        let mut body = Map::new();
        body.insert("id".into(), self.id.clone().into());
        body.insert("snapshotId".into(), self.snapshot_id.clone().into());
        body.insert("exportBucketId".into(), self.bucket_id.clone().into());
        body.insert("customData".into(), self.custom_data.clone());
        body.insert("prefix".into(), self.prefix.clone().into());
        body.insert("createdAt".into(), stamp(self.created_at).into());
        body.insert("state".into(), state(phase, &rules.outcome).into());
        match &self.components {
            Some(components) => {
                body.insert("components".into(), components.clone().into());
            }
            None => {
                body.insert(
                    "exportStatus".into(),
                    json!({
                        "exportedCollections": exported(phase, rules),
                        "totalCollections": rules.collections,
                    }),
                );
            }
        }
        if phase == Phase::Ended {
            body.insert("finishedAt".into(), stamp(self.ended_at(rules)).into());
            if let JobOutcome::Failed {
                error_code,
                message,
            } = &rules.outcome
            {
                match version {
                    Version::V1 => body.insert("errMsg".into(), message.clone().into()),
                    Version::V2(_) => body.insert(
                        "stateReason".into(),
                        json!({ "errorCode": error_code, "message": message }),
                    ),
                };
            }
        }
        Value::Object(body)
    }

    fn ended_at(&self, rules: &Rules) -> DateTime<Utc> {
        match rules.progress {
            JobProgress::ByPolls { .. } => self.seen_ended.unwrap_or(self.created_at),
            JobProgress::ByClock {
                queued,
                in_progress,
            } => later(self.created_at, queued.saturating_add(in_progress)),
        }
    }
}

fn state(phase: Phase, outcome: &JobOutcome) -> &'static str {
    match (phase, outcome) {
        (Phase::Queued, _) => "Queued",
        (Phase::InProgress { .. }, _) => "InProgress",
        (Phase::Ended, JobOutcome::Successful) => "Successful",
        (Phase::Ended, JobOutcome::Failed { .. }) => "Failed",
        (Phase::Ended, JobOutcome::Cancelled) => "Cancelled",
    }
}

/// How many collections are through. A job that did not succeed stopped halfway.
fn exported(phase: Phase, rules: &Rules) -> u64 {
    match phase {
        Phase::Queued => 0,
        Phase::InProgress { done, of } => u128::from(rules.collections)
            .saturating_mul(done)
            .checked_div(of)
            .and_then(|exported| u64::try_from(exported).ok())
            .unwrap_or(0),
        Phase::Ended if rules.outcome == JobOutcome::Successful => rules.collections,
        Phase::Ended => rules.collections / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn job(clock: &dyn Clock) -> Job {
        Job {
            id: "id".into(),
            snapshot_id: "snapshot".into(),
            bucket_id: "bucket".into(),
            custom_data: json!([]),
            prefix: "exported_snapshots".into(),
            components: None,
            created_at: clock.wall(),
            born: clock.now(),
            polls: 0,
            seen_ended: None,
        }
    }

    fn summary(body: &Value) -> (String, Option<u64>) {
        let state = body.get("state").and_then(Value::as_str);
        let exported = body
            .pointer("/exportStatus/exportedCollections")
            .and_then(Value::as_u64);
        (state.unwrap_or_default().to_owned(), exported)
    }

    #[test]
    fn polls_move_the_job_and_its_progress() {
        let clock = ManualClock::new();
        let rules = Rules {
            collections: 9,
            ..Rules::default()
        };
        let mut job = job(&clock);
        let mut seen = vec![summary(&job.body(&rules, Version::V1, &clock))];
        for _ in 0..4 {
            job.poll(&rules, &clock);
            seen.push(summary(&job.body(&rules, Version::V1, &clock)));
        }
        let expected = [
            ("Queued", 0),
            ("Queued", 0),
            ("InProgress", 3),
            ("InProgress", 6),
            ("Successful", 9),
        ];
        assert_eq!(seen, expected.map(|(s, n)| (s.to_owned(), Some(n))));
    }

    #[test]
    fn the_clock_moves_the_job_and_dates_its_end() {
        let clock = ManualClock::new();
        let rules = Rules {
            progress: JobProgress::ByClock {
                queued: Duration::from_secs(60),
                in_progress: Duration::from_secs(820),
            },
            collections: 10,
            ..Rules::default()
        };
        let job = job(&clock);
        clock.advance(Duration::from_secs(59));
        assert_eq!(summary(&job.body(&rules, Version::V1, &clock)).0, "Queued");
        clock.advance(Duration::from_secs(411));
        let body = job.body(&rules, Version::V1, &clock);
        assert_eq!(summary(&body), ("InProgress".into(), Some(5)));
        assert_eq!(body.get("finishedAt"), None);
        clock.advance(Duration::from_secs(10_000));
        let body = job.body(&rules, Version::V1, &clock);
        assert_eq!(summary(&body), ("Successful".into(), Some(10)));
        assert_eq!(body.get("finishedAt"), Some(&json!("2026-08-10T03:43:05Z")));
    }

    #[test]
    fn a_failure_is_told_in_each_generation_s_words() {
        let clock = ManualClock::new();
        let rules = Rules {
            progress: JobProgress::ByPolls {
                queued: 0,
                in_progress: 0,
            },
            outcome: JobOutcome::Failed {
                error_code: "EXPORT_FAILED".into(),
                message: "no access".into(),
            },
            collections: 4,
            ..Rules::default()
        };
        let mut job = job(&clock);
        job.poll(&rules, &clock);
        let v1 = job.body(&rules, Version::V1, &clock);
        assert_eq!(summary(&v1), ("Failed".into(), Some(2)));
        assert_eq!(v1.get("errMsg"), Some(&json!("no access")));
        assert_eq!(v1.get("stateReason"), None);
        let v2 = job.body(&rules, Version::V2("2023-01-01"), &clock);
        assert_eq!(
            v2.pointer("/stateReason/errorCode"),
            Some(&json!("EXPORT_FAILED"))
        );
        assert_eq!(v2.get("errMsg"), None);
    }
}
