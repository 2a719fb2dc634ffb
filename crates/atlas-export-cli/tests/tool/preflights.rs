//! `preflight`: what it prints, and its exit code.

use atlas_export_fake::{AccessRole, Snapshot};

use crate::harness::{BUCKET, PROJECT, run_on, service};

#[tokio::test]
async fn what_is_ready_ends_well_and_what_is_not_says_what_to_do() {
    // The tool goes by the machine's clock: one snapshot lives longer than this test, one does not.
    let lives = Snapshot::completed("5fb6a0e0e5a4d31b5b8ef0b9");
    let lives = lives.created_at("9000-01-01T00:00:00Z".parse().unwrap());
    let fake = service().snapshot(PROJECT, "Lives", lives);
    let fake = fake.start().await.unwrap();
    let preflight = |cluster| ["preflight", cluster, "--bucket", "exports"];
    let ended = run_on(&fake, &preflight("Lives")).await;
    assert!(
        ended.success().contains("14 checks, all passed"),
        "{ended:?}"
    );

    let takes = [&preflight("Orders")[..], &["--export-takes", "100000"]].concat();
    let ended = run_on(&fake, &takes).await;
    assert!(ended.refusal(10).contains("not ready"), "{ended:?}");
    assert!(
        ended.stdout.contains("FAILED   expiry of the snapshot"),
        "{ended:?}"
    );
    assert!(ended.stdout.contains("move its expiry"), "{ended:?}");
    let requests = fake.requests();
    assert!(requests.iter().all(|it| it.method == "GET"), "{requests:?}");
}

#[tokio::test]
async fn as_json_it_is_a_list_of_checks() {
    let role = AccessRole::unauthorized_aws("12345678f901a234dbdb00cb");
    let fake = service().access_role(PROJECT, role).start().await.unwrap();
    let ended = run_on(&fake, &["preflight", "--bucket", BUCKET, "-o", "json"]).await;
    let checks = ended.json();
    let checks = checks.as_array().unwrap();
    assert_eq!(checks.len(), 10);
    assert_eq!(checks[0]["kind"], "credentials");
    assert!(
        checks.iter().all(|check| check["outcome"] == "passed"),
        "{checks:?}"
    );
}

#[tokio::test]
async fn a_bucket_that_nobody_registered_under_its_name_is_told() {
    let fake = service().start().await.unwrap();
    let ended = run_on(&fake, &["preflight", "Orders", "--bucket", "nowhere"]).await;
    assert!(
        ended.refusal(2).contains("no bucket nowhere is registered"),
        "{ended:?}"
    );
}
