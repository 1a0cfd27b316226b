//! Sessions: logging in and out, the cookie, the throttle.

use axum::body::Body;
use axum::http::{Method, Request, header};
use bataudit_control::Role;
use bataudit_query_api::Api;
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, USER_PASSWORD, config, with};

async fn attempt(api: &Fixture, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    api.call(Method::POST, "/v1/auth/login", None, Some(&body)).await
}

async fn with_cookie(api: &Fixture, method: Method, path: &str, cookie: &str, marked: bool) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
    if marked {
        request = request.header("x-requested-with", "bataudit");
    }
    api.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_session_lives_from_login_to_logout() {
    Fixture::run(async |api| {
        let old = api.user("ada", Role::Admin, &[]).await;
        let answer = attempt(api, "ADA@example.com", USER_PASSWORD).await;
        let body = answer.json();
        assert_eq!(body["user"]["email"], "ada@example.com");
        assert_eq!((&body["user"]["role"], &body["user"]["name"]), (&json!("admin"), &json!("ada")));
        let token = body["token"].as_str().unwrap();
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with(&format!("bataudit_session={token}; ")), "{cookie}");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");

        let me = api.get("/v1/auth/me", token).await.json();
        assert_eq!(with(me.clone(), body["user"].clone()), me, "and more");
        let out = api.call(Method::POST, "/v1/auth/logout", Some(token), None).await;
        assert_eq!(out.json(), json!({"message": "logged out"}));
        assert!(out.headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        let gone = api.get("/v1/auth/me", token).await;
        assert_eq!((gone.status.as_u16(), &gone.json()["code"]), (401, &json!("BAT-005")));
        assert_eq!(api.get("/v1/auth/me", &old).await.status, 200, "another session of the same user stays");
    })
    .await;
}

#[tokio::test]
async fn a_changed_role_counts_at_once() {
    Fixture::run(async |api| {
        let token = api.user("ada", Role::Admin, &[]).await;
        let id = api.get("/v1/auth/me", &token).await.json()["id"].as_str().unwrap().to_owned();
        bataudit_control::users::set_role(&api.control, &id, Role::Viewer).await.unwrap();
        let body = json!({"name": "P", "slug": "p"});
        let answer = api.call(Method::POST, "/v1/auth/projects", Some(&token), Some(&body)).await;
        assert_eq!(answer.status, 403);
        assert_eq!(api.get("/v1/auth/me", &token).await.json()["role"], "viewer");
    })
    .await;
}

