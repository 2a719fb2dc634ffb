//! `cargo +nightly fuzz run pages`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| atlas_export::fuzzing::pages(data));
