//! Challenges as servers write them, and as they should not.

use super::*;
use proptest::prelude::*;

fn nonces(headers: &[&str]) -> Vec<String> {
    parse_challenges(headers.iter().map(|header| header.as_bytes()))
        .into_iter()
        .map(|challenge| String::from_utf8(challenge.nonce).unwrap())
        .collect()
}

fn one(header: &str) -> Option<Challenge> {
    let found = parse_challenges([header.as_bytes()]);
    assert!(found.len() <= 1, "{header:?}");
    found.into_iter().next()
}

fn strongest_name(headers: &[&str]) -> Option<&'static str> {
    strongest(headers.iter().map(|header| header.as_bytes()))
        .map(|challenge| challenge.algorithm().name())
}

#[test]
fn a_whole_challenge_is_read() {
    let challenge = one(concat!(
        r#"Digest realm="the \"API\"", domain="", nonce="n1", opaque="o\\p", "#,
        r#"algorithm=sha-256, qop="auth-int, auth", stale=TRUE, charset=UTF-8, userhash=true"#
    ))
    .unwrap();
    assert_eq!(challenge.realm(), "the \"API\"");
    assert_eq!(challenge.nonce(), b"n1");
    assert_eq!(challenge.opaque(), Some(&b"o\\p"[..]));
    assert_eq!(challenge.algorithm().name(), "SHA-256");
    assert_eq!(challenge.algorithm_offered(), Some("sha-256"));
    assert!(challenge.offers_qop_auth());
    assert!(challenge.is_stale());
}

