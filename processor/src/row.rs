//! A masked event becomes a row, as the bytes ClickHouse reads (format RowBinary). Pure.
//!
//! The bytes of a batch are made once and sent as they are, however often the insert is repeated.

use bataudit_event::Event;

/// Where a row came from in Kafka, apart from its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowPlace {
    /// Offset of the record.
    pub offset: i64,
    /// Index of the event within the record.
    pub index: u16,
}

/// The columns in the order in which [`encode`] writes them.
pub const COLUMNS: &str = "id, project_id, event_type, timestamp, received_at, original_timestamp, method, \
    path, route, status_code, response_time, identifier, user_email, user_name, user_roles, user_type, \
    tenant_id, ip, user_agent, request_id, session_id, query_params, path_params, request_body, \
    response_body, error_message, source, service_name, environment, mask_rules, k_partition, k_offset, k_index";

/// Bytes a row takes besides its texts, at most.
pub const OVERHEAD: usize = 192;

/// What a row holds besides the event itself.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The route of the path.
    pub route: &'a str,
    /// Version of the rules that masked the event.
    pub mask_rules: u32,
    /// The Kafka partition.
    pub partition: i32,
    /// The place within it.
    pub place: RowPlace,
}

/// Appends the row of a masked event.
pub fn encode(event: &Event<'_>, context: &RowContext<'_>, out: &mut Vec<u8>) {
    uuid(out, event.id);
    project(out, event.project_id);
    text(out, event.event_type);
    out.extend(event.timestamp.to_le_bytes());
    out.extend(event.received_at.to_le_bytes());
    for part in [event.original_timestamp, event.method, event.path, context.route] {
        text(out, part);
    }
    out.extend(event.status_code.to_le_bytes());
    out.extend(event.response_time.to_le_bytes());
    for part in [
        event.identifier,
        event.user_email,
        event.user_name,
        event.user_roles,
        event.user_type,
        event.tenant_id,
        event.ip,
        event.user_agent,
        event.request_id,
        event.session_id,
        event.query_params,
        event.path_params,
        event.request_body,
        event.response_body,
        event.error_message,
        event.source,
        event.service_name,
        event.environment,
    ] {
        text(out, part);
    }
    out.extend(context.mask_rules.to_le_bytes());
    // Partitions are numbered from 0, and a topic cannot have 65,536 of them.
    out.extend((context.partition as u16).to_le_bytes());
    out.extend(context.place.offset.to_le_bytes());
    out.extend(context.place.index.to_le_bytes());
}

/// A UUID is two 64-bit numbers, the first half first, each little-endian.
fn uuid(out: &mut Vec<u8>, id: [u8; 16]) {
    let id = u128::from_be_bytes(id);
    out.extend(((id >> 64) as u64).to_le_bytes());
    out.extend((id as u64).to_le_bytes());
}

/// The project's id as text, which is how every query and every rollup names it.
fn project(out: &mut Vec<u8>, id: [u8; 16]) {
    let mut buffer = uuid::Uuid::encode_buffer();
    text(out, uuid::Uuid::from_bytes(id).hyphenated().encode_lower(&mut buffer));
}

/// A text is its length as LEB128, then its bytes.
fn text(out: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(event: &Event<'_>) -> Vec<u8> {
        let place = RowPlace { offset: 7, index: 1 };
        let mut out = Vec::new();
        encode(event, &RowContext { route: "", mask_rules: 1, partition: 2, place }, &mut out);
        out
    }

    #[test]
    fn an_empty_row_stays_under_its_overhead() {
        let row = encoded(&Event::default());
        assert!(row.len() + 3 * 22 <= OVERHEAD, "{}", row.len());
    }

    #[test]
    fn long_texts_carry_their_length() {
        let body = "x".repeat(300);
        let event = Event { request_body: &body, ..Event::default() };
        let grown = encoded(&event).len() - encoded(&Event::default()).len();
        assert_eq!(grown, 300 + 1);
        let mut out = Vec::new();
        text(&mut out, &body);
        assert_eq!(out[..2], [0xac, 0x02]);
    }
}
