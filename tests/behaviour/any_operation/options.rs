//! Options of calls: what may be other, and what calls share all the same.

use std::{future::IntoFuture, time::Duration};

use atlas_export::{
    Error, ErrorKind, NewExportBucket, PageSize,
    fleet::{FleetStatus, Intent},
    models::Frequency,
    request::{CallOptions, Method},
    retry::{Backoff, RetryPolicy},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, Fault, Match};
use atlas_export_tests::{
    BUCKET, CLUSTER, CredentialKind, PROJECT, ROLE, SNAPSHOT, Scene, client_of, exportable, parsed,
    slow_down,
};

use super::{fake, of_buckets};

#[tokio::test]
async fn other_options_share_authentication_and_nothing_else_can_be_other() {
    for kind in CredentialKind::BOTH {
        let fake = fake().await;
        let client = client_of(&fake)
            .credentials(kind.of(&fake))
            .build()
            .unwrap();
        let other = client.with_options(CallOptions::new().retry(RetryPolicy::none()));
        of_buckets::<()>(&client, Method::GET).await.unwrap();
        of_buckets::<()>(&other, Method::GET).await.unwrap();
        // One handshake or token for both, over one connection.
        assert_eq!((fake.requests().len(), fake.connections()), (3, 1));
        let nothing = || Match::operation("listExportBuckets").authenticated();
        fake.inject_for(
            nothing(),
            Fault::status(http::StatusCode::SERVICE_UNAVAILABLE),
        );
        let list = other.project(PROJECT).export_buckets().list();
        assert_eq!(list.await.unwrap_err().attempts(), 1);
        // With its own policy a list repeats, whatever its client does.
        fake.inject_for(
            nothing(),
            Fault::status(http::StatusCode::SERVICE_UNAVAILABLE),
        );
        let patient = RetryPolicy::default().backoff(Backoff::new(
            Duration::from_millis(1),
            Duration::from_millis(1),
        ));
        let list = other.project(PROJECT).export_buckets().list();
        assert_eq!(list.retry(patient).await.unwrap().items.len(), 1);
        for (options, name) in [
            (
                CallOptions::new().call_timeout(Duration::ZERO),
                "call_timeout",
            ),
            (
                CallOptions::new().attempt_timeout(Duration::ZERO),
                "attempt_timeout",
            ),
            (
                CallOptions::new().max_response_bytes(0),
                "max_response_bytes",
            ),
            (CallOptions::new().max_pages(0), "max_pages"),
        ] {
            let other = client.with_options(options);
            let error = other.project(PROJECT).export_buckets().list().await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(name), "{error}");
        }
        // Shutting one down is shutting all of them down.
        other.shutdown(Duration::from_secs(1)).await;
        let error = of_buckets::<()>(&client, Method::GET).await.unwrap_err();
        assert!(error.to_string().contains("Client::shutdown"), "{error}");
    }
}

/// What a builder gives when it is given no time at all: what is said, and of which kind.
async fn said<T, E>(outcome: impl IntoFuture<Output = Result<T, E>>) -> (ErrorKind, String)
where
    E: Into<Error>,
{
    match outcome.await {
        Ok(_) => panic!("a call without time has succeeded"),
        Err(error) => {
            let error = error.into();
            (error.kind(), error.to_string())
        }
    }
}

