//! The SQL console on the real engine: what it answers, and the attempts to get out of it.

use std::time::{Duration, Instant};

use axum::http::Method;
use bataudit_control::Role;
use bataudit_control::outbox;
use bataudit_query_api::Api;
use bataudit_service::{Secret, Shutdown};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Answer, Fixture, config, event, now_ms, with};

pub(crate) async fn ask(api: &Fixture, token: &str, sql: &str) -> Answer {
    api.call(Method::POST, "/v1/audit/query", Some(token), Some(&json!({"sql": sql}))).await
}

/// The rows of a query that must succeed.
async fn rows(api: &Fixture, token: &str, sql: &str) -> Value {
    let answer = ask(api, token, sql).await;
    assert_eq!(answer.status, 200, "{sql}: {answer:?}");
    answer.json()["rows"].clone()
}

/// Two projects with an event each; a token for the first, and what nobody with it may see.
struct Scene {
    mine: String,
    theirs: String,
    token: String,
    secret: String,
}

impl Scene {
    async fn new(api: &Fixture) -> Self {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let token = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let secret = format!("victim-{}", Uuid::new_v4().simple());
        let own = with(event(&mine, now_ms()), json!({"identifier": "7", "service_name": "shop"}));
        let foreign = with(
            event(&theirs, now_ms()),
            json!({"identifier": secret, "error_message": secret, "service_name": secret, "path": secret}),
        );
        api.insert(&[own, foreign]).await;
        Self { mine, theirs, token, secret }
    }
}

#[tokio::test]
async fn a_query_is_answered_in_the_originals_shape() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        let asked = "SELECT service_name, count() AS events, max(status_code) AS worst FROM audits GROUP BY 1; -- all";
        let answer = ask(api, &at.token, asked).await.json();
        assert_eq!(answer["columns"], json!(["service_name", "events", "worst"]));
        assert_eq!(answer["rows"], json!([["shop", "1", 200]]));
        assert_eq!((&answer["row_count"], &answer["truncated"]), (&json!(1), &json!(false)));
        assert_eq!(answer["column_types"], json!(["LowCardinality(String)", "UInt64", "UInt16"]));
        assert!(answer["rows_read"].as_u64() >= Some(1) && answer["bytes_read"].as_u64() > Some(2), "{answer}");
        let day = rows(api, &at.token, "SELECT period_type, event_count, avg_ms FROM audit_summaries ORDER BY 1").await;
        assert_eq!(day, json!([["day", "1", 45], ["hour", "1", 45]]));
        let time = rows(api, &at.token, "SELECT timestamp FROM audits").await;
        assert!(time[0][0].as_str().unwrap().ends_with('Z'), "{time}");
        let many = ask(api, &at.token, "SELECT number FROM numbers(5000)").await.json();
        assert_eq!((&many["row_count"], &many["truncated"]), (&json!(1000), &json!(true)));
        let few = ask(api, &at.token, "SELECT number FROM numbers(5000) LIMIT 1000").await.json();
        assert_eq!((&few["row_count"], &few["truncated"]), (&json!(1000), &json!(false)));
    })
    .await;
}

#[tokio::test]
async fn everybody_sees_their_projects_only() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let nobody = api.user("nobody", Role::Admin, &[]).await;
        let both = format!("SELECT count() FROM audits WHERE project_id IN ('{}', '{}')", at.mine, at.theirs);
        for (token, events) in [(&at.token, "1"), (&owner, "2"), (&nobody, "0")] {
            assert_eq!(rows(api, token, &both).await, json!([[events]]));
        }
        // A project that a query names is read by whoever may, and by nobody else.
        let named = format!("SELECT count() FROM audits WHERE project_id = '{}'", at.theirs);
        let of_days = named.replace("audits", "audit_summaries") + " AND period_type = 'day'";
        for (token, events) in [(&at.token, "0"), (&owner, "1"), (&nobody, "0")] {
            assert_eq!(rows(api, token, &named).await, json!([[events]]));
            assert_eq!(rows(api, token, &of_days).await, json!([[events]]));
        }
        assert_eq!(rows(api, &nobody, "SELECT count() FROM audits").await, json!([["0"]]));
        assert_eq!(rows(api, &nobody, "SELECT count() FROM audit_summaries").await, json!([["0"]]));
        let narrowed = async |token: &str, project: &str| {
            let body = json!({"sql": both, "project_id": project});
            api.call(Method::POST, "/v1/audit/query", Some(token), Some(&body)).await
        };
        assert_eq!(narrowed(&owner, &at.theirs).await.json()["rows"], json!([["1"]]));
        let (foreign, unknown) =
            (narrowed(&at.token, &at.theirs).await, narrowed(&at.token, "nowhere").await);
        assert_eq!((foreign.status.as_u16(), &foreign.json()["error"]), (404, &unknown.json()["error"]));
    })
    .await;
}

