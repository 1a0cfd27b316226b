//! Lists: filters, orders, pages and totals, against what was stored.

use std::collections::BTreeSet;

use bataudit_control::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, encode, event, now_ms, with};

const HOUR: i64 = 3_600_000;

/// Events whose times collide, spread over days, with ids of all kinds, in two projects.
fn colliding(projects: &[String], now: i64) -> Vec<Value> {
    let rows = (0..257_i64).map(|n| {
        let timestamp = now - (n % 7) * 11 * HOUR - (n % 3);
        let id = if n % 2 == 0 { Uuid::new_v4() } else { Uuid::now_v7() };
        let project = &projects[usize::try_from(n % 2).unwrap()];
        let values = json!({"id": id, "status_code": 200 + (n % 5) * 100, "response_time": n % 4});
        with(event(project, timestamp), values)
    });
    rows.collect()
}

async fn walk(api: &Fixture, token: &str, query: &str) -> Vec<String> {
    let mut path = format!("/v1/audit?{query}");
    let mut ids = Vec::new();
    loop {
        let answer = api.get(&path, token).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        ids.extend(answer.ids());
        let page = answer.json()["pagination"].clone();
        assert_eq!(page["totalItems"], 257, "{path}: {page}");
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/audit?{query}&cursor={cursor}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn cursors_neither_skip_nor_repeat() {
    Fixture::run(async |api| {
        let projects = [api.project("a").await, api.project("b").await];
        let token =
            api.user("me", Role::Viewer, &[(&projects[0], Role::Viewer), (&projects[1], Role::Viewer)]).await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let rows = colliding(&projects, now_ms());
        api.insert(&rows).await;
        let all: BTreeSet<_> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        for token in [&token, &owner] {
            let newest = walk(api, token, "limit=20").await;
            assert_eq!(newest.len(), all.len(), "no event twice, none missing");
            assert_eq!(newest.iter().cloned().collect::<BTreeSet<_>>(), all);
            let mut oldest = walk(api, token, "limit=64&sort_order=asc").await;
            oldest.reverse();
            assert_eq!(newest, oldest, "both directions are one order");
            assert_eq!(walk(api, token, "limit=257").await, newest);
        }
    })
    .await;
}

#[tokio::test]
async fn arrivals_do_not_move_the_pages_after_a_cursor() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let rows: Vec<_> = (0..6).map(|n| event(&project, now - n * 1_000)).collect();
        api.insert(&rows).await;
        let first = api.get("/v1/audit?limit=3", &token).await;
        api.insert(&[event(&project, now + 1_000), event(&project, now + 2_000)]).await;
        let cursor = first.json()["pagination"]["next_cursor"].as_str().unwrap().to_owned();
        let second = api.get(&format!("/v1/audit?limit=3&cursor={cursor}"), &token).await;
        let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!([first.ids(), second.ids()].concat(), ids);
        let page = &second.json()["pagination"];
        assert_eq!(
            (&page["page"], &page["totalItems"], &page["next_cursor"]),
            (&json!(2), &json!(6), &Value::Null)
        );
    })
    .await;
}

#[tokio::test]
async fn numbered_pages_are_stable_in_every_order() {
    Fixture::run(async |api| {
        let projects = [api.project("a").await, api.project("b").await];
        let token = api.user("owner", Role::Owner, &[]).await;
        let rows = colliding(&projects, now_ms());
        api.insert(&rows).await;
        for order in ["sort_by=status_code", "sort_by=response_time&sort_order=asc", "sort_by=timestamp"] {
            let mut seen = BTreeSet::new();
            let mut values = Vec::new();
            for page in 1..=6 {
                let answer = api.get(&format!("/v1/audit?limit=50&page={page}&{order}"), &token).await;
                let body = answer.json();
                assert_eq!(body["pagination"]["totalPage"], 6);
                seen.extend(answer.ids());
                values.extend(
                    body["data"].as_array().unwrap().iter().map(|item| item["status_code"].as_u64().unwrap()),
                );
            }
            assert_eq!(seen.len(), 257, "{order}");
            if order == "sort_by=status_code" {
                assert!(values.is_sorted_by(|a, b| a >= b));
            }
        }
        let beyond = api.get("/v1/audit?page=7&limit=50", &token).await.json();
        assert_eq!((&beyond["data"], &beyond["pagination"]["totalItems"]), (&json!([]), &json!(257)));
    })
    .await;
}

