//! Faults over HTTP/2, seen by the frames that arrive.

use std::error::Error;

use atlas_export_fake::{FakeAtlas, Fault, Match, Moment, Turnstile};
use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::{Reason, RecvStream};
use http::{Request, StatusCode};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use crate::peer::{VENDOR, nonce_of, sign};
use crate::raw::{CREATION, body, target};
use crate::{Outcome, PROJECT};

/// A connection, and the task that moves its frames.
pub(crate) struct Connection {
    requests: SendRequest<Bytes>,
    frames: JoinHandle<Result<(), h2::Error>>,
    nonce: String,
    count: u32,
}

impl Connection {
    pub(crate) async fn open(fake: &FakeAtlas) -> Result<Self, Box<dyn Error>> {
        let stream = TcpStream::connect(fake.addr()).await?;
        let (requests, connection) = h2::client::handshake(stream).await?;
        let mut this = Self {
            requests,
            frames: tokio::spawn(connection),
            nonce: String::new(),
            count: 0,
        };
        let request = Request::get("http://fake/").body(())?;
        let refused = this.send(request, Bytes::new()).await?;
        let refused = refused.await?;
        let challenge = refused.headers().get("www-authenticate");
        let challenge = challenge.ok_or("no challenge")?.to_str()?;
        nonce_of(challenge).clone_into(&mut this.nonce);
        Ok(this)
    }

    async fn send(
        &mut self,
        request: Request<()>,
        body: Bytes,
    ) -> Result<ResponseFuture, Box<dyn Error>> {
        let mut requests = self.requests.clone().ready().await?;
        let (answer, mut stream) = requests.send_request(request, false)?;
        stream.send_data(body, true)?;
        Ok(answer)
    }

    async fn create(&mut self, fake: &FakeAtlas) -> Result<ResponseFuture, Box<dyn Error>> {
        self.create_as(fake, body()).await
    }

    /// A creation with this body.
    pub(crate) async fn create_as(
        &mut self,
        fake: &FakeAtlas,
        body: String,
    ) -> Result<ResponseFuture, Box<dyn Error>> {
        self.count += 1;
        let signature = sign(
            fake.credentials(),
            "POST",
            &target(),
            &self.nonce,
            self.count,
        );
        let request = Request::post(format!("http://fake{}", target()))
            .header("authorization", signature)
            .header("accept", VENDOR)
            .header("content-type", VENDOR)
            .body(())?;
        self.send(request, Bytes::from(body)).await
    }
}

async fn fake(fault: Fault) -> std::io::Result<FakeAtlas> {
    let fake = FakeAtlas::builder()
        .project(PROJECT)
        .http2_only()
        .start()
        .await?;
    fake.inject_for(Match::operation(CREATION), fault);
    Ok(fake)
}

/// The body as far as it comes, and what became of the rest.
async fn read(mut body: RecvStream) -> (Vec<u8>, Option<h2::Error>) {
    let mut read = Vec::new();
    while let Some(chunk) = body.data().await {
        match chunk {
            Ok(chunk) => read.extend_from_slice(&chunk),
            Err(error) => return (read, Some(error)),
        }
    }
    (read, None)
}

#[tokio::test]
async fn a_stream_can_be_refused_and_the_connection_stays() -> Outcome {
    let fake = fake(Fault::refuse_stream()).await?;
    let mut connection = Connection::open(&fake).await?;
    let refused = connection
        .create(&fake)
        .await?
        .await
        .err()
        .ok_or("answered")?;
    assert!(refused.is_reset() && refused.is_remote());
    assert_eq!(refused.reason(), Some(Reason::REFUSED_STREAM));
    assert!(fake.buckets(PROJECT).is_empty());
    // The same signature: its count was not spent.
    connection.count -= 1;
    assert_eq!(
        connection.create(&fake).await?.await?.status(),
        StatusCode::OK
    );
    assert_eq!((fake.buckets(PROJECT).len(), fake.connections()), (1, 1));
    Ok(())
}

#[tokio::test]
async fn a_stream_can_be_reset_after_acting() -> Outcome {
    let fault = Fault::reset_stream(Reason::INTERNAL_ERROR.into()).at(Moment::Acted);
    let fake = fake(fault).await?;
    let mut connection = Connection::open(&fake).await?;
    let reset = connection
        .create(&fake)
        .await?
        .await
        .err()
        .ok_or("answered")?;
    assert_eq!(reset.reason(), Some(Reason::INTERNAL_ERROR));
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    let record = fake.requests().pop().ok_or("no request")?;
    assert_eq!((record.status, record.took_effect()), (None, true));
    Ok(())
}

