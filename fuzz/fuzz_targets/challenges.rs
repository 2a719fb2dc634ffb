//! `cargo +nightly fuzz run challenges`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = digest_lanes::parse_challenges(data.split(|byte| *byte == b'\n'));
});
