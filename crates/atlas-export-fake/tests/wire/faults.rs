//! Faults without a true answer: connections that end, and answers that are not Atlas's.

use std::io::Read as _;

use atlas_export_fake::{FakeAtlas, Fault, Match, Moment, Turnstile};
use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::peer::{challenge, nonce_of};
use crate::raw::{CREATION, answer, answered_by, body, cut_by, head, header, rest, sent};
use crate::{Outcome, PROJECT};

#[tokio::test]
async fn a_reset_at_the_head_does_not_wait_for_the_body() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let challenge = challenge(&fake).await?;
    fake.inject(Fault::reset().at(Moment::Head));
    let mut stream = TcpStream::connect(fake.addr()).await?;
    let head = head(&fake, nonce_of(&challenge), 1);
    stream.write_all(head.as_bytes()).await?;
    assert_eq!(rest(&mut stream).await?, (String::new(), true));
    let record = fake.requests().pop().ok_or("no request")?;
    assert!(record.body.is_empty());
    assert_eq!((record.status, record.own_status), (None, None));
    Ok(())
}

#[tokio::test]
async fn a_reset_after_reading_changes_nothing() -> Outcome {
    let seen = cut_by(Fault::reset()).await?;
    assert!(seen.reset && seen.head.is_empty());
    assert_eq!((seen.created, seen.statuses()), (0, (None, None)));
    assert_eq!(seen.record.body, body().as_bytes());
    assert!(!seen.record.took_effect());
    Ok(())
}

#[tokio::test]
async fn a_reset_after_acting_leaves_the_bucket_and_no_answer() -> Outcome {
    let seen = cut_by(Fault::reset().at(Moment::Acted)).await?;
    assert!(seen.reset && seen.head.is_empty());
    assert_eq!((seen.created, seen.statuses()), (1, (None, Some(200))));
    assert!(seen.record.took_effect());
    Ok(())
}

#[tokio::test]
async fn a_close_is_an_end_without_an_answer() -> Outcome {
    for (moment, created) in [(Moment::Head, 0), (Moment::Read, 0), (Moment::Acted, 1)] {
        let seen = cut_by(Fault::close().at(moment)).await?;
        assert!(!seen.reset && seen.head.is_empty(), "{moment:?}");
        assert_eq!(seen.created, created, "{moment:?}");
    }
    Ok(())
}

