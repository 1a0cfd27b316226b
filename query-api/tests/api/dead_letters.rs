//! Dead letters: seen by who looks after their project, and asked to be published once more.

use axum::http::Method;
use bataudit_control::dead_letters::replays::{self, Fate, Selection};
use bataudit_control::dead_letters::{self, DeadLetter};
use bataudit_control::{Role, outbox};
use serde_json::{Value, json};

use crate::fixture::{Fixture, now_ms};

fn letter(project: Option<&str>, offset: i64, reason: &str) -> DeadLetter {
    DeadLetter {
        id: format!("1:0-{offset}-0"),
        project_id: project.map(str::to_owned),
        l_offset: offset,
        written_at: now_ms() - 100_000 + offset,
        reason: reason.to_owned(),
        detail: "request_body does not hold JSON".to_owned(),
        events: 1,
        service_name: Some("pay".to_owned()),
        shown: Some(r#"{"request_body":"********"}"#.to_owned()),
        ..DeadLetter::default()
    }
}

#[tokio::test]
async fn letters_are_seen_page_by_page_by_who_looks_after_their_project() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let reader = api.user("reader", Role::Admin, &[(&mine, Role::Viewer)]).await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let auditor = api.user("auditor", Role::Auditor, &[]).await;
        let all = [
            letter(Some(&mine), 1, "unmaskable"),
            letter(Some(&mine), 2, "unmaskable"),
            letter(Some(&mine), 3, "too_many_events"),
            letter(Some(&theirs), 4, "unmaskable"),
            DeadLetter { shown: None, ..letter(None, 5, "unreadable") },
        ];
        dead_letters::take(&api.control, &all, &[(0, 6)]).await.unwrap();

        let list = format!("/v1/dead-letters?project_id={mine}");
        let first = api.get(&format!("{list}&limit=2"), &me).await;
        assert_eq!(first.ids(), ["1:0-3-0", "1:0-2-0"]);
        let first = first.json();
        let reasons =
            json!([{"reason": "unmaskable", "letters": 2}, {"reason": "too_many_events", "letters": 1}]);
        assert_eq!(first["reasons"], reasons);
        assert_eq!(first["data"][0].get("event"), None, "a list shows no payload");
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = api.get(&format!("{list}&limit=2&cursor={cursor}"), &me).await;
        assert_eq!(
            (second.ids(), second.json()["next_cursor"].clone()),
            (vec!["1:0-1-0".to_owned()], Value::Null)
        );
        assert_eq!(api.get(&format!("{list}&reason=too_many_events"), &me).await.ids(), ["1:0-3-0"]);
        assert_eq!(api.get(&format!("{list}&end_date=2020-01-01T00:00:00Z"), &me).await.ids(), [""; 0]);
        assert_eq!(api.get("/v1/dead-letters", &owner).await.ids().len(), 5);
        assert_eq!(api.get("/v1/dead-letters", &auditor).await.ids().len(), 5);
        assert_eq!(api.get("/v1/dead-letters", &me).await.json()["parameter"], "project_id");
        assert_eq!(api.get(&list, &reader).await.status, 403, "what is left of events is no viewer's");

        let one = api.get("/v1/dead-letters/1:0-1-0", &me).await.json();
        assert_eq!(
            (&one["event"], &one["reason"]),
            (&json!({"request_body": "********"}), &json!("unmaskable"))
        );
        assert_eq!(api.get("/v1/dead-letters/1:0-1-0", &reader).await.status, 403);
        for (id, token) in [("1:0-4-0", &me), ("1:0-5-0", &me), ("1:0-9-0", &owner)] {
            let hidden = api.get(&format!("/v1/dead-letters/{id}"), token).await;
            assert_eq!(
                (hidden.status.as_u16(), &hidden.json()["error"]),
                (404, &json!("dead letter not found"))
            );
        }
        assert_eq!(api.get("/v1/dead-letters/1:0-5-0", &auditor).await.json()["event"], Value::Null);
        for wrong in ["cursor=x", "state=gone", "limit=201", "reasons=x"] {
            assert_eq!(api.get(&format!("{list}&{wrong}"), &me).await.status, 400, "{wrong}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_replay_is_asked_for_and_its_result_told() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let auditor = api.user("auditor", Role::Auditor, &[]).await;
        let all = [letter(Some(&mine), 1, "unmaskable"), letter(Some(&mine), 2, "unmaskable")];
        dead_letters::take(&api.control, &all, &[]).await.unwrap();
        let post = async |token: &str, body: Value| {
            api.call(Method::POST, "/v1/dead-letters/replays", Some(token), Some(&body)).await
        };
        let asked = post(&me, json!({"project_id": mine, "ids": ["1:0-1-0", "1:0-2-0"]})).await;
        assert_eq!((asked.status.as_u16(), &asked.json()["state"]), (202, &json!("waiting")), "{asked:?}");
        let id = asked.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(post(&auditor, json!({"project_id": mine})).await.status, 403);
        assert_eq!(post(&me, json!({"project_id": theirs})).await.status, 404);
        for (body, parameter) in [
            (json!({}), "project_id"),
            (json!({"project_id": mine, "ids": "1:0-1-0"}), "ids"),
            (json!({"project_id": mine, "ids": vec!["x"; 501]}), "ids"),
            (json!({"project_id": mine, "start_date": "yesterday"}), "start_date"),
            (json!({"project_id": mine, "all": true}), "all"),
        ] {
            let answer = post(&me, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }

        let waiting = replays::next(&api.control).await.unwrap().unwrap();
        let selection: Selection = serde_json::from_str(&waiting.selection).unwrap();
        assert_eq!((waiting.id.as_str(), selection.ids.len()), (id.as_str(), 2));
        let fates = [
            Fate { id: "1:0-1-0".to_owned(), events: 1, lost: None },
            Fate { id: "1:0-2-0".to_owned(), events: 0, lost: Some("Kafka no longer keeps it".to_owned()) },
        ];
        replays::note(&api.control, &id, &fates, now_ms()).await.unwrap();
        replays::finish(&api.control, &id, now_ms()).await.unwrap();
        let done = api.get(&format!("/v1/dead-letters/replays/{id}"), &me).await.json();
        assert_eq!(
            (&done["state"], &done["letters"], &done["events"], &done["lost"]),
            (&json!("done"), &json!(2), &json!(1), &json!(1))
        );
        let gone = api.get("/v1/dead-letters/1:0-2-0", &me).await.json()["replay"].clone();
        assert_eq!((&gone["published"], &gone["why"]), (&json!(false), &json!("Kafka no longer keeps it")));
        let list = format!("/v1/dead-letters?project_id={mine}&state=waiting");
        assert_eq!(api.get(&list, &me).await.ids(), [""; 0]);
        assert_eq!(api.get(&format!("/v1/dead-letters/replays?project_id={mine}"), &me).await.ids(), [id]);
        let acts = outbox::oldest(&api.control, 1000).await.unwrap();
        assert!(
            acts.iter().any(|act| act.entry.verb == "REPLAY" && act.entry.project_id.as_ref() == Some(&mine))
        );
    })
    .await;
}
