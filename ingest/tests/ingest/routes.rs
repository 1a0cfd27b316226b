//! Every route, walked with every kind of caller.

use bataudit_event::access::KeyScope;
use bataudit_ingest::routes::{Callers, ROUTES};
use hyper::Request;
use serde_json::json;

use crate::support::*;

/// A caller: its key, its origin, whether its events name a project that is not its own.
struct Caller {
    name: &'static str,
    key: Option<String>,
    scope: Option<KeyScope>,
    origin: Option<&'static str>,
    names_foreign_project: bool,
}

fn callers() -> Vec<Caller> {
    let caller = |name, key, scope, origin| Caller { name, key, scope, origin, names_foreign_project: false };
    let foreign = |name, key, scope, origin| Caller { name, key, scope, origin, names_foreign_project: true };
    let (project, instance, browser) =
        (Some(KeyScope::Project), Some(KeyScope::Instance), Some(KeyScope::Browser));
    vec![
        caller("no key", None, None, None),
        caller("unknown key", Some(unknown_key()), None, None),
        caller("revoked key", Some(revoked_key()), None, None),
        caller("expired key", Some(expired_key()), None, None),
        caller("project key", Some(project_key()), project, None),
        caller("instance key", Some(instance_key()), instance, None),
        caller("browser key", Some(browser_key()), browser, Some(ORIGIN)),
        foreign("project key, foreign project", Some(project_key()), project, None),
        foreign("instance key, foreign project", Some(instance_key()), instance, None),
        foreign("browser key, foreign project", Some(browser_key()), browser, Some(ORIGIN)),
    ]
}

#[tokio::test]
async fn who_may_call_what() {
    for route in ROUTES {
        for caller in callers() {
            let gateway = gateway();
            let mut event = guide_event();
            if caller.names_foreign_project {
                event["project_id"] = json!(SHOP);
            }
            let mut request = Request::builder().method(route.method).uri(route.path);
            for (name, value) in [("X-API-Key", caller.key.as_deref()), ("Origin", caller.origin)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            let answer = send(&gateway.app, request, event.to_string()).await;
            let is_batch = route.path.ends_with("batch");
            let expected = match (route.callers, caller.scope) {
                (Callers::Anyone, _) => 200,
                (Callers::Keys(_), None) => 401,
                (Callers::Keys(scopes), Some(scope)) if !scopes.contains(&scope) => 403,
                (Callers::Keys(_), Some(_)) if caller.names_foreign_project => {
                    if is_batch {
                        400
                    } else {
                        403
                    }
                }
                (Callers::Keys(_), Some(_)) => 202,
            };
            assert_eq!(answer.status, expected, "{} as {}: {}", route.path, caller.name, answer.text);
            assert_eq!(gateway.count(), usize::from(expected == 202), "{} as {}", route.path, caller.name);
        }
    }
}

#[tokio::test]
async fn other_paths_and_methods() {
    let gateway = gateway();
    for path in ["/", "/v1", "/v1/audits", "/v1/audit/batch/x"] {
        assert_eq!(send(&gateway.app, post(path), "").await.error(), (404, "not_found".to_owned()), "{path}");
    }
    for route in ROUTES {
        let request = Request::builder().method("DELETE").uri(route.path);
        let answer = send(&gateway.app, request, "").await;
        assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()));
        assert!(answer.header("allow").unwrap().contains(route.method));
        let options = send(&gateway.app, Request::options(route.path), "").await;
        assert_eq!(options.status, 204);
    }
}

#[tokio::test]
async fn health_tells_the_truth_in_the_originals_shape() {
    let answer = send(&gateway().app, Request::get("/health"), "").await;
    let body = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &body["status"], &body["db_status"]),
        (200, &json!("ok"), &json!("ok"))
    );
    for field in ["message", "api_response_ms", "db_response_ms", "version", "environment"] {
        assert!(!body[field].is_null(), "{field}");
    }
    let down = app_on(bataudit_ingest::publish::FailingPublisher::stalled(), &[]);
    let body = send(&down, Request::get("/health"), "").await.json();
    assert_eq!((&body["status"], &body["db_status"]), (&json!("degraded"), &json!("error")));
    assert_eq!(send(&down, Request::head("/health"), "").await.status, 200);
}
