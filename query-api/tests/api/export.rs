//! Exports: every format whole, in spreadsheets harmless, with a proof of what was in them.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bataudit_control::Role;
use openssl::pkey::PKey;
use openssl::sign::Verifier;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::fixture::{Answer, Fixture, event, now_ms, with};

const HEADER: &str = "id,event_type,timestamp,service_name,method,path,status_code,response_time_ms,identifier,user_email,user_name";

async fn manifest(api: &Fixture, token: &str, export: &Answer) -> Value {
    let id = export.headers["x-export-id"].to_str().unwrap();
    let answer = api.get(&format!("/v1/audit/exports/{id}"), token).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let signed = answer.json();
    let payload = signed["payload"].as_str().unwrap();
    let key = PKey::public_key_from_pem(signed["public_key"].as_str().unwrap().as_bytes()).unwrap();
    let signature = STANDARD.decode(signed["signature"].as_str().unwrap()).unwrap();
    let mut verifier = Verifier::new_without_digest(&key).unwrap();
    assert!(verifier.verify_oneshot(&signature, payload.as_bytes()).unwrap());
    serde_json::from_str(payload).unwrap()
}

#[tokio::test]
async fn each_format_is_whole_and_proven() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        let rows: Vec<_> = (0..1_500_i64)
            .map(|n| {
                let values = json!({"path": format!("/p/{n}\n\"{{\",x"), "request_body": "{\"a\":\"\\n{\"}", "status_code": 200 + n % 2});
                with(event(&project, now - n), values)
            })
            .collect();
        api.insert(&rows).await;
        api.insert(&[event(&other, now)]).await;
        for (format, kind) in [
            ("csv", "text/csv; charset=utf-8"),
            ("json", "application/json"),
            ("ndjson", "application/x-ndjson"),
            ("parquet", "application/vnd.apache.parquet"),
        ] {
            for columns in ["summary", "all"] {
                let query = format!("format={format}&columns={columns}&status_code!=201&project_id={project}");
                let (answer, bytes) = api.download(&format!("/v1/audit/export?{query}"), &token).await;
                assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (StatusCode::OK, kind));
                assert_eq!(answer.headers["x-total-rows"], "750");
                let name = answer.headers["content-disposition"].to_str().unwrap();
                assert!(name.starts_with("attachment; filename=\"bataudit-export-2") && name.contains(format), "{name}");
                let proof = manifest(api, &token, &answer).await;
                assert_eq!((&proof["rows"], &proof["bytes"]), (&json!(750), &json!(bytes.len())), "{query}: {proof}");
                assert_eq!(proof["sha256"], hex::encode(Sha256::digest(&bytes)));
                assert_eq!(proof["query"]["status_code!"], json!(["201"]));
                assert_eq!((&proof["projects"], &proof["format"]), (&json!([project]), &json!(format)));
                check(format, &bytes, &rows);
            }
        }
    })
    .await;
}

/// What is in the file, as far as a test can read it.
fn check(format: &str, bytes: &[u8], rows: &[Value]) {
    let kept = rows.iter().step_by(2);
    match format {
        "csv" => {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(
                text.starts_with(&format!("\"{}\"", HEADER.replace(',', "\",\"")))
                    || text.starts_with(HEADER),
                "{}",
                &text[..200]
            );
        }
        "parquet" => assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1")),
        json => {
            let text = std::str::from_utf8(bytes).unwrap();
            let items: Vec<Value> = if json == "json" {
                serde_json::from_str(text).unwrap()
            } else {
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
            };
            assert_eq!(items.len(), 750);
            for (item, row) in items.iter().zip(kept) {
                assert_eq!((&item["id"], &item["path"]), (&row["id"], &row["path"]), "the newest first");
                assert_eq!(item["response_time"], 45);
                assert!(item.get("request_body").is_none_or(|body| *body == row["request_body"]));
                assert!(item["timestamp"].as_str().unwrap().ends_with('Z'));
            }
        }
    }
}

#[tokio::test]
async fn spreadsheets_get_no_formulas() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "fine", "'=1", "a=b"];
        let now = now_ms();
        let rows: Vec<_> = (0..)
            .zip(evil)
            .map(|(n, text)| with(event(&project, now - n), json!({"identifier": text, "path": text})))
            .collect();
        api.insert(&rows).await;
        let csv = api.get("/v1/audit/export", &token).await.text;
        assert!(csv.lines().next().unwrap().replace('"', "") == HEADER, "{csv}");
        for text in evil {
            let safe =
                if ["fine", "'=1", "a=b"].contains(&text) { text.to_owned() } else { format!("'{text}") };
            assert_eq!(csv.matches(&format!(",\"{safe}\",")).count(), 2, "{text:?} in {csv}");
        }
        let plain = api.get("/v1/audit/export?format=json", &token).await.json();
        assert_eq!(plain[0]["identifier"], "=1+1", "JSON is not read by spreadsheets");
    })
    .await;
}

