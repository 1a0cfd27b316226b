//! Clients that mean harm, on the real gateway: requests that two readers understand differently,
//! senders and readers that take their time, too many connections, and bodies that grow.

#![expect(clippy::expect_used, reason = "what a test cannot go on without fails the test")]

use std::io::Write as _;
use std::time::Duration;

use bataudit_e2e::process::resident_bytes;
use bataudit_e2e::raw_http::Raw;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, Plan, Shared, Stack};
use bataudit_e2e::wait::{eventually, holds};
use tokio::task::JoinSet;

const SOON: Duration = Duration::from_secs(20);
/// How long this stack's gateway waits for a slow client.
const PATIENCE: Duration = Duration::from_secs(1);
/// No connection of a slow client outlives this.
const CUT_OFF: Duration = Duration::from_secs(8);

static STACK: Shared = Shared::new(|| {
    let patience = PATIENCE.as_millis().to_string();
    Plan {
        env: vec![
            ("BATAUDIT_INGEST_HEADER_TIMEOUT_MS", patience.clone()),
            ("BATAUDIT_INGEST_BODY_TIMEOUT_MS", patience.clone()),
            ("BATAUDIT_INGEST_WRITE_TIMEOUT_MS", patience),
        ],
        ..Plan::new("hostile_http")
    }
});

/// The project holds the events that were accepted and one sent now, and none that was smuggled.
async fn assert_stored(stack: &Stack, app: &Application, accepted: usize) {
    app.gateway.accept(&sample::event(&app.service)).await;
    app.owner.events_when(&app.query(), accepted + 1, SOON).await;
    let of = |path: &str| {
        format!("SELECT count() FROM events WHERE service_name = '{}' AND path LIKE '{path}'", app.service)
    };
    assert_eq!(stack.clickhouse.number(&of("%")).await, accepted as u64 + 1);
    assert_eq!(stack.clickhouse.number(&of("/smuggled%")).await, 0);
}

/// An event of the application, as the body of a request.
fn event(app: &Application, path: &str) -> String {
    let mut event = sample::event(&app.service);
    event["path"] = path.into();
    event.to_string()
}

/// A complete request that would store an event, were it read as one.
fn smuggled(app: &Application) -> String {
    let body = event(app, "/smuggled");
    format!(
        "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Length: {}\r\n\r\n{body}",
        app.gateway.key,
        body.len()
    )
}

/// Sends bytes as they are and returns everything the gateway says until it closes.
async fn say(app: &Application, bytes: &[u8]) -> String {
    let mut raw = Raw::connect(&app.gateway.url).await;
    raw.write(bytes).await;
    raw.rest(CUT_OFF).await
}

/// The status codes of all answers.
fn statuses(said: &str) -> Vec<u16> {
    let heads = said.split("HTTP/1.1 ").skip(1);
    heads.filter_map(|head| head.get(..3)?.parse().ok()).collect()
}

