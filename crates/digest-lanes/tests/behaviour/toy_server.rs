//! A server of the strict kind, without a socket: it counts every nonce, refuses a count that is
//! not the next one, and checks the response with formulas of its own.

use digest_lanes::{BodyKind, Credentials, Exchange, LaneLimits, Lanes, Step, Verdict};
use md5::{Digest as _, Md5};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

pub(crate) const USER: &str = "public";
pub(crate) const PASSWORD: &str = "private-key-0451";
pub(crate) const TARGET: &str = "/groups/1/jobs?name=a%20b&pageNum=1";

pub(crate) fn lanes() -> Arc<Lanes> {
    lanes_with(LaneLimits::default(), PASSWORD)
}

pub(crate) fn lanes_with(limits: LaneLimits, password: &str) -> Arc<Lanes> {
    Arc::new(Lanes::new(Credentials::new(USER, password), limits))
}

/// The head of a response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) challenges: Vec<String>,
    pub(crate) info: Option<String>,
}

impl Head {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn feed(&self, exchange: &mut Exchange, now: Instant) -> Verdict {
        let challenges = self.challenges.iter().map(String::as_bytes);
        let info = self.info.as_deref().map(str::as_bytes);
        exchange.response(now, self.status, challenges, info)
    }
}

/// A request as the server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    Probe,
    Unsigned,
    Signed(BTreeMap<String, String>),
}

impl Request {
    pub(crate) fn from_step(step: &Step) -> Self {
        match step {
            Step::Probe => Self::Probe,
            Step::Send {
                authorization: None,
            } => Self::Unsigned,
            Step::Send {
                authorization: Some(value),
            } => Self::Signed(fields(value.expose())),
        }
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        match self {
            Self::Signed(fields) => &fields[name],
            other => panic!("{other:?} is not signed"),
        }
    }

    pub(crate) fn nonce(&self) -> &str {
        self.field("nonce")
    }

    pub(crate) fn count(&self) -> u32 {
        u32::from_str_radix(self.field("nc"), 16).unwrap()
    }
}

/// The parameters of an `Authorization` value; the toy's own values hold no comma and no escape.
pub(crate) fn fields(authorization: &[u8]) -> BTreeMap<String, String> {
    let text = str::from_utf8(authorization).unwrap();
    text.strip_prefix("Digest ")
        .unwrap()
        .split(", ")
        .map(|field| field.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect()
}

#[derive(Debug, Default)]
pub(crate) struct ToyServer {
    /// The highest count seen of every nonce that is still good.
    counts: BTreeMap<String, u32>,
    issued: u32,
    /// Names a new nonce in every answer to a signed request.
    pub(crate) renews: bool,
    /// Every request so far.
    pub(crate) seen: Vec<Request>,
}

impl ToyServer {
    pub(crate) fn issue(&mut self) -> String {
        self.issued += 1;
        let nonce = format!("nonce{}", self.issued);
        self.counts.insert(nonce.clone(), 0);
        nonce
    }

    pub(crate) fn refuse(&mut self, stale: bool) -> Head {
        let nonce = self.issue();
        let challenge = format!(
            "Digest realm=\"toy\", domain=\"\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\", stale={stale}"
        );
        Head {
            challenges: vec![challenge],
            ..Head::status(401)
        }
    }

    pub(crate) fn expire_all(&mut self) {
        self.counts.clear();
    }

    pub(crate) fn answer(&mut self, method: &str, request: &Request) -> Head {
        self.seen.push(request.clone());
        if !matches!(request, Request::Signed(_)) {
            return self.refuse(false);
        }
        let Some(count) = self.counts.get_mut(request.nonce()) else {
            return self.refuse(true);
        };
        if request.count() != *count + 1 || request.field("response") != expected(method, request) {
            return self.refuse(false);
        }
        *count += 1;
        let info = self
            .renews
            .then(|| format!("nextnonce=\"{}\"", self.issue()));
        Head {
            info,
            ..Head::status(200)
        }
    }

    /// Runs a whole call, as a transport would.
    pub(crate) fn call(&mut self, lanes: &Arc<Lanes>, now: Instant, body: BodyKind) -> Verdict {
        let mut exchange = lanes.begin(now, body);
        loop {
            let step = exchange.next("POST", TARGET, [7; 16]);
            let head = self.answer("POST", &Request::from_step(&step));
            match head.feed(&mut exchange, now) {
                Verdict::Again => {}
                verdict => return verdict,
            }
        }
    }

    /// How many requests were seen since the last time.
    pub(crate) fn take_count(&mut self) -> usize {
        std::mem::take(&mut self.seen).len()
    }
}

fn expected(method: &str, request: &Request) -> String {
    let key = md5(&format!("{USER}:toy:{PASSWORD}"));
    let ha2 = md5(&format!("{method}:{TARGET}"));
    let [nonce, nc, cnonce] = ["nonce", "nc", "cnonce"].map(|name| request.field(name));
    assert_eq!(request.field("uri"), TARGET);
    md5(&format!("{key}:{nonce}:{nc}:{cnonce}:auth:{ha2}"))
}

pub(crate) fn md5(text: &str) -> String {
    hex(&Md5::digest(text))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
