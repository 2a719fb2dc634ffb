//! Faults that delay or damage the true answer.

use atlas_export_fake::{FakeAtlas, Fault, Match, Moment, Turnstile};
use tokio::io::AsyncReadExt;

use crate::raw::{CREATION, answer, answered_by, cut_by, header, rest, sent};
use crate::{Outcome, PROJECT};

/// Whether this is the beginning of the true answer, as long as it was to be. Which key comes
/// first is up to a feature of `serde_json` that another crate of the build may have switched on.
fn is_beginning(body: &str) -> bool {
    body.len() == 10 && body.starts_with("{\"")
}

#[tokio::test]
async fn a_body_can_break_off_by_a_reset() -> Outcome {
    let seen = cut_by(Fault::reset_in_body(10)).await?;
    assert!(seen.reset);
    assert!(is_beginning(&seen.body), "{}", seen.body);
    assert!(seen.length().is_some_and(|length| length > 10));
    assert_eq!((seen.created, seen.statuses()), (1, (Some(200), Some(200))));
    Ok(())
}

#[tokio::test]
async fn a_body_can_end_before_its_length() -> Outcome {
    let seen = cut_by(Fault::truncated(10)).await?;
    assert!(!seen.reset);
    assert!(is_beginning(&seen.body), "{}", seen.body);
    assert!(seen.length().is_some_and(|length| length > 10));
    assert_eq!((seen.created, seen.statuses()), (1, (Some(200), Some(200))));
    Ok(())
}

#[tokio::test]
async fn a_length_can_be_wrong_in_either_direction() -> Outcome {
    for off in [-5, 5] {
        let seen = cut_by(Fault::wrong_length(off)).await?;
        assert!(!seen.reset);
        serde_json::from_str::<serde_json::Value>(&seen.body)?;
        let length = seen.body.len().checked_add_signed(isize::try_from(off)?);
        assert_eq!(seen.length(), length);
        assert_eq!(seen.created, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_slow_body_comes_when_it_is_let_through() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let turnstile = Turnstile::new();
    fake.inject_for(Match::operation(CREATION), Fault::slow(3, &turnstile));
    let mut stream = sent(&fake).await?;
    turnstile.arrived(1).await;
    // The head is out, the bucket there, and of the body nothing.
    let mut read = [0; 4096];
    let length = stream.read(&mut read).await?;
    let head = String::from_utf8_lossy(&read[..length]).to_ascii_lowercase();
    assert!(head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    let whole: usize = header(&head, "content-length")
        .unwrap_or_default()
        .parse()?;

    turnstile.let_through(1);
    turnstile.arrived(2).await;
    assert_eq!(stream.read(&mut read).await?, whole.div_ceil(3));
    turnstile.open();
    let (last, reset) = rest(&mut stream).await?;
    assert_eq!((last.len(), reset), (whole - whole.div_ceil(3), false));
    Ok(())
}

#[tokio::test]
async fn a_delay_holds_a_request_before_or_after_it_is_acted_on() -> Outcome {
    for (moment, created) in [(Moment::Head, 0), (Moment::Read, 0), (Moment::Acted, 1)] {
        let fake = FakeAtlas::builder().project(PROJECT).start().await?;
        let turnstile = Turnstile::new();
        fake.inject_for(
            Match::operation(CREATION),
            Fault::delay(&turnstile).at(moment),
        );
        let mut stream = sent(&fake).await?;
        turnstile.arrived(1).await;
        assert_eq!(fake.buckets(PROJECT).len(), created, "{moment:?}");
        turnstile.let_through(1);
        let (head, _) = answer(&mut stream).await?;
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert_eq!(fake.buckets(PROJECT).len(), 1, "{moment:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_its_request_with_it() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let turnstile = Turnstile::new();
    fake.inject_for(Match::operation(CREATION), Fault::delay(&turnstile));
    let mut stream = sent(&fake).await?;
    turnstile.arrived(1).await;
    tokio::io::AsyncWriteExt::shutdown(&mut stream).await?;
    // The fake has closed its side: it knows.
    assert_eq!(rest(&mut stream).await?.0, "");
    turnstile.open();
    assert!(fake.buckets(PROJECT).is_empty());
    let record = fake.requests().pop().ok_or("no request")?;
    assert_eq!((record.status, record.own_status), (None, None));
    Ok(())
}

#[tokio::test]
async fn a_fault_can_be_held_before_it_strikes() -> Outcome {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    let turnstile = Turnstile::new();
    let fault = Fault::reset().at(Moment::Acted).held_by(&turnstile);
    fake.inject_for(Match::operation(CREATION), fault);
    let mut stream = sent(&fake).await?;
    turnstile.arrived(1).await;
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    turnstile.open();
    assert_eq!(rest(&mut stream).await?, (String::new(), true));
    Ok(())
}

#[tokio::test]
async fn the_last_answer_is_whole_and_says_so() -> Outcome {
    let seen = cut_by(Fault::last_answer()).await?;
    assert_eq!(header(&seen.head, "connection"), Some("close"));
    assert_eq!(seen.length(), Some(seen.body.len()));
    assert_eq!((seen.created, seen.reset), (1, false));
    Ok(())
}

#[tokio::test]
async fn what_is_http2_s_own_ends_a_connection_of_http1() -> Outcome {
    for (fault, reset) in [
        (Fault::refuse_stream(), true),
        (Fault::reset_stream(2), true),
        (Fault::go_away(), false),
    ] {
        let seen = cut_by(fault).await?;
        assert_eq!((seen.reset, seen.created), (reset, 0));
        assert_eq!(seen.head, "");
    }
    Ok(())
}

#[tokio::test]
async fn a_delay_that_nobody_holds_changes_nothing() -> Outcome {
    let turnstile = Turnstile::new();
    turnstile.open();
    let seen = answered_by(Fault::delay(&turnstile)).await?;
    assert_eq!((seen.created, seen.statuses()), (1, (Some(200), Some(200))));
    Ok(())
}
