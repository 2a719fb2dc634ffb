//! A run with everything in it: a value of each public type is shown.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use atlas_export::{
    ApiVersion, Client, Credentials, Ensured, Environment, ErrorKind, Project,
    clock::SystemClock,
    fleet::{FleetStatus, Intent, SkipReason},
    models::{FieldError, Frequency},
    observe::Outcome,
    rate::RateGovernor,
    request::{CallOptions, Method},
    retry::{Backoff, RetryPolicy},
    snapshots::Retention,
    variables::Variables,
    wait::{WaitError, Waitable as _, wait_all},
};
use atlas_export_fake::{FakeAtlas, JobProgress};
use atlas_export_tests::{
    BUCKET, CLUSTER, PRIVATE_KEY, PROJECT, ROLE, Recorder, SNAPSHOT, TestClock, client_of,
    exportable, new_bucket, parsed,
};
use digest_lanes::{Algorithm, BodyKind, HashFunction, LaneLimits, Lanes, Step, Verdict};

use crate::{PUBLIC_KEY, REALM, answers, shown::Shown};

/// Digest, from credentials to an idle lane.
pub(crate) fn show_digest(shown: &mut Shown) {
    let credentials = digest_lanes::Credentials::new(PUBLIC_KEY, PRIVATE_KEY);
    shown.show("Credentials", &credentials);
    let lanes = Arc::new(Lanes::new(credentials, LaneLimits::default()));
    let challenge = format!("Digest realm=\"{REALM}\", nonce=\"n\", algorithm=MD5, qop=\"auth\"");
    let strongest = digest_lanes::strongest([challenge.as_bytes()]).unwrap();
    shown.show("Challenge", &strongest);
    let now = Instant::now();
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    shown.show("Step", &exchange.next("GET", "/", [0; 16]));
    let verdict = exchange.response(now, 401, [challenge.as_bytes()], None);
    shown.show("Verdict", &verdict);
    assert_eq!(verdict, Verdict::Again);
    let step = exchange.next("GET", "/", [0; 16]);
    shown.show("Step", &step);
    let Step::Send {
        authorization: Some(value),
    } = step
    else {
        panic!("an answer, not {step:?}");
    };
    shown.show("AuthorizationValue", &value);
    shown.show("Exchange", &exchange);
    let _ = exchange.response(now, 200, [], None);
    // Now a lane with its HA1 is idle.
    assert_eq!(lanes.idle(), 1);
    shown.show("Lanes", &lanes);
    shown.show("LaneLimits", &LaneLimits::default());
    shown.show("Algorithm", &Algorithm::DEFAULT);
    shown.show("HashFunction", &HashFunction::Md5);
    shown.show("BodyKind", &BodyKind::Empty);
    let text = String::from_utf8_lossy(value.expose()).into_owned();
    assert!(!shown.0.values().any(|shown| shown.contains(&text)));
}

/// A run with everything in it, during which every public type is shown.
pub(crate) async fn run(shown: &mut Shown) -> Vec<String> {
    let by_polls = JobProgress::ByPolls {
        queued: 1,
        in_progress: 1,
    };
    let builder = exportable()
        .credentials(PUBLIC_KEY, PRIVATE_KEY)
        .job_progress(by_polls);
    shown.show("FakeAtlasBuilder", &builder);
    let fake = builder.start().await.unwrap();
    let builder = client_of(&fake);
    let with_key = builder
        .clone()
        .default_header("X-Gateway-Key", PRIVATE_KEY)
        .client_certificate(PRIVATE_KEY);
    shown.show("ClientBuilder", &with_key);
    shown.error("Error", &with_key.build().unwrap_err());
    shown.show(
        "Credentials",
        &Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY),
    );
    let variables = Variables::read(|name| match name {
        "MCLI_PUBLIC_API_KEY" => Some(PUBLIC_KEY.to_owned()),
        "MCLI_PRIVATE_API_KEY" => Some(PRIVATE_KEY.to_owned()),
        _ => None,
    });
    shown.show("Variables", &variables.unwrap());
    let profile = format!(
        "[default]\npublic_api_key = \"{PUBLIC_KEY}\"\nprivate_api_key = \"{PRIVATE_KEY}\""
    );
    let profile = atlas_export::profile::Profile::read(&profile, "default");
    shown.show("Profile", &profile.unwrap());
    shown.show("SystemClock", &SystemClock);
    shown.show("RetryPolicy", &RetryPolicy::default());
    shown.show("RateGovernor", &RateGovernor::new());
    shown.show("Backoff", &Backoff::default());
    shown.show("ApiVersion", &ApiVersion::V2);
    shown.show("ErrorKind", &ErrorKind::Api);

    let recorder = Arc::new(Recorder::default());
    let client = builder
        .clock(Arc::new(TestClock::default()))
        .observer(recorder.clone())
        .build()
        .unwrap();
    export(shown, &client).await;
    around(shown, &client).await;
    fail(shown, &client).await;
    observed(shown, &recorder);
    shown.show("Client", &client);
    shown.show("FakeAtlas", &fake);
    shown.show("RecordedRequest", &fake.requests());
    answers(&fake)
}

