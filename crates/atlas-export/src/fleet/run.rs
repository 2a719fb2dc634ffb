//! A plan that is carried out.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use atlas_export_api::types::ExportJob;
use atlas_export_types::{ExportJobId, ExportJobState, SnapshotId};
use futures_core::{FusedStream, Stream};
use futures_util::{StreamExt as _, stream};

use super::{ClusterReport, FleetPlan, FleetReport, FleetStatus, Intent, PlannedCluster, plan};
use crate::{Error, ExportJobs, WaitError};

/// A fleet under way: a stream of what came of each cluster, as it is known. Made by
/// [`FleetPlan::run`].
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

    /// Runs to the end.
    pub async fn finish(mut self) -> FleetReport {
        while self.next().await.is_some() {}
        self.report
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
    let running = stream::iter(work)
        .map(move |(place, (planned, before))| {
            let plan = plan.clone();
            async move { (place, export(&plan, planned, before).await) }
        })
        .buffer_unordered(concurrency);
    FleetRun {
        report,
        running: Box::pin(running),
        done: false,
    }
}

/// Does with one cluster what is planned.
async fn export(plan: &FleetPlan, planned: PlannedCluster, before: ClusterReport) -> ClusterReport {
    let planned = match planned.intent {
        Intent::Skip(_) | Intent::AlreadyExported(_) | Intent::Ended(_) => return before,
        // It may be readable now.
        Intent::Unreadable(_) => plan::look_at(&plan.project, &plan.bucket, planned.cluster).await,
        Intent::Export | Intent::Join(_) => planned,
    };
    let mut report = planned.report();
    let jobs = plan.project.cluster(planned.cluster).export_jobs();
    let begun = match (planned.intent, &planned.snapshot) {
        // The job itself, so that one that fails is not started again.
        (Intent::Join(job), _) => jobs.get(&job).await,
        (Intent::Export, Some(snapshot)) => ensure(plan, &jobs, snapshot).await,
        _ => return report,
    };
    match begun {
        Ok(job) => {
            report.job = Some(job.id.clone());
            if plan.options.wait && !job.is_finished() {
                wait(plan, &jobs, &job.id, &mut report).await;
            } else {
                tell(&mut report, &job);
            }
        }
        Err(error) => fail(&mut report, FleetStatus::Error, &error),
    }
    report
}

/// How far a job is that nobody waits for.
fn tell(report: &mut ClusterReport, job: &ExportJob) {
    report.status = match job.state {
        Some(ExportJobState::Successful) => FleetStatus::Successful,
        Some(ExportJobState::Failed) => FleetStatus::Failed,
        Some(ExportJobState::Cancelled) => FleetStatus::Cancelled,
        _ => FleetStatus::Started,
    };
    report.message = job.reason().map(|reason| reason.to_string());
}

async fn ensure(
    plan: &FleetPlan,
    jobs: &ExportJobs,
    snapshot: &SnapshotId,
) -> Result<ExportJob, Error> {
    let mut ensure = jobs.ensure(snapshot, &plan.bucket);
    for pair in &plan.options.custom_data {
        ensure = ensure.custom_data(pair.key.clone(), pair.value.clone());
    }
    Ok(ensure.await?.into_inner())
}

async fn wait(plan: &FleetPlan, jobs: &ExportJobs, id: &ExportJobId, report: &mut ClusterReport) {
    report.status = FleetStatus::Started;
    let mut wait = jobs.wait_until_finished(id);
    if let Some(on_progress) = plan.options.on_progress.clone() {
        let cluster = report.cluster.clone();
        wait = wait.on_progress(move |progress| on_progress(&cluster, progress));
    }
    match wait.await {
        Ok(_) => report.status = FleetStatus::Successful,
        Err(error @ WaitError::JobFailed(_)) => fail(report, FleetStatus::Failed, &error),
        Err(error @ WaitError::JobCancelled(_)) => fail(report, FleetStatus::Cancelled, &error),
        Err(error @ WaitError::MaxWaitExceeded { .. }) => report.message = Some(error.to_string()),
        Err(error) => fail(report, FleetStatus::Error, &error),
    }
}

fn fail(report: &mut ClusterReport, status: FleetStatus, error: &dyn fmt::Display) {
    report.status = status;
    report.message = Some(error.to_string());
}
