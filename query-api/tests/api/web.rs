//! What browsers get: the dashboard, the docs, and the headers around them.

use axum::http::{Method, header};

use crate::fixture::{Fixture, clickhouse};

#[tokio::test]
async fn pages_files_and_their_headers() {
    let api = Fixture::with(clickhouse()).await;
    let root = api.get("/", "").await;
    assert_eq!((root.status.as_u16(), root.headers[header::LOCATION].to_str().unwrap()), (303, "/app/"));
    // The original's addresses, which people and mails still have.
    for path in [
        "/tv",
        "/tv?view=grid&project=a%20b",
        "/login",
        "/login?from=%2Fapp",
        "/invite/0123abcd",
        "/invite/a%2Fb%0d%0ac?x=//evil.example",
    ] {
        let moved = api.get(path, "").await;
        let led_to = format!("/app{path}");
        assert_eq!(
            (moved.status.as_u16(), moved.headers[header::LOCATION].to_str().unwrap()),
            (303, led_to.as_str())
        );
    }
    for path in [
        "/app",
        "/app/",
        "/app/events",
        "/app/settings/keys",
        "/app/../../Cargo.toml",
        "/app/%2e%2e/package.json",
    ] {
        let page = api.get(path, "").await;
        assert!(page.text.to_ascii_lowercase().starts_with("<!doctype html>"), "{path}: {page:?}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    assert_eq!(api.get("/app/assets/gone-abc123.js", "").await.status, 404);
    let docs = api.get("/docs", "").await;
    assert!(docs.status.is_redirection());
    for (path, part) in [
        ("/docs/", "swagger-ui"),
        ("/docs/index.html", "swagger-ui"),
        ("/docs/swagger-initializer.js", "/v1/openapi.json"),
    ] {
        let file = api.get(path, "").await;
        assert!(file.status == 200 && file.text.contains(part), "{path}: {}", file.text);
        assert!(
            !file.text.contains("//unpkg.com") && !file.text.contains("//cdn"),
            "{path} needs no network"
        );
    }
    let document = api.get("/v1/openapi.json", "").await;
    assert_eq!(document.text, include_str!("../../openapi.json"));
}

/// A browser puts the headers of a 304 in place of those it has: a page that was loaded again was blank
/// while it answered with the policy of the API.
#[tokio::test]
async fn what_has_not_changed_keeps_its_policy() {
    let api = Fixture::with(clickhouse()).await;
    let first = api.get("/app/", "").await;
    let tag = first.headers.get(header::ETAG).expect("the dashboard is built");
    let again = axum::http::Request::get("/app/").header(header::IF_NONE_MATCH, tag);
    let again = api.send(again.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
    for name in [header::CONTENT_SECURITY_POLICY, header::CACHE_CONTROL, header::VARY, header::ETAG] {
        assert_eq!(again.headers.get(&name), first.headers.get(&name), "{name}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_json() {
    let api = Fixture::with(clickhouse()).await;
    for path in ["/nowhere", "/v1/audit/a/b", "/v2/audit", "/docs/../etc/passwd", "/metrics"] {
        let answer = api.get(path, "").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (404, Some("not found")),
            "{path}"
        );
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    for (method, path) in
        [(Method::PUT, "/v1/audit"), (Method::POST, "/health"), (Method::OPTIONS, "/v1/auth/login")]
    {
        let answer = api.call(method, path, None, None).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (405, Some("method not allowed")),
            "{path}"
        );
    }
    assert_eq!(api.call(Method::HEAD, "/health", None, None).await.text, "");
}

#[tokio::test]
async fn request_ids_are_kept_when_harmless() {
    let api = Fixture::with(clickhouse()).await;
    for (sent, kept) in [("my-id.1:2", true), ("a b", false), ("<script>", false), (&"x".repeat(101), false)]
    {
        let request = axum::http::Request::get("/nowhere").header("x-request-id", sent);
        let answer = api.send(request.body(axum::body::Body::empty()).unwrap()).await;
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert_eq!(id == sent, kept, "{sent}");
        assert_eq!(answer.json()["request_id"], id);
    }
}
