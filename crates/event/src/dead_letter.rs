//! The headers of a record on the dead-letter topic: why an event could not be stored and where it came
//! from. The processor writes them, the command line reads them. No header holds a byte of an event.

/// Why: one of a closed set of names.
pub const REASON: &str = "bataudit-reason";
/// What exactly is wrong, for a person.
pub const DETAIL: &str = "bataudit-detail";
/// The topic of the record that could not be stored.
pub const SOURCE_TOPIC: &str = "bataudit-source-topic";
/// Its partition.
pub const SOURCE_PARTITION: &str = "bataudit-source-partition";
/// Its offset.
pub const SOURCE_OFFSET: &str = "bataudit-source-offset";
/// The event within it; absent where the letter stands for the whole record.
pub const SOURCE_INDEX: &str = "bataudit-source-index";
/// The life of the source topic it lay in: offsets begin anew with the next. Absent in letters of before this was
/// written.
pub const SOURCE_EPOCH: &str = "bataudit-source-epoch";
/// Length of a record of which nothing may be shown.
pub const LENGTH: &str = "bataudit-length";
/// SHA-256 of such a record, as hex.
pub const SHA256: &str = "bataudit-sha256";
