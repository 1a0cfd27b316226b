//! Users, invites, reset links, members, sessions and personal tokens, and what is written down of them.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use bataudit_control::Role;
use bataudit_control::outbox;
use bataudit_query_api::routes::{ROUTES, Who};
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, USER_PASSWORD, event, now_ms};

async fn post(api: &Fixture, path: &str, token: &str, body: Value) -> Answer {
    api.call(Method::POST, path, Some(token), Some(&body)).await
}

async fn delete(api: &Fixture, path: &str, token: &str) -> Answer {
    api.call(Method::DELETE, path, Some(token), None).await
}

async fn id_of(api: &Fixture, token: &str) -> String {
    api.get("/v1/auth/me", token).await.json()["id"].as_str().unwrap().to_owned()
}

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn admins_manage_viewers_and_admins_only() {
    Fixture::run(async |api| {
        let owner = api.user("owner", Role::Owner, &[]).await;
        let admin = api.user("admin", Role::Admin, &[]).await;
        let judge = id_of(api, &api.user("judge", Role::Auditor, &[]).await).await;
        let viewer = id_of(api, &api.user("viewer", Role::Viewer, &[]).await).await;
        let owner_id = id_of(api, &owner).await;
        let new = |role: &str| {
            let email = format!("new-{role}@example.com");
            json!({"name": "New", "email": email, "password": "a long password", "role": role})
        };
        assert_eq!(post(api, "/v1/auth/users", &admin, new("admin")).await.status, 201);
        assert_eq!(post(api, "/v1/auth/users", &admin, new("auditor")).await.status, 403);
        assert_eq!(post(api, "/v1/auth/users", &owner, new("auditor")).await.status, 201);
        let another = post(api, "/v1/auth/users", &owner, new("owner")).await;
        assert_eq!(
            (another.status.as_u16(), &another.json()["error"]),
            (400, &json!("cannot create another owner"))
        );
        assert_eq!(
            refusal(&post(api, "/v1/auth/users", &owner, new("auditor")).await),
            (409, "conflict".to_owned())
        );
        assert_eq!(refusal(&post(api, "/v1/auth/users", &owner, new("root")).await).0, 400);
        let invite = json!({"email": "x@example.com", "role": "auditor"});
        assert_eq!(post(api, "/v1/auth/invites", &admin, invite).await.status, 403);

        for id in [&judge, &owner_id] {
            let user = format!("/v1/auth/users/{id}");
            let role = json!({"role": "viewer"});
            assert_eq!(api.call(Method::PATCH, &user, Some(&admin), Some(&role)).await.status, 403);
            assert_eq!(delete(api, &user, &admin).await.status, 403);
            assert_eq!(delete(api, &format!("{user}/sessions"), &admin).await.status, 403);
            assert_eq!(post(api, &format!("{user}/reset-link"), &admin, json!({})).await.status, 403);
        }
        let user = format!("/v1/auth/users/{viewer}");
        let promote = |role: &str| json!({"role": role});
        assert_eq!(api.call(Method::PATCH, &user, Some(&admin), Some(&promote("auditor"))).await.status, 403);
        let made = api.call(Method::PATCH, &user, Some(&owner), Some(&promote("owner"))).await;
        assert_eq!((made.status.as_u16(), &made.json()["role"]), (200, &json!("owner")));
        assert_eq!(api.call(Method::PATCH, &user, Some(&owner), Some(&promote("viewer"))).await.status, 200);
        let (of_owner, admin_role) = (format!("/v1/auth/users/{owner_id}"), promote("admin"));
        let last = api.call(Method::PATCH, &of_owner, Some(&owner), Some(&admin_role));
        assert_eq!(refusal(&last.await), (409, "refused".to_owned()));
        assert_eq!(
            delete(api, &format!("/v1/auth/users/{owner_id}"), &owner).await.status,
            400,
            "not oneself"
        );
        assert_eq!(delete(api, &user, &admin).await.status, 200);
        assert_eq!(delete(api, &user, &admin).await.status, 404);
        let list = api.get("/v1/auth/users", &admin).await.json();
        assert_eq!(list["data"].as_array().unwrap().len(), 5);
        assert_eq!(list["data"][0]["email"], "owner@example.com", "the oldest first");
    })
    .await;
}

