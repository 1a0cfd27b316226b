//! The whole line on real Kafka, ClickHouse and PostgreSQL: what goes in by HTTP comes out by the API.

use std::time::{Duration, Instant};

use bataudit_e2e::answer::Answer;
use bataudit_e2e::api::Api;
use bataudit_e2e::gateway::Gateway;
use bataudit_e2e::stack::{Plan, Shared, until_key_works};
use bataudit_e2e::wait::{eventually, holds};
use bataudit_e2e::{control, kafka, sample};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Long enough for a busy machine. What a quiet one takes is printed.
const SOON: Duration = Duration::from_secs(20);

static STACK: Shared = Shared::new(|| Plan::new("line_real"));

#[tokio::test]
async fn the_guide_from_login_to_the_live_event() {
    let stack = STACK.get();
    let owner = stack.owner().await;
    let me = owner.get("/v1/auth/me").await.expect(200).json();
    assert_eq!((&me["email"], &me["role"]), (&json!("owner@example.com"), &json!("owner")));

    let project = owner.create_project("guide").await;
    let key = owner.create_key(&project, "first").await;
    assert!(bataudit_event::key::is_well_formed(&key.key), "not bat_<64 hex>");
    let gateway = Gateway::new(&stack.ingests[0].url, &key.key);
    until_key_works(&gateway).await;
    let mut live = owner.follow(&format!("project_id={project}")).await;

    let answer = gateway.post_text("/v1/audit", sample::GUIDE).await.expect(202).json();
    assert_eq!(answer["status"], "success");
    assert_eq!(answer["message"], "Audit received and will be processed");
    let id = answer["audit_id"].as_str().expect("an id").to_owned();
    assert_eq!(Uuid::try_parse(&id).expect("a UUID").get_version_num(), 7);

    let streamed = live.wait_for(&id, SOON).await;
    assert_eq!(streamed["path"], "/api/users");
    let listed = owner.events_when(&format!("project_id={project}"), 1, SOON).await;
    assert_eq!(listed[0]["id"], id.as_str());
    let event = owner.event(&id).await.json();
    let sent: Value = serde_json::from_str(sample::GUIDE).expect("JSON");
    for (field, value) in sent.as_object().expect("an object") {
        assert_eq!(&event[field], value, "{field}");
        assert_eq!(&listed[0][field], value, "{field}");
    }
    assert_eq!(event["source"], "backend");
    assert_eq!(event["event_type"], "http");
    assert_eq!(event["project_id"], project.as_str());
    assert_eq!(answer["request_id"], event["request_id"]);
}