#[tokio::test]
async fn each_filter_finds_its_events() {
    Fixture::run(async |api| {
        let (project, other) = (api.project("a").await, api.project("b").await);
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let special = with(
            event(&other, now - 2 * HOUR),
            json!({
                "service_name": "pay", "identifier": "o'brien", "method": "PATCH", "path": "/p?q=1&r=%20",
                "status_code": 503, "environment": "staging", "event_type": "login", "source": "browser",
                "tenant_id": "t-1", "user_email": "o'brien@x.com", "request_id": "r-1", "session_id": "s-1",
                "ip": "::ffff:203.0.113.7",
            }),
        );
        api.insert(&[event(&project, now), special.clone()]).await;
        let id = special["id"].as_str().unwrap();
        let before = encode(&chrono_text(now - HOUR));
        for query in [
            format!("project_id={other}"),
            "service_name=pay".to_owned(),
            format!("identifier={}", encode("o'brien")),
            "method=patch".to_owned(),
            format!("path={}", encode("/p?q=1&r=%20")),
            "status_code=503".to_owned(),
            "status_class=5xx".to_owned(),
            "environment=stage".to_owned(),
            "event_type=login".to_owned(),
            "source=browser".to_owned(),
            "tenant_id=t-1".to_owned(),
            format!("user_email={}", encode("o'brien@x.com")),
            "request_id=r-1".to_owned(),
            "session_id=s-1".to_owned(),
            "ip=203.0.113.7".to_owned(),
            format!("end_date={before}"),
            format!("service_name=pay&status_class=5xx&environment=staging&end_date={before}"),
        ] {
            let answer = api.get(&format!("/v1/audit?{query}"), &token).await;
            assert_eq!(answer.ids(), [id], "{query}");
            assert_eq!(answer.json()["pagination"]["totalItems"], 1, "{query}");
        }
        let nothing = api.get("/v1/audit?service_name=pay&status_class=2xx", &token).await;
        assert_eq!(
            nothing.json()["pagination"],
            json!({"page": 1, "totalPage": 0, "limit": 10, "totalItems": 0, "totalIsExact": true,
                "next_cursor": null})
        );
        let item = &api.get("/v1/audit?service_name=pay", &token).await.json()["data"][0];
        let names: BTreeSet<_> = item.as_object().unwrap().keys().map(String::as_str).collect();
        let wanted = "environment event_type id identifier method path project_id response_time service_name \
                      status_code timestamp user_email user_name";
        assert_eq!(names, wanted.split_whitespace().collect());
    })
    .await;
}

fn chrono_text(unix_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(unix_ms).unwrap().to_rfc3339()
}

#[tokio::test]
async fn totals_of_the_rollups_are_those_of_the_rows() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let mut rows: Vec<_> = (0..300_i64)
            .map(|n| {
                let values = json!({
                    "status_code": if n % 10 == 0 { 0 } else { 200 + (n % 4) * 100 },
                    "environment": if n % 3 == 0 { "staging" } else { "production" },
                    "service_name": format!("s{}", n % 5), "source": if n % 7 == 0 { "browser" } else { "backend" },
                    "method": if n % 2 == 0 { "GET" } else { "POST" }, "route": format!("/r{}", n % 3),
                });
                with(event(&project, now - n * 29 * 60_000 - n * 17), values)
            })
            .collect();
        rows.push(with(event(&project, now - 5 * HOUR), json!({"event_type": "system.alert", "status_code": 0})));
        api.insert(&rows).await;
        let (start, end) = (now - 100 * HOUR - 12_345, now - 3 * HOUR - 54_321);
        let range = format!("start_date={}&end_date={}", encode(&chrono_text(start)), encode(&chrono_text(end)));
        for query in [
            String::new(),
            range.clone(),
            format!("{range}&status_class=4xx"),
            format!("{range}&status_class=2xx&service_name=s1"),
            format!("{range}&environment=staging&source=browser"),
            format!("project_id={project}&environment=production"),
            format!("{range}&method=GET"),
            format!("{range}&route=/r1&status_class=4xx"),
            format!("{range}&route=/r1&status_class=2xx"),
            format!("{range}&status_code=404&status_code=500&method!=GET"),
            format!("project_id={project}&status_class!=2xx"),
            format!("{range}&event_type=http&status_class=3xx"),
            format!("{range}&event_type=system.alert"),
        ] {
            let answer = api.get(&format!("/v1/audit?limit=1000&{query}"), &token).await;
            let found = answer.ids().len();
            assert_eq!(answer.json()["pagination"]["totalItems"], found, "{query}");
            // A page that holds them all counts them itself; one that does not asks.
            let answer = api.get(&format!("/v1/audit?limit=1&{query}"), &token).await;
            assert_eq!(answer.json()["pagination"]["totalItems"], found, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn values_are_data_never_sql() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let evil = [
            "'; DROP TABLE events; --",
            "\\'; DROP TABLE events; --",
            "' OR 1=1 --",
            "{p0:String}",
            "?",
            "\\N",
            "tab\tnew\nline\\t",
            "back\\slash\\",
            "`\"'",
            "O'Brien \u{5317}\u{4eac} \u{1f987}",
            "100%&=+#",
            " leading and trailing ",
        ];
        let rows: Vec<_> =
            evil.iter().map(|value| with(event(&project, now_ms()), json!({"identifier": value}))).collect();
        api.insert(&rows).await;
        for (value, row) in evil.iter().zip(&rows) {
            let answer = api.get(&format!("/v1/audit?identifier={}", encode(value)), &token).await;
            assert_eq!(answer.ids(), [row["id"].as_str().unwrap()], "{value}");
            assert_eq!(answer.json()["data"][0]["identifier"], *value);
            for name in ["service_name", "path", "environment", "event_type", "request_id", "project_id"] {
                let answer = api.get(&format!("/v1/audit?{name}={}", encode(value)), &token).await;
                assert_eq!(
                    (answer.status.as_u16(), &answer.json()["data"]),
                    (200, &json!([])),
                    "{name}={value}"
                );
            }
            let stats = api.get(&format!("/v1/audit/stats?service_name={}", encode(value)), &token).await;
            assert_eq!(stats.json()["total"], 0);
        }
        assert_eq!(api.get("/v1/audit", &token).await.json()["pagination"]["totalItems"], evil.len());
    })
    .await;
}

