//! Who may do what: every route of the table, for every kind of caller, on the caller's project and
//! on somebody else's.

use axum::http::{Method, StatusCode};
use bataudit_control::anomaly_rules::{self, Wanted};
use bataudit_control::{Role, mask_rules};
use bataudit_query_api::routes::{ROUTES, Route, Who};
use serde_json::{Value, json};

use crate::fixture::{Fixture, USER_PASSWORD, event, now_ms};

struct Case {
    name: &'static str,
    role: Role,
    member: Option<Role>,
}

const CALLERS: &[Case] = &[
    Case { name: "owner", role: Role::Owner, member: None },
    Case { name: "admin", role: Role::Admin, member: Some(Role::Admin) },
    Case { name: "reader", role: Role::Admin, member: Some(Role::Viewer) },
    Case { name: "viewer", role: Role::Viewer, member: Some(Role::Viewer) },
    // A viewer reads only, whatever a project says.
    Case { name: "promoted", role: Role::Viewer, member: Some(Role::Admin) },
    Case { name: "outsider", role: Role::Admin, member: None },
];

fn expected(who: Who, caller: Option<&Case>) -> u16 {
    let Some(caller) = caller else { return if who == Who::Public { 200 } else { 401 } };
    let in_project = if caller.role == Role::Owner { Some(Role::Owner) } else { caller.member };
    match (who, in_project) {
        (Who::Public | Who::AnyUser, _) => 200,
        (Who::InstanceAdmin, _) => {
            if caller.role == Role::Viewer {
                403
            } else {
                200
            }
        }
        (Who::ProjectMember | Who::ProjectAdmin, None) => 404,
        (Who::ProjectMember, Some(_)) => 200,
        (Who::ProjectAdmin, Some(role)) => {
            if role == Role::Viewer || caller.role == Role::Viewer {
                403
            } else {
                200
            }
        }
    }
}

/// A good request of a route that is about this project.
async fn request(
    api: &Fixture,
    route: &Route,
    project: &str,
    event_id: &str,
    n: usize,
) -> (String, Option<Value>) {
    let path = match route.path {
        "/v1/auth/api-keys" if route.method == "GET" => format!("/v1/auth/api-keys?project_id={project}"),
        "/v1/auth/api-keys/{id}" => format!("/v1/auth/api-keys/{}", api.key(project).await),
        "/v1/audit/{id}" => format!("/v1/audit/{event_id}"),
        path if path.starts_with("/v1/projects/{id}") => path.replace("{id}", project),
        "/v1/anomaly/rules" if route.method == "GET" => format!("/v1/anomaly/rules?project_id={project}"),
        "/v1/anomaly/rules/{id}" => format!("/v1/anomaly/rules/{}", anomaly_rule(api, project).await),
        "/v1/anomaly/incidents" => format!("/v1/anomaly/incidents?project_id={project}"),
        "/v1/audit" | "/v1/audit/stats" | "/v1/audit/facets" | "/v1/audit/stream" => {
            format!("{}?project_id={project}", route.path)
        }
        "/docs/{*file}" => "/docs/index.html".to_owned(),
        "/app/{*file}" => "/app/events".to_owned(),
        path => path.to_owned(),
    };
    let body = match (route.method, route.path) {
        ("POST", "/v1/auth/login") => Some(json!({"email": "owner@example.com", "password": USER_PASSWORD})),
        ("POST", "/v1/auth/projects") => Some(json!({"name": "New", "slug": format!("new-{n}")})),
        ("POST", "/v1/auth/api-keys") => Some(json!({"project_id": project, "name": "new"})),
        ("PUT", "/v1/projects/{id}/masking-rules") => {
            let current = mask_rules::current(&api.control, project).await.unwrap();
            let version = current.map_or(0, |current| current.version);
            Some(json!({"version": version, "rules": [{"key": "ref"}]}))
        }
        ("POST", "/v1/anomaly/rules" | "/v1/anomaly/rules/dry-run") => {
            Some(json!({"project_id": project, "rule_type": "error_rate"}))
        }
        ("PUT", "/v1/anomaly/rules/{id}") => Some(json!({"threshold": 7})),
        ("POST", "/v1/projects/{id}/masking-rules/dry-run") => Some(json!({"samples": []})),
        _ => None,
    };
    (path, body)
}

