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
//! The nonce is looked at before the password, as in Jetty: a wrong key on an expired nonce is answered
//! `stale=true` first, and `stale=false` once it comes back with a fresh nonce. The count is spent
//! either way.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use md5::{Digest as _, Md5};

use crate::rules::credentials::DigestCredentials;

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

/// Decides who may pass: the API key, and the nonces that were handed out.
#[derive(Debug)]
pub(crate) struct Authenticator {
    public: String,
    private: String,
    /// The key that is accepted in place of the first one.
    rotated: Mutex<Option<(String, String)>>,
    nonce_lifetime: Duration,
    nonce_uses: u32,
    never_stale: bool,
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

impl Authenticator {
    pub(crate) fn new(
        public: String,
        private: String,
        nonce_lifetime: Duration,
        nonce_uses: u32,
    ) -> Self {
        Self {
            public,
            private,
            rotated: Mutex::default(),
            nonce_lifetime,
            nonce_uses,
            never_stale: false,
            nonces: Mutex::default(),
        }
    }

    /// The public and the private key that are accepted from the start.
    pub(crate) fn credentials(&self) -> (&str, &str) {
        (&self.public, &self.private)
    }

    /// Accepts this key from now on, and no other. Nonces stay what they are.
    pub(crate) fn rotate(&self, public: &str, private: &str) {
        *self.rotated() = Some((public.to_owned(), private.to_owned()));
    }

    fn rotated(&self) -> MutexGuard<'_, Option<(String, String)>> {
        self.rotated.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same authenticator, which never says that a nonce is stale.
    pub(crate) fn never_stale(self, never: bool) -> Self {
        Self {
            never_stale: never,
            ..self
        }
    }

    /// A `WWW-Authenticate` value with a fresh nonce: field for field what the live service sends.
    pub(crate) fn challenge(&self, stale: bool, now: Duration) -> String {
        let stale = stale && !self.never_stale;
        let mut nonces = self.nonces();
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

    /// Checks the `Authorization` value of a request for `target`, the path and query as they stood
    /// on the wire. Without the header the answer is a plain refusal.
    pub(crate) fn check(
        &self,
        authorization: Option<&str>,
        method: &str,
        target: &str,
        now: Duration,
    ) -> Verdict {
        self.verdict(authorization, method, target, now, Self::spend)
    }

    /// What [`check`](Self::check) would say now. Nothing is spent.
    pub(crate) fn preview(
        &self,
        authorization: Option<&str>,
        method: &str,
        target: &str,
        now: Duration,
    ) -> Verdict {
        self.verdict(authorization, method, target, now, Self::probe)
    }

    /// Makes every nonce unknown.
    pub(crate) fn forget_all(&self) {
        self.nonces().live.clear();
    }

    /// Makes the nonce of this `Authorization` value unknown.
    pub(crate) fn forget(&self, authorization: Option<&str>) {
        if let Some(credentials) = authorization.and_then(DigestCredentials::parse) {
            self.nonces().live.remove(&credentials.nonce);
        }
    }

    fn nonces(&self) -> MutexGuard<'_, Nonces> {
        self.nonces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn verdict(
        &self,
        authorization: Option<&str>,
        method: &str,
        target: &str,
        now: Duration,
        use_of: impl Fn(&Self, &DigestCredentials, Duration) -> Result<(), Verdict>,
    ) -> Verdict {
        let Some(credentials) = authorization.and_then(DigestCredentials::parse) else {
            return WRONG;
        };
        if credentials.realm != REALM || credentials.qop != "auth" || credentials.uri != target {
            return WRONG;
        }
        if let Err(refusal) = use_of(self, &credentials, now) {
            return refusal;
        }
        let rotated = self.rotated();
        let (public, private) = match &*rotated {
            Some((public, private)) => (public, private),
            None => (&self.public, &self.private),
        };
        let expected = response(
            public,
            private,
            method,
            &credentials.uri,
            &credentials.nonce,
            &credentials.nc,
            &credentials.cnonce,
        );
        if credentials.username == *public && credentials.response == expected {
            Verdict::Accepted
        } else {
            WRONG
        }
    }

    /// Takes one use from the nonce of `credentials`.
    fn spend(&self, credentials: &DigestCredentials, now: Duration) -> Result<(), Verdict> {
        let mut nonces = self.nonces();
        let (nonce, count) = self.usable(&mut nonces, credentials, now)?;
        nonce.seen.insert(count);
        Ok(())
    }

    /// Whether the nonce of `credentials` has that use left.
    fn probe(&self, credentials: &DigestCredentials, now: Duration) -> Result<(), Verdict> {
        let mut nonces = self.nonces();
        self.usable(&mut nonces, credentials, now).map(drop)
    }

    fn usable<'n>(
        &self,
        nonces: &'n mut Nonces,
        credentials: &DigestCredentials,
        now: Duration,
    ) -> Result<(&'n mut Nonce, u32), Verdict> {
        let nonce = nonces.live.get_mut(&credentials.nonce).ok_or(STALE)?;
        if is_expired(nonce, self.nonce_lifetime, now) {
            return Err(STALE);
        }
        let count = credentials.count().ok_or(WRONG)?;
        if count > self.nonce_uses {
            return Err(STALE);
        }
        if nonce.seen.contains(&count) {
            return Err(WRONG);
        }
        Ok((nonce, count))
    }
}

fn is_expired(nonce: &Nonce, lifetime: Duration, now: Duration) -> bool {
    now.saturating_sub(nonce.born) > lifetime
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
    use crate::rules::credentials::fields;

    const TARGET: &str = "/api/atlas/v2/groups?pretty=true";

    fn authenticator() -> Authenticator {
        Authenticator::new("pub".into(), "priv".into(), Duration::from_secs(60), 3)
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

    fn check(authenticator: &Authenticator, header: &str, now: u64) -> Verdict {
        authenticator.check(Some(header), "GET", TARGET, Duration::from_secs(now))
    }

    #[test]
    fn the_challenge_has_the_live_fields_in_the_live_order() {
        let challenge = authenticator().challenge(false, Duration::ZERO);
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
        let authenticator = authenticator();
        let nonce = nonce_of(&authenticator.challenge(false, Duration::ZERO));
        let third = signed(&nonce, "00000003", "priv", TARGET);
        let first = signed(&nonce, "00000001", "priv", TARGET);
        assert_eq!(check(&authenticator, &third, 0), Verdict::Accepted);
        assert_eq!(check(&authenticator, &first, 0), Verdict::Accepted);
        assert_eq!(check(&authenticator, &first, 0), WRONG);
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
            let authenticator = authenticator();
            let nonce = nonce_of(&authenticator.challenge(false, Duration::ZERO));
            let header = signed(&nonce, nc, password, uri);
            assert_eq!(
                check(&authenticator, &header, now),
                expected,
                "{nc} {uri} at {now}"
            );
        }
    }

    #[test]
    fn a_nonce_of_another_fake_is_stale() {
        let foreign = nonce_of(&authenticator().challenge(false, Duration::ZERO));
        let header = signed(&foreign, "00000001", "priv", TARGET);
        assert_eq!(check(&authenticator(), &header, 0), STALE);
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
            assert_eq!(check(&authenticator(), header, 0), WRONG, "{header}");
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
