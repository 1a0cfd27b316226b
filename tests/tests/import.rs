//! An original BatAudit comes over: people, projects, keys and rules as they were, events once, whatever stops it.

use std::time::Duration;

use bataudit_e2e::api::Api;
use bataudit_e2e::control::texts;
use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::operator::Operator;
use bataudit_e2e::original::Original;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{OWNER_EMAIL, Plan, Shared, Stack, until_key_works};
use bataudit_e2e::wait::{eventually, holds};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SOON: Duration = Duration::from_secs(60);

static STACK: Shared = Shared::new(|| Plan::new("import"));

const SHOP: &str = "11111111-1111-4111-8111-111111111111";
const WEIRD: &str = "22222222-2222-4222-8222-222222222222";
const TAKEN: &str = "33333333-3333-4333-8333-333333333333";
const OLGA: &str = "aaaaaaaa-0000-4000-8000-000000000001";
/// bcrypt of the password "a", made by another implementation.
const BCRYPT: &str = "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe";
/// An event id.
const FIRST: &str = "0b9c4a52-6f0e-4c47-9a35-0d1c2f3b4a50";

fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The key that is imported.
fn key() -> String {
    format!("bat_{}", "0123456789abcdef".repeat(4))
}

async fn people(original: &Original) {
    original
        .run(&format!(
            "INSERT INTO users VALUES ('{OLGA}', 'Olga', 'Olga@Original.example', '{BCRYPT}', 'owner', '2024-01-01T10:00:00Z'),
               ('aaaaaaaa-0000-4000-8000-000000000002', 'Ada', 'ada@x.com', '{BCRYPT}', 'admin', '2024-01-02T10:00:00Z'),
               ('aaaaaaaa-0000-4000-8000-000000000003', 'Ada again', 'Ada@X.com', '{BCRYPT}', 'viewer', '2024-01-03T10:00:00Z'),
               ('user-4', 'Same here', '{OWNER_EMAIL}', '{BCRYPT}', 'owner', '2024-01-04T10:00:00Z'),
               ('aaaaaaaa-0000-4000-8000-000000000005', 'Power', 'power@x.com', '{BCRYPT}', 'auditor', '2024-01-05T10:00:00Z'),
               ('aaaaaaaa-0000-4000-8000-000000000006', 'Broken', 'broken@x.com', 'plain', 'viewer', '2024-01-06T10:00:00Z');
             INSERT INTO projects VALUES ('{SHOP}', 'Shop', 'shop', '{OLGA}', '2024-01-01T10:00:00Z'),
               ('{WEIRD}', 'Weird', 'My Shop/é', 'deleted-user', '2024-01-01T10:00:00Z'),
               ('{TAKEN}', 'Taken', 'taken', NULL, '2024-01-01T10:00:00Z');
             INSERT INTO project_members VALUES ('{OLGA}', '{SHOP}', 'owner'),
               ('aaaaaaaa-0000-4000-8000-000000000003', '{SHOP}', 'boss'), ('user-4', '{TAKEN}', 'viewer');
             INSERT INTO api_keys VALUES ('bbbbbbbb-0000-4000-8000-000000000001', '{}', '{SHOP}', 'Live', now(), NULL, true),
               ('bbbbbbbb-0000-4000-8000-000000000002', '{}', '{SHOP}', 'Revoked', now(), NULL, false),
               ('bbbbbbbb-0000-4000-8000-000000000003', 'nonsense', '{SHOP}', 'Broken', now(), NULL, true),
               ('bbbbbbbb-0000-4000-8000-000000000004', '{}', 'gone', 'Nowhere', now(), NULL, true);
             INSERT INTO invites VALUES
               ('cccccccc-0000-4000-8000-000000000001', '{}', 'New@x.com', 'admin', 'deleted-user', now() + interval '3 days', NULL, now()),
               ('cccccccc-0000-4000-8000-000000000002', 'used', 'u@x.com', 'viewer', NULL, now() + interval '3 days', now(), now()),
               ('cccccccc-0000-4000-8000-000000000003', 'over', 'o@x.com', 'viewer', NULL, now() - interval '3 days', NULL, now());",
            sha256(&key()),
            sha256("bat_revoked"),
            sha256("bat_nowhere"),
            "ab".repeat(24),
        ))
        .await;
}

