//! Records that anybody who may write to the topic can write: what decodes must survive being encoded
//! again.
#![no_main]

use bataudit_event::record;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(events) = record::decode(bytes) else { return };
    let mut encoded = Vec::new();
    record::encode(events.iter(), &mut encoded);
    assert_eq!(record::decode(&encoded).as_ref(), Ok(&events));
});
