//! The task that asks a provider: nobody owns it, and it ends with the client.

use std::{pin::pin, sync::Arc, time::Duration};

use atlas_export::ErrorKind;

use super::{begin, crowd, first_key, list, start};

#[tokio::test]
async fn a_starter_that_is_dropped_after_any_poll_costs_no_second_question() {
    let (_fake, client, vault, _) = start(first_key).await;
    vault.close();
    for polls in 0..20 {
        let mut starter = pin!(list(&client));
        for _ in 0..polls {
            begin(&mut starter).await;
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(vault.reads(), 1);
    // One that nobody polls, and nobody drops.
    let mut kept = Box::pin(list(&client));
    begin(&mut kept).await;
    vault.open();
    crowd(&client, 999).await;
    kept.await.unwrap();
    assert_eq!(vault.reads(), 1);
}

#[tokio::test]
async fn asking_ends_with_the_last_handle() {
    let (_fake, client, vault, _) = start(first_key).await;
    vault.close();
    let waiting = Arc::strong_count(&vault.gate);
    let mut call = Box::pin(list(&client));
    while vault.reads() == 0 {
        begin(&mut call).await;
        tokio::task::yield_now().await;
    }
    drop(call);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(
        Arc::strong_count(&vault.gate) > waiting,
        "it has ended with its starter"
    );
    drop(client);
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(Arc::strong_count(&vault.gate), 1, "it goes on");
}

#[tokio::test]
async fn a_shutdown_ends_asking_and_lets_no_other_begin() {
    let (fake, client, vault, clock) = start(first_key).await;
    clock.real_guards();
    vault.close();
    let call = tokio::spawn({
        let client = client.clone();
        async move { list(&client).await.unwrap_err() }
    });
    while vault.reads() == 0 {
        tokio::task::yield_now().await;
    }
    let (cut_off, ended) = tokio::join!(client.shutdown(Duration::ZERO), call);
    assert_eq!(cut_off, 1);
    assert_eq!(ended.unwrap().kind(), ErrorKind::Config);
    assert_eq!(list(&client).await.unwrap_err().kind(), ErrorKind::Config);
    assert_eq!((vault.reads(), fake.requests().len()), (1, 0));
}

#[test]
fn asking_that_is_lost_with_its_runtime_is_begun_anew_on_another() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (server, first, second) = (runtime(), runtime(), runtime());
    let (_fake, client, vault, _) = server.block_on(start(first_key));
    let (done, until_done) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || server.block_on(async { drop(until_done.await) }));
    vault.close();
    first.block_on(async {
        let mut call = Box::pin(list(&client));
        while vault.reads() == 0 {
            begin(&mut call).await;
            tokio::task::yield_now().await;
        }
    });
    drop(first);
    vault.open();
    second.block_on(async { list(&client).await.unwrap() });
    assert_eq!(vault.reads(), 2);
    drop(done);
    serving.join().unwrap();
}
