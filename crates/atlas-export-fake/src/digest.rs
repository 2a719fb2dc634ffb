//! HTTP Digest as a server checks it (RFC 7616, MD5, `qop=auth`), with Jetty's rules for nonces.
//!
//! Written from the RFC and from how Jetty answers, on purpose without any client's code: a check
//! that shares code with the client would agree with its mistakes.
//!
//! What a nonce may do:
//!
//! | The nonce is … | Answer |
//! |---|---|
//! | unknown, or older than its lifetime | 401, `stale=true` |
//! | used with an `nc` above its number of uses | 401, `stale=true` |
//! | used with an `nc` seen before, whatever the order | 401, `stale=false` |
//! | used with `nc=00000000` | 401, `stale=false` |
//! | good, but user, password, `uri` or another field is wrong | 401, `stale=false` |
//!
//! The nonce is looked at before the password, as in Jetty: a wrong key on an expired nonce is told
//! `stale=true` first, and `stale=false` once it comes back with a fresh nonce. The count is spent
//! either way.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use md5::{Digest as _, Md5};

/// The realm of the live service.
const REALM: &str = "MMS Public API";

/// Whether a request may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Accepted,
    Refused { stale: bool },
}

const WRONG: Verdict = Verdict::Refused { stale: false };
const STALE: Verdict = Verdict::Refused { stale: true };

/// The gate before every route: who may pass, and the nonces it has handed out.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) public: String,
    pub(crate) private: String,
    pub(crate) nonce_lifetime: Duration,
    pub(crate) nonce_uses: u32,
    nonces: Mutex<Nonces>,
}

/// Nonces are the MD5 of a per-fake seed and a counter: no two fakes of a process share one, so a
/// client that carries a nonce from one origin to another is caught.
#[derive(Debug, Default)]
struct Nonces {
    seed: RandomState,
    issued: u64,
    live: HashMap<String, Nonce>,
}

#[derive(Debug)]
struct Nonce {
    born: Duration,
    seen: HashSet<u32>,
}

impl Gate {
    pub(crate) fn new(
        public: String,
        private: String,
        nonce_lifetime: Duration,
        nonce_uses: u32,
    ) -> Self {
        Self {
            public,
            private,
            nonce_lifetime,
            nonce_uses,
            nonces: Mutex::default(),
        }
    }

    /// A `WWW-Authenticate` value with a fresh nonce: field for field what the live service sends.
    pub(crate) fn challenge(&self, stale: bool, now: Duration) -> String {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let lifetime = self.nonce_lifetime;
        nonces
            .live
            .retain(|_, nonce| !is_expired(nonce, lifetime, now));
        nonces.issued = nonces.issued.wrapping_add(1);
        let secret = nonces.seed.hash_one(nonces.issued);
        let nonce = md5_hex(&format!("{secret}:{}", nonces.issued));
        nonces.live.insert(
            nonce.clone(),
            Nonce {
                born: now,
                seen: HashSet::new(),
            },
        );
        format!(
            r#"Digest realm="{REALM}", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale={stale}"#
        )
    }

    /// Judges the `Authorization` value of a request for `target`, the path and query as they stood
    /// on the wire. Without the header the answer is a plain refusal.
    pub(crate) fn check(
        &self,
        authorization: Option<&str>,
        method: &str,
        target: &str,
        now: Duration,
    ) -> Verdict {
        let Some(answer) = authorization.and_then(Answer::parse) else {
            return WRONG;
        };
        if answer.realm != REALM || answer.qop != "auth" || answer.uri != target {
            return WRONG;
        }
        if let Err(refusal) = self.spend(&answer, now) {
            return refusal;
        }
        let expected = response(
            &self.public,
            &self.private,
            method,
            &answer.uri,
            &answer.nonce,
            &answer.nc,
            &answer.cnonce,
        );
        if answer.username == self.public && answer.response == expected {
            Verdict::Accepted
        } else {
            WRONG
        }
    }

    /// Takes one use from the nonce of `answer`.
    fn spend(&self, answer: &Answer, now: Duration) -> Result<(), Verdict> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        let nonce = nonces.live.get_mut(&answer.nonce).ok_or(STALE)?;
        if is_expired(nonce, self.nonce_lifetime, now) {
            return Err(STALE);
        }
        let count = answer.count().ok_or(WRONG)?;
        if count > self.nonce_uses {
            return Err(STALE);
        }
        if nonce.seen.insert(count) {
            Ok(())
        } else {
            Err(WRONG)
        }
    }
}

fn is_expired(nonce: &Nonce, lifetime: Duration, now: Duration) -> bool {
    now.saturating_sub(nonce.born) > lifetime
}

/// The fields of an `Authorization: Digest …` header that the check needs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    username: String,
    realm: String,
    nonce: String,
    uri: String,
    qop: String,
    nc: String,
    cnonce: String,
    response: String,
}

impl Answer {
    /// `None` where it is no Digest answer, lacks a field, repeats one, or names another algorithm.
    fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim_start().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let mut fields = fields(rest)?;
        let mut take = |name: &str| fields.remove(name);
        if let Some(algorithm) = take("algorithm")
            && !algorithm.eq_ignore_ascii_case("MD5")
        {
            return None;
        }
        Some(Self {
            username: take("username")?,
            realm: take("realm")?,
            nonce: take("nonce")?,
            uri: take("uri")?,
            qop: take("qop")?,
            nc: take("nc")?,
            cnonce: take("cnonce")?,
            response: take("response")?,
        })
    }

    /// `nc` as a number: eight hex digits (RFC 7616 §3.4), counting from one.
    fn count(&self) -> Option<u32> {
        let digits = self.nc.len() == 8 && self.nc.bytes().all(|b| b.is_ascii_hexdigit());
        let count = u32::from_str_radix(&self.nc, 16).ok()?;
        (digits && count > 0).then_some(count)
    }
}

