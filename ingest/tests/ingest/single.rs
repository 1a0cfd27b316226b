//! `POST /v1/audit`: what is stored of one event, and what the client is told.

use bataudit_event::id::project_id_of_slug;
use bataudit_ingest::publish::{FailingPublisher, PublishError};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::support::*;

#[tokio::test]
async fn the_guides_event() {
    let gateway = gateway();
    let answer = gateway.post("/v1/audit", guide_event().to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["message"], "Audit received and will be processed");
    assert_eq!(body["status"], "success");
    let id = Uuid::parse_str(body["audit_id"].as_str().unwrap()).unwrap();
    assert_eq!(id.get_version_num(), 7);
    assert_eq!(body["request_id"], format!("bat-{id}"));
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(body.as_object().unwrap().len(), 5);
    let count = gateway.events(|event| {
        assert_eq!(event.id, id.into_bytes());
        assert_eq!(event.project_id, PROJECT.into_bytes());
        assert_eq!((event.path, event.method, event.status_code), ("/api/users", "GET", 200));
        assert_eq!((event.response_time, event.identifier), (45, "user-123"));
        assert_eq!((event.service_name, event.environment), ("my-api", "production"));
        assert_eq!((event.event_type, event.source), ("http", "backend"));
        assert_eq!((event.timestamp, event.original_timestamp), (event.received_at, ""));
    });
    assert_eq!(count, 1);
}

#[tokio::test]
async fn environments_are_the_originals_when_it_is_asked_for() {
    for (setting, stored) in [("0", "qa"), ("1", "development")] {
        let gateway = gateway_with(&[("BATAUDIT_COMPAT_ENV", setting)]);
        for (given, stored) in [("QA", stored), ("prod", "production"), ("", "development")] {
            let mut event = guide_event();
            event["environment"] = json!(given);
            let answer = gateway.post("/v1/audit", event.to_string()).await;
            assert_eq!(answer.status, 202, "{}", answer.text);
            let batch = gateway.post("/v1/audit/batch", json!([event]).to_string()).await;
            assert!(batch.status.is_success(), "{}", batch.text);
            let mut last = String::new();
            gateway.events(|event| event.environment.clone_into(&mut last));
            assert_eq!(last, stored, "{setting} {given}");
        }
    }
}

