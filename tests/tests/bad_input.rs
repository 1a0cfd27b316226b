//! What must never get in: each gets an answer that says what is wrong, and changes nothing.

use std::time::Duration;

use bataudit_e2e::answer::Answer;
use bataudit_e2e::gateway::compress;
use bataudit_e2e::raw_http::Raw;
use bataudit_e2e::sample;
use bataudit_e2e::stack::{Application, Plan, Shared, Stack};
use bataudit_e2e::wait::{eventually, holds};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(20);
/// How long this stack's gateway waits for a slow sender.
const SENDER_PATIENCE: Duration = Duration::from_secs(1);

static STACK: Shared = Shared::new(|| {
    let patience = SENDER_PATIENCE.as_millis().to_string();
    Plan {
        env: vec![
            ("BATAUDIT_INGEST_HEADER_TIMEOUT_MS", patience.clone()),
            ("BATAUDIT_INGEST_BODY_TIMEOUT_MS", patience),
        ],
        ..Plan::new("bad_input")
    }
});

/// The test's own project holds exactly these many events, also after one more was sent behind
/// whatever came before: what was refused is not merely late.
async fn assert_stored(stack: &Stack, app: &Application, before: usize) {
    app.gateway.accept(&sample::event(&app.service)).await;
    app.owner.events_when(&app.query(), before + 1, SOON).await;
    let rows = format!("SELECT count() FROM events WHERE service_name = '{}'", app.service);
    assert_eq!(stack.clickhouse.number(&rows).await, before as u64 + 1);
}

/// The fields an answer complains about, by their JSON names.
fn fields(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let list = body["validation"].as_array().cloned().unwrap_or_default();
    list.iter().filter_map(|problem| problem["json_field"].as_str().map(str::to_owned)).collect()
}