/// The border is a filter that runs before anything of the query does: a condition that fails on a foreign row, and
/// quotes it, must never meet one.
#[tokio::test]
async fn conditions_never_meet_a_foreign_row() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        let Scene { theirs, token, secret, .. } = &at;
        for sql in [
            format!("SELECT count() FROM audits WHERE throwIf(project_id = '{theirs}')"),
            "SELECT count() FROM audits WHERE toUInt8(identifier) = 8".to_owned(),
            "SELECT count() FROM audits WHERE timestamp > now() - INTERVAL 1 DAY AND toUInt8(identifier) = 8".to_owned(),
            "SELECT count() FROM audits PREWHERE toUInt8(identifier) = 8".to_owned(),
            "SELECT toUInt8(identifier) FROM audits ORDER BY timestamp LIMIT 1".to_owned(),
            "SELECT count() FROM audits a JOIN audits b ON toUInt8(a.identifier) = toUInt8(b.identifier)".to_owned(),
            "SELECT count() FROM (SELECT toUInt8(identifier) AS n FROM audits) WHERE n > 200".to_owned(),
            format!("SELECT count() FROM audit_summaries WHERE throwIf(project_id = '{theirs}')"),
            format!("SELECT service_name FROM audit_summaries GROUP BY 1 HAVING throwIf(service_name = '{secret}')"),
            format!("WITH x AS (SELECT * FROM audits) SELECT count() FROM x WHERE throwIf(path = '{secret}')"),
        ] {
            let answer = ask(api, token, &sql).await;
            assert!(!answer.text.contains(secret.as_str()), "{sql}: {answer:?}");
            let is_refused_for_itself = sql.contains("PREWHERE");
            assert!(answer.status == 200 || is_refused_for_itself, "{sql}: {answer:?}");
        }
    })
    .await;
}

