//! Encryption and secrets, on the real servers: TLS to Kafka, ClickHouse and PostgreSQL with
//! certificates verified, TLS on our own listeners, and no secret in any log.

#![expect(clippy::expect_used, reason = "what a test cannot go on without fails the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use bataudit_e2e::certificates::{Authority, Issued};
use bataudit_e2e::process::{self, Launch};
use bataudit_e2e::secured::{KAFKA_PASSWORD, KAFKA_USER, Secured};
use bataudit_e2e::services::Services;
use bataudit_e2e::stack::{OWNER_EMAIL, OWNER_PASSWORD, Plan, Stack};
use bataudit_e2e::tls_proxy::TlsProxy;
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{binaries, control, sample};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Topics};
use bataudit_service::Env;
use futures::stream::{self, StreamExt as _};

const SOON: Duration = Duration::from_secs(30);
/// As `Plan` has it.
const JWT_SECRET: &str = "a-secret-of-the-end-to-end-tests-0123456789";

type Variables = Vec<(&'static str, String)>;

/// The secured parts, and what is needed to reach them.
struct Parts {
    secured: Secured,
    clickhouse: TlsProxy,
    /// The same, for clients with a certificate only.
    strict_clickhouse: TlsProxy,
    server: Issued,
    client: Issued,
    stranger: Issued,
    _folder: tempfile::TempDir,
}

impl Parts {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let authority = Authority::new("the test's authority");
        // By its address only: reached as "localhost" the name is wrong.
        let server = authority.issue(folder.path(), "server", &["127.0.0.1"]);
        let client = authority.issue(folder.path(), "client", &["client.example"]);
        let stranger = Authority::new("a stranger").issue(folder.path(), "stranger", &["client.example"]);
        let secured = Secured::start(&server).await;
        let engine = Services::running().clickhouse_url;
        let clickhouse = TlsProxy::to(&engine, &server, false).await;
        let strict_clickhouse = TlsProxy::to(&engine, &server, true).await;
        Self { secured, clickhouse, strict_clickhouse, server, client, stranger, _folder: folder }
    }

    fn sasl(&self, mechanism: &str) -> Variables {
        vec![
            ("BATAUDIT_KAFKA_BROKERS", Secured::brokers(self.secured.kafka_sasl_ssl)),
            ("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "sasl_ssl".to_owned()),
            ("BATAUDIT_KAFKA_SSL_CA_FILE", text(&self.server.authority)),
            ("BATAUDIT_KAFKA_SASL_MECHANISM", mechanism.to_owned()),
            ("BATAUDIT_KAFKA_SASL_USERNAME", KAFKA_USER.to_owned()),
            ("BATAUDIT_KAFKA_SASL_PASSWORD", KAFKA_PASSWORD.to_owned()),
        ]
    }

    fn certificate(&self, client: &Issued) -> Variables {
        vec![
            ("BATAUDIT_KAFKA_BROKERS", Secured::brokers(self.secured.kafka_ssl)),
            ("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "ssl".to_owned()),
            ("BATAUDIT_KAFKA_SSL_CA_FILE", text(&self.server.authority)),
            ("BATAUDIT_KAFKA_SSL_CERT_FILE", text(&client.certificate)),
            ("BATAUDIT_KAFKA_SSL_KEY_FILE", text(&client.key)),
        ]
    }

    /// Everything over TLS.
    fn all(&self) -> Variables {
        let own = [
            ("BATAUDIT_CLICKHOUSE_URL", format!("https://127.0.0.1:{}", self.clickhouse.port())),
            ("BATAUDIT_CLICKHOUSE_SSL_CA_FILE", text(&self.server.authority)),
            ("BATAUDIT_CONTROL_URL", self.secured.postgres_url("127.0.0.1", &self.server.authority)),
        ];
        self.sasl("SCRAM-SHA-512").into_iter().chain(own).collect()
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path that is text").to_owned()
}

/// `base` with other values for some variables.
fn with(base: Variables, changes: &[(&'static str, String)]) -> Variables {
    base.into_iter().chain(changes.iter().cloned()).collect()
}

/// What `bataudit migrate` says with these variables, and whether it succeeds.
async fn migrate(name: &str, variables: Variables) -> (bool, String) {
    let services = Services::running();
    let fixed = [
        ("BATAUDIT_CLICKHOUSE_USER", services.clickhouse_user),
        ("BATAUDIT_CLICKHOUSE_PASSWORD", services.clickhouse_password),
        ("BATAUDIT_MIGRATE_WAIT_MS", "5000".to_owned()),
        ("BATAUDIT_KAFKA_TOPIC_PREFIX", format!("encryption-{name}")),
    ];
    let env: BTreeMap<_, _> =
        variables.into_iter().chain(fixed).map(|(name, value)| (name.to_owned(), value)).collect();
    let launch = Launch {
        name: name.to_owned(),
        binary: binaries::path("bataudit"),
        arguments: vec!["migrate".into()],
        env,
        log: binaries::artifact("encryption", &format!("{name}.log")),
    };
    process::run(launch, Duration::from_secs(90)).await
}

/// Makes topics with these variables, as `bataudit migrate` does.
async fn make_topics(variables: Variables, prefix: &str) -> Result<(), String> {
    let mut env = Env::from_pairs(variables);
    let (connection, layout) = (Connection::from_env(&mut env), TopicLayout::from_env(&mut env));
    env.finish().map_err(|problems| problems.to_string())?;
    topics::create(&connection, &Topics::with_prefix(prefix), layout).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_part_is_reached_over_tls_and_only_when_it_is_the_right_one() {
    drop(binaries::artifacts("encryption"));
    let parts = Parts::start().await;
    for (name, variables) in [
        ("scram-256", parts.sasl("SCRAM-SHA-256")),
        ("scram-512", parts.sasl("SCRAM-SHA-512")),
        ("plain", parts.sasl("PLAIN")),
        ("certificate", parts.certificate(&parts.client)),
    ] {
        make_topics(variables, name).await.unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    let stack = the_line_runs_and_logs_no_secret(&parts).await;
    what_cannot_be_verified_is_refused(&parts, stack.clickhouse.database()).await;
}

/// All four services at trace level with everything over TLS.
async fn the_line_runs_and_logs_no_secret(parts: &Parts) -> Stack {
    let mut env = parts.all();
    env.push(("BATAUDIT_LOG", "trace".to_owned()));
    let plain = Secured::brokers(parts.secured.kafka_plain);
    let stack = Stack::start(Plan { env, kafka: Some(plain), ..Plan::new("encryption_line") }).await;
    let app = stack.application("over-tls").await;
    app.gateway.accept(&sample::event(&app.service)).await;
    app.owner.events_when(&app.query(), 1, SOON).await;
    let postgres = format!("postgres://bataudit:bataudit@127.0.0.1:{}/bataudit", parts.secured.postgres);
    let plain_text = "SELECT application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                      WHERE NOT ssl AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    assert_eq!(control::texts(&postgres, plain_text).await, Vec::<String>::new());

    let wrong = format!("bat_{}", "5".repeat(64));
    app.gateway.with_key(&wrong).post_text("/v1/audit", "{}").await.expect_error(401, "BAT-004");
    // Where it does not belong: in the path, in the body, in another header.
    let strayed = app.gateway.with_key(&wrong).request(&format!("/v1/audit?key={}", app.gateway.key));
    drop(strayed.header("Authorization", &app.gateway.key).body(app.gateway.key.clone()).send().await);
    let logs = stack.logs();
    assert!(logs.contains("TRACE") && logs.contains("DEBUG"), "the logs are at trace level");
    let token = app.owner.token.as_str();
    for secret in [&app.gateway.key, &wrong, KAFKA_PASSWORD, OWNER_PASSWORD, JWT_SECRET, token] {
        // Not even a part that would be worth guessing the rest of.
        let part = &secret[secret.len() - 16..];
        let line = logs.lines().find(|line| line.contains(part)).unwrap_or_default();
        assert!(line.is_empty(), "a secret is in the log: {line}");
    }
    stack
}

/// What is changed about a connection, and the reason that must be said when it is refused.
type Case = (&'static str, Variables, &'static str);

const UNVERIFIED: &str = "certificate verify failed";

fn cases_of_kafka(parts: &Parts) -> Vec<Case> {
    let secured = &parts.secured;
    let other_name = format!("localhost:{}", secured.kafka_sasl_ssl);
    let bare = vec![
        ("BATAUDIT_KAFKA_BROKERS", Secured::brokers(secured.kafka_ssl)),
        ("BATAUDIT_KAFKA_SECURITY_PROTOCOL", "ssl".to_owned()),
    ];
    let wrong_password = vec![("BATAUDIT_KAFKA_SASL_PASSWORD", "wrong-password".to_owned())];
    vec![
        ("kafka-stranger", vec![("BATAUDIT_KAFKA_SSL_CA_FILE", text(&parts.stranger.authority))], UNVERIFIED),
        ("kafka-system", vec![("BATAUDIT_KAFKA_SSL_CA_FILE", String::new())], UNVERIFIED),
        ("kafka-name", vec![("BATAUDIT_KAFKA_BROKERS", other_name)], UNVERIFIED),
        ("kafka-password", wrong_password, "uthentication failed"),
        ("kafka-no-certificate", bare, "bad certificate"),
        ("kafka-stranger-certificate", parts.certificate(&parts.stranger), "SSL"),
    ]
}

fn cases_of_the_stores(parts: &Parts) -> Vec<Case> {
    let authority = |path: String| vec![("BATAUDIT_CLICKHOUSE_SSL_CA_FILE", path)];
    let clickhouse =
        |host: &str, port: u16| vec![("BATAUDIT_CLICKHOUSE_URL", format!("https://{host}:{port}"))];
    let postgres = |host: &str, authority: &Path| {
        vec![("BATAUDIT_CONTROL_URL", parts.secured.postgres_url(host, authority))]
    };
    let strict = clickhouse("127.0.0.1", parts.strict_clickhouse.port());
    vec![
        ("clickhouse-stranger", authority(text(&parts.stranger.authority)), UNVERIFIED),
        ("clickhouse-system", authority(String::new()), UNVERIFIED),
        ("clickhouse-no-certificate", strict, "certificate required"),
        ("clickhouse-name", clickhouse("localhost", parts.clickhouse.port()), UNVERIFIED),
        ("postgres-stranger", postgres("127.0.0.1", &parts.stranger.authority), UNVERIFIED),
        ("postgres-name", postgres("localhost", &parts.server.authority), UNVERIFIED),
    ]
}

async fn what_cannot_be_verified_is_refused(parts: &Parts, database: &str) {
    let known = || with(parts.all(), &[("BATAUDIT_CLICKHOUSE_DATABASE", database.to_owned())]);
    let cases = cases_of_kafka(parts).into_iter().chain(cases_of_the_stores(parts));
    let attempts = cases.map(async |(name, changes, reason)| {
        let (succeeded, said) = migrate(name, with(known(), &changes)).await;
        assert!(!succeeded, "{name}: {said}");
        assert!(said.contains(reason), "{name} does not say {reason}: {said}");
        assert!(!said.contains(KAFKA_PASSWORD) && !said.contains("wrong-password"), "{name}: {said}");
    });
    // A few at a time: each is a process with connections to everything.
    stream::iter(attempts).buffer_unordered(4).collect::<()>().await;
    // The same with nothing changed, so that the refusals above have the reason they should have.
    let identified = with(
        known(),
        &[
            ("BATAUDIT_CLICKHOUSE_URL", format!("https://127.0.0.1:{}", parts.strict_clickhouse.port())),
            ("BATAUDIT_CLICKHOUSE_SSL_CERT_FILE", text(&parts.client.certificate)),
            ("BATAUDIT_CLICKHOUSE_SSL_KEY_FILE", text(&parts.client.key)),
        ],
    );
    for (name, variables) in [("unchanged", known()), ("identified", identified)] {
        let (succeeded, said) = migrate(name, variables).await;
        assert!(succeeded, "{name}: {said}");
    }
}

/// A client that trusts this authority only.
fn https(authority: &Path) -> reqwest::Client {
    let pem = fs::read(authority).expect("a certificate");
    let root = reqwest::Certificate::from_pem(&pem).expect("a certificate");
    let client =
        reqwest::Client::builder().timeout(SOON).tls_built_in_root_certs(false).add_root_certificate(root);
    // Each request shows the certificate of its own moment.
    client.pool_max_idle_per_host(0).build().expect("an HTTP client")
}

#[tokio::test]
async fn our_own_listeners_speak_tls_and_follow_a_renewal() {
    let stack = Stack::start(Plan::new("encryption_listeners")).await;
    let app = stack.application("own-tls").await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = old.issue(folder.path(), "in-use", &["127.0.0.1"]);
    let renewed = new.issue(folder.path(), "renewed", &["127.0.0.1"]);
    let (trusts_old, trusts_new) = (https(&files.authority), https(&renewed.authority));
    let variables = |prefix: &'static [&'static str; 2]| {
        [(prefix[0], text(&files.certificate)), (prefix[1], text(&files.key))]
    };
    let ingest_files = variables(&["BATAUDIT_INGEST_TLS_CERT_FILE", "BATAUDIT_INGEST_TLS_KEY_FILE"]);
    let api_files = variables(&["BATAUDIT_QUERY_API_TLS_CERT_FILE", "BATAUDIT_QUERY_API_TLS_KEY_FILE"]);
    let mut ingest = stack.starter().start("ingest", "ingest-tls", &ingest_files);
    let mut query_api = stack.starter().start("query-api", "query-api-tls", &api_files);
    ingest.ready().await;
    query_api.ready().await;
    let https_of = |url: &str| url.replace("http://", "https://");
    let (post_to, api) = (format!("{}/v1/audit", https_of(&ingest.url)), https_of(&query_api.url));

    let post = |client: &reqwest::Client| {
        let body = sample::event(&app.service).to_string();
        client.post(&post_to).header("X-API-Key", &app.gateway.key).body(body).send()
    };
    let answer = post(&trusts_old).await.expect("an answer over TLS");
    assert_eq!(answer.status(), 202);
    assert!(answer.headers()["strict-transport-security"].to_str().expect("text").starts_with("max-age="));
    let credentials = serde_json::json!({"email": OWNER_EMAIL, "password": OWNER_PASSWORD});
    let login = trusts_old.post(format!("{api}/v1/auth/login")).json(&credentials).send();
    let login = login.await.expect("an answer over TLS");
    assert_eq!(login.status(), 200);
    assert!(login.headers()["set-cookie"].to_str().expect("text").ends_with("; Secure"));
    assert!(login.headers().contains_key("strict-transport-security"));
    for (client, url) in [(&trusts_new, &post_to), (&trusts_new, &api)] {
        assert!(client.get(url).send().await.is_err(), "a stranger's certificate was believed");
    }
    for url in [&ingest.url, &query_api.url] {
        assert!(trusts_old.get(url).send().await.is_err(), "it also speaks without TLS");
    }

    // Half a renewal is none: the old pair goes on.
    fs::copy(&renewed.certificate, &files.certificate).expect("a copy");
    eventually("both say that the pair does not fit", SOON, async || {
        let said = [&ingest, &query_api].map(|service| service.process.log().contains("the old one stays"));
        holds(said == [true, true], format!("{said:?}"))
    })
    .await;
    assert_eq!(post(&trusts_old).await.expect("an answer over TLS").status(), 202);
    fs::copy(&renewed.key, &files.key).expect("a copy");
    eventually("both use the new pair", SOON, async || {
        let new = [trusts_new.get(&post_to).send().await.is_ok(), trusts_new.get(&api).send().await.is_ok()];
        holds(new == [true, true], format!("{new:?}"))
    })
    .await;
    assert!(post(&trusts_old).await.is_err(), "the old certificate is still shown");
    assert_eq!(post(&trusts_new).await.expect("an answer over TLS").status(), 202);
    app.owner.events_when(&app.query(), 3, SOON).await;
}
