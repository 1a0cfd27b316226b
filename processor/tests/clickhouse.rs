//! Rows on a real ClickHouse (`make services-up`), each test in a database of its own.

use std::time::Duration;

use bataudit_event::Event;
use bataudit_processor::columns::{Columns, Stamp};
use bataudit_processor::incident::{ClickHouseIncidents, Incident, Incidents, Kind};
use bataudit_processor::intent::Reading;
use bataudit_processor::recover::{ClickHouseRows, Origin, StoredRows};
use bataudit_processor::row::{RowContext, RowPlace};
use bataudit_processor::write::pins;
use bataudit_processor::write::{
    Block, ClickHouseRepair, ClickHouseWriter, Missing, Repair, RowWriter, WriteError,
};
use bataudit_store::scratch::Scratch;

const TIMEOUT: Duration = Duration::from_secs(30);
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The rollups that count every event of [`event`].
const COUNTS: [&str; 7] =
    ["stats_minute", "stats_hour", "stats_day", "endpoint_hour", "endpoint_day", "user_day", "key_day"];
/// The short hash of the key that [`event`] came with.
const KEY: u64 = u64::MAX - 1;

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
        key_hash: KEY,
        ..Event::default()
    }
}

/// A block of the batch 7-9 of partition 3, whose record 7 holds these events.
fn block(token: &str, events: &[Event<'_>]) -> Block {
    let mut columns = Columns::default();
    for (event, index) in events.iter().zip(0..) {
        let place = RowPlace { offset: 7, index };
        columns.push(event, &RowContext { route: "/users/:id", mask_rules: 1, masked_fields: 0, place });
    }
    Block::new(token.to_owned(), columns, &Stamp { epoch: "1", partition: 3, batch: 7..9 })
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
    for table in COUNTS {
        let sum = format!("SELECT sum(events) FROM {table}");
        assert_eq!(number(&scratch, &sum).await, Some(31), "{table}");
    }
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(31));
    assert_eq!(number(&scratch, "SELECT uniqExact(_partition_id) FROM events").await, Some(3));
    assert_eq!(number(&scratch, "SELECT sum(events) FROM error_day").await, Some(6));
    assert_eq!(text(&scratch, "SELECT any(message_key) FROM error_day").await.unwrap(), "line\ntwo #");
    assert_eq!(number(&scratch, "SELECT sum(errors_5xx) FROM stats_day").await, Some(6));
}

/// As when an insert is repeated that was thought lost and only took long.
#[tokio::test]
async fn a_block_sent_several_times_at_once_is_stored_and_counted_once() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let (blocks, rows) = (12, 400);
    for number in 0..blocks {
        // Over many hours and two days, so that every rollup gets many keys.
        let at = |index: i64| Event { timestamp: now() - index * 150_000, ..event(number) };
        let events: Vec<_> = (0..rows).map(at).collect();
        let block = block(&format!("at once {number}"), &events);
        let sent = futures::future::join_all((0..4).map(|_| writer.write(&block))).await;
        assert!(sent.iter().any(Result::is_ok), "{sent:?}");
        writer.write(&block).await.unwrap();
    }
    let expected = u64::from(blocks) * rows.unsigned_abs();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(expected));
    for table in COUNTS {
        let sum = format!("SELECT sum(events) FROM {table}");
        assert_eq!(number(&scratch, &sum).await, Some(expected), "{table}");
    }
}

#[tokio::test]
async fn system_events_are_rows_but_no_statistics() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let alert = Event { event_type: "system.alert", ..event(5) };
    writer.write(&block("a", &[alert, event(1)])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(2));
    for table in ["stats_day", "endpoint_day", "user_day", "key_day"] {
        let sum = format!("SELECT sum(events) FROM {table}");
        assert_eq!(number(&scratch, &sum).await, Some(1), "{table}");
    }
    assert_eq!(number(&scratch, "SELECT count() FROM error_day").await, Some(0));
}

/// A rotated key is another key; the same batch again is the same use.
#[tokio::test]
async fn the_use_of_each_key_is_counted_once() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let (received, late) = (now(), now() - 5 * DAY);
    let came_with = |key_hash, received_at, number| Event { key_hash, received_at, ..event(number) };
    let events = [
        came_with(7, received - 2, 0),
        came_with(7, received - 1, 3),
        // Of another day, and taken before the others: days are of the events, the last use is of the gateway.
        Event { timestamp: late, ..came_with(7, received - 3, 0) },
        came_with(KEY, received, 0),
        Event { project_id: [2; 16], ..came_with(KEY, received - 9, 0) },
        came_with(0, received + 5, 0),
    ];
    for _ in 0..3 {
        writer.write(&block("1:t:3:0-6", &events)).await.unwrap();
    }
    let of = async |key: u64| {
        let sql = format!(
            "SELECT concat(toString(sum(events)), '|', toString(uniqExact(bucket)), '|', \
             toString(uniqExact(project_id)), '|', toString(toUnixTimestamp64Milli(max(last_received)))) \
             FROM key_day WHERE key_hash = {key}"
        );
        text(&scratch, &sql).await.unwrap()
    };
    assert_eq!(of(7).await, format!("3|2|1|{}", received - 1));
    assert_eq!(of(KEY).await, format!("2|1|2|{received}"));
    assert_eq!(of(0).await.split('|').next(), Some("0"), "what came without a key is no use of one");
    assert_eq!(number(&scratch, "SELECT count() FROM events WHERE key_hash = 0").await, Some(1));
}

