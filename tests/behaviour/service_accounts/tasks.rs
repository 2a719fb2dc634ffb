//! The task that fetches a token: nobody owns it, and it ends with the client.

use std::{sync::Arc, time::Duration};

use atlas_export::ErrorKind;
use atlas_export_fake::{FakeAtlas, Fault};
use atlas_export_tests::{TestClock, account_client_of};

use super::{TOKEN, begin, list, refusal, requests_to, start, token_endpoint};

/// Lets every other task run.
async fn settle() {
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_fetch_ends_with_the_last_handle() {
    let clock = Arc::new(TestClock::default());
    let fake = FakeAtlas::builder().start().await.unwrap();
    fake.inject_for(token_endpoint(), Fault::silence());
    let client = account_client_of(&fake)
        .clock(clock.clone())
        .build()
        .unwrap();
    let mut call = Box::pin(list(&client));
    while requests_to(&fake, TOKEN) == 0 {
        begin(&mut call).await;
        tokio::task::yield_now().await;
    }
    drop(call);
    settle().await;
    assert!(
        Arc::strong_count(&clock) > 1,
        "the fetch has ended with its starter"
    );
    drop(client);
    settle().await;
    assert_eq!(Arc::strong_count(&clock), 1, "the fetch goes on");
}

#[tokio::test]
async fn a_shutdown_ends_a_fetch_and_lets_no_other_begin() {
    let (fake, client, clock) = start(FakeAtlas::builder()).await;
    clock.real_guards();
    fake.inject_for(token_endpoint(), Fault::silence());
    let call = tokio::spawn({
        let client = client.clone();
        async move { refusal(&client).await }
    });
    while requests_to(&fake, TOKEN) == 0 {
        tokio::task::yield_now().await;
    }
    let (cut_off, ended) = tokio::join!(client.shutdown(Duration::ZERO), call);
    assert_eq!(cut_off, 1);
    assert_eq!(ended.unwrap().0, ErrorKind::Config);
    assert_eq!(refusal(&client).await.0, ErrorKind::Config);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn a_fetch_that_is_lost_with_its_runtime_is_begun_anew_on_another() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (server, first, second) = (runtime(), runtime(), runtime());
    let fake = server.block_on(async {
        let fake = FakeAtlas::builder().start().await.unwrap();
        fake.inject_for(token_endpoint(), Fault::silence());
        fake
    });
    let (done, until_done) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || server.block_on(async { drop(until_done.await) }));
    let client = account_client_of(&fake).build().unwrap();
    first.block_on(async {
        let mut call = Box::pin(list(&client));
        while requests_to(&fake, TOKEN) == 0 {
            begin(&mut call).await;
            tokio::task::yield_now().await;
        }
    });
    drop(first);
    second.block_on(async { list(&client).await.unwrap() });
    assert_eq!(requests_to(&fake, TOKEN), 2);
    drop(done);
    serving.join().unwrap();
}

#[tokio::test]
async fn without_a_runtime_a_revocation_is_a_config_error() {
    let (fake, client, _) = start(FakeAtlas::builder()).await;
    list(&client).await.unwrap();
    let error = std::thread::spawn(move || {
        let mut revoking = Box::pin(async move { client.revoke_token().await });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match revoking.as_mut().poll(&mut context) {
            std::task::Poll::Ready(outcome) => outcome.unwrap_err(),
            std::task::Poll::Pending => panic!("it waits"),
        }
    });
    let error = error.join().unwrap();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
    assert_eq!(fake.live_tokens(), 1);
}
