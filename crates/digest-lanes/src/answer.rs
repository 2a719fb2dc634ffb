//! Answers: the value of `Authorization` (RFC 7616, section 3.4).
//!
//! Nothing here counts or remembers; a [`Lane`](crate::lane::Lane) decides which nonce, count and
//! cnonce an answer is made of. The user name is sent as it is, also to servers that would take
//! its hash (`userhash`): under TLS the hash hides nothing, and some servers cannot look it up.

use crate::algorithm::hex_digit;
use crate::challenge::Challenge;
use crate::credentials::Credentials;
use crate::syntax::push_quoted;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use zeroize::Zeroizing;

/// A finished `Authorization` value, to be put on the wire once and nowhere else.
///
/// Kept from `Debug` and wiped on drop: whoever holds it can try passwords against it offline.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationValue(Zeroizing<Vec<u8>>);

impl AuthorizationValue {
    /// The bytes of the header value, beginning with `Digest `.
    ///
    /// Bytes and not a string because realm, nonce and opaque value are echoed as they came. There
    /// are no control characters in it as long as the method and the target had none.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for AuthorizationValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizationValue(redacted)")
    }
}

/// What an answer is bound to, beside the challenge and the key.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) method: &'a str,
    /// The request target exactly as on the wire, path and query as encoded.
    pub(crate) target: &'a str,
    /// How often the nonce has been used, this time included.
    pub(crate) count: u32,
    pub(crate) cnonce: &'a str,
}

/// `H(username:realm:password)`: as good as the password wherever the realm is the same.
pub(crate) fn ha1(challenge: &Challenge, credentials: &Credentials) -> SecretString {
    challenge.algorithm().hash().hex(&[
        credentials.username().as_bytes(),
        challenge.realm_bytes(),
        credentials.password(),
    ])
}

pub(crate) fn authorization(
    challenge: &Challenge,
    username: &str,
    ha1: &SecretString,
    bound: &Bound<'_>,
) -> AuthorizationValue {
    let count = format!("{:08x}", bound.count);
    let response = response(challenge, ha1, bound, &count);
    let mut fields = Fields::default();
    if is_quotable(username) {
        fields.quoted("username", username.as_bytes());
    } else {
        fields.plain("username*", &extended(username));
    }
    fields.quoted("realm", challenge.realm_bytes());
    fields.quoted("nonce", challenge.nonce());
    fields.quoted("uri", bound.target.as_bytes());
    fields.quoted("response", response.expose_secret().as_bytes());
    if let Some(algorithm) = challenge.algorithm_offered() {
        fields.plain("algorithm", algorithm);
    }
    if challenge.offers_qop_auth() {
        fields.quoted("cnonce", bound.cnonce.as_bytes());
        fields.plain("qop", "auth");
        fields.plain("nc", &count);
    }
    if let Some(opaque) = challenge.opaque() {
        fields.quoted("opaque", opaque);
    }
    AuthorizationValue(fields.0)
}

fn response(
    challenge: &Challenge,
    ha1: &SecretString,
    bound: &Bound<'_>,
    count: &str,
) -> SecretString {
    let hash = challenge.algorithm().hash();
    let cnonce = bound.cnonce.as_bytes();
    let session;
    let key = if challenge.algorithm().is_session() {
        session = hash.hex(&[ha1.expose_secret().as_bytes(), challenge.nonce(), cnonce]);
        session.expose_secret().as_bytes()
    } else {
        ha1.expose_secret().as_bytes()
    };
    let ha2 = hash.hex(&[bound.method.as_bytes(), bound.target.as_bytes()]);
    let ha2 = ha2.expose_secret().as_bytes();
    if challenge.offers_qop_auth() {
        let count = count.as_bytes();
        hash.hex(&[key, challenge.nonce(), count, cnonce, b"auth", ha2])
    } else {
        hash.hex(&[key, challenge.nonce(), ha2])
    }
}

const SCHEME: &[u8] = b"Digest ";

