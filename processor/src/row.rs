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

/// The columns in the order in which [`encode`] writes them. Those that are not known before the batch
/// is cut come first, and have a fixed width: [`stamp`] fills them in.
pub const COLUMNS: &str = "k_batch, k_end, id, project_id, event_type, timestamp, received_at, original_timestamp, method, \
    path, route, status_code, response_time, identifier, user_email, user_name, user_roles, user_type, \
    tenant_id, ip, user_agent, request_id, session_id, query_params, path_params, request_body, \
    response_body, error_message, source, service_name, environment, mask_rules, repeatable, k_epoch, k_partition, k_offset, \
    k_index";

/// Bytes of the columns that [`stamp`] fills in.
const STAMP: usize = 16;
/// Where the id lies within a row.
const ID: std::ops::Range<usize> = STAMP..STAMP + 16;

/// Bytes a row takes besides its texts, at most.
pub const OVERHEAD: usize = 208;

/// What a row holds besides the event itself.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The route of the path.
    pub route: &'a str,
    /// Version of the rules that masked the event.
    pub mask_rules: u32,
    /// The life of the topic.
    pub epoch: &'a str,
    /// The Kafka partition.
    pub partition: i32,
    /// The place within it.
    pub place: RowPlace,
}

/// Appends the row of a masked event, with the batch left open.
pub fn encode(event: &Event<'_>, context: &RowContext<'_>, out: &mut Vec<u8>) {
    out.extend([0; STAMP]);
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
    out.push(u8::from(event.repeatable));
    text(out, context.epoch);
    // Partitions are numbered from 0, and a topic cannot have 65,536 of them.
    out.extend((context.partition as u16).to_le_bytes());
    out.extend(context.place.offset.to_le_bytes());
    out.extend(context.place.index.to_le_bytes());
}

/// Writes the batch into its rows, which begin at `starts`.
pub fn stamp(rows: &mut [u8], starts: &[u32], batch: &std::ops::Range<i64>) {
    let mut stamp = [0; STAMP];
    stamp[..8].copy_from_slice(&batch.start.to_le_bytes());
    stamp[8..].copy_from_slice(&batch.end.to_le_bytes());
    for start in starts {
        let start = *start as usize;
        rows[start..start + STAMP].copy_from_slice(&stamp);
    }
}

/// The exclusive or of the ids of rows that begin at `starts`, as ClickHouse computes it by
/// `groupBitXor(reinterpretAsUInt128(id))`: tells rows from others at the same places.
#[must_use]
pub fn ids(rows: &[u8], starts: &[u32]) -> u128 {
    let id = |start: &u32| {
        let mut id = [0; 16];
        id.copy_from_slice(&rows[*start as usize..][ID]);
        u128::from_le_bytes(id)
    };
    starts.iter().map(id).fold(0, |all, id| all ^ id)
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
        encode(event, &RowContext { route: "", mask_rules: 1, epoch: "1", partition: 2, place }, &mut out);
        out
    }

    #[test]
    fn an_empty_row_stays_under_its_overhead() {
        let row = encoded(&Event::default());
        assert!(row.len() + 3 * 22 <= OVERHEAD, "{}", row.len());
    }

    #[test]
    fn the_batch_is_stamped_into_every_row_and_the_ids_stay() {
        let (one, two) = (encoded(&Event { id: [1; 16], ..Event::default() }), encoded(&Event::default()));
        let starts = [0, u32::try_from(one.len()).unwrap()];
        let mut rows = [one, two].concat();
        let before = rows.clone();
        assert_eq!(ids(&rows, &starts), u128::from_le_bytes([1; 16]));
        stamp(&mut rows, &starts, &(5..9));
        for start in starts {
            let start = start as usize;
            assert_eq!(rows[start..start + 8], 5_u64.to_le_bytes());
            assert_eq!(rows[start + 8..start + 16], 9_u64.to_le_bytes());
        }
        assert_eq!(ids(&rows, &starts), ids(&before, &starts));
        assert_eq!(rows[16..starts[1] as usize], before[16..starts[1] as usize]);
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