#[tokio::test]
async fn the_oldest_accepted_event_stays() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    // Clamped to 30 days back, then a week in Kafka.
    let old = Event { timestamp: now() - 37 * DAY, ..event(1) };
    writer.write(&block("a", &[old])).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(1));
    // The engine itself removes none, since it knows no legal hold.
    let older = Event { timestamp: now() - 400 * DAY, ..event(2) };
    writer.write(&block("b", &[older])).await.unwrap();
    let merge = scratch.connection.client().query_raw("OPTIMIZE TABLE events FINAL").execute();
    scratch.connection.bounded(merge).await.unwrap();
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(2));
}

#[tokio::test]
async fn a_cut_block_is_refused_whole_and_nothing_of_it_is_told() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let whole = block("a", &[event(1), event(2)]);
    let bytes = bytes::Bytes::from(whole.pieces.concat());
    // In the last column, in one of texts, and where a column's type should be.
    for end in [bytes.len() - 5, bytes.len() / 2, 8] {
        let cut = Block { pieces: vec![bytes.slice(..end)], ..whole.clone() };
        let refused = writer.write(&cut).await.unwrap_err();
        assert!(matches!(refused, WriteError::Refused(_)), "{refused}");
        assert!(!refused.to_string().contains("Brien"), "{refused}");
        assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(0));
    }
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
    let block = block("a", &[event(1), event(2)]);
    ClickHouseWriter::new(&scratch.connection, TIMEOUT).write(&block).await.unwrap();
    let rows = ClickHouseRows::new(&scratch.connection, "1");
    let origin = |committed, low| Origin { committed, reading: Reading::Nothing, low, high: 20, seen: 20 };
    let view = rows.look(3, &origin(Some(7), 0)).await.unwrap();
    assert_eq!(view.batches.len(), 1);
    assert_eq!(view.batches[0].offsets, 7..9);
    let held = &view.batches[0].held;
    assert_eq!((held.rows, held.places, held.records, held.ids), (2, 2, 1, block.ids));
    assert_eq!((view.blocks_since, view.kept, view.before.len()), (2, 0, 0), "two days, two blocks");
    assert_eq!(rows.held(3, 7..8).await.unwrap(), *held);
    assert_eq!(rows.look(3, &origin(None, 0)).await.unwrap().newest, Some(7..9));
    let after = rows.look(3, &origin(Some(8), 0)).await.unwrap();
    assert!(after.batches.is_empty());
    assert_eq!(after.before, [(0, [1; 16]), (1, [2; 16])]);
    assert_eq!(rows.look(3, &origin(Some(5), 8)).await.unwrap().kept, 1);
    for elsewhere in [
        rows.look(4, &origin(Some(7), 0)),
        ClickHouseRows::new(&scratch.connection, "2").look(3, &origin(Some(7), 0)),
    ] {
        assert!(elsewhere.await.unwrap().batches.is_empty());
    }
}

/// So do the rows of a backup look in a table that was restored from it, and those before an ALTER.
#[tokio::test]
async fn a_table_that_is_younger_than_its_rows_says_so() {
    let scratch = Scratch::migrated().await.unwrap();
    let block = block("a", &[event(1), event(2)]);
    ClickHouseWriter::new(&scratch.connection, TIMEOUT).write(&block).await.unwrap();
    let rows = ClickHouseRows::new(&scratch.connection, "1");
    let origin = Origin { committed: Some(7), reading: Reading::Nothing, low: 0, high: 20, seen: 20 };
    assert!(!rows.look(3, &origin).await.unwrap().is_younger);
    let earlier = "ALTER TABLE events UPDATE stored_at = stored_at - INTERVAL 1 HOUR WHERE true SETTINGS mutations_sync = 2";
    execute(&scratch, earlier).await;
    let view = rows.look(3, &origin).await.unwrap();
    assert!(view.is_younger);
    assert_eq!((view.batches.len(), view.blocks_since), (1, 0));
    let settled = Origin { committed: Some(9), ..origin };
    assert!(!rows.look(3, &settled).await.unwrap().is_younger, "nothing that could be sent again");
}

/// Asserts that rows and rollups hold these many events, each once.
async fn assert_events(scratch: &Scratch, events: u64) {
    assert_eq!(number(scratch, "SELECT uniqExact(k_offset, k_index) FROM events").await, Some(events));
    assert_eq!(number(scratch, "SELECT count() FROM events").await, Some(events));
    for table in COUNTS {
        assert_eq!(
            number(scratch, &format!("SELECT sum(events) FROM {table}")).await,
            Some(events),
            "{table}"
        );
    }
}

