//! What an observer is told: of requests, attempts and calls, whatever becomes of them.

mod cancelled;
mod told;
mod trouble;

use std::sync::Arc;

use atlas_export::observe::{ObservedRequest, Purpose};
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{CredentialKind, PROJECT, Recorder, Scene};

/// A project with a bucket, a client of this kind, and what its observer is told.
async fn observed(kind: CredentialKind) -> (Scene, Arc<Recorder>) {
    let scene = Scene::in_order(FakeAtlas::builder().buckets(PROJECT, 1)).await;
    let recorder = Arc::new(Recorder::default());
    let scene = scene.known_by(kind);
    let scene = scene.with(|client| client.observer(recorder.clone()));
    (scene, recorder)
}

/// The same, after a first call that nobody is told of.
async fn warm(kind: CredentialKind) -> (Scene, Arc<Recorder>) {
    let (scene, recorder) = observed(kind).await;
    scene.buckets.list().await.unwrap();
    recorder.clear();
    scene.fake.clear_requests();
    (scene, recorder)
}

/// What requests are for, and what was answered.
fn outline(requests: &[ObservedRequest]) -> Vec<(Purpose, &'static str, Option<u16>)> {
    let outline = |request: &ObservedRequest| (request.purpose, request.method, request.status);
    requests.iter().map(outline).collect()
}
