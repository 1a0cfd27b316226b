//! Rollups that fall short of their rows, on a real ClickHouse (`make services-up`).

#![expect(clippy::expect_used, reason = "a statement that fails fails its test")]

use std::collections::{BTreeMap, BTreeSet};

use bataudit_ledger::Confirmed;
use bataudit_ledger::rollups::mend::mend;
use bataudit_ledger::rollups::{Disagreement, check};
use bataudit_store::scratch::Scratch;

const HOUR: i64 = 3_600_000;
const PROJECT: &str = "01010101-0101-0101-0101-010101010101";
const VIEWS: [&str; 8] = [
    "mv_stats_minute",
    "mv_stats_hour",
    "mv_stats_day",
    "mv_endpoint_hour",
    "mv_endpoint_day",
    "mv_user_day",
    "mv_error_day",
    "mv_key_day",
];
const STATS: &str = "project_id, environment, source, service_name, bucket, sum(events), sum(status_2xx), \
                     sum(status_3xx), sum(errors_4xx), sum(errors_5xx), sum(timed), sum(rt_sum), max(rt_max), \
                     quantilesTimingMerge(0.5, 0.95, 0.99)(rt), max(last_event)";
const ENDPOINTS: &str = "project_id, environment, source, service_name, method, route, bucket, sum(events), \
                         sum(errors_4xx), sum(errors_5xx), sum(timed), sum(rt_sum), \
                         quantilesTimingMerge(0.5, 0.95, 0.99)(rt)";
/// What a reader sees of each rollup, every column of it.
const SEEN: [(&str, &str); 8] = [
    ("stats_minute", STATS),
    ("stats_hour", STATS),
    ("stats_day", STATS),
    ("endpoint_hour", ENDPOINTS),
    ("endpoint_day", ENDPOINTS),
    (
        "user_day",
        "project_id, environment, identifier, bucket, sum(events), sum(errors), min(first_seen), max(last_seen), \
         max(user_email), max(user_name)",
    ),
    (
        "error_day",
        "project_id, environment, service_name, method, route, status_code, message_key, bucket, sum(events), \
         max(last_seen), toString(any(sample_id)) != ''",
    ),
    ("key_day", "project_id, key_hash, bucket, sum(events), max(last_received)"),
];

async fn run(scratch: &Scratch, sql: &str) {
    scratch.connection.client().query_raw(sql).execute().await.expect(sql);
}

async fn number(scratch: &Scratch, sql: &str) -> u64 {
    scratch.connection.client().query(sql).fetch_one().await.expect(sql)
}

/// The start of a day some days ago, so that its hours and itself are over; unix milliseconds.
fn day() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or_default().div_euclid(24 * HOUR) * 24 * HOUR - 72 * HOUR
}

/// 200 rows over three hours, of many endpoints, users and outcomes, and some notes of our own.
async fn insert(scratch: &Scratch, epoch: &str, batch: u64) {
    let start = day() + 5 * HOUR;
    let sql = format!(
        "INSERT INTO events (id, project_id, event_type, timestamp, received_at, method, route, status_code, \
         response_time, identifier, user_email, user_name, error_message, source, service_name, environment, \
         key_hash, k_epoch, k_partition, k_offset, k_batch, k_end) \
         SELECT generateUUIDv4(), '{PROJECT}', if(number % 50 = 0, 'system.alert', 'http'), \
         fromUnixTimestamp64Milli({start} + (number * 53777 + {batch}) % {}, 'UTC'), \
         fromUnixTimestamp64Milli({start} + number, 'UTC'), \
         if(number % 2 = 0, 'GET', 'POST'), concat('/r', toString(number % 5)), \
         [200, 302, 404, 500][1 + number % 4], number * 31, if(number % 3 = 0, '', concat('u', toString(number % 7))), \
         'u@example.org', 'U', concat('failed ', toString(number)), 'api', concat('s', toString(number % 2)), 'prod', number % 4, \
         '{epoch}', 0, number + {batch}, {batch}, {batch} + 200 FROM numbers(200)",
        3 * HOUR
    );
    run(scratch, &sql).await;
}