#[tokio::test]
async fn each_builder_has_a_time_out_and_a_retry_policy_of_its_own() {
    let fake = fake().await;
    let client = client_of(&fake).build().unwrap();
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let (buckets, jobs) = (project.export_buckets(), cluster.export_jobs());
    let (snapshots, exports) = (cluster.snapshots(), cluster.auto_export());
    let (bucket, job, snapshot) = (parsed(BUCKET), parsed(BUCKET), parsed(SNAPSHOT));
    let new = || NewExportBucket::aws("new", parsed(ROLE)).unwrap();
    let azure = "0a1b2c3d-0000-4000-8000-0123456789ab";
    let mut told = Vec::new();
    macro_rules! all_refuse {
        ($($builder:expr;)*) => {
            $(
                let builder = $builder.retry(RetryPolicy::none()).timeout(Duration::ZERO);
                told.push((stringify!($builder), said(builder).await));
            )*
        };
    }
    all_refuse! {
        buckets.list();
        buckets.list().all();
        buckets.list().consistent().all();
        buckets.get(&bucket);
        buckets.create(new());
        buckets.ensure(new());
        buckets.update(&bucket).require_private_networking(true);
        buckets.delete(&bucket);
        buckets.delete_safely(&bucket);
        buckets.users(&bucket);
        jobs.list();
        jobs.get(&job);
        jobs.create(&snapshot, &bucket);
        jobs.ensure(&snapshot, &bucket);
        jobs.ensure(&snapshot, &bucket).existing();
        jobs.wait_until_finished(&job);
        snapshots.list();
        snapshots.list_sharded();
        snapshots.get(&snapshot);
        snapshots.get_sharded(&snapshot);
        snapshots.newest_exportable();
        snapshots.take();
        snapshots.wait_until_completed(&snapshot);
        exports.get();
        exports.enable(&bucket, Frequency::Monthly);
        exports.disable();
        exports.names_in_prefix(true);
        project.clusters().list();
        project.access_roles().list();
        project.access_roles().find_aws("arn:aws:iam::123456789012:role/x");
        project.access_roles().find_azure(azure);
        project.access_roles().find_gcp("x@y.iam.gserviceaccount.com");
        project.export_fleet(&bucket).plan();
        of_buckets::<()>(&client, Method::GET);
        of_buckets(&client, Method::GET).pages::<u8>();
    }
    for (builder, (kind, message)) in &told {
        assert_eq!(*kind, ErrorKind::Config, "{builder}: {message}");
        assert!(
            message.contains("call_timeout is zero"),
            "{builder}: {message}"
        );
    }
    println!("{} builders with options of their own", told.len());
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_fleet_has_a_time_out_and_a_retry_policy_for_its_plan_and_its_run() {
    let bucket = parsed(BUCKET);
    let scene = Scene::start(exportable()).await;
    let fleet = || scene.project.export_fleet(&bucket);
    let (kind, message) = said(fleet().timeout(Duration::ZERO).plan()).await;
    assert_eq!(kind, ErrorKind::Config);
    assert!(message.contains("call_timeout is zero"), "{message}");
    assert!(scene.fake.requests().is_empty());

    let unavailable = || Fault::status(http::StatusCode::SERVICE_UNAVAILABLE);
    // Of the plan.
    scene.inject(ids::LIST_SNAPSHOTS, unavailable());
    let plan = fleet().retry(RetryPolicy::none()).plan().await.unwrap();
    let intent = &plan.clusters()[0].intent;
    assert!(matches!(intent, Intent::LookFailed(_)), "{intent:?}");
    scene.inject(ids::LIST_SNAPSHOTS, unavailable());
    let plan = fleet().plan().await.unwrap();
    assert_eq!(plan.clusters()[0].intent, Intent::Export);
    // And of the run.
    let plan = fleet().retry(RetryPolicy::none()).plan().await.unwrap();
    scene.inject(ids::CREATE_EXPORT_JOB, slow_down(1));
    let report = plan.run().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Error);
    assert!(
        scene
            .clock
            .sleeps()
            .iter()
            .all(|slept| *slept < Duration::from_secs(1))
    );
    let plan = fleet().plan().await.unwrap();
    scene.inject(ids::CREATE_EXPORT_JOB, slow_down(1));
    let report = plan.run().await;
    assert_eq!(report.clusters[0].status, FleetStatus::Started);
}

#[tokio::test]
async fn each_bound_of_call_options_bounds_its_client_and_no_other() {
    let fake = FakeAtlas::builder().buckets(PROJECT, 9);
    let scene = Scene::in_order(fake).await;
    scene.buckets.list().await.unwrap();
    let with = |options| {
        let client = scene.client.with_options(options);
        client.project(PROJECT).export_buckets()
    };
    let pages = || PageSize::new(4).unwrap();
    let few = with(CallOptions::new().max_pages(2))
        .list()
        .page_size(pages());
    let (kind, message) = said(few.all()).await;
    assert_eq!(kind, ErrorKind::Transport);
    assert!(message.contains("max_pages"), "{message}");
    let small = with(CallOptions::new().max_response_bytes(10)).list();
    assert!(said(small).await.1.contains("10 bytes"));
    scene.inject(ids::LIST_EXPORT_BUCKETS, Fault::silence());
    let hasty = CallOptions::new().attempt_timeout(Duration::from_secs(2));
    let hasty = with(hasty.retry(RetryPolicy::none())).list();
    let before = scene.clock.elapsed();
    assert_eq!(said(hasty).await.0, ErrorKind::Timeout);
    let took = scene.clock.elapsed().saturating_sub(before);
    assert_eq!(took, Duration::from_secs(2));
    let all = scene.buckets.list().page_size(pages()).all().await.unwrap();
    assert_eq!(all.items.len(), 9);
}
