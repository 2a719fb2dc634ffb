//! The hashes of RFC 7616, section 3.2, by name and by strength.
//!
//! Every digest leaves here as a secret, in lower-case hex: half of them are as good as the
//! password, and none is worth printing.

use md5::Md5;
use secrecy::SecretString;
use sha2::{Digest, Sha256, Sha512_256};
use std::fmt;
use zeroize::Zeroize;

/// A hash function that Digest is defined for, ordered from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HashFunction {
    /// MD5, all that RFC 2069 and RFC 2617 knew.
    Md5,
    /// SHA-256.
    Sha256,
    /// SHA-512/256: SHA-512 with its own initial value, cut to 256 bits.
    Sha512Trunc256,
}

impl HashFunction {
    /// Hashes the parts with a colon between each two, as every formula of Digest wants it.
    pub(crate) fn hex(self, parts: &[&[u8]]) -> SecretString {
        match self {
            Self::Md5 => hex::<Md5>(parts),
            Self::Sha256 => hex::<Sha256>(parts),
            Self::Sha512Trunc256 => hex::<Sha512_256>(parts),
        }
    }
}

fn hex<D: Digest>(parts: &[&[u8]]) -> SecretString {
    let mut hasher = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            hasher.update(b":");
        }
        hasher.update(part);
    }
    let mut digest = hasher.finalize();
    // The exact capacity, so that boxing the string moves no copy of the secret about.
    let mut hex = String::with_capacity(digest.len().saturating_mul(2));
    for &byte in &digest {
        hex.extend([byte >> 4, byte & 0xf].map(hex_digit));
    }
    digest.as_mut_slice().zeroize();
    hex.into()
}

/// The lower-case hex digit of a value below 16.
pub(crate) fn hex_digit(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).unwrap_or('0')
}

/// A value of the `algorithm` parameter: a hash function, with or without `-sess`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Algorithm {
    hash: HashFunction,
    session: bool,
}

impl Algorithm {
    /// What a challenge without `algorithm` means (RFC 7616, section 3.3).
    pub const DEFAULT: Self = Self {
        hash: HashFunction::Md5,
        session: false,
    };

    /// The names registered for `algorithm`, each beside what it stands for.
    const NAMES: [(&'static str, HashFunction, bool); 6] = [
        ("MD5", HashFunction::Md5, false),
        ("MD5-sess", HashFunction::Md5, true),
        ("SHA-256", HashFunction::Sha256, false),
        ("SHA-256-sess", HashFunction::Sha256, true),
        ("SHA-512-256", HashFunction::Sha512Trunc256, false),
        ("SHA-512-256-sess", HashFunction::Sha512Trunc256, true),
    ];

    /// Finds an algorithm by its name, in upper or lower case; `None` for one that is not known.
    ///
    /// ```
    /// use digest_lanes::{Algorithm, HashFunction};
    ///
    /// let algorithm = Algorithm::from_name("sha-256-SESS").expect("a registered name");
    /// assert_eq!(algorithm.hash(), HashFunction::Sha256);
    /// assert!(algorithm.is_session());
    /// assert_eq!(algorithm.name(), "SHA-256-sess");
    /// assert_eq!(Algorithm::from_name("SHA-1"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES
            .into_iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(name))
            .map(|(_, hash, session)| Self { hash, session })
    }

    /// The registered name, such as `SHA-512-256-sess`.
    pub fn name(self) -> &'static str {
        match (self.hash, self.session) {
            (HashFunction::Md5, false) => "MD5",
            (HashFunction::Md5, true) => "MD5-sess",
            (HashFunction::Sha256, false) => "SHA-256",
            (HashFunction::Sha256, true) => "SHA-256-sess",
            (HashFunction::Sha512Trunc256, false) => "SHA-512-256",
            (HashFunction::Sha512Trunc256, true) => "SHA-512-256-sess",
        }
    }

    /// The hash function, which alone decides how strong the algorithm is.
    pub fn hash(self) -> HashFunction {
        self.hash
    }

    /// Whether the key is bound to one authentication session (`-sess`).
    pub fn is_session(self) -> bool {
        self.session
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn names_are_read_and_written_alike() {
        for (name, ..) in Algorithm::NAMES {
            assert_eq!(Algorithm::from_name(name).unwrap().name(), name);
        }
    }

    #[test]
    fn rule_13_names_are_case_insensitive() {
        let upper = Algorithm::from_name("SHA-512-256-SESS");
        assert_eq!(upper, Algorithm::from_name("sha-512-256-sess"));
        assert!(upper.is_some());
    }

    #[test]
    fn strength_follows_the_hash() {
        assert!(HashFunction::Sha512Trunc256 > HashFunction::Sha256);
        assert!(HashFunction::Sha256 > HashFunction::Md5);
    }

    /// The digests of "abc": RFC 1321, appendix A.5, and the examples of FIPS 180-4.
    #[test]
    fn the_hashes_are_the_published_ones() {
        let table = [
            (HashFunction::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (
                HashFunction::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                HashFunction::Sha512Trunc256,
                "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
            ),
        ];
        for (hash, expected) in table {
            assert_eq!(hash.hex(&[b"abc"]).expose_secret(), expected);
        }
    }
}
