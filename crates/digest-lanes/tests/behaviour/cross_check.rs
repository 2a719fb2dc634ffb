//! Another implementation's opinion: for the same challenge, request and cnonce, the `http-auth`
//! crate has to send the same answer.

use crate::toy_server::hex;
use digest_lanes::{BodyKind, Credentials, LaneLimits, Lanes, Step, Verdict};
use http_auth::{ChallengeParser, DigestClient, PasswordParams};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

/// The parameters of an answer, quoted strings unescaped.
///
/// `http-auth` sends `algorithm` even where the challenge had none, and in RFC 2069's form never;
/// the two are compared without it.
fn fields(answer: &str) -> BTreeMap<String, String> {
    let mut challenges = ChallengeParser::new(answer);
    let answer = challenges.next().unwrap().unwrap();
    answer
        .params
        .iter()
        .filter(|(name, _)| *name != "algorithm")
        .map(|(name, value)| ((*name).to_owned(), value.to_unescaped()))
        .collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

proptest! {
    #[test]
    fn http_auth_sends_the_same_answer(
        algorithm in prop::sample::select(vec![
            "", "MD5", "SHA-256", "SHA-512-256", "MD5-sess", "SHA-256-sess", "SHA-512-256-sess",
        ]),
        qop in prop::sample::select(vec!["auth", "auth-int,auth", "auth, future", ""]),
        (realm, nonce) in ("[ -~]{0,20}", "[ -~]{1,40}"),
        // An empty one is dropped by the other side, and echoed by this one.
        opaque in proptest::option::of("[ -~]{1,20}"),
        (username, password) in ("[a-zA-Z0-9 \\\\\"@.é]{1,20}", "\\PC{0,20}"),
        method in "[A-Z]{1,8}",
        target in "/[!-~]{0,40}",
        cnonces in proptest::collection::vec(any::<[u8; 16]>(), 1..4),
    ) {
        prop_assume!(!(qop.is_empty() && algorithm.ends_with("-sess")));
        let mut header = format!("Digest realm={}, nonce={}", quoted(&realm), quoted(&nonce));
        for (name, value) in [("algorithm", algorithm), ("qop", qop)] {
            if !value.is_empty() {
                let value = if name == "qop" { quoted(value) } else { value.to_owned() };
                write!(header, ", {name}={value}").unwrap();
            }
        }
        if let Some(opaque) = &opaque {
            write!(header, ", opaque={}", quoted(opaque)).unwrap();
        }

        let theirs = ChallengeParser::new(&header).next().unwrap().unwrap();
        let mut theirs = DigestClient::try_from(&theirs).unwrap();
        let credentials = Credentials::new(username.clone(), password.clone());
        let lanes = Arc::new(Lanes::new(credentials, LaneLimits::default()));
        let now = Instant::now();
        let mut exchange = lanes.begin(now, BodyKind::Empty);
        let _ = exchange.next(&method, &target, [0; 16]);
        let verdict = exchange.response(now, 401, [header.as_bytes()], None);
        prop_assert_eq!(verdict, Verdict::Again);

        let is_session = algorithm.ends_with("-sess");
        for cnonce in &cnonces {
            let Step::Send { authorization: Some(ours) } = exchange.next(&method, &target, *cnonce) else {
                return Err(TestCaseError::fail("not signed"));
            };
            let cnonce = if is_session { cnonces[0] } else { *cnonce };
            let cnonce = hex(&cnonce);
            let params = PasswordParams {
                username: &username,
                password: &password,
                uri: &target,
                method: &method,
                body: None,
            };
            let theirs = theirs.respond_with_testing_cnonce(&params, &cnonce).unwrap();
            let ours = str::from_utf8(ours.expose()).unwrap();
            prop_assert_eq!(fields(ours), fields(&theirs));
            prop_assert_eq!(
                ours.contains(&format!("algorithm={algorithm}, ")) || ours.ends_with(&format!("algorithm={algorithm}")),
                !algorithm.is_empty()
            );

            let verdict = exchange.response(now, 200, [], None);
            prop_assert_eq!(verdict, Verdict::Final);
            exchange = lanes.begin(now, BodyKind::Empty);
        }
    }
}
