//! Webhooks: made, shown without their secrets, tried, and their history.

use axum::http::Method;
use bataudit_control::notifications::{channels, deliveries};
use bataudit_control::{Role, outbox};
use serde_json::{Value, json};

use crate::fixture::{Fixture, now_ms};

#[tokio::test]
async fn an_address_is_shown_once_and_can_be_paused_and_removed() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let path = "/v1/notifications/webhooks";
        let post = async |body: Value| api.call(Method::POST, path, Some(&token), Some(&body)).await;
        let url = "https://hooks.example.com/services/T0/hunter2";
        let made = post(json!({"project_id": project, "url": url})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        assert_eq!((&made["type"], &made["config"]["url"]), (&json!("webhook"), &json!(url)));
        let secret = made["config"]["secret"].as_str().unwrap();
        assert!(secret.starts_with("whsec_") && secret.len() == 70, "{secret}");

        let list = format!("{path}?project_id={project}");
        let listed = api.get(&list, &token).await;
        assert!(!listed.text.contains("hunter2") && !listed.text.contains(secret), "{listed:?}");
        let shown = &listed.json()[0];
        assert_eq!(
            (&shown["config"]["url"], &shown["active"]),
            (&json!("https://hooks.example.com/…"), &json!(true))
        );
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let paused = api.call(Method::PUT, &one, Some(&token), Some(&json!({"active": false}))).await;
        assert_eq!((paused.status.as_u16(), &paused.json()["active"]), (200, &json!(false)));

        for (body, parameter) in [
            (json!({"project_id": project, "url": "ftp://a.b/c"}), "url"),
            (json!({"project_id": project, "url": "https://me:hunter2@a.b/c"}), "url"),
            (json!({"project_id": project, "url": "hooks"}), "url"),
            (json!({"project_id": project, "url": url, "secret": "short"}), "secret"),
            (json!({"project_id": project, "url": url, "type": "pigeon"}), "type"),
            (json!({"project_id": project, "url": url, "type": "email"}), "url"),
            (json!({"project_id": project, "url": "mailto:a@b.c,d@e.f", "type": "email"}), "url"),
            (json!({"project_id": project, "url": "mailto:a@b.c\r\nBcc: d@e.f", "type": "email"}), "url"),
            (json!({"project_id": project, "url": "mailto:a@b.c"}), "url"),
        ] {
            let answer = post(body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
            assert!(!answer.text.contains("hunter2"));
        }
        let mail =
            post(json!({"project_id": project, "url": "mailto:ada@example.com", "type": "email"})).await;
        assert_eq!(
            (mail.status.as_u16(), &mail.json()["config"]),
            (201, &json!({"url": "mailto:ada@example.com", "secret": ""}))
        );
        let path = format!("{path}/{}", mail.json()["id"].as_str().unwrap());
        assert_eq!(api.call(Method::DELETE, &path, Some(&token), None).await.status, 204);
        let delete = async || api.call(Method::DELETE, &one, Some(&token), None).await.status.as_u16();
        assert_eq!((delete().await, delete().await), (204, 404));
        assert_eq!(api.get(&list, &token).await.json(), json!([]));
    })
    .await;
}

#[tokio::test]
async fn a_test_tells_what_happened() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let body = json!({"project_id": project, "url": "https://hooks.example.com/a", "type": "slack"});
        let made =
            api.call(Method::POST, "/v1/notifications/webhooks", Some(&token), Some(&body)).await.json();
        let one = format!("/v1/notifications/webhooks/{}", made["id"].as_str().unwrap());
        let sending = api.send_notifications();
        let tested = api.call(Method::POST, &format!("{one}/test"), Some(&token), None).await;
        sending.abort();
        let wanted = json!({
            "ok": false, "status_code": 404, "response": "no such hook", "error": "the receiver answered 404",
        });
        assert_eq!((tested.status.as_u16(), tested.json()), (200, wanted));
        let history = api.get(&format!("{one}/deliveries"), &token).await.json();
        assert_eq!(
            (&history[0]["status"], &history[0]["attempts"]),
            (&json!("failed"), &json!(1)),
            "{history}"
        );
        assert_eq!(history[0]["next_attempt_at"], Value::Null);
    })
    .await;
}

/// What waits is sent to where the address leads now.
#[tokio::test]
async fn an_address_is_replaced_and_what_waits_goes_there() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let token = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let path = "/v1/notifications/webhooks";
        let body = json!({"project_id": project, "url": "https://old.example.com/hunter2"});
        let made = api.call(Method::POST, path, Some(&token), Some(&body)).await.json();
        let id = made["id"].as_str().unwrap();
        let one = format!("{path}/{id}");
        let put = async |body: Value| api.call(Method::PUT, &one, Some(&token), Some(&body)).await;
        deliveries::enqueue_test(&api.control, id, "{}").await.unwrap();

        let new = "https://new.example.com/hunter3";
        let changed = put(json!({"url": new})).await;
        assert_eq!((changed.status.as_u16(), &changed.json()["active"]), (200, &json!(true)), "{changed:?}");
        assert_eq!(changed.json()["config"]["url"], "https://new.example.com/…");
        let due = deliveries::due(&api.control, now_ms(), 9).await.unwrap();
        let channel = &due[0].channel;
        assert_eq!((due.len(), channel.url.expose()), (1, new));
        assert_eq!(channel.secret.expose(), made["config"]["secret"].as_str().unwrap(), "it signs as before");

        let both = put(json!({"url": "http://third.example.com/", "active": false})).await.json();
        assert_eq!(
            (&both["active"], &both["config"]["url"]),
            (&json!(false), &json!("http://third.example.com/…"))
        );
        for (body, parameter) in [
            (json!({"url": "ftp://a.b/c"}), "url"),
            (json!({"url": "https://me:hunter2@a.b/c"}), "url"),
            (json!({"url": "mailto:a@b.c"}), "url"),
            (json!({"url": "", "active": true}), "url"),
            (json!({"type": "slack", "active": true}), "type"),
            (json!({}), "active"),
        ] {
            let answer = put(body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
        let kept = channels::by_id(&api.control, id).await.unwrap().unwrap();
        assert_eq!(
            (kept.url.expose(), kept.active),
            ("http://third.example.com/", false),
            "nothing was changed"
        );
        let acts = outbox::oldest(&api.control, 100).await.unwrap();
        assert!(
            acts.iter().all(|act| !act.entry.details.to_string().contains("hunter")),
            "an address is a secret"
        );
    })
    .await;
}
