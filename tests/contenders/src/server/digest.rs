//! Digest as Jetty has it: a nonce of this server's own, each count of it once, 1,024 counts at
//! the most.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use hyper::header::HeaderValue;
use md5::{Digest as _, Md5};

use crate::work::{PRIVATE_KEY, PUBLIC_KEY};

const REALM: &str = "MMS Public API";
/// How many counts a nonce has.
const COUNTS: u32 = 1024;

/// The nonces, with the counts that were used.
#[derive(Default)]
pub(super) struct Digest {
    nonces: Mutex<HashMap<String, HashSet<u32>>>,
}

impl Digest {
    /// The challenge, where the answer to an earlier one is not right.
    pub(super) fn refuse(
        &self,
        method: &str,
        target: &str,
        authorization: Option<&HeaderValue>,
    ) -> Option<HeaderValue> {
        let checked = authorization
            .and_then(|value| value.to_str().ok())
            .and_then(|value| self.check(method, target, value));
        let is_stale = match checked {
            Some(true) => return None,
            Some(false) => true,
            None => false,
        };
        let nonce = hex(&random());
        let challenge = format!(
            "Digest realm=\"{REALM}\", domain=\"\", nonce=\"{nonce}\", algorithm=MD5, \
             qop=\"auth\", stale={is_stale}"
        );
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.insert(nonce, HashSet::new());
        HeaderValue::from_str(&challenge).ok()
    }

    /// Whether an answer that is right counts; `None` where it is wrong.
    fn check(&self, method: &str, target: &str, value: &str) -> Option<bool> {
        let mut fields = HashMap::new();
        for field in value.strip_prefix("Digest ")?.split(',') {
            let (name, value) = field.trim().split_once('=')?;
            fields.insert(name, value.trim_matches('"'));
        }
        let field = |name: &str| fields.get(name).copied();
        let (nonce, count, cnonce) = (field("nonce")?, field("nc")?, field("cnonce")?);
        if field("uri")? != target || field("realm")? != REALM || field("username")? != PUBLIC_KEY {
            return None;
        }
        let ha1 = md5(&format!("{PUBLIC_KEY}:{REALM}:{PRIVATE_KEY}"));
        let ha2 = md5(&format!("{method}:{target}"));
        if field("response")? != md5(&format!("{ha1}:{nonce}:{count}:{cnonce}:auth:{ha2}")) {
            return None;
        }
        let count = u32::from_str_radix(count, 16).ok()?;
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = nonces.get_mut(nonce);
        Some(counts.is_some_and(|counts| count <= COUNTS && counts.insert(count)))
    }
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    // A server that has no randomness is no use to anybody.
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

pub(crate) fn md5(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
