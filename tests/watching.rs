//! What can be watched: a span for each call, an event for each attempt, and one for each
//! version that ages. What is gone is named in the error.
//!
//! Every test here listens. Whether anybody is interested in a place in the code is found out
//! when it is met first and kept for the whole process, so that a test beside these that does not
//! listen could make them deaf. One listener is there from the beginning, for the same reason.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic: that is how it fails"
)]

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, Once},
};

use atlas_export::request::Method;
use atlas_export_api::operations::ids;
use atlas_export_tests::{CLUSTER, PROJECT, Reply, ScriptedServer, buckets_of, page_of};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber as _,
    span,
};

/// Hears the spans and events of one future: each as its name, its level and its fields.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

impl Listener {
    /// A listener, beside one that is interested in everything for as long as the process lives.
    fn new() -> Self {
        static FIRST: Once = Once::new();
        FIRST.call_once(|| {
            tracing::subscriber::set_global_default(Self::default()).unwrap();
        });
        Self::default()
    }

    /// What was heard of the SDK under a name that begins so.
    fn heard(&self, name: &str) -> Vec<String> {
        let heard = self.0.lock().unwrap();
        heard
            .iter()
            .filter(|line| line.starts_with(name))
            .cloned()
            .collect()
    }

    fn hear(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Line)) {
        if metadata.target().starts_with("atlas_export") {
            let mut line = Line(format!("{} {}", metadata.name(), metadata.level()));
            record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        self.hear(attributes.metadata(), |line| attributes.record(line));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        self.hear(event.metadata(), |line| event.record(line));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn a_deprecated_version_is_told_once_for_each_operation_with_its_dates() {
    let ageing = Reply::with_headers(
        200,
        "Deprecation: Mon, 5 Aug 2024 00:00:00 GMT\r\nSunset: Thu, 1 Jul 2027 00:00:00 GMT\r\n",
        &page_of(&[]),
    );
    let server = ScriptedServer::start([ageing]).await;
    let project = server.project();
    let listener = Listener::new();
    async {
        for _ in 0..3 {
            project.export_buckets().list().await.unwrap();
        }
        let jobs = project.cluster(CLUSTER).export_jobs();
        jobs.list().await.unwrap();
    }
    .with_subscriber(listener.clone())
    .await;
    let heard = listener.heard("deprecation");
    assert_eq!(heard.len(), 2, "{heard:?}");
    for part in [
        "WARN",
        "operation=\"listExportBuckets\"",
        "Mon, 5 Aug 2024",
        "deprecated_since=2024-08-05",
        "gone_from=2027-07-01",
    ] {
        assert!(heard[0].contains(part), "{part}: {}", heard[0]);
    }
    assert!(heard[1].contains(ids::LIST_EXPORT_JOBS), "{heard:?}");
}

#[tokio::test]
async fn a_custom_request_is_a_span_named_by_method_and_template_without_values() {
    const TEMPLATE: &str = "/groups/{groupId}/backup/{resource}";
    let server = ScriptedServer::start([Reply::json(200, "7")]).await;
    let client = server.client().build().unwrap();
    let listener = Listener::new();
    async {
        let request = client.request::<u8>(Method::GET, TEMPLATE);
        let request = request.path("groupId", PROJECT).path("resource", "s3cret");
        let request = request.query("s3cret", "s3cret").version("2023-01-01");
        request.await.unwrap();
    }
    .with_subscriber(listener.clone())
    .await;
    let heard = listener.heard("");
    let span = &listener.heard("atlas.call")[0];
    for part in [
        format!("otel.name=\"GET {TEMPLATE}\""),
        "http.request.method=\"GET\"".to_owned(),
        format!("url.template=\"{TEMPLATE}\""),
    ] {
        assert!(span.contains(&part), "{part}: {span}");
    }
    let told = heard.join("\n");
    assert!(
        !told.contains("s3cret") && !told.contains(PROJECT),
        "{told}"
    );
}

#[tokio::test]
async fn a_call_is_a_span_and_each_attempt_an_event_named_as_opentelemetry_names_them() {
    let script = vec![Reply::json(503, ""), Reply::empty_page()];
    let server = ScriptedServer::start(script).await;
    let buckets = buckets_of(server.client().pretty(true));
    let listener = Listener::new();
    async {
        buckets.list().await.unwrap();
    }
    .with_subscriber(listener.clone())
    .await;

    let spans = listener.heard("atlas.call");
    assert_eq!(spans.len(), 1, "{spans:?}");
    for part in [
        "otel.name=\"listExportBuckets\"",
        "http.request.method=\"GET\"",
        "url.template=\"/groups/{groupId}/backup/exportBuckets\"",
        "server.address=\"127.0.0.1\"",
        "server.port=",
    ] {
        assert!(spans[0].contains(part), "{part}: {}", spans[0]);
    }
    let attempts = listener.heard("event ");
    assert_eq!(attempts.len(), 2, "{attempts:?}");
    for part in [
        "http.request.resend_count=0",
        "http.response.status_code=503",
        "error.type=\"status\"",
        "wait_seconds=",
    ] {
        assert!(attempts[0].contains(part), "{part}: {}", attempts[0]);
    }
    for part in [
        "http.request.resend_count=1",
        "http.response.status_code=200",
    ] {
        assert!(attempts[1].contains(part), "{part}: {}", attempts[1]);
    }
    // Neither the query nor the project.
    let all = listener.0.lock().unwrap().concat();
    assert!(!all.contains("pretty") && !all.contains(PROJECT), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_request_tells_on_its_task_is_heard_where_the_call_was_made() {
    let listener = Listener::new();
    let refusal = Reply::json(
        429,
        r#"{"error":429,"errorCode":"RATE_LIMITED_TOKEN_BUCKET","parameters":["/",1,10,5,60]}"#,
    );
    let script = vec![refusal, Reply::empty_page()];
    let server = ScriptedServer::start(script).await;
    let buckets = server.buckets();
    async {
        buckets.list().await.unwrap();
    }
    .with_subscriber(listener.clone())
    .await;
    let heard = listener.heard("event ");
    let limit = heard
        .iter()
        .find(|line| line.contains("a rate limit is known"));
    let limit = limit.unwrap();
    for part in ["INFO", "capacity=10", "refill=5", "period_seconds=60"] {
        assert!(limit.contains(part), "{part}: {limit}");
    }
}

#[tokio::test]
async fn a_version_that_is_gone_is_named_with_what_to_change() {
    let gone = Reply::json(
        410,
        r#"{"error":410,"errorCode":"VERSION_GONE","detail":"No longer supported.","reason":"Gone",
            "parameters":["2023-01-01","api/atlas/v2/groups/x"]}"#,
    );
    let server = ScriptedServer::start([gone]).await;
    let list = server.buckets().list();
    let message = list.await.unwrap_err().to_string();
    for part in [
        "410 VERSION_GONE",
        "version 2023-01-01",
        "use a newer version of this crate",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}
