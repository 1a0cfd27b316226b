//! Who may do what: every route of the table, for every kind of caller, on the caller's project and
//! on somebody else's.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use bataudit_control::Role;
use bataudit_query_api::routes::{ROUTES, Route, Who};
use serde_json::{Value, json};

use crate::fixture::{Fixture, event, now_ms, with};
use crate::good_request::Subject;

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
    Case { name: "auditor", role: Role::Auditor, member: None },
    // Nor is an auditor more than that.
    Case { name: "judge", role: Role::Auditor, member: Some(Role::Owner) },
];

fn expected(route: &Route, caller: Option<&Case>) -> u16 {
    let who = route.who;
    if who == Who::Screen {
        return if caller.is_some() { 403 } else { 401 };
    }
    let Some(caller) = caller else { return if who == Who::Public { 200 } else { 401 } };
    let changes = route.method != "GET";
    let in_project = match caller.role {
        Role::Owner => Some(Role::Owner),
        Role::Auditor => Some(Role::Auditor),
        Role::Admin | Role::Viewer => caller.member,
    };
    let refused = match (who, in_project) {
        (Who::Screen, _) => true,
        (Who::Public | Who::AnyUser | Who::ProjectMember, Some(_)) | (Who::Public | Who::AnyUser, None) => {
            false
        }
        (Who::InstanceAdmin, _) => caller.role == Role::Viewer || (caller.role == Role::Auditor && changes),
        (Who::ProjectMember | Who::ProjectAdmin, None) => return 404,
        (Who::ProjectAdmin, Some(Role::Auditor)) => changes,
        (Who::ProjectAdmin, Some(role)) => role == Role::Viewer || caller.role == Role::Viewer,
    };
    if refused { 403 } else { 200 }
}

#[tokio::test]
async fn every_route_for_every_caller() {
    Fixture::run_with_console(async |api| {
        let project = api.project("mine").await;
        let row = with(event(&project, now_ms()), json!({"session_id": "s-1"}));
        api.insert(std::slice::from_ref(&row)).await;
        let mut tokens = BTreeMap::new();
        for caller in CALLERS {
            let member = caller.member.map(|role| (project.as_str(), role));
            let token = api.user(caller.name, caller.role, member.as_slice()).await;
            tokens.insert(caller.name, token);
        }
        let (sending, looking) = (api.send_notifications(), api.look_at_monitors());
        let mut n = 0;
        for route in ROUTES {
            for caller in CALLERS.iter().map(Some).chain([None]) {
                n += 1;
                let name = caller.map_or("owner", |caller| caller.name);
                let event = row["id"].as_str().unwrap();
                let subject = Subject { project: &project, event, caller: name, n };
                let (path, body) = subject.request(api, route).await;
                let token = caller.map(|caller| tokens.get(caller.name).unwrap().clone());
                let status = status(api, route, &path, token.as_deref(), body.as_ref()).await;
                let name = caller.map_or("nobody", |caller| caller.name);
                let wanted = expected(route, caller);
                let fits = if wanted == 200 {
                    // The dashboard may not be built in this checkout.
                    status.is_success() || status.is_redirection() || route.path.starts_with("/app")
                } else {
                    status == wanted
                };
                assert!(fits, "{name}: {} {path} answered {status}, not {wanted}", route.method);
                if route.path.ends_with("/logout")
                    && let Some(caller) = caller
                {
                    tokens.insert(caller.name, api.login(&format!("{}@example.com", caller.name)).await);
                }
            }
        }
        sending.abort();
        looking.abort();
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
    if !route.path.ends_with("/stream") {
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
        for path in ["", "/members"] {
            let method = if path.is_empty() { Method::PATCH } else { Method::GET };
            let body = (method == Method::PATCH).then(|| json!({"name": "mine"}));
            let call = |id: String| {
                let path = format!("/v1/auth/projects/{id}{path}");
                let (method, body, token) = (method.clone(), body.clone(), &token);
                async move { api.call(method, &path, Some(token), body.as_ref()).await }
            };
            let (foreign, unknown) = (call(theirs.clone()).await, call(nowhere.to_string()).await);
            assert_eq!((foreign.status, unknown.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
            assert_eq!(foreign.json()["error"], unknown.json()["error"]);
        }
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
async fn an_auditor_reads_everything() {
    Fixture::run(async |api| {
        let project = api.project("shop").await;
        let audit = bataudit_event::id::AUDIT_PROJECT.to_string();
        let token = api.user("judge", Role::Auditor, &[]).await;
        let rows = [event(&project, now_ms()), event(&audit, now_ms())];
        api.insert(&rows).await;
        assert_eq!(api.get("/v1/audit", &token).await.ids().len(), 2);
        let of_audit = api.get(&format!("/v1/audit?project_id={audit}"), &token).await;
        assert_eq!(of_audit.ids(), [rows[1]["id"].as_str().unwrap()]);
        let projects = api.get("/v1/auth/projects", &token).await.json();
        let ids: Vec<_> =
            projects["data"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [project.as_str(), audit.as_str()], "the reserved one last");

        let outsider = api.user("admin", Role::Admin, &[]).await;
        assert_eq!(api.get(&format!("/v1/audit?project_id={audit}"), &outsider).await.status, 404);
        assert_eq!(api.get("/v1/audit", &outsider).await.ids(), [""; 0]);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let key = json!({"project_id": audit, "name": "k"});
        let refused = api.call(Method::POST, "/v1/auth/api-keys", Some(&owner), Some(&key)).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("refused")));
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
            (json!({"project_id": project, "name": "k", "rate": {"per_second": 0, "burst": 1}}), "rate"),
            (json!({"project_id": project, "name": "k", "rate": {"per_second": 1}}), "rate"),
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

#[tokio::test]
async fn a_rotated_key_works_for_a_while_beside_its_successor() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let admin = api.user("admin", Role::Admin, &[(&project, Role::Admin)]).await;
        let rate = json!({"per_second": 5, "burst": 50});
        let made = {
            let body = json!({"project_id": project, "name": "k", "rate": rate});
            api.call(Method::POST, "/v1/auth/api-keys", Some(&admin), Some(&body)).await.json()
        };
        let rotate = format!("/v1/auth/api-keys/{}/rotate", made["id"].as_str().unwrap());
        let hours = json!({"overlap_hours": 2});
        let next = api.call(Method::POST, &rotate, Some(&admin), Some(&hours)).await;
        assert_eq!(next.status, 201, "{next:?}");
        assert!(bataudit_event::key::is_well_formed(next.json()["key"].as_str().unwrap()));
        let again = api.call(Method::POST, &rotate, Some(&admin), Some(&hours)).await;
        assert_eq!((again.status.as_u16(), &again.json()["code"]), (409, &json!("refused")));
        let long = api.call(Method::POST, &rotate, Some(&admin), Some(&json!({"overlap_hours": 721}))).await;
        assert_eq!((long.status.as_u16(), &long.json()["parameter"]), (400, &json!("overlap_hours")));
        let list = api.get(&format!("/v1/auth/api-keys?project_id={project}"), &admin).await.json();
        let found = |id: &Value| {
            list["data"].as_array().unwrap().iter().find(|key| key["id"] == *id).unwrap().clone()
        };
        let (old, new) = (found(&made["id"]), found(&next.json()["id"]));
        assert_eq!((&old["replaced_by"], &old["active"], &old["rate"]), (&new["id"], &json!(true), &rate));
        assert_eq!((&new["rate"], &new["expires_at"]), (&rate, &Value::Null));
        assert!(old["expires_at"].is_string());
    })
    .await;
}