#[tokio::test]
async fn the_cookie_changes_nothing_without_the_header() {
    Fixture::run(async |api| {
        let token = api.user("ada", Role::Viewer, &[]).await;
        let cookie = format!("theme=dark; bataudit_session={token}");
        assert_eq!(with_cookie(api, Method::GET, "/v1/auth/me", &cookie, false).await.status, 200);
        let refused = with_cookie(api, Method::POST, "/v1/auth/logout", &cookie, false).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (403, &json!("cross_site")));
        assert_eq!(with_cookie(api, Method::POST, "/v1/auth/logout", &cookie, true).await.status, 200);
        assert_eq!(with_cookie(api, Method::GET, "/v1/auth/me", &cookie, false).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn refusals_do_not_tell_who_exists() {
    Fixture::run(async |api| {
        api.user("ada", Role::Viewer, &[]).await;
        let mut texts = Vec::new();
        for (email, password) in [("ada@example.com", "wrong password"), ("eve@example.com", USER_PASSWORD)] {
            let answer = attempt(api, email, password).await;
            assert_eq!(answer.status, 401);
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            texts.push(body);
        }
        assert_eq!(texts[0], texts[1]);
        assert_eq!(texts[0]["error"], "invalid credentials");
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    Fixture::run(async |api| {
        api.user("ada", Role::Viewer, &[]).await;
        for _ in 0..5 {
            assert_eq!(attempt(api, "ada@example.com", "a guess of it").await.status, 401);
        }
        let answer = attempt(api, "Ada@Example.com ", USER_PASSWORD).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (429, &json!("rate_limited")));
        let seconds: u64 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert!((1..=11).contains(&seconds), "{seconds}");
        for _ in 0..5 {
            let other = attempt(api, "eve@example.com", "a guess of it").await;
            assert_eq!(other.status, 401, "others are not affected");
        }
        let unknown = attempt(api, "eve@example.com", "a guess of it").await;
        assert_eq!(unknown.status, 429, "nobody learns whether an account exists");

        let replica = Api::new(&config(), &api.events, api.control.clone(), &api.shutdown).await;
        let replica = Fixture::around(&replica, &api.control, &api.events, &api.shutdown);
        let answer = attempt(&replica, "ada@example.com", USER_PASSWORD).await;
        assert_eq!(answer.status, 429, "a restart and another replica know of the guesses");
    })
    .await;
}

#[tokio::test]
async fn malformed_logins_and_tokens_are_refused() {
    Fixture::run(async |api| {
        let token = api.user("ada", Role::Viewer, &[]).await;
        let login = async |kind: &str, body: String| {
            let request = Request::post("/v1/auth/login").header(header::CONTENT_TYPE, kind);
            api.send(request.body(Body::from(body)).unwrap()).await
        };
        let json = "application/json; charset=utf-8";
        for (kind, body, status, error) in [
            ("text/plain", "{}".to_owned(), 415, "send the body as application/json"),
            (json, "{\"email\":".to_owned(), 400, "the body is not valid JSON at line 1 column 9"),
            (json, "[]".to_owned(), 400, "the body must be a JSON object"),
            (json, "{\"email\":\"a@b\"}".to_owned(), 400, "password is required"),
            (json, "{\"email\":1,\"password\":\"x\"}".to_owned(), 400, "email must be a text"),
            (
                json,
                format!("{{\"email\":\"{}\"}}", "x".repeat(70_000)),
                413,
                "the body is larger than 65536 bytes",
            ),
            (json, "[".repeat(60_000), 400, "the body is not valid JSON at line 1 column 128"),
        ] {
            let answer = login(kind, body).await;
            assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str().unwrap()), (status, error));
        }
        for value in ["Basic YTpi", "Bearer", "Bearer  ", "Bearer a.b.c", &format!("Bearer {token}x"), &token]
        {
            let request = Request::get("/v1/auth/me").header(header::AUTHORIZATION, value);
            let answer = api.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("BAT-005")), "{value}");
        }
        let request = Request::get("/v1/auth/me").header(header::AUTHORIZATION, format!("bEARER {token}"));
        assert_eq!(api.send(request.body(Body::empty()).unwrap()).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn who_is_logged_in_learns_what_they_may_do_and_what_there_is() {
    Fixture::run(async |api| {
        let (mine, other) = (api.project("mine").await, api.project("other").await);
        let members = [(mine.as_str(), Role::Admin), (other.as_str(), Role::Viewer)];
        let admin = api.user("admin", Role::Admin, &members).await;
        let promoted = api.user("promoted", Role::Viewer, &members).await;
        let auditor = api.user("auditor", Role::Auditor, &[]).await;
        let me = async |token: &str| api.get("/v1/auth/me", token).await.json();
        let roles = |me: &Value| -> Vec<(String, String)> {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let projects = me["projects"].as_array().unwrap().iter();
            projects.map(|project| (text(&project["slug"]), text(&project["role"]))).collect()
        };
        let own = |slug: &str, role: &str| (slug.to_owned(), role.to_owned());

        let seen = me(&admin).await;
        assert_eq!((&seen["email"], &seen["role"]), (&json!("admin@example.com"), &json!("admin")));
        assert_eq!(roles(&seen), [own("mine", "admin"), own("other", "viewer")]);
        let may =
            json!({"see_every_project": false, "see_instance": true, "manage_instance": true, "query": true});
        assert_eq!(seen["may"], may);
        let features = &seen["features"];
        assert_eq!(
            (&features["oidc"], &features["mail"], &features["console"]),
            (&json!(true), &json!(false), &json!(true))
        );
        assert_eq!(features["monitors_per_project"], 10);

        let seen = me(&promoted).await;
        assert_eq!(roles(&seen), [own("mine", "viewer"), own("other", "viewer")], "a viewer reads only");
        assert!(seen["may"].as_object().unwrap().values().all(|may| *may == json!(false)), "{seen}");
        let seen = me(&auditor).await;
        assert_eq!(
            (&seen["may"]["see_every_project"], &seen["may"]["manage_instance"]),
            (&json!(true), &json!(false))
        );
        assert!(roles(&seen).iter().all(|(_, role)| role == "viewer") && roles(&seen).len() >= 2);
    })
    .await;
}
