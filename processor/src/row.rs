//! What a row holds besides its event.

/// Where a row came from in Kafka, apart from its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowPlace {
    /// Offset of the record.
    pub offset: i64,
    /// Index of the event within the record.
    pub index: u16,
}

/// What a row holds besides the event itself, and the batch it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The route of the path.
    pub route: &'a str,
    /// Version of the rules that masked the event.
    pub mask_rules: u32,
    /// In how many fields of the event something was masked.
    pub masked_fields: u8,
    /// Where the event lies.
    pub place: RowPlace,
}
