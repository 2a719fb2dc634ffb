//! Preflights of set-ups that are broken, each in one way: it is found, and what to do is said.

use std::time::Duration;

use atlas_export::preflight::{CheckKind, CheckOutcome, PreflightReport};
use atlas_export_fake::{
    AccessRole, Bucket, FakeAtlas, FakeAtlasBuilder, Fault, RequestHead, Snapshot,
};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, ROLE, SNAPSHOT, Scene, client_of, parsed};
use http::StatusCode;
use serde_json::json;

const OTHER: &str = "604f6322dc786a5341d4f7fc";
const ARN: &str = "arn:aws:iam::123456789012:role/atlas-export";
const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

type Change = fn(FakeAtlasBuilder) -> FakeAtlasBuilder;
type Faults = fn(&RequestHead) -> Option<Fault>;

/// The role of the bucket, ready.
fn with_role(builder: FakeAtlasBuilder) -> FakeAtlasBuilder {
    builder.access_role(PROJECT, AccessRole::aws(ROLE, ARN))
}

/// The bucket, the snapshot, and no role.
fn bare() -> FakeAtlasBuilder {
    FakeAtlas::builder().bucket(PROJECT, Bucket::aws("my-bucket", ROLE).id(BUCKET))
}

fn snapshot() -> Snapshot {
    Snapshot::completed(SNAPSHOT)
}

/// A bucket that requires private networking, and an endpoint.
fn private(endpoint: Option<(&str, &str)>) -> FakeAtlasBuilder {
    let bucket = json!({
        "_id": BUCKET, "cloudProvider": "AWS", "bucketName": "my-bucket", "iamRoleId": ROLE,
        "region": "us-east-1", "requirePrivateNetworking": true,
    });
    let builder = exportable(FakeAtlas::builder().bucket(PROJECT, bucket));
    match endpoint {
        Some((region, status)) => builder.private_endpoint(PROJECT, OTHER, region, status),
        None => builder,
    }
}

fn exportable(builder: FakeAtlasBuilder) -> FakeAtlasBuilder {
    with_role(builder).snapshot(PROJECT, CLUSTER, snapshot())
}

fn refusal(code: &str) -> Fault {
    let body = json!({"error": 403, "errorCode": code, "detail": "Not for you.", "parameters": []});
    let answer = http::Response::builder()
        .status(StatusCode::FORBIDDEN)
        .header("content-type", "application/json")
        .body(body.to_string());
    Fault::answer(answer.unwrap())
}

fn when(head: &RequestHead, operation: &str, fault: fn() -> Fault) -> Option<Fault> {
    (head.authenticated && head.operation == Some(operation)).then(fault)
}