#[test]
fn rule_13_challenges_come_in_one_header_or_in_many() {
    let (a, b) = (r#"Digest realm="r", nonce="a""#, "DIGEST NONCE=b,REALM=r");
    assert_eq!(nonces(&[a, b]), ["a", "b"]);
    assert_eq!(nonces(&[&format!("{a}, {b}")]), ["a", "b"]);
    assert_eq!(
        nonces(&[&format!(r#"Basic realm="x", {a}, Negotiate YII=,, ,{b},"#)]),
        ["a", "b"]
    );
}

#[test]
fn rule_13_a_malformed_challenge_does_not_spoil_its_neighbour() {
    let good = r#"Digest realm="r", nonce="good", qop="auth""#;
    let bad = [
        "Digest",
        "Digest YIIK==",
        r#"Digest realm="r""#,
        r#"Digest nonce="n""#,
        r#"Digest realm="r", nonce="""#,
        r#"Digest realm="r", nonce="#,
        r#"Digest realm="r", nonce="n", nonce="n""#,
        r#"Digest realm="r", nonce="n", Foo=1, foo=2"#,
        r#"Digest realm="r", nonce="n" junk"#,
        r#"Digest realm="r" nonce="n""#,
        "Digest realm=\"r\", nonce=\"a\u{1}b\"",
        r#"Digest realm="r", nonce="n", algorithm=SHA-1"#,
        r#"Digest realm="r", nonce="n", qop="auth-int""#,
        r#"Digest realm="r", nonce="n", qop="auth-conf, auth-int""#,
        r#"Digest realm="r", nonce="n", algorithm=MD5-sess"#,
        r#"@Digest realm="r", nonce="n""#,
        r#""Digest realm=r, nonce=n""#,
        "Basic realm=",
    ];
    for bad in bad {
        assert_eq!(nonces(&[bad]), [""; 0], "{bad}");
        assert_eq!(nonces(&[bad, good, bad]), ["good"], "{bad}");
        assert_eq!(nonces(&[&format!("{bad}, {good}")]), ["good"], "{bad}");
        assert_eq!(nonces(&[&format!("{good}, {bad}")]), ["good"], "{bad}");
    }
    let no_end = r#"Basic realm="no end, "#;
    assert_eq!(
        nonces(&[&format!("{no_end}Digest realm=r, nonce=good")]),
        ["good"]
    );
}

#[test]
fn rule_13_a_challenge_inside_a_string_is_not_one() {
    assert_eq!(
        one(r#"Basic realm="x, Digest realm=\"r\", nonce=\"n\"""#),
        None
    );
    assert_eq!(
        one(r#"@junk "x, Digest realm=r, nonce=n, " , Foo a=b"#),
        None
    );
}

#[test]
fn rule_13_the_strongest_challenge_wins() {
    let challenge = |algorithm: &str| {
        format!(r#"Digest realm="r", nonce="n", qop="auth", algorithm={algorithm}"#)
    };
    let (md5, sha, sha512) = (
        challenge("MD5"),
        challenge("SHA-256"),
        challenge("SHA-512-256-sess"),
    );
    assert_eq!(strongest_name(&[&md5]), Some("MD5"));
    assert_eq!(strongest_name(&[&md5, &sha]), Some("SHA-256"));
    assert_eq!(strongest_name(&[&sha, &md5]), Some("SHA-256"));
    assert_eq!(
        strongest_name(&[&format!("{sha512}, {sha}, {md5}")]),
        Some("SHA-512-256-sess")
    );
    assert_eq!(
        strongest_name(&[&md5, "Digest algorithm=SHA-256"]),
        Some("MD5")
    );
    assert_eq!(
        strongest_name(&[&challenge("MD5-sess"), &md5]),
        Some("MD5-sess"),
        "the server's order decides between equals"
    );
    assert_eq!(strongest_name(&[]), None);
}

#[test]
fn with_the_same_hash_qop_is_the_stronger_form() {
    let headers: [&[u8]; 2] = [
        b"Digest realm=r, nonce=a",
        b"Digest realm=r, nonce=b, qop=auth",
    ];
    assert_eq!(strongest(headers).unwrap().nonce(), b"b");
}

#[test]
fn rule_13_no_qop_means_rfc_2069() {
    let table = [
        ("", Some(false)),
        (", qop=\"\"", Some(false)),
        (", qop=auth", Some(true)),
        (", qop=\"AUTH\"", Some(true)),
        (", qop=\"auth-int , auth\"", Some(true)),
        (", qop=\"future,,auth\"", Some(true)),
        (", qop=\"auth-int\"", None),
    ];
    for (qop, expected) in table {
        let found = one(&format!("Digest realm=r, nonce=n{qop}"));
        let found = found.map(|challenge| challenge.offers_qop_auth());
        assert_eq!(found, expected, "{qop}");
    }
}

#[test]
fn rule_10_domain_neither_widens_nor_spoils() {
    let plain = one("Digest realm=r, nonce=n");
    assert!(plain.is_some());
    for domain in ["", "/v2 /v1", "https://elsewhere.example/"] {
        assert_eq!(
            one(&format!(r#"Digest realm=r, domain="{domain}", nonce=n"#)),
            plain
        );
    }
}

#[test]
fn rule_11_other_schemes_are_never_returned() {
    for other in [
        "Basic realm=\"r\", nonce=\"n\"",
        "Bearer",
        "Digest2 realm=r, nonce=n",
    ] {
        assert_eq!(one(other), None, "{other}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_kept() {
    let found = strongest([&b"Digest realm=\"caf\xe9\", nonce=\"n\""[..]]).unwrap();
    assert_eq!(found.realm_bytes(), b"caf\xe9");
    assert_eq!(found.realm(), "caf\u{fffd}");
}

fn garbage() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z@=,;/ \t]{0,40}",
        r#"(Basic|Digest|@)( [a-z]{1,5}(=("[^"\\\x00-\x1f\x7f]{0,9}"|[a-z]{0,5})?)?,?){0,4}"#,
    ]
}

proptest! {
    #[test]
    fn the_parser_never_panics(headers in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..120), 0..4)) {
        parse_challenges(headers.iter().map(Vec::as_slice));
    }

    #[test]
    fn what_is_nearly_a_challenge_never_panics(header in r#"(Digest|Basic|realm|nonce|qop|=|"|\\|,| |auth|[a-z])*"#) {
        parse_challenges([header.as_bytes()]);
    }

    #[test]
    fn rule_13_a_good_challenge_survives_among_garbage(
        before in garbage(),
        after in garbage(),
        realm in "[ -~]{0,20}",
        nonce in "[!-~]{1,20}",
    ) {
        let mut good = b"Digest realm=".to_vec();
        crate::syntax::push_quoted(&mut good, realm.as_bytes());
        good.extend_from_slice(b", nonce=");
        crate::syntax::push_quoted(&mut good, nonce.as_bytes());
        // A parameter after the challenge would be a part of it; a scheme ends it.
        let header = [before.as_bytes(), b" , ", good.as_slice(), b" ,Other, ", after.as_bytes()].concat();
        let found = parse_challenges([before.as_bytes(), header.as_slice(), after.as_bytes()]);
        let survived = found.iter().any(|challenge| {
            challenge.realm_bytes() == realm.as_bytes() && challenge.nonce() == nonce.as_bytes()
        });
        prop_assert!(survived);
    }
}