#[tokio::test]
async fn everything_comes_through_as_sent() {
    let gateway = gateway();
    let body = r#"{"path":"/a?q=1&r=<b>","method":"patch","identifier":"O'Brien 北京 😀","service_name":"s",
        "user_email":"o'brien@x.com","user_name":"a\nb\t\"c\"","user_roles":[ "x" , 1 ],"user_type":"t","tenant_id":"n",
        "ip":"::ffff:127.0.0.1","user_agent":"ua","request_id":"r","session_id":"s1","query_params":null,
        "path_params":{"id":  7},"request_body":{ "n": 9007199254740993, "s": "\u0000\ud83d\ude00", "e": 1E400 },
        "response_body":"text \u00e9","error_message":"line1\r\nline2","source":"browser","environment":"Preview-7",
        "id":"{6F9619FF-8B86-D011-B42D-00C04FC964FF}","event_type":"user.login","response_time":12.5,"unknown":[[1]]}"#;
    let answer = gateway.post("/v1/audit/", body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    assert_eq!(answer.json()["audit_id"], "6f9619ff-8b86-d011-b42d-00c04fc964ff");
    assert_eq!(answer.json()["request_id"], "r");
    gateway.events(|event| {
        assert_eq!((event.path, event.method), ("/a?q=1&r=<b>", "PATCH"));
        assert_eq!((event.identifier, event.user_email), ("O'Brien 北京 😀", "o'brien@x.com"));
        assert_eq!((event.user_name, event.user_roles), ("a\nb\t\"c\"", r#"[ "x" , 1 ]"#));
        assert_eq!(
            (event.ip, event.query_params, event.path_params),
            ("::ffff:127.0.0.1", "null", r#"{"id":  7}"#)
        );
        assert_eq!(event.request_body, r#"{ "n": 9007199254740993, "s": "\u0000\ud83d\ude00", "e": 1E400 }"#);
        assert_eq!((event.response_body, event.error_message), (r#""text \u00e9""#, "line1\r\nline2"));
        assert_eq!((event.source, event.environment), ("browser", "preview-7"));
        assert_eq!((event.event_type, event.response_time), ("user.login", 13));
    });
}

#[tokio::test]
async fn wild_clocks_are_clamped_and_kept() {
    let gateway = gateway();
    for given in [json!("1999-12-31T23:59:59-03:00"), json!(4_102_444_800_u64)] {
        let mut event = guide_event();
        event["timestamp"] = given.clone();
        let answer = gateway.post("/v1/audit", event.to_string()).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
    let mut originals = Vec::new();
    gateway.events(|event| {
        assert!((event.timestamp - event.received_at).abs() <= 30 * 24 * 60 * 60 * 1000);
        originals.push(event.original_timestamp.to_owned());
    });
    assert_eq!(originals, ["1999-12-31T23:59:59-03:00", "4102444800"]);
}

#[tokio::test]
async fn instance_keys_resolve_the_project_by_service_name() {
    let gateway = gateway();
    for (service, project) in [("shop", SHOP), ("unheard-of", project_id_of_slug("unheard-of"))] {
        let mut event = guide_event();
        event["service_name"] = json!(service);
        let headers = [("X-API-Key", instance_key())];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let before = gateway.count();
        assert_eq!(gateway.post_with("/v1/audit", &headers, event.to_string()).await.status, 202);
        let mut stored = Vec::new();
        gateway.events(|event| stored.push(Uuid::from_bytes(event.project_id)));
        assert_eq!(stored[before], project);
    }
}

/// The key itself never travels.
#[tokio::test]
async fn events_carry_the_short_hash_of_their_key() {
    let gateway = gateway();
    let keys = [project_key(), browser_key(), instance_key()];
    for key in &keys {
        let headers = [("X-API-Key", key.as_str()), ("Origin", ORIGIN)];
        // A claim to another key is an unknown field like any other.
        let mut event = guide_event();
        event["key_hash"] = json!(7);
        assert_eq!(gateway.post_with("/v1/audit", &headers, event.to_string()).await.status, 202);
        let two = json!([guide_event(), {"method": "GET"}, guide_event()]);
        let answer = gateway.post_with("/v1/audit/batch", &headers, two.to_string()).await;
        assert_eq!(answer.status, 207, "{}", answer.text);
    }
    let mut found = Vec::new();
    gateway.events(|event| found.push(event.key_hash));
    let expected = keys.iter().flat_map(|key| {
        let hash: [u8; 32] = Sha256::digest(key).into();
        [bataudit_event::key::short_hash(&hash); 3]
    });
    assert_eq!(found, expected.collect::<Vec<_>>());
    for record in gateway.publisher.records() {
        let text = String::from_utf8_lossy(&record).into_owned();
        assert!(keys.iter().all(|key| !text.contains(key.as_str()) && !text.contains("bat_")), "{text}");
    }
}

#[tokio::test]
async fn an_archived_project_takes_nothing() {
    let gateway = gateway();
    let mut event = guide_event();
    event["service_name"] = json!("closed");
    let answer = gateway.post_with("/v1/audit", &[("X-API-Key", &instance_key())], event.to_string()).await;
    assert_eq!(answer.error(), (400, "BAT-002".to_owned()), "{}", answer.text);
    assert_eq!(answer.json()["validation"][0]["tag"], "archived", "{}", answer.text);
    assert_eq!(gateway.count(), 0);
}

#[tokio::test]
async fn browser_events_are_browser_events() {
    let gateway = gateway();
    let mut event = guide_event();
    event["source"] = json!("backend");
    let key = browser_key();
    let headers = [("X-API-Key", key.as_str()), ("Origin", ORIGIN)];
    let answer = gateway.post_with("/v1/audit", &headers, event.to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    gateway.events(|event| assert_eq!(event.source, "browser"));
}

#[tokio::test]
async fn an_idempotency_key_gives_the_same_ids() {
    let gateway = gateway();
    let key = project_key();
    let mut ids = Vec::new();
    for name in ["one", "one", "two"] {
        let headers = [("X-API-Key", key.as_str()), ("Idempotency-Key", name)];
        let answer = gateway.post_with("/v1/audit", &headers, guide_event().to_string()).await;
        ids.push(answer.json()["audit_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
}

#[tokio::test]
async fn no_202_without_the_broker() {
    for (failure, tag) in [
        (PublishError::Overloaded, "overloaded"),
        (PublishError::Unavailable, "unavailable"),
        (PublishError::OutcomeUnknown, "publish_timeout"),
    ] {
        let app = app_on(FailingPublisher::with(failure), &[]);
        let request = post("/v1/audit").header("X-API-Key", project_key());
        let answer = send(&app, request, guide_event().to_string()).await;
        assert_eq!(answer.error(), (503, "BAT-003".to_owned()));
        assert_eq!(answer.json()["reason"], tag);
        assert!(answer.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn rates_are_per_key() {
    let gateway = gateway_with(&[
        ("BATAUDIT_INGEST_RATE_EVENTS_PER_SECOND", "1"),
        ("BATAUDIT_INGEST_RATE_BURST_EVENTS", "3"),
        ("BATAUDIT_INGEST_MAX_BATCH_EVENTS", "3"),
    ]);
    let events = json!([guide_event(), guide_event(), guide_event()]).to_string();
    assert_eq!(gateway.post("/v1/audit/batch", events).await.status, 202);
    let answer = gateway.post("/v1/audit", guide_event().to_string()).await;
    assert_eq!(answer.error(), (429, "rate_limited".to_owned()));
    assert!(answer.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    let key = instance_key();
    let other = gateway.post_with("/v1/audit", &[("X-API-Key", &key)], guide_event().to_string()).await;
    assert_eq!(other.status, 202);
}
