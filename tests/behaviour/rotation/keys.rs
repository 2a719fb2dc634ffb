//! An API key that is rotated while calls are under way.

use atlas_export::{NewExportBucket, codes};
use atlas_export_tests::{PROJECT, ROLE, parsed};
use futures_util::future::join_all;

use super::{NEW_KEY, account, crowd, first_key, list, new_key, seen, start};

#[tokio::test]
async fn a_key_that_is_rotated_under_a_thousand_calls_loses_none_and_is_asked_for_once() {
    let (fake, client, vault, _) = start(first_key).await;
    assert_eq!(client.describe_credentials(), "credentials from a provider");
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 1);
    let before = fake.requests().len();
    let rotation = async {
        seen(&fake, before + 300).await;
        vault.put(Ok(new_key()));
        fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    };
    tokio::join!(crowd(&client, 1_000), rotation);
    assert_eq!(vault.reads(), 2);
    assert_eq!(
        client.describe_credentials(),
        "API key newkeyyy from a provider"
    );
    // No call goes back to the old key.
    let after = fake.requests().len();
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 2);
    assert!(fake.requests()[after..].iter().all(|request| {
        let shown = request.headers.get("authorization");
        shown.is_none_or(|shown| shown.to_str().unwrap().contains(NEW_KEY.0))
    }));
}

#[tokio::test]
async fn creations_under_a_rotation_are_made_once_each() {
    let (fake, client, vault, _) = start(first_key).await;
    let buckets = client.project(PROJECT).export_buckets();
    list(&client).await.unwrap();
    let create = |n: usize| {
        let new = NewExportBucket::aws(format!("bucket-{n}"), parsed(ROLE)).unwrap();
        let buckets = buckets.clone();
        async move { buckets.create(new).await }
    };
    let rotation = async {
        seen(&fake, 60).await;
        vault.put(Ok(new_key()));
        fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    };
    let (made, ()) = tokio::join!(join_all((0..200).map(create)), rotation);
    for outcome in made {
        outcome.unwrap();
    }
    assert_eq!(vault.reads(), 2);
    let mut names: Vec<_> = fake
        .buckets(PROJECT)
        .iter()
        .map(|bucket| bucket["bucketName"].to_string())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!((names.len(), fake.buckets(PROJECT).len()), (200, 200));
}

#[tokio::test]
async fn the_old_key_is_used_until_it_is_refused() {
    let (fake, client, vault, _) = start(first_key).await;
    crowd(&client, 10).await;
    vault.put(Ok(new_key()));
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 1);
    fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    list(&client).await.unwrap();
    assert_eq!(vault.reads(), 2);
}

#[tokio::test]
async fn a_refusal_of_something_else_is_no_reason_to_ask() {
    let (_fake, client, vault, _) = start(first_key).await;
    let gone = client.project(PROJECT).cluster("Gone").export_jobs();
    let error = gone.list().await.unwrap_err();
    assert_eq!(error.code(), Some(codes::CLUSTER_NOT_FOUND));
    assert_eq!(vault.reads(), 1);
}

#[tokio::test]
async fn a_service_account_may_take_the_place_of_a_key() {
    let (fake, client, vault, _) = start(first_key).await;
    crowd(&client, 10).await;
    let (_, secret) = fake.service_account();
    vault.put(Ok(account(&fake, secret)));
    fake.rotate_key(NEW_KEY.0, NEW_KEY.1);
    crowd(&client, 100).await;
    assert_eq!((vault.reads(), fake.live_tokens()), (2, 1));
    client.revoke_token().await.unwrap();
    assert_eq!(fake.live_tokens(), 0);
    // And the other way round.
    vault.put(Ok(new_key()));
    fake.rotate_secret("mdb_sa_sk_other");
    crowd(&client, 100).await;
    assert_eq!((vault.reads(), fake.live_tokens()), (3, 0));
}
