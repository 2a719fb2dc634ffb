//! A plan that is carried out.

use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use atlas_export_api::{operations::GET_EXPORT_JOB, types::ExportJob};
use atlas_export_types::{ExportJobId, ExportJobState, SnapshotId};
use futures_core::{FusedStream, Stream};
use futures_util::{StreamExt as _, stream};

use super::{
    ClusterReport, FleetPlan, FleetReport, FleetStatus, Intent, PlannedCluster, SkipReason, look,
    scope::Target,
};
use crate::{Error, ExportJobs, needed, wait::WaitError};

/// A fleet under way: a stream of what came of each cluster, as it is known. Made by
/// [`FleetPlan::run`].
///
/// Where exports are waited for, a cluster comes twice: as [`Started`](FleetStatus::Started)
/// with its job, so that a report stored then knows the job, and when its export has ended.
///
/// While nobody polls it, requests that are under way end and nothing new begins; it holds up no
/// other call. Dropping it starts nothing more. [`report`](Self::report) is good at any time, and resuming
/// it exports nothing twice.
#[must_use = "nothing is exported until the run is polled"]
pub struct FleetRun {
    report: FleetReport,
    running: Pin<Box<dyn Stream<Item = (usize, ClusterReport)> + Send>>,
    done: bool,
}

impl FleetRun {
    /// What has come of the clusters so far.
    pub fn report(&self) -> &FleetReport {
        &self.report
    }

    /// What has come of the clusters.
    pub fn into_report(self) -> FleetReport {
        self.report
    }

    /// What comes of the next cluster, `None` when all have come.
    pub async fn next(&mut self) -> Option<ClusterReport> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Runs to the end.
    pub async fn finish(mut self) -> FleetReport {
        while self.next().await.is_some() {}
        self.report
    }
}

/// Runs to the end, as [`finish`](FleetRun::finish).
impl IntoFuture for FleetRun {
    type Output = FleetReport;
    type IntoFuture = Pin<Box<dyn Future<Output = FleetReport> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl Stream for FleetRun {
    type Item = ClusterReport;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.done {
            return Poll::Ready(None);
        }
        let Some((place, outcome)) = ready!(self.running.as_mut().poll_next(context)) else {
            self.done = true;
            return Poll::Ready(None);
        };
        if let Some(cluster) = self.report.clusters.get_mut(place) {
            cluster.clone_from(&outcome);
        }
        Poll::Ready(Some(outcome))
    }
}

impl FusedStream for FleetRun {
    fn is_terminated(&self) -> bool {
        self.done
    }
}

impl fmt::Debug for FleetRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FleetRun")
            .field("report", &self.report)
            .field("done", &self.done)
            .finish_non_exhaustive()
    }
}

pub(super) fn begin(plan: FleetPlan) -> FleetRun {
    let report = plan.report();
    let concurrency = plan.options.concurrency;
    let plan = Arc::new(plan);
    let reports = report.clusters.iter().cloned();
    let mut work: Vec<_> = plan
        .clusters()
        .iter()
        .cloned()
        .zip(reports)
        .enumerate()
        .collect();
    if !plan.options.wait {
        // What is under way is looked at last, so that a run that is interrupted often gets on.
        work.sort_by_key(|(_, (planned, _))| matches!(planned.intent, Intent::Join(_)));
    }
    let running = stream::iter(work).flat_map_unordered(concurrency, move |(place, work)| {
        let (planned, before) = work;
        let outcomes = export(plan.clone(), planned, before);
        Box::pin(outcomes.map(move |outcome| (place, outcome)))
    });
    FleetRun {
        report,
        running: Box::pin(running),
        done: false,
    }
}

/// Does with one cluster what is planned: what came of it, and before that, where the end of
/// its export is waited for, that it has begun.
fn export(
    plan: Arc<FleetPlan>,
    planned: PlannedCluster,
    before: ClusterReport,
) -> impl Stream<Item = ClusterReport> + Send {
    let waiting = plan.clone();
    let begun = async move { begin_one(&plan, planned, before).await };
    stream::once(begun).flat_map(move |(report, active)| {
        let plan = waiting.clone();
        let begun = report.clone();
        let end = stream::iter(active).then(move |(target, jobs, id)| {
            let (plan, mut report) = (plan.clone(), begun.clone());
            async move {
                wait(&plan, &target, &jobs, &id, &mut report).await;
                report
            }
        });
        stream::iter([report]).chain(end)
    })
}

/// A job whose end is to be waited for.
type Active = (Target, ExportJobs, ExportJobId);