async fn things(original: &Original) {
    original
        .run(&format!(
            "INSERT INTO anomaly_rules VALUES ('dddddddd-0000-4000-8000-000000000001', '{SHOP}', 'error_rate', 20, 300, true, now()),
               ('dddddddd-0000-4000-8000-000000000002', '{SHOP}', 'weather', 1, 60, true, now()),
               ('dddddddd-0000-4000-8000-000000000003', '{SHOP}', 'brute_force', 10, 0, true, now()),
               ('dddddddd-0000-4000-8000-000000000004', '{SHOP}', 'mass_delete', 50, 300, false, now());
             INSERT INTO notification_channels VALUES
               ('eeeeeeee-0000-4000-8000-000000000001', '{SHOP}', 'webhook', '{{\"url\":\"https://hooks.example/x\",\"secret\":\"s3\"}}', true, now()),
               ('eeeeeeee-0000-4000-8000-000000000002', '{SHOP}', 'push', '{{\"endpoint\":\"https://p\",\"keys\":{{}}}}', true, now());
             INSERT INTO notification_deliveries VALUES
               ('eeeeeeee-0000-4000-8000-000000000009', 'eeeeeeee-0000-4000-8000-000000000001', '{FIRST}', 'failed', 500, 'no', now());
             INSERT INTO audit_summaries VALUES ('2024-01-01', 'day', '{SHOP}', 'shop', 5, 0, 0, 0, 12.5, 30, 5);
             INSERT INTO healthcheck_monitors VALUES ('ffffffff-0000-4000-8000-000000000001', '{SHOP}', 'Main API',
               'https://api.example/health', 5, 10, 200, false, 'up', now(), now(), now());
             INSERT INTO healthcheck_results VALUES ('ffffffff-0000-4000-8000-000000000002',
               'ffffffff-0000-4000-8000-000000000001', 'up', 200, 31, '', now());
             INSERT INTO wallboard_tokens VALUES ('ffffffff-0000-4000-8000-000000000003', 'Hall', 'BAT-0A1B2C', '{}', '{SHOP}',
               now() + interval '20 days', now(), now()),
               ('ffffffff-0000-4000-8000-000000000004', 'Never', 'BAT-0A1B2D', NULL, NULL, now() + interval '20 days', now(), NULL);
             INSERT INTO reports VALUES ('ffffffff-0000-4000-8000-000000000005', '{SHOP}', 'By day',
               '[{{\"id\":\"1\",\"title\":\"t\",\"sql\":\"SELECT TO_CHAR(timestamp, ''YYYY'') FROM audits\",\"viz\":\"table\"}}]',
               '[{{\"i\":\"1\",\"x\":0,\"y\":0,\"w\":1,\"h\":1}}]', 'deleted-user', now(), now());",
            sha256("a screen's token"),
        ))
        .await;
}