#[tokio::test]
async fn bad_parameters_are_named() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        for (path, parameter) in [
            ("/v1/audit?limit=1001", "limit"),
            ("/v1/audit?limit=0", "limit"),
            ("/v1/audit?page=-1", "page"),
            ("/v1/audit?page=1000&limit=1000", "page"),
            ("/v1/audit?status_code=abc", "status_code"),
            ("/v1/audit?status_class=1xx", "status_class"),
            ("/v1/audit?start_date=yesterday", "start_date"),
            ("/v1/audit?end_date=2026-01-31", "end_date"),
            ("/v1/audit?start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", "end_date"),
            ("/v1/audit?sort_by=id", "sort_by"),
            ("/v1/audit?sort_order=down", "sort_order"),
            ("/v1/audit?cursor=AAAA", "cursor"),
            ("/v1/audit?servicename=x", "servicename"),
            ("/v1/audit/stats?days=90", "days"),
            ("/v1/audit/stats?start_date=1990-01-01T00:00:00Z", "start_date"),
            ("/v1/audit/facets?limit=1", "limit"),
            ("/v1/audit?q=%2D%2D", "q"),
            ("/v1/audit?project_id=a&project_id=b", "project_id"),
            ("/v1/audit?status_code=200&status_code=1000", "status_code"),
            ("/v1/audit/stats?path=/x&start_date=2020-01-01T00:00:00Z", "start_date"),
            ("/v1/audit/stats/history?period=week", "period"),
            ("/v1/audit/stats/history?period=hour&start_date=2020-01-01T00:00:00Z", "start_date"),
            ("/v1/audit/stats/usage?limit=1", "limit"),
            ("/v1/audit/insights?period=1y", "period"),
            ("/v1/audit/insights?period=7d&start_date=2026-01-01T00:00:00Z", "period"),
            ("/v1/audit/insights?limit=0", "limit"),
            ("/v1/audit/affected-users?start=yesterday", "start_date"),
            ("/v1/audit/sessions?cursor=AAAA", "cursor"),
            ("/v1/audit/sessions/s?limit=1001", "limit"),
            ("/v1/audit/export?format=xml", "format"),
            ("/v1/audit/export?columns=id", "columns"),
            ("/v1/audit/export?limit=5", "limit"),
            ("/v1/audit/orphans?grace_seconds=-1", "grace_seconds"),
            ("/v1/audit/stream?limit=1", "limit"),
            ("/v1/audit/stream?cursor=x", "cursor"),
            ("/v1/auth/api-keys", "project_id"),
        ] {
            let answer = api.get(path, &token).await;
            let body = answer.json();
            assert_eq!(answer.status, 400, "{path}: {body}");
            assert_eq!(
                (&body["code"], &body["parameter"]),
                (&json!("invalid_parameter"), &json!(parameter)),
                "{body}"
            );
            assert!(body["error"].as_str().unwrap().starts_with(parameter), "{body}");
            assert_eq!(body["request_id"].as_str(), answer.headers["x-request-id"].to_str().ok());
        }
    })
    .await;
}

