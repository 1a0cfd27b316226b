//! Rows on a real ClickHouse (`make services-up`), each test in a database of its own.

use std::time::Duration;

use bataudit_event::Event;
use bataudit_processor::recover::{ClickHouseRows, StoredRows};
use bataudit_processor::row::{self, RowContext, RowPlace};
use bataudit_processor::write::{Block, ClickHouseWriter, RowWriter, WriteError};
use bataudit_store::scratch::Scratch;

const TIMEOUT: Duration = Duration::from_secs(30);
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Now, in unix milliseconds.
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default()
}

fn event(number: u8) -> Event<'static> {
    Event {
        id: [number; 16],
        project_id: [1; 16],
        event_type: "http",
        timestamp: now() - i64::from(number % 3) * DAY,
        received_at: now(),
        method: "GET",
        path: "/users/42",
        status_code: if number.is_multiple_of(5) { 500 } else { 200 },
        response_time: u64::from(number),
        identifier: "O'Brien \u{5317}\u{4eac}",
        ip: "::ffff:10.0.0.1",
        user_roles: r#"["admin"]"#,
        request_body: r#"{ "n": 9007199254740993 }"#,
        error_message: if number.is_multiple_of(5) { "line\ntwo 17" } else { "" },
        source: "backend",
        service_name: "shop",
        environment: "production",
        ..Event::default()
    }
}

fn block(token: &str, events: &[Event<'_>]) -> Block {
    let mut bytes = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let place = RowPlace { offset: 7, index: u16::try_from(index).unwrap_or_default() };
        row::encode(
            event,
            &RowContext { route: "/users/:id", mask_rules: 1, partition: 3, place },
            &mut bytes,
        );
    }
    Block { token: token.to_owned(), rows: events.len(), bytes: bytes.into() }
}

async fn number(scratch: &Scratch, sql: &str) -> Option<u64> {
    scratch.connection.client().query(sql).fetch_one().await.ok()
}

async fn text(scratch: &Scratch, sql: &str) -> Option<String> {
    scratch.connection.client().query(sql).fetch_one().await.ok()
}

#[tokio::test]
async fn a_row_comes_back_as_it_was_sent() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let long = Event { response_time: u64::MAX, ip: "", ..event(0) };
    writer.write(&block("a", &[event(5), long])).await.unwrap();
    let row = "SELECT concat(toString(id), '|', project_id, '|', identifier, '|', request_body, '|', \
        error_message, '|', toString(ip_address), '|', user_roles, '|', route, '|', toString(k_partition), \
        '|', toString(k_offset), '|', toString(k_index)) FROM events WHERE k_index = 0";
    let expected = "05050505-0505-0505-0505-050505050505|01010101-0101-0101-0101-010101010101|\
        O'Brien \u{5317}\u{4eac}|{ \"n\": 9007199254740993 }|line\ntwo 17|::ffff:10.0.0.1|[\"admin\"]|\
        /users/:id|3|7|0";
    assert_eq!(text(&scratch, row).await.unwrap(), expected);
    let long = "SELECT response_time FROM events WHERE k_index = 1";
    assert_eq!(number(&scratch, long).await, Some(u64::MAX));
    let stored_now = "SELECT count() FROM events WHERE abs(dateDiff('second', stored_at, now64(3))) < 60";
    assert_eq!(number(&scratch, stored_now).await, Some(2));
}

#[tokio::test]
async fn a_repeated_block_is_stored_and_counted_once() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let events: Vec<_> = (0..30).map(event).collect();
    for _ in 0..3 {
        writer.write(&block("1:t:3:0-30", &events)).await.unwrap();
    }
    writer.write(&block("1:t:3:30-31", &[event(31)])).await.unwrap();
    for table in ["stats_minute", "stats_hour", "stats_day", "endpoint_hour", "endpoint_day", "user_day"] {
        let sum = format!("SELECT sum(events) FROM {table}");
        assert_eq!(number(&scratch, &sum).await, Some(31), "{table}");
    }
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(31));
    assert_eq!(number(&scratch, "SELECT uniqExact(_partition_id) FROM events").await, Some(3));
    assert_eq!(number(&scratch, "SELECT sum(events) FROM error_day").await, Some(6));
    assert_eq!(text(&scratch, "SELECT any(message_key) FROM error_day").await.unwrap(), "line\ntwo #");
    assert_eq!(number(&scratch, "SELECT sum(errors_5xx) FROM stats_day").await, Some(6));
}

#[tokio::test]
async fn system_events_are_rows_but_no_statistics() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let alert = Event { event_type: "system.alert", ..event(5) };
    writer.write(&block("a", &[alert, event(1)])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(2));
    for table in ["stats_day", "endpoint_day", "user_day"] {
        let sum = format!("SELECT sum(events) FROM {table}");
        assert_eq!(number(&scratch, &sum).await, Some(1), "{table}");
    }
    assert_eq!(number(&scratch, "SELECT count() FROM error_day").await, Some(0));
}

#[tokio::test]
async fn the_oldest_accepted_event_stays() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    // Clamped to 30 days back, then a week in Kafka.
    let old = Event { timestamp: now() - 37 * DAY, ..event(1) };
    writer.write(&block("a", &[old])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(1));
    let expired = Event { timestamp: now() - 40 * DAY, ..event(2) };
    writer.write(&block("b", &[expired])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(1), "the TTL works");
}

#[tokio::test]
async fn a_cut_block_is_refused_whole_and_nothing_of_it_is_told() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let mut cut = block("a", &[event(1), event(2)]);
    cut.bytes = cut.bytes.slice(..cut.bytes.len() - 5);
    let refused = writer.write(&cut).await.unwrap_err();
    assert!(matches!(refused, WriteError::Refused(_)), "{refused}");
    assert!(!refused.to_string().contains("Brien"), "{refused}");
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(0));
    writer.write(&block("a", &[event(1), event(2)])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(2));
}

#[tokio::test]
async fn a_missing_table_may_come_back() {
    let scratch = Scratch::migrated().await.unwrap();
    let elsewhere = scratch.connection.with_database("nowhere_at_all");
    let failed = ClickHouseWriter::new(&elsewhere, TIMEOUT).write(&block("a", &[event(1)])).await;
    assert!(matches!(failed, Err(WriteError::Retry(_))), "{failed:?}");
}

#[tokio::test]
async fn the_table_tells_what_it_holds() {
    let scratch = Scratch::migrated().await.unwrap();
    ClickHouseWriter::new(&scratch.connection, TIMEOUT)
        .write(&block("a", &[event(1), event(2)]))
        .await
        .unwrap();
    let rows = ClickHouseRows::new(&scratch.connection);
    let known = rows.stored_from(3, 7).await.unwrap();
    assert_eq!(known.len(), 2);
    assert!(known.holds(RowPlace { offset: 7, index: 1 }, [2; 16]));
    assert!(rows.stored_from(3, 8).await.unwrap().is_empty());
    assert!(rows.stored_from(4, 0).await.unwrap().is_empty());
}
