//! The creation of a bucket byte for byte, and everything that comes back until the connection ends.

use std::error::Error;
use std::io::ErrorKind;

use atlas_export_fake::{FakeAtlas, Fault, Match, RecordedRequest};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{VENDOR, challenge, nonce_of, sign};
use crate::{PROJECT, ROLE};

/// The operation that these requests are for.
pub(crate) const CREATION: &str = "createExportBucket";

pub(crate) fn target() -> String {
    format!("/api/atlas/v2/groups/{PROJECT}/backup/exportBuckets")
}

pub(crate) fn body() -> String {
    json!({ "cloudProvider": "AWS", "bucketName": "exports", "iamRoleId": ROLE }).to_string()
}

/// The head of a signed creation, on a connection that would be kept.
pub(crate) fn head(fake: &FakeAtlas, nonce: &str, nc: u32) -> String {
    let authorization = sign(fake.credentials(), "POST", &target(), nonce, nc);
    format!(
        "POST {} HTTP/1.1\r\nHost: fake\r\nAccept: {VENDOR}\r\nContent-Type: {VENDOR}\r\n\
         Authorization: {authorization}\r\nContent-Length: {}\r\n\r\n",
        target(),
        body().len()
    )
}

/// A signed creation on a connection of its own.
pub(crate) async fn sent(fake: &FakeAtlas) -> Result<TcpStream, Box<dyn Error>> {
    let challenge = challenge(fake).await?;
    let mut stream = TcpStream::connect(fake.addr()).await?;
    let request = head(fake, nonce_of(&challenge), 1) + &body();
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

/// Everything up to the end, and whether that was a reset.
pub(crate) async fn rest(stream: &mut TcpStream) -> Result<(String, bool), Box<dyn Error>> {
    let mut bytes = Vec::new();
    let reset = match stream.read_to_end(&mut bytes).await {
        Ok(_) => false,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => true,
        Err(error) => return Err(error.into()),
    };
    Ok((String::from_utf8(bytes)?, reset))
}

/// One whole answer, of a connection that may be kept.
pub(crate) async fn answer(stream: &mut TcpStream) -> Result<(String, String), Box<dyn Error>> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(read)?.to_ascii_lowercase();
    let length = header(&head, "content-length").map_or(Ok(0), str::parse)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((head, String::from_utf8_lossy(&body).into_owned()))
}

/// The value of a header in a head in lower case.
pub(crate) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut values = lines.filter(|(found, _)| *found == name);
    values.next().map(|(_, value)| value)
}

/// What one creation led to.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Status line and headers in lower case; empty without an answer.
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) reset: bool,
    /// How many buckets there are now.
    pub(crate) created: usize,
    pub(crate) record: RecordedRequest,
}

impl Seen {
    pub(crate) fn length(&self) -> Option<usize> {
        header(&self.head, "content-length")?.parse().ok()
    }

    /// The statuses of the answer and of what was done.
    pub(crate) fn statuses(&self) -> (Option<u16>, Option<u16>) {
        let number = |status: http::StatusCode| status.as_u16();
        (
            self.record.status.map(number),
            self.record.own_status.map(number),
        )
    }
}

/// A creation that meets `fault` and whose connection ends by it.
pub(crate) async fn cut_by(fault: Fault) -> Result<Seen, Box<dyn Error>> {
    let fake = furnished(&fault).await?;
    let mut stream = sent(&fake).await?;
    let (text, reset) = rest(&mut stream).await?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    seen(
        &fake,
        head.to_ascii_lowercase(),
        body.to_owned(),
        reset,
        &fault,
    )
}

/// A creation that meets `fault` and is answered, on a connection that is kept: a second request on
/// it meets nothing.
pub(crate) async fn answered_by(fault: Fault) -> Result<Seen, Box<dyn Error>> {
    let fake = furnished(&fault).await?;
    let mut stream = sent(&fake).await?;
    let (head, body) = answer(&mut stream).await?;
    let seen = seen(&fake, head, body, false, &fault)?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: fake\r\n\r\n")
        .await?;
    let (second, _) = answer(&mut stream).await?;
    assert!(second.starts_with("http/1.1 401"), "{second}");
    Ok(seen)
}

async fn furnished(fault: &Fault) -> std::io::Result<FakeAtlas> {
    let fake = FakeAtlas::builder().project(PROJECT).start().await?;
    fake.inject_for(Match::operation(CREATION), fault.clone());
    Ok(fake)
}

fn seen(
    fake: &FakeAtlas,
    head: String,
    body: String,
    reset: bool,
    fault: &Fault,
) -> Result<Seen, Box<dyn Error>> {
    let record = fake.requests().pop().ok_or("no request")?;
    assert_eq!(record.fault.as_ref(), Some(fault));
    assert_eq!(fake.faults_left(), 0);
    Ok(Seen {
        head,
        body,
        reset,
        created: fake.buckets(PROJECT).len(),
        record,
    })
}
