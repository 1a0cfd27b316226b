//! Browsers that are told by Web Push: subscribed, tried, and their history, each for its user alone.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, header};
use bataudit_control::notifications::{Outcome, channels, deliveries};
use bataudit_control::{Role, members, users};
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, now_ms};

/// The example of RFC 8291, appendix A.
pub(crate) fn browser_keys() -> Value {
    json!({
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    })
}

const SUBSCRIBE: &str = "/v1/notifications/push/subscribe";

async fn subscribe(api: &Fixture, token: &str, project: &str, endpoint: &str, keys: Value) -> Answer {
    let subscription = json!({"endpoint": endpoint, "expirationTime": null, "keys": keys});
    let body = json!({"project_id": project, "subscription": subscription});
    let request = Request::post(SUBSCRIBE)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "the tests' browser");
    api.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

#[tokio::test]
async fn a_browser_comes_with_an_address_and_keys_that_can_be_used() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let ada = api.user("ada", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let subscribe = async |endpoint, keys| subscribe(api, &ada, &project, endpoint, keys).await;
        for (endpoint, keys, parameter) in [
            ("http://push.example.com/a", browser_keys(), "subscription.endpoint"),
            ("https://push.example.com/a", json!({}), "subscription.keys.p256dh"),
            (
                "https://push.example.com/a",
                json!({"p256dh": browser_keys()["p256dh"], "auth": "AAAA"}),
                "subscription.keys.auth",
            ),
            (
                "https://push.example.com/a",
                json!({"p256dh": "BAAA", "auth": browser_keys()["auth"]}),
                "subscription.keys.p256dh",
            ),
        ] {
            let answer = subscribe(endpoint, keys).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_subscribes_and_is_its_users_own() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let ada = api.user("ada", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let bob = api.user("bob", Role::Admin, &[(&project, Role::Admin)]).await;
        let key = api.get("/v1/notifications/push/vapid-public-key", &ada).await.json();
        assert_eq!(key["public_key"].as_str().unwrap().len(), 87);
        assert_eq!(api.get("/v1/notifications/push/vapid-public-key", &bob).await.json(), key, "it lasts");

        let subscribe = async |endpoint, keys| subscribe(api, &ada, &project, endpoint, keys).await;
        let made = subscribe("https://push.example.com/a", browser_keys()).await;
        assert_eq!(made.status, 201, "{made:?}");
        let again = subscribe("https://push.example.com/a", browser_keys()).await.json();
        assert_eq!((&again["id"], &again["type"]), (&made.json()["id"], &json!("push")), "once");
        let list = format!("/v1/notifications/webhooks?project_id={project}");
        assert_eq!(api.get(&list, &bob).await.json(), json!([]), "no webhook");
        let one = format!("/v1/notifications/webhooks/{}", again["id"].as_str().unwrap());
        assert_eq!(api.call(Method::DELETE, &one, Some(&bob), None).await.status, 404);
        let own = async |token: &str| {
            api.get("/v1/notifications/push/subscriptions", token).await.json()["data"].clone()
        };
        let seen = own(&ada).await;
        assert_eq!(
            (
                &seen[0]["id"],
                &seen[0]["config"]["endpoint"],
                &seen[0]["user_agent"],
                &seen[0]["last_used_at"]
            ),
            (&again["id"], &json!("https://push.example.com/a"), &json!("the tests' browser"), &Value::Null),
            "{seen}"
        );
        assert_eq!(
            (seen.as_array().unwrap().len(), own(&bob).await),
            (1, json!([])),
            "a browser is its user's own"
        );
        let body = json!({"project_id": project, "channel_id": again["id"]});
        let end = async |token: &str| {
            api.call(Method::DELETE, SUBSCRIBE, Some(token), Some(&body)).await.status.as_u16()
        };
        assert_eq!((end(&bob).await, end(&ada).await, end(&ada).await), (404, 204, 404));
    })
    .await;
}

/// What a test and the history are asked at.
fn tried(id: &Value) -> [(Method, String); 2] {
    let one = format!("/v1/notifications/push/subscriptions/{}", id.as_str().unwrap());
    [(Method::POST, format!("{one}/test")), (Method::GET, format!("{one}/deliveries"))]
}

