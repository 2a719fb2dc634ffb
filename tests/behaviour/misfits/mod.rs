//! A value that does not fit its field costs no item; but a decision that needs it is refused.

mod creating;
mod fleets;

use std::collections::HashSet;

use atlas_export::{
    Client, Cluster, Error, ErrorKind, Project, models::ExportJobState, wait::WaitError,
};
use atlas_export_tests::{
    BUCKET, CLUSTER, PROJECT, ROLE, Reply, SNAPSHOT, ScriptedServer, key, parsed,
};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

const JOB: &str = "605ccba3c1c7613f423e1585";

/// What does not fit any field that is not a list of something.
fn misfits() -> [Value; 3] {
    [json!({"a": 1}), json!([7]), json!(true)]
}

fn page(results: &[Value]) -> Reply {
    Reply::json(200, &json!({"results": results, "links": []}).to_string())
}

fn with(mut item: Value, field: &str, value: &Value) -> Value {
    item[field] = value.clone();
    item
}

fn job() -> Value {
    json!({
        "id": JOB, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT, "state": "Successful",
        "createdAt": "2021-03-25T16:49:23Z",
    })
}

fn snapshot() -> Value {
    json!({
        "id": SNAPSHOT, "status": "completed", "snapshotType": "scheduled",
        "createdAt": "2021-03-25T16:49:23Z",
    })
}

struct World {
    server: ScriptedServer,
    project: Project,
    cluster: Cluster,
}

async fn serving(replies: Vec<Reply>) -> World {
    let server = ScriptedServer::start(replies).await.unwrap();
    let client = Client::builder()
        .base_url(server.url())
        .credentials(key())
        .build()
        .unwrap();
    let project = client.project(PROJECT);
    World {
        server,
        cluster: project.cluster(CLUSTER),
        project,
    }
}

impl World {
    /// The methods of all requests.
    fn methods(&self) -> HashSet<String> {
        let requests = self.server.requests();
        let methods = requests
            .iter()
            .filter_map(|request| request.split(' ').next());
        methods.map(str::to_owned).collect()
    }

    /// That an error names the field, and that nothing but reading was done.
    fn check_refused(&self, error: &Error, field: &str) {
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let message = error.to_string();
        assert!(message.contains(&format!("field {field}: ")), "{message}");
        assert!(
            error.raw().is_some_and(|raw| raw.contains(field)),
            "{message}"
        );
        assert_eq!(self.methods(), HashSet::from(["GET".to_owned()]));
    }
}

#[tokio::test]
async fn a_value_that_does_not_fit_costs_no_item_and_is_told() {
    let odd = json!({
        "id": JOB, "exportBucketId": BUCKET, "state": "Successful", "createdAt": "",
        "exportStatus": "all", "customData": {"a": 1}, "errMsg": 7,
    });
    let world = serving(vec![page(std::slice::from_ref(&odd))]).await;
    let page = world.cluster.export_jobs().list().await.unwrap();
    assert!(page.undecodable.is_empty());
    let job = &page.items[0];
    assert_eq!(job.state, Some(ExportJobState::Successful));
    let told: Vec<_> = job.undecodable_fields().collect();
    assert_eq!(told, ["createdAt", "customData", "errMsg", "exportStatus"]);
    assert_eq!(serde_json::to_value(job).unwrap(), odd);
}

#[tokio::test]
async fn the_newest_snapshot_needs_what_tells_whether_it_is_exportable_and_how_old() {
    for field in ["status", "snapshotType", "createdAt"] {
        for value in misfits() {
            let odd = with(with(snapshot(), "id", &json!(JOB)), field, &value);
            let world = serving(vec![page(&[snapshot(), odd])]).await;
            let newest = world.cluster.snapshots().newest_exportable().await;
            world.check_refused(&newest.unwrap_err(), field);
        }
    }
}

