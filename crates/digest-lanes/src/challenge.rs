//! Challenges: what a server asks for in `WWW-Authenticate` (RFC 7616, section 3.3).
//!
//! Reading is forgiving about neighbours and strict about the challenge itself. Other schemes,
//! unknown parameters and broken elements are stepped over; a Digest challenge that is not whole,
//! repeats a parameter, or wants something this crate cannot do is left out, and the ones beside
//! it are still found. Nothing but Digest is ever returned, so nothing else can be answered.
//!
//! The `domain` parameter is stepped over as well. It could only narrow where an answer is sent
//! ahead of a challenge: a pool of lanes belongs to one origin, and no `domain` widens that.

use crate::algorithm::Algorithm;
use crate::syntax::{Element, Elements};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// A Digest challenge that can be answered.
///
/// Realm, nonce and opaque value are kept as the bytes that came, unescaped: servers hash and
/// compare bytes, and not all of them write UTF-8.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    opaque: Option<Vec<u8>>,
    algorithm: Algorithm,
    /// `algorithm` as the server spelled it, if it did: the answer repeats it letter by letter.
    algorithm_offered: Option<String>,
    qop_auth: bool,
    stale: bool,
}

impl Challenge {
    /// The realm, for people to read; bytes that are not UTF-8 are replaced.
    pub fn realm(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.realm)
    }

    /// The server's nonce, never empty.
    pub fn nonce(&self) -> &[u8] {
        &self.nonce
    }

    /// The value to be returned as it is, if the server sent one.
    pub fn opaque(&self) -> Option<&[u8]> {
        self.opaque.as_deref()
    }

    /// How to hash; [`Algorithm::DEFAULT`] if the server did not say.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `qop=auth` was offered. If not, the answer takes the older form of RFC 2069,
    /// without `cnonce` and `nc`.
    pub fn offers_qop_auth(&self) -> bool {
        self.qop_auth
    }

    /// Whether the server refused no more than the nonce: the password was right.
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    pub(crate) fn realm_bytes(&self) -> &[u8] {
        &self.realm
    }

    pub(crate) fn algorithm_offered(&self) -> Option<&str> {
        self.algorithm_offered.as_deref()
    }

    /// The same challenge with the nonce that the server named for later requests.
    pub(crate) fn with_nonce(self, nonce: Vec<u8>) -> Self {
        Self { nonce, ..self }
    }

    /// `None` if it is not whole or cannot be answered.
    fn from_params(mut params: BTreeMap<Vec<u8>, Vec<u8>>) -> Option<Self> {
        let mut take = |name: &str| params.remove(name.as_bytes());
        let realm = take("realm")?;
        let nonce = take("nonce").filter(|nonce| !nonce.is_empty())?;
        let (algorithm, algorithm_offered) = match take("algorithm") {
            None => (Algorithm::DEFAULT, None),
            Some(name) => {
                let name = String::from_utf8(name).ok()?;
                (Algorithm::from_name(&name)?, Some(name))
            }
        };
        let qop_auth = match take("qop") {
            None => false,
            Some(list) => offers_auth(&list)?,
        };
        // The key of a session depends on the cnonce, which RFC 2069's form has no place for.
        if algorithm.is_session() && !qop_auth {
            return None;
        }
        Some(Self {
            realm,
            nonce,
            opaque: take("opaque"),
            algorithm,
            algorithm_offered,
            qop_auth,
            stale: take("stale").is_some_and(|stale| stale.eq_ignore_ascii_case(b"true")),
        })
    }
}

/// `Some(true)` if the list names `auth`, `Some(false)` if it names nothing at all (which is no
/// more of an offer than leaving `qop` out), `None` if everything that it names is out of reach.
fn offers_auth(list: &[u8]) -> Option<bool> {
    let mut tokens = list
        .split(|&byte| byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
        .peekable();
    if tokens.peek().is_none() {
        return Some(false);
    }
    tokens
        .any(|token| token.eq_ignore_ascii_case(b"auth"))
        .then_some(true)
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("realm", &self.realm())
            .field("nonce", &String::from_utf8_lossy(&self.nonce))
            .field("opaque", &self.opaque().map(String::from_utf8_lossy))
            .field("algorithm", &self.algorithm.name())
            .field("qop_auth", &self.qop_auth)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

/// A Digest challenge whose parameters are still coming in.
#[derive(Default)]
struct Draft {
    params: BTreeMap<Vec<u8>, Vec<u8>>,
    malformed: bool,
}

impl Draft {
    fn add(&mut self, name: &[u8], value: Option<Vec<u8>>) {
        let repeated = match value {
            Some(value) => self.params.insert(name.to_ascii_lowercase(), value),
            None => return self.malformed = true,
        };
        self.malformed |= repeated.is_some();
    }

    fn finish(self) -> Option<Challenge> {
        (!self.malformed)
            .then_some(self.params)
            .and_then(Challenge::from_params)
    }
}

/// Reads all values of `WWW-Authenticate` and returns the Digest challenges that can be answered,
/// in the order of the server.
///
/// Each value may hold several challenges, of any scheme. One that cannot be answered is left out:
/// without a realm, without a nonce or with an empty one, with a parameter twice, with an unknown
/// algorithm, with a `qop` that offers something but not `auth`, or with a `-sess` algorithm and
/// no `qop`.
pub fn parse_challenges<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Vec<Challenge> {
    headers.into_iter().flat_map(parse_header).collect()
}

fn parse_header(header: &[u8]) -> Vec<Challenge> {
    let mut found = Vec::new();
    // `None` while the parameters are another scheme's or, after junk, nobody knows whose.
    let mut draft: Option<Draft> = None;
    for element in Elements::new(header) {
        match element {
            Element::Param { name, value } => {
                if let Some(draft) = &mut draft {
                    draft.add(name, value);
                }
            }
            Element::Scheme { name, token68 } => {
                found.extend(draft.take().and_then(Draft::finish));
                if name.eq_ignore_ascii_case(b"digest") {
                    draft = Some(Draft {
                        malformed: token68,
                        ..Draft::default()
                    });
                }
            }
            Element::Junk => found.extend(draft.take().and_then(Draft::finish)),
        }
    }
    found.extend(draft.and_then(Draft::finish));
    found
}

/// The strongest of the challenges that [`parse_challenges`] finds, or `None` without any.
///
/// SHA-512-256 comes before SHA-256, and that before MD5. With the same hash, one with `qop=auth`
/// comes before one without; then the server's order decides (RFC 7616, section 3.7).
///
/// ```
/// use digest_lanes::strongest;
///
/// let headers: [&[u8]; 2] = [
///     br#"Basic realm="api", Digest realm="api", nonce="a1", qop="auth", algorithm=MD5"#,
///     br#"Digest realm="api", nonce="b2", qop="auth,auth-int", algorithm=SHA-256"#,
/// ];
/// let challenge = strongest(headers).expect("two challenges that can be answered");
/// assert_eq!(challenge.algorithm().name(), "SHA-256");
/// assert_eq!(challenge.nonce(), b"b2");
/// ```
pub fn strongest<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Option<Challenge> {
    let strength = |challenge: &Challenge| (challenge.algorithm.hash(), challenge.qop_auth);
    parse_challenges(headers).into_iter().reduce(|best, next| {
        if strength(&next) > strength(&best) {
            next
        } else {
            best
        }
    })
}

#[cfg(test)]
mod tests;