/// What an observer was told of all that.
fn observed(shown: &mut Shown, recorder: &Recorder) {
    let (requests, calls) = (recorder.requests(), recorder.calls());
    shown.show("ObservedRequest", &requests);
    shown.show("ObservedAttempt", &recorder.attempts());
    shown.show("ObservedCall", &calls);
    let (call, request) = (calls.first().unwrap(), requests.first().unwrap());
    shown.show("ObservedOperation", &call.operation);
    shown.show("Purpose", &request.purpose);
    shown.show("Outcome", &call.outcome);
    shown.show("Waits", &call.waited);
    for outcome in [Outcome::Succeeded, Outcome::Failed] {
        assert!(calls.iter().any(|call| call.outcome == outcome));
    }
}

/// An export from bucket to finished job.
async fn export(shown: &mut Shown, client: &Client) {
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let (buckets, jobs) = (project.export_buckets(), cluster.export_jobs());
    let new = new_bucket("example-bucket");
    shown.show("NewExportBucket", &new);
    let bucket = buckets.create(new).await.unwrap();
    shown.show("Request", &buckets.get(&bucket.id));
    shown.show("Page", &buckets.list().await.unwrap());
    shown.show("Listing", &buckets.list().all().await.unwrap());
    shown.show("List", &buckets.list());
    shown.show("Pages", &buckets.list().by_page());
    shown.show("Items", &buckets.list().by_item());
    shown.show("ConsistentList", &buckets.list().consistent());
    shown.show("ConsistentItems", &buckets.list().consistent().by_item());
    shown.show("Snapshots", &cluster.snapshots());
    let newest = cluster.snapshots().newest_exportable().await;
    let snapshot = newest.unwrap().unwrap();
    let create = jobs.create(&snapshot.id, &bucket.id);
    shown.show("CreateExportJob", &create);
    let job = create.await.unwrap();
    let wait = jobs.wait_until_finished(&job.id);
    shown.show("Wait", &wait);
    let stream = jobs.wait_until_finished(&job.id).into_stream();
    shown.show("ProgressStream", &stream);
    let seen = Arc::new(Mutex::new(String::new()));
    let writer = seen.clone();
    let wait = wait.on_progress(move |progress| {
        write!(writer.lock().unwrap(), "{progress:?}").unwrap();
    });
    let ended = wait.await.unwrap();
    shown.show("End", &ended.end());
    shown.show("Progress", &*seen.lock().unwrap());
    shown.show("Project", &project);
    shown.show("Cluster", &cluster);
    shown.show("ExportBuckets", &buckets);
    shown.show("ExportJobs", &jobs);
}

