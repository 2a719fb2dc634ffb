//! `cargo +nightly fuzz run envelope`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| atlas_export::fuzzing::envelope(data));