async fn begin_one(
    plan: &FleetPlan,
    planned: PlannedCluster,
    before: ClusterReport,
) -> (ClusterReport, Option<Active>) {
    let Some(target) = plan.targets.get(&planned.project) else {
        return (before, None);
    };
    let named = before.named;
    let planned = match planned.intent {
        Intent::Skip(_) | Intent::AlreadyExported(_) | Intent::Ended(_) => return (before, None),
        // It may be readable now.
        Intent::LookFailed(_) => {
            let planned = look::look_at(target, planned.cluster, planned.replica_sets).await;
            if let Intent::LookFailed(_) = planned.intent {
                // Why it was not exported before may be why it still is not.
                let reason = before.reason.clone();
                let report = plan.report_of(&planned).named(named);
                return (ClusterReport { reason, ..report }, None);
            }
            planned
        }
        Intent::Export | Intent::Join(_) => planned,
    };
    let mut report = plan.report_of(&planned).named(named);
    let jobs = target.project.cluster(&planned.cluster).export_jobs();
    let mut begun = match (planned.intent, &planned.snapshot) {
        // The job itself, so that one that fails is not started again.
        (Intent::Join(job), _) => jobs.get(&job).await,
        (Intent::Export, Some(snapshot)) => ensure(plan, target, &jobs, snapshot).await,
        _ => return (report, None),
    };
    let mut instead = None;
    if let (Err(error), Some(gone), None) = (&begun, &planned.snapshot, &report.job)
        && is_gone(&jobs, gone, error).await
    {
        let anew = look::look_at(target, planned.cluster, planned.replica_sets).await;
        report = plan.report_of(&anew).named(named);
        begun = match (anew.intent, &anew.snapshot) {
            (Intent::Export, Some(snapshot)) => ensure(plan, target, &jobs, snapshot).await,
            (Intent::Join(job) | Intent::AlreadyExported(job), _) => jobs.get(&job).await,
            (Intent::LookFailed(why), _) => {
                let why = format!("snapshot {gone} has expired, and looking for another: {why}");
                fail(&mut report, FleetStatus::Error, &why);
                return (report, None);
            }
            _ => {
                let why = format!("snapshot {gone} has expired, and no other can be exported");
                fail(&mut report, FleetStatus::Error, &why);
                report.reason = Some(SkipReason::SnapshotExpired);
                return (report, None);
            }
        };
        instead = anew
            .snapshot
            .map(|snapshot| format!("snapshot {gone} has expired; {snapshot} takes its place"));
    }
    match begun {
        // A report with it could not be read again.
        Ok(job) if !job.id.is_well_formed() => {
            let id = job.id;
            let why = format!("Atlas answered with job \"{id}\", which is not an id: see its list");
            fail(&mut report, FleetStatus::Error, &why);
        }
        Ok(job) => {
            report.job = Some(job.id.clone());
            if let Some(field) = needed::misfit(&job, needed::of_progress(&job)) {
                let error = needed::misfit_in_answer(&job, field, GET_EXPORT_JOB.id);
                fail(&mut report, FleetStatus::Error, &error);
                return (report, None);
            }
            tell(&mut report, target, &job);
            report.message = report.message.or(instead);
            if plan.options.wait && report.status == FleetStatus::Started {
                return (report, Some((target.clone(), jobs, job.id)));
            }
        }
        Err(error) => fail(&mut report, FleetStatus::Error, &error),
    }
    (report, None)
}

/// Whether an export was refused because its snapshot is not there any more. Which status
/// Atlas uses for that is unconfirmed, so the snapshot itself is asked for.
async fn is_gone(jobs: &ExportJobs, snapshot: &SnapshotId, refusal: &Error) -> bool {
    if !matches!(refusal.status(), Some(400 | 404 | 409 | 410 | 422)) {
        return false;
    }
    let looked = jobs.cluster().snapshots().get(snapshot).await;
    looked.is_err_and(|error| error.is_not_found())
}

/// How far a job is that nobody waits for.
fn tell(report: &mut ClusterReport, target: &Target, job: &ExportJob) {
    report.tell_facts(job, target.bucket.as_ref());
    report.status = match job.state {
        Some(ExportJobState::Successful) => FleetStatus::Successful,
        Some(ExportJobState::Failed) => FleetStatus::Failed,
        Some(ExportJobState::Cancelled) => FleetStatus::Cancelled,
        _ if job.has_unknown_end() => {
            let end = WaitError::UnknownEnd(Box::new(job.clone()));
            return fail(report, FleetStatus::Error, &end);
        }
        _ => FleetStatus::Started,
    };
    report.message = job.reason().map(|reason| reason.to_string());
}

async fn ensure(
    plan: &FleetPlan,
    target: &Target,
    jobs: &ExportJobs,
    snapshot: &SnapshotId,
) -> Result<ExportJob, Error> {
    let mut ensure = jobs.ensure(snapshot, &target.bucket_id);
    for pair in &plan.options.custom_data {
        ensure = ensure.custom_data(pair.key.clone(), pair.value.clone());
    }
    Ok(ensure.await?.into_inner())
}

async fn wait(
    plan: &FleetPlan,
    target: &Target,
    jobs: &ExportJobs,
    id: &ExportJobId,
    report: &mut ClusterReport,
) {
    report.status = FleetStatus::Started;
    let mut wait = jobs.wait_until_finished(id).max_wait(plan.options.max_wait);
    if let Some(interval) = plan.options.poll_interval {
        wait = wait.poll_interval(interval);
    }
    if let Some(on_progress) = plan.options.on_progress.clone() {
        let cluster = report.clone();
        wait = wait.on_progress(move |progress| on_progress(&cluster, progress));
    }
    let bucket = target.bucket.as_ref();
    match wait.await {
        Ok(job) => {
            report.tell_facts(&job, bucket);
            report.status = FleetStatus::Successful;
        }
        Err(error) => {
            let status = match &error {
                WaitError::Failed(job) => {
                    report.tell_facts(job, bucket);
                    FleetStatus::Failed
                }
                WaitError::Cancelled(job) => {
                    report.tell_facts(job, bucket);
                    FleetStatus::Cancelled
                }
                WaitError::MaxWaitExceeded { .. } => FleetStatus::Started,
                _ => FleetStatus::Error,
            };
            fail(report, status, &error);
        }
    }
}

fn fail(report: &mut ClusterReport, status: FleetStatus, error: &dyn fmt::Display) {
    report.status = status;
    report.message = Some(error.to_string());
}