/// A page is answered however many events hold a common word; that there are more than counted is said.
#[tokio::test]
async fn words_are_counted_up_to_some_hundreds() {
    Fixture::run(async |api| {
        let project = api.project("words").await;
        let token = api.user("reader", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        let of =
            |number: i64, text: &str| with(event(&project, now - number), json!({"error_message": text}));
        let rows: Vec<_> = (0..1_200).map(|n| of(n, "timeout of the bank")).collect();
        api.insert(&rows).await;
        api.insert(&(0..150).map(|n| of(n, "declined")).collect::<Vec<_>>()).await;

        let counted = async |query: &str| {
            let page = api.get(&format!("/v1/audit?{query}"), &token).await.json()["pagination"].clone();
            (page["totalItems"].as_u64().unwrap(), page["totalIsExact"].as_bool().unwrap(), page)
        };
        let (total, is_exact, page) = counted("q=timeout&limit=100").await;
        assert_eq!((total, is_exact), (300, false));
        let cursor = page["next_cursor"].as_str().unwrap();
        let (total, is_exact, _) = counted(&format!("q=timeout&limit=100&cursor={cursor}")).await;
        assert_eq!((total, is_exact), (300, false), "the next page tells the same");
        // What was found counts, also beyond those.
        let (total, is_exact, _) = counted("q=timeout&limit=100&page=11").await;
        assert_eq!((total, is_exact), (1_101, false));
        let (total, is_exact, _) = counted("q=timeout&limit=100&page=12").await;
        assert_eq!((total, is_exact), (1_200, true), "the last page has found them all");
        let (total, is_exact, _) = counted("q=declined&limit=100").await;
        assert_eq!((total, is_exact), (150, true));
        let (total, is_exact, _) = counted("limit=100").await;
        assert_eq!((total, is_exact), (1_350, true));
    })
    .await;
}

/// Old events that a filter finds are met in windows, each of which is read once: together they read what is stored once,
/// but for the days in which two of them meet.
#[tokio::test]
async fn what_a_window_held_is_not_read_again() {
    const DAYS: u64 = 25;
    const ROWS: u64 = 4_000;
    Fixture::run(async |api| {
        let project = api.project("windows").await;
        let token = api.user("reader", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let now = now_ms();
        api.execute(&format!(
            "INSERT INTO events (id, project_id, event_type, timestamp, received_at, method, path, route, status_code, \
             service_name, environment) SELECT generateUUIDv4(), '{project}', 'http', \
             fromUnixTimestamp64Milli({now} - toInt64(number * 24 * {HOUR} / {ROWS}), 'UTC') AS at, at, 'GET', '/', '/', \
             200, 'shop', 'production' FROM numbers({DAYS} * {ROWS})"
        ))
        .await;
        let ages = [1, 2 * HOUR, 2 * HOUR + 1, 23 * HOUR, 60 * HOUR, 400 * HOUR];
        let rare: Vec<_> =
            ages.iter().map(|age| with(event(&project, now - age), json!({"tenant_id": "rare"}))).collect();
        api.insert(&rare).await;
        let ids: Vec<_> = rare.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();

        let newest = api.get("/v1/audit?tenant_id=rare&limit=100", &token).await;
        assert_eq!(newest.ids(), ids);
        assert_eq!(newest.json()["pagination"]["totalItems"], ids.len());
        let read: u64 = api.logged("rare%ORDER BY timestamp DESC", "read_rows").await.iter().sum();
        assert!((DAYS * ROWS..(DAYS + 4) * ROWS).contains(&read), "{read}");

        let mut oldest = api.get("/v1/audit?tenant_id=rare&limit=100&sort_order=asc", &token).await.ids();
        oldest.reverse();
        assert_eq!(oldest, ids);
        let second = api.get("/v1/audit?tenant_id=rare&limit=2&page=2", &token).await;
        assert_eq!(second.ids(), ids[2..4]);
        let cursor = second.json()["pagination"]["next_cursor"].as_str().unwrap().to_owned();
        let third = api.get(&format!("/v1/audit?tenant_id=rare&limit=2&cursor={cursor}"), &token).await;
        assert_eq!(third.ids(), ids[4..]);
    })
    .await;
}
