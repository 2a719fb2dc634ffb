//! An export that is started once, however often it is asked for.

use std::{
    collections::HashSet,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use atlas_export_api::{
    operations::LIST_EXPORT_JOBS,
    types::{CustomData, ExportJob},
};
use atlas_export_types::{ExportBucketId, ExportJobId, ExportJobState, SnapshotId};

use super::ExportJobs;
use crate::{
    Error, Request,
    ensure::{Ensure, Ensured, Existing, SETTLE, ensure},
    needed,
    request::call_options,
};

/// An export that is about to be started, unless there is one. Made by
/// [`ExportJobs::ensure`]; await it.
///
/// Each of its looks and starts takes no longer than
/// [`call_timeout`](crate::ClientBuilder::call_timeout). There is one look and one start, as a
/// rule; where every answer is lost, there are three starts and seven looks, and three times the
/// [settle time](Self::settle) between them.
#[derive(Clone, Debug)]
#[must_use = "nothing is looked for until it is awaited"]
pub struct EnsureExportJob {
    jobs: ExportJobs,
    snapshot: SnapshotId,
    bucket: ExportBucketId,
    custom_data: Vec<CustomData>,
    export_again: bool,
    settle: Duration,
}

impl EnsureExportJob {
    pub(super) fn new(jobs: ExportJobs, snapshot: SnapshotId, bucket: ExportBucketId) -> Self {
        Self {
            jobs,
            snapshot,
            bucket,
            custom_data: Vec::new(),
            export_again: false,
            settle: SETTLE,
        }
    }

    /// Adds a pair that Atlas copies into the `.complete` file of the export. It does not count
    /// for equality: a job with other custom data is returned all the same, with
    /// `customData` among its [`differences`](Existing::differences).
    pub fn custom_data(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.custom_data
            .push(CustomData::new(key.into(), value.into()));
        self
    }

    /// Exports again what was exported before, successfully or with an end that this version does
    /// not know; by default that is returned. An export that is active is returned in any case:
    /// Atlas allows one for each snapshot.
    pub fn export_again(mut self) -> Self {
        self.export_again = true;
        self
    }

    /// How long the effect of a start whose answer was lost may take to show; by default
    /// 30 s. An effect that shows later is doubled, unless Atlas refuses the second one.
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    call_options!(jobs);
}

impl EnsureExportJob {
    /// Looks for the job that makes another one needless, and starts none.
    ///
    /// # Errors
    /// Those of [`ExportJobs::list`]; `Decode` too where a job of the list is undecodable.
    pub fn existing(self) -> Request<Option<Existing<ExportJob>>> {
        let client = self.jobs.cluster().client().clone();
        Request::new(&client, move |client| async move {
            let jobs = self.jobs.map_client(|_| client);
            Self { jobs, ..self }.begin()?.look().await
        })
    }

    fn begin(self) -> Result<Wanted, Error> {
        self.snapshot.well_formed()?;
        self.bucket.well_formed()?;
        Ok(Wanted {
            plan: self,
            before: Mutex::default(),
        })
    }
}

/// An `ensure` that has begun.
struct Wanted {
    plan: EnsureExportJob,
    /// The jobs that were there before anything was started.
    before: Mutex<HashSet<ExportJobId>>,
}

impl Wanted {
    /// The jobs that export this snapshot to this bucket.
    async fn same(&self) -> Result<Vec<ExportJob>, Error> {
        let mut all = self.plan.jobs.list().consistent().by_item();
        let mut places = 0..;
        let mut same = Vec::new();
        while let (Some(job), Some(index)) = (all.next().await, places.next()) {
            let job = job?;
            if !self.may_be_same(&job) {
                continue;
            }
            let job = self.decided(job, index)?;
            // A job that cannot be named is an export all the same: better an error than another.
            job.id.well_formed()?;
            same.push(job);
        }
        Ok(same)
    }

    /// Whether neither snapshot nor bucket says that it is another export. A job has a bucket,
    /// and may have no snapshot any more.
    fn may_be_same(&self, job: &ExportJob) -> bool {
        let unread = |field| needed::misfit(job, &[field]).is_some();
        let snapshot = match &job.snapshot_id {
            Some(snapshot) => *snapshot == self.plan.snapshot,
            None => unread("snapshotId"),
        };
        let bucket = job.export_bucket_id.as_ref();
        snapshot && bucket.is_none_or(|bucket| *bucket == self.plan.bucket)
    }

    /// The job, if what decides about it can be read.
    fn decided(&self, job: ExportJob, index: usize) -> Result<ExportJob, Error> {
        let cluster = self.plan.jobs.cluster().name().ok();
        let of = |field| needed::undecodable(&job, field, LIST_EXPORT_JOBS.id, cluster, index);
        if job.export_bucket_id.is_none() {
            return Err(of("exportBucketId"));
        }
        let fields = ["snapshotId"].iter().chain(needed::of_progress(&job));
        let fields: Vec<&str> = fields.copied().collect();
        match needed::misfit(&job, &fields) {
            Some(field) => Err(of(field)),
            None => Ok(job),
        }
    }

    fn before(&self) -> std::sync::MutexGuard<'_, HashSet<ExportJobId>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a job makes another one needless, and its rank among those that do: the successful
/// one, or else the one that is active, or else one of which nobody can tell how it ended.
fn serves(job: &ExportJob, export_again: bool) -> Option<u8> {
    match &job.state {
        Some(ExportJobState::Failed | ExportJobState::Cancelled) => None,
        Some(ExportJobState::Successful) => (!export_again).then_some(0),
        _ if job.has_unknown_end() => (!export_again).then_some(2),
        _ => Some(1),
    }
}

impl Ensure for Wanted {
    type Item = ExportJob;

    async fn look(&self) -> Result<Option<Existing<ExportJob>>, Error> {
        let same = self.same().await?;
        self.before().extend(same.iter().map(|job| job.id.clone()));
        let ranked = same
            .into_iter()
            .filter_map(|job| Some((serves(&job, self.plan.export_again)?, job)));
        let mut serving: Vec<(u8, ExportJob)> = ranked.collect();
        // Of one rank, the oldest.
        serving.sort_by_cached_key(|(rank, job)| (*rank, job.created_at, job.id.clone()));
        let count = serving.len();
        Ok(serving.into_iter().next().map(|(_, item)| {
            let differs = !item.custom_data.items().eq(&self.plan.custom_data)
                || needed::misfit(&item, &["customData"]).is_some();
            Existing {
                item,
                count,
                differences: differs.then_some("customData").into_iter().collect(),
            }
        }))
    }

    /// Any that was not there before, in whatever state: it may have failed meanwhile.
    async fn look_for_lost(&self) -> Result<Option<ExportJob>, Error> {
        let same = self.same().await?;
        let before = self.before();
        Ok(same.into_iter().find(|job| !before.contains(&job.id)))
    }

    async fn create(&self) -> Result<ExportJob, Error> {
        let plan = &self.plan;
        let mut create = plan.jobs.create(&plan.snapshot, &plan.bucket);
        for pair in &plan.custom_data {
            create = create.custom_data(pair.key.clone(), pair.value.clone());
        }
        create.await
    }

    /// Atlas refuses a second active export of a snapshot; which status it uses for that is
    /// unconfirmed, so any refusal of the request itself is worth a look.
    fn is_race(&self, refusal: &Error) -> bool {
        matches!(refusal.status(), Some(400 | 409 | 422)) && !refusal.may_have_taken_effect()
    }
}

impl IntoFuture for EnsureExportJob {
    type Output = Result<Ensured<ExportJob>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let clock = self.jobs.cluster().client().clock();
            let settle = self.settle;
            ensure(&self.begin()?, clock, settle).await
        })
    }
}