/// Each of these was tried to get more than `audits` and `audit_summaries` of one's own projects.
const ATTEMPTS: &[&str] = &[
    // Other tables, by every name.
    "SELECT * FROM events",
    "SELECT * FROM test_console.events",
    "SELECT * FROM `test_console`.`events`",
    "SELECT * FROM stats_hour",
    "SELECT * FROM user_day",
    "SELECT * FROM mv_stats_hour",
    "SELECT * FROM schema_migrations",
    "SELECT * FROM bataudit.events",
    "SELECT 'x' IN events",
    "SELECT (SELECT any(identifier) FROM events)",
    "SELECT count() FROM audits a JOIN events e ON a.id = toString(e.id)",
    "WITH e AS (SELECT * FROM events) SELECT * FROM e",
    "SELECT 1 UNION ALL SELECT count() FROM events",
    "SELECT joinGet('test_console.events', 'identifier', 1)",
    "SELECT hasColumnInTable('test_console', 'events', 'k_offset')",
    "SELECT * FROM merge('test_console', '^events$')",
    "SELECT * FROM mergeTreeIndex('test_console', 'events')",
    "SELECT * FROM view(SELECT * FROM events)",
    "SELECT * FROM viewIfPermitted(SELECT identifier FROM events ELSE null('identifier UInt8')), numbers(nosuch)",
    "SELECT * FROM loop('test_console', 'events')",
    // The server itself.
    "SELECT * FROM system.users",
    "SELECT * FROM system.query_log",
    "SELECT * FROM `system`.processes",
    "SELECT * FROM \"system\".\"tables\"",
    "SELECT * FROM system /**/ . /**/ settings",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM INFORMATION_SCHEMA.COLUMNS",
    "SELECT * FROM merge('system', 'users')",
    "SELECT getClientHTTPHeader('Authorization')",
    "SELECT addressToLine(1)",
    "SELECT catboostEvaluate('/etc/passwd', 1)",
    // Files.
    "SELECT file('/etc/passwd')",
    "SELECT FILE('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    "SELECT \"fi\\x6ce\"('/etc/passwd')",
    "SELECT arrayMap(file, ['/etc/passwd'])",
    "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
    "SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS a)",
    "SELECT {f:Identifier}('/etc/passwd')",
    "SELECT 1 # ' \n , file('/etc/passwd') -- '",
    "SELECT $a$ ' $a$, file('/etc/passwd'), ' '",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM fileCluster('default', '/etc/passwd', 'LineAsString')",
    "SELECT * FROM audits INTO OUTFILE '/tmp/x'",
    // Other machines and programs.
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM s3('http://localhost:1/bucket/x.csv', 'CSV')",
    "SELECT * FROM azureBlobStorage('http://127.0.0.1:1/', 'c', 'p', 'a', 'k')",
    "SELECT * FROM hdfs('hdfs://127.0.0.1:1/x', 'CSV', 'a String')",
    "SELECT * FROM iceberg('http://localhost:1/bucket/x')",
    "SELECT * FROM remote('127.0.0.1', 'test_console', 'events')",
    "SELECT * FROM remoteSecure('127.0.0.1', 'test_console', 'events')",
    "SELECT * FROM cluster('default', 'test_console', 'events')",
    "SELECT * FROM clusterAllReplicas('default', system.one)",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM sqlite('/x.db', 't')",
    "SELECT * FROM redis('127.0.0.1:1', 'k', 'k String')",
    "SELECT * FROM mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'x String')",
    "SELECT * FROM jdbc('x', 'y')",
    "SELECT * FROM odbc('x', 'y', 'z')",
    "SELECT * FROM executable('id', 'TSV', 'a String')",
    "SELECT * FROM input('a String')",
    "SELECT dictGet('a', 'b', 1)",
    "SELECT * FROM dictionary('a')",
    // Other statements, and other settings.
    "SELECT 1; DROP TABLE events",
    "SET readonly = 0",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 0)",
    "SELECT count() FROM audits SETTINGS use_query_cache = 1",
    "SELECT 1 SETTINGS query_id = 'bataudit-console:00000000-0000-0000-0000-000000000000:*'",
    "SELECT 1 SETTINGS initial_query_id = 'bataudit-console:00000000-0000-0000-0000-000000000000:*'",
    "INSERT INTO events SELECT * FROM events",
    "WITH x AS (SELECT 1) INSERT INTO events SELECT * FROM x",
    "CREATE TABLE x (a UInt8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE x (a UInt8)",
    "ALTER TABLE events DELETE WHERE 1",
    "TRUNCATE TABLE events",
    "DROP VIEW audits",
    "EXPLAIN SELECT count() FROM audits",
    "DESCRIBE events",
    "SHOW CREATE VIEW audits",
    "SHOW TABLES",
    "KILL QUERY WHERE 1",
    "SYSTEM FLUSH LOGS",
    "GRANT SELECT ON *.* TO bataudit_console",
    "EXECUTE AS admin SELECT 1",
    "USE system",
    "BACKUP TABLE audits TO File('/tmp/x')",
    "SELECT 1 FORMAT Native",
];

#[tokio::test]
async fn nobody_gets_out() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        for sql in ATTEMPTS {
            let answer = ask(api, &at.token, sql).await;
            let seen = answer.json();
            assert_eq!(
                (answer.status.as_u16(), &seen["code"]),
                (400, &json!("invalid_query")),
                "{sql}: {seen}"
            );
            let told = seen["error"].as_str().unwrap();
            for internal in
                [&at.secret, "root:", "test_console", "version", "DB::", "bataudit_console", "privileges"]
            {
                assert!(!told.contains(internal), "{sql}: {told}");
            }
        }
        // None of them broke anything.
        assert_eq!(rows(api, &at.token, "SELECT identifier FROM audits").await, json!([["7"]]));
    })
    .await;
}

