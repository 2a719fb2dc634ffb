//! A service account: its secret, its tokens, and what goes with them on the wire.

use std::sync::Arc;

use atlas_export::{Client, Credentials, variables::Variables};
use atlas_export_fake::{FakeAtlas, Fault, Match};
use atlas_export_tests::{PROJECT, Recorder, TestClock, account_client_of, client_of, storm_of};
use http::{Method, Response};

use super::shown::Shown;

const CLIENT_ID: &str = "mdb_sa_id_1234567890abcdef12345678";
const CLIENT_SECRET: &str = "mdb_sa_sk_5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2";

/// Everything that a service account does, shown; and what must not be seen of it.
pub(super) async fn run(shown: &mut Shown) -> Vec<String> {
    let credentials = || Credentials::service_account(CLIENT_ID, CLIENT_SECRET);
    shown.show("Credentials", &credentials());
    let variables = Variables::read(|name| match name {
        "MONGODB_ATLAS_CLIENT_ID" => Some(CLIENT_ID.to_owned()),
        "MONGODB_ATLAS_CLIENT_SECRET" => Some(CLIENT_SECRET.to_owned()),
        _ => None,
    });
    shown.show("Variables", &variables.unwrap());
    for (id, secret) in [
        (CLIENT_SECRET, CLIENT_ID),
        (CLIENT_SECRET, CLIENT_SECRET),
        (CLIENT_ID, &format!("{CLIENT_SECRET}\n")),
    ] {
        let spoilt = Client::builder().credentials(Credentials::service_account(id, secret));
        shown.show("ClientBuilder", &spoilt);
        shown.error("Error", &spoilt.build().unwrap_err());
    }

    let builder = FakeAtlas::builder().service_account(CLIENT_ID, CLIENT_SECRET);
    shown.show("FakeAtlasBuilder", &builder);
    let fake = builder.start().await.unwrap();
    let builder = account_client_of(&fake).clock(Arc::new(TestClock::default()));
    let recorder = Arc::new(Recorder::default());
    let builder = builder.observer(recorder.clone());
    shown.show("ClientBuilder", &builder);
    let client = builder.build().unwrap();
    // What the server says may repeat what it was sent.
    let echo = format!(r#"{{"error":"invalid_client","error_description":"{CLIENT_SECRET}"}}"#);
    let echo = Response::builder().status(401).body(echo).unwrap();
    let token = || Match::request(Method::POST, "/api/oauth/token");
    fake.inject_for(token(), Fault::answer(echo));
    let list = || client.project(PROJECT).export_buckets().list();
    shown.error("Error", &list().await.unwrap_err());
    shown.show("Client", &client);
    shown.show("ObservedRequest", &recorder.requests());
    shown.show("ObservedCall", &recorder.calls());
    assert_eq!(recorder.calls().len(), 1);
    let stranger = Credentials::service_account(CLIENT_ID, format!("{CLIENT_SECRET}x"));
    let stranger = client_of(&fake).credentials(stranger).build().unwrap();
    let error = stranger.project(PROJECT).export_buckets().list().await;
    shown.error("Error", &error.unwrap_err());

    // Over TLS, under random faults, so that everybody has much to say.
    let furnish = |builder: atlas_export_fake::FakeAtlasBuilder| {
        builder.tls().service_account(CLIENT_ID, CLIENT_SECRET)
    };
    let (report, stormy) = storm_of(0x5eed, 300, furnish, account_client_of).await;
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
    let client = account_client_of(&stormy)
        .root_certificates(stormy.root_pem().unwrap())
        .build()
        .unwrap();
    stormy.clear_faults();
    let list = client.project(PROJECT).export_buckets().list();
    list.await.unwrap();
    client.revoke_token().await.unwrap();
    shown.show("FakeAtlas", &stormy);
    shown.show("RecordedRequest", &stormy.requests());

    let mut secrets: Vec<String> = vec![CLIENT_SECRET.to_owned()];
    for request in fake.requests().iter().chain(&stormy.requests()) {
        if let Some(value) = request.headers.get(http::header::AUTHORIZATION) {
            // Basic or Bearer, and what is worth stealing.
            let secret = value.to_str().unwrap().split_once(' ').unwrap().1;
            secrets.push(secret.to_owned());
        }
    }
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 3, "{} secrets", secrets.len());
    secrets
}
