//! Retention, legal holds and erasures as people ask for them; that they are carried out is sentinel's test.

use axum::http::Method;
use bataudit_control::{Role, erasures, outbox, retention};
use bataudit_event::id::AUDIT_PROJECT;
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture, now_ms};

async fn send(api: &Fixture, method: Method, path: &str, token: &str, body: Value) -> Answer {
    api.call(method, path, Some(token), Some(&body)).await
}

#[tokio::test]
async fn days_are_set_within_bounds() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let me = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let path = format!("/v1/projects/{project}/retention");
        let days = |raw, hourly, daily| json!({"raw_days": raw, "hourly_days": hourly, "daily_days": daily});
        let told = |mut days: Value, installation: Value| {
            days["installation"] = installation;
            days
        };
        let none = days(Value::Null, Value::Null, Value::Null);
        assert_eq!(api.get(&path, &me).await.json(), told(none.clone(), Value::Null), "sentinel never ran");
        retention::set_of_installation(&api.control, 30, 365).await.unwrap();
        let installation = days(json!(30), json!(365), Value::Null);
        let nothing = told(none, installation.clone());
        assert_eq!(api.get(&path, &me).await.json(), nothing);
        let body = days(json!(7), json!(90), json!(400));
        let wanted = told(body.clone(), installation);
        assert_eq!(send(api, Method::PUT, &path, &me, body).await.json(), wanted);
        assert_eq!(api.get(&path, &me).await.json(), wanted);
        for (body, parameter) in [
            (json!({"raw_days": 0}), "raw_days"),
            (json!({"raw_days": 366}), "raw_days"),
            (json!({"raw_days": "7"}), "raw_days"),
            (json!({"raw_days": 30, "hourly_days": 29}), "hourly_days"),
            (json!({"hourly_days": 30, "daily_days": 29}), "daily_days"),
            (json!({"raw_days": 30, "daily_days": 29}), "daily_days"),
            (json!({"days": 30}), "days"),
            (json!({"installation": {}}), "installation"),
        ] {
            let answer = send(api, Method::PUT, &path, &me, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }
        assert_eq!(api.get(&path, &me).await.json(), wanted, "what is refused changes nothing");
        assert_eq!(send(api, Method::PUT, &path, &me, json!({})).await.json(), nothing);
    })
    .await;
}

#[tokio::test]
async fn nobody_shortens_or_erases_what_people_did_here() {
    Fixture::run(async |api| {
        let owner = api.user("owner", Role::Owner, &[]).await;
        let project = format!("/v1/projects/{AUDIT_PROJECT}");
        let kept = api.get(&format!("{project}/retention"), &owner).await.json();
        assert_eq!(kept["installation"]["raw_days"], 365, "{kept}");
        let erase = json!({"identifier": "owner", "reason": "mine"});
        for (method, path, body) in
            [(Method::PUT, "retention", json!({"raw_days": 1})), (Method::POST, "erasures", erase)]
        {
            let refused = send(api, method, &format!("{project}/{path}"), &owner, body).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (409, &json!("refused")));
        }
    })
    .await;
}

#[tokio::test]
async fn a_hold_lives_until_it_is_released_and_stays_in_the_list() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let path = format!("/v1/projects/{mine}/holds");
        let body = json!({
            "name": "Case 17", "reason": "court", "filter": {"identifier": "ada", "path_prefix": "/pay"},
            "start_date": "2026-01-01T01:00:00+01:00",
        });
        let made = send(api, Method::POST, &path, &me, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        assert_eq!(made["filter"], json!({"identifier": "ada", "path_prefix": "/pay"}));
        assert_eq!((&made["start_date"], &made["released_at"]), (&json!("2026-01-01T00:00:00.000Z"), &Value::Null));
        assert_eq!(made["created_by"], "me@example.com");
        assert_eq!(api.get(&path, &me).await.json()["data"], json!([made]));
        for (body, parameter) in [
            (json!({"reason": "court"}), "name"),
            (json!({"name": "a"}), "reason"),
            (json!({"name": "a", "reason": "b", "filter": {"identifer": "ada"}}), "filter"),
            (json!({"name": "a", "reason": "b", "filter": {"identifier": 7}}), "filter"),
            (json!({"name": "a", "reason": "b", "filter": {"identifier": ""}}), "filter"),
            (json!({"name": "a", "reason": "b", "start_date": "yesterday"}), "start_date"),
            (
                json!({"name": "a", "reason": "b", "start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"}),
                "end_date",
            ),
        ] {
            let answer = send(api, Method::POST, &path, &me, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let foreign = one.replace(&mine, &theirs);
        assert_eq!(api.call(Method::DELETE, &foreign, Some(&me), None).await.status, 404);
        let released = api.call(Method::DELETE, &one, Some(&me), None).await.json();
        assert_eq!((&released["released_by"], released["released_at"].is_string()), (&json!("me@example.com"), true));
        let again = api.call(Method::DELETE, &one, Some(&me), None).await.json();
        assert_eq!(again, released, "a release happens once");
        assert_eq!(api.get(&path, &me).await.json()["data"], json!([released]));
    })
    .await;
}

#[tokio::test]
async fn an_erasure_is_a_job_with_a_signed_certificate() {
    Fixture::run(async |api| {
        let project = api.project("mine").await;
        let me = api.user("me", Role::Admin, &[(&project, Role::Admin)]).await;
        let path = format!("/v1/projects/{project}/erasures");
        let secret = "ada-lovelace";
        let made =
            send(api, Method::POST, &path, &me, json!({"identifier": secret, "reason": "request 1"})).await;
        assert_eq!((made.status.as_u16(), &made.json()["status"]), (202, &json!("pending")));
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let early = api.get(&format!("{path}/{id}/certificate"), &me).await;
        assert_eq!((early.status.as_u16(), &early.json()["code"]), (409, &json!("refused")));
        let certificate = json!({"erasure_id": id}).to_string();
        erasures::finish(&api.control, &id, now_ms(), &certificate).await.unwrap();
        assert_eq!(api.get(&format!("{path}/{id}"), &me).await.json()["status"], "done");
        let signed = api.get(&format!("{path}/{id}/certificate"), &me).await.json();
        assert_eq!(signed["payload"], json!(certificate));
        assert!(
            signed["signature"].is_string() && signed["public_key"].as_str().unwrap().contains("PUBLIC KEY")
        );

        // Who it was about is nowhere any more.
        let acts = outbox::oldest(&api.control, 100).await.unwrap();
        let told = acts.iter().map(|waiting| waiting.entry.details.to_string()).collect::<String>();
        assert!(told.contains("request 1") && !told.contains(secret), "{told}");
        assert!(!api.get(&path, &me).await.text.contains(secret));
        let hash = erasures::subject_hash(&project, "identifier", secret);
        assert_eq!(api.get(&path, &me).await.json()["data"][0]["subject_sha256"], json!(hash));

        for (body, parameter) in [
            (json!({"reason": "r"}), "identifier"),
            (json!({"identifier": "a", "user_email": "b", "reason": "r"}), "identifier"),
            (json!({"identifier": "", "reason": "r"}), "identifier"),
            (json!({"identifier": "a"}), "reason"),
        ] {
            let answer = send(api, Method::POST, &path, &me, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }
    })
    .await;
}
