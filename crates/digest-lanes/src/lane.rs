//! One lane: a nonce, the key that goes with it, and how often it has been used.
//!
//! A lane is moved, never shared or cloned. Whoever holds it has the one request that may be in
//! flight on its nonce, so the count reaches the server in order and never twice.

use crate::algorithm::hex_digit;
use crate::answer::{AuthorizationValue, Bound, authorization, ha1};
use crate::challenge::Challenge;
use crate::credentials::Credentials;
use secrecy::SecretString;
use std::fmt;

pub(crate) struct Lane {
    challenge: Challenge,
    ha1: SecretString,
    uses: u32,
    /// With `-sess`, the cnonce of the first use.
    ///
    /// RFC 7616, section 3.4.2, derives the session's key from that one, while servers that keep
    /// no session use the one of the request at hand. With one cnonce throughout, both agree.
    session_cnonce: Option<String>,
}

impl Lane {
    pub(crate) fn open(challenge: Challenge, credentials: &Credentials) -> Self {
        Self {
            ha1: ha1(&challenge, credentials),
            challenge,
            uses: 0,
            session_cnonce: None,
        }
    }

    /// Answers with the next count, beginning with 1; `None` when there is no next one.
    pub(crate) fn sign(
        &mut self,
        credentials: &Credentials,
        method: &str,
        target: &str,
        cnonce: [u8; 16],
    ) -> Option<AuthorizationValue> {
        let count = self.uses.checked_add(1)?;
        let fresh = hex(cnonce);
        let cnonce = if self.challenge.algorithm().is_session() {
            self.session_cnonce.get_or_insert(fresh).clone()
        } else {
            fresh
        };
        self.uses = count;
        let bound = Bound {
            method,
            target,
            count,
            cnonce: &cnonce,
        };
        Some(authorization(
            &self.challenge,
            credentials.username(),
            &self.ha1,
            &bound,
        ))
    }

    /// Goes on with the nonce that the server named, counting from 1 again.
    pub(crate) fn renew(self, nonce: Vec<u8>) -> Self {
        Self {
            challenge: self.challenge.with_nonce(nonce),
            ha1: self.ha1,
            uses: 0,
            session_cnonce: None,
        }
    }

    /// How often the nonce has been used.
    pub(crate) fn uses(&self) -> u32 {
        self.uses
    }

    /// `nc` has eight hexadecimal digits, and this nonce has used the last of them.
    pub(crate) fn is_used_up(&self) -> bool {
        self.uses == u32::MAX
    }
}

impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane")
            .field("challenge", &self.challenge)
            .field("uses", &self.uses)
            .finish_non_exhaustive()
    }
}

fn hex(bytes: [u8; 16]) -> String {
    bytes
        .into_iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(hex_digit)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::challenge::strongest;

    fn open(header: &str) -> (Lane, Credentials) {
        let credentials = Credentials::new("u", "p");
        let challenge = strongest([header.as_bytes()]).unwrap();
        (Lane::open(challenge, &credentials), credentials)
    }

    pub(crate) fn nearly_used_up(credentials: &Credentials) -> Lane {
        let challenge = strongest([&b"Digest realm=r, nonce=old, qop=auth"[..]]).unwrap();
        let mut lane = Lane::open(challenge, credentials);
        lane.uses = u32::MAX - 1;
        lane
    }

    fn sign(lane: &mut Lane, credentials: &Credentials, byte: u8) -> Option<String> {
        let value = lane.sign(credentials, "GET", "/", [byte; 16])?;
        Some(String::from_utf8(value.expose().to_vec()).unwrap())
    }

    #[test]
    fn rule_01_counting_begins_at_one_with_a_fresh_cnonce_each_time() {
        let (mut lane, credentials) = open("Digest realm=r, nonce=n, qop=auth");
        for (byte, count, cnonce) in [(0xab, 1, "ab"), (0x01, 2, "01"), (0xff, 3, "ff")] {
            let value = sign(&mut lane, &credentials, byte).unwrap();
            assert!(value.contains(&format!("nc={count:08x}")), "{value}");
            assert!(
                value.contains(&format!("cnonce=\"{}\"", cnonce.repeat(16))),
                "{value}"
            );
        }
    }

    #[test]
    fn rule_05_a_renewed_lane_counts_from_one() {
        let (mut lane, credentials) = open("Digest realm=r, nonce=n, qop=auth");
        sign(&mut lane, &credentials, 1);
        let mut lane = lane.renew(b"next".to_vec());
        let value = sign(&mut lane, &credentials, 2).unwrap();
        assert!(value.contains("nonce=\"next\""), "{value}");
        assert!(value.contains("nc=00000001"), "{value}");
    }

    #[test]
    fn a_session_keeps_the_cnonce_that_its_key_is_made_of() {
        let (mut lane, credentials) = open("Digest realm=r, nonce=n, qop=auth, algorithm=MD5-sess");
        sign(&mut lane, &credentials, 0x11).unwrap();
        let second = sign(&mut lane, &credentials, 0x22).unwrap();
        assert!(
            second.contains(&format!("cnonce=\"{}\"", "11".repeat(16))),
            "{second}"
        );
        assert!(second.contains("nc=00000002"), "{second}");
        let mut renewed = lane.renew(b"next".to_vec());
        let third = sign(&mut renewed, &credentials, 0x33).unwrap();
        assert!(
            third.contains(&format!("cnonce=\"{}\"", "33".repeat(16))),
            "{third}"
        );
    }

    #[test]
    fn the_count_never_wraps() {
        let credentials = Credentials::new("u", "p");
        let mut lane = nearly_used_up(&credentials);
        assert!(!lane.is_used_up());
        assert!(
            sign(&mut lane, &credentials, 1)
                .unwrap()
                .contains("nc=ffffffff")
        );
        assert!(lane.is_used_up());
        assert_eq!(sign(&mut lane, &credentials, 2), None);
    }
}
