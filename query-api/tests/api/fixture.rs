//! An API of its own for each test: a ClickHouse database with the real schema, a SQLite file, and
//! the router.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bataudit_control::exports::{self, NewExport};
use bataudit_control::keys::{self, NewKey};
use bataudit_control::monitors::trials;
use bataudit_control::notifications::{Outcome, deliveries};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::reports::{self, Content};
use bataudit_control::users::{self, NewUser};
use bataudit_control::{Role, Store, members};
use bataudit_event::access::KeyScope;
use bataudit_query_api::{Api, Config};
use bataudit_service::{Env, Field, Shutdown};
use bataudit_store::Connection;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tower::ServiceExt as _;
use uuid::Uuid;

const URL: Field =
    Field::new("BATAUDIT_TEST_CLICKHOUSE_URL", "http://127.0.0.1:18123", "ClickHouse for tests.");
const USER: Field = Field::new("BATAUDIT_TEST_CLICKHOUSE_USER", "admin", "Its user.");
const PASSWORD: Field = Field::new("BATAUDIT_TEST_CLICKHOUSE_PASSWORD", "dev", "Its password.");

/// Whether the console's database has its schema.
static CONSOLE_DATABASE: OnceCell<()> = OnceCell::const_new();

pub(crate) const USER_PASSWORD: &str = "the password of everybody";

pub(crate) struct Fixture {
    pub(crate) router: Router,
    pub(crate) control: Store,
    pub(crate) events: Connection,
    pub(crate) shutdown: Shutdown,
    _folder: Option<tempfile::TempDir>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        let body = self.json();
        let data = body["data"].as_array().unwrap_or_else(|| panic!("no data: {body}"));
        data.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn config() -> Config {
    // Where no provider is: every route of a sign-in there answers.
    config_with(&[("BATAUDIT_OIDC_ISSUER", "http://127.0.0.1:1"), ("BATAUDIT_OIDC_CLIENT_ID", "bataudit")])
}

pub(crate) fn config_with(pairs: &[(&str, &str)]) -> Config {
    let secrets = [
        ("JWT_SECRET", "a secret of the tests, of 32 bytes or more"),
        ("BATAUDIT_CLICKHOUSE_CONSOLE_PASSWORD", "dev"),
    ];
    let mut env = Env::from_pairs(pairs.iter().copied().chain(secrets));
    let config = Config::from_env(&mut env);
    env.finish().unwrap();
    config
}

pub(crate) fn clickhouse() -> Connection {
    let mut process = Env::from_process();
    let mut env = Env::from_pairs([
        ("BATAUDIT_CLICKHOUSE_URL", process.text(&URL)),
        ("BATAUDIT_CLICKHOUSE_USER", process.text(&USER)),
        ("BATAUDIT_CLICKHOUSE_PASSWORD", process.text(&PASSWORD)),
        ("BATAUDIT_CLICKHOUSE_DATABASE", format!("test_query_{}", Uuid::new_v4().simple())),
    ]);
    let connection = Connection::from_env(&mut env);
    env.finish().unwrap();
    connection
}

pub(crate) async fn control() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = bataudit_control::Config {
        timeout: Duration::from_secs(10),
        ..bataudit_control::Config::sqlite(&folder.path().join("control.db"))
    };
    let store = Store::connect(&config).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

impl Fixture {
    /// Runs a test with an API of its own, and removes its database when the test passed.
    pub(crate) async fn run(test: impl AsyncFnOnce(&Self)) {
        let events = clickhouse();
        let migrated = bataudit_store::schema::migrate(&events).await;
        migrated
            .unwrap_or_else(|error| panic!("ClickHouse does not answer: run `make services-up` ({error})"));
        let fixture = Self::with(events).await;
        test(&fixture).await;
        fixture.shutdown.trigger();
        fixture.execute(&format!("DROP DATABASE {}", fixture.events.database)).await;
    }

    /// Runs a test in the one database that the console's user has a right on. Tests share it: each has projects of its
    /// own in it.
    pub(crate) async fn run_with_console(test: impl AsyncFnOnce(&Self)) {
        let events = clickhouse().with_database("test_console");
        let migrated = CONSOLE_DATABASE
            .get_or_try_init(async || bataudit_store::schema::migrate(&events).await.map(drop))
            .await;
        migrated
            .unwrap_or_else(|error| panic!("ClickHouse does not answer: run `make services-up` ({error})"));
        let fixture = Self::with(events).await;
        test(&fixture).await;
        fixture.shutdown.trigger();
    }

    pub(crate) async fn with(events: Connection) -> Self {
        let (control, folder) = control().await;
        let shutdown = Shutdown::new();
        let api = Api::new(&config(), &events, control.clone(), &shutdown).await;
        Self { _folder: Some(folder), ..Self::around(&api, &control, &events, &shutdown) }
    }

    /// The same for an API that was put together elsewhere.
    pub(crate) fn around(api: &Api, control: &Store, events: &Connection, shutdown: &Shutdown) -> Self {
        let (control, events, shutdown) = (control.clone(), events.clone(), shutdown.clone());
        Self { router: api.router(), control, events, shutdown, _folder: None }
    }

    pub(crate) async fn execute(&self, sql: &str) {
        let run = self.events.client().query_raw(sql).with_setting("async_insert", "0").execute();
        self.events.bounded(run).await.unwrap();
    }

    /// Stores rows as the processor would; what a row leaves out is as in [`event`].
    pub(crate) async fn insert(&self, rows: &[Value]) {
        let lines: Vec<_> = rows.iter().map(Value::to_string).collect();
        self.execute(&format!("INSERT INTO events FORMAT JSONEachRow\n{}", lines.join("\n"))).await;
    }

