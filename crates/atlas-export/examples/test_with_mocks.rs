//! How to test code that lists exports with typed mocks, where one answer is all that matters.
//! What a mock answers is checked against the contract of Atlas.
//! Run it with `cargo test --example test_with_mocks`.

use atlas_export::{Client, Error, ExportJobs, models::ExportJob};

/// The code under test: how many exports have failed.
async fn failed(jobs: &ExportJobs) -> Result<usize, Error> {
    let all = jobs.list().all().await?;
    Ok(all.items.iter().filter_map(ExportJob::reason).count())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let project = Client::from_env()?.project("32b6e34b3d91647abb20e7b8");
    failed(&project.cluster("Cluster0").export_jobs())
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use atlas_export::Credentials;
    use atlas_export_httpmock::MockServerExt as _;
    use httpmock::MockServer;
    use serde_json::json;

    fn jobs_at(server: &MockServer) -> ExportJobs {
        let key = Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
        let atlas = Client::builder()
            .base_url(server.base_url())
            .credentials(key)
            .build();
        let project = atlas.unwrap().project("32b6e34b3d91647abb20e7b8");
        project.cluster("Cluster0").export_jobs()
    }

    #[tokio::test]
    async fn failed_exports_are_counted() {
        let server = MockServer::start_async().await;
        let mock = server.list_export_jobs(|when, then| {
            when.cluster_name(&"Cluster0".parse().unwrap());
            then.ok(&json!({ "results": [
                { "id": "605ccba3c1c7613f423e1585", "state": "Successful" },
                { "id": "605ccba3c1c7613f423e1586", "stateReason": { "message": "no space" } },
            ] }));
        });
        assert_eq!(failed(&jobs_at(&server)).await.unwrap(), 1);
        mock.assert_calls(1);
    }

    #[tokio::test]
    async fn what_atlas_refuses_is_an_error() {
        let server = MockServer::start_async().await;
        server.list_export_jobs(|_, then| drop(then.into_inner().status(404)));
        assert!(failed(&jobs_at(&server)).await.unwrap_err().is_not_found());
    }
}
