//! Blocks of columns on a real ClickHouse (`make services-up`): what it reads is what it reads from the
//! plainest format there is, row after row.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use bataudit_event::Event;
use bataudit_processor::batch;
use bataudit_processor::columns::{Columns, Stamp};
use bataudit_processor::row::{RowContext, RowPlace};
use bataudit_processor::write::{Block, ClickHouseWriter, RowWriter};
use bataudit_store::scratch::Scratch;
use proptest::prelude::*;

const TIMEOUT: Duration = Duration::from_secs(60);
const CASES: u32 = 24;
/// Events of a record.
const RECORD: i64 = 50_000;

/// The columns in the order in which [`row_binary`] writes them.
const ORDER: &str = "k_batch, k_end, id, project_id, event_type, timestamp, received_at, original_timestamp, method, path, \
    route, status_code, response_time, identifier, user_email, user_name, user_roles, user_type, tenant_id, ip, \
    user_agent, request_id, session_id, query_params, path_params, request_body, response_body, error_message, source, \
    service_name, environment, mask_rules, masked_fields, repeatable, key_hash, k_epoch, k_partition, k_offset, k_index";

/// A row in the format RowBinary.
fn row_binary(event: &Event<'_>, context: &RowContext<'_>, stamp: &Stamp<'_>, out: &mut Vec<u8>) {
    out.extend(stamp.batch.start.to_le_bytes());
    out.extend(stamp.batch.end.to_le_bytes());
    let (first, second) = event.id.split_at(8);
    out.extend(first.iter().rev().chain(second.iter().rev()));
    text(out, &uuid::Uuid::from_bytes(event.project_id).to_string());
    text(out, event.event_type);
    out.extend(event.timestamp.to_le_bytes());
    out.extend(event.received_at.to_le_bytes());
    for part in [event.original_timestamp, event.method, event.path, context.route] {
        text(out, part);
    }
    out.extend(event.status_code.to_le_bytes());
    out.extend(event.response_time.to_le_bytes());
    let people = [event.identifier, event.user_email, event.user_name, event.user_roles, event.user_type];
    let request = [event.tenant_id, event.ip, event.user_agent, event.request_id, event.session_id];
    let bodies = [event.query_params, event.path_params, event.request_body, event.response_body];
    let rest = [event.error_message, event.source, event.service_name, event.environment];
    for part in people.iter().chain(&request).chain(&bodies).chain(&rest) {
        text(out, part);
    }
    out.extend(context.mask_rules.to_le_bytes());
    out.push(context.masked_fields);
    out.push(u8::from(event.repeatable));
    out.extend(event.key_hash.to_le_bytes());
    text(out, stamp.epoch);
    out.extend(u16::try_from(stamp.partition).unwrap().to_le_bytes());
    out.extend(context.place.offset.to_le_bytes());
    out.extend(context.place.index.to_le_bytes());
}

fn text(out: &mut Vec<u8>, text: &str) {
    let mut length = text.len();
    while length >= 128 {
        out.push((length % 128) as u8 + 128);
        length /= 128;
    }
    out.push(length as u8);
    out.extend(text.as_bytes());
}

/// The texts and numbers of an event.
#[derive(Debug, Clone)]
struct Made {
    id: [u8; 16],
    project: u8,
    age: i64,
    numbers: (u16, u64, u32, bool, u64),
    texts: Vec<String>,
}

impl Made {
    fn event(&self, now: i64) -> Event<'_> {
        let text = |at: usize| self.texts[at].as_str();
        Event {
            id: self.id,
            project_id: [self.project; 16],
            event_type: text(0),
            timestamp: now - self.age,
            received_at: now,
            original_timestamp: text(1),
            method: text(2),
            path: text(3),
            status_code: self.numbers.0,
            response_time: self.numbers.1,
            identifier: text(4),
            user_email: text(5),
            user_name: text(6),
            user_roles: text(7),
            user_type: text(8),
            tenant_id: text(9),
            ip: text(10),
            user_agent: text(11),
            request_id: text(12),
            session_id: text(13),
            query_params: text(14),
            path_params: text(15),
            request_body: text(16),
            response_body: text(17),
            error_message: text(18),
            source: text(19),
            service_name: text(20),
            environment: text(21),
            repeatable: self.numbers.3,
            replayed: false,
            key_hash: self.numbers.4,
        }
    }
}