/// Events that the line stores.
async fn good_events(original: &Original) {
    let body = "'{\"a&amp;amp;b\": \"x&amp;lt;y\", \"card\": 1234567890123456, \"big\": 12345678901234567890, \
                \"t\": \"&lt;b&gt;\", \"password\": \"hunter2\"}'";
    let (shop, first) = (format!("'{SHOP}'"), format!("'{FIRST}'"));
    let shop = ("project_id", shop.as_str());
    let all: &[&[(&str, &str)]] = &[
        &[
            shop,
            ("id", &first),
            ("path", "'/a?x=1&amp;y=2'"),
            ("identifier", "'O&#39;Brien'"),
            ("ip", "'2001:db8::1'"),
            ("request_body", body),
            ("response_body", "'null'"),
            ("session_id", "'s&amp;1'"),
            (
                "timestamp",
                "date_trunc('day', now() AT TIME ZONE 'UTC') - interval '2 days' + interval '3.123456 seconds'",
            ),
        ],
        &[("service_name", "'lonely'")],
        &[("project_id", "'no-such-project'")],
        &[shop, ("id", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'")],
        &[shop, ("id", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'")],
        &[shop, ("id", "'seed-1'")],
        &[
            shop,
            ("event_type", "'system.alert'"),
            ("method", "''"),
            ("path", "'brute_force'"),
            ("identifier", "'system'"),
            ("status_code", "0"),
            ("request_body", "'{\"identifier\": \"O&#39;Brien\"}'"),
        ],
        &[shop, ("event_type", "'system.alert'"), ("path", "'brute_force'"), ("identifier", "'mallory'")],
        &[
            shop,
            ("event_type", "'system.healthcheck.down'"),
            ("method", "''"),
            ("path", "'https://x.y/?a=1&b=2'"),
            ("service_name", "'Main API'"),
        ],
        &[shop, ("timestamp", "(now() AT TIME ZONE 'UTC') - interval '400 days'")],
        &[shop, ("timestamp", "(now() AT TIME ZONE 'UTC') - interval '40 days'")],
    ];
    for columns in all {
        original.event(columns).await;
    }
    let (weird, taken) = (format!("'{WEIRD}'"), format!("'{TAKEN}'"));
    original.event(&[("project_id", &weird)]).await;
    original.event(&[("project_id", &taken)]).await;
}

/// Events that nothing can store.
async fn bad_events(original: &Original) {
    let shop = format!("'{SHOP}'");
    for column in [
        ("path", "''"),
        ("ip", "'nonsense'"),
        ("timestamp", "'0001-01-01 00:00:00'"),
        ("timestamp", "'infinity'"),
        ("timestamp", "NULL"),
    ] {
        original.event(&[("project_id", &shop), column]).await;
    }
}

const GOOD: u64 = 13;
const BAD: u64 = 5;

async fn rows(stack: &Stack, condition: &str) -> u64 {
    stack.clickhouse.number(&format!("SELECT count() FROM events WHERE {condition}")).await
}

/// Imported events; what people did here is not, nor what sentinel found.
const THEIRS: &str =
    "event_type != 'system.audit' AND (event_type != 'system.alert' OR received_at < now() - INTERVAL 1 DAY)";

async fn until_stored(stack: &Stack, count: u64) {
    eventually("the events are stored", SOON, async || {
        let rows = rows(stack, THEIRS).await;
        holds(rows == count, format!("{rows} of {count}"))
    })
    .await;
}

/// What the control store has of everything that is imported.
async fn control_counts(stack: &Stack) -> Vec<String> {
    let tables = [
        "users",
        "projects",
        "project_members",
        "api_keys",
        "invites",
        "notification_channels",
        "monitors",
        "monitor_checks",
        "wallboard_screens",
        "reports",
    ];
    let counts = tables.map(|table| format!("SELECT '{table} ' || count(*) AS n FROM {table}"));
    texts(&stack.control_url, &counts.join(" UNION ALL ")).await
}

async fn books_agree(operator: &Operator) {
    let report = eventually("nothing waits", SOON, async || {
        let (agrees, report) = operator.verify(&["--from", "2020-01-01T00:00:00Z"]).await;
        holds(agrees && report["total"]["waiting"] == 0, report.to_string()).map(|()| report)
    })
    .await;
    assert_eq!(report["rollups"], json!([]), "{report}");
}

fn counts(report: &Value, kind: &str) -> Counts {
    let kind = &report["kinds"][kind];
    let number = |name: &str| kind[name].as_u64().unwrap_or_else(|| panic!("{kind}"));
    let refused = kind["refused"].as_object().map(|reasons| reasons.values().filter_map(Value::as_u64).sum());
    (number("found"), number("imported"), number("already_there"), refused.unwrap_or(0))
}

/// Found, imported, there already, refused.
type Counts = (u64, u64, u64, u64);

/// What the report says of each kind.
const REPORTED: [(&str, Counts); 12] = [
    ("users", (6, 3, 2, 1)),
    ("projects", (3, 2, 1, 0)),
    ("members", (3, 2, 1, 0)),
    ("keys", (4, 2, 0, 2)),
    ("invites", (1, 1, 0, 0)),
    ("rules", (4, 3, 0, 1)),
    ("channels", (2, 1, 0, 1)),
    ("monitors", (1, 1, 0, 0)),
    ("screens", (2, 1, 0, 1)),
    ("reports", (1, 1, 0, 0)),
    ("summaries", (1, 0, 0, 1)),
    ("events", (GOOD + BAD, GOOD, 0, BAD)),
];

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_over_and_once() {
    let stack = STACK.get();
    let operator = Operator::at(&stack);
    let original = Original::create().await;
    people(&original).await;
    things(&original).await;
    good_events(&original).await;
    bad_events(&original).await;
    let owner = stack.owner().await;
    let taken = owner.create_project("taken").await;
    let before = control_counts(&stack).await;

    // Nobody is surprised: not by a dry run, nor by what retention will do.
    let dry = operator.run(&["import", &original.url, "--dry-run", "--json"]).await;
    assert!(dry.success, "{}", dry.written);
    assert_eq!(counts(&dry.json(), "events"), (GOOD + BAD, GOOD, 0, BAD), "{}", dry.written);
    assert_eq!((control_counts(&stack).await, rows(&stack, THEIRS).await), (before, 0));
    let asked = operator.run(&["import", &original.url, "--only", "events"]).await;
    assert!(
        !asked.success && asked.written.contains("add --yes; no event was imported"),
        "{}",
        asked.written
    );

    let folder = tempfile::tempdir().expect("a folder");
    let rejects = folder.path().join("rejects.ndjson");
    let summaries = folder.path().join("summaries.ndjson");
    let files =
        ["--rejects", rejects.to_str().expect("UTF-8"), "--summaries", summaries.to_str().expect("UTF-8")];
    let words = [&["import", original.url.as_str(), "--yes", "--json"][..], &files].concat();
    let done = operator.run(&words).await;
    assert!(done.success, "{}", done.written);
    let report = done.json();
    for (kind, expected) in REPORTED {
        assert_eq!(counts(&report, kind), expected, "{kind}: {}", done.written);
    }
    let refused = std::fs::read_to_string(&rejects).expect("the file of rejects");
    assert_eq!(refused.lines().count() as u64, BAD, "{refused}");
    assert_eq!(std::fs::read_to_string(&summaries).expect("the summaries").lines().count(), 1);

    until_stored(&stack, GOOD).await;
    events_are_right(&stack, &taken).await;
    people_get_in(&stack, &taken).await;
    books_agree(&operator).await;

    // Once more, and nothing changes; what the test posted meanwhile is not the original's.
    let (before, stored) = (control_counts(&stack).await, rows(&stack, THEIRS).await);
    let rejects = folder.path().join("rejects-again.ndjson");
    let files = ["--without", "summaries", "--rejects", rejects.to_str().expect("UTF-8")];
    let words = [&["import", original.url.as_str(), "--yes", "--json"][..], &files].concat();
    let again = operator.run(&words).await;
    assert!(again.success, "{}", again.written);
    assert_eq!(counts(&again.json(), "events"), (GOOD + BAD, 0, GOOD, BAD), "{}", again.written);
    assert_eq!(counts(&again.json(), "users"), (6, 0, 5, 1), "{}", again.written);
    assert_eq!((control_counts(&stack).await, rows(&stack, THEIRS).await), (before, stored));
    books_agree(&operator).await;
}

async fn events_are_right(stack: &Stack, taken: &str) {
    let first: Vec<Value> = stack
        .clickhouse
        .rows(&format!(
            "SELECT path, identifier, ip, request_body, response_body, session_id, event_type, project_id, \
             toString(timestamp) AS at, received_at = timestamp AS kept FROM events WHERE id = '{FIRST}'"
        ))
        .await;
    let first = &first[0];
    assert_eq!((&first["path"], &first["identifier"]), (&json!("/a?x=1&y=2"), &json!("O'Brien")));
    assert_eq!((&first["ip"], &first["response_body"]), (&json!("2001:db8::1"), &json!("null")));
    assert_eq!((&first["session_id"], &first["event_type"]), (&json!("s&amp;1"), &json!("http")));
    assert_eq!((&first["project_id"], &first["kept"]), (&json!(SHOP), &json!(1)));
    assert!(first["at"].as_str().expect("a time").ends_with(" 00:00:03.123"), "{first}");
    let body = first["request_body"].as_str().expect("a body");
    for part in [r#""a&b": "x<y""#, "1234567890123456", "12345678901234567890", r#""<b>""#, "********"] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert!(!body.contains("hunter2"), "{body}");

    for (condition, count) in [
        ("service_name = 'lonely' AND project_id NOT IN ('', 'lonely')".to_owned(), 1),
        (format!("project_id = '{SHOP}'"), GOOD - 3),
        (format!("project_id = '{WEIRD}'"), 1),
        (format!("project_id = '{taken}'"), 1),
        ("event_type = 'client.system.alert' AND identifier = 'mallory'".to_owned(), 1),
        (r#"event_type = 'system.alert' AND request_body LIKE '%O\'Brien%'"#.to_owned(), 1),
        ("event_type = 'system.healthcheck.down' AND path = 'https://x.y/?a=1&b=2'".to_owned(), 1),
        ("id = '6f9619ff-8b86-d011-b42d-00c04fc964ff'".to_owned(), 1),
        ("timestamp < now() - INTERVAL 399 DAY".to_owned(), 1),
    ] {
        assert_eq!(rows(stack, &format!("{THEIRS} AND {condition}")).await, count, "{condition}");
    }
}

async fn people_get_in(stack: &Stack, taken: &str) {
    // With the old password, which is then hashed as here.
    let olga = Api::login(&stack.query_api.url, "olga@original.example", "a").await;
    drop(Api::login(&stack.query_api.url, "olga@original.example", "a").await);
    let slugs: Vec<_> = olga.projects().await.iter().map(|project| project["slug"].clone()).collect();
    for slug in ["shop", "My-Shop--", "taken", "lonely"] {
        assert!(slugs.contains(&json!(slug)), "{slugs:?}");
    }
    let users = olga.get("/v1/auth/users").await.expect(200).json();
    let role = |email: &str| {
        let users = users["data"].as_array().expect("a list");
        users.iter().find(|user| user["email"] == email).map(|user| user["role"].clone())
    };
    assert_eq!((role("power@x.com"), role("ada@x.com")), (Some(json!("viewer")), Some(json!("admin"))));

    let gateway = Gateway::new(&stack.ingests[0].url, &key());
    until_key_works(&gateway).await;
    drop(gateway.post_text("/v1/audit", sample::event("shop").to_string()).await.expect(202));
    olga.events_when(&format!("project_id={SHOP}&path=/api/users&start_date={}", today()), 1, SOON).await;

    let url = format!("/v1/auth/invite/{}/accept", "ab".repeat(24));
    let accepted = Api::anonymous(&stack.query_api.url);
    drop(accepted.post(&url, &json!({"name": "New", "password": "a new password"})).await.expect(201));
    let screen = json!({"refresh_token": "a screen's token"});
    let shown = accepted.post("/v1/wallboard/refresh", &screen).await.expect(200).json();
    assert_eq!(shown["project_id"], SHOP);

    let rules = olga.get(&format!("/v1/anomaly/rules?project_id={SHOP}")).await.expect(200).json();
    let mut rules: Vec<_> = rules
        .as_array()
        .expect("a list")
        .iter()
        .map(|rule| (rule["rule_type"].to_string(), rule["active"] == true))
        .collect();
    rules.sort();
    let expected =
        [("brute_force", false), ("error_rate", true), ("error_rate_by_route", true), ("mass_delete", false)];
    assert_eq!(rules, expected.map(|(kind, active)| (format!("{kind:?}"), active)));
    let hooks = olga.get(&format!("/v1/notifications/webhooks?project_id={SHOP}")).await.expect(200).json();
    assert_eq!(hooks[0]["config"]["url"], "https://hooks.example/…", "{hooks}");
    let reports = olga.get(&format!("/v1/reports?project_id={SHOP}")).await.expect(200).json();
    assert_eq!(
        (&reports["data"][0]["name"], &reports["data"][0]["widgets"][0]["viz"]),
        (&json!("By day"), &json!("table"))
    );
    let monitors = olga.get(&format!("/v1/monitors?project_id={SHOP}")).await.expect(200).json();
    assert_eq!(
        (&monitors["data"][0]["interval_seconds"], &monitors["data"][0]["enabled"]),
        (&json!(10), &json!(false))
    );
    let members = olga.get(&format!("/v1/auth/projects/{taken}/members")).await.expect(200).json();
    assert!(members["data"].to_string().contains(OWNER_EMAIL), "{members}");
}

fn today() -> String {
    chrono::Utc::now().format("%Y-%m-%dT00:00:00Z").to_string()
}

const MANY: u64 = 60_000;

/// How many events the import has noted as done; `None` once it is over.
async fn noted(stack: &Stack) -> Option<u64> {
    let progress = texts(&stack.control_url, "SELECT progress FROM imports").await;
    let progress: Value = serde_json::from_str(progress.first()?).expect("JSON");
    progress["counts"]["imported"].as_u64()
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_and_killed_it_goes_on_and_stores_nothing_twice() {
    let stack = Stack::start(Plan::new("import_stopped")).await;
    let operator = Operator::at(&stack);
    let original = Original::create().await;
    original
        .run(&format!(
            "INSERT INTO projects VALUES ('{SHOP}', 'Shop', 'shop', NULL, now());
             INSERT INTO audits (id, method, path, status_code, identifier, service_name, environment, timestamp, project_id, event_type)
             SELECT gen_random_uuid()::text, 'GET', '/n/' || n, 200, 'user-' || n % 100, 'shop', 'production',
               (now() AT TIME ZONE 'UTC') - interval '20 days' + n / 3 * interval '25 seconds', '{SHOP}', ''
             FROM generate_series(1, {MANY}) AS n"
        ))
        .await;
    let words = ["import", original.url.as_str(), "--yes", "--json"];

    // Ctrl-C ends it cleanly.
    let mut import = operator.begin(&words);
    until_noted(&stack, 1).await;
    import.signal(Signal::SIGINT);
    assert!(!import.wait(SOON).await.success());
    assert!(import.log().contains("stopped; run the same again"), "{}", import.log());
    let stopped = noted(&stack).await.expect("how far it came");
    assert!(stopped < MANY, "it was over already");

    // A kill ends it anywhere.
    let mut import = operator.begin(&words);
    until_noted(&stack, stopped + 1).await;
    import.kill();
    assert!(import.log().contains("Going on after"), "{}", import.log());
    assert!(noted(&stack).await.expect("how far it came") < MANY, "it was over already");

    // What the original got meanwhile with an earlier time is not missed.
    let shop = format!("'{SHOP}'");
    let early = ("timestamp", "(now() AT TIME ZONE 'UTC') - interval '25 days'");
    original.event(&[("project_id", &shop), early]).await;
    let done = operator.run(&words).await;
    assert!(done.success, "{}", done.written);
    let (found, imported, there, refused) = counts(&done.json(), "events");
    assert_eq!((found, imported + there, refused), (MANY + 1, MANY + 1, 0), "{}", done.written);
    assert_eq!(noted(&stack).await, None);

    until_stored(&stack, MANY + 1).await;
    books_agree(&operator).await;
    let again = operator.run(&words).await;
    assert_eq!(counts(&again.json(), "events"), (MANY + 1, 0, MANY + 1, 0), "{}", again.written);
    let distinct = format!("SELECT uniqExact(id) FROM events WHERE {THEIRS}");
    assert_eq!(stack.clickhouse.number(&distinct).await, rows(&stack, THEIRS).await);
    assert_eq!(rows(&stack, THEIRS).await, MANY + 1);
}

async fn until_noted(stack: &Stack, least: u64) {
    eventually("the import has come further", SOON, async || {
        let noted = noted(stack).await.unwrap_or(0);
        holds(noted >= least, noted.to_string())
    })
    .await;
}