#[tokio::test]
async fn an_invite_makes_one_account() {
    Fixture::run(async |api| {
        let owner = api.user("owner", Role::Owner, &[]).await;
        let made =
            post(api, "/v1/auth/invites", &owner, json!({"email": "Eve@Example.com", "role": "viewer"}))
                .await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let token = made["token"].as_str().unwrap();
        let list = api.get("/v1/auth/invites", &owner).await;
        assert!(!list.text.contains(token), "the token is shown once");
        assert_eq!(list.json()["data"][0]["id"], made["id"]);
        let seen = api.call(Method::GET, &format!("/v1/auth/invite/{token}"), None, None).await.json();
        assert_eq!((&seen["email"], &seen["role"]), (&json!("eve@example.com"), &json!("viewer")));
        let path = format!("/v1/auth/invite/{token}/accept");
        let accept = async |body: Value| api.call(Method::POST, &path, None, Some(&body)).await;
        assert_eq!(accept(json!({"name": "Eve", "password": "short"})).await.status, 400);
        let eve = accept(json!({"name": "Eve", "password": USER_PASSWORD})).await;
        assert_eq!((eve.status.as_u16(), &eve.json()["email"]), (201, &json!("eve@example.com")));
        assert_eq!(accept(json!({"name": "Eve", "password": USER_PASSWORD})).await.status, 404);
        assert_eq!(api.get(&format!("/v1/auth/invite/{token}"), "").await.status, 404);
        api.login("eve@example.com").await;
        assert_eq!(api.get("/v1/auth/invites", &owner).await.json(), json!({"data": []}));
        let other =
            post(api, "/v1/auth/invites", &owner, json!({"email": "bob@example.com", "role": "admin"}))
                .await
                .json();
        let revoke = format!("/v1/auth/invites/{}", other["id"].as_str().unwrap());
        assert_eq!(delete(api, &revoke, &owner).await.status, 200);
        assert_eq!(delete(api, &revoke, &owner).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn passwords_change_by_who_knows_them_or_by_a_link() {
    Fixture::run(async |api| {
        let owner = api.user("owner", Role::Owner, &[]).await;
        let (own, other) = (api.user("ada", Role::Viewer, &[]).await, api.login("ada@example.com").await);
        let change = async |present: &str, new: &str| {
            let body = json!({"current_password": present, "new_password": new});
            post(api, "/v1/auth/password", &own, body).await
        };
        let wrong = change("a guess of it", "another long password").await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["parameter"]), (400, &json!("current_password")));
        assert_eq!(change(USER_PASSWORD, "short").await.status, 400);
        assert_eq!(change(USER_PASSWORD, "another long password").await.status, 200);
        assert_eq!(api.get("/v1/auth/me", &own).await.status, 200);
        assert_eq!(api.get("/v1/auth/me", &other).await.status, 401);

        let path = format!("/v1/auth/users/{}/reset-link", id_of(api, &own).await);
        let link = post(api, &path, &owner, json!({})).await;
        assert_eq!(link.status, 201, "{link:?}");
        let own_link = format!("/v1/auth/users/{}/reset-link", id_of(api, &owner).await);
        assert_eq!(
            post(api, &own_link, &owner, json!({})).await.status,
            400,
            "a stolen session keeps nothing"
        );
        let body = json!({"token": link.json()["token"], "password": USER_PASSWORD});
        let reset = async || api.call(Method::POST, "/v1/auth/password-reset", None, Some(&body)).await;
        assert_eq!(reset().await.status, 200);
        assert_eq!(refusal(&reset().await), (404, "not_found".to_owned()));
        assert_eq!(api.get("/v1/auth/me", &own).await.status, 401, "a reset ends every session");
        let again = api.login("ada@example.com").await;
        for _ in 0..5 {
            let body = json!({"current_password": "a guess of it", "new_password": "another long password"});
            post(api, "/v1/auth/password", &again, body).await;
        }
        let body = json!({"current_password": USER_PASSWORD, "new_password": "another long password"});
        let slowed = post(api, "/v1/auth/password", &again, body).await;
        assert_eq!(refusal(&slowed), (429, "rate_limited".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    Fixture::run(async |api| {
        let (owner, ada) =
            (api.user("owner", Role::Owner, &[]).await, api.user("ada", Role::Viewer, &[]).await);
        let others = [api.login("ada@example.com").await, api.login("ada@example.com").await];
        let list = api.get("/v1/auth/sessions", &ada).await.json();
        let sessions = list["data"].as_array().unwrap();
        assert_eq!(sessions.len(), 3);
        assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
        let current = api.get("/v1/auth/sessions", &others[0]).await.json();
        let current =
            current["data"].as_array().unwrap().iter().find(|s| s["current"] == true).unwrap().clone();
        let path = format!("/v1/auth/sessions/{}", current["id"].as_str().unwrap());
        let eve = api.user("eve", Role::Viewer, &[]).await;
        let (foreign, unknown) =
            (delete(api, &path, &eve).await, delete(api, "/v1/auth/sessions/none", &eve).await);
        assert_eq!(
            (foreign.status, foreign.json()["error"].clone()),
            (StatusCode::NOT_FOUND, unknown.json()["error"].clone())
        );
        assert_eq!(delete(api, &path, &ada).await.status, 200);
        assert_eq!(api.get("/v1/auth/me", &others[0]).await.status, 401);
        assert_eq!(delete(api, "/v1/auth/sessions", &ada).await.status, 200);
        assert_eq!(api.get("/v1/auth/me", &others[1]).await.status, 401);
        assert_eq!(api.get("/v1/auth/me", &ada).await.status, 200);
        let of_ada = format!("/v1/auth/users/{}/sessions", id_of(api, &ada).await);
        assert_eq!(api.get(&of_ada, &owner).await.json()["data"].as_array().unwrap().len(), 1);
        assert_eq!(delete(api, &of_ada, &owner).await.status, 200);
        assert_eq!(api.get("/v1/auth/me", &ada).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn only_owners_decide_who_owns_a_project() {
    Fixture::run(async |api| {
        let project = api.project("shop").await;
        let admin = api.user("admin", Role::Admin, &[(&project, Role::Admin)]).await;
        let lead = api.user("lead", Role::Admin, &[(&project, Role::Owner)]).await;
        api.user("eve", Role::Viewer, &[]).await;
        let members = format!("/v1/auth/projects/{project}/members");
        let add = |role: &str| json!({"email": "eve@example.com", "role": role});
        assert_eq!(post(api, &members, &admin, add("owner")).await.status, 403);
        assert_eq!(post(api, &members, &admin, add("auditor")).await.status, 400);
        assert_eq!(post(api, &members, &admin, add("viewer")).await.status, 201);
        assert_eq!(post(api, &members, &admin, add("viewer")).await.status, 409);
        let nobody = json!({"email": "nobody@example.com", "role": "viewer"});
        assert_eq!(post(api, &members, &admin, nobody).await.json()["error"], "user not found");
        let of_lead = format!("{members}/{}", id_of(api, &lead).await);
        let viewer = json!({"role": "viewer"});
        assert_eq!(api.call(Method::PATCH, &of_lead, Some(&admin), Some(&viewer)).await.status, 403);
        assert_eq!(delete(api, &of_lead, &admin).await.status, 403);
        let eve = api.login("eve@example.com").await;
        assert_eq!(api.get(&members, &eve).await.json()["data"].as_array().unwrap().len(), 3);
        let of_eve = format!("{members}/{}", id_of(api, &eve).await);
        let owner = json!({"role": "owner"});
        assert_eq!(api.call(Method::PATCH, &of_eve, Some(&admin), Some(&owner)).await.status, 403);
        assert_eq!(api.call(Method::PATCH, &of_eve, Some(&lead), Some(&owner)).await.status, 200);
        assert_eq!(delete(api, &of_eve, &lead).await.status, 200);
        assert_eq!(delete(api, &of_eve, &lead).await.status, 404);
        assert_eq!(api.get(&members, &eve).await.status, 404, "it counts at once");
        let renamed = json!({"name": " The Shop "});
        let renamed = api
            .call(Method::PATCH, &format!("/v1/auth/projects/{project}"), Some(&admin), Some(&renamed))
            .await;
        assert_eq!((&renamed.json()["name"], &renamed.json()["slug"]), (&json!("The Shop"), &json!("shop")));
    })
    .await;
}

#[tokio::test]
async fn personal_tokens_do_what_their_scopes_name() {
    Fixture::run(async |api| {
        let project = api.project("shop").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let make = async |scopes: Value| {
            let made =
                post(api, "/v1/auth/personal-tokens", &owner, json!({"name": "cli", "scopes": scopes})).await;
            assert_eq!(made.status, 201, "{made:?}");
            made.json()
        };
        let (read, manage) = (make(json!(["read"])).await, make(json!(["manage"])).await);
        let [reader, manager] = [&read, &manage].map(|made| made["token"].as_str().unwrap());
        assert_eq!(api.get("/v1/audit", reader).await.status, 200);
        assert_eq!(refusal(&api.get("/v1/audit", manager).await), (403, "forbidden".to_owned()));
        let rename = json!({"name": "x"});
        let path = format!("/v1/auth/projects/{project}");
        assert_eq!(api.call(Method::PATCH, &path, Some(reader), Some(&rename)).await.status, 403);
        assert_eq!(api.call(Method::PATCH, &path, Some(manager), Some(&rename)).await.status, 200);
        let token = json!({"name": "more", "scopes": ["read"]});
        assert_eq!(post(api, "/v1/auth/personal-tokens", manager, token).await.status, 403);
        let user =
            json!({"name": "N", "email": "n@example.com", "password": USER_PASSWORD, "role": "viewer"});
        assert_eq!(post(api, "/v1/auth/users", manager, user).await.status, 403);
        for scope in [json!([]), json!(["all"]), json!("read")] {
            let body = json!({"name": "t", "scopes": scope});
            assert_eq!(post(api, "/v1/auth/personal-tokens", &owner, body).await.status, 400);
        }
        let list = api.get("/v1/auth/personal-tokens", &owner).await;
        assert!(!list.text.contains(reader), "shown once");
        assert!(
            list.json()["data"].as_array().unwrap().iter().all(|token| token["last_used_at"].is_string())
        );
        let revoke = format!("/v1/auth/personal-tokens/{}", read["id"].as_str().unwrap());
        let eve = api.user("eve", Role::Owner, &[]).await;
        assert_eq!(delete(api, &revoke, &eve).await.status, 404, "nobody else's");
        assert_eq!(delete(api, &revoke, &owner).await.status, 200);
        assert_eq!(refusal(&api.get("/v1/audit", reader).await), (401, "BAT-005".to_owned()));
        let cookie =
            Request::get("/v1/auth/me").header(header::COOKIE, format!("bataudit_session={manager}"));
        assert_ne!(api.send(cookie.body(Body::empty()).unwrap()).await.status, 200);
    })
    .await;
}

#[test]
fn every_route_has_a_scope_or_needs_a_login() {
    for route in ROUTES.iter().filter(|route| route.who != Who::Public) {
        let own = ["logout", "password", "sessions", "personal-tokens", "users", "invites", "reset-link"];
        let needs_login = own.iter().any(|part| route.path.split('/').any(|found| found == *part));
        if route.token_scope().is_none() {
            assert!(needs_login, "{} {}", route.method, route.path);
        } else if needs_login {
            assert_eq!(route.method, "GET", "{} {}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn what_people_do_is_written_down() {
    Fixture::run(async |api| {
        let token = api.user("ada", Role::Owner, &[]).await;
        let refused = json!({"email": "ada@example.com", "password": "a guess of it"});
        api.call(Method::POST, "/v1/auth/login", None, Some(&refused)).await;
        let unknown = json!({"email": "my password", "password": "typed wrong"});
        api.call(Method::POST, "/v1/auth/login", None, Some(&unknown)).await;
        let body = json!({"name": "Shop", "slug": "shop"});
        let request = Request::post("/v1/auth/projects")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "a browser")
            .header("x-request-id", "my-request");
        let project = api.send(request.body(Body::from(body.to_string())).unwrap()).await.json();
        let pat = json!({"name": "cli", "scopes": ["read"]});
        let pat = post(api, "/v1/auth/personal-tokens", &token, pat).await.json();
        for _ in 0..3 {
            api.get("/v1/audit", pat["token"].as_str().unwrap()).await;
        }
        api.call(Method::POST, "/v1/auth/logout", Some(&token), None).await;

        let waiting = outbox::oldest(&api.control, 100).await.unwrap();
        let entries: Vec<_> = waiting.into_iter().map(|waiting| waiting.entry).collect();
        let said: Vec<_> =
            entries.iter().map(|e| (e.verb.as_str(), e.status, e.user_email.as_str())).collect();
        let ada = "ada@example.com";
        assert_eq!(
            said,
            [
                ("LOGIN", 200, ada),
                ("LOGIN", 401, ada),
                ("LOGIN", 401, ""),
                ("CREATE", 200, ada),
                ("CREATE", 200, ada),
                ("USE", 200, ada),
                ("LOGOUT", 200, ada),
            ]
        );
        let created = &entries[3];
        assert_eq!(created.object, format!("/projects/{}", project["id"].as_str().unwrap()));
        assert_eq!((created.request_id.as_str(), created.user_agent.as_str()), ("my-request", "a browser"));
        let text = serde_json::to_string(&entries).unwrap();
        assert!(
            !text.contains("my password") && !text.contains("a guess") && !text.contains("bat_cli_"),
            "{text}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_project_is_archived_by_its_admins_and_stays_readable() {
    Fixture::run(async |api| {
        let project = api.project("old").await;
        let admin = api.user("admin", Role::Admin, &[(&project, Role::Admin)]).await;
        let viewer = api.user("viewer", Role::Viewer, &[(&project, Role::Viewer)]).await;
        api.insert(&[event(&project, now_ms())]).await;
        let path = format!("/v1/auth/projects/{project}");
        let change =
            async |token: &str, body: Value| api.call(Method::PATCH, &path, Some(token), Some(&body)).await;
        assert_eq!(change(&viewer, json!({"archived": true})).await.status, 403);
        for wrong in [json!({}), json!({"archived": "yes"}), json!({"archived": 1})] {
            assert_eq!(change(&admin, wrong.clone()).await.status, 400, "{wrong}");
        }
        let archived = change(&admin, json!({"archived": true})).await.json();
        assert!(archived["archived_at"].is_string() && archived["name"] == "old", "{archived}");
        let events = api.get(&format!("/v1/audit?project_id={project}"), &viewer).await;
        assert_eq!(events.ids().len(), 1, "what was stored stays readable");
        let back = change(&admin, json!({"name": "New", "archived": false})).await.json();
        assert_eq!((&back["archived_at"], &back["name"]), (&Value::Null, &json!("New")));
    })
    .await;
}
