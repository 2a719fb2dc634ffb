//! How to test code that exports snapshots on FakeAtlas, an Atlas inside the process: it speaks
//! real HTTP, and goes wrong on demand. Run it with `cargo test --example test_with_fake`.

use atlas_export::{Client, Cluster, Error};
use std::time::Duration;

/// The code under test: exports the newest snapshot, and says where it is.
async fn export(cluster: &Cluster) -> Result<Option<String>, Error> {
    let snapshot = cluster.snapshots().newest_exportable().await?;
    let buckets = cluster.project().export_buckets().list().await?.items;
    let (Some(snapshot), [bucket, ..]) = (snapshot, &buckets[..]) else {
        return Ok(None);
    };
    let jobs = cluster.export_jobs();
    let job = jobs.ensure(&snapshot.id, &bucket.id).await?.into_inner();
    let wait = jobs.wait_until_finished(&job.id);
    Ok(wait.poll_interval(Duration::from_millis(100)).await?.prefix)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let project = Client::from_env()?.project("32b6e34b3d91647abb20e7b8");
    export(&project.cluster("Cluster0")).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atlas_export::{Credentials, ErrorKind};
    use atlas_export_fake::{FakeAtlas, Fault, JobOutcome, Match, Moment};

    async fn exported(outcome: JobOutcome) -> Result<Option<String>, Error> {
        let fake = FakeAtlas::builder().demo().job_outcome(outcome);
        let fake = fake.start().await.unwrap();
        // Its answer is lost: has it happened, or not?
        let create = Match::operation("createExportJob").authenticated();
        fake.inject_for(create, Fault::reset().at(Moment::Acted));

        let (public, private) = fake.credentials();
        let key = Credentials::api_key(public, private);
        let client = Client::builder().base_url(fake.url()).credentials(key);
        let project = client.build()?.project(fake.project_id());
        let prefix = export(&project.cluster("Cluster0")).await;
        assert_eq!(fake.jobs(fake.project_id(), "Cluster0").len(), 1);
        prefix
    }

    #[tokio::test]
    async fn an_export_whose_answer_was_lost_is_found() {
        assert!(exported(JobOutcome::Successful).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn an_export_that_was_cancelled_is_an_error() {
        let error = exported(JobOutcome::Cancelled).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Ended);
    }
}
