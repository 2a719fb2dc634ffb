//! The SDK.

use atlas_export::{Client, Credentials, Error, ExportJobs, list::List, models::ExportJob};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{cannot, measured, measured_building, runtime};
use crate::{
    Failure,
    figures::{Figures, Seen},
    work::{
        AT_ONCE, BUCKET, CLUSTER, JOB, PRIVATE_KEY, PROJECT, PUBLIC_KEY, Place, SNAPSHOT, Work,
    },
};

fn client(place: &Place) -> Result<Client, Failure> {
    let mut builder = Client::builder()
        .base_url(place.base())
        .no_proxy()
        .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY));
    if let Some(root) = &place.root {
        builder = builder.root_certificates(root.clone());
    }
    Ok(builder.build()?)
}

/// The jobs of the cluster that has so many.
fn jobs(client: &Client, count: usize) -> ExportJobs {
    let cluster = if count == 10_000 {
        CLUSTER.to_owned()
    } else {
        format!("Jobs{count}")
    };
    client.project(PROJECT).cluster(cluster).export_jobs()
}

fn see(job: &ExportJob, seen: &mut Seen) {
    let state = job.state.as_ref().map_or("", |state| state.as_str());
    let created = job.created_at.map_or(0, |at| at.timestamp());
    seen.job(job.id.as_str(), state, created);
}

async fn list(list: List<ExportJob>) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let mut jobs = list.by_item();
    while let Some(job) = jobs.try_next().await? {
        see(&job, &mut seen);
    }
    Ok(seen)
}

async fn consistent(jobs: ExportJobs) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    for job in jobs.list().consistent().all().await?.items {
        see(&job, &mut seen);
    }
    Ok(seen)
}

async fn get(jobs: &ExportJobs, times: usize) -> Result<Seen, Failure> {
    let mut seen = Seen::default();
    let id = JOB.parse()?;
    for _ in 0..times {
        see(&jobs.get(&id).await?, &mut seen);
    }
    Ok(seen)
}

async fn create(jobs: &ExportJobs, times: usize) -> Result<Seen, Failure> {
    let (snapshot, bucket) = (SNAPSHOT.parse()?, BUCKET.parse()?);
    let created = stream::iter(0..times).map(|_| async {
        let mut seen = Seen::default();
        see(&jobs.create(&snapshot, &bucket).await?, &mut seen);
        Ok::<_, Error>(seen)
    });
    let add = |mut sum: Seen, seen| async move {
        sum.add(seen);
        Ok(sum)
    };
    Ok(created
        .buffer_unordered(AT_ONCE)
        .try_fold(Seen::default(), add)
        .await?)
}

pub(super) fn one_by_one(work: Work, place: &Place) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let atlas = client(place)?;
    match work {
        Work::List(count) => measured(&runtime, list(jobs(&atlas, count).list())),
        Work::Consistent(count) => measured(&runtime, consistent(jobs(&atlas, count))),
        Work::Get(times) => measured(&runtime, get(&jobs(&atlas, 10_000), times)),
        Work::Create(times) => measured(&runtime, create(&jobs(&atlas, 10_000), times)),
        Work::Warm(times) => {
            let jobs = jobs(&atlas, 10_000);
            runtime.block_on(get(&jobs, 10))?;
            measured(&runtime, get(&jobs, times))
        }
        Work::Build(times) => measured_building(times, || client(place)),
    }
}

pub(super) fn eight(work: Work, place: &Place) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let atlas = client(place)?;
    match work {
        Work::List(count) => measured(&runtime, list(jobs(&atlas, count).list().concurrency(8))),
        _ => cannot("it lists only"),
    }
}

pub(super) fn eight_expecting(work: Work, place: &Place) -> Result<Figures, Failure> {
    let runtime = runtime()?;
    let atlas = client(place)?;
    match work {
        Work::List(count) => {
            let expected = u64::try_from(count)?;
            let all = jobs(&atlas, count)
                .list()
                .concurrency(8)
                .expecting(expected);
            measured(&runtime, list(all))
        }
        _ => cannot("it lists only"),
    }
}