/// The scheme and its comma-separated parameters.
struct Fields(Zeroizing<Vec<u8>>);

impl Default for Fields {
    fn default() -> Self {
        // Room for most answers: growing would leave a copy of the half-written one behind.
        let mut value = Zeroizing::new(Vec::with_capacity(1024));
        value.extend_from_slice(SCHEME);
        Self(value)
    }
}

impl Fields {
    fn name(&mut self, name: &str) {
        if self.0.len() > SCHEME.len() {
            self.0.extend_from_slice(b", ");
        }
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(b'=');
    }

    fn quoted(&mut self, name: &str, value: &[u8]) {
        self.name(name);
        push_quoted(&mut self.0, value);
    }

    fn plain(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.extend_from_slice(value.as_bytes());
    }
}

/// Whether a quoted string says it unmistakably: with a byte beyond ASCII the server would have
/// to guess the encoding, and control characters may not appear at all.
fn is_quotable(username: &str) -> bool {
    username.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// The `username*` form for names that do not fit a quoted string (RFC 8187, section 3.2).
fn extended(username: &str) -> String {
    let mut value = String::from("UTF-8''");
    for byte in username.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push('%');
            value.extend(
                [byte >> 4, byte & 0xf].map(|nibble| hex_digit(nibble).to_ascii_uppercase()),
            );
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenge::parse_challenges;

    const MUFASA: (&str, &str) = ("Mufasa", "Circle of Life");

    fn answer(challenge: &str, who: (&str, &str), bound: &Bound<'_>) -> String {
        let challenge = &parse_challenges([challenge.as_bytes()])[0];
        let credentials = Credentials::new(who.0, who.1);
        let ha1 = ha1(challenge, &credentials);
        let value = authorization(challenge, credentials.username(), &ha1, bound);
        String::from_utf8(value.expose().to_vec()).unwrap()
    }

    fn get<'a>(target: &'a str, cnonce: &'a str) -> Bound<'a> {
        Bound {
            method: "GET",
            target,
            count: 1,
            cnonce,
        }
    }

    #[test]
    fn rfc_2617_section_3_5() {
        let challenge = concat!(
            r#"Digest realm="testrealm@host.com", qop="auth,auth-int", "#,
            r#"nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", "#,
            r#"opaque="5ccc069c403ebaf9f0171e9517f40e41""#
        );
        assert_eq!(
            answer(
                challenge,
                ("Mufasa", "Circle Of Life"),
                &get("/dir/index.html", "0a4f113b")
            ),
            concat!(
                r#"Digest username="Mufasa", realm="testrealm@host.com", "#,
                r#"nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", "#,
                r#"response="6629fae49393a05397450978507c4ef1", cnonce="0a4f113b", qop=auth, "#,
                r#"nc=00000001, opaque="5ccc069c403ebaf9f0171e9517f40e41""#
            )
        );
    }

    /// The response printed in the RFC is wrong; this is the one of its erratum 749.
    #[test]
    fn rfc_2069_section_2_4() {
        let challenge = concat!(
            r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", "#,
            r#"opaque="5ccc069c403ebaf9f0171e9517f40e41""#
        );
        assert_eq!(
            answer(
                challenge,
                ("Mufasa", "CircleOfLife"),
                &get("/dir/index.html", "0a4f113b")
            ),
            concat!(
                r#"Digest username="Mufasa", realm="testrealm@host.com", "#,
                r#"nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", "#,
                r#"response="1949323746fe6a43ef61f9606e7febea", "#,
                r#"opaque="5ccc069c403ebaf9f0171e9517f40e41""#
            )
        );
    }

    fn section_3_9_1(algorithm: &str) -> String {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
             algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        answer(
            &challenge,
            MUFASA,
            &get(
                "/dir/index.html",
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            ),
        )
    }

    #[test]
    fn rfc_7616_section_3_9_1() {
        let md5 = section_3_9_1("MD5");
        assert!(
            md5.contains(r#"response="8ca523f5e9506fed4657c9700eebdbec", algorithm=MD5, "#),
            "{md5}"
        );
        let sha256 = section_3_9_1("SHA-256");
        assert!(
            sha256.contains("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
            "{sha256}"
        );
    }

    /// RFC 7616, section 3.9.2, with the values of erratum 4897. The user name goes as
    /// `username*` here, yet the response is the same as with the hash of the name.
    #[test]
    fn rfc_7616_section_3_9_2_as_corrected() {
        let challenge = concat!(
            r#"Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, "#,
            r#"nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", "#,
            r#"opaque="HRPCssKJSGjCrkzDg8OhwpzCiGChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true"#
        );
        let cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
        let value = answer(
            challenge,
            ("J\u{e4}s\u{f8}n Doe", "Secret, or not?"),
            &get("/doe.json", cnonce),
        );
        assert!(
            value.contains("3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"),
            "{value}"
        );
        assert!(
            value.contains("username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, "),
            "{value}"
        );
    }

    /// No RFC prints a vector for `-sess`; this one was computed apart, with Python's hashlib.
    #[test]
    fn the_session_key_covers_nonce_and_cnonce() {
        for (algorithm, response) in [
            ("MD5-sess", "e783283f46242139c486a698fec7211d"),
            (
                "SHA-256-sess",
                "2fd51b3a77ad75bad6afad6003e818d767133c46d9e2749e7f5232ae1ea3efd7",
            ),
            (
                "SHA-512-256-sess",
                "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e",
            ),
        ] {
            let value = section_3_9_1(algorithm);
            let expected = format!("response=\"{response}\", algorithm={algorithm}, ");
            assert!(value.contains(&expected), "{value}");
        }
    }

    #[test]
    fn rule_12_the_value_is_spelled_as_servers_expect() {
        let challenge =
            r#"Digest realm="a \"b\" \\c", nonce="n", opaque="", algorithm=sha-256, qop="auth""#;
        let bound = Bound {
            count: 0x1af,
            ..get("/a%2Fb?q=\"%20", "c")
        };
        let value = answer(challenge, (r"CORP\me", "p"), &bound);
        let (before, rest) = value.split_once("response=\"").unwrap();
        let (response, after) = rest.split_once('"').unwrap();
        assert_eq!(
            before,
            concat!(
                r#"Digest username="CORP\\me", realm="a \"b\" \\c", nonce="n", "#,
                r#"uri="/a%2Fb?q=\"%20", "#
            )
        );
        assert_eq!(response.len(), 64);
        assert!(
            response
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        );
        assert_eq!(
            after,
            r#", algorithm=sha-256, cnonce="c", qop=auth, nc=000001af, opaque="""#
        );
    }

    #[test]
    fn rule_12_algorithm_is_sent_only_if_it_was_offered() {
        let bound = get("/", "c");
        let silent = answer("Digest realm=r, nonce=n, qop=auth", MUFASA, &bound);
        assert!(!silent.contains("algorithm"), "{silent}");
    }

    #[test]
    fn a_realm_that_is_not_utf_8_is_echoed_byte_by_byte() {
        let challenge = &parse_challenges([&b"Digest realm=\"caf\xe9\", nonce=n"[..]])[0];
        let credentials = Credentials::new("u", "p");
        let ha1 = ha1(challenge, &credentials);
        let value = authorization(challenge, "u", &ha1, &get("/", "c"));
        let echoed = b"realm=\"caf\xe9\"";
        assert!(
            value
                .expose()
                .windows(echoed.len())
                .any(|part| part == echoed)
        );
    }

    #[test]
    fn a_user_name_cannot_break_out_of_the_header() {
        let value = answer(
            "Digest realm=r, nonce=n",
            ("a\r\nX: y", "p"),
            &get("/", "c"),
        );
        assert!(
            value.contains("username*=UTF-8''a%0D%0AX%3A%20y, "),
            "{value}"
        );
    }
}
