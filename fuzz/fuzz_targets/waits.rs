//! `cargo +nightly fuzz run waits`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let value = parts.next().unwrap_or_default();
    atlas_export::fuzzing::waits(value, parts.next().unwrap_or_default());
});