async fn preflight(builder: FakeAtlasBuilder, faults: Faults, takes: Duration) -> PreflightReport {
    let scene = Scene::start(builder).await;
    scene.fake.faults_by(faults);
    let preflight = scene.project.preflight(&parsed(BUCKET)).cluster(CLUSTER);
    let report = preflight.export_takes(takes).await.unwrap();
    let requests = scene.fake.requests();
    assert!(
        requests.iter().all(|request| request.method == "GET"),
        "it only reads"
    );
    report
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_set_up_that_is_whole_passes_every_check() {
    let report = preflight(exportable(bare()), |_| None, HOUR).await;
    assert!(report.is_ready(), "{report}");
    let shown = report.to_string();
    assert!(shown.ends_with("14 checks, all passed"), "{shown}");
    assert!(shown.contains("Atlas knows API key"), "{shown}");
    let written = serde_json::to_value(&report).unwrap();
    assert_eq!(written["checks"][0]["outcome"], "passed");
    // Private networking, where it is required and ready.
    let report = preflight(private(Some(("US_EAST_1", "ACTIVE"))), |_| None, HOUR).await;
    assert!(report.is_ready(), "{report}");
    // Without a cluster, what is about one is left out.
    let scene = Scene::start(exportable(bare())).await;
    let report = scene.project.preflight(&parsed(BUCKET)).await.unwrap();
    assert!(report.is_ready() && report.checks.len() == 10, "{report}");
}

/// What is broken, which check finds it, how it ends, and what to do.
#[derive(Clone)]
struct Row {
    what: &'static str,
    change: Change,
    faults: Faults,
    takes: Duration,
    kind: CheckKind,
    outcome: CheckOutcome,
    remedy: &'static str,
}

fn row(what: &'static str, change: Change, kind: CheckKind, remedy: &'static str) -> Row {
    Row {
        what,
        change,
        faults: |_| None,
        takes: HOUR,
        kind,
        outcome: CheckOutcome::Failed,
        remedy,
    }
}

fn refused(what: &'static str, faults: Faults, kind: CheckKind, remedy: &'static str) -> Row {
    Row {
        faults,
        ..row(what, exportable, kind, remedy)
    }
}

fn unknown(row: Row) -> Row {
    Row {
        outcome: CheckOutcome::Unknown,
        ..row
    }
}

fn create() -> CheckKind {
    CheckKind::Role("createExportJob".to_owned())
}

/// What is wrong with who asks.
fn of_key() -> Vec<Row> {
    use CheckKind::{Address, Credentials};
    vec![
        refused(
            "the address is not let in",
            |head| {
                head.authenticated
                    .then(|| refusal("IP_ADDRESS_NOT_ON_ACCESS_LIST"))
            },
            Address,
            "add this machine's address",
        ),
        row(
            "the key may only read",
            |builder| exportable(builder).key_role(PROJECT, "GROUP_READ_ONLY"),
            create(),
            "Project Backup Export Operator",
        ),
        row(
            "the key's role is in another project",
            |builder| exportable(builder).key_role("42b6e34b3d91647abb20e7b8", "GROUP_OWNER"),
            create(),
            "give the key one of",
        ),
        unknown(row(
            "the key has a role that nobody knows",
            |builder| exportable(builder).key_role(PROJECT, "GROUP_STARGAZER"),
            create(),
            "look at the roles in Atlas",
        )),
        unknown(refused(
            "the status cannot be read",
            |head| when(head, "getSystemStatus", || refusal("USER_UNAUTHORIZED")),
            create(),
            "look at the roles in Atlas",
        )),
        unknown(refused(
            "Atlas does not answer",
            |_| Some(Fault::status(StatusCode::SERVICE_UNAVAILABLE)),
            Credentials,
            "look again",
        )),
    ]
}

/// What is wrong with where it goes.
fn of_bucket() -> Vec<Row> {
    use CheckKind::{BucketRole, PrivateNetworking};
    vec![
        row(
            "the bucket is not registered",
            |_| exportable(FakeAtlas::builder()),
            CheckKind::Bucket,
            "register one with ExportBuckets::ensure",
        ),
        unknown(refused(
            "the bucket may not be seen",
            |head| when(head, "getExportBucket", || refusal("USER_UNAUTHORIZED")),
            CheckKind::Bucket,
            "ExportBuckets::get",
        )),
        row(
            "the role of the bucket is gone",
            |builder| builder.snapshot(PROJECT, CLUSTER, snapshot()),
            BucketRole,
            "AccessRoles::set_up_aws",
        ),
        row(
            "the role of the bucket is not authorized",
            |builder| {
                let role = AccessRole::unauthorized_aws(ROLE);
                builder
                    .snapshot(PROJECT, CLUSTER, snapshot())
                    .access_role(PROJECT, role)
            },
            BucketRole,
            "AccessRoles::authorize",
        ),
        unknown(refused(
            "the roles may not be seen",
            |head| when(head, "listAccessRoles", || refusal("USER_UNAUTHORIZED")),
            BucketRole,
            "look at the access roles",
        )),
        row(
            "there is no private endpoint",
            |_| private(None),
            PrivateNetworking,
            "PrivateEndpoints::create",
        ),
        row(
            "the private endpoint is in another region",
            |_| private(Some(("EU_WEST_1", "ACTIVE"))),
            PrivateNetworking,
            "PrivateEndpoints::create",
        ),
        row(
            "the private endpoint is being made",
            |_| private(Some(("US_EAST_1", "INITIATING"))),
            PrivateNetworking,
            "wait until it is active",
        ),
        row(
            "the private endpoint has failed",
            |_| private(Some(("US_EAST_1", "FAILED"))),
            PrivateNetworking,
            "make another",
        ),
    ]
}

/// What is wrong with what is exported.
fn of_cluster() -> Vec<Row> {
    use CheckKind::{ActiveExport, Cluster, SnapshotExpiry};
    vec![
        row(
            "there is no such cluster",
            |builder| with_role(builder).cluster(PROJECT, "Another"),
            Cluster,
            "take a name of the project's list",
        ),
        row(
            "the cluster is a shared one",
            |builder| exportable(builder).tier(PROJECT, CLUSTER, "M2"),
            Cluster,
            "change its tier",
        ),
        row(
            "the cluster is a Flex cluster",
            |builder| exportable(builder).tier(PROJECT, CLUSTER, "FLEX"),
            Cluster,
            "change its tier",
        ),
        row(
            "the backup is off",
            |builder| exportable(builder).backup_off(PROJECT, CLUSTER),
            Cluster,
            "its backup",
        ),
        row(
            "there is no snapshot",
            |builder| with_role(builder).cluster(PROJECT, CLUSTER),
            CheckKind::Snapshot,
            "Snapshots::take",
        ),
        row(
            "the only snapshot is a fallback",
            |builder| {
                let fallback = snapshot().snapshot_type("fallback");
                with_role(builder).snapshot(PROJECT, CLUSTER, fallback)
            },
            CheckKind::Snapshot,
            "Snapshots::take",
        ),
        unknown(refused(
            "the snapshots cannot be read",
            |head| {
                when(head, "listSnapshots", || {
                    Fault::status(StatusCode::INTERNAL_SERVER_ERROR)
                })
            },
            CheckKind::Snapshot,
            "look in Atlas",
        )),
        Row {
            takes: YEAR * 10,
            ..row(
                "the snapshot expires before the export ends",
                exportable,
                SnapshotExpiry,
                "move its expiry",
            )
        },
        row(
            "the snapshot is being exported",
            |builder| {
                let job = json!({"id": OTHER, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT,
                    "state": "InProgress"});
                exportable(builder).job(PROJECT, CLUSTER, job)
            },
            ActiveExport,
            "wait for that job",
        ),
        row(
            "the snapshot has been exported",
            |builder| {
                let job = json!({"id": OTHER, "exportBucketId": BUCKET, "snapshotId": SNAPSHOT,
                    "state": "Successful"});
                exportable(builder).job(PROJECT, CLUSTER, job)
            },
            ActiveExport,
            "take a newer snapshot",
        ),
    ]
}

#[tokio::test]
async fn each_broken_set_up_is_found_with_its_remedy() {
    let rows = [of_key(), of_bucket(), of_cluster()].concat();
    assert!(rows.len() >= 20);
    for row in rows {
        let report = preflight((row.change)(bare()), row.faults, row.takes).await;
        let what = row.what;
        assert!(!report.is_ready(), "{what}: {report}");
        let check = report.check(&row.kind).unwrap();
        println!("{what}\n  {check}");
        assert_eq!(check.outcome, row.outcome, "{what}: {report}");
        let remedy = check.remedy.as_deref().unwrap();
        assert!(remedy.contains(row.remedy), "{what}: {report}");
        if row.outcome == CheckOutcome::Unknown {
            assert_eq!(report.failed().count(), 0, "{what}: {report}");
        }
        if row.outcome == CheckOutcome::Failed && !matches!(row.kind, CheckKind::Address) {
            // Of what is known, nothing else is blamed but what follows from it.
            let others = report.failed().filter(|other| {
                std::mem::discriminant(&other.kind) != std::mem::discriminant(&row.kind)
            });
            assert_eq!(others.count(), 0, "{what}: {report}");
        }
    }
}

#[tokio::test]
async fn refused_credentials_are_told_once_and_nothing_else_is_guessed() {
    let scene = Scene::start(exportable(bare())).await;
    let key =
        atlas_export::Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab");
    let client = client_of(&scene.fake).credentials(key).build().unwrap();
    let preflight = client.project(PROJECT).preflight(&parsed(BUCKET));
    let report = preflight.cluster(CLUSTER).await.unwrap();
    let [failed] = report.failed().collect::<Vec<_>>()[..] else {
        panic!("{report}");
    };
    assert_eq!(failed.kind, CheckKind::Credentials);
    assert!(failed.remedy.as_deref().unwrap().contains("both halves"));
    assert_eq!(
        report.unknown().count(),
        report.checks.len() - 1,
        "{report}"
    );
}

#[tokio::test]
async fn what_is_no_id_or_name_is_an_error_and_nothing_is_sent() {
    let scene = Scene::start(exportable(bare())).await;
    let bucket = parsed(BUCKET);
    for preflight in [
        scene.client.project("x").preflight(&bucket),
        scene.project.preflight(&bucket).cluster("../x"),
    ] {
        let error = preflight.await.unwrap_err();
        assert_eq!(error.kind(), atlas_export::ErrorKind::Config);
    }
    assert!(scene.fake.requests().is_empty());
}