fn made() -> impl Strategy<Value = Made> {
    let text = prop_oneof![4 => "[a-c]{0,2}", 2 => "\\PC{0,40}", 1 => ".{100,400}", 1 => "[xy]{16300,16500}"];
    // A month: what the gateway lets in and the table keeps.
    let age = 0_i64..30 * 24 * 60 * 60 * 1000;
    (any::<[u8; 16]>(), 0_u8..3, age, any::<(u16, u64, u32, bool, u64)>(), prop::collection::vec(text, 22))
        .prop_map(|(id, project, age, numbers, texts)| Made { id, project, age, numbers, texts })
}

/// Inserts events as the batch that begins at `start`; returns what they are in RowBinary.
async fn insert(scratch: &Scratch, start: i64, events: &[Event<'_>]) -> Vec<u8> {
    let stamp = Stamp { epoch: "1", partition: 65_000, batch: start..start + 2 };
    let (mut columns, mut rows) = (Columns::default(), Vec::new());
    for (event, number) in events.iter().zip(0_i64..) {
        let place = RowPlace { offset: start + number / RECORD, index: (number % RECORD) as u16 };
        let context = RowContext {
            route: event.method,
            mask_rules: event.status_code.into(),
            masked_fields: event.status_code as u8,
            place,
        };
        columns.push(event, &context);
        row_binary(event, &context, &stamp, &mut rows);
    }
    let block = Block::new(format!("t:{start}"), columns, &stamp);
    ClickHouseWriter::new(&scratch.connection, TIMEOUT).write(&block).await.unwrap();
    rows
}

async fn stored(scratch: &Scratch, start: i64) -> Vec<u8> {
    let statement = format!("SELECT {ORDER} FROM events WHERE k_batch = {start} ORDER BY k_offset, k_index");
    let query = scratch.connection.client().query(&statement);
    query.fetch_bytes("RowBinary").unwrap().collect().await.unwrap().into()
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}

#[test]
fn the_server_reads_what_was_written() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let scratch = runtime.block_on(Scratch::migrated()).unwrap();
    let start = std::cell::Cell::new(0);
    let config = ProptestConfig { cases: CASES, max_shrink_iters: 200, ..ProptestConfig::default() };
    proptest!(config, |(made in prop::collection::vec(made(), 1..12))| {
        start.set(start.get() + 10);
        let (now, start) = (now(), start.get());
        let events: Vec<_> = made.iter().map(|made| made.event(now)).collect();
        let (rows, stored) = runtime.block_on(async {
            let rows = insert(&scratch, start, &events).await;
            (rows, stored(&scratch, start).await)
        });
        prop_assert!(rows == stored, "{} bytes went in, {} came out", rows.len(), stored.len());
    });
}

#[tokio::test]
async fn the_largest_batch_becomes_one_part() {
    let scratch = Scratch::migrated().await.unwrap();
    let event = Event { timestamp: now(), received_at: now(), ..Event::default() };
    insert(&scratch, 10, &vec![event; batch::HARD_ROWS]).await;
    let blocks = "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'events' AND level = 0";
    let parts: u64 = scratch.connection.client().query(blocks).fetch_one().await.unwrap();
    assert_eq!(parts, 1);
}

#[tokio::test]
async fn words_by_the_thousand_are_told_apart() {
    let scratch = Scratch::migrated().await.unwrap();
    let now = now();
    for (start, count) in [(10, 256_usize), (20, 257), (30, 65_537)] {
        let words: Vec<String> = (0..count).map(|number| format!("tenant {number}")).collect();
        let events: Vec<_> = words
            .iter()
            .map(|word| Event { timestamp: now, received_at: now, tenant_id: word, ..Event::default() })
            .collect();
        let rows = insert(&scratch, start, &events).await;
        assert!(rows == stored(&scratch, start).await, "{count} words");
    }
}
