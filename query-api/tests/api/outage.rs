//! A ClickHouse that is away or does not answer: clear errors, soon.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::Method;
use bataudit_control::Role;
use bataudit_query_api::Api;
use bataudit_query_api::routes::{ROUTES, Route, Who};
use bataudit_service::listener::Listener;
use bataudit_service::{Health, Shutdown};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::fixture::{Fixture, clickhouse, config, control};
use crate::good_request::Subject;
use crate::wallboard;

const READS: [&str; 12] = [
    "/v1/audit",
    "/v1/audit/stats",
    "/v1/audit/stats/history",
    "/v1/audit/stats/usage",
    "/v1/audit/facets",
    "/v1/audit/sessions",
    "/v1/audit/sessions/s-1",
    "/v1/audit/insights",
    "/v1/audit/affected-users",
    "/v1/audit/orphans",
    "/v1/audit/export",
    "/v1/audit/01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11",
];

#[tokio::test]
async fn nobody_there_is_503_at_once() {
    let mut events = clickhouse();
    events.url = "http://127.0.0.1:1".to_owned();
    let api = Fixture::with(events).await;
    let token = api.user("owner", Role::Owner, &[]).await;
    for path in READS {
        let started = Instant::now();
        let answer = api.get(path, &token).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (503, &json!("store_unavailable")),
            "{path}"
        );
        assert_eq!(answer.headers["retry-after"], "1");
        assert!(started.elapsed() < Duration::from_secs(2), "{path}: {:?}", started.elapsed());
    }
    let health = api.get("/health", &token).await;
    assert_eq!((health.status.as_u16(), &health.json()["db_status"]), (503, &json!("unavailable")));
    assert_eq!(health.json()["control_status"], "ok");
    assert_eq!(api.get("/v1/auth/me", &token).await.status, 200, "what needs no events goes on");
}

/// Every route but those that show no JSON: what reads events says so and soon, everything else goes on.
#[tokio::test]
async fn what_needs_no_events_goes_on() {
    let mut events = clickhouse();
    events.url = "http://127.0.0.1:1".to_owned();
    let api = Fixture::with(events).await;
    let project = api.project("mine").await;
    let mut token = api.user("owner", Role::Owner, &[]).await;
    let (sending, looking) = (api.send_notifications(), api.look_at_monitors());
    let (mut n, mut reading) = (0, 0);
    let screen = wallboard::screen(&api, &token, None).await;
    let shown = |route: &&Route| route.path.starts_with("/v1/") && !route.path.ends_with("/stream");
    for route in ROUTES.iter().filter(shown) {
        n += 1;
        let event = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11";
        let subject = Subject { project: &project, event, caller: "owner", n };
        let (path, body) = subject.request(&api, route).await;
        let started = Instant::now();
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let token_of_it = if route.who == Who::Screen { wallboard::access(&screen) } else { &token };
        let answer = api.call(method, &path, Some(token_of_it), body.as_ref()).await;
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{} {path}: {:?}",
            route.method,
            started.elapsed()
        );
        if needs_events(route) {
            reading += 1;
            let code = answer.json()["code"].clone();
            assert_eq!((answer.status.as_u16(), code), (503, json!("store_unavailable")), "{path}");
        } else {
            // The sign-in at a provider answers a browser, which it sends on.
            let well = answer.status.is_success() || answer.status.is_redirection();
            assert!(well, "{} {path}: {answer:?}", route.method);
        }
        // Some of these end sessions.
        if route.path.starts_with("/v1/auth/") && route.method != "GET" {
            token = api.login("owner@example.com").await;
        }
    }
    assert!(reading > 10, "{reading}");
    sending.abort();
    looking.abort();
}

fn needs_events(route: &Route) -> bool {
    if route.who == Who::Screen {
        return !["/v1/wallboard/health", "/v1/wallboard/projects"].contains(&route.path);
    }
    let kept = ["/v1/audit/exports/", "/v1/audit/query/"];
    let is_kept = kept.iter().any(|kept| route.path.starts_with(kept));
    let others = [
        "/v1/anomaly/rules/dry-run",
        "/v1/anomaly/incidents/{id}/series",
        "/v1/pipeline/storage",
        "/v1/pipeline/losses",
    ];
    (route.path.starts_with("/v1/audit") && !is_kept) || others.contains(&route.path)
}

