//! Saved views: their author's, or shared with the project; of no use to anybody else.

use axum::http::{Method, StatusCode};
use bataudit_control::{Role, outbox};
use serde_json::{Value, json};

use crate::fixture::{Answer, Fixture};

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect()
}

async fn post(api: &Fixture, token: &str, body: Value) -> Answer {
    api.call(Method::POST, "/v1/views", Some(token), Some(&body)).await
}

#[tokio::test]
async fn a_view_is_its_authors_until_it_is_shared() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("a").await, api.project("b").await);
        let ada = api.user("ada", Role::Admin, &[(&mine, Role::Admin), (&theirs, Role::Admin)]).await;
        let eve = api.user("eve", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let mallory = api.user("mallory", Role::Admin, &[(&theirs, Role::Admin)]).await;
        let post = async |token: &str, body: Value| post(api, token, body).await;
        let search = "service_name=checkout&q=card%20declined";
        let made = post(&ada, json!({"project_id": mine, "name": "Declined", "search": search})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let made = made.json();
        assert_eq!(
            (&made["search"], &made["shared"], &made["mine"]),
            (&json!(search), &json!(false), &json!(true))
        );
        let path = format!("/v1/views/{}", made["id"].as_str().unwrap());
        let own = json!({"project_id": mine, "name": "Own", "search": ""});
        assert_eq!(post(&eve, own).await.status, 201, "a viewer keeps views too");
        assert_eq!(names(&api.get("/v1/views", &eve).await.json()), ["Own"]);
        let hidden = api.call(Method::DELETE, &path, Some(&eve), None).await;
        assert_eq!((hidden.status.as_u16(), &hidden.json()["error"]), (404, &json!("view not found")));

        let share = json!({"name": "Declined", "search": search, "shared": true});
        assert_eq!(api.call(Method::PUT, &path, Some(&ada), Some(&share)).await.status, 200);
        let seen = api.get(&format!("/v1/views?project_id={mine}"), &eve).await.json();
        assert_eq!(names(&seen), ["Declined", "Own"]);
        assert_eq!((&seen["data"][0]["mine"], &seen["data"][0]["author"]), (&json!(false), &json!("ada")));
        assert_eq!(names(&api.get("/v1/views", &mallory).await.json()), [""; 0], "a foreign project's");
        for (token, method, status) in
            [(&eve, Method::PUT, 403), (&eve, Method::DELETE, 403), (&mallory, Method::DELETE, 404)]
        {
            let body = (method == Method::PUT).then_some(&share);
            assert_eq!(api.call(method, &path, Some(token), body).await.status, status);
        }
        let shared = json!({"project_id": mine, "name": "x", "search": "", "shared": true});
        assert_eq!(post(&eve, shared).await.status, 403, "viewers share nothing");
        let wide = post(&ada, json!({"name": "Wide", "search": "q=a"})).await.json();
        assert_eq!(wide["project_id"], Value::Null);
        let of_one = api.get(&format!("/v1/views?project_id={theirs}"), &ada).await.json();
        assert_eq!(names(&of_one), ["Wide"], "for whatever project one looks at");

        let boss = api.user("boss", Role::Admin, &[(&mine, Role::Owner)]).await;
        assert_eq!(api.call(Method::DELETE, &path, Some(&boss), None).await.status, 204);
        let acts = outbox::oldest(&api.control, 1000).await.unwrap();
        let acts: Vec<_> = acts.iter().filter(|act| act.entry.object.starts_with("/views/")).collect();
        let verbs: Vec<_> = acts.iter().map(|act| act.entry.verb.as_str()).collect();
        assert_eq!(verbs, ["CREATE", "CREATE", "CHANGE", "CREATE", "DELETE"]);
        assert!(acts.iter().all(|act| !act.entry.details.to_string().contains("card")), "not what is sought");
    })
    .await;
}

#[tokio::test]
async fn a_view_that_cannot_be_kept_is_refused_by_field() {
    Fixture::run(async |api| {
        let mine = api.project("a").await;
        let ada = api.user("ada", Role::Admin, &[(&mine, Role::Admin)]).await;
        for (body, parameter) in [
            (json!({"name": "x", "search": "", "shared": true}), "shared"),
            (json!({"project_id": mine, "name": " ", "search": ""}), "name"),
            (json!({"project_id": mine, "name": "x"}), "search"),
            (json!({"project_id": mine, "name": "x", "search": "a".repeat(8_001)}), "search"),
            (json!({"project_id": mine, "name": "x", "search": "", "shared": 1}), "shared"),
            (json!({"project_id": mine, "name": "x", "search": "", "user_id": "me"}), "user_id"),
        ] {
            let answer = post(api, &ada, body).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["parameter"]), (400, &json!(parameter)));
        }
        assert_eq!(names(&api.get("/v1/views", &ada).await.json()), [""; 0]);
    })
    .await;
}
