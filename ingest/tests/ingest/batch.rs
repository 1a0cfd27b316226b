//! `POST /v1/audit/batch`: arrays, lines, compression, and one answer for each event.

use std::io::Write;

use serde_json::{Value, json};

use crate::support::*;

const BATCH: &str = "/v1/audit/batch";

fn gzip(body: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn all_accepted() {
    let gateway = gateway();
    let answer = gateway.post(BATCH, json!([guide_event(), guide_event()]).to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let body = answer.json();
    assert_eq!(
        (&body["status"], &body["accepted"], &body["rejected"]),
        (&json!("success"), &json!(2), &json!(0))
    );
    assert_eq!(body["results"][1]["index"], 1);
    assert_eq!(body["results"][1]["status"], "accepted");
    assert!(body["results"][1]["audit_id"].is_string());
    assert_eq!(gateway.publisher.records().len(), 1);
    assert_eq!(gateway.count(), 2);
}

#[tokio::test]
async fn the_valid_ones_are_stored_and_the_others_named() {
    let gateway = gateway();
    let mut foreign = guide_event();
    foreign["project_id"] = json!(SHOP);
    let events = json!([{"path": "/a"}, guide_event(), 7, foreign]);
    let answer = gateway.post(BATCH, events.to_string()).await;
    assert_eq!(answer.status, 207, "{}", answer.text);
    let body = answer.json();
    assert_eq!((&body["accepted"], &body["rejected"]), (&json!(1), &json!(3)));
    assert_eq!(body["results"][0]["status"], "rejected");
    assert_eq!(body["results"][0]["errors"][0]["field"], "identifier");
    assert_eq!(body["results"][0]["errors"][1]["field"], "service_name");
    assert_eq!(body["results"][2]["errors"][0]["reason"], "An event must be a JSON object");
    assert_eq!(body["results"][3]["errors"][0]["field"], "project_id");
    assert_eq!(gateway.count(), 1);
}

#[tokio::test]
async fn none_valid_is_an_error() {
    let gateway = gateway();
    let answer = gateway.post(BATCH, "[{},{}]").await;
    assert_eq!(answer.error(), (400, "BAT-002".to_owned()));
    assert_eq!(answer.json()["rejected"], 2);
    for empty in ["[]", "[ ]"] {
        assert_eq!(gateway.post(BATCH, empty).await.error(), (400, "BAT-002".to_owned()));
    }
    assert_eq!(gateway.count(), 0);
}

#[tokio::test]
async fn lines_and_compression() {
    let gateway = gateway();
    let lines = format!("{0}\n\n{{\"path\": \n{0}\r\n", guide_event());
    let key = project_key();
    let plain = [("X-API-Key", key.as_str()), ("Content-Type", "application/x-ndjson")];
    let answer = gateway.post_with(BATCH, &plain, lines.clone()).await;
    assert_eq!(answer.status, 207, "{}", answer.text);
    assert_eq!(answer.json()["results"][1]["errors"][0]["tag"], "malformed");
    assert!(answer.json()["results"][1]["errors"][0]["reason"].as_str().unwrap().contains("at line 3"));
    let bodies = [("gzip", gzip(&lines)), ("zstd", zstd::encode_all(lines.as_bytes(), 1).unwrap())];
    for (encoding, body) in bodies {
        let headers = [&plain[..], &[("Content-Encoding", encoding)]].concat();
        let answer = gateway.post_with(BATCH, &headers, body).await;
        assert_eq!(answer.status, 207, "{encoding}: {}", answer.text);
    }
    assert_eq!(gateway.count(), 6);
}

#[tokio::test]
async fn one_event_alone() {
    let gateway = gateway();
    assert_eq!(gateway.post(BATCH, guide_event().to_string()).await.status, 202);
}

#[tokio::test]
async fn limits_name_what_raises_them() {
    let gateway = gateway_with(&[
        ("BATAUDIT_INGEST_MAX_BATCH_EVENTS", "2"),
        ("BATAUDIT_INGEST_MAX_BODY_BYTES", "4096"),
        ("BATAUDIT_INGEST_MAX_DECOMPRESSED_BYTES", "8192"),
        ("BATAUDIT_INGEST_MAX_EVENT_BYTES", "1024"),
    ]);
    let key = project_key();
    let check = |answer: &Answer, variable: &str, max: Option<u64>| {
        assert_eq!(answer.error(), (413, "too_large".to_owned()), "{}", answer.text);
        assert!(answer.json()["error"].as_str().unwrap().contains(variable), "{}", answer.text);
        if let Some(max) = max {
            assert_eq!((&answer.json()["limit"], &answer.json()["max"]), (&json!(variable), &json!(max)));
        }
    };
    let three = gateway.post(BATCH, "[{},{},{}]").await;
    check(&three, "BATAUDIT_INGEST_MAX_BATCH_EVENTS", Some(2));
    let long = gateway.post(BATCH, " ".repeat(4097)).await;
    check(&long, "BATAUDIT_INGEST_MAX_BODY_BYTES", Some(4096));
    assert_eq!(long.header("connection"), Some("close"));
    for (encoding, body) in [
        ("gzip", gzip(&" ".repeat(1_000_000))),
        ("zstd", zstd::encode_all(" ".repeat(1_000_000).as_bytes(), 1).unwrap()),
    ] {
        let headers = [("X-API-Key", key.as_str()), ("Content-Encoding", encoding)];
        let bomb = gateway.post_with(BATCH, &headers, body).await;
        check(&bomb, "BATAUDIT_INGEST_MAX_DECOMPRESSED_BYTES", Some(8192));
    }
    let mut large: Value = guide_event();
    large["request_body"] = json!("x".repeat(2000));
    check(&gateway.post("/v1/audit", large.to_string()).await, "BATAUDIT_INGEST_MAX_EVENT_BYTES", None);
    let mixed = gateway.post(BATCH, json!([large, guide_event()]).to_string()).await;
    assert_eq!(mixed.status, 207, "{}", mixed.text);
    assert_eq!(gateway.count(), 1);
}

#[tokio::test]
async fn a_bomb_is_stopped_by_its_ratio() {
    let gateway = gateway();
    let key = project_key();
    let headers = [("X-API-Key", key.as_str()), ("Content-Encoding", "gzip")];
    let answer = gateway.post_with(BATCH, &headers, gzip(&" ".repeat(8_000_000))).await;
    assert_eq!(answer.error(), (413, "too_large".to_owned()));
    assert_eq!(answer.json()["limit"], "BATAUDIT_INGEST_MAX_COMPRESSION_RATIO");
}

#[tokio::test]
async fn spoiled_compression_is_an_error() {
    let gateway = gateway();
    let key = project_key();
    let whole = gzip(&json!([guide_event()]).to_string());
    let frame = zstd::encode_all(json!([guide_event()]).to_string().as_bytes(), 1).unwrap();
    for (encoding, body) in [
        ("gzip", whole[..whole.len() - 6].to_vec()),
        ("zstd", frame[..frame.len() - 3].to_vec()),
        ("gzip", b"no gzip".to_vec()),
        ("zstd", b"no zstd".to_vec()),
    ] {
        let headers = [("X-API-Key", key.as_str()), ("Content-Encoding", encoding)];
        let answer = gateway.post_with(BATCH, &headers, body).await;
        assert_eq!(answer.error(), (400, "BAT-001".to_owned()), "{encoding}");
        assert!(answer.json()["details"].as_str().unwrap().contains(encoding));
    }
    assert_eq!(gateway.count(), 0);
}