#[tokio::test]
async fn a_server_that_takes_connections_but_says_nothing_is_503_soon() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut events = clickhouse();
    events.url = format!("http://{}", silent.local_addr().unwrap());
    let (control, _folder) = control().await;
    let (shutdown, health) = (Shutdown::new(), Health::new());
    let api = Api::new(&config(), &events, control.clone(), &shutdown).await;
    let fixture = Fixture::around(&api, &control, &events, &shutdown);
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Api::terms(&config())).await.unwrap();
    let serving = tokio::spawn(api.serve(listener, health.clone(), shutdown.clone()));
    let token = fixture.user("owner", Role::Owner, &[]).await;
    let started = Instant::now();
    let answer = fixture.get("/v1/audit", &token).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &json!("store_unavailable")));
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    let started = Instant::now();
    assert_eq!(fixture.get("/v1/audit", &token).await.status, 503);
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    assert!(health.waiting_for().iter().any(|(part, _)| *part == "event store"));
    shutdown.trigger();
    serving.await.unwrap();
}

/// Passes everything on to a server, whose answers come late.
async fn slow_way(to: String, by: Duration) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let way = tokio::spawn(async move {
        // Aborting the way ends its connections too.
        let mut connections = JoinSet::new();
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let to = to.clone();
            connections.spawn(async move {
                let server = TcpStream::connect(to).await.unwrap();
                let (mut asks, mut takes) = client.into_split();
                let (mut answers, mut asked) = server.into_split();
                let there = tokio::io::copy(&mut asks, &mut asked);
                let back = async {
                    let mut buffer = vec![0; 1 << 16];
                    while let Ok(count @ 1..) = answers.read(&mut buffer).await {
                        tokio::time::sleep(by).await;
                        takes.write_all(&buffer[..count]).await.unwrap();
                    }
                };
                tokio::select! { _ = there => {}, () = back => {} }
            });
        }
    });
    (address, way)
}

/// Every answer takes longer than a second, and comes: nobody is told that there is no event store. Once it is gone they
/// are, soon.
#[tokio::test]
async fn a_slow_server_is_not_gone_and_one_that_is_gone_is_503_soon() {
    Fixture::run(async |own| {
        let mut events = own.events.clone();
        let (slow, way) =
            slow_way(events.url.trim_start_matches("http://").to_owned(), Duration::from_millis(1_300)).await;
        events.url = format!("http://{slow}");
        let (shutdown, health) = (Shutdown::new(), Health::new());
        let api = Api::new(&config(), &events, own.control.clone(), &shutdown).await;
        let fixture = Fixture::around(&api, &own.control, &events, &shutdown);
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Api::terms(&config())).await.unwrap();
        let serving = tokio::spawn(api.serve(listener, health.clone(), shutdown.clone()));
        let token = fixture.user("owner", Role::Owner, &[]).await;
        let patience = Instant::now() + Duration::from_secs(60);
        while !health.waiting_for().is_empty() {
            assert!(Instant::now() < patience, "{:?}", health.waiting_for());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for path in ["/v1/audit", "/v1/audit/insights", "/v1/audit/stats", "/v1/audit/facets"] {
            assert_eq!(fixture.get(path, &token).await.status, 200, "{path}");
            assert!(health.waiting_for().is_empty(), "{:?}", health.waiting_for());
        }
        way.abort();
        assert!(way.await.unwrap_err().is_cancelled());
        let started = Instant::now();
        let answer = fixture.get("/v1/audit/insights", &token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &json!("store_unavailable")));
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        shutdown.trigger();
        serving.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_without_the_schema_is_unavailable_not_a_bug() {
    let api = Fixture::with(clickhouse()).await;
    let token = api.user("owner", Role::Owner, &[]).await;
    let answer = api.get("/v1/audit", &token).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &json!("store_unavailable")));
    assert!(!answer.text.contains("test_query_"), "nothing of the database is told: {}", answer.text);
}

#[tokio::test]
async fn a_slow_query_is_504() {
    Fixture::run(async |api| {
        let mut slow = config();
        slow.query_timeout = Duration::from_millis(2);
        let project = api.project("a").await;
        let rows = format!(
            "INSERT INTO events (id, project_id, timestamp, path) SELECT generateUUIDv7(), '{project}', \
             now64(3) - rand() % 3600, repeat('x', 200) FROM numbers(200000)"
        );
        api.execute(&rows).await;
        let shutdown = Shutdown::new();
        let hurried = Api::new(&slow, &api.events, api.control.clone(), &shutdown).await;
        let hurried = Fixture::around(&hurried, &api.control, &api.events, &shutdown);
        let token = api.user("owner", Role::Owner, &[]).await;
        let answer = hurried.get("/v1/audit?sort_by=response_time&limit=1000", &token).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (504, &json!("query_timeout")),
            "{answer:?}"
        );
    })
    .await;
}