#[tokio::test]
async fn malformed_json_is_refused_with_its_position() {
    let stack = STACK.get();
    let app = stack.application("bad-json").await;
    for (body, position) in [
        (r#"{"path":"/a","method":"GET""#, "27"),
        (r#"{"path":"/a",,}"#, "14"),
        (r#"{"path":'/a'}"#, "9"),
        ("", ""),
        ("[]", ""),
        ("null", ""),
        ("42", ""),
        (r#""text""#, ""),
        ("{\"path\":\"/a\nb\"}", ""),
        (r#"{"path":"/a"} {"path":"/b"}"#, ""),
        (r#"{"request_body":{"a":01}}"#, ""),
        (r#"{"path":"\ud800"}"#, ""),
    ] {
        let answer = app.gateway.post_text("/v1/audit", body).await;
        answer.expect_error(400, "BAT-001");
        let said = answer.body.to_lowercase();
        let names_place = said.contains("byte") || said.contains("column") || said.contains("position");
        assert!(position.is_empty() || (names_place && answer.body.contains(position)), "{body}: {answer:?}");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn wrong_types_are_refused_with_field_and_expectation() {
    let stack = STACK.get();
    let app = stack.application("bad-types").await;
    for (field, value, expectation) in [
        ("path", json!(17), "text"),
        ("identifier", json!({"a": 1}), "text"),
        ("status_code", json!("200"), "number"),
        ("status_code", json!(true), "number"),
        ("response_time", json!("fast"), "number"),
        ("service_name", json!([]), "text"),
        ("user_email", json!(5), "text"),
        ("timestamp", json!({}), ""),
    ] {
        let body = sample::event_with("bad-types", json!({field: value}));
        let answer = app.gateway.post_text("/v1/audit", body.to_string()).await;
        assert_eq!(answer.status, 400, "{field} = {value}: {answer:?}");
        assert!(
            answer.body.contains(field) && answer.body.contains(expectation),
            "{field} = {value}: {answer:?}"
        );
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn values_out_of_bounds_are_refused_and_not_echoed() {
    let stack = STACK.get();
    let app = stack.application("bad-values").await;
    let long = |length: usize| json!("ж".repeat(length));
    for (field, value) in [
        ("path", long(256)),
        ("path", json!("")),
        ("identifier", long(101)),
        ("identifier", json!("")),
        ("user_name", long(101)),
        ("user_type", long(51)),
        ("tenant_id", long(101)),
        ("request_id", long(101)),
        ("session_id", long(101)),
        ("error_message", long(1001)),
        ("service_name", long(101)),
        ("service_name", json!("two words")),
        ("environment", long(101)),
        ("method", json!("NOT A METHOD")),
        ("status_code", json!(99)),
        ("status_code", json!(600)),
        ("status_code", json!(-200)),
        ("response_time", json!(-1)),
        ("user_email", json!("nobody")),
        ("ip", json!("999.1.1.1")),
        ("ip", json!("1.2.3.4, 5.6.7.8")),
        ("id", json!("not-a-uuid")),
        ("timestamp", json!("yesterday")),
        ("source", json!("printer")),
        ("event_type", json!("system.alert")),
    ] {
        let mut body = sample::event("bad-values");
        body[field] = value.clone();
        let answer = app.gateway.post_text("/v1/audit", body.to_string()).await;
        answer.expect_error(400, "BAT-002");
        assert_eq!(fields(&answer), [field], "{value}: {answer:?}");
        let text = value.as_str().unwrap_or_default();
        assert!(text.len() < 5 || !answer.body.contains(text), "the value is echoed: {answer:?}");
    }
    for field in ["path", "identifier", "service_name"] {
        let mut body = sample::event("bad-values");
        body.as_object_mut().expect("an object").remove(field);
        let answer = app.gateway.post_text("/v1/audit", body.to_string()).await;
        answer.expect_error(400, "BAT-002");
        assert_eq!(fields(&answer), [field], "{answer:?}");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn huge_numbers_duplicate_keys_and_nuls_are_refused() {
    let stack = STACK.get();
    let app = stack.application("bad-odd").await;
    let with = |fields: &str| {
        format!(r#"{{"path":"/a","identifier":"u","service_name":"bad-odd","environment":"dev",{fields}}}"#)
    };
    for (fields, word) in [
        (r#""status_code":1e400"#, "status_code"),
        (r#""status_code":99999999999999999999"#, "status_code"),
        (r#""response_time":1e30"#, "response_time"),
        (r#""response_time":340282366920938463463374607431768211456"#, "response_time"),
        (r#""method":"GET","method":"POST""#, "method"),
        (r#""path":"/b""#, "path"),
        ("\"user_name\":\"a\0b\"", ""),
        (r#""user_name":"a\u0000b""#, "user_name"),
        (r#""session_id":"\u0000""#, "session_id"),
        (r#""error_message":"a\\\u0000""#, "error_message"),
    ] {
        let answer = app.gateway.post_text("/v1/audit", with(fields)).await;
        assert_eq!(answer.status, 400, "{fields}: {answer:?}");
        assert!(answer.json()["error"].is_string() && answer.body.contains(word), "{fields}: {answer:?}");
    }
    // Where a number means nothing to us, it is kept as sent; so is an escaped NUL in a body. Other control
    // characters are left out of a text of ours, but for line breaks and tabs.
    let body = r#"{"n":1e400,"m":123456789012345678901234567890,"t":"a\u0000b"}"#;
    let kept = with(&format!(r#""method":"GET","user_name":"a\u0007b","request_body":{body}"#));
    let answer = app.gateway.post_text("/v1/audit", kept).await.expect(202).json();
    assert_stored(&stack, &app, 1).await;
    let event = app.owner.event(answer["audit_id"].as_str().expect("an id")).await;
    assert_eq!(event.raw_fields()["user_name"].get(), r#""ab""#);
    assert_eq!(event.raw_fields()["request_body"].get(), body);
}

#[tokio::test]
async fn deep_nesting_is_refused_at_once() {
    let stack = STACK.get();
    let app = stack.application("bad-depth").await;
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let nested = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let closed =
            format!(r#"{{"path":"/a","identifier":"u","service_name":"bad-depth","request_body":{nested}}}"#);
        let open_only = format!(r#"{{"request_body":{}"#, open.repeat(100_000));
        for body in [closed, open_only, nested] {
            let answer = app.gateway.post_text("/v1/audit", body).await;
            assert_eq!(answer.status, 400, "{answer:?}");
            assert!(answer.json()["error"].is_string() && answer.body.len() < 2000, "{answer:?}");
        }
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn invalid_utf8_is_refused() {
    let stack = STACK.get();
    let app = stack.application("bad-utf8").await;
    for bad in [&b"\xff\xfe"[..], b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"] {
        for field in ["identifier", "request_body", "user_name"] {
            let before = format!(r#"{{"path":"/a","service_name":"bad-utf8","identifier":"u","{field}":""#);
            let body = [
                before.replace(r#""identifier":"u","identifier""#, r#""identifier""#).as_bytes(),
                bad,
                b"\"}",
            ]
            .concat();
            let answer = app.gateway.post_text("/v1/audit", body).await;
            answer.expect_error(400, "BAT-001");
            assert!(answer.body.contains("UTF-8"), "{answer:?}");
        }
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let stack = STACK.get();
    let app = stack.application("bad-keys").await;
    let event = sample::event("bad-keys").to_string();
    let unknown = format!("bat_{}", "0".repeat(64));
    for key in [unknown.as_str(), "bat_short", "nonsense", &app.gateway.key.to_uppercase(), &"x".repeat(5000)]
    {
        let answer = app.gateway.with_key(key).post_text("/v1/audit", event.clone()).await;
        answer.expect_error(401, "BAT-004");
        assert!(!answer.body.contains(key), "the key is echoed");
    }
    let http = reqwest::Client::new();
    let bare = http.post(format!("{}/v1/audit", app.gateway.url)).header("Content-Type", "application/json");
    Answer::of(bare.body(event.clone())).await.expect("an answer").expect_error(401, "BAT-004");
    // Without a key nothing is said about the body either.
    let both_wrong = app.gateway.with_key(&unknown).post_text("/v1/audit", "{").await;
    both_wrong.expect_error(401, "BAT-004");

    let revoked = app.owner.create_key(&app.project, "revoked").await;
    let gateway = app.gateway.with_key(&revoked.key);
    bataudit_e2e::stack::until_key_works(&gateway).await;
    app.owner.revoke(&revoked).await;
    eventually("the revoked key is refused", SOON, async || {
        let answer = gateway.post_text("/v1/audit", "{}").await;
        holds(answer.status == 401, format!("{answer:?}"))
    })
    .await;
    gateway.post_text("/v1/audit", event).await.expect_error(401, "BAT-004");
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn what_is_not_json_is_refused_by_its_content_type() {
    let stack = STACK.get();
    let app = stack.application("bad-type-header").await;
    let event = sample::event("bad-type-header").to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "json"]
    {
        let answer = app.gateway.post_as("/v1/audit", kind, event.clone()).await;
        assert_eq!(answer.status, 415, "{kind}: {answer:?}");
        assert!(answer.body.contains("application/json"), "it says what to send: {answer:?}");
    }
    let answer = app.gateway.post_encoded("/v1/audit", "br", event.clone().into_bytes()).await;
    assert_eq!(answer.status, 415, "{answer:?}");
    assert!(answer.body.contains("gzip") && answer.body.contains("zstd"), "it says what to send: {answer:?}");
    for (coding, body) in [
        ("gzip", b"not gzip".to_vec()),
        ("zstd", b"not zstd".to_vec()),
        ("gzip", {
            let whole = compress("gzip", event.as_bytes()).await;
            whole[..whole.len() / 2].to_vec()
        }),
    ] {
        let answer = app.gateway.post_encoded("/v1/audit", coding, body).await;
        assert_eq!(answer.status, 400, "{coding}: {answer:?}");
    }
    for (method, path, status) in
        [(reqwest::Method::GET, "/v1/audit", 405), (reqwest::Method::POST, "/v1/nothing", 404)]
    {
        let request = reqwest::Client::new().request(method, format!("{}{path}", app.gateway.url));
        assert_eq!(Answer::of(request).await.expect("an answer").status, status, "{path}");
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn oversized_and_bomb_bodies_are_refused_within_bounded_memory() {
    let stack = STACK.get();
    let app = stack.application("bad-size").await;
    // Made before the first request: this stack's gateway keeps no idle connection for that long.
    let zeros = vec![b' '; 1 << 28];
    let bombs = [("gzip", compress("gzip", &zeros).await), ("zstd", compress("zstd", &zeros).await)];
    drop(zeros);
    let pid = stack.ingests[0].process.pid();
    let before = bataudit_e2e::process::resident_bytes(pid).expect("memory");
    let huge = format!(r#"{{"path":"/a","request_body":"{}"}}"#, "x".repeat(9 << 20));
    let answer = app.gateway.post_text("/v1/audit", huge).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.body.contains("BATAUDIT_INGEST_MAX_"), "it names the limit: {answer:?}");

    let large_event = sample::event_with("bad-size", json!({"request_body": "x".repeat(2 << 20)}));
    let answer = app.gateway.post_text("/v1/audit", large_event.to_string()).await;
    assert_eq!(answer.status, 413, "{answer:?}");

    let many = Value::from(vec![sample::event("bad-size"); 5001]).to_string();
    let answer = app.gateway.post_text("/v1/audit/batch", many).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert!(answer.body.contains("5000"), "{answer:?}");

    for (coding, bomb) in bombs {
        let answer = app.gateway.post_encoded("/v1/audit", coding, bomb).await;
        assert_eq!(answer.status, 413, "{coding}: {answer:?}");
    }
    let after = bataudit_e2e::process::resident_bytes(pid).expect("memory");
    assert!(after < before + (100 << 20), "memory grew from {before} to {after}");

    let mut raw = Raw::connect(&app.gateway.url).await;
    let head = format!(
        "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n\
         Content-Length: 99999999999\r\n\r\n",
        app.gateway.key
    );
    raw.write(head.as_bytes()).await;
    let (status, body) = raw.answer(SOON).await.expect("an answer before the body");
    assert_eq!(status, 413, "{body}");
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn slow_senders_and_short_bodies_hold_nothing_up() {
    let stack = STACK.get();
    let app = stack.application("bad-slow").await;
    let event = sample::event("bad-slow").to_string();
    let head = |length: usize| {
        format!(
            "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n",
            app.gateway.key
        )
    };
    let cut_off = SENDER_PATIENCE * 5;

    let mut half_head = Raw::connect(&app.gateway.url).await;
    half_head.write(b"POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API").await;
    let mut half_body = Raw::connect(&app.gateway.url).await;
    half_body.write(head(event.len()).as_bytes()).await;
    half_body.write(&event.as_bytes()[..20]).await;
    // Others are served meanwhile; this one is not among the stored ones below.
    drop(app.gateway.post_text("/v1/audit", "{}").await.expect(400));

    if let Some((status, body)) = half_head.answer(cut_off).await {
        assert!(matches!(status, 400 | 408), "{status} {body}");
    }
    if let Some((status, body)) = half_body.answer(cut_off).await {
        assert_eq!(status, 408, "{body}");
        assert!(body.contains("\"error\""), "{body}");
    }

    let mut short = Raw::connect(&app.gateway.url).await;
    short.write(head(event.len() + 10).as_bytes()).await;
    short.write(event.as_bytes()).await;
    short.finish().await;
    if let Some((status, body)) = short.answer(cut_off).await {
        assert!(matches!(status, 400 | 408), "{status} {body}");
    }

    let chunked = format!(
        "POST /v1/audit HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        app.gateway.key
    );
    for garbage in ["zz\r\nabc\r\n", "5\r\nab", "ffffffffffffffff1\r\n"] {
        let mut raw = Raw::connect(&app.gateway.url).await;
        raw.write(chunked.as_bytes()).await;
        raw.write(garbage.as_bytes()).await;
        raw.finish().await;
        if let Some((status, body)) = raw.answer(cut_off).await {
            assert!(matches!(status, 400 | 408), "{status} {body}");
        }
    }
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET\r\n\r\n", &[b'A'; 200_000]] {
        let mut raw = Raw::connect(&app.gateway.url).await;
        raw.write(garbage).await;
        raw.finish().await;
        if let Some((status, body)) = raw.answer(cut_off).await {
            assert!((400..500).contains(&status), "{status} {body}");
        }
    }
    assert_stored(&stack, &app, 0).await;
}

#[tokio::test]
async fn a_bad_batch_stores_nothing_of_what_is_bad() {
    let stack = STACK.get();
    let app = stack.application("bad-batch").await;
    let good = sample::event("bad-batch");
    for body in ["[", "[{]", "[1,2]", "{}", r#"[{"path":"/a"},]"#] {
        let answer = app.gateway.post_text("/v1/audit/batch", body).await;
        assert!(matches!(answer.status, 400), "{body}: {answer:?}");
        assert!(answer.json()["error"].is_string() || answer.json()["results"].is_array(), "{answer:?}");
    }
    let all_bad = json!([{"path": 1}, {}]).to_string();
    let answer = app.gateway.post_text("/v1/audit/batch", all_bad).await;
    assert_eq!(answer.status, 400, "{answer:?}");

    // One bad line costs that line only.
    let lines = format!("{good}\n{{\"path\":\n{good}\n\n");
    let answer = app.gateway.post_as("/v1/audit/batch", "application/x-ndjson", lines).await;
    assert_eq!(answer.status, 207, "{answer:?}");
    assert_stored(&stack, &app, 2).await;
}
