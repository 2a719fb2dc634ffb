//! What is around an export: snapshots on demand, clusters, roles, and automatic export.

use std::time::Duration;

use atlas_export::{
    ApiVersion, ErrorKind, codes,
    models::{Frequency, NotExportable},
    wait::WaitError,
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{AccessRole, FakeAtlas, FakeAtlasBuilder, Fault, JobProgress, Snapshot};
use atlas_export_tests::{BUCKET, CLUSTER, PROJECT, ROLE, SNAPSHOT, Scene, parsed, with_bucket};
use http::StatusCode;

const BOTH: [ApiVersion; 2] = [ApiVersion::V1, ApiVersion::V2];

async fn start(builder: FakeAtlasBuilder, version: ApiVersion) -> Scene {
    let scene = Scene::start(builder).await;
    scene.with(|client| client.api_version(version))
}

#[tokio::test]
async fn a_snapshot_is_taken_and_waited_for() {
    for version in BOTH {
        let builder = FakeAtlas::builder()
            .cluster(PROJECT, CLUSTER)
            .snapshot_progress(JobProgress::ByClock {
                queued: Duration::from_secs(30),
                in_progress: Duration::from_secs(90),
            });
        let scene = start(builder, version).await;
        let snapshots = scene.cluster.snapshots();
        let begun = snapshots
            .take()
            .description("by hand")
            .retention_days(2)
            .await
            .unwrap();
        assert!(!begun.is_exportable() && begun.created_at.is_none());
        assert_eq!(begun.description.as_deref(), Some("by hand"));
        assert!(snapshots.newest_exportable().await.unwrap().is_none());
        let taken = snapshots.wait_until_completed(&begun.id).await.unwrap();
        assert!(taken.is_exportable() && taken.expires_at > begun.expires_at);
        assert_eq!(
            snapshots.newest_exportable().await.unwrap().unwrap().id,
            begun.id
        );
        assert!(
            scene.clock.elapsed() < Duration::from_secs(160),
            "{:?}",
            scene.clock.elapsed()
        );
    }
}

#[tokio::test]
async fn the_parts_of_a_sharded_cluster_s_snapshots_are_told_where_they_are_asked_for() {
    let sharded = FakeAtlas::builder()
        .sharded_cluster(PROJECT, CLUSTER, &["shard-0", "config-0"])
        .snapshot(PROJECT, CLUSTER, Snapshot::completed(SNAPSHOT))
        .snapshot(PROJECT, "Plain", Snapshot::completed(SNAPSHOT));
    let scene = Scene::start(sharded).await;
    let project = &scene.project;
    let of = |name: &str| project.cluster(name).snapshots();
    let all = of(CLUSTER).list_sharded().await.unwrap();
    let one = of(CLUSTER).get_sharded(&parsed(SNAPSHOT)).await.unwrap();
    assert_eq!(all.items, std::slice::from_ref(&one));
    let parts = one
        .members
        .items()
        .map(|part| part.replica_set_name.as_deref());
    assert_eq!(
        parts.collect::<Vec<_>>(),
        [Some("shard-0"), Some("config-0")]
    );
    let ids = one.members.items().map(|part| part.id.clone());
    assert_eq!(ids.collect::<Option<Vec<_>>>(), one.snapshot_ids);
    // Elsewhere they are not told, and of a replica set there are none.
    let plain = of(CLUSTER).get(&parsed(SNAPSHOT)).await.unwrap();
    for part in ["members", "snapshotIds"] {
        assert!(!plain.extra.contains_key(part), "{part}");
    }
    assert!(of("Plain").list_sharded().await.unwrap().items.is_empty());
    let error = of("Plain")
        .get_sharded(&parsed(SNAPSHOT))
        .await
        .unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_snapshot_that_fails_takes_too_long_or_vanishes_is_each_its_own_outcome() {
    let fails = FakeAtlas::builder()
        .cluster(PROJECT, CLUSTER)
        .snapshots_fail();
    let scene = Scene::start(fails).await;
    let snapshots = scene.cluster.snapshots();
    let begun = snapshots.take().await.unwrap();
    let late = snapshots
        .wait_until_completed(&begun.id)
        .max_wait(Duration::ZERO);
    let late = late.await.unwrap_err();
    assert!(late.to_string().contains("last seen queued"), "{late}");
    assert!(matches!(
        late,
        WaitError::MaxWaitExceeded { last: Some(_), .. }
    ));
    let failed = snapshots.wait_until_completed(&begun.id).await.unwrap_err();
    assert!(matches!(failed, WaitError::Failed(s) if s.id == begun.id));
    let missing = parsed("0123456789abcdef01234567");
    let missing = snapshots.wait_until_completed(&missing).await.unwrap_err();
    assert!(matches!(missing, WaitError::Poll(error) if error.is_not_found()));

    let before = scene.fake.requests().len();
    for days in [0, 0x8000_0000, u32::MAX] {
        let take = snapshots.take().retention_days(days);
        let never = take.await.unwrap_err();
        assert_eq!(
            (never.kind(), scene.fake.requests().len()),
            (ErrorKind::Config, before)
        );
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_snapshot_is_ambiguous_and_not_repeated() {
    let scene = Scene::start(FakeAtlas::builder().cluster(PROJECT, CLUSTER)).await;
    let snapshots = scene.cluster.snapshots();
    scene.inject(ids::TAKE_SNAPSHOT, Fault::reset());
    let error = snapshots.take().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Ambiguous);
}

#[tokio::test]
async fn clusters_are_listed_with_their_tier_and_why_they_cannot_be_exported() {
    for version in BOTH {
        let mut builder = FakeAtlas::builder()
            .cluster(PROJECT, "Dedicated")
            .sharded_cluster(PROJECT, "Sharded", &["s0", "s1"])
            .tier(PROJECT, "Sharded", "M30")
            .tier(PROJECT, "Flex", "FLEX")
            .tier(PROJECT, "Free", "M0")
            .backup_off(PROJECT, "Off");
        if version == ApiVersion::V1 {
            builder = builder.tier(PROJECT, "Serverless", "SERVERLESS");
        }
        let scene = start(builder, version).await;
        let clusters = scene.project.clusters();
        let all = clusters.list().all().await.unwrap();
        let told: Vec<_> = all
            .items
            .iter()
            .map(|c| {
                (
                    c.name.as_str(),
                    c.tier().to_string(),
                    c.why_not_exportable(),
                )
            })
            .collect();
        let mut expected = vec![
            ("Dedicated", "M10".to_owned(), None),
            ("Sharded", "M30".to_owned(), None),
            ("Flex", "Flex".to_owned(), Some(NotExportable::Flex)),
            ("Free", "M0".to_owned(), Some(NotExportable::Shared)),
            ("Off", "M10".to_owned(), Some(NotExportable::BackupOff)),
        ];
        if version == ApiVersion::V1 {
            expected.push((
                "Serverless",
                "Serverless".to_owned(),
                Some(NotExportable::Serverless),
            ));
        }
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn a_cluster_that_cannot_be_exported_is_refused_by_atlas_with_its_code() {
    let builder = FakeAtlas::builder().tier(PROJECT, "Flex", "FLEX");
    let scene = Scene::start(builder).await;
    let cluster = scene.project.cluster("Flex");
    for error in [
        cluster.snapshots().list().await.map(drop).unwrap_err(),
        cluster.export_jobs().list().await.map(drop).unwrap_err(),
        cluster.auto_export().get().await.map(drop).unwrap_err(),
        cluster.snapshots().take().await.map(drop).unwrap_err(),
    ] {
        assert_eq!(
            error.code(),
            Some(codes::CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API)
        );
    }
    let error = scene
        .client
        .project("0123456789abcdef01234567")
        .clusters()
        .list()
        .await;
    assert!(error.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_role_is_found_by_what_its_cloud_calls_it() {
    let arn = "arn:aws:iam::123456789012:role/atlas-export";
    let principal = "4F2DEB0D-be22-4524-a403-df531868bac0";
    let address = "atlas-0001@p-0001.iam.gserviceaccount.com";
    let (on_azure, on_gcp) = ("22345678f901a234dbdb00ca", "32345678f901a234dbdb00ca");
    for version in BOTH {
        let builder = FakeAtlas::builder()
            .access_role(
                PROJECT,
                AccessRole::unauthorized_aws("42345678f901a234dbdb00ca"),
            )
            .access_role(PROJECT, AccessRole::aws(ROLE, arn))
            .access_role(PROJECT, AccessRole::azure(on_azure, principal))
            .access_role(PROJECT, AccessRole::gcp(on_gcp, address));
        let scene = start(builder, version).await;
        let roles = scene.project.access_roles();
        let found = roles.find_aws(arn).await.unwrap().unwrap();
        assert_eq!(found.role_id.as_str(), ROLE);
        assert!(roles.find_aws(&format!("{arn}-2")).await.unwrap().is_none());
        let before = scene.fake.requests().len();
        let error = roles.find_aws(ROLE).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("arn:aws:iam::"), "{error}");
        assert_eq!(scene.fake.requests().len(), before);
        let lower = principal.to_lowercase();
        let (azure, gcp) = (
            roles.find_azure(&lower).await,
            roles.find_gcp(address).await,
        );
        if version == ApiVersion::V1 {
            assert_eq!(azure.unwrap_err().kind(), ErrorKind::Config);
            assert_eq!(gcp.unwrap_err().kind(), ErrorKind::Config);
            assert_eq!(scene.fake.requests().len(), before);
        } else {
            assert_eq!(azure.unwrap().unwrap().id.as_str(), on_azure);
            assert_eq!(gcp.unwrap().unwrap().role_id.as_str(), on_gcp);
        }
    }
}

#[tokio::test]
async fn automatic_export_is_switched_without_disturbing_the_schedule() {
    for version in BOTH {
        let builder = with_bucket().cluster(PROJECT, CLUSTER);
        let scene = start(builder, version).await;
        let auto = scene.cluster.auto_export();
        let before = scene.fake.schedule(PROJECT, CLUSTER);
        let off = auto.get().await.unwrap();
        assert!(!off.enabled && off.bucket.is_none() && off.frequency.is_none());
        let on = auto
            .enable(&parsed(BUCKET), Frequency::Monthly)
            .await
            .unwrap();
        assert!(on.enabled);
        assert_eq!(on.bucket, Some(parsed(BUCKET)));
        assert_eq!(on.frequency, Some(Frequency::Monthly));
        assert_eq!(
            on.schedule.policies.items().next(),
            before["policies"].get(0)
        );
        let named = auto.names_in_prefix(true).await.unwrap();
        assert!(named.enabled && named.names_in_prefix);
        assert!(auto.names_in_prefix(false).await.unwrap().enabled);
        let off = auto.disable().await.unwrap();
        assert!(!off.enabled && off.bucket.is_none());
        assert_eq!(scene.fake.schedule(PROJECT, CLUSTER), before);
    }
}

#[tokio::test]
async fn only_the_documented_frequencies_are_every_organization_s() {
    for more in [false, true] {
        let mut builder = with_bucket().cluster(PROJECT, CLUSTER);
        if more {
            builder = builder.export_frequencies(["daily", "weekly"]);
        }
        let scene = Scene::start(builder).await;
        let auto = scene.cluster.auto_export();
        for documented in [Frequency::Monthly, Frequency::Yearly] {
            assert!(auto.enable(&parsed(BUCKET), documented).await.is_ok());
        }
        for other in [Frequency::Daily, Frequency::Weekly] {
            let enabled = auto.enable(&parsed(BUCKET), other.clone()).await;
            match enabled {
                Ok(settings) => assert_eq!((settings.frequency, more), (Some(other), true)),
                Err(error) => assert_eq!((error.kind(), more), (ErrorKind::Api, false)),
            }
        }
    }
}

#[tokio::test]
async fn automatic_export_to_what_is_not_there_is_refused() {
    let builder = FakeAtlas::builder().cluster(PROJECT, CLUSTER);
    let scene = Scene::start(builder).await;
    let project = &scene.project;
    let auto = project.cluster(CLUSTER).auto_export();
    let error = auto
        .enable(&parsed(BUCKET), Frequency::Yearly)
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    let before = scene.fake.requests().len();
    let wrong = atlas_export::ExportBucketId::received("{BUCKET-ID}");
    let error = auto.enable(&wrong, Frequency::Yearly).await.unwrap_err();
    assert_eq!(
        (error.kind(), scene.fake.requests().len()),
        (ErrorKind::Config, before)
    );
    // A change that is set twice is set once: it may be repeated.
    scene.inject(
        ids::UPDATE_BACKUP_SCHEDULE,
        Fault::status(StatusCode::SERVICE_UNAVAILABLE),
    );
    assert!(!auto.disable().await.unwrap().enabled);
    let missing = project.cluster("Missing").auto_export().get().await;
    assert!(missing.unwrap_err().is_not_found());
}
