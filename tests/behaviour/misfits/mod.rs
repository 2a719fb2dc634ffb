//! A value that does not fit its field costs no item; but a decision that needs it is refused.

mod creating;
mod fleets;

use atlas_export::{Error, ErrorKind, models::ExportJobState, wait::WaitError};
use atlas_export_tests::{BUCKET, ROLE, Reply, SNAPSHOT, ScriptedServer, parsed};
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

/// That an error names the field, and that nothing but reading was done.
fn check_refused(server: &ScriptedServer, error: &Error, field: &str) {
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    let message = error.to_string();
    assert!(message.contains(&format!("field {field}: ")), "{message}");
    assert!(
        error.raw().is_some_and(|raw| raw.contains(field)),
        "{message}"
    );
    check_only_read(server);
}

/// That nothing but reading was done.
fn check_only_read(server: &ScriptedServer) {
    let methods = server.methods();
    assert!(!methods.is_empty(), "nothing was read");
    assert!(methods.iter().all(|method| method == "GET"), "{methods:?}");
}

#[tokio::test]
async fn a_value_that_does_not_fit_costs_no_item_and_is_told() {
    let odd = json!({
        "id": JOB, "exportBucketId": BUCKET, "state": "Successful", "createdAt": "",
        "exportStatus": "all", "customData": {"a": 1}, "errMsg": 7,
    });
    let server = ScriptedServer::start([page(std::slice::from_ref(&odd))]).await;
    let page = server.jobs().list().await.unwrap();
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
            let server = ScriptedServer::start([page(&[snapshot(), odd])]).await;
            let newest = server.cluster().snapshots().newest_exportable().await;
            check_refused(&server, &newest.unwrap_err(), field);
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
    let server = ScriptedServer::start([page(&[queued, odd])]).await;
    let newest = server
        .cluster()
        .snapshots()
        .newest_exportable()
        .await
        .unwrap();
    assert_eq!(newest.unwrap().id.as_str(), SNAPSHOT);
}

#[tokio::test]
async fn waiting_for_a_job_needs_its_state_or_else_its_end() {
    let unknown = with(job(), "state", &json!("Archived"));
    for (job, field) in [(job(), "state"), (unknown, "finishedAt")] {
        let odd = with(job, field, &json!(7)).to_string();
        let server = ScriptedServer::start([Reply::json(200, &odd)]).await;
        let waited = server.jobs().wait_until_finished(&parsed(JOB)).await;
        let Err(WaitError::Poll(error)) = waited else {
            panic!("{waited:?}");
        };
        check_refused(&server, &error, field);
    }
    let odd = with(
        with(job(), "finishedAt", &json!("")),
        "exportStatus",
        &json!(7),
    )
    .to_string();
    let server = ScriptedServer::start([Reply::json(200, &odd)]).await;
    let waited = server.jobs().wait_until_finished(&parsed(JOB)).await;
    assert!(waited.is_ok(), "{waited:?}");
}

#[tokio::test]
async fn waiting_for_a_snapshot_needs_its_status() {
    let odd = with(snapshot(), "status", &json!(7)).to_string();
    let server = ScriptedServer::start([Reply::json(200, &odd)]).await;
    let waited = server
        .cluster()
        .snapshots()
        .wait_until_completed(&parsed(SNAPSHOT))
        .await;
    let Err(WaitError::Poll(error)) = waited else {
        panic!("{waited:?}");
    };
    check_refused(&server, &error, "status");
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
        let server = ScriptedServer::start([Reply::json(200, &schedule.to_string())]).await;
        let settings = server.cluster().auto_export().get().await;
        check_refused(&server, &settings.unwrap_err(), field);
    }
    let odd = json!({"nextSnapshot": "", "clusterName": 7}).to_string();
    let server = ScriptedServer::start([Reply::json(200, &odd)]).await;
    assert!(server.cluster().auto_export().get().await.is_ok());
}

#[tokio::test]
async fn a_role_that_is_not_found_may_be_one_that_does_not_tell() {
    let arn = "arn:aws:iam::123456789012:role/exports";
    let role = json!({"roleId": ROLE, "iamAssumedRoleArn": 7});
    for (roles, field) in [
        (json!({"awsIamRoles": [role]}), "iamAssumedRoleArn"),
        (json!({"awsIamRoles": 7}), "awsIamRoles"),
    ] {
        let server = ScriptedServer::start([Reply::json(200, &roles.to_string())]).await;
        let found = server.project().access_roles().find_aws(arn).await;
        check_refused(&server, &found.unwrap_err(), field);
    }
    let roles = json!({"awsIamRoles": 7, "gcpServiceAccounts": []}).to_string();
    let server = ScriptedServer::start([Reply::json(200, &roles)]).await;
    assert_eq!(
        server
            .project()
            .access_roles()
            .find_gcp("a@b")
            .await
            .unwrap(),
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
    let server = ScriptedServer::start([Reply::json(200, &first), page(&[job()])]).await;
    let all = server.jobs().list().all().await.unwrap();
    assert_eq!(all.items.len(), 501);
}