async fn execute(scratch: &Scratch, sql: &str) {
    let done = scratch.connection.client().query_raw(sql).execute().await;
    assert!(done.is_ok(), "{sql}: {done:?}");
}

#[tokio::test]
async fn rows_without_rollups_get_them_when_the_batch_is_sent_again() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let batch = block("a", &[event(1), event(2), event(3)]);
    // A kill between the table and its views leaves what a view that throws leaves.
    execute(
        &scratch,
        "CREATE MATERIALIZED VIEW mv_a_throws TO stats_minute AS SELECT project_id, \
        throwIf(1, 'killed') AS events FROM events",
    )
    .await;
    assert!(writer.write(&batch).await.is_err());
    assert_eq!(number(&scratch, "SELECT count() FROM events").await, Some(3));
    assert!(number(&scratch, "SELECT sum(events) FROM user_day").await < Some(3), "a view is behind");
    execute(&scratch, "DROP TABLE mv_a_throws").await;
    writer.write(&batch).await.unwrap();
    assert_events(&scratch, 3).await;
}

#[tokio::test]
async fn swallowed_rows_are_moved_in_past_the_views() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let repair = ClickHouseRepair::new(&scratch.connection, "1", TIMEOUT);
    let rows = ClickHouseRows::new(&scratch.connection, "1");
    let batch = block("a", &[event(1), event(2), event(3)]);
    writer.write(&batch).await.unwrap();
    // A token without its part: what a kill between the two leaves. A mutation keeps the token.
    execute(&scratch, "ALTER TABLE events DELETE WHERE k_index IN (0, 1) SETTINGS mutations_sync = 2").await;
    writer.write(&batch).await.unwrap();
    assert_eq!(rows.held(3, 7..9).await.unwrap().rows, 1, "the engine swallows what it sent twice");
    for _ in 0..2 {
        repair.fill(Missing { block: &batch, partition: 3, offsets: 7..9 }).await.unwrap();
        assert_eq!(rows.held(3, 7..9).await.unwrap().ids, batch.ids);
        assert_events(&scratch, 3).await;
    }
    assert_eq!(number(&scratch, "SELECT countIf(k_batch = 7 AND k_end = 9) FROM events").await, Some(3));
    let twins =
        "SELECT count() FROM system.tables WHERE database = currentDatabase() AND name LIKE '%repair%'";
    assert_eq!(number(&scratch, twins).await, Some(0));
}

#[tokio::test]
async fn the_twin_of_a_repair_that_was_killed_does_no_harm() {
    let scratch = Scratch::migrated().await.unwrap();
    let writer = ClickHouseWriter::new(&scratch.connection, TIMEOUT);
    let repair = ClickHouseRepair::new(&scratch.connection, "1", TIMEOUT);
    let batch = block("a", &[event(1), event(2)]);
    writer.write(&batch).await.unwrap();
    execute(&scratch, "CREATE TABLE events_repair_3_7 AS events").await;
    execute(&scratch, "INSERT INTO events_repair_3_7 SELECT * FROM events").await;
    repair.fill(Missing { block: &batch, partition: 3, offsets: 7..9 }).await.unwrap();
    assert_events(&scratch, 2).await;
}

#[tokio::test]
async fn the_schema_keeps_what_exactly_once_rests_on_and_its_absence_is_named() {
    let scratch = Scratch::migrated().await.unwrap();
    pins::check(&scratch.connection).await.unwrap();
    execute(&scratch, "ALTER TABLE stats_hour MODIFY SETTING non_replicated_deduplication_window = 100")
        .await;
    execute(&scratch, "ALTER TABLE events RESET SETTING fsync_after_insert").await;
    let wrong = pins::check(&scratch.connection).await.unwrap_err().to_string();
    assert!(
        wrong.contains(
            "table stats_hour: non_replicated_deduplication_window is 100, it must be at least 10000"
        ),
        "{wrong}"
    );
    assert!(wrong.contains("table events: fsync_after_insert is unset, it must be 1"), "{wrong}");
}

#[tokio::test]
async fn an_incident_is_one_row_however_often_it_is_found() {
    let scratch = Scratch::migrated().await.unwrap();
    let incidents = ClickHouseIncidents::new(&scratch.connection, "t.events", "1");
    for end in [6, 6, 8] {
        let incident = Incident::new(Kind::RetentionCut, 2..end, 4, "it's gone");
        incidents.record(3, &incident).await.unwrap();
    }
    let row = "SELECT concat(kind, '|', topic, '|', stream_epoch, '|', toString(k_partition), '|', \
        toString(first_offset), '|', toString(end_offset), '|', toString(lost), '|', detail) FROM loss_incidents FINAL";
    assert_eq!(text(&scratch, row).await.unwrap(), "retention_cut|t.events|1|3|2|8|4|it's gone");
    assert_eq!(number(&scratch, "SELECT count() FROM loss_incidents FINAL").await, Some(1));
}
