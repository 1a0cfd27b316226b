//! Any text or JSON that an event may carry: the masker must find what the slow one finds, and nothing else.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bataudit_mask::reference::check(bytes));