async fn anomaly_rule(api: &Fixture, project: &str) -> String {
    let wanted = Wanted {
        rule_type: "error_rate",
        threshold: 20.0,
        window_seconds: 300,
        cooldown_seconds: 300,
        service_name: None,
        environment: None,
        active: true,
    };
    anomaly_rules::create(&api.control, project, &wanted, None).await.unwrap().id
}

#[tokio::test]
async fn every_route_for_every_caller() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let row = event(&project, now_ms());
        api.insert(std::slice::from_ref(&row)).await;
        for caller in CALLERS {
            let member = caller.member.map(|role| (project.as_str(), role));
            api.user(caller.name, caller.role, member.as_slice()).await;
        }
        let mut n = 0;
        for route in ROUTES {
            for caller in CALLERS.iter().map(Some).chain([None]) {
                n += 1;
                let (path, body) = request(api, route, &project, row["id"].as_str().unwrap(), n).await;
                let token = match caller {
                    Some(caller) => Some(api.login(&format!("{}@example.com", caller.name)).await),
                    None => None,
                };
                let status = status(api, route, &path, token.as_deref(), body.as_ref()).await;
                let name = caller.map_or("nobody", |caller| caller.name);
                let wanted = expected(route.who, caller);
                let fits = if wanted == 200 {
                    // The dashboard may not be built in this checkout.
                    status.is_success() || status.is_redirection() || route.path.starts_with("/app")
                } else {
                    status == wanted
                };
                assert!(fits, "{name}: {} {path} answered {status}, not {wanted}", route.method);
            }
        }
    })
    .await;
}