    /// What the engine's log tells in this column of the statements that hold these words, in the order of their starts. A
    /// statement is answered before its end is logged: the log is asked until it knows the end of each.
    pub(crate) async fn logged(&self, words: &str, column: &str) -> Vec<u64> {
        let statement = format!(
            "SELECT toUInt64(countIf(type != 'QueryStart')) AS ends, toUInt64(maxIf({column}, type != 'QueryStart')) AS value \
             FROM system.query_log WHERE current_database = '{}' AND query LIKE '%{words}%' \
             GROUP BY query_id ORDER BY min(query_start_time_microseconds)",
            self.events.database
        );
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        loop {
            looks.tick().await;
            self.execute("SYSTEM FLUSH LOGS").await;
            let found = self.events.client().query_raw(&statement).fetch_all::<(u64, u64)>();
            let found = self.events.bounded(found).await.unwrap();
            if found.iter().all(|(ends, _)| *ends > 0) {
                return found.into_iter().map(|(_, value)| value).collect();
            }
        }
    }

    pub(crate) async fn project(&self, slug: &str) -> String {
        let new = NewProject { name: slug, slug, created_by: None };
        projects::create(&self.control, new).await.unwrap().id
    }

    pub(crate) async fn key(&self, project: &str) -> String {
        let new = NewKey {
            project_id: project,
            name: "key",
            scope: KeyScope::Project,
            origins: &[],
            created_by: None,
            expires_at: None,
            rate: None,
        };
        keys::create(&self.control, new).await.unwrap().0.id
    }

    /// A report of the project.
    pub(crate) async fn report(&self, project: &str) -> String {
        let owner = users::by_email(&self.control, "owner@example.com").await.unwrap().unwrap();
        let content = Content { name: "report", widgets: "[]", layout: "[]" };
        reports::create(&self.control, Some(project), &owner.id, content).await.unwrap().id
    }

    /// An export of the project that ended.
    pub(crate) async fn export(&self, project: &str) -> String {
        let id = Uuid::now_v7().to_string();
        let new = NewExport { id: &id, user_id: "somebody", project_id: Some(project), manifest: "{}" };
        exports::create(&self.control, new).await.unwrap();
        id
    }

    /// A user with memberships, logged in; returns the token.
    pub(crate) async fn user(&self, name: &str, role: Role, memberships: &[(&str, Role)]) -> String {
        let email = format!("{name}@example.com");
        let new = NewUser { email: &email, name, role, password: USER_PASSWORD };
        let user = users::create(&self.control, new).await.unwrap();
        for (project, role) in memberships {
            members::add(&self.control, project, &user.id, *role).await.unwrap();
        }
        self.login(&email).await
    }

    pub(crate) async fn login(&self, email: &str) -> String {
        let body = json!({"email": email, "password": USER_PASSWORD});
        let answer = self.call(Method::POST, "/v1/auth/login", None, Some(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    /// Sends notifications in sentinel's place, to a receiver that refuses them.
    pub(crate) fn send_notifications(&self) -> JoinHandle<()> {
        self.send_notifications_with(Outcome {
            status_code: Some(404),
            response_body: Some("no such hook".to_owned()),
            error: Some("the receiver answered 404".to_owned()),
            ..Outcome::default()
        })
    }

    /// The same, and each ends in this way.
    pub(crate) fn send_notifications_with(&self, outcome: Outcome) -> JoinHandle<()> {
        let control = self.control.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                for due in deliveries::due(&control, now_ms(), 9).await.unwrap() {
                    deliveries::ended(&control, &due.delivery.id, &outcome).await.unwrap();
                }
            }
        })
    }

    /// Looks at monitored addresses that somebody tests, in sentinel's place: they are down.
    pub(crate) fn look_at_monitors(&self) -> JoinHandle<()> {
        let control = self.control.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            let seen = json!({
                "status": "down", "status_code": 503, "response_ms": 7, "error": "the status is 503, not 200",
                "checked_at": now_ms(), "certificate_expires_at": null,
            });
            loop {
                ticks.tick().await;
                for trial in trials::waiting(&control, 9).await.unwrap() {
                    trials::answer(&control, &trial.id, &seen.to_string()).await.unwrap();
                }
            }
        })
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, Some(token), None).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.whole(request).await.0
    }

    /// A file, with its bytes as they came.
    pub(crate) async fn download(&self, path: &str, token: &str) -> (Answer, Vec<u8>) {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.whole(request.body(Body::empty()).unwrap()).await
    }

    async fn whole(&self, request: Request<Body>) -> (Answer, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }, bytes.to_vec())
    }
}

/// A row with every column that has no default.
pub(crate) fn event(project: &str, timestamp_ms: i64) -> Value {
    json!({
        "id": Uuid::now_v7(), "project_id": project, "event_type": "http",
        "timestamp": clock(timestamp_ms), "received_at": clock(timestamp_ms),
        "method": "GET", "path": "/api/users", "route": "/api/users", "status_code": 200, "response_time": 45,
        "identifier": "user-123", "request_id": "bat-1", "source": "backend", "service_name": "my-api",
        "environment": "production",
    })
}

/// The same row with other values.
pub(crate) fn with(mut row: Value, values: Value) -> Value {
    let Value::Object(values) = values else { panic!("not an object: {values}") };
    values.into_iter().for_each(|(name, value)| row[name] = value);
    row
}

pub(crate) fn now_ms() -> i64 {
    bataudit_control::clock::now_ms()
}

/// Seconds with milliseconds, which ClickHouse reads as a DateTime64.
pub(crate) fn clock(unix_ms: i64) -> Value {
    json!(format!("{}.{:03}", unix_ms / 1000, unix_ms % 1000))
}

/// Percent-encodes a value of a query string.
pub(crate) fn encode(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
