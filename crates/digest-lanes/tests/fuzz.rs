//! Every parser of what a server sends, with anything that a server may send.
//!
//! Each has 100,000 cases; in a debug build 2,000. The same
//! entries are targets for `cargo fuzz` in the folder `fuzz`.

use std::{sync::Arc, time::Instant};

use digest_lanes::{BodyKind, Credentials, LaneLimits, Lanes};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig::with_cases(if cfg!(debug_assertions) {
        2_000
    } else {
        100_000
    })
}

/// Bytes that are often nearly a header of digest.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("Digest ".to_owned()),
        Just("Basic ".to_owned()),
        Just("realm=\"x\"".to_owned()),
        Just("nonce=\"abc\"".to_owned()),
        Just("nextnonce=\"abc\"".to_owned()),
        Just("qop=\"auth,auth-int\"".to_owned()),
        Just("algorithm=SHA-256-sess".to_owned()),
        Just("stale=TRUE".to_owned()),
        Just(", ".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("=".to_owned()),
        "[ -~]{0,8}",
    ];
    prop_oneof![
        3 => prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..80),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn challenges(headers in prop::collection::vec(header(), 0..3)) {
        let headers: Vec<&[u8]> = headers.iter().map(Vec::as_slice).collect();
        let all = digest_lanes::parse_challenges(headers.iter().copied());
        let strongest = digest_lanes::strongest(headers.iter().copied());
        prop_assert_eq!(strongest.is_some(), !all.is_empty());
    }

    #[test]
    fn authentication_info(value in header()) {
        let lanes = Arc::new(Lanes::new(Credentials::new("u", "p"), LaneLimits::default()));
        let now = Instant::now();
        let mut exchange = lanes.begin(now, BodyKind::Empty);
        let _ = exchange.next("GET", "/", [0; 16]);
        let challenge: &[u8] = b"Digest realm=\"x\", nonce=\"n\", qop=\"auth\"";
        let _ = exchange.response(now, 401, [challenge], None);
        let _ = exchange.next("GET", "/", [1; 16]);
        let _ = exchange.response(now, 200, [], Some(&value));
        // Whatever it said, there is a lane to go on with.
        prop_assert_eq!(lanes.idle(), 1);
    }
}
