//! Secrets stay secret: in every `Debug`, and in every log line at the level that says most.
//!
//! In a process of its own, because the listener hears the whole process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may panic: that is how it fails"
)]

#[path = "secrets/accounts.rs"]
mod accounts;

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as StdError,
    fmt::{Debug, Write as _},
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use atlas_export::{
    ApiVersion, Client, Credentials, Ensured, Environment, ErrorKind, NewExportBucket,
    clock::SystemClock,
    fleet::{FleetStatus, Intent, SkipReason},
    models::Frequency,
    rate::RateGovernor,
    retry::{Backoff, RetryPolicy},
    variables::Variables,
    wait::{WaitError, Waitable as _, wait_all},
};
use atlas_export_api::operations::ids;
use atlas_export_fake::{FakeAtlas, JobProgress, Snapshot};
use atlas_export_tests::{
    BUCKET, CLUSTER, PRIVATE_KEY, PROJECT, ROLE, SNAPSHOT, TestClock, client_of, parsed, storm,
};
use digest_lanes::{Algorithm, BodyKind, HashFunction, LaneLimits, Lanes, Step, Verdict};
use md5::{Digest as _, Md5};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

const PUBLIC_KEY: &str = "abcdefgh";
const REALM: &str = "MMS Public API";

/// HA1: what the private key becomes, and as good as the key.
fn ha1() -> String {
    let hash = Md5::digest(format!("{PUBLIC_KEY}:{REALM}:{PRIVATE_KEY}"));
    hash.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Everything that was logged: source and text.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<(String, String)>>>);

struct Text(String);

impl tracing::field::Visit for Text {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Heard {
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &tracing::span::Id,
        _: Context<'_, S>,
    ) {
        let mut text = Text(attributes.metadata().name().to_owned());
        attributes.record(&mut text);
        let target = attributes.metadata().target().to_owned();
        self.0.lock().unwrap().push((target, text.0));
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        use tracing_log::NormalizeEvent as _;
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0
            .lock()
            .unwrap()
            .push((metadata.target().to_owned(), text.0));
    }
}

/// `Debug` (both forms) of a value of each public type.
#[derive(Default)]
struct Shown(BTreeMap<&'static str, String>);

impl Shown {
    fn show(&mut self, name: &'static str, value: &dyn Debug) {
        write!(self.0.entry(name).or_default(), "{value:?} {value:#?}").unwrap();
    }

    fn error(&mut self, name: &'static str, error: &(dyn StdError + 'static)) {
        self.show(name, &error);
        let mut cause = Some(error);
        while let Some(error) = cause {
            write!(self.0.entry(name).or_default(), "{error} {error:?}").unwrap();
            cause = error.source();
        }
    }
}

/// The public types that a crate declares, by its source.
fn declared(krate: &str) -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let source = fs::read_to_string(&path).unwrap();
                found.extend(source.lines().filter_map(|line| {
                    let name = line
                        .strip_prefix("pub struct ")
                        .or_else(|| line.strip_prefix("pub enum "))?;
                    let end = name.find(|c: char| !c.is_alphanumeric())?;
                    Some(name.get(..end)?.to_owned())
                }));
            }
        }
    }
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    walk(&root.join(krate).join("src"), &mut found);
    assert!(!found.is_empty());
    found
}