async fn seen(scratch: &Scratch) -> Vec<(&'static str, String)> {
    let mut seen = Vec::new();
    for (table, columns) in SEEN {
        let key = columns.split("sum(").next().unwrap_or_default().trim_end_matches([',', ' ']);
        let sql = format!(
            "SELECT arrayStringConcat(groupArray(line), '\\n') FROM (SELECT toString(({columns})) AS line \
             FROM {table} GROUP BY {key} ORDER BY {key})"
        );
        let text: String = scratch.connection.client().query(&sql).fetch_one().await.expect(&sql);
        seen.push((table, text));
    }
    seen
}

async fn wrong(scratch: &Scratch) -> Vec<Disagreement> {
    wrong_of(scratch, &confirmed(400)).await
}

async fn wrong_of(scratch: &Scratch, confirmed: &Confirmed) -> Vec<Disagreement> {
    check(&scratch.connection, &(day()..day() + 24 * HOUR), None, confirmed).await.expect("the rollups")
}

fn confirmed(to: i64) -> Confirmed {
    Confirmed { epoch: "1".to_owned(), offsets: BTreeMap::from([(0, to)]) }
}

/// Batches 0 and 200; without the second one in what these views make.
async fn short(views: &[&str]) -> Scratch {
    let scratch = Scratch::migrated().await.expect("ClickHouse");
    insert(&scratch, "1", 0).await;
    for view in views {
        run(&scratch, &format!("DETACH TABLE {view}")).await;
    }
    insert(&scratch, "1", 200).await;
    for view in views {
        run(&scratch, &format!("ATTACH TABLE {view}")).await;
    }
    scratch
}

#[tokio::test]
async fn every_rollup_is_counted_anew_as_its_view_would_have() {
    let whole = short(&[]).await;
    assert_eq!(wrong(&whole).await, []);
    let scratch = short(&VIEWS).await;
    let found = wrong(&scratch).await;
    let tables: BTreeSet<_> = found.iter().map(|cell| cell.table).collect();
    assert_eq!(tables, SEEN.map(|(table, _)| table).into(), "{found:?}");
    let mended = mend(&scratch.connection, &found, &confirmed(400), day() + 48 * HOUR).await;
    assert_eq!(mended.expect("mending"), found);
    assert_eq!(wrong(&scratch).await, []);
    assert_eq!(seen(&scratch).await, seen(&whole).await);
    let left =
        "SELECT count() FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'mend_')";
    assert_eq!(number(&scratch, left).await, 0);
}

/// Of an insert under way the rows are there before what the views make of them.
#[tokio::test]
async fn an_insert_under_way_is_no_disagreement() {
    let scratch = short(&["mv_user_day"]).await;
    assert_eq!(wrong_of(&scratch, &confirmed(200)).await, []);
    assert_eq!(wrong_of(&scratch, &confirmed(399)).await, [], "a batch is confirmed as a whole");
    assert_eq!(wrong(&scratch).await.len(), 1);
}

#[tokio::test]
async fn what_may_still_change_is_left_alone() {
    let scratch = short(&["mv_stats_minute"]).await;
    let found = wrong(&scratch).await;
    let before = seen(&scratch).await;
    let mend = async |confirmed: &Confirmed, now| {
        mend(&scratch.connection, &found, confirmed, now).await.expect("mending")
    };
    let over = day() + 48 * HOUR;
    assert_eq!(mend(&confirmed(399), over).await, [], "a batch is under way");
    assert_eq!(mend(&Confirmed::default(), day() + 6 * HOUR).await, [], "the first hour is just over");
    assert_eq!(seen(&scratch).await, before);
    let later = Confirmed { epoch: "2".to_owned(), offsets: BTreeMap::new() };
    assert_eq!(mend(&later, over).await, found, "the topic's life is over, and its batches with it");
}

#[tokio::test]
async fn counts_without_rows_are_left_alone() {
    let scratch = short(&["mv_endpoint_hour"]).await;
    // As a retention would.
    let delete = "ALTER TABLE events DELETE WHERE route = '/r1'";
    let delete =
        scratch.connection.client().query(delete).with_setting("mutations_sync", "2").execute().await;
    delete.expect("deleting");
    let (found, before) = (wrong(&scratch).await, seen(&scratch).await);
    let mended =
        mend(&scratch.connection, &found, &confirmed(400), day() + 48 * HOUR).await.expect("mending");
    assert_eq!(mended, []);
    assert_eq!(seen(&scratch).await, before);
}
