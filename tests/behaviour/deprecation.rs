//! Ageing versions: told once, with dates; and what is gone is named.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use atlas_export::Client;
use atlas_export_tests::{PROJECT, Reply, ScriptedServer, key, page_of, parsed};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    instrument::WithSubscriber as _,
    span,
};

/// Hears the events of one future.
#[derive(Clone, Default)]
struct Listener(Arc<Mutex<Vec<String>>>);

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

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().name() == "deprecation" {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

fn client(server: &ScriptedServer) -> Client {
    Client::builder()
        .base_url(server.url())
        .credentials(key())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_deprecated_version_is_told_once_for_each_operation_with_its_dates() {
    let ageing = Reply::with_headers(
        200,
        "Deprecation: Mon, 5 Aug 2024 00:00:00 GMT\r\nSunset: Thu, 1 Jul 2027 00:00:00 GMT\r\n",
        &page_of(&[]),
    );
    let server = ScriptedServer::start(vec![ageing]).await.unwrap();
    let client = client(&server);
    let project = client.project(parsed(PROJECT));
    let listener = Listener::default();
    async {
        for _ in 0..3 {
            project.export_buckets().list().await.unwrap();
        }
        project
            .cluster(parsed("Cluster0"))
            .export_jobs()
            .list()
            .await
            .unwrap();
    }
    .with_subscriber(listener.clone())
    .await;
    let heard = listener.0.lock().unwrap();
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
    assert!(heard[1].contains("listExportJobs"), "{heard:?}");
}

#[tokio::test]
async fn a_version_that_is_gone_is_named_with_what_to_change() {
    let gone = Reply::json(
        410,
        r#"{"error":410,"errorCode":"VERSION_GONE","detail":"No longer supported.","reason":"Gone",
            "parameters":["2023-01-01","api/atlas/v2/groups/x"]}"#,
    );
    let server = ScriptedServer::start(vec![gone]).await.unwrap();
    let list = client(&server)
        .project(parsed(PROJECT))
        .export_buckets()
        .list();
    let message = list.await.unwrap_err().to_string();
    for part in [
        "410 VERSION_GONE",
        "version 2023-01-01",
        "use a newer version of this crate",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}