#[tokio::test]
async fn every_field_comes_back_as_sent() {
    let stack = STACK.get();
    let app = stack.application("every-field").await;
    let id = Uuid::now_v7();
    // Spaces and key order matter: the JSON fields are compared byte for byte.
    let bodies = [
        ("user_roles", r#"[ "admin", "büro",{"since": 2020 } ]"#),
        ("query_params", r#"{"q": "50% & <b>", "n": 9007199254740993, "a":[1,2 ,3]}"#),
        ("path_params", r#"{"id":18446744073709551616}"#),
        (
            "request_body",
            r#"{ "b":1, "a": {"x": 123456789012345678901234567890 , "y":1.50e+3}, "t":"O'Brien said \"hi\"\n\tnew line \u00e9 é 日本語 😀"}"#,
        ),
        ("response_body", r#""just text with <script>alert(1)</script>""#),
    ];
    let texts = [
        ("path", "/api/usuários/42?tab=a&x=1"),
        ("method", "PATCH"),
        ("identifier", "O'Brien <北京>"),
        ("service_name", "every-field"),
        ("environment", "staging"),
        ("user_email", "o'brien+tag@sub.example.com"),
        ("user_name", "Zoë \"The Ж\" O'Brien & Söhne"),
        ("user_type", "employee"),
        ("tenant_id", "tenant-å"),
        ("ip", "2001:db8:85a3::8a2e:370:7334"),
        ("user_agent", "Mozilla/5.0 (X11; Linux x86_64) 'quoted' <tag>"),
        ("request_id", "req-1/é"),
        ("error_message", "first line\nsecond \"line\"\ttab — Ошибка"),
        ("session_id", "session/7"),
        ("source", "backend"),
    ];
    let timestamp = at(-60);
    let mut fields: Vec<String> =
        texts.iter().map(|(name, text)| format!("{}:{}", json!(name), json!(text))).collect();
    fields.extend(bodies.iter().map(|(name, body)| format!("{}:{body}", json!(name))));
    fields.push(format!(
        r#""id":"{id}","timestamp":"{timestamp}","status_code":503,"response_time":9007199254740993"#
    ));
    let body = format!("{{{}}}", fields.join(","));

    let answer = app.gateway.post_text("/v1/audit", body).await.expect(202).json();
    assert_eq!(answer["audit_id"], id.to_string());
    app.owner.events_when(&app.query(), 1, SOON).await;
    let event = app.owner.event(&id.to_string()).await;
    let raw = event.raw_fields();
    for (name, text) in texts {
        assert_eq!(event.json()[name], text, "{name}");
    }
    for (name, body) in bodies {
        assert_eq!(raw[name].get(), body, "{name}");
    }
    assert_eq!(raw["response_time"].get(), "9007199254740993");
    assert_eq!(raw["status_code"].get(), "503");
    assert_eq!(event.json()["timestamp"], timestamp);
}

#[tokio::test]
async fn addresses_of_every_family_are_kept_and_found() {
    let stack = STACK.get();
    let app = stack.application("addresses").await;
    let addresses =
        ["::1", "::ffff:127.0.0.1", "fe80::abcd:1", "2001:DB8::A", "203.0.113.7", "0:0:0:0:0:ffff:c000:0280"];
    for ip in addresses {
        let id = app.gateway.accept(&sample::event_with(&app.service, json!({ "ip": ip }))).await;
        eventually("the event is stored", SOON, async || {
            let answer = app.owner.get(&format!("/v1/audit/{id}")).await;
            holds(answer.status == 200, format!("{answer:?}"))?;
            assert_eq!(answer.json()["ip"], ip);
            Ok(())
        })
        .await;
    }
    // One spelling for the filter, whatever was sent.
    let mapped =
        "SELECT count() FROM events WHERE service_name = 'addresses' AND ip_address = toIPv6('192.0.2.128')";
    assert_eq!(stack.clickhouse.number(mapped).await, 1);
}

#[tokio::test]
async fn batches_in_every_form_are_stored_once() {
    let stack = STACK.get();
    let app = stack.application("batches").await;
    let events = |form: &str, count: usize| -> Vec<Value> {
        (0..count)
            .map(|n| sample::event_with("batches", json!({"identifier": format!("{form}-{n}")})))
            .collect()
    };
    let lines = |events: &[Value]| events.iter().map(|event| format!("{event}\n")).collect::<String>();

    app.gateway.accept_batch(&events("array", 30)).await;
    let ndjson = lines(&events("ndjson", 30));
    drop(app.gateway.post_as("/v1/audit/batch", "application/x-ndjson", ndjson).await.expect(202));
    for coding in ["gzip", "zstd"] {
        let body = Value::from(events(coding, 30)).to_string();
        drop(app.gateway.post_compressed("/v1/audit/batch", coding, body.as_bytes()).await.expect(202));
    }
    let single = sample::event_with("batches", json!({"identifier": "single-gzip"})).to_string();
    drop(app.gateway.post_compressed("/v1/audit", "gzip", single.as_bytes()).await.expect(202));

    let stored = app.owner.events_when(&app.query(), 121, SOON).await;
    let mut names: Vec<_> = stored.iter().map(|event| event["identifier"].as_str().expect("text")).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 121, "each event once");
}

#[tokio::test]
async fn a_mixed_batch_stores_the_valid_and_names_the_invalid() {
    let stack = STACK.get();
    let app = stack.application("mixed").await;
    let long = "x".repeat(256);
    let batch = json!([
        sample::event_with("mixed", json!({"identifier": "good-0"})),
        sample::event_with("mixed", json!({"identifier": "bad-1", "status_code": 9999})),
        sample::event_with("mixed", json!({"identifier": "bad-2", "path": long})),
        {"method": "GET"},
        sample::event_with("mixed", json!({"identifier": "good-4"})),
    ]);
    let answer = app.gateway.post_text("/v1/audit/batch", batch.to_string()).await.expect(207).json();
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let of = |index: usize| {
        let found = results.iter().find(|result| result["index"] == index);
        found.unwrap_or_else(|| panic!("nothing about {index}: {answer}"))
    };
    for (index, field) in [(1, "status_code"), (2, "path"), (3, "path")] {
        let text = of(index).to_string();
        assert!(text.contains(field), "{index} should name {field}: {text}");
        assert!(!text.contains("9999") && !text.contains(&long), "values are not echoed: {text}");
    }
    let stored = app.owner.events_when(&app.query(), 2, SOON).await;
    assert!(stored.iter().all(|event| event["identifier"].as_str().expect("text").starts_with("good-")));
}

/// A secret planted in every free-form field, in every shape masking promises, appears nowhere.
#[tokio::test]
async fn secrets_are_masked_end_to_end() {
    let stack = STACK.get();
    let app = stack.application("masking").await;
    let secret = "Hunter2-Xyzzy-0451";
    let (card, shown) = ("4111 1111 1111 1111", "************1111");
    let nested = json!({
        "password": secret,
        "Api-Key": {"value": secret, "more": [secret]},
        "list": [{"refresh_token": secret}],
        "text": json!({"secret": secret, "kept": "kept-inner"}).to_string(),
        "kept": "kept-outer",
        "note": format!("card {card}"),
        "number": 4_111_111_111_111_111_u64,
        "Authorization": format!("Bearer {}", jwt()),
    });
    let event = sample::event_with(
        "masking",
        json!({
            "path": format!("/login?user=ann&password={secret}&kept=kept-path"),
            "query_params": nested, "path_params": nested, "request_body": nested, "response_body": nested,
            "error_message": format!("login failed: password={secret} {{\"token\":\"{secret}\"}} card {card} kept-error"),
            "user_agent": format!("agent/1.0 token={secret} kept-agent"),
        }),
    );
    let escaped = event.to_string().replace(r#""password":"#, r#""\u0070assword":"#);
    let ids = [app.gateway.accept(&event).await, id_of(app.gateway.post_text("/v1/audit", escaped).await)];
    app.owner.events_when(&app.query(), 2, SOON).await;
    let rows =
        stack.clickhouse.ask("SELECT * FROM events WHERE service_name = 'masking' FORMAT JSONEachRow").await;
    assert_clean("the rows", &rows, &[secret, card, "4111111111111111", &jwt()]);
    for kept in ["kept-inner", "kept-outer", "kept-path", "kept-error", "kept-agent", shown, "********"] {
        assert!(rows.contains(kept), "{kept} should be there: {rows}");
    }
    for id in ids {
        let body = app.owner.event(&id).await.body;
        assert_clean("the API", &body, &[secret, card, "4111111111111111", &jwt()]);
    }
    for table in ["endpoint_hour", "endpoint_day", "error_day", "user_day"] {
        assert_clean(
            table,
            &stack.clickhouse.ask(&format!("SELECT * FROM {table} FORMAT JSONEachRow")).await,
            &[secret],
        );
    }

    assert_clean("the logs", &stack.logs(), &[secret, card, &app.gateway.key]);
}

/// What can never be stored goes to the dead letters, and its content nowhere else.
#[tokio::test]
async fn a_poison_record_is_set_aside_without_its_content() {
    let stack = STACK.get();
    let app = stack.application("poison").await;
    let secret = "Hunter3-Xyzzy-0452";
    let poison = format!("not a record {secret}");
    kafka::write(&stack.brokers, &stack.topics.events, poison.as_bytes()).await;
    let letter = eventually("the dead letter is written", SOON, async || {
        let letters = kafka::read_all(&stack.brokers, &stack.topics.dead_letters).await;
        letters.into_iter().next().ok_or_else(|| "none".to_owned())
    })
    .await;
    let described = format!(
        "{} {}",
        String::from_utf8_lossy(&letter.key),
        letter
            .headers
            .iter()
            .map(|(k, v)| format!("{k}={} ", String::from_utf8_lossy(v)))
            .collect::<String>()
    );
    assert!(described.contains(&stack.topics.events), "the letter names its source: {described}");
    assert_clean("the dead letter's key and headers", &described, &[secret]);
    assert_clean("the dead letter", &String::from_utf8_lossy(&letter.value), &[secret]);
    assert_clean("the logs", &stack.logs(), &[secret, &poison]);
    // The line goes on behind it.
    app.gateway.accept(&sample::event_with("poison", json!({"identifier": "after"}))).await;
    app.owner.events_when(&app.query(), 1, SOON).await;
}

#[tokio::test]
async fn figures_equal_the_raw_events() {
    let stack = STACK.get();
    let app = stack.application("figures").await;
    let statuses = [200, 201, 302, 404, 404, 500, 503, 0];
    let events: Vec<_> = (0..400_usize)
        .map(|n| {
            let method = ["GET", "POST", "DELETE"][n % 3];
            let fields = json!({
                "status_code": statuses[n % 8], "response_time": n, "method": method,
                "path": format!("/orders/{n}"), "timestamp": at(-i64::try_from(n).expect("small") * 30),
            });
            sample::event_with("figures", fields)
        })
        .collect();
    app.gateway.accept_batch(&events).await;
    app.owner.events_when(&app.query(), 400, SOON).await;

    // An insert makes the raw rows first and the days last.
    let day = "SELECT sum(events) FROM stats_day WHERE service_name = 'figures'";
    eventually("the rollups are made", SOON, async || {
        let sum = stack.clickhouse.number(day).await;
        holds(sum == 400, format!("{sum}"))
    })
    .await;
    let stats =
        app.owner.get(&format!("/v1/audit/stats?project_id={}", app.project)).await.expect(200).json();
    let raw =
        |condition: &str| format!("SELECT countIf({condition}) FROM events WHERE service_name = 'figures'");
    for (field, condition) in [
        ("/total", "1"),
        ("/errors_4xx", "status_code BETWEEN 400 AND 499"),
        ("/errors_5xx", "status_code >= 500"),
        ("/by_method/GET", "method = 'GET'"),
        ("/by_method/POST", "method = 'POST'"),
        ("/by_status_class/3xx", "status_code BETWEEN 300 AND 399"),
        ("/by_service/0/requests", "1"),
        ("/by_service/0/errors", "status_code >= 400"),
    ] {
        let wanted = stack.clickhouse.number(&raw(condition)).await;
        assert_eq!(stats.pointer(field), Some(&json!(wanted)), "{field} of {stats}");
    }
    let timeline = stats["timeline"].as_array().expect("a list");
    let counted: u64 = timeline.iter().map(|bucket| bucket["count"].as_u64().expect("a number")).sum();
    assert_eq!(counted, 400, "{stats}");
    for table in ["stats_minute", "stats_hour", "stats_day", "endpoint_hour", "endpoint_day"] {
        let sums = format!(
            "SELECT (sum(events), sum(errors_4xx), sum(errors_5xx), sum(timed), sum(rt_sum)) FROM {table} \
             WHERE service_name = 'figures'"
        );
        let raw = "SELECT (count(), countIf(status_code BETWEEN 400 AND 499), countIf(status_code >= 500), \
                   countIf(response_time > 0), sum(response_time)) FROM events WHERE service_name = 'figures'";
        assert_eq!(stack.clickhouse.ask(&sums).await, stack.clickhouse.ask(raw).await, "{table}");
    }
    let routes = "SELECT uniqExact(route) FROM events WHERE service_name = 'figures'";
    assert_eq!(stack.clickhouse.number(routes).await, 1, "paths with numbers are one route");
}

#[tokio::test]
async fn a_key_works_and_stops_without_a_restart() {
    let stack = STACK.get();
    let app = stack.application("key-life").await;
    for round in 0..3 {
        let key = app.owner.create_key(&app.project, "short-lived").await;
        let gateway = app.gateway.with_key(&key.key);
        let body =
            sample::event_with("key-life", json!({"identifier": format!("round-{round}")})).to_string();
        let made = Instant::now();
        eventually("the new key works", SOON, async || {
            let answer = gateway.post_text("/v1/audit", body.clone()).await;
            holds(answer.status == 202, format!("{answer:?}"))
        })
        .await;
        let works_after = made.elapsed();
        app.owner.revoke(&key).await;
        let revoked = Instant::now();
        eventually("the revoked key is refused", SOON, async || {
            let answer = gateway.post_text("/v1/audit", body.clone()).await;
            holds(answer.status == 401, format!("{answer:?}"))?;
            answer.expect_error(401, "BAT-004");
            Ok(())
        })
        .await;
        println!(
            "a new key works after {works_after:?}, a revoked one is refused after {:?}",
            revoked.elapsed()
        );
    }
    let hashes = control::texts(&stack.control_url, "SELECT key_hash FROM api_keys").await;
    assert!(hashes.contains(&hex::encode(Sha256::digest(&app.gateway.key))), "the SHA-256 is stored");
    assert!(!hashes.join(" ").contains("bat_"), "the key itself is not");
    let listed = app.owner.get(&format!("/v1/auth/api-keys?project_id={}", app.project)).await.expect(200);
    assert!(!listed.body.contains(&app.gateway.key) && !listed.body.contains("bat_"), "{listed:?}");
}

/// What is refused is no use of a key, and what is repeated is one use.
#[tokio::test]
async fn the_list_of_keys_tells_when_each_was_used() {
    let stack = STACK.get();
    let app = stack.application("key-use").await;
    let usage = async |name: &str| {
        let path = format!("/v1/auth/api-keys?project_id={}", app.project);
        let listed = app.owner.get(&path).await.expect(200).json();
        let found =
            listed["data"].as_array().expect("a list").iter().find(|key| key["name"] == name).cloned();
        let key = found.unwrap_or_else(|| panic!("no {name}: {listed}"));
        (key["last_used"].as_str().map(str::to_owned), key["events_30d"].clone())
    };
    let (first, second) =
        (app.owner.create_key(&app.project, "one").await, app.owner.create_key(&app.project, "two").await);
    let (one, two) = (app.gateway.with_key(&first.key), app.gateway.with_key(&second.key));
    // Both have sent what was refused, and that is no use.
    until_key_works(&one).await;
    until_key_works(&two).await;

    let before = at(0);
    let repeated = sample::event_with("key-use", json!({"id": Uuid::now_v7()}));
    one.accept(&repeated).await;
    one.accept_batch(&[sample::event("key-use"), sample::event("key-use")]).await;
    app.owner.events_when(&app.query(), 3, SOON).await;
    one.accept(&repeated).await;
    app.gateway.accept(&sample::event("key-use")).await;
    app.owner.events_when(&app.query(), 4, SOON).await;
    // A row is visible a moment before it is counted.
    let counted = async |name: &str, events: u64| {
        eventually("the use is counted", SOON, async || {
            let (last, found) = usage(name).await;
            holds(found == events, format!("{found} event(s) of {name}, the last {last:?}"))?;
            Ok(last)
        })
        .await
    };
    let last = counted("one", 3).await.expect("a time");
    assert!(before.as_str() <= last.as_str() && last.as_str() <= at(1).as_str(), "{before} {last}");
    assert_eq!(usage("two").await, (None, json!(0)));
    two.accept(&sample::event("key-use")).await;
    counted("two", 1).await;
    // By now the repeat has been read as well.
    counted("one", 3).await;
}

#[tokio::test]
async fn an_instance_key_makes_the_project_of_a_new_service() {
    let stack = STACK.get();
    let app = stack.application("instance-home").await;
    let known = stack.application("instance-known").await;
    let scope = json!({"project_id": app.project, "name": "all", "scope": "instance"});
    let gateway = app.gateway.with_key(&app.owner.create_key_as(scope).await.key);
    until_key_works(&gateway).await;

    gateway.accept(&sample::event("instance-new")).await;
    gateway.accept(&sample::event("instance-known")).await;
    let project = eventually("the project appears", Duration::from_secs(30), async || {
        let projects = app.owner.projects().await;
        let found = projects.iter().find(|project| project["slug"] == "instance-new");
        found
            .map(|project| project["id"].as_str().expect("an id").to_owned())
            .ok_or_else(|| format!("{projects:?}"))
    })
    .await;
    assert_eq!(project, bataudit_event::id::project_id_of_slug("instance-new").to_string());
    let events = app.owner.events_when(&format!("project_id={project}"), 1, SOON).await;
    assert_eq!(events[0]["service_name"], "instance-new");
    // A slug that a project has claimed already is that project.
    known.owner.events_when(&format!("project_id={}", known.project), 1, SOON).await;
}

#[tokio::test]
async fn a_project_key_writes_to_its_own_project_only() {
    let stack = STACK.get();
    let app = stack.application("own-project").await;
    let foreign = stack.application("foreign-project").await;
    let event = sample::event_with("own-project", json!({"project_id": foreign.project}));
    let answer = app.gateway.post_text("/v1/audit", event.to_string()).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert!(answer.body.contains("project"), "{answer:?}");
    let forged = sample::event_with("own-project", json!({"event_type": "system.alert"}));
    let answer = app.gateway.post_text("/v1/audit", forged.to_string()).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    // Whatever the service calls itself, the key decides.
    app.gateway.accept(&sample::event("foreign-project")).await;
    app.owner.events_when(&format!("project_id={}", app.project), 1, SOON).await;
    assert!(app.owner.events(&format!("project_id={}", foreign.project)).await.expect("a list").is_empty());
}

#[tokio::test]
async fn a_browser_key_obeys_its_origins() {
    let stack = STACK.get();
    let app = stack.application("browser").await;
    let (allowed, other) = ("https://app.example.com", "https://evil.example.com");
    let scope = json!({"project_id": app.project, "name": "web", "scope": "browser", "origins": [allowed]});
    let gateway = app.gateway.with_key(&app.owner.create_key_as(scope).await.key);
    let event = sample::event_with("browser", json!({"source": "browser"})).to_string();
    let post = |origin: Option<&'static str>| {
        let request =
            gateway.request("/v1/audit").header("Content-Type", "application/json").body(event.clone());
        let request = origin.into_iter().fold(request, |request, origin| request.header("Origin", origin));
        async { Answer::of(request).await.expect("an answer") }
    };
    let accepted = eventually("the key works", SOON, async || {
        let answer = post(Some(allowed)).await;
        if answer.status == 202 { Ok(answer) } else { Err(format!("{answer:?}")) }
    })
    .await;
    assert_eq!(accepted.header("access-control-allow-origin"), allowed);
    let refused = post(Some(other)).await;
    assert!(matches!(refused.status, 401 | 403), "{refused:?}");
    assert_ne!(refused.header("access-control-allow-origin"), other, "{refused:?}");
    let bare = post(None).await;
    assert!(matches!(bare.status, 401 | 403), "a browser key does not pass as a server's: {bare:?}");

    let preflight = |origin: &'static str| {
        let request = reqwest::Client::new()
            .request(reqwest::Method::OPTIONS, format!("{}/v1/audit", gateway.url))
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,x-api-key");
        async { Answer::of(request).await.expect("an answer") }
    };
    let answer = preflight(allowed).await;
    assert!(matches!(answer.status, 200 | 204), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), allowed);
    let headers = answer.header("access-control-allow-headers").to_lowercase();
    assert!(headers.contains("x-api-key") && headers.contains("content-type"), "{answer:?}");
    app.owner.events_when(&app.query(), 1, SOON).await;
}

#[tokio::test]
async fn a_foreign_project_is_invisible() {
    let stack = STACK.get();
    let (mine, other) = (stack.application("visible").await, stack.application("invisible").await);
    mine.gateway.accept(&sample::event("visible")).await;
    let hidden = other.gateway.accept(&sample::event("invisible")).await;
    other.owner.events_when(&other.query(), 1, SOON).await;
    mine.owner.events_when(&mine.query(), 1, SOON).await;

    let viewer = viewer_of(&mine.project, &stack.control_url, &stack.query_api.url).await;
    let projects = viewer.projects().await;
    assert_eq!(projects.iter().map(|project| &project["id"]).collect::<Vec<_>>(), [&json!(mine.project)]);
    let all = viewer.events("").await.expect("a list");
    assert!(!all.is_empty() && all.iter().all(|event| event["project_id"] == mine.project), "{all:?}");
    assert_eq!(viewer.get(&format!("/v1/audit/{hidden}")).await.status, 404);
    for path in ["/v1/audit?", "/v1/audit/stats?", "/v1/auth/api-keys?", "/v1/audit/stream?"] {
        let answer = viewer.get(&format!("{path}project_id={}", other.project)).await;
        assert!(matches!(answer.status, 403 | 404), "{path}: {answer:?}");
    }
    let answer = viewer.post("/v1/auth/api-keys", &json!({"project_id": other.project, "name": "x"})).await;
    assert!(matches!(answer.status, 403 | 404), "{answer:?}");
    let anonymous = Api::anonymous(&stack.query_api.url);
    anonymous.get("/v1/audit").await.expect_error(401, "BAT-005");
}

#[tokio::test]
async fn what_people_do_becomes_events_of_a_project_of_its_own() {
    let stack = STACK.get();
    let owner = stack.owner().await;
    let audit = bataudit_event::id::AUDIT_PROJECT;
    let project = owner.create_project("audited").await;
    let key = owner.create_key(&project, "audited").await;
    owner.revoke(&key).await;
    let path = format!("/api-keys/{}", key.id);
    let found = owner.events_when(&format!("project_id={audit}&path={path}"), 2, SOON).await;
    let verbs: Vec<_> = found.iter().map(|event| event["method"].as_str().unwrap_or_default()).collect();
    assert_eq!(verbs, ["REVOKE", "CREATE"]);
    let event = owner.event(found[1]["id"].as_str().expect("an id")).await.json();
    assert_eq!(
        (&event["event_type"], &event["user_email"]),
        (&json!("system.audit"), &json!("owner@example.com"))
    );
    assert_eq!((&event["project_id"], &event["service_name"]), (&json!(audit), &json!("bataudit")));
    assert_eq!(
        (&event["request_body"]["project_id"], &event["request_body"]["scope"]),
        (&json!(project), &json!("project"))
    );
    let ip: Result<std::net::IpAddr, _> = event["ip"].as_str().unwrap_or_default().parse();
    assert!(ip.is_ok_and(|ip| ip.is_loopback()), "{event}");

    // Nobody else writes there: an instance key reaches projects by their slugs, and this slug is no service name.
    let instance = json!({"project_id": project, "name": "all", "scope": "instance"});
    let key = owner.create_key_as(instance).await;
    let gateway = Gateway::new(&stack.ingests[0].url, &key.key);
    until_key_works(&gateway).await;
    let forged = json!({"path": "/", "identifier": "me", "service_name": "_bataudit"});
    gateway.post_text("/v1/audit", forged.to_string()).await.expect_error(400, "BAT-002");
}

/// A user who is a member of one project only.
async fn viewer_of(project: &str, control_url: &str, api_url: &str) -> Api {
    use bataudit_control::role::Role;
    use bataudit_control::users::NewUser;
    use bataudit_control::{Config, Store, members, users};
    use bataudit_service::Env;

    let mut env = Env::from_pairs([("BATAUDIT_CONTROL_URL", control_url)]);
    let store = Store::connect(&Config::from_env(&mut env)).await.expect("the control store");
    let email = format!("viewer-{}@example.com", Uuid::new_v4().simple());
    let new = NewUser { email: &email, name: "Viewer", role: Role::Viewer, password: "a-viewers-password" };
    let user = users::create(&store, new).await.expect("a user");
    members::add(&store, project, &user.id, Role::Viewer).await.expect("a member");
    store.close().await;
    Api::login(api_url, &email, "a-viewers-password").await
}

fn id_of(answer: Answer) -> String {
    answer.expect(202).json()["audit_id"].as_str().expect("an id").to_owned()
}

fn assert_clean(what: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        if let Some(at) = text.find(secret) {
            let from = text[..at].char_indices().rev().nth(80).map_or(0, |(index, _)| index);
            panic!("{what} holds a secret after: {}", &text[from..at]);
        }
    }
}

/// A token in the shape that masking knows; made of pieces so that it stands in no source file.
fn jwt() -> String {
    ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"]
        .join(".")
}

/// A time this many seconds from now, as the API writes times.
fn at(seconds: i64) -> String {
    let time = chrono::Utc::now() + chrono::Duration::seconds(seconds);
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
