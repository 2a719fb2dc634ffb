//! Digest as a person would write it for Atlas: a challenge is asked for once, and its nonce is
//! shared by all requests, each with the next count.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use md5::{Digest as _, Md5};
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

use crate::{
    Failure,
    work::{PRIVATE_KEY, PUBLIC_KEY},
};

pub(super) struct Nonce {
    realm: String,
    nonce: String,
    /// The hash of name, realm and key.
    ha1: String,
    count: AtomicU32,
}

impl Nonce {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let challenge = headers
            .get(WWW_AUTHENTICATE)
            .ok_or("no challenge")?
            .to_str()?;
        let field = |name: &str| {
            let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        let (realm, nonce) = field("realm").zip(field("nonce")).ok_or("no nonce")?;
        let ha1 = md5(&format!("{PUBLIC_KEY}:{realm}:{PRIVATE_KEY}"));
        Ok(Self {
            realm,
            nonce,
            ha1,
            count: AtomicU32::new(1),
        })
    }

    pub(super) fn authorization(&self, method: &str, target: &str) -> Result<String, Failure> {
        let count = self.count.fetch_add(1, Relaxed);
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let cnonce = hex(&random);
        let Self {
            realm, nonce, ha1, ..
        } = self;
        let ha2 = md5(&format!("{method}:{target}"));
        let response = md5(&format!("{ha1}:{nonce}:{count:08x}:{cnonce}:auth:{ha2}"));
        Ok(format!(
            "Digest username=\"{PUBLIC_KEY}\", realm=\"{realm}\", nonce=\"{nonce}\", \
             uri=\"{target}\", algorithm=MD5, response=\"{response}\", qop=auth, nc={count:08x}, \
             cnonce=\"{cnonce}\""
        ))
    }
}

fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
