//! A service account whose secret is rotated while calls are under way.

use atlas_export_fake::Match;
use http::Method;

use super::{account, crowd, list, seen, start};

const NEW_SECRET: &str = "mdb_sa_sk_new";

fn token_requests(fake: &atlas_export_fake::FakeAtlas) -> usize {
    let requests = fake.requests();
    requests
        .iter()
        .filter(|r| r.path == "/api/oauth/token")
        .count()
}

#[tokio::test]
async fn a_secret_that_is_rotated_under_a_thousand_calls_loses_none_and_is_asked_for_once() {
    let (fake, client, vault, _) = start(|fake| account(fake, fake.service_account().1)).await;
    crowd(&client, 100).await;
    assert_eq!((vault.reads(), token_requests(&fake)), (1, 1));
    let before = fake.requests().len();
    let rotation = async {
        seen(&fake, before + 300).await;
        vault.put(Ok(account(&fake, NEW_SECRET)));
        fake.rotate_secret(NEW_SECRET);
        fake.revoke_tokens();
    };
    tokio::join!(crowd(&client, 1_000), rotation);
    assert_eq!(vault.reads(), 2);
    assert_eq!(fake.live_tokens(), 1);
    // The old secret twice, as one that has worked is not wrong after one refusal, and the new one.
    assert_eq!(token_requests(&fake), 1 + 2 + 1);
}

#[tokio::test]
async fn a_secret_is_asked_for_when_the_token_ends_and_not_before() {
    let (fake, client, vault, clock) = start(|fake| account(fake, fake.service_account().1)).await;
    crowd(&client, 10).await;
    vault.put(Ok(account(&fake, NEW_SECRET)));
    fake.rotate_secret(NEW_SECRET);
    // Renewals fail, and the token is good.
    clock.advance(std::time::Duration::from_secs(3400));
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 1);
    clock.advance(std::time::Duration::from_secs(300));
    crowd(&client, 100).await;
    assert_eq!(vault.reads(), 2);
}

#[tokio::test]
async fn a_token_endpoint_that_is_away_is_no_reason_to_ask() {
    let (fake, client, vault, _) = start(|fake| account(fake, fake.service_account().1)).await;
    for _ in 0..4 {
        let endpoint = Match::request(Method::POST, "/api/oauth/token");
        fake.inject_for(endpoint, atlas_export_fake::Fault::reset());
    }
    list(&client).await.unwrap_err();
    assert_eq!(vault.reads(), 1);
    list(&client).await.unwrap();
    assert_eq!(vault.reads(), 1);
}