fn show_digest(shown: &mut Shown) {
    let credentials = digest_lanes::Credentials::new(PUBLIC_KEY, PRIVATE_KEY);
    shown.show("Credentials", &credentials);
    let lanes = Arc::new(Lanes::new(credentials, LaneLimits::default()));
    let challenge = format!("Digest realm=\"{REALM}\", nonce=\"n\", algorithm=MD5, qop=\"auth\"");
    let parsed = digest_lanes::strongest([challenge.as_bytes()]).unwrap();
    shown.show("Challenge", &parsed);
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
async fn run(shown: &mut Shown) -> Vec<String> {
    let builder = FakeAtlas::builder()
        .credentials(PUBLIC_KEY, PRIVATE_KEY)
        .job_progress(JobProgress::ByPolls {
            queued: 1,
            in_progress: 1,
        })
        .snapshot(PROJECT, CLUSTER, Snapshot::completed(SNAPSHOT))
        .bucket(
            PROJECT,
            atlas_export_fake::Bucket::aws("b-1", ROLE).id(BUCKET),
        );
    shown.show("FakeAtlasBuilder", &builder);
    let fake = builder.start().await.unwrap();
    let builder = client_of(&fake);
    shown.show("ClientBuilder", &builder);
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
    shown.show("SystemClock", &SystemClock);
    shown.show("RetryPolicy", &RetryPolicy::default());
    shown.show("RateGovernor", &RateGovernor::new());
    shown.show("Backoff", &Backoff::default());
    shown.show("ApiVersion", &ApiVersion::V2);
    shown.show("ErrorKind", &ErrorKind::Api);

    let client = builder
        .clock(Arc::new(TestClock::default()))
        .build()
        .unwrap();
    export(shown, &client).await;
    around(shown, &client).await;
    fail(shown, &client).await;
    shown.show("Client", &client);
    shown.show("FakeAtlas", &fake);
    shown.show("RecordedRequest", &fake.requests());
    answers(&fake)
}

/// An export from bucket to finished job.
async fn export(shown: &mut Shown, client: &Client) {
    let project = client.project(PROJECT);
    let cluster = project.cluster(CLUSTER);
    let (buckets, jobs) = (project.export_buckets(), cluster.export_jobs());
    let new = NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap();
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
    let snapshot = cluster
        .snapshots()
        .newest_exportable()
        .await
        .unwrap()
        .unwrap();
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
    shown.show("AccessRoles", &project.access_roles());
    let auto = cluster.auto_export();
    shown.show("AutoExport", &auto);
    let bucket = parsed(BUCKET);
    let settings = auto.enable(&bucket, Frequency::Monthly).await.unwrap();
    shown.show("AutoExportSettings", &settings);
    shown.show("UpdateExportBucket", &buckets.update(&bucket));
    let ensure = buckets.ensure(NewExportBucket::aws("example-bucket", parsed(ROLE)).unwrap());
    shown.show("EnsureExportBucket", &ensure);
    let ensured = ensure.await.unwrap();
    shown.show("Ensured", &ensured);
    let Ensured::Existing(existing) = ensured else {
        panic!("it is there")
    };
    shown.show("Existing", &existing);
    let snapshots = cluster.snapshots();
    shown.show("TakeSnapshot", &snapshots.take());
    let snapshot = snapshots.take().await.unwrap();
    let wait = snapshots.wait_until_completed(&snapshot.id);
    shown.show("Wait", &wait);
    let error = wait.max_wait(Duration::ZERO).await.unwrap_err();
    shown.error("WaitError", &error);
    shown.show("EnsureExportJob", &jobs.ensure(&snapshot.id, &bucket));
    let waits = || wait_all([jobs.wait_until_finished(&parsed(ROLE))]);
    shown.show("WaitAll", &waits());
    shown.show("Waited", &waits().await);

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
    shown.show("ClusterReport", &report.clusters);
    shown.show("FleetStatus", &FleetStatus::Planned);
    shown.show("FleetReport", &report);
    if let Err(incomplete) = report.into_result() {
        shown.error("IncompleteFleet", &incomplete);
    }

    let delete = buckets.delete_safely(&bucket);
    shown.show("DeleteSafely", &delete);
    shown.show("BucketUsers", &buckets.users(&bucket).await.unwrap());
    let error = delete.clone().await.unwrap_err();
    shown.error("DeleteBucketError", &error);
    shown.show("DeletedBucket", &delete.detach().await.unwrap());
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

    let error = project
        .export_buckets()
        .get(&parsed(ROLE))
        .await
        .unwrap_err();
    shown.show("ApiError", error.api().unwrap());
    shown.show("FieldError", &atlas_export::models::FieldError::default());
    shown.error("Error", &error);
    // The key is refused, and the port is closed: two ends with the key at hand.
    let stranger = FakeAtlas::builder().project(PROJECT).start().await.unwrap();
    for url in [stranger.url(), "http://127.0.0.1:1".to_owned()] {
        let client = Client::builder()
            .base_url(url)
            .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY))
            .clock(Arc::new(TestClock::default()))
            .build()
            .unwrap();
        let list = client.project(PROJECT).export_buckets().list();
        shown.error("Error", &list.await.unwrap_err());
    }
}

/// The hash in a secret: what an answer says in `response`, or all of it.
fn hash(secret: &str) -> Option<&str> {
    let inside = secret
        .split_once("response=\"")
        .map_or(secret, |(_, rest)| rest);
    let word = inside.split('"').next()?;
    (word.len() == 32).then_some(word)
}