#[tokio::test]
async fn nothing_is_an_empty_file() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        for (format, text) in [("json", "[]"), ("ndjson", "")] {
            let answer = api.get(&format!("/v1/audit/export?format={format}"), &token).await;
            assert_eq!(
                (answer.text.split_whitespace().collect::<String>().as_str(), answer.status.as_u16()),
                (text, 200)
            );
            assert_eq!(manifest(api, &token, &answer).await["rows"], 0);
        }
        let answer = api.get("/v1/audit/export", &token).await;
        assert_eq!(manifest(api, &token, &answer).await["rows"], 0);
    })
    .await;
}

#[tokio::test]
async fn manifests_are_for_those_who_may_see_the_events() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("a").await, api.project("b").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let me = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let them = api.user("them", Role::Viewer, &[(&theirs, Role::Viewer)]).await;
        let read = async |path: &str, token: &str, by: &str| {
            let export = api.get(path, token).await;
            let id = export.headers["x-export-id"].to_str().unwrap().to_owned();
            api.get(&format!("/v1/audit/exports/{id}"), by).await.status.as_u16()
        };
        let one = format!("/v1/audit/export?project_id={mine}");
        assert_eq!(
            (read(&one, &owner, &me).await, read(&one, &me, &owner).await, read(&one, &me, &them).await),
            (200, 200, 404)
        );
        let all = "/v1/audit/export";
        assert_eq!(
            (read(all, &me, &me).await, read(all, &me, &owner).await, read(all, &me, &them).await),
            (200, 200, 404)
        );
        assert_eq!(read(all, &owner, &me).await, 404);
        assert_eq!(api.get("/v1/audit/exports/none", &owner).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn only_so_many_run_at_a_time() {
    use tower::ServiceExt as _;
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        api.insert(&[event(&project, now_ms())]).await;
        let request = || {
            let request = axum::http::Request::get("/v1/audit/export")
                .header("authorization", format!("Bearer {token}"));
            api.router.clone().oneshot(request.body(axum::body::Body::empty()).unwrap())
        };
        let mut open = Vec::new();
        for _ in 0..4 {
            open.push(request().await.unwrap());
        }
        assert!(open.iter().all(|answer| answer.status() == StatusCode::OK));
        let full = request().await.unwrap();
        assert_eq!((full.status().as_u16(), full.headers()["retry-after"].to_str().unwrap()), (429, "30"));
        drop(open.pop());
        assert_eq!(request().await.unwrap().status(), StatusCode::OK, "who hangs up frees the place");
    })
    .await;
}

/// An export is written while it is read: ten times the rows take about the memory of the engine that the tenth took, and
/// not ten times as much. The log counts in steps of 4 MB.
#[tokio::test]
async fn memory_does_not_grow_with_the_rows() {
    const INSERTS: u64 = 4;
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut taken = Vec::new();
        for (slug, rows) in [("few", 10_000_u64), ("many", 100_000)] {
            let project = api.project(slug).await;
            // Several parts with times among each other, which must be merged while they are read.
            for part in 0..INSERTS {
                api.execute(&format!(
                    "INSERT INTO events (id, project_id, event_type, timestamp, received_at, method, path, route, \
                     status_code, service_name, environment) SELECT generateUUIDv4(), '{project}', 'http', \
                     now64(3) - toIntervalMillisecond(number * {INSERTS} + {part}) AS at, at, 'GET', \
                     concat('/users/', toString(number)), '/users/:id', 200, 'shop', 'production' FROM numbers({rows})"
                ))
                .await;
            }
            let path = format!("/v1/audit/export?format=csv&project_id={project}");
            let (answer, bytes) = api.download(&path, &token).await;
            let rows = INSERTS * rows;
            assert_eq!(answer.headers["x-total-rows"], rows.to_string());
            assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count() as u64, rows + 1);
            let memory = api.logged(&format!("{project}%ORDER BY project_id DESC"), "memory_usage").await;
            assert_eq!(memory.len(), 1, "{memory:?}");
            taken.extend(memory);
        }
        assert!(taken[1] < 3 * taken[0], "{taken:?}");
    })
    .await;
}
