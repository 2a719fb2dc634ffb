//! A client made of a socket, a few lines of HTTP and a Digest answer computed by hand.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write as _;

use atlas_export_fake::FakeAtlas;
use md5::{Digest as _, Md5};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A v2 media type that every operation of the fake resolves.
pub(crate) const VENDOR: &str = "application/vnd.atlas.2024-08-05+json";

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Answer {
    /// One that no fake gave.
    pub(crate) fn made(status: u16, media_type: &str, body: &str) -> Self {
        let content_type = ("content-type".to_owned(), media_type.to_owned());
        Self {
            status,
            headers: HashMap::from([content_type]),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The body as JSON; `null` where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Status, `errorCode` and the first field that was refused.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let json = self.json();
        let text = |pointer| json.pointer(pointer).and_then(Value::as_str);
        (
            self.status,
            text("/errorCode").unwrap_or_default().to_owned(),
            text("/badRequestDetail/fields/0/field")
                .unwrap_or_default()
                .to_owned(),
        )
    }
}

/// One request on a connection of its own.
pub(crate) async fn send(
    fake: &FakeAtlas,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, Box<dyn Error>> {
    let mut request = format!("{method} {target} HTTP/1.1\r\n");
    for (name, value) in [("Host", "fake"), ("Connection", "close")]
        .iter()
        .chain(headers)
    {
        write!(request, "{name}: {value}\r\n")?;
    }
    write!(request, "Content-Length: {}\r\n\r\n{body}", body.len())?;

    let mut stream = TcpStream::connect(fake.addr()).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut response = String::new();
    stream.read_to_string(&mut response).await?;

    let (head, body) = response.split_once("\r\n\r\n").ok_or("no head")?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    Ok(Answer {
        status: status.ok_or("no status")?.parse()?,
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    })
}

/// The challenge that an unsigned request gets.
pub(crate) async fn challenge(fake: &FakeAtlas) -> Result<String, Box<dyn Error>> {
    let answer = send(fake, "GET", "/", &[], "").await?;
    let challenge = answer.header("www-authenticate");
    Ok(challenge.ok_or("no challenge")?.to_owned())
}

/// The `nonce` of a challenge.
pub(crate) fn nonce_of(challenge: &str) -> &str {
    challenge
        .split_once("nonce=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or("", |(nonce, _)| nonce)
}

/// The `Authorization` value for a request, computed after RFC 7616.
pub(crate) fn sign(
    (user, password): (&str, &str),
    method: &str,
    target: &str,
    nonce: &str,
    nc: u32,
) -> String {
    let ha1 = md5(&format!("{user}:MMS Public API:{password}"));
    let ha2 = md5(&format!("{method}:{target}"));
    let response = md5(&format!("{ha1}:{nonce}:{nc:08x}:00c0ffee:auth:{ha2}"));
    format!(
        r#"Digest username="{user}", realm="MMS Public API", nonce="{nonce}", uri="{target}", algorithm=MD5, qop=auth, nc={nc:08x}, cnonce="00c0ffee", response="{response}""#
    )
}

fn md5(text: &str) -> String {
    let hash: [u8; 16] = Md5::digest(text.as_bytes()).into();
    format!("{:032x}", u128::from_be_bytes(hash))
}

/// A signed request with exactly these headers.
pub(crate) async fn signed(
    fake: &FakeAtlas,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Answer, Box<dyn Error>> {
    let challenge = challenge(fake).await?;
    let authorization = sign(fake.credentials(), method, target, nonce_of(&challenge), 1);
    let mut headers = headers.to_vec();
    headers.push(("Authorization", &authorization));
    send(fake, method, target, &headers, body).await
}

/// A signed request with the media types of its generation.
pub(crate) async fn call(
    fake: &FakeAtlas,
    method: &str,
    target: &str,
    body: Option<&Value>,
) -> Result<Answer, Box<dyn Error>> {
    let media_type = if target.starts_with("/api/atlas/v2") {
        VENDOR
    } else {
        "application/json"
    };
    let headers = [("Accept", media_type), ("Content-Type", media_type)];
    let body = body.map(Value::to_string).unwrap_or_default();
    signed(fake, method, target, &headers, &body).await
}

/// A signed GET.
pub(crate) async fn get(fake: &FakeAtlas, target: &str) -> Result<Answer, Box<dyn Error>> {
    call(fake, "GET", target, None).await
}