/// What is around an export.
async fn around(shown: &mut Shown, client: &Client) {
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let (buckets, jobs) = (project.export_buckets(), cluster.export_jobs());
    shown.show("Environment", &Environment::Government);
    shown.show("Clusters", &project.clusters());
    // Of a request of one's own the values are one's own too, and the body.
    let secret = format!("../{PRIVATE_KEY}");
    for version in [PRIVATE_KEY, "2023-01-01"] {
        let request = client.request::<()>(Method::POST, "/x/{y}");
        let request = request.path("y", &secret).query("z", &secret).json(&secret);
        shown.show("CustomRequest", &request);
        shown.error(
            "CustomRequest",
            &request.version(version).await.unwrap_err(),
        );
    }
    shown.show("Method", &Method::POST);
    shown.show("CallOptions", &CallOptions::new());
    shown.show("Projects", &client.projects());
    let endpoints = project.private_endpoints();
    shown.show("PrivateEndpoints", &endpoints);
    let create = endpoints.create(PRIVATE_KEY);
    shown.error("CreatePrivateEndpoint", &create.await.unwrap_err());
    shown.show("Schedule", &cluster.backup_schedule());
    shown.show("Retention", &Retention::days(7));
    let status = client.system_status().await.unwrap();
    let check = status.role_for("createAccessRole", &parsed(PROJECT));
    shown.show("RoleCheck", &check);
    around_roles(shown, &project).await;
    let auto = cluster.auto_export();
    shown.show("AutoExport", &auto);
    let bucket = parsed(BUCKET);
    let settings = auto.enable(&bucket, Frequency::Monthly).await.unwrap();
    shown.show("AutoExportSettings", &settings);
    shown.show("UpdateExportBucket", &buckets.update(&bucket));
    let ensure = buckets.ensure(new_bucket("example-bucket"));
    shown.show("EnsureExportBucket", &ensure);
    let ensured = ensure.await.unwrap();
    shown.show("Ensured", &ensured);
    let Ensured::Existing(existing) = ensured else {
        panic!("it is there")
    };
    shown.show("Existing", &existing);
    let snapshots = cluster.snapshots();
    shown.show("TakeSnapshot", &snapshots.take());
    let running = jobs.create(&parsed(SNAPSHOT), &bucket).await.unwrap();
    let delete = snapshots.delete(&parsed(SNAPSHOT));
    shown.show("DeleteSnapshot", &delete);
    shown.error("DeleteSnapshotError", &delete.await.unwrap_err());
    jobs.wait_until_finished(&running.id).await.unwrap();
    let snapshot = snapshots.take().await.unwrap();
    let wait = snapshots.wait_until_completed(&snapshot.id);
    shown.show("Wait", &wait);
    let error = wait.max_wait(Duration::ZERO).await.unwrap_err();
    shown.error("WaitError", &error);
    shown.show("EnsureExportJob", &jobs.ensure(&snapshot.id, &bucket));
    let waits = || wait_all([jobs.wait_until_finished(&parsed(ROLE))]);
    shown.show("WaitAll", &waits());
    shown.show("Waited", &waits().await);

    let preflight = || project.preflight(&bucket).cluster(CLUSTER);
    shown.show("Preflight", &preflight());
    let report = preflight().await.unwrap();
    shown.show("PreflightReport", &report);
    shown.show("Check", &report.checks);
    for check in &report.checks {
        shown.show("CheckKind", &check.kind);
        shown.show("CheckOutcome", &check.outcome);
    }

    let fleet = || project.export_fleet(&bucket);
    shown.show("ExportFleet", &fleet());
    let plan = fleet().plan().await.unwrap();
    shown.show("FleetPlan", &plan);
    shown.show("PlannedCluster", &plan.clusters());
    shown.show("Intent", &Intent::Skip(SkipReason::NoSnapshot));
    shown.show("SkipReason", &SkipReason::NoSnapshot);
    let run = plan.run();
    shown.show("FleetRun", &run);
    let report = run.finish().await;
    shown.show("ProjectReport", &report.projects);
    shown.show("ClusterReport", &report.clusters);
    shown.show("FleetStatus", &FleetStatus::Planned);
    shown.show("FleetReport", &report);
    shown.show("IncompleteFleet", &report.clone().into_result().err());

    let delete = buckets.delete_safely(&bucket);
    shown.show("DeleteSafely", &delete);
    shown.show("BucketUsers", &buckets.users(&bucket).await.unwrap());
    let error = delete.clone().await.unwrap_err();
    shown.error("DeleteBucketError", &error);
    shown.show("DeletedBucket", &delete.detach().await.unwrap());
}

/// A role of AWS from nothing to its policies.
async fn around_roles(shown: &mut Shown, project: &Project) {
    let roles = project.access_roles();
    shown.show("AccessRoles", &roles);
    shown.show("SetUpAws", &roles.set_up_aws());
    shown.show("AwsSetup", &roles.set_up_aws().await.unwrap());
    // Somebody may paste a key where an id belongs.
    let azure = roles.create_azure(PRIVATE_KEY, "x").application("y");
    shown.error("CreateAzureRole", &azure.await.unwrap_err());
    let arn = roles.authorize(&parsed(ROLE), PRIVATE_KEY).await;
    shown.error("AccessRoles", &arn.unwrap_err());
}

/// Calls that end badly, with the key at hand.
async fn fail(shown: &mut Shown, client: &Client) {
    let project = client.project(PROJECT);
    let jobs = project.cluster(CLUSTER).export_jobs();
    let error = jobs
        .wait_until_finished(&parsed(ROLE))
        .max_wait(Duration::from_secs(1))
        .await
        .unwrap_err();
    assert!(matches!(error, WaitError::Poll(_)));
    shown.error("WaitError", &error);

    let get = project.export_buckets().get(&parsed(ROLE));
    let error = get.await.unwrap_err();
    shown.show("ApiError", error.api().unwrap());
    shown.show("FieldError", &FieldError::default());
    shown.error("Error", &error);
    // The key is refused, and the port is closed: two ends with the key at hand.
    let stranger = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    for url in [stranger.url(), "http://127.0.0.1:1".to_owned()] {
        let client = Client::builder()
            .base_url(url)
            .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY))
            .default_header("X-Gateway-Key", PRIVATE_KEY)
            .clock(Arc::new(TestClock::default()))
            .build()
            .unwrap();
        let list = client.project(PROJECT).export_buckets().list();
        shown.error("Error", &list.await.unwrap_err());
    }
}