#[tokio::test]
async fn a_browser_is_tried_and_shows_what_was_sent() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let ada = api.user("ada", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let made = subscribe(api, &ada, &project, "https://push.example.com/hunter2", browser_keys()).await;
        let id = made.json()["id"].clone();
        let [(post, test), (_, history)] = tried(&id);
        assert_eq!(api.get(&history, &ada).await.json(), json!([]));

        let taken = Outcome { success: true, status_code: Some(201), ..Outcome::default() };
        let sending = api.send_notifications_with(taken);
        let tested = api.call(post, &test, Some(&ada), None).await;
        sending.abort();
        assert_eq!((tested.status.as_u16(), tested.json()), (200, json!({"ok": true, "status_code": 201})));
        let shown = api.get(&history, &ada).await;
        let sent = &shown.json()[0];
        assert_eq!(
            (&sent["channel_id"], &sent["status"], &sent["attempts"], &sent["status_code"]),
            (&id, &json!("success"), &json!(1), &json!(201)),
            "{shown:?}"
        );
        assert!(!shown.text.contains("hunter2"), "{shown:?}");
        let queued = deliveries::list(&api.control, id.as_str().unwrap(), 9).await.unwrap();
        let alert: Value = serde_json::from_str(&queued[0].alert).unwrap();
        assert_eq!(
            (&alert["event_type"], &alert["project_id"]),
            (&json!("system.alert.test"), &json!(project))
        );
        let own = api.get("/v1/notifications/push/subscriptions", &ada).await.json();
        assert!(own["data"][0]["last_used_at"].is_string(), "{own}");
    })
    .await;
}

/// Whoever else asks learns no more than of a browser that does not exist.
#[tokio::test]
async fn nobody_else_tries_a_browser_or_sees_its_history() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let ada = api.user("ada", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let bob = api.user("bob", Role::Admin, &[(&project, Role::Admin)]).await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let made = subscribe(api, &ada, &project, "https://push.example.com/a", browser_keys()).await;
        let hook = json!({"project_id": project, "url": "https://hooks.example.com/a"});
        let hook = api.call(Method::POST, "/v1/notifications/webhooks", Some(&bob), Some(&hook)).await;
        assert_eq!((made.status.as_u16(), hook.status.as_u16()), (201, 201), "{made:?} {hook:?}");
        let (id, hook) = (&made.json()["id"], &hook.json()["id"]);

        let refused = async |token: &str, id: &Value| {
            for (method, path) in tried(id) {
                let answer = api.call(method, &path, Some(token), None).await;
                let body = answer.json();
                assert_eq!(
                    (answer.status.as_u16(), &body["code"], &body["error"]),
                    (404, &json!("not_found"), &json!("subscription not found")),
                    "{path}"
                );
            }
        };
        refused(&bob, id).await;
        refused(&owner, id).await;
        refused(&ada, &json!(uuid::Uuid::now_v7())).await;
        refused(&bob, hook).await;
        let as_hook = format!("/v1/notifications/webhooks/{}", id.as_str().unwrap());
        for (method, path) in [(Method::POST, "test"), (Method::GET, "deliveries")] {
            let answer = api.call(method, &format!("{as_hook}/{path}"), Some(&bob), None).await;
            assert_eq!(answer.status, 404, "{path}");
        }

        let user = users::by_email(&api.control, "ada@example.com").await.unwrap().unwrap();
        members::remove(&api.control, &project, &user.id).await.unwrap();
        refused(&ada, id).await;
        let waiting = deliveries::due(&api.control, now_ms(), 9).await.unwrap();
        assert!(waiting.is_empty(), "nothing is sent for any of them: {waiting:?}");
    })
    .await;
}

/// Sentinel ends a subscription whose push service answers 404 or 410, and its deliveries go with it.
#[tokio::test]
async fn a_browser_that_is_gone_is_told_as_gone() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let ada = api.user("ada", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let made = subscribe(api, &ada, &project, "https://push.example.com/a", browser_keys()).await;
        let control = api.control.clone();
        let sending = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                for due in deliveries::due(&control, now_ms(), 9).await.unwrap() {
                    channels::delete(&control, &due.channel.id).await.unwrap();
                }
            }
        });
        let [(post, test), (get, history)] = tried(&made.json()["id"]);
        let tested = api.call(post, &test, Some(&ada), None).await;
        sending.abort();
        let told = tested.json();
        assert_eq!((tested.status.as_u16(), &told["ok"]), (200, &json!(false)), "{told}");
        assert!(told["error"].as_str().unwrap().contains("subscribe anew"), "{told}");
        assert_eq!(api.call(get, &history, Some(&ada), None).await.status, 404);
    })
    .await;
}