/// `name=token` and `name="quoted \" string"`, separated by commas.
fn fields(mut rest: &str) -> Option<HashMap<String, String>> {
    let mut fields = HashMap::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(fields);
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let (token, after) = after.split_once(',').unwrap_or((after, ""));
            (token.trim_end().to_owned(), after)
        };
        if fields
            .insert(name.trim().to_ascii_lowercase(), value)
            .is_some()
        {
            return None;
        }
        rest = after;
    }
}

/// The string up to the closing quote, unescaped, and what follows it.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
    None
}

fn response(
    user: &str,
    password: &str,
    method: &str,
    uri: &str,
    nonce: &str,
    nc: &str,
    cnonce: &str,
) -> String {
    let ha1 = md5_hex(&format!("{user}:{REALM}:{password}"));
    let ha2 = md5_hex(&format!("{method}:{uri}"));
    md5_hex(&format!("{ha1}:{nonce}:{nc}:{cnonce}:auth:{ha2}"))
}

fn md5_hex(text: &str) -> String {
    let hash: [u8; 16] = Md5::digest(text.as_bytes()).into();
    format!("{:032x}", u128::from_be_bytes(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "/api/atlas/v2/groups?pretty=true";

    fn gate() -> Gate {
        Gate::new("pub".into(), "priv".into(), Duration::from_secs(60), 3)
    }

    fn nonce_of(challenge: &str) -> String {
        fields(challenge.trim_start_matches("Digest "))
            .and_then(|mut fields| fields.remove("nonce"))
            .unwrap_or_default()
    }

    fn signed(nonce: &str, nc: &str, password: &str, uri: &str) -> String {
        let response = response("pub", password, "GET", uri, nonce, nc, "abc");
        format!(
            r#"Digest username="pub", realm="{REALM}", nonce="{nonce}", uri="{uri}", qop=auth, nc={nc}, cnonce="abc", response="{response}", algorithm=MD5"#
        )
    }

    fn check(gate: &Gate, header: &str, now: u64) -> Verdict {
        gate.check(Some(header), "GET", TARGET, Duration::from_secs(now))
    }

    #[test]
    fn the_challenge_has_the_live_fields_in_the_live_order() {
        let challenge = gate().challenge(false, Duration::ZERO);
        let nonce = nonce_of(&challenge);
        assert_eq!(nonce.len(), 32);
        assert_eq!(
            challenge,
            format!(
                r#"Digest realm="MMS Public API", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale=false"#
            )
        );
    }

    #[test]
    fn counts_may_come_in_any_order_but_only_once() {
        let gate = gate();
        let nonce = nonce_of(&gate.challenge(false, Duration::ZERO));
        let third = signed(&nonce, "00000003", "priv", TARGET);
        let first = signed(&nonce, "00000001", "priv", TARGET);
        assert_eq!(check(&gate, &third, 0), Verdict::Accepted);
        assert_eq!(check(&gate, &first, 0), Verdict::Accepted);
        assert_eq!(check(&gate, &first, 0), WRONG);
    }

    #[test]
    fn what_is_refused_and_whether_it_is_stale() {
        let table = [
            ("00000000", "priv", TARGET, 0, WRONG),
            ("1", "priv", TARGET, 0, WRONG),
            ("00000004", "priv", TARGET, 0, STALE),
            ("00000001", "priv", TARGET, 60, Verdict::Accepted),
            ("00000001", "priv", TARGET, 61, STALE),
            ("00000001", "other", TARGET, 0, WRONG),
            ("00000001", "priv", "/api/atlas/v2/groups", 0, WRONG),
        ];
        for (nc, password, uri, now, expected) in table {
            let gate = gate();
            let nonce = nonce_of(&gate.challenge(false, Duration::ZERO));
            let header = signed(&nonce, nc, password, uri);
            assert_eq!(check(&gate, &header, now), expected, "{nc} {uri} at {now}");
        }
    }

    #[test]
    fn a_nonce_of_another_gate_is_stale() {
        let foreign = nonce_of(&gate().challenge(false, Duration::ZERO));
        let header = signed(&foreign, "00000001", "priv", TARGET);
        assert_eq!(check(&gate(), &header, 0), STALE);
    }

    #[test]
    fn malformed_answers_are_refused_without_a_panic() {
        for header in [
            "",
            "Digest",
            "Basic cHViOnByaXY=",
            "Digest nonce",
            r#"Digest nonce="open"#,
            r#"Digest nonce="a\"#,
            "Digest nonce=a, nonce=b",
            "Digest ,,, =,",
        ] {
            assert_eq!(check(&gate(), header, 0), WRONG, "{header}");
        }
    }

    #[test]
    fn the_worked_example_of_rfc_2617() {
        let ha1 = md5_hex("Mufasa:testrealm@host.com:Circle Of Life");
        let ha2 = md5_hex("GET:/dir/index.html");
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        assert_eq!(
            md5_hex(&format!("{ha1}:{nonce}:00000001:0a4f113b:auth:{ha2}")),
            "6629fae49393a05397450978507c4ef1"
        );
    }
}