/// What must not be seen of the answers to challenges: the whole, and the part that is worth
/// stealing, however it is quoted.
fn answers(fake: &FakeAtlas) -> Vec<String> {
    let mut answers: Vec<String> = fake
        .requests()
        .iter()
        .filter_map(|request| request.headers.get(http::header::AUTHORIZATION))
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    let responses: Vec<String> = answers
        .iter()
        .filter_map(|answer| answer.split_once("response=\"")?.1.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(answers.len() > 5 && answers.len() == responses.len());
    answers.extend(responses);
    answers
}

/// A canary in every position of a URL but its host, and in texts that are no URL.
fn spoilt() -> Vec<String> {
    let mut texts = vec![
        "CANARY".to_owned(),
        "me:CANARY".to_owned(),
        "me:CANARY@host:3128".to_owned(),
        "CANARY://host".to_owned(),
        "https:CANARY".to_owned(),
        "https:/CANARY".to_owned(),
    ];
    for scheme in ["http", "https", "socks5", "ftp"] {
        for rest in [
            "CANARY@host",
            "CANARY:x@host",
            "me:CANARY@host",
            "me:CANARY@host:1/x",
            "me:x/CANARY@host",
            "me:12/CANARY@host",
            "me:x?CANARY@host",
            "me:x#CANARY@host",
            "me:CANARY",
            "host:CANARY",
            "me%3ACANARY%40host",
            "me:CANARY%40host",
            "me%40CANARY",
            "host/CANARY",
            "host/?CANARY",
            "host?token=CANARY",
            "host#CANARY",
            "host/%43CANARY",
            "[CANARY",
        ] {
            texts.push(format!("{scheme}://{rest}"));
        }
    }
    texts
}

#[test]
fn nothing_that_is_pasted_into_the_wrong_option_is_shown() {
    let bare = PRIVATE_KEY.replace('-', "");
    let keys = [
        PRIVATE_KEY.to_owned(),
        bare.clone(),
        format!("abcdefgh{PRIVATE_KEY}"),
        format!("abcdefgh:{bare}"),
        format!("https://{PRIVATE_KEY}"),
    ];
    for text in spoilt().into_iter().chain(keys) {
        let sound = || Client::builder().credentials(Credentials::api_key(PUBLIC_KEY, "x"));
        let odd = || format!("{text}\n");
        let builders = [
            sound().base_url(&text),
            sound().allow_insecure_http(true).base_url(&text),
            sound().proxy(&text),
            sound().application(&text),
            sound().application(odd()),
            sound().root_certificates(text.as_bytes()),
            sound().resource_version(&text, "2024-05-30"),
            sound().resource_version(ids::LIST_EXPORT_BUCKETS, &text),
            sound().credentials(Credentials::api_key(&text, "x")),
            sound().credentials(Credentials::api_key(PUBLIC_KEY, &text)),
            sound().credentials(Credentials::api_key(PUBLIC_KEY, odd())),
        ];
        for builder in builders {
            let mut shown = format!("{builder:?} {builder:#?}");
            match builder.build() {
                Ok(client) => write!(shown, "{client:?} {client:#?}").unwrap(),
                Err(error) => {
                    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
                    while let Some(error) = cause {
                        write!(shown, "{error} {error:?}").unwrap();
                        cause = error.source();
                    }
                }
            }
            let lower = shown.to_ascii_lowercase();
            for secret in ["canary", PRIVATE_KEY, &bare] {
                assert!(!lower.contains(secret), "{text:?} is shown: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn no_debug_and_no_log_line_holds_a_secret() {
    let heard = Heard::default();
    tracing_log::LogTracer::init().unwrap();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(heard.clone()))
        .unwrap();

    let mut shown = Shown::default();
    show_digest(&mut shown);
    let mut secrets = run(&mut shown).await;
    // A few hundred calls under random faults, over TLS, so that everybody has much to say.
    let (report, fake) = storm(0x5eed, 300, |builder| {
        builder.tls().credentials(PUBLIC_KEY, PRIVATE_KEY)
    })
    .await;
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    secrets.extend(answers(&fake));
    secrets.extend([PRIVATE_KEY.to_owned(), ha1()]);
    let of_account = accounts::run(&mut shown).await;

    for krate in ["atlas-export", "digest-lanes"] {
        for name in declared(krate) {
            assert!(
                shown.0.contains_key(name.as_str()),
                "{krate} has a public type {name} that this test does not show"
            );
        }
    }
    for (name, text) in &shown.0 {
        for secret in secrets.iter().chain(&of_account) {
            assert!(
                !text.contains(secret),
                "Debug of {name} shows {secret}: {text}"
            );
        }
    }

    let heard = heard.0.lock().unwrap();
    let mut sources = vec!["atlas_export", "reqwest", "rustls"];
    // hyper speaks only in a build of its own: CONTRIBUTING.md has the command.
    if cfg!(hyper_unstable_tracing) {
        sources.push("hyper");
    }
    for source in sources {
        let lines = heard
            .iter()
            .filter(|(target, _)| target.split("::").next() == Some(source))
            .count();
        assert!(lines > 0, "{source} logged nothing, so nothing was checked");
        println!("{source}: {lines} lines");
    }
    // Every secret holds the key or a hash, so it is enough to look for those.
    let hashes: BTreeSet<&str> = secrets.iter().filter_map(|secret| hash(secret)).collect();
    assert!(hashes.len() > 100, "{} hashes", hashes.len());
    for (target, text) in heard.iter() {
        for secret in &of_account {
            assert!(!text.contains(secret), "{target} logs {secret}: {text}");
        }
        assert!(
            !text.contains(PRIVATE_KEY),
            "{target} logs the private key: {text}"
        );
        for word in text.split(|c: char| !c.is_ascii_hexdigit()) {
            assert!(!hashes.contains(word), "{target} logs {word}: {text}");
        }
    }
}
