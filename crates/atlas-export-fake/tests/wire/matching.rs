//! Which request meets which fault.

use std::sync::{Arc, Mutex};

use atlas_export_fake::{FakeAtlas, Fault, Match};
use http::{Method, StatusCode};

use crate::peer::{get, send};
use crate::{Outcome, PROJECT};

const TEAPOT: StatusCode = StatusCode::IM_A_TEAPOT;

fn buckets() -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets")
}

#[tokio::test]
async fn the_next_request_meets_it_and_the_one_after_does_not() -> Outcome {
    let fake = FakeAtlas::builder().start().await?;
    fake.inject(Fault::status(TEAPOT));
    assert_eq!(send(&fake, "GET", "/", &[], "").await?.status, 418);
    assert_eq!(send(&fake, "GET", "/", &[], "").await?.status, 401);
    Ok(())
}

#[tokio::test]
async fn faults_wait_for_the_requests_that_they_are_for() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let list = Match::operation("listExportBuckets");
    fake.inject_for(list.clone().authenticated(), Fault::status(TEAPOT));
    fake.inject_for(list.unauthenticated(), Fault::no_challenge());
    fake.inject_for(Match::request(Method::PUT, "/x"), Fault::html(TEAPOT));
    fake.inject_for(Match::operation("noSuchOperation"), Fault::reset());

    assert_eq!(get(&fake, &buckets()).await?.status, 418);
    let unsigned = send(&fake, "GET", &buckets(), &[], "").await?;
    assert_eq!(unsigned.header("www-authenticate"), None);
    assert_eq!(send(&fake, "PUT", "/x?y=z", &[], "").await?.status, 418);
    assert_eq!(fake.faults_left(), 1);
    Ok(())
}

#[tokio::test]
async fn a_fault_that_does_not_act_spends_no_count() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let challenge = crate::peer::challenge(&fake).await?;
    let nonce = crate::peer::nonce_of(&challenge);
    let signature = crate::peer::sign(fake.credentials(), "GET", &buckets(), nonce, 1);
    let headers = [
        ("Authorization", &*signature),
        ("Accept", crate::peer::VENDOR),
    ];
    fake.inject(Fault::status(TEAPOT));
    for expected in [418, 200, 401] {
        let answer = send(&fake, "GET", &buckets(), &headers, "").await?;
        assert_eq!(answer.status, expected);
    }
    Ok(())
}

#[tokio::test]
async fn a_schedule_is_asked_about_every_request_once() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    fake.faults_by(move |head| {
        let mut noted = noted.lock().ok()?;
        noted.push((head.number, head.authenticated, head.operation));
        (head.number == 2).then(|| Fault::status(TEAPOT))
    });
    // An injected fault comes first; the schedule is asked all the same.
    fake.inject(Fault::status(StatusCode::BAD_GATEWAY));
    assert_eq!(send(&fake, "GET", "/", &[], "").await?.status, 502);
    assert_eq!(send(&fake, "GET", "/", &[], "").await?.status, 418);
    assert_eq!(get(&fake, &buckets()).await?.status, 200);
    let expected = [
        (1, false, None),
        (2, false, None),
        (3, false, None),
        (4, true, Some("listExportBuckets")),
    ];
    assert_eq!(
        asked.lock().map(|asked| asked.clone()).ok(),
        Some(expected.to_vec())
    );

    fake.inject(Fault::reset());
    fake.clear_faults();
    assert_eq!(fake.faults_left(), 0);
    assert_eq!(send(&fake, "GET", "/", &[], "").await?.status, 401);
    assert_eq!(asked.lock().map(|asked| asked.len()).ok(), Some(4));
    Ok(())
}
