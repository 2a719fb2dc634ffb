//! Buckets of all three clouds: what is sent, what is read, and what a version does not know.

use atlas_export::{ApiVersion, ErrorKind, NewExportBucket, buckets::BucketTarget};
use atlas_export_api::operations::ids;
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{ROLE, Scene, buckets_of, client_of, new_bucket, parsed};
use serde_json::{Value, json};

const SERVICE: &str = "https://mystorage.blob.core.windows.net";

fn aws() -> NewExportBucket {
    new_bucket("my-bucket")
}

fn private() -> NewExportBucket {
    aws().require_private_networking(true).unwrap()
}

fn azure() -> NewExportBucket {
    NewExportBucket::azure(format!("{SERVICE}/my-container"), parsed(ROLE)).unwrap()
}

fn azure_apart() -> NewExportBucket {
    NewExportBucket::azure_container(SERVICE, "my-container", parsed(ROLE)).unwrap()
}

fn gcp() -> NewExportBucket {
    NewExportBucket::gcp("my-bucket", parsed(ROLE)).unwrap()
}

#[tokio::test]
async fn version_2_registers_buckets_of_every_cloud() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder()).await;
    for (new, sent) in [
        (
            private(),
            json!({"cloudProvider": "AWS", "bucketName": "my-bucket", "iamRoleId": ROLE,
                "requirePrivateNetworking": true}),
        ),
        (
            azure(),
            json!({"cloudProvider": "AZURE", "roleId": ROLE,
                "serviceUrl": format!("{SERVICE}/my-container")}),
        ),
        (
            azure_apart(),
            json!({"cloudProvider": "AZURE", "roleId": ROLE, "serviceUrl": SERVICE,
                "bucketName": "my-container"}),
        ),
        (
            gcp(),
            json!({"cloudProvider": "GCP", "bucketName": "my-bucket", "roleId": ROLE}),
        ),
    ] {
        let created = buckets.create(new.clone()).await.unwrap();
        let request = fake.requests().pop().unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body, sent);
        // What comes back, from the creation, the list and by itself, is what was asked for.
        let one = buckets.get(&created.id).await.unwrap();
        let listed = buckets.list().all().await.unwrap();
        let listed = listed
            .items
            .into_iter()
            .find(|listed| listed.id == created.id);
        for bucket in [created, one, listed.unwrap()] {
            assert!(bucket.target().is_same_as(&new.target()), "{bucket:?}");
        }
    }
}

#[tokio::test]
async fn the_target_of_a_bucket_tells_the_region_where_atlas_does() {
    let scene = Scene::start(FakeAtlas::builder()).await;
    let created = scene.buckets.create(private()).await.unwrap();
    let one = scene.buckets.get(&created.id).await.unwrap();
    let BucketTarget::Aws {
        bucket,
        region,
        require_private_networking,
        ..
    } = one.target()
    else {
        panic!("{one:?}")
    };
    assert_eq!(
        (bucket, region, require_private_networking),
        ("my-bucket", Some("us-east-1"), Some(true))
    );
}

/// Version 1.0, and the version of the resource that equals it.
#[tokio::test]
async fn what_a_version_does_not_know_is_refused_before_anything_is_sent() {
    let older = "2023-01-01";
    for old in [true, false] {
        let scene = Scene::start(FakeAtlas::builder()).await.with(|client| {
            if old {
                client.api_version(ApiVersion::V1)
            } else {
                client
                    .resource_version(ids::CREATE_EXPORT_BUCKET, older)
                    .resource_version(ids::GET_EXPORT_BUCKET, older)
                    .resource_version(ids::LIST_EXPORT_BUCKETS, older)
            }
        });
        let Scene { fake, buckets, .. } = scene;
        for new in [azure(), azure_apart(), gcp(), private()] {
            for ensure in [true, false] {
                let error = if ensure {
                    buckets.ensure(new.clone()).await.unwrap_err()
                } else {
                    buckets.create(new.clone()).await.unwrap_err()
                };
                assert_eq!(error.kind(), ErrorKind::Config);
                assert_eq!(error.operation(), Some(ids::CREATE_EXPORT_BUCKET));
                let version = if old { "v1.0" } else { older };
                assert!(error.to_string().contains(version), "{error}");
            }
        }
        assert_eq!(fake.requests().len(), 0);
        // It knows AWS.
        let created = buckets.create(aws()).await.unwrap();
        let one = buckets.get(&created.id).await.unwrap();
        assert!(one.target().is_same_as(&aws().target()));
        let media_type = if old {
            "application/json".to_owned()
        } else {
            format!("application/vnd.atlas.{older}+json")
        };
        for request in fake.requests() {
            assert_eq!(request.headers["accept"], media_type.as_str());
        }
    }
}

#[tokio::test]
async fn a_change_of_networking_is_for_version_2_and_for_buckets_on_aws() {
    let Scene { fake, buckets, .. } = Scene::start(FakeAtlas::builder()).await;
    let on_aws = buckets.create(aws()).await.unwrap();
    let on_gcp = buckets.create(gcp()).await.unwrap();
    let change = |id| {
        buckets
            .update(id)
            .require_private_networking(true)
            .into_future()
    };
    let changed = change(&on_aws.id).await.unwrap();
    assert_eq!(changed.require_private_networking, Some(true));
    let refused = change(&on_gcp.id).await.unwrap_err();
    assert_eq!(refused.status(), Some(400), "{refused}");
    let missing = parsed("0123456789abcdef01234567");
    assert!(change(&missing).await.unwrap_err().is_not_found());

    let before = fake.requests().len();
    let nothing = buckets.update(&on_aws.id).await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Config);
    let old = buckets_of(client_of(&fake).api_version(ApiVersion::V1));
    let update = old.update(&on_aws.id).require_private_networking(true);
    let unknown = update.await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::Config);
    assert!(unknown.to_string().contains("ApiVersion::V2"), "{unknown}");
    assert_eq!(fake.requests().len(), before);
}

#[test]
fn a_government_client_goes_to_the_government_s_cloud() {
    let client = atlas_export::Client::builder()
        .credentials(atlas_export_tests::key())
        .environment(atlas_export::Environment::Government)
        .build()
        .unwrap();
    let shown = format!("{client:?}");
    assert!(
        shown.contains("\"https://cloud.mongodbgov.com\""),
        "{shown}"
    );
}
