//! Bodies that any holder of a key can send: decode and validate, as one event, as an array and as
//! lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|body: &[u8]| bataudit_ingest::fuzzing::body(body));
