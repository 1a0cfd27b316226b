//! What an operator asks at night: was anything lost, what was refused, can it have another chance?

use std::process::Command;
use std::time::Duration;

use bataudit_e2e::binaries::{in_checkout, path};
use bataudit_e2e::operator::Operator;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, Plan, Shared, Stack};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_event::{Event, dead_letter, record};
use bataudit_kafka::Connection;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::{Value, json};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(30);

static STACK: Shared = Shared::new(|| Plan::new("operator"));

/// What every program says when it is asked who it is, without a setting and without a store.
#[test]
fn every_program_tells_its_version_and_what_it_works_with() {
    let newest = |folder: &str| {
        let files = std::fs::read_dir(in_checkout(folder)).expect("the migrations").flatten();
        files.map(|file| file.file_name().to_string_lossy()[..4].to_owned()).max().expect("a migration")
    };
    let clickhouse = format!("\nclickhouse schema: {}_", newest("deploy/clickhouse"));
    let control = format!("\ncontrol schema: {} ", newest("crates/control/migrations"));
    let records = "\nrecords: cbor.".to_owned();
    for (program, works_with) in [
        ("bataudit", vec![&clickhouse, &control, &records]),
        ("bataudit-ingest", vec![&records]),
        ("bataudit-processor", vec![&clickhouse, &records]),
        ("bataudit-query-api", vec![&clickhouse, &control]),
        ("bataudit-sentinel", vec![&clickhouse, &control, &records]),
    ] {
        let ran = Command::new(path(program)).arg("--version").env_clear().output().expect("it runs");
        let said = String::from_utf8(ran.stdout).expect("text");
        let first = format!("{program} {}\ncommit: ", env!("CARGO_PKG_VERSION"));
        assert!(ran.status.success() && said.starts_with(&first), "{program}: {said}");
        assert!(works_with.iter().all(|line| said.contains(line.as_str())), "{program}: {said}");
    }
}

/// Posts events under ids of their own and waits until they are stored.
async fn stored(stack: &Stack, app: &Application, count: usize) -> Vec<Uuid> {
    let ids: Vec<Uuid> = (0..count).map(|_| Uuid::new_v4()).collect();
    let events: Vec<Value> =
        ids.iter().map(|id| sample::event_with(&app.service, json!({"id": id}))).collect();
    for some in events.chunks(7) {
        app.gateway.accept_batch(some).await;
    }
    until_rows(stack, app, count).await;
    ids
}

async fn until_rows(stack: &Stack, app: &Application, count: usize) {
    let rows = format!("SELECT count() FROM events WHERE project_id = '{}'", app.project);
    eventually("the rows are stored", SOON, async || {
        let rows = stack.clickhouse.number(&rows).await;
        holds(rows == count as u64, format!("{rows} of {count}"))
    })
    .await;
}

/// Waits until everything written is confirmed to Kafka, so that nothing may count as waiting.
async fn until_nothing_waits(operator: &Operator, app: &Application) -> (bool, Value) {
    eventually("nothing waits", SOON, async || {
        let (agrees, report) = operator.verify(&["--project", &app.project]).await;
        holds(report["total"]["waiting"] == 0, report.to_string()).map(|()| (agrees, report))
    })
    .await
}

/// A statement after which this row is gone.
fn removal(id: impl std::fmt::Display) -> String {
    format!("ALTER TABLE events DELETE WHERE id = '{id}' SETTINGS mutations_sync = 2")
}

async fn place_of(stack: &Stack, id: Uuid) -> String {
    let place = format!(
        "SELECT concat(toString(k_partition), '-', toString(k_offset), '-', toString(k_index)) \
                         FROM events WHERE id = '{id}' LIMIT 1"
    );
    stack.clickhouse.ask(&place).await
}

#[tokio::test]
async fn a_line_that_lost_nothing_agrees() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("agrees").await, Operator::at(&stack));
    stored(&stack, &app, 40).await;
    let (agrees, report) = until_nothing_waits(&operator, &app).await;
    assert!(agrees, "{report}");
    assert_eq!((&report["total"]["accepted"], &report["total"]["stored"]), (&json!(40), &json!(40)));
    let text = operator.run(&["verify-counts", "--project", &app.project]).await;
    assert!(text.success && text.written.contains("Everything agrees."), "{text:?}");
    assert!(text.written.contains(&app.project), "{text:?}");
    let empty = operator
        .run(&["verify-counts", "--from", "2020-01-01T00:00:00Z", "--to", "2020-01-02T00:00:00Z"])
        .await;
    assert!(empty.success, "{empty:?}");
}

