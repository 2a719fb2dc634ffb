//! How to feed the metrics that OpenTelemetry has for HTTP clients, named after its conventions.
//! `cargo run --example metrics` shows what comes of a few calls of FakeAtlas; in your program an
//! exporter of your choice takes the place of `Collected`.
#![allow(clippy::print_stdout)] // a program says what it has measured

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_export::{
    Client, Credentials,
    observe::{ObservedCall, ObservedRequest, Observer},
};
use atlas_export_fake::{FakeAtlas, Fault, Match};
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, MeterProvider as _},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        PeriodicReader, SdkMeterProvider, Temporality,
        data::{AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics},
        exporter::PushMetricExporter,
    },
};

/// The observer: instruments of a meter.
struct Metrics {
    duration: Histogram<f64>,
    sent: Histogram<u64>,
    received: Histogram<u64>,
    /// OpenTelemetry has no name for calls of more than one request, so this one is our own.
    failed_calls: Counter<u64>,
}

impl Metrics {
    fn new(meter: &Meter) -> Self {
        let of_bytes = |name| meter.u64_histogram(name).with_unit("By").build();
        let duration = meter.f64_histogram("http.client.request.duration");
        // As the conventions advise.
        let bounds = [
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ];
        Self {
            duration: duration
                .with_unit("s")
                .with_boundaries(bounds.into())
                .build(),
            sent: of_bytes("http.client.request.body.size"),
            received: of_bytes("http.client.response.body.size"),
            failed_calls: meter.u64_counter("atlas.client.calls.failed").build(),
        }
    }
}

impl Observer for Metrics {
    fn on_request(&self, request: &ObservedRequest) {
        let operation = &request.operation;
        let mut attributes = vec![
            KeyValue::new("http.request.method", request.method),
            KeyValue::new("server.address", operation.server_address.clone()),
            KeyValue::new("server.port", i64::from(operation.server_port)),
            KeyValue::new("url.template", operation.path_template),
        ];
        if let Some(status) = request.status {
            attributes.push(KeyValue::new(
                "http.response.status_code",
                i64::from(status),
            ));
        }
        if let Some(error) = request.error_type() {
            attributes.push(KeyValue::new("error.type", error.into_owned()));
        }
        self.duration
            .record(request.duration.as_secs_f64(), &attributes);
        self.sent.record(request.bytes_sent, &attributes);
        self.received.record(request.bytes_received, &attributes);
    }

    fn on_call(&self, call: &ObservedCall) {
        if let Some(kind) = call.error_kind {
            let attributes = [
                KeyValue::new("atlas.operation", call.operation.id),
                KeyValue::new("error.type", format!("{kind:?}")),
            ];
            self.failed_calls.add(1, &attributes);
        }
    }
}

/// An exporter that keeps a line for each time series: its name, its attributes, its count.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<String>>>);

impl PushMetricExporter for Collected {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        let mut lines = Vec::new();
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            let mut line = |attributes: &mut dyn Iterator<Item = &KeyValue>, count: u64| {
                let mut words: Vec<_> = attributes
                    .filter(|pair| !pair.key.as_str().starts_with("server."))
                    .map(|pair| format!(" {}={}", pair.key, pair.value))
                    .collect();
                words.sort();
                lines.push(format!("{}{}: {count}", metric.name(), words.concat()));
            };
            match metric.data() {
                AggregatedMetrics::F64(MetricData::Histogram(histogram)) => histogram
                    .data_points()
                    .for_each(|point| line(&mut point.attributes(), point.count())),
                AggregatedMetrics::U64(MetricData::Histogram(histogram)) => histogram
                    .data_points()
                    .for_each(|point| line(&mut point.attributes(), point.sum())),
                AggregatedMetrics::U64(MetricData::Sum(sum)) => sum
                    .data_points()
                    .for_each(|point| line(&mut point.attributes(), point.value())),
                _ => {}
            }
        }
        lines.sort();
        if let Ok(mut kept) = self.0.lock() {
            *kept = lines;
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

/// Two calls, one of which is repeated and one of which fails; and what was measured.
async fn measured() -> Result<String, Box<dyn std::error::Error>> {
    let collected = Collected::default();
    let reader = PeriodicReader::builder(collected.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let metrics = Metrics::new(&provider.meter("atlas-export"));

    let fake = FakeAtlas::builder().demo().start().await?;
    let (public, private) = fake.credentials();
    let atlas = Client::builder()
        .base_url(fake.url())
        .credentials(Credentials::api_key(public, private))
        .observer(Arc::new(metrics))
        .build()?;
    let list = Match::operation("listExportBuckets").authenticated();
    fake.inject_for(list, Fault::status(http::StatusCode::SERVICE_UNAVAILABLE));
    let project = atlas.project(fake.project_id());
    project.export_buckets().list().await?;
    let nowhere = project.cluster("Nowhere").export_jobs().list().await;
    assert!(nowhere.is_err());

    provider.force_flush()?;
    let lines = collected.0.lock().map_err(|_| "a lock is poisoned")?;
    let mut text = String::new();
    for line in &*lines {
        writeln!(text, "{line}")?;
    }
    Ok(text)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    print!("{}", measured().await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn the_metrics_have_the_names_and_attributes_of_the_conventions() {
        let told = super::measured().await.unwrap();
        let of_list = "http.request.method=GET http.response.status_code";
        let template = "url.template=/groups/{groupId}/backup/exportBuckets";
        for line in [
            format!("http.client.request.duration {of_list}=200 {template}: 1"),
            format!("http.client.request.duration error.type=503 {of_list}=503 {template}: 1"),
            format!("http.client.request.duration error.type=401 {of_list}=401 {template}: 1"),
            format!("http.client.request.body.size {of_list}=200 {template}: 0"),
            "atlas.client.calls.failed atlas.operation=listExportJobs error.type=Api: 1".to_owned(),
        ] {
            assert!(told.lines().any(|told| told == line), "{line}\n{told}");
        }
    }
}
