//! Roles through which Atlas reaches a cloud: from nothing to one that can be used, and back.

use atlas_export::{
    AccessRoles, ApiVersion, ErrorKind, NewExportBucket, codes,
    models::{AccessRole, AccessRoleStatus, CloudProvider},
    wait::WaitError,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{AccessRole as Stored, FakeAtlas, Fault, JobProgress, Moment};
use atlas_export_tests::{PROJECT, ROLE, Reply, Scene, ScriptedServer, parsed};
use serde_json::{Value, json};

use atlas_export_tests::every_operation::ARN;

const PRINCIPAL: &str = "4f2deb0d-be22-4524-a403-df531868bac0";
const TENANT: &str = "4297fc77-1592-4de8-a6d5-a8c32401df87";
const APPLICATION: &str = "9f2deb0d-be22-4524-a403-df531868bac1";

async fn scene() -> (Scene, AccessRoles) {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let roles = scene.project.access_roles();
    (scene, roles)
}

fn sent(scene: &Scene) -> Value {
    serde_json::from_slice(&scene.fake.requests().pop().unwrap().body).unwrap()
}

#[tokio::test]
async fn from_nothing_to_a_bucket_on_aws() {
    let (scene, roles) = scene().await;
    let setup = roles.set_up_aws().await.unwrap();
    assert_eq!(sent(&scene), json!({"providerName": "AWS"}));
    assert!(!setup.role().is_usable());

    let trust: Value = serde_json::from_str(&setup.trust_policy()).unwrap();
    assert_eq!(
        trust,
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::299602853325:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {
                    "sts:ExternalId": "3192be49-6e76-4b7d-a7b8-b486a8fc4483",
                }},
            }],
        })
    );
    assert_eq!(
        setup.account_arn(),
        trust["Statement"][0]["Principal"]["AWS"]
    );
    let bucket: Value = serde_json::from_str(&setup.bucket_policy("my-bucket").unwrap()).unwrap();
    let statements = bucket["Statement"].as_array().unwrap();
    let granted: Vec<_> = statements
        .iter()
        .map(|statement| (statement["Action"].as_str(), statement["Resource"].as_str()))
        .collect();
    assert_eq!(
        granted,
        [
            (Some("s3:GetBucketLocation"), Some("arn:aws:s3:::my-bucket")),
            (Some("s3:PutObject"), Some("arn:aws:s3:::my-bucket/*")),
        ]
    );

    let role = setup.authorize(ARN).await.unwrap();
    assert_eq!(
        sent(&scene),
        json!({"providerName": "AWS", "iamAssumedRoleArn": ARN})
    );
    assert!(role.is_usable() && role.authorized_date.is_some());
    assert_eq!(&role.role_id, setup.role_id());
    let found = roles.find_aws(ARN).await.unwrap().unwrap();
    assert_eq!(found.role_id, role.role_id);
    let new = NewExportBucket::aws("my-bucket", role.role_id).unwrap();
    scene.buckets.create(new).await.unwrap();
}

#[tokio::test]
async fn a_role_that_is_begun_is_gone_on_with_and_no_other_is_begun() {
    let begun = Stored::unauthorized_aws(ROLE);
    let scene = Scene::start(FakeAtlas::builder().access_role(PROJECT, begun)).await;
    let roles = scene.project.access_roles();
    let setup = roles.set_up_aws().existing(&parsed(ROLE)).await.unwrap();
    assert_eq!(setup.role_id(), &parsed(ROLE));
    assert!(setup.trust_policy().contains(setup.external_id()));
    assert_eq!(scene.fake.access_roles(PROJECT).len(), 1);
}

#[tokio::test]
async fn what_is_no_bucket_or_no_role_of_aws_gets_no_policy() {
    let (_scene, roles) = scene().await;
    let setup = roles.set_up_aws().await.unwrap();
    for name in ["", "x", "arn:aws:s3:::my-bucket", "my bucket", "a..b"] {
        let error = setup.bucket_policy(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{name}");
    }
    let azure = roles.create_azure(PRINCIPAL, TENANT).await.unwrap();
    let error = roles.set_up_aws().existing(&azure.role_id).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("one of AZURE"), "{error}");
}