#[tokio::test]
async fn a_deleted_row_is_missing() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("deleted").await, Operator::at(&stack));
    let ids = stored(&stack, &app, 20).await;
    until_nothing_waits(&operator, &app).await;
    let place = place_of(&stack, ids[11]).await;
    stack.clickhouse.ask(&removal(ids[11])).await;
    let (agrees, report) = operator.verify(&["--project", &app.project]).await;
    assert!(!agrees, "{report}");
    assert_eq!(report["total"]["difference"], 1, "{report}");
    assert_eq!(report["findings"], json!([{"kind": "missing", "place": place}]), "{report}");
    assert!(
        report["rollups"].as_array().is_some_and(|wrong| !wrong.is_empty()),
        "they still count it: {report}"
    );
}

#[tokio::test]
async fn a_doubled_row_is_found_where_it_lies() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("doubled").await, Operator::at(&stack));
    let ids = stored(&stack, &app, 20).await;
    until_nothing_waits(&operator, &app).await;
    let place = place_of(&stack, ids[5]).await;
    let again = format!("INSERT INTO events SELECT * FROM events WHERE id = '{}'", ids[5]);
    stack.clickhouse.ask(&format!("{again} SETTINGS insert_deduplicate = 0")).await;
    let (agrees, report) = operator.verify(&["--project", &app.project]).await;
    assert!(!agrees, "{report}");
    assert_eq!(report["total"]["difference"], -1, "{report}");
    assert_eq!(report["findings"], json!([{"kind": "doubled", "place": place}]), "{report}");
}

#[tokio::test]
async fn a_rollup_that_counts_too_little_is_named() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("rollup").await, Operator::at(&stack));
    stored(&stack, &app, 20).await;
    until_nothing_waits(&operator, &app).await;
    let deleted = format!("DELETE FROM stats_hour WHERE project_id = '{}'", app.project);
    stack.clickhouse.ask(&deleted).await;
    let (agrees, report) = operator.verify(&["--project", &app.project]).await;
    assert!(!agrees, "{report}");
    assert_eq!((&report["total"]["difference"], &report["findings"]), (&json!(0), &json!([])), "{report}");
    let wrong = report["rollups"].as_array().expect("a list");
    assert!(wrong.iter().all(|wrong| wrong["table"] == "stats_hour" && wrong["counted"] == 0), "{report}");
    assert_eq!(wrong.iter().map(|wrong| wrong["rows"].as_u64().unwrap_or(0)).sum::<u64>(), 20, "{report}");
}

/// Writes a record with these headers.
async fn produce(stack: &Stack, topic: &str, value: &[u8], headers: &[(&str, &str)]) -> (i32, i64) {
    let client = Connection::plaintext(&stack.brokers).client("bataudit-e2e");
    let producer: FutureProducer = client.create().expect("a producer");
    let owned = headers
        .iter()
        .fold(OwnedHeaders::new(), |owned, (key, value)| owned.insert(Header { key, value: Some(*value) }));
    let record = FutureRecord::<[u8], [u8]>::to(topic).partition(0).payload(value).headers(owned);
    let delivery = producer.send(record, SOON).await.expect("an acknowledgement");
    (delivery.partition, delivery.offset)
}

/// An event that no gateway would pass on: its body is not JSON.
fn broken(app: &Application, id: Uuid) -> Vec<u8> {
    let now = chrono::Utc::now().timestamp_millis();
    let project = Uuid::parse_str(&app.project).expect("a UUID").into_bytes();
    let event = Event {
        id: id.into_bytes(),
        project_id: project,
        event_type: "http",
        timestamp: now,
        received_at: now,
        path: "/a?token=hunter2",
        request_body: "{\"password\":\"hunter2\"",
        service_name: &app.service,
        ..Event::default()
    };
    let mut value = Vec::new();
    record::encode([&event].into_iter(), &mut value);
    value
}

const FORMAT: (&str, &str) = (record::FORMAT_HEADER, "cbor.1");
const ONE: (&str, &str) = (record::COUNT_HEADER, "1");

