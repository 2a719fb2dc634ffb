//! Projects, and their clusters: which there are.

use atlas_export::{ApiVersion, ErrorKind, models::ClusterState};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, FakeAtlasBuilder};
use atlas_export_tests::{CLUSTER, PROJECT, Reply, Scene, ScriptedServer, exportable};

const OTHER: &str = "42b6e34b3d91647abb20e7b8";

fn furnished() -> FakeAtlasBuilder {
    exportable()
        .sharded_cluster(PROJECT, "Orders", &["shard-0", "shard-1"])
        .tier(OTHER, "Small", "FLEX")
        .deleted_cluster(PROJECT, "Gone")
}

#[tokio::test]
async fn projects_are_listed_and_read() {
    let scene = Scene::start(furnished()).await;
    let all = scene.client.projects().list().all().await.unwrap().items;
    let ids: Vec<_> = all.iter().map(|project| project.id.as_str()).collect();
    assert_eq!(ids, [PROJECT, OTHER]);
    let one = scene.project.get().await.unwrap();
    assert_eq!(one, all[0]);
    assert_eq!(one.cluster_count, Some(2));
    assert!(one.name.is_some() && one.org_id.is_some() && one.created.is_some());
    let nowhere = scene.client.project("52b6e34b3d91647abb20e7b8").get().await;
    assert!(nowhere.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_list_of_projects_has_pages_like_any_other() {
    let many = (0..7_u32).fold(FakeAtlas::builder(), |fake, n| {
        fake.project(&format!("{n:024x}"))
    });
    let scene = Scene::start(many).await;
    let size = atlas_export::PageSize::new(3).unwrap();
    let list = || scene.client.projects().list().page_size(size);
    assert_eq!(list().all().await.unwrap().items.len(), 7);
    assert_eq!(scene.answered(200), 3);
    assert_eq!(list().concurrency(3).all().await.unwrap().items.len(), 7);
}

#[tokio::test]
async fn all_clusters_come_by_project_without_a_tier() {
    let scene = Scene::start(furnished()).await;
    let all = scene
        .client
        .projects()
        .clusters()
        .all()
        .await
        .unwrap()
        .items;
    let names: Vec<Vec<_>> = all
        .iter()
        .map(|project| {
            project
                .clusters
                .items()
                .map(|cluster| cluster.name.as_str())
                .collect()
        })
        .collect();
    assert_eq!(names, [vec![CLUSTER, "Orders"], vec!["Small"]]);
    let orders = all[0].clusters.items().nth(1).unwrap();
    assert_eq!(orders.type_.as_deref(), Some("SHARDED_CLUSTER"));
    assert_eq!(
        (orders.node_count, orders.backup_enabled),
        (Some(6), Some(true))
    );
    // A version that the model does not name is kept.
    assert!(orders.extra.contains_key("versions"));
    assert_eq!(
        scene.fake.requests().pop().unwrap().path,
        "/api/atlas/v2/clusters"
    );
}

#[tokio::test]
async fn one_project_that_does_not_decode_is_told_beside_the_others() {
    let page = format!(r#"{{"results":[{{"name":"x"}},{{"id":"{OTHER}"}}],"links":[]}}"#);
    let server = ScriptedServer::start([Reply::json(200, &page)]).await;
    let client = server.client().build().unwrap();
    let all = client.projects().list().all().await.unwrap();
    assert_eq!((all.items.len(), all.undecodable.len()), (1, 1));
}

#[tokio::test]
async fn one_cluster_is_read_with_its_tier() {
    let scene = Scene::start(furnished()).await;
    let one = scene.cluster.get().await.unwrap();
    assert_eq!(one.tier().to_string(), "M10");
    assert!(one.why_not_exportable().is_none());
    for gone in ["Gone", "Nowhere"] {
        let error = scene.project.cluster(gone).get().await.unwrap_err();
        assert!(error.is_not_found(), "{error}");
    }
}

#[tokio::test]
async fn deleted_clusters_are_listed_where_they_are_asked_for() {
    let scene = Scene::start(furnished()).await;
    let clusters = scene.project.clusters();
    let plain = clusters.list().all().await.unwrap().items;
    assert_eq!(plain.len(), 2);
    let query = scene.fake.requests().pop().unwrap().query.unwrap();
    assert!(!query.contains("includeDeleted"), "{query}");
    let with_deleted = clusters.list_with_deleted().all().await.unwrap().items;
    let gone = with_deleted
        .iter()
        .find(|cluster| cluster.name.as_str() == "Gone");
    assert_eq!(gone.unwrap().state_name, Some(ClusterState::Deleted));
    let query = scene.fake.requests().pop().unwrap().query.unwrap();
    assert!(
        query.contains("includeDeletedWithRetainedBackups=true"),
        "{query}"
    );
}

#[tokio::test]
async fn version_1_knows_none_of_it_but_the_list_of_clusters() {
    let scene = Scene::start(furnished()).await;
    let scene = scene.with(|client| client.api_version(ApiVersion::V1));
    scene.project.clusters().list().await.unwrap();
    scene.fake.clear_requests();
    for (error, operation) in [
        (
            scene.client.projects().list().await.unwrap_err(),
            ids::LIST_PROJECTS,
        ),
        (
            scene.client.projects().clusters().await.unwrap_err(),
            ids::LIST_ALL_CLUSTERS,
        ),
        (scene.project.get().await.unwrap_err(), ids::GET_PROJECT),
        (scene.cluster.get().await.unwrap_err(), ids::GET_CLUSTER),
        (
            scene
                .project
                .clusters()
                .list_with_deleted()
                .await
                .unwrap_err(),
            ids::LIST_CLUSTERS,
        ),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.operation(), Some(operation));
        assert!(error.to_string().contains("ApiVersion::V2"), "{error}");
    }
    assert!(scene.fake.requests().is_empty());
}
