//! Reports: kept as they were sent, changed by those who may, invisible to others.

use axum::http::{Method, StatusCode};
use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::Fixture;

#[tokio::test]
async fn a_report_lives_from_post_to_delete() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("a").await, api.project("b").await);
        let owner = api.user("owner", Role::Owner, &[]).await;
        let me = api.user("me", Role::Admin, &[(&mine, Role::Admin)]).await;
        let post = async |token: &str, body: Value| {
            api.call(Method::POST, "/v1/reports", Some(token), Some(&body)).await
        };
        let widgets = json!([{"id": "w", "title": "T", "sql": "SELECT 1;", "viz": "line"}]);
        let layout = json!([{"i": "w", "x": 0, "y": 0, "w": 4, "h": 2}]);
        let made =
            post(&me, json!({"project_id": mine, "name": "R", "widgets": widgets, "layout": layout})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let made = made.json();
        assert_eq!(
            (&made["widgets"], &made["layout"], &made["project_id"]),
            (&widgets, &layout, &json!(mine))
        );
        let path = format!("/v1/reports/{}", made["id"].as_str().unwrap());
        assert_eq!(api.get(&path, &me).await.json(), made);

        let foreign = post(&owner, json!({"project_id": theirs, "name": "F"})).await.json();
        let instance = post(&owner, json!({"name": "I"})).await.json();
        for hidden in [&foreign, &instance] {
            let hidden = format!("/v1/reports/{}", hidden["id"].as_str().unwrap());
            for method in [Method::GET, Method::DELETE] {
                let answer = api.call(method, &hidden, Some(&me), None).await;
                assert_eq!(
                    (answer.status.as_u16(), &answer.json()["error"]),
                    (404, &json!("report not found"))
                );
            }
        }
        let names = |list: Value| {
            list["data"].as_array().unwrap().iter().map(|r| r["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(api.get("/v1/reports", &me).await.json()), ["R"]);

        let change = json!({"name": "R2", "widgets": [], "layout": []});
        let changed = api.call(Method::PUT, &path, Some(&me), Some(&change)).await.json();
        assert_eq!((&changed["name"], &changed["created_at"]), (&json!("R2"), &made["created_at"]));
        assert_eq!(names(api.get("/v1/reports", &owner).await.json()).len(), 3);
        assert_eq!(api.call(Method::DELETE, &path, Some(&me), None).await.status, StatusCode::NO_CONTENT);
        assert_eq!(
            api.call(Method::PUT, &path, Some(&me), Some(&change)).await.status,
            StatusCode::NOT_FOUND
        );
        for (body, parameter) in [
            (json!({"name": "x"}), "project_id"),
            (json!({"project_id": mine, "name": ""}), "name"),
            (json!({"project_id": mine, "name": "x", "widgets": {}}), "widgets"),
            (json!({"project_id": mine, "name": "x", "layout": [1]}), "layout"),
            (json!({"project_id": mine, "name": "x", "owner": "me"}), "owner"),
        ] {
            let answer = post(&me, body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["parameter"]),
                (400, &json!(parameter)),
                "{answer:?}"
            );
        }
    })
    .await;
}