#[tokio::test]
async fn the_policies_are_of_the_partition_that_atlas_is_in() {
    let role = format!(
        r#"{{"roleId": "{ROLE}", "providerName": "AWS", "atlasAssumedRoleExternalId": "e",
            "atlasAWSAccountArn": "arn:aws-us-gov:iam::1:root"}}"#
    );
    let server = ScriptedServer::start([Reply::json(200, &role)]).await;
    let setup = server.project().access_roles().set_up_aws().await.unwrap();
    let policy = setup.bucket_policy("my-bucket").unwrap();
    assert!(
        policy.contains("arn:aws-us-gov:s3:::my-bucket/*"),
        "{policy}"
    );
}

#[tokio::test]
async fn an_answer_without_what_the_trust_policy_needs_is_told() {
    for (account, told) in [("7", "does not fit"), ("null", "does not say")] {
        let role = format!(
            r#"{{"roleId": "{ROLE}", "providerName": "AWS", "atlasAssumedRoleExternalId": "e",
                "atlasAWSAccountArn": {account}}}"#
        );
        let server = ScriptedServer::start([Reply::json(200, &role)]).await;
        let setup = server.project().access_roles().set_up_aws();
        let error = setup.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        let message = error.to_string();
        assert!(
            message.contains("atlasAWSAccountArn") && message.contains(told),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_role_that_atlas_may_not_assume_is_told_with_the_remedy() {
    let refusal = r#"{"error": 400, "errorCode": "CANNOT_ASSUME_ROLE", "reason": "Bad Request",
        "detail": "Atlas cannot assume the role.", "parameters": []}"#;
    let server = ScriptedServer::start([Reply::json(400, refusal)]).await;
    let roles = server.project().access_roles();
    let error = roles.authorize(&parsed(ROLE), ARN).await.unwrap_err();
    assert_eq!(error.code(), Some(codes::CANNOT_ASSUME_ROLE));
    assert!(error.to_string().contains("trust policy"), "{error}");
}

#[tokio::test]
async fn what_is_no_arn_of_a_role_is_refused_before_anything_is_sent() {
    let (scene, roles) = scene().await;
    let long = format!("arn:aws:iam::123456789012:role/{}", "x".repeat(2048));
    for arn in [
        "",
        ROLE,
        "atlas-export",
        "arn:aws:iam::123456789012:root",
        "arn:aws:s3:::my-bucket/role/x",
        long.as_str(),
    ] {
        let error = roles.authorize(&parsed(ROLE), arn).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{arn}");
        assert_eq!(error.operation(), Some(ids::AUTHORIZE_ACCESS_ROLE));
    }
    assert!(scene.fake.requests().is_empty());
}

