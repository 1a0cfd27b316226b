//! Browsers: preflights, and who may read an answer.

use hyper::Request;

use crate::support::*;

async fn preflight(origin: &str) -> Answer {
    let gateway = gateway();
    let request = Request::options("/v1/audit")
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "x-api-key,content-type");
    send(&gateway.app, request, "").await
}

#[tokio::test]
async fn a_listed_origin_may_post() {
    let answer = preflight(ORIGIN).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let headers = answer.header("access-control-allow-headers").unwrap();
    for name in ["X-API-Key", "Content-Type", "Content-Encoding", "Idempotency-Key", "X-Request-ID"] {
        assert!(headers.contains(name), "{name}");
    }
    assert_eq!(answer.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn another_origin_may_not() {
    let answer = preflight("https://evil.example.com").await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn answers_name_the_origin_for_its_own_key_only() {
    let gateway = gateway();
    let (browser, server) = (browser_key(), project_key());
    for (key, origin, status, allowed) in [
        (&browser, Some(ORIGIN), 202, Some(ORIGIN)),
        (&browser, Some("https://evil.example.com"), 403, None),
        (&browser, None, 403, None),
        (&server, Some(ORIGIN), 202, None),
    ] {
        let mut headers = vec![("X-API-Key", key.as_str())];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        let answer = gateway.post_with("/v1/audit", &headers, guide_event().to_string()).await;
        assert_eq!(answer.status, status, "{origin:?} {}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}