#[tokio::test]
async fn silence_lasts_until_the_caller_goes() -> Outcome {
    for (moment, created) in [(Moment::Head, 0), (Moment::Read, 0), (Moment::Acted, 1)] {
        let fake = FakeAtlas::builder().project(PROJECT).start().await?;
        let turnstile = Turnstile::new();
        turnstile.open();
        let fault = Fault::silence().at(moment).held_by(&turnstile);
        fake.inject_for(Match::operation(CREATION), fault);
        let mut stream = sent(&fake).await?;
        turnstile.arrived(1).await;
        stream.shutdown().await?;
        assert_eq!(rest(&mut stream).await?.0, "", "{moment:?}");
        assert_eq!(fake.buckets(PROJECT).len(), created, "{moment:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_status_comes_with_its_headers_and_an_error_body() -> Outcome {
    let fault = Fault::status(StatusCode::SERVICE_UNAVAILABLE)
        .header(RETRY_AFTER, HeaderValue::from_static("7"));
    let seen = answered_by(fault.clone()).await?;
    assert_eq!(header(&seen.head, "retry-after"), Some("7"));
    assert!(seen.body.contains(r#""error":503"#), "{}", seen.body);
    assert_eq!((seen.created, seen.statuses()), (0, (Some(503), None)));

    let seen = answered_by(fault.at(Moment::Acted)).await?;
    assert_eq!((seen.created, seen.statuses()), (1, (Some(503), Some(200))));
    Ok(())
}

#[tokio::test]
async fn an_answer_at_the_head_does_not_wait_for_the_body() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let challenge = challenge(&fake).await?;
    fake.inject(Fault::status(StatusCode::PAYLOAD_TOO_LARGE).at(Moment::Head));
    let mut stream = TcpStream::connect(fake.addr()).await?;
    let request = head(&fake, nonce_of(&challenge), 1);
    stream.write_all(request.as_bytes()).await?;
    let (head, _) = answer(&mut stream).await?;
    assert!(head.starts_with("http/1.1 413"), "{head}");
    assert!(fake.requests().pop().is_some_and(|r| r.body.is_empty()));
    Ok(())
}

#[tokio::test]
async fn any_answer_can_be_given() -> Outcome {
    let given = Response::builder().status(299).header("x-mark", "a");
    let seen = answered_by(Fault::answer(given.body("hello")?)).await?;
    assert!(seen.head.starts_with("http/1.1 299"), "{}", seen.head);
    assert_eq!(header(&seen.head, "x-mark"), Some("a"));
    assert_eq!(seen.body, "hello");
    Ok(())
}

#[tokio::test]
async fn pages_of_html_come_with_any_status() -> Outcome {
    for status in [StatusCode::OK, StatusCode::BAD_GATEWAY] {
        let seen = answered_by(Fault::html(status)).await?;
        let media_type = header(&seen.head, "content-type");
        assert_eq!(media_type, Some("text/html; charset=utf-8"));
        assert!(seen.body.starts_with("<html>"));
        assert_eq!((seen.created, seen.record.status), (0, Some(status)));
    }
    Ok(())
}

#[tokio::test]
async fn garbage_says_that_it_is_json() -> Outcome {
    let seen = answered_by(Fault::garbage_json().at(Moment::Acted)).await?;
    assert_eq!(header(&seen.head, "content-type"), Some("application/json"));
    assert!(serde_json::from_str::<serde_json::Value>(&seen.body).is_err());
    assert_eq!((seen.created, seen.statuses()), (1, (Some(200), Some(200))));
    Ok(())
}

#[tokio::test]
async fn a_gzip_bomb_is_small_until_it_is_opened() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    fake.inject_for(Match::operation(CREATION), Fault::gzip_bomb(3));
    let mut stream = sent(&fake).await?;
    stream.shutdown().await?;
    let mut answer = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.ok_or("no head")? + 4);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    assert_eq!(header(&head, "content-encoding"), Some("gzip"));
    assert!(body.len() < 10_000);
    let mut opened = Vec::new();
    flate2::read::GzDecoder::new(body).read_to_end(&mut opened)?;
    assert_eq!(opened.len(), 3 * 1024 * 1024);
    assert!(opened.iter().all(|byte| *byte == b' '));
    Ok(())
}

#[tokio::test]
async fn a_redirect_names_another_host() -> Outcome {
    let elsewhere = HeaderValue::from_static("https://elsewhere.example/x");
    let seen = answered_by(Fault::redirect(elsewhere)).await?;
    assert!(seen.head.starts_with("http/1.1 307"), "{}", seen.head);
    let location = header(&seen.head, "location");
    assert_eq!(location, Some("https://elsewhere.example/x"));
    assert_eq!(seen.created, 0);
    Ok(())
}

#[tokio::test]
async fn a_401_can_ask_for_basic_or_for_nothing() -> Outcome {
    for (fault, challenge) in [
        (
            Fault::basic_challenge(),
            Some(r#"basic realm="mms public api""#),
        ),
        (Fault::no_challenge(), None),
    ] {
        let seen = answered_by(fault).await?;
        assert_eq!(header(&seen.head, "www-authenticate"), challenge);
        assert_eq!((seen.created, seen.statuses()), (0, (Some(401), None)));
    }
    Ok(())
}

#[tokio::test]
async fn a_stale_nonce_stays_stale_and_the_fresh_one_is_good() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let first = challenge(&fake).await?;
    fake.inject(Fault::stale_nonce());
    let mut stream = TcpStream::connect(fake.addr()).await?;
    let mut nonce = nonce_of(&first).to_owned();
    for (nc, expected) in [
        (1, "http/1.1 401"),
        (2, "http/1.1 401"),
        (1, "http/1.1 200"),
    ] {
        let request = head(&fake, &nonce, nc) + &body();
        stream.write_all(request.as_bytes()).await?;
        let (head, _) = answer(&mut stream).await?;
        assert!(head.starts_with(expected), "{head}");
        if let Some(challenge) = header(&head, "www-authenticate") {
            assert!(challenge.ends_with("stale=true"), "{challenge}");
            if nc == 2 {
                nonce = nonce_of(challenge).to_owned();
            }
        }
    }
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn forgotten_nonces_are_all_stale() -> Outcome {
    let seen = answered_by(Fault::forget_nonces()).await?;
    let challenge = header(&seen.head, "www-authenticate").unwrap_or_default();
    assert!(challenge.ends_with("stale=true"), "{challenge}");
    assert_eq!((seen.created, seen.statuses()), (0, (Some(401), Some(401))));
    assert!(!seen.record.took_effect());
    Ok(())
}
