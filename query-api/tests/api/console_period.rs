//! What a query of the console reads, on the real engine: the stretch of the primary key it asks for, and no more.

use axum::http::Method;
use bataudit_control::Role;
use serde_json::{Value, json};

use crate::console::ask;
use crate::fixture::{Answer, Fixture, now_ms};

/// Rows of a project on each of some days.
const ROWS: u64 = 24_000;
const DAYS: u64 = 6;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Rows between two marks of the primary key.
const GRANULE: u64 = 8192;

/// Fills the last days evenly; the first moment of it, unix milliseconds.
async fn fill(api: &Fixture, project: &str) -> i64 {
    let (days, start) = (i64::try_from(DAYS).unwrap_or_default(), now_ms().div_euclid(DAY_MS) * DAY_MS);
    let start = start - days * DAY_MS;
    api.execute(&format!(
        "INSERT INTO events (id, project_id, event_type, timestamp, received_at, method, path, route, status_code, \
         service_name, environment) SELECT generateUUIDv4(), '{project}', 'http', \
         fromUnixTimestamp64Milli({start} + intDiv(number * {DAY_MS}, {ROWS}), 'UTC') AS at, at, 'GET', '/', '/', 200, \
         'shop', 'production' FROM numbers({ROWS} * {DAYS})"
    ))
    .await;
    start
}

/// What was counted, and how many rows were read for it.
fn told(answer: &Answer) -> (u64, u64) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    let count = |value: &Value| value.as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
    (count(&answer["rows"][0][0]), answer["rows_read"].as_u64().unwrap_or_default())
}

fn time(millis: i64) -> String {
    chrono::DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .format("%Y-%m-%dT%H:%M:%S.000Z")
        .to_string()
}

#[tokio::test]
async fn a_query_reads_its_project_and_its_time_only() {
    Fixture::run_with_console(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let both = [(mine.as_str(), Role::Admin), (theirs.as_str(), Role::Admin)];
        let token = api.user("me", Role::Admin, &both).await;
        let start = fill(api, &mine).await;
        fill(api, &theirs).await;
        let all = "SELECT count() FROM audits";
        let (counted, read) = told(&ask(api, &token, all).await);
        assert_eq!(counted, 2 * ROWS * DAYS);
        assert!(read >= counted, "{read}");

        let one = json!({"sql": all, "project_id": mine});
        let one = api.call(Method::POST, "/v1/audit/query", Some(&token), Some(&one)).await;
        let (counted, read) = told(&one);
        assert_eq!(counted, ROWS * DAYS);
        assert!(read <= counted + 2 * GRANULE * DAYS, "the other project is read too: {read}");

        for condition in [format!("project_id = '{mine}'"), format!("a.project_id IN ('{mine}', 'nowhere')")]
        {
            let sql = format!("SELECT count() FROM audits a WHERE status_code = 200 AND {condition}");
            let (counted, read) = told(&ask(api, &token, &sql).await);
            assert_eq!(counted, ROWS * DAYS, "{sql}");
            assert!(read <= counted + 2 * GRANULE * DAYS, "{sql} reads the other project too: {read}");
        }
        let nowhere =
            format!("SELECT count() FROM audits WHERE project_id = '{mine}' AND project_id = '{theirs}'");
        let (counted, read) = told(&ask(api, &token, &nowhere).await);
        assert!(counted == 0 && read < GRANULE, "{counted} {read}");

        let (from, to) = (start + DAY_MS + 6 * HOUR_MS, start + DAY_MS + 7 * HOUR_MS);
        let hour = format!("timestamp >= '{}' AND timestamp < '{}'", time(from), time(to));
        let (counted, read) = told(&ask(api, &token, &format!("{all} WHERE {hour}")).await);
        assert_eq!(counted, 2 * ROWS / 24);
        // Of each project the granules that the hour lies in.
        assert!(read <= 8 * GRANULE, "{read}");

        let nested =
            format!("SELECT sum(n) FROM (SELECT count() AS n FROM audits a WHERE a.{hour} GROUP BY path)");
        let (again, read) = told(&ask(api, &token, &nested.replace("AND ", "AND a.")).await);
        assert!(again == counted && read <= 8 * GRANULE, "{again} {read}");

        let both = format!(
            "{all} WHERE {hour} UNION ALL SELECT toUInt64(sum(event_count)) FROM audit_summaries WHERE period_start < '2000-01-01'"
        );
        let answer = ask(api, &token, &both).await;
        // The summaries of both projects are few: an hour of one service each.
        assert!(told(&answer).1 <= 9 * GRANULE, "{answer:?}");

        let day = chrono::DateTime::from_timestamp_millis(start + 4 * DAY_MS).unwrap().date_naive();
        let since = format!("{all} WHERE timestamp >= toDate('{day}') AND status_code = 200");
        let (counted, read) = told(&ask(api, &token, &since).await);
        assert_eq!(counted, 2 * 2 * ROWS);
        // A date is widened by a day: half of the days, and their borders.
        assert!(read <= 8 * ROWS, "{read}");
    })
    .await;
}

/// Where the time alone does not decide, all is read, and what is found is right.
#[tokio::test]
async fn what_has_no_sure_bounds_finds_everything() {
    Fixture::run_with_console(async |api| {
        let mine = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let start = fill(api, &mine).await;
        let (noon, all) = (time(start + DAY_MS / 2), ROWS * DAYS);
        for (sql, wanted) in [
            (format!("SELECT count() FROM audits WHERE timestamp < '{noon}' OR status_code = 200"), all),
            (format!("SELECT count() FROM audits WHERE project_id = 'x' OR project_id = '{mine}'"), all),
            ("SELECT count() FROM (SELECT 'x' AS project_id FROM audits WHERE project_id = 'x')".to_owned(), all),
            (format!("SELECT countIf(timestamp < '{noon}') FROM audits"), ROWS / 2),
            (format!("SELECT count() FROM audits WHERE NOT timestamp < '{noon}'"), all - ROWS / 2),
            (
                format!("SELECT count() FROM (SELECT toStartOfDay(timestamp) AS timestamp FROM audits WHERE timestamp < '{noon}')"),
                ROWS,
            ),
        ] {
            assert_eq!(told(&ask(api, &token, &sql).await).0, wanted, "{sql}");
        }
        let wrong = ask(api, &token, "SELECT count() FROM audits WHERE timestamp > '2026-99-99'").await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["code"]), (400, &json!("invalid_query")));
    })
    .await;
}
