//! Options of calls: what may be other, and what calls share all the same.

use std::time::Duration;

use atlas_export::{
    ErrorKind,
    request::{CallOptions, Method},
    retry::{Backoff, RetryPolicy},
};
use atlas_export_fake::{Fault, Match};
use atlas_export_tests::{PROJECT, client_of};

use super::{fake, of_buckets};

#[tokio::test]
async fn other_options_share_authentication_and_nothing_else_can_be_other() {
    let fake = fake().await;
    let client = client_of(&fake).build().unwrap();
    let other = client.with_options(CallOptions::new().retry(RetryPolicy::none()));
    of_buckets::<()>(&client, Method::GET).await.unwrap();
    of_buckets::<()>(&other, Method::GET).await.unwrap();
    // One handshake for both.
    assert_eq!(fake.requests().len(), 3);
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