#[tokio::test]
async fn nobody_keeps_the_server_busy() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        for sql in [
            "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))",
            "SELECT sum(cityHash64(a.number, b.number)) FROM numbers(400000) a, numbers(400000) b",
            "SELECT groupArray(number) FROM numbers(400000000)",
            "SELECT sum(sleepEachRow(1)) FROM numbers(100)",
            "SELECT arrayFold((acc, x) -> acc + x, range(10000000), toInt64(0))",
            "SELECT repeat(repeat('x', 1000000), 1000)",
            "SELECT repeat('x', 1000000) FROM numbers(1000)",
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count() FROM r",
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r, numbers(9)) SELECT count() FROM r",
        ] {
            let started = Instant::now();
            let answer = ask(api, &at.token, sql).await;
            assert!(matches!(answer.status.as_u16(), 400 | 504), "{sql}: {} {}", answer.status, answer.text.len());
            assert!(started.elapsed() < Duration::from_secs(12), "{sql}: {:?}", started.elapsed());
        }
        let deep = format!("SELECT {}1{}", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(ask(api, &at.token, &deep).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_is_written_down_and_remembered() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        rows(api, &at.token, "SELECT count() FROM audits").await;
        assert_eq!(ask(api, &at.token, "SELECT paht FROM audits").await.json()["error"], {
            json!("query error: Unknown expression identifier `paht`")
        });
        let acts = outbox::oldest(&api.control, 100).await.unwrap();
        let acts: Vec<_> =
            acts.iter().map(|waiting| &waiting.entry).filter(|entry| entry.verb == "QUERY").collect();
        let of = |n: usize| (acts[n].status, acts[n].details["sql"].clone(), acts[n].details["rows"].clone());
        assert_eq!(of(0), (200, json!("SELECT count() FROM audits"), json!(1)));
        assert_eq!(of(1), (400, json!("SELECT paht FROM audits"), Value::Null));
        assert_eq!((acts.len(), acts[0].user_email.as_str()), (2, "me@example.com"));

        let other = api.user("other", Role::Admin, &[]).await;
        let history =
            async |token: &str| api.get("/v1/audit/query/history", token).await.json()["data"].clone();
        let mine = history(&at.token).await;
        assert_eq!((&mine[0]["sql"], &mine[1]["row_count"]), (&json!("SELECT paht FROM audits"), &json!(1)));
        assert!(mine[0]["error"].is_string() && mine[0]["row_count"].is_null());
        assert_eq!(history(&other).await, json!([]));
        let cleared = api.call(Method::DELETE, "/v1/audit/query/history", Some(&at.token), None).await;
        assert_eq!((cleared.status.as_u16(), history(&at.token).await), (204, json!([])));
    })
    .await;
}

#[tokio::test]
async fn saved_queries_are_their_authors() {
    Fixture::run(async |api| {
        let (me, other) = (api.user("me", Role::Admin, &[]).await, api.user("other", Role::Admin, &[]).await);
        let save = async |method: Method, path: &str, token: &str, body: Value| {
            api.call(method, path, Some(token), Some(&body)).await
        };
        let body = json!({"name": "all", "sql": "SELECT 1 WHERE '{{from}}' != ''"});
        let made = save(Method::POST, "/v1/audit/query/saved", &me, body.clone()).await;
        assert_eq!(made.status, 201, "{made:?}");
        let path = format!("/v1/audit/query/saved/{}", made.json()["id"].as_str().unwrap());
        assert_eq!(save(Method::PUT, &path, &other, body.clone()).await.status, 404);
        assert_eq!(api.call(Method::DELETE, &path, Some(&other), None).await.status, 404);
        let changed = save(Method::PUT, &path, &me, json!({"name": "few", "sql": "SELECT 2"})).await.json();
        assert_eq!((&changed["name"], &changed["created_at"]), (&json!("few"), &made.json()["created_at"]));
        let list = async |token: &str| api.get("/v1/audit/query/saved", token).await.json()["data"].clone();
        assert_eq!((list(&me).await, list(&other).await), (json!([changed]), json!([])));
        assert_eq!(api.call(Method::DELETE, &path, Some(&me), None).await.status, 204);
        for (body, parameter) in [(json!({"name": "a"}), "sql"), (json!({"sql": "a"}), "name")] {
            let answer = save(Method::POST, "/v1/audit/query/saved", &me, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }
    })
    .await;
}

/// Without an account of its own, or with one that may do more, the console stays closed.
#[tokio::test]
async fn a_console_without_its_narrow_user_is_closed() {
    Fixture::run_with_console(async |api| {
        let at = Scene::new(api).await;
        for (user, password, reason) in [
            ("bataudit_console", None, "CONSOLE_PASSWORD"),
            ("bataudit_reader", Some("dev"), "more than it should"),
        ] {
            let mut config = config();
            config.console_user = user.to_owned();
            config.console_password = password.map(Secret::new);
            let shutdown = Shutdown::new();
            let built = Api::new(&config, &api.events, api.control.clone(), &shutdown).await;
            let closed = Fixture::around(&built, &api.control, &api.events, &shutdown);
            let answer = ask(&closed, &at.token, "SELECT 1").await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (409, &json!("refused")));
            assert!(answer.text.contains(reason), "{answer:?}");
        }
    })
    .await;
}