#[tokio::test]
async fn the_newest_snapshot_needs_nothing_else() {
    let queued = with(
        with(snapshot(), "status", &json!("queued")),
        "id",
        &json!(JOB),
    );
    let queued = with(queued, "createdAt", &json!(""));
    let odd = with(snapshot(), "storageSizeBytes", &json!("4 GB"));
    let odd = with(
        with(odd, "mongodVersion", &json!(8.0)),
        "expiresAt",
        &json!(""),
    );
    let world = serving(vec![page(&[queued, odd])]).await;
    let newest = world.cluster.snapshots().newest_exportable().await.unwrap();
    assert_eq!(newest.unwrap().id.as_str(), SNAPSHOT);
}

#[tokio::test]
async fn waiting_for_a_job_needs_its_state_or_else_its_end() {
    let unknown = with(job(), "state", &json!("Archived"));
    for (job, field) in [(job(), "state"), (unknown, "finishedAt")] {
        let odd = with(job, field, &json!(7)).to_string();
        let world = serving(vec![Reply::json(200, &odd)]).await;
        let waited = world
            .cluster
            .export_jobs()
            .wait_until_finished(&parsed(JOB))
            .await;
        let Err(WaitError::Poll(error)) = waited else {
            panic!("{waited:?}");
        };
        world.check_refused(&error, field);
    }
    let odd = with(
        with(job(), "finishedAt", &json!("")),
        "exportStatus",
        &json!(7),
    )
    .to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    let waited = world
        .cluster
        .export_jobs()
        .wait_until_finished(&parsed(JOB))
        .await;
    assert!(waited.is_ok(), "{waited:?}");
}

#[tokio::test]
async fn waiting_for_a_snapshot_needs_its_status() {
    let odd = with(snapshot(), "status", &json!(7)).to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    let waited = world
        .cluster
        .snapshots()
        .wait_until_completed(&parsed(SNAPSHOT))
        .await;
    let Err(atlas_export::wait::WaitError::Poll(error)) = waited else {
        panic!("{waited:?}");
    };
    world.check_refused(&error, "status");
}

#[tokio::test]
async fn settings_of_automatic_exports_need_what_they_tell() {
    for (schedule, field) in [
        (json!({"autoExportEnabled": "no"}), "autoExportEnabled"),
        (
            json!({"useOrgAndGroupNamesInExportPrefix": 0}),
            "useOrgAndGroupNamesInExportPrefix",
        ),
        (json!({"export": {"frequencyType": 7}}), "frequencyType"),
    ] {
        let world = serving(vec![Reply::json(200, &schedule.to_string())]).await;
        let settings = world.cluster.auto_export().get().await;
        world.check_refused(&settings.unwrap_err(), field);
    }
    let odd = json!({"nextSnapshot": "", "clusterName": 7}).to_string();
    let world = serving(vec![Reply::json(200, &odd)]).await;
    assert!(world.cluster.auto_export().get().await.is_ok());
}

#[tokio::test]
async fn a_role_that_is_not_found_may_be_one_that_does_not_tell() {
    let arn = "arn:aws:iam::123456789012:role/exports";
    let role = json!({"roleId": ROLE, "iamAssumedRoleArn": 7});
    for (roles, field) in [
        (json!({"awsIamRoles": [role]}), "iamAssumedRoleArn"),
        (json!({"awsIamRoles": 7}), "awsIamRoles"),
    ] {
        let world = serving(vec![Reply::json(200, &roles.to_string())]).await;
        let found = world.project.access_roles().find_aws(arn).await;
        world.check_refused(&found.unwrap_err(), field);
    }
    let roles = json!({"awsIamRoles": 7, "gcpServiceAccounts": []}).to_string();
    let world = serving(vec![Reply::json(200, &roles)]).await;
    assert_eq!(
        world.project.access_roles().find_gcp("a@b").await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_link_whose_relation_does_not_fit_may_be_the_next_one() {
    let first: Vec<Value> = (0..500)
        .map(|n| json!({"id": format!("{n:024x}")}))
        .collect();
    let links = json!([{"rel": "self"}, {"rel": 7, "href": "x"}]);
    let first = json!({"results": first, "links": links}).to_string();
    let world = serving(vec![Reply::json(200, &first), page(&[job()])]).await;
    let all: Vec<_> = world
        .cluster
        .export_jobs()
        .list()
        .by_item()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 501);
}