#[tokio::test]
async fn lengths_that_can_be_read_in_two_ways_end_the_connection() {
    let stack = STACK.get();
    let app = stack.application("hostile-length").await;
    let (body, next) = (event(&app, "/a"), smuggled(&app));
    let (length, key) = (body.len(), app.gateway.key.clone());
    for framing in [
        format!("Content-Length: {length}\r\nContent-Length: {}", length + next.len()),
        format!("Content-Length: {}\r\nContent-Length: {length}", length + next.len()),
        format!("Content-Length: {length}, {length}"),
        format!("Content-Length: +{length}"),
        format!("Content-Length: 0x{length:x}"),
        format!("Content-Length: {length} 0"),
        "Content-Length: -1".to_owned(),
        "Content-Length: 99999999999999999999999".to_owned(),
        "Content-Length:".to_owned(),
        "Transfer-Encoding: xchunked".to_owned(),
        "Transfer-Encoding: chunked, identity".to_owned(),
        "Transfer-Encoding: identity".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
        format!("Content-Length : {length}"),
        "Transfer-Encoding : chunked".to_owned(),
        "Transfer-Encoding:\r\n chunked".to_owned(),
        format!("X-A: b\r\n Content-Length: {length}"),
        format!(" Content-Length: {length}"),
        format!("X-A: a\rContent-Length: {length}"),
        format!("X-A: \0\r\nContent-Length: {length}"),
    ] {
        let request = format!(
            "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n{framing}\r\n\r\n{body}{next}"
        );
        let said = say(&app, request.as_bytes()).await;
        assert_eq!(statuses(&said), [400], "{framing}: {said}");
    }
    let old = format!(
        "POST /v1/audit HTTP/1.0\r\nX-API-Key: {key}\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n{next}"
    );
    assert_eq!(statuses(&say(&app, old.as_bytes()).await), [400]);
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn a_length_beside_chunks_hides_no_request() {
    let stack = STACK.get();
    let app = stack.application("hostile-both").await;
    let (body, next, key) = (event(&app, "/a"), smuggled(&app), app.gateway.key.clone());
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for length in [chunks.len(), chunks.len() + next.len(), 0, 4] {
        for framing in [
            format!("Content-Length: {length}\r\nTransfer-Encoding: chunked"),
            format!("Transfer-Encoding: chunked\r\nContent-Length: {length}"),
        ] {
            let request = format!(
                "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n{framing}\r\n\r\n{chunks}{next}"
            );
            // The chunks are what counts; whoever believed the length finds the connection closed.
            let said = say(&app, request.as_bytes()).await;
            assert_eq!(statuses(&said), [202], "{framing}: {said}");
        }
    }
    assert_stored(&stack, &app, 8).await;
}

#[tokio::test]
async fn malformed_chunks_end_the_connection() {
    let stack = STACK.get();
    let app = stack.application("hostile-chunks").await;
    let (body, next, key) = (event(&app, "/a"), smuggled(&app), app.gateway.key.clone());
    let size = body.len();
    for chunks in [
        format!("{size:x}\n{body}\r\n0\r\n\r\n"),
        format!("{size:x}\r\n{body}\n0\r\n\r\n"),
        format!("{size:x};a=\n{body}\r\n0\r\n\r\n"),
        format!("-{size:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("+{size:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("0x{size:x}\r\n{body}\r\n0\r\n\r\n"),
        format!("1{:016x}\r\n{body}\r\n0\r\n\r\n", size),
        format!("{size:x}\r\n{body}XX0\r\n\r\n"),
        format!("{size:x};{}\r\n{body}\r\n0\r\n\r\n", "a".repeat(64 * 1024)),
        format!("{size:x}\r\n{body}\r\n0\r\n{}\r\n", "X-A: b\r\n".repeat(64 * 1024)),
    ] {
        let request = format!(
            "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}{next}"
        );
        let said = say(&app, request.as_bytes()).await;
        let shown: String = chunks.chars().take(40).collect();
        assert!(matches!(statuses(&said)[..], [] | [400]), "{shown}: {said}");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn headers_that_decide_come_once() {
    let stack = STACK.get();
    let app = stack.application("hostile-twice").await;
    let (body, key) = (event(&app, "/a"), app.gateway.key.clone());
    let wrong = format!("bat_{}", "0".repeat(64));
    for (headers, word) in [
        (format!("Host: x\r\nX-API-Key: {key}\r\nX-API-Key: {wrong}"), "x-api-key"),
        (format!("Host: x\r\nX-API-Key: {wrong}\r\nX-API-Key: {key}"), "x-api-key"),
        (format!("Host: x\r\nHost: y\r\nX-API-Key: {key}"), "host"),
        (format!("X-API-Key: {key}"), "Host"),
        (
            format!("Host: x\r\nX-API-Key: {key}\r\nIdempotency-Key: a\r\nIdempotency-Key: b"),
            "idempotency-key",
        ),
        (
            format!(
                "Host: x\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Type: text/plain"
            ),
            "content-type",
        ),
    ] {
        let length = body.len();
        let request =
            format!("POST /v1/audit HTTP/1.1\r\n{headers}\r\nContent-Length: {length}\r\n\r\n{body}");
        let said = say(&app, request.as_bytes()).await;
        assert_eq!(statuses(&said), [400], "{headers}: {said}");
        assert!(said.contains("\"error\"") && said.contains(word), "{headers}: {said}");
        assert!(!said.contains(&key), "the key is echoed");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn what_is_no_request_of_ours_gets_one_answer_at_most() {
    let stack = STACK.get();
    let app = stack.application("hostile-other").await;
    let (next, key) = (smuggled(&app), app.gateway.key.clone());
    let many_headers = "X-A: b\r\n".repeat(200);
    for (first, expected) in [
        // A client that begins with HTTP/2 would not understand an answer.
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), &[][..]),
        ("POST /v1/audit HTTP/3.0\r\nHost: x\r\n\r\n".to_owned(), &[400]),
        ("POST /v1/audit\r\nHost: x\r\n\r\n".to_owned(), &[400]),
        (format!("GET /health HTTP/1.1\r\nHost: x\r\n{many_headers}\r\n"), &[431_u16]),
        (format!("GET /health HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "a".repeat(200_000)), &[431]),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "a".repeat(80_000)), &[414, 431]),
        // A body nobody reads must not become the next request.
        (format!("GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", next.len()), &[200]),
        (format!("DELETE /v1/audit HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", next.len()), &[405]),
        (
            format!(
                "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
                next.len()
            ),
            &[415],
        ),
        (format!("POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", next.len()), &[404]),
    ] {
        let said = say(&app, format!("{first}{next}").as_bytes()).await;
        let shown: String = first.chars().take(60).collect();
        let statuses = statuses(&said);
        let is_one_of = statuses.len() == 1 && expected.contains(&statuses[0]);
        assert!(is_one_of || (statuses.is_empty() && expected.is_empty()), "{shown}: {said}");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn slow_senders_in_numbers_are_cut_and_hold_nobody_up() {
    let stack = STACK.get();
    let app = stack.application("hostile-slow").await;
    let head = format!("POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n", app.gateway.key);
    let beginnings = [
        String::new(),
        "POST /v1/au".to_owned(),
        head.clone(),
        format!("{head}Content-Length: 1000\r\n\r\n{{"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n"),
    ];
    let mut slow = JoinSet::new();
    for n in 0..200 {
        let (url, beginning) = (app.gateway.url.clone(), beginnings[n % beginnings.len()].clone());
        slow.spawn(async move {
            let mut raw = Raw::connect(&url).await;
            raw.write(beginning.as_bytes()).await;
            let said = raw.rest(CUT_OFF).await;
            // Silence for those who said nothing, 408 for the rest.
            let expected: &[u16] = if beginning.is_empty() { &[] } else { &[408] };
            assert_eq!(statuses(&said), expected, "{beginning}: {said}");
        });
    }
    for _ in 0..20 {
        app.gateway.accept(&sample::event(&app.service)).await;
    }
    while let Some(ended) = slow.join_next().await {
        ended.expect("a slow sender");
    }
    assert_stored(&stack, &app, 20).await;
}

#[tokio::test]
async fn a_byte_now_and_then_buys_no_time() {
    let stack = STACK.get();
    let app = stack.application("hostile-drip").await;
    let head = format!("POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\n", app.gateway.key);
    for (beginning, drop_by_drop) in
        [(head.clone(), "X"), (format!("{head}Content-Length: 1000\r\n\r\n"), " ")]
    {
        let mut raw = Raw::connect(&app.gateway.url).await;
        raw.write(beginning.as_bytes()).await;
        // Writes on every look until the gateway has had enough.
        eventually("the gateway gives up", CUT_OFF, async || {
            let open = raw.write(drop_by_drop.as_bytes()).await;
            holds(!open, "it still listens")
        })
        .await;
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn idle_connections_end() {
    let stack = STACK.get();
    let app = stack.application("hostile-idle").await;
    let mut raw = Raw::connect(&app.gateway.url).await;
    raw.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // One answer, and then the end without a further word.
    assert_eq!(statuses(&raw.rest(CUT_OFF).await), [200]);
}

#[tokio::test]
async fn readers_that_never_read_are_cut() {
    let stack = STACK.get();
    let app = stack.application("hostile-reader").await;
    let requests = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    let mut deaf = Vec::new();
    for _ in 0..4 {
        let mut raw = Raw::connect(&app.gateway.url).await;
        // Until neither side takes anything more: the answers fill every buffer there is.
        let taken = raw.stuff(requests.as_bytes(), PATIENCE / 4).await;
        assert!(taken > 100_000, "only {taken} bytes were taken");
        deaf.push(raw);
    }
    eventually("all are cut", CUT_OFF, async || {
        let open = deaf.iter().filter(|raw| !raw.is_cut()).count();
        holds(open == 0, format!("{open} are still open"))
    })
    .await;
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn one_connection_too_many_gets_a_clear_answer() {
    let stack = STACK.get();
    let app = stack.application("hostile-many").await;
    let few = [
        ("BATAUDIT_INGEST_MAX_CONNECTIONS", "8".to_owned()),
        ("BATAUDIT_INGEST_HEADER_TIMEOUT_MS", "60000".to_owned()),
    ];
    let mut service = stack.starter().start("ingest", "ingest-few-connections", &few);
    service.ready().await;
    let mut held = Vec::new();
    for _ in 0..8 {
        let mut raw = Raw::connect(&service.url).await;
        raw.write(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert_eq!(raw.answer(SOON).await.expect("an answer").0, 200);
        held.push(raw);
    }
    for _ in 0..300 {
        // As a client does, it sends its request before it looks for an answer.
        let mut raw = Raw::connect(&service.url).await;
        raw.write(smuggled(&app).as_bytes()).await;
        let said = raw.rest(CUT_OFF).await;
        assert_eq!(statuses(&said), [503], "{said}");
        assert!(said.contains("retry-after: 1") && said.contains("BAT-003"), "{said}");
    }
    drop(held);
    eventually("there is a place again", SOON, async || {
        let mut raw = Raw::connect(&service.url).await;
        raw.write(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let said = raw.rest(CUT_OFF).await;
        holds(statuses(&said) == [200], said)
    })
    .await;
    assert_stored(&stack, &app, 0).await;
}

/// Gzip of `count` members of `size` spaces each: every member alone is small.
fn gzip_members(count: usize, size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![b' '; size]).expect("writing to memory");
    encoder.finish().expect("writing to memory").repeat(count)
}

#[tokio::test]
async fn bombs_of_every_make_are_bounded_together() {
    let stack = STACK.get();
    let app = stack.application("hostile-bombs").await;
    // A zstd frame that wants a window of 1 GiB, and says it holds 2^62 bytes.
    let window = [&b"\x28\xb5\x2f\xfd\x00\xa0"[..], &[0x01, 0x00, 0x00]].concat();
    let claim =
        [&b"\x28\xb5\x2f\xfd\xe0"[..], &(1_u64 << 62).to_le_bytes(), &[0x03, 0xff, 0xff, b' ']].concat();
    let bombs = [
        ("gzip", gzip_members(2000, 1 << 16)),
        ("gzip", gzip_members(1, 1 << 27)),
        ("zstd", window),
        ("zstd", claim),
    ];
    let pid = stack.ingests[0].process.pid();
    let before = resident_bytes(pid).expect("memory");
    let mut posts = JoinSet::new();
    for n in 0..32 {
        let (gateway, (coding, bomb)) = (app.gateway.clone(), bombs[n % bombs.len()].clone());
        posts.spawn(async move { gateway.post_encoded("/v1/audit", coding, bomb).await });
    }
    while let Some(answer) = posts.join_next().await {
        let answer = answer.expect("an answer");
        // 503: no room at the moment, since the others hold it.
        assert!(matches!(answer.status, 400 | 413 | 503), "{answer:?}");
    }
    let after = resident_bytes(pid).expect("memory");
    // All bodies together may take 64 MiB; the rest is the allocator's.
    assert!(after < before + (160 << 20), "memory grew from {before} to {after}");
    assert_stored(&stack, &app, 0).await;
}
