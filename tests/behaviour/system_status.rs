//! The system status: who is asking, at the base itself, and what the roles suffice for.

use atlas_export::{
    ApiVersion, ErrorKind,
    models::{RoleCheck, UnknownRole},
    request::Method,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder};
use atlas_export_httpmock::MockServerExt as _;
use atlas_export_tests::{PROJECT, Scene, account_client_of, client_at, parsed};
use httpmock::MockServer;
use serde_json::{Value, json};

const OTHER: &str = "42b6e34b3d91647abb20e7b8";

fn two_projects() -> FakeAtlasBuilder {
    FakeAtlas::builder().project(PROJECT).project(OTHER)
}

#[tokio::test]
async fn a_key_is_told_with_its_roles_and_no_slash_ends_the_base() {
    let scene = Scene::start(two_projects().credentials("abcdefgh", "x")).await;
    let status = scene.client.system_status().await.unwrap();
    assert_eq!(status.app_name.as_deref(), Some("MongoDB Atlas"));
    assert_eq!(status.throttling, Some(false));
    let key = status.api_key.unwrap();
    assert_eq!(key.public_key.as_deref(), Some("abcdefgh"));
    assert_eq!(key.roles.len(), 2);
    assert_eq!(key.access_list.len(), 1);
    let request = scene.fake.requests().pop().unwrap();
    assert_eq!(request.path, "/api/atlas/v2");
    let accept = &request.headers["accept"];
    assert_eq!(accept, "application/vnd.atlas.2023-01-01+json");
}

#[tokio::test]
async fn what_the_roles_suffice_for_is_told_with_the_role_that_does() {
    let fake = two_projects()
        .key_role(PROJECT, "GROUP_BACKUP_MANAGER")
        .key_role(OTHER, "GROUP_READ_ONLY");
    let scene = Scene::start(fake).await;
    let status = scene.client.system_status().await.unwrap();
    let manager = RoleCheck::Sufficient {
        role: Some("Project Backup Manager"),
    };
    let (here, other) = (parsed(PROJECT), parsed(OTHER));
    for operation in [
        ids::CREATE_EXPORT_JOB,
        ids::LIST_CLUSTERS,
        ids::TAKE_SNAPSHOT,
    ] {
        assert_eq!(status.role_for(operation, &here), manager, "{operation}");
    }
    let insufficient = RoleCheck::Insufficient {
        needed: &["Project Backup Export Operator"],
    };
    assert_eq!(
        status.role_for(ids::CREATE_EXPORT_JOB, &other),
        insufficient
    );

    let scene = Scene::start(two_projects().key_organization_role("ORG_OWNER")).await;
    let status = scene.client.system_status().await.unwrap();
    let owner = RoleCheck::Sufficient {
        role: Some("Organization Owner"),
    };
    assert_eq!(status.role_for(ids::CREATE_ACCESS_ROLE, &here), owner);
}

#[tokio::test]
async fn a_service_account_and_a_role_that_is_not_known_are_unknown() {
    let scene = Scene::start(two_projects()).await;
    let client = account_client_of(&scene.fake).build().unwrap();
    let status = client.system_status().await.unwrap();
    assert_eq!(status.api_key, None);
    let unknown = status.role_for(ids::LIST_CLUSTERS, &parsed(PROJECT));
    assert_eq!(unknown, RoleCheck::Unknown(UnknownRole::NoApiKey));

    let scene = Scene::start(two_projects().key_role(PROJECT, "GROUP_KING")).await;
    let status = scene.client.system_status().await.unwrap();
    let king = UnknownRole::Role("GROUP_KING".to_owned());
    let unknown = status.role_for(ids::LIST_CLUSTERS, &parsed(PROJECT));
    assert_eq!(unknown, RoleCheck::Unknown(king));
}

#[tokio::test]
async fn a_request_of_ones_own_to_the_base_has_no_slash_either() {
    let scene = Scene::start(two_projects()).await;
    let status = scene.client.request::<Value>(Method::GET, "/");
    let status = status.version("2023-01-01").await.unwrap();
    assert_eq!(status["appName"], "MongoDB Atlas");
    assert_eq!(scene.fake.requests().pop().unwrap().path, "/api/atlas/v2");
}

#[tokio::test]
async fn a_proxy_s_path_before_the_base_is_kept_and_a_mock_is_met() {
    let server = MockServer::start_async().await;
    let mock = server.get_system_status(|when, then| {
        when.envelope(None);
        then.ok(&json!({"apiKey": null, "appName": "MongoDB Atlas"}));
    });
    for prefix in ["", "/proxy"] {
        let client = client_at(format!("{}{prefix}", server.base_url()));
        let status = client.build().unwrap().system_status().await.unwrap();
        assert_eq!(status.app_name.as_deref(), Some("MongoDB Atlas"));
    }
    assert_eq!(mock.calls(), 2);
}

#[tokio::test]
async fn wrong_credentials_and_version_1_are_told() {
    let scene = Scene::start(two_projects()).await;
    let stranger = scene.another().credentials(atlas_export_tests::key());
    let error = stranger.build().unwrap().system_status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    let v1 = scene.another().api_version(ApiVersion::V1).build().unwrap();
    let error = v1.system_status().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
}