#[tokio::test]
async fn a_dead_letter_is_listed_and_shown_without_its_secrets() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("letters").await, Operator::at(&stack));
    let id = Uuid::new_v4();
    let (partition, offset) = produce(&stack, &stack.topics.events, &broken(&app, id), &[FORMAT, ONE]).await;
    let place = format!("{partition}-{offset}-0");
    let listed = eventually("the letter is listed", SOON, async || {
        let listed = operator.run(&["dead-letters", "list", "--json", "--project", &app.project]).await;
        holds(listed.written.contains(&place), listed.written.clone()).map(|()| listed)
    })
    .await;
    let letter = listed.json();
    assert_eq!((&letter["reason"], &letter["id"]), (&json!("unmaskable"), &json!(id)), "{letter}");
    let shown = operator.run(&["dead-letters", "show", &place]).await;
    assert!(shown.success && shown.written.contains("request_body is"), "{shown:?}");
    assert!(!shown.written.contains("hunter2") && shown.written.contains("\"possible\": true"), "{shown:?}");
    let nothing = operator.run(&["dead-letters", "show", "0-999999"]).await;
    assert!(!nothing.success && nothing.written.contains("there is no dead letter 0-999999"), "{nothing:?}");

    let asked = operator.run(&["dead-letters", "replay", &place]).await;
    assert!(!asked.success && asked.written.contains("add --yes; nothing was published"), "{asked:?}");
    let all = operator.run(&["dead-letters", "replay", "--yes"]).await;
    assert!(!all.success && all.written.contains("--all"), "{all:?}");
    let replayed = operator.run(&["dead-letters", "replay", &place, "--yes"]).await;
    assert!(replayed.success && replayed.written.contains("1 events were published again"), "{replayed:?}");
    // It is still not JSON.
    eventually("it comes back as another letter", SOON, async || {
        let listed = operator.run(&["dead-letters", "list", "--json", "--project", &app.project]).await;
        holds(listed.written.matches("unmaskable").count() == 2, listed.written)
    })
    .await;
    let (agrees, report) = until_nothing_waits(&operator, &app).await;
    assert!(agrees, "{report}");
    assert_eq!(report["total"]["dead_lettered"], 2, "{report}");
}

#[tokio::test]
async fn a_replay_stores_what_is_missing_once_and_says_what_it_cannot() {
    let stack = STACK.get();
    let (app, operator) = (stack.application("replay").await, Operator::at(&stack));
    // The gateway chose this id: nobody will repeat it.
    let id = app.gateway.accept(&sample::event(&app.service)).await;
    until_rows(&stack, &app, 1).await;
    until_nothing_waits(&operator, &app).await;
    let place = place_of(&stack, id.parse().expect("a UUID")).await;
    let parts: Vec<&str> = place.split('-').collect();
    // As if a version before could not mask it.
    let letter = |offset| {
        vec![
            (dead_letter::REASON, "unmaskable"),
            (dead_letter::SOURCE_TOPIC, stack.topics.events.as_str()),
            (dead_letter::SOURCE_PARTITION, parts[0]),
            (dead_letter::SOURCE_OFFSET, offset),
            (dead_letter::SOURCE_INDEX, parts[2]),
            ONE,
        ]
    };
    produce(&stack, &stack.topics.dead_letters, b"", &letter(parts[1])).await;
    produce(&stack, &stack.topics.dead_letters, b"", &letter("888888")).await;
    let gone = format!("{}-888888-{}", parts[0], parts[2]);

    for round in ["it is stored", "it was deleted", "again"] {
        let replayed = operator.run(&["dead-letters", "replay", &place, &gone, "--yes"]).await;
        assert!(replayed.success, "{round}: {replayed:?}");
        let refused = format!("{gone}: cannot be replayed: Kafka no longer keeps the original record");
        assert!(replayed.written.contains(&refused), "{replayed:?}");
        if round == "it is stored" {
            until_nothing_waits(&operator, &app).await;
            until_rows(&stack, &app, 1).await;
            stack.clickhouse.ask(&removal(&id)).await;
        }
        until_nothing_waits(&operator, &app).await;
        if round != "it is stored" {
            until_rows(&stack, &app, 1).await;
            assert_ne!(place_of(&stack, id.parse().expect("a UUID")).await, place);
        }
    }
}
