//! `cargo +nightly fuzz run authentication_info`
#![no_main]

use std::{sync::Arc, time::Instant};

use digest_lanes::{BodyKind, Credentials, LaneLimits, Lanes};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let lanes = Arc::new(Lanes::new(
        Credentials::new("u", "p"),
        LaneLimits::default(),
    ));
    let now = Instant::now();
    let mut exchange = lanes.begin(now, BodyKind::Empty);
    let _ = exchange.next("GET", "/", [0; 16]);
    let challenge: &[u8] = b"Digest realm=\"x\", nonce=\"n\", qop=\"auth\"";
    let _ = exchange.response(now, 401, [challenge], None);
    let _ = exchange.next("GET", "/", [1; 16]);
    let _ = exchange.response(now, 200, [], Some(data));
});