#[tokio::test]
async fn a_principal_of_azure_is_told_with_its_ids() {
    let (scene, roles) = scene().await;
    let role = roles.create_azure(PRINCIPAL, TENANT).await.unwrap();
    let ids = json!({"providerName": "AZURE", "servicePrincipalId": PRINCIPAL, "tenantId": TENANT});
    assert_eq!(sent(&scene), ids);
    assert_eq!(role.provider_name, CloudProvider::Azure);
    assert!(role.is_usable());
    // Atlas calls its id `_id`, and a bucket wants it.
    assert_eq!(roles.get(&role.role_id).await.unwrap(), role);
    let found = roles.find_azure(PRINCIPAL).await.unwrap().unwrap();
    assert_eq!(found.id, role.role_id);

    let create = roles
        .create_azure(PRINCIPAL, TENANT)
        .application(APPLICATION);
    let role = create.await.unwrap();
    assert_eq!(sent(&scene)["atlasAzureAppId"], APPLICATION);
    assert_eq!(role.atlas_azure_app_id.as_deref(), Some(APPLICATION));

    scene.fake.clear_requests();
    for create in [
        roles.create_azure("x", TENANT),
        roles.create_azure(PRINCIPAL, ""),
        roles.create_azure(PRINCIPAL, TENANT).application(ROLE),
    ] {
        let error = create.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("give a UUID"), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
}

#[tokio::test]
async fn a_service_account_of_google_is_waited_for() {
    let slow = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let builder = || FakeAtlas::builder().project(PROJECT);
    let scene = Scene::start(builder().google_account_progress(slow)).await;
    let roles = scene.project.access_roles();
    let begun = roles.create_gcp().await.unwrap();
    assert_eq!(begun.status, Some(AccessRoleStatus::InProgress));
    assert!(begun.gcp_service_account_for_atlas.is_none() && !begun.is_usable());
    scene.fake.clear_requests();
    let role = roles.wait_until_usable(&begun.role_id).await.unwrap();
    assert_eq!(scene.fake.requests().len(), 3);
    let address = role.gcp_service_account_for_atlas.unwrap();
    let found = roles.find_gcp(&address).await.unwrap().unwrap();
    assert_eq!(found.role_id, role.role_id);

    let scene = Scene::start(builder().google_accounts_fail()).await;
    let roles = scene.project.access_roles();
    let begun = roles.create_gcp().await.unwrap();
    let error = roles.wait_until_usable(&begun.role_id).await.unwrap_err();
    assert!(matches!(error, WaitError::Failed(_)), "{error}");
}

#[tokio::test]
async fn a_role_of_aws_is_waited_for_until_somebody_authorizes_it() {
    let (scene, roles) = scene().await;
    let begun = roles.create_aws().await.unwrap();
    let wait = roles.wait_until_usable(&begun.role_id);
    let error = wait.max_wait(std::time::Duration::ZERO).await.unwrap_err();
    assert!(
        matches!(error, WaitError::MaxWaitExceeded { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("not authorized"), "{error}");
    // By another client.
    let other = scene
        .another()
        .build()
        .unwrap()
        .project(PROJECT)
        .access_roles();
    other.authorize(&begun.role_id, ARN).await.unwrap();
    let role: AccessRole = roles.wait_until_usable(&begun.role_id).await.unwrap();
    assert_eq!(role.iam_assumed_role_arn.as_deref(), Some(ARN));
}

#[tokio::test]
async fn a_status_that_does_not_fit_ends_no_wait_for_a_role() {
    let role = format!(
        r#"{{"roleId": "{ROLE}", "providerName": "GCP", "status": 7,
            "gcpServiceAccountForAtlas": "a@b.iam.gserviceaccount.com"}}"#
    );
    let server = ScriptedServer::start([Reply::json(200, &role)]).await;
    let roles = server.project().access_roles();
    let error = roles.wait_until_usable(&parsed(ROLE)).await.unwrap_err();
    let WaitError::Poll(error) = error else {
        panic!("{error}")
    };
    assert!(error.to_string().contains("field status"), "{error}");
}

#[tokio::test]
async fn a_role_whose_answer_is_lost_is_not_begun_twice() {
    let (scene, roles) = scene().await;
    scene.inject(ids::CREATE_ACCESS_ROLE, Fault::reset().at(Moment::Acted));
    let error = roles.create_gcp().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    assert_eq!(scene.fake.access_roles(PROJECT).len(), 1);
}

#[tokio::test]
async fn a_role_is_taken_back_from_its_cloud_alone() {
    let (scene, roles) = scene().await;
    let role = roles.create_aws().await.unwrap();
    let of_another = roles.deauthorize(CloudProvider::Gcp, &role.role_id).await;
    assert!(of_another.unwrap_err().is_not_found());
    let nowhere = roles.deauthorize("../x".into(), &role.role_id).await;
    let nowhere = nowhere.unwrap_err();
    assert_eq!(nowhere.kind(), ErrorKind::Config);
    assert!(nowhere.to_string().contains("AWS, AZURE, GCP"), "{nowhere}");
    assert_eq!(scene.fake.access_roles(PROJECT).len(), 1);
    roles
        .deauthorize(CloudProvider::Aws, &role.role_id)
        .await
        .unwrap();
    assert!(scene.fake.access_roles(PROJECT).is_empty());
    assert!(roles.get(&role.role_id).await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn version_1_has_the_list_and_nothing_else() {
    let scene = Scene::start(FakeAtlas::builder().project(PROJECT)).await;
    let scene = scene.with(|client| client.api_version(ApiVersion::V1));
    let roles = scene.project.access_roles();
    roles.list().await.unwrap();
    scene.fake.clear_requests();
    for error in [
        roles.create_aws().await.unwrap_err(),
        roles.get(&parsed(ROLE)).await.unwrap_err(),
        roles.authorize(&parsed(ROLE), ARN).await.unwrap_err(),
        roles.set_up_aws().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
}