/// Only the status: a stream has no end to read to.
async fn status(
    api: &Fixture,
    route: &Route,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> StatusCode {
    use tower::ServiceExt as _;
    if route.path != "/v1/audit/stream" {
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        return api.call(method, path, token, body).await.status;
    }
    let mut request = axum::http::Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(axum::body::Body::empty()).unwrap();
    api.router.clone().oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_foreign_project_does_not_exist() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let token = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let (own, foreign) = (event(&mine, now_ms()), event(&theirs, now_ms()));
        api.insert(&[own.clone(), foreign.clone()]).await;

        assert_eq!(api.get("/v1/audit", &token).await.ids(), [own["id"].as_str().unwrap()]);
        assert_eq!(api.get("/v1/audit", &token).await.json()["pagination"]["totalItems"], 1);
        assert_eq!(api.get("/v1/audit/stats", &token).await.json()["total"], 1);
        let foreign_id = foreign["id"].as_str().unwrap();
        let nowhere = uuid::Uuid::now_v7();
        for (foreign, unknown) in [
            (format!("/v1/audit/{foreign_id}"), format!("/v1/audit/{nowhere}")),
            (format!("/v1/audit?project_id={theirs}"), format!("/v1/audit?project_id={nowhere}")),
            (format!("/v1/audit/stats?project_id={theirs}"), format!("/v1/audit/stats?project_id={nowhere}")),
            (
                format!("/v1/audit/facets?project_id={theirs}"),
                format!("/v1/audit/facets?project_id={nowhere}"),
            ),
            (
                format!("/v1/audit/stream?project_id={theirs}"),
                format!("/v1/audit/stream?project_id={nowhere}"),
            ),
            (
                format!("/v1/auth/api-keys?project_id={theirs}"),
                format!("/v1/auth/api-keys?project_id={nowhere}"),
            ),
        ] {
            let (foreign, unknown) = (api.get(&foreign, &token).await, api.get(&unknown, &token).await);
            assert_eq!((foreign.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
            assert_eq!(foreign.json()["error"], unknown.json()["error"], "nothing tells the two apart");
        }
        let foreign = api.get(&format!("/v1/projects/{theirs}/masking-rules"), &token).await;
        let unknown = api.get(&format!("/v1/projects/{nowhere}/masking-rules"), &token).await;
        assert_eq!((foreign.status, &foreign.json()["error"]), (unknown.status, &unknown.json()["error"]));
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        let key = api.key(&theirs).await;
        let answer = api.call(Method::DELETE, &format!("/v1/auth/api-keys/{key}"), Some(&token), None).await;
        let unknown = api.call(Method::DELETE, "/v1/auth/api-keys/none", Some(&token), None).await;
        assert_eq!((answer.status, &answer.json()["error"]), (unknown.status, &unknown.json()["error"]));
        let body = json!({"project_id": theirs, "name": "x"});
        let answer = api.call(Method::POST, "/v1/auth/api-keys", Some(&token), Some(&body)).await;
        assert_eq!(answer.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_user_without_projects_sees_nothing() {
    Fixture::run(async |api| {
        let project = api.project("theirs").await;
        let token = api.user("me", Role::Viewer, &[]).await;
        api.insert(&[event(&project, now_ms())]).await;
        let list = api.get("/v1/audit", &token).await.json();
        assert_eq!(list["data"], json!([]));
        assert_eq!(list["pagination"]["totalItems"], 0);
        let stats = api.get("/v1/audit/stats", &token).await.json();
        assert_eq!((&stats["total"], &stats["by_service"]), (&json!(0), &json!([])));
        assert_eq!(api.get("/v1/audit/facets", &token).await.json()["services"], json!([]));
        assert_eq!(api.get("/v1/auth/projects", &token).await.json(), json!({"data": []}));
    })
    .await;
}

#[tokio::test]
async fn keys_are_shown_once_and_instance_keys_are_the_owners() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let admin = api.user("admin", Role::Admin, &[(&project, Role::Admin)]).await;
        let create = async |token: &str, body: Value| {
            api.call(Method::POST, "/v1/auth/api-keys", Some(token), Some(&body)).await
        };
        let made = create(&admin, json!({"project_id": project, "name": "k"})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let key = made["key"].as_str().unwrap();
        assert!(bataudit_event::key::is_well_formed(key));
        assert!(made["note"].as_str().unwrap().starts_with("Store this key safely"));

        let list = api.get(&format!("/v1/auth/api-keys?project_id={project}"), &admin).await;
        assert!(!list.text.contains(key) && !list.text.contains(&bataudit_control::keys::hash(key)));
        assert_eq!(list.json()["data"][0]["active"], true);
        let path = format!("/v1/auth/api-keys/{}", made["id"].as_str().unwrap());
        assert_eq!(api.call(Method::DELETE, &path, Some(&admin), None).await.status, 200);
        let list = api.get(&format!("/v1/auth/api-keys?project_id={project}"), &admin).await.json();
        assert_eq!(list["data"][0]["active"], false);

        let instance = json!({"project_id": project, "name": "all", "scope": "instance"});
        assert_eq!(create(&admin, instance.clone()).await.status, 403);
        assert_eq!(create(&owner, instance).await.status, 201);
        for (body, parameter) in [
            (json!({"name": "k"}), "project_id"),
            (json!({"project_id": project, "name": ""}), "name"),
            (json!({"project_id": project, "name": "k", "scope": "all"}), "scope"),
            (json!({"project_id": project, "name": "k", "scope": "browser", "origins": ["*"]}), "origins[0]"),
            (json!({"project_id": project, "name": "k", "expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
            (json!({"project_id": project, "name": "k", "key": "bat_mine"}), "key"),
        ] {
            let answer = create(&owner, body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
        let browser = json!({"project_id": project, "name": "b", "scope": "browser"});
        assert_eq!(create(&owner, browser).await.status, 400, "a browser key needs origins");
    })
    .await;
}
