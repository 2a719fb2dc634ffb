//! Credentials of a provider: those that were, those that are, and what it fails with.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use atlas_export::Credentials;
use atlas_export_fake::FakeAtlas;
use atlas_export_tests::{PRIVATE_KEY, PROJECT, TestClock, client_of};

const NEW_PRIVATE_KEY: &str = "4e75ec2e-c2e7-4000-8000-4e75ec2e4e75";
const CLIENT_ID: &str = "mdb_sa_id_abcdef1234567890abcdef12";
const CLIENT_SECRET: &str = "mdb_sa_sk_4e75ec2e4e75ec2e4e75ec2e4e75ec2e";

/// A provider that gives a key, another, a service account, what is none, and then fails; shown.
pub(super) async fn run(shown: &mut super::Shown) -> Vec<String> {
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .credentials("abcdefgh", PRIVATE_KEY)
        .service_account(CLIENT_ID, CLIENT_SECRET);
    let fake = fake.start().await.unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let provider = Credentials::provider({
        let asked = asked.clone();
        move || {
            let given = match asked.fetch_add(1, Ordering::Relaxed) {
                0 => Ok(Credentials::api_key("abcdefgh", PRIVATE_KEY)),
                1 | 2 => Ok(Credentials::api_key("hgfedcba", NEW_PRIVATE_KEY)),
                3 => Ok(Credentials::service_account(CLIENT_ID, CLIENT_SECRET)),
                4 => Ok(Credentials::api_key(NEW_PRIVATE_KEY, "hgfedcba")),
                _ => Err(std::io::Error::other("sealed")),
            };
            async move { given }
        }
    });
    let show = |shown: &mut super::Shown, credentials: &Credentials| {
        shown.show("Credentials", credentials);
        shown.show("Credentials", &credentials.describe());
    };
    show(shown, &provider);
    show(shown, &Credentials::api_key("hgfedcba", NEW_PRIVATE_KEY));
    show(shown, &Credentials::api_key(NEW_PRIVATE_KEY, "hgfedcba"));
    show(
        shown,
        &Credentials::service_account(CLIENT_SECRET, CLIENT_ID),
    );

    let clock = TestClock::default();
    let client = client_of(&fake).credentials(provider);
    let client = client.clock(Arc::new(clock.clone())).build().unwrap();
    let list = || client.project(PROJECT).export_buckets().list();
    let refused = |shown: &mut super::Shown, error: atlas_export::Error| {
        shown.error("Error", &error);
        shown.show("Client", &client);
        shown.show("Client", &client.describe_credentials());
        clock.advance(std::time::Duration::from_secs(2));
    };
    list().await.unwrap();
    fake.rotate_key("hgfedcba", NEW_PRIVATE_KEY);
    list().await.unwrap();
    // The same again, and then a service account.
    fake.rotate_key("otherkey", "x");
    refused(shown, list().await.unwrap_err());
    list().await.unwrap();
    fake.rotate_secret("mdb_sa_sk_x");
    fake.revoke_tokens();
    for _ in 0..3 {
        refused(shown, list().await.unwrap_err());
    }
    assert_eq!(asked.load(Ordering::Relaxed), 7);

    let requests = fake.requests();
    let signed = requests.iter();
    let signed = signed.filter_map(|request| request.headers.get(http::header::AUTHORIZATION));
    let mut secrets: Vec<String> = signed
        .map(|value| {
            let value = value.to_str().unwrap();
            let response = value.split_once("response=\"");
            let secret = response.or_else(|| value.split_once(' ')).unwrap().1;
            secret.split('"').next().unwrap().to_owned()
        })
        .collect();
    secrets.extend([PRIVATE_KEY, NEW_PRIVATE_KEY, CLIENT_SECRET].map(str::to_owned));
    secrets
}