#[tokio::test]
async fn a_goaway_leaves_out_what_was_not_acted_on() -> Outcome {
    let fake = fake(Fault::go_away()).await?;
    let mut connection = Connection::open(&fake).await?;
    let left_out = connection
        .create(&fake)
        .await?
        .await
        .err()
        .ok_or("answered")?;
    // That is how this client tells a stream beyond the last one of the frame.
    assert!(left_out.is_go_away() && left_out.is_remote());
    assert_eq!(left_out.reason(), Some(Reason::NO_ERROR));
    assert!(fake.buckets(PROJECT).is_empty());
    connection.frames.await??;
    Ok(())
}

#[tokio::test]
async fn a_goaway_covers_what_was_acted_on() -> Outcome {
    let fake = fake(Fault::go_away().at(Moment::Acted)).await?;
    let mut connection = Connection::open(&fake).await?;
    let lost = connection
        .create(&fake)
        .await?
        .await
        .err()
        .ok_or("answered")?;
    assert!(lost.is_io(), "{lost:?}");
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_goaway_covers_earlier_streams() -> Outcome {
    let held = Turnstile::new();
    let fake = fake(Fault::delay(&held)).await?;
    fake.inject_for(Match::operation(CREATION), Fault::go_away());
    let mut connection = Connection::open(&fake).await?;
    let earlier = connection.create(&fake).await?;
    held.arrived(1).await;
    let left_out = connection
        .create(&fake)
        .await?
        .await
        .err()
        .ok_or("answered")?;
    assert!(left_out.is_go_away());
    let earlier = earlier.await.err().ok_or("answered")?;
    assert!(earlier.is_io(), "{earlier:?}");
    Ok(())
}

#[tokio::test]
async fn the_last_answer_comes_whole_and_then_the_connection_ends() -> Outcome {
    let fake = fake(Fault::last_answer()).await?;
    let mut connection = Connection::open(&fake).await?;
    let answer = connection.create(&fake).await?.await?;
    assert_eq!(answer.status(), StatusCode::OK);
    let (body, error) = read(answer.into_body()).await;
    assert!(error.is_none() && body.ends_with(b"}"));
    // Ends by itself, although there is still a handle to send requests with.
    connection.frames.await??;
    assert!(connection.requests.ready().await.is_err());
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_reset_takes_the_connection_with_it() -> Outcome {
    for (moment, created) in [(Moment::Head, 0), (Moment::Read, 0), (Moment::Acted, 1)] {
        let fake = fake(Fault::reset().at(moment)).await?;
        let mut connection = Connection::open(&fake).await?;
        let lost = connection
            .create(&fake)
            .await?
            .await
            .err()
            .ok_or("answered")?;
        let kind = lost.get_io().map(std::io::Error::kind);
        assert_eq!(kind, Some(std::io::ErrorKind::ConnectionReset), "{lost:?}");
        assert_eq!(fake.buckets(PROJECT).len(), created, "{moment:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_body_can_end_before_its_length() -> Outcome {
    let fake = fake(Fault::truncated(10)).await?;
    let mut connection = Connection::open(&fake).await?;
    let answer = connection.create(&fake).await?.await?;
    let (body, error) = read(answer.into_body()).await;
    assert!(body.len() == 10 && body.starts_with(b"{\""), "{body:?}");
    let reason = error.and_then(|error| error.reason());
    assert_eq!(reason, Some(Reason::PROTOCOL_ERROR));
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_body_can_break_off_by_a_reset() -> Outcome {
    let fake = fake(Fault::reset_in_body(10)).await?;
    let mut connection = Connection::open(&fake).await?;
    let answer = connection.create(&fake).await?.await?;
    let (body, error) = read(answer.into_body()).await;
    assert!(body.len() == 10 && body.starts_with(b"{\""), "{body:?}");
    let kind = error.and_then(|error| error.get_io().map(std::io::Error::kind));
    assert_eq!(kind, Some(std::io::ErrorKind::ConnectionReset));
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_slow_body_comes_in_frames() -> Outcome {
    let turnstile = Turnstile::new();
    let fake = fake(Fault::slow(2, &turnstile)).await?;
    let mut connection = Connection::open(&fake).await?;
    let mut body = connection.create(&fake).await?.await?.into_body();
    turnstile.let_through(1);
    let first = body.data().await.ok_or("no frame")??;
    turnstile.let_through(1);
    let (second, error) = read(body).await;
    assert!(error.is_none());
    assert!(first.len().abs_diff(second.len()) <= 1);
    // The connection is none the worse.
    assert_eq!(
        connection.create(&fake).await?.await?.status(),
        StatusCode::OK
    );
    Ok(())
}

#[tokio::test]
async fn a_silent_stream_leaves_the_others_alone() -> Outcome {
    let fake = fake(Fault::silence()).await?;
    let mut connection = Connection::open(&fake).await?;
    let unanswered = connection.create(&fake).await?;
    assert_eq!(
        connection.create(&fake).await?.await?.status(),
        StatusCode::OK
    );
    assert_eq!(fake.buckets(PROJECT).len(), 1);
    drop(unanswered);
    Ok(())
}
