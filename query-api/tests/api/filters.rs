//! Filters against a model: what the API answers is what a loop over the rows would.

use std::collections::BTreeSet;

use bataudit_control::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::fixture::{Fixture, encode, event, now_ms, with};

const MINUTE: i64 = 60_000;

/// A filter, and what it means for a row.
#[derive(Debug, Clone)]
struct Asked {
    name: &'static str,
    negated: bool,
    values: Vec<&'static str>,
}

impl Asked {
    fn query(&self) -> String {
        let sign = if self.negated { "!" } else { "" };
        let pairs = self.values.iter().map(|value| format!("{}{sign}={}", self.name, encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    fn matches(&self, row: &Value) -> bool {
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let one = |value: &&str| match self.name {
            "status_code" => row["status_code"].as_u64() == value.parse().ok(),
            "status_class" => row["status_code"].to_string().starts_with(&value[..1]),
            "path_prefix" => text("path").starts_with(value),
            "ip" => text("ip").trim_start_matches("::ffff:") == *value,
            name => text(name) == **value,
        };
        self.values.iter().any(one) != self.negated
    }
}

const VALUES: &[(&str, &[&str])] = &[
    ("service_name", &["pay", "shop", "mail"]),
    ("identifier", &["ana", "bo", "o'brien"]),
    ("method", &["GET", "POST", ""]),
    ("path", &["/api/a", "/api/42", "/api/7/notes?of=9", "/api/:id", "/health"]),
    ("route", &["/api/a", "/api/:id", "/api/:id/notes", "/api/:id", "/health"]),
    ("environment", &["production", "staging"]),
    ("event_type", &["http", "login", "system.alert"]),
    ("source", &["backend", "browser"]),
    ("tenant_id", &["t1", "t2", ""]),
    ("user_email", &["ana@x.com", ""]),
    ("request_id", &["r1", "r2"]),
    ("session_id", &["s1", ""]),
    ("ip", &["203.0.113.7", "2001:db8::1"]),
    (
        "path_prefix",
        &["/api/", "/", "/api/4", "/api/:id", "/api/7/n", "/api/7/notes?", "/health", "/healthy"],
    ),
    ("status_code", &["200", "404", "503"]),
    ("status_class", &["2xx", "4xx", "5xx"]),
];

fn asked() -> impl Strategy<Value = Asked> {
    proptest::sample::select(VALUES).prop_flat_map(|(name, values)| {
        let given: Vec<&'static str> = values.iter().copied().filter(|value| !value.is_empty()).collect();
        let most = given.len();
        (proptest::sample::subsequence(given, 1..=most), any::<bool>())
            .prop_map(move |(values, negated)| Asked { name, negated, values })
    })
}

/// Every beginning of a path, alone, negated, and beside another: whether its events are counted from the rollups depends
/// on their routes.
fn beginnings() -> impl Iterator<Item = Vec<Asked>> {
    let all = VALUES.iter().find(|(name, _)| *name == "path_prefix").unwrap().1;
    let of = |negated, value: &'static str| Asked { name: "path_prefix", negated, values: vec![value] };
    let pairs = all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other)));
    let alone = all.iter().flat_map(move |value| [vec![of(false, value)], vec![of(true, value)]]);
    alone.chain(pairs.map(move |(one, other)| vec![of(false, one), of(true, other)]))
}

fn row() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..6, VALUES.len())
}

#[tokio::test]
async fn filters_mean_what_they_say() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("me", Role::Viewer, &[(&project, Role::Viewer)]).await;
        let (mut runner, now) = (TestRunner::deterministic(), now_ms());
        let mut rows = Vec::new();
        for n in 0..400_i64 {
            let picks = row().new_tree(&mut runner).unwrap().current();
            let mut made = event(&project, now - n * 7 * MINUTE);
            for ((name, values), pick) in VALUES
                .iter()
                .zip(picks)
                .filter(|((name, _), _)| !matches!(*name, "path_prefix" | "status_class" | "status_code"))
            {
                made[name] = json!(values[pick % values.len()]);
            }
            // The route follows from the path.
            let [(_, paths), (_, routes)] = [&VALUES[3], &VALUES[4]];
            let path = paths.iter().position(|path| made["path"] == *path).unwrap();
            made["route"] = json!(routes[path]);
            made["status_code"] = json!([200, 404, 503][usize::try_from(n % 3).unwrap()]);
            rows.push(made);
        }
        api.insert(&rows).await;
        let some = prop::collection::vec(asked(), 1..4);
        let drawn = (0..60).map(|_| some.new_tree(&mut runner).unwrap().current());
        for filters in drawn.chain(beginnings()).collect::<Vec<_>>() {
            let mut names = BTreeSet::new();
            let filters: Vec<_> =
                filters.into_iter().filter(|asked| names.insert((asked.name, asked.negated))).collect();
            let query = filters.iter().map(Asked::query).collect::<Vec<_>>().join("&");
            let wanted: Vec<_> =
                rows.iter().filter(|row| filters.iter().all(|asked| asked.matches(row))).collect();
            let ids: Vec<_> = wanted.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
            let list = api.get(&format!("/v1/audit?limit=1000&{query}"), &token).await;
            assert_eq!(list.status, 200, "{query}: {list:?}");
            assert_eq!(list.ids(), ids, "{query}");
            assert_eq!(list.json()["pagination"]["totalItems"], ids.len(), "{query}");

            let named = filters.iter().any(|asked| asked.name == "event_type");
            let counted = wanted.iter().filter(|row| named || row["event_type"] != "system.alert");
            let stats =
                api.get(&format!("/v1/audit/stats?start_date={}&{query}", ago(now, 3_000)), &token).await;
            assert_eq!(stats.json()["total"], counted.count(), "{query}: {stats:?}");
        }
    })
    .await;
}

fn ago(now: i64, minutes: i64) -> String {
    encode(&chrono::DateTime::from_timestamp_millis(now - minutes * MINUTE).unwrap().to_rfc3339())
}

#[tokio::test]
async fn free_text_finds_whole_words_anywhere() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let fields = [
            json!({"path": "/api/Checkout/42", "error_message": "Card declined: insufficient_funds"}),
            json!({"identifier": "Zoë", "user_email": "zoe@example.com"}),
            json!({"request_body": r#"{"sku":"AB-7781","note":"schöne Grüße 北京"}"#}),
            json!({"response_body": r#"{"ok":false,"reason":"declined"}"#}),
        ];
        let rows: Vec<_> =
            (0..).zip(fields).map(|(n, fields)| with(event(&project, now - n), fields)).collect();
        api.insert(&rows).await;
        api.insert(&[with(event(&project, now - 9), json!({"path": "/nothing"}))]).await;
        for (text, found) in [
            ("declined", &[0, 3][..]),
            ("DECLINED card", &[0]),
            ("checkout 42", &[0]),
            ("declin", &[]),
            ("zoë", &[1]),
            ("ZOË", &[1]),
            ("zoe@example.com", &[1]),
            ("ab-7781", &[2]),
            ("GRÜSSE", &[]),
            ("grüße", &[2]),
            ("北京", &[2]),
            ("declined'; DROP TABLE events", &[]),
            ("declined absent", &[]),
        ] {
            let answer = api.get(&format!("/v1/audit?q={}", encode(text)), &token).await;
            let wanted: Vec<_> = found.iter().map(|n| rows[*n]["id"].as_str().unwrap().to_owned()).collect();
            assert_eq!(answer.ids(), wanted, "{text}");
            let stats = api.get(&format!("/v1/audit/stats?q={}", encode(text)), &token).await;
            assert_eq!(stats.json()["total"], found.len(), "{text}: {stats:?}");
        }
        let menus = api.get("/v1/audit/facets?q=declined&service_name=other", &token).await.json();
        assert_eq!((&menus["services"], &menus["methods"]), (&json!(["my-api"]), &json!([])), "{menus}");
    })
    .await;
}

#[tokio::test]
async fn paging_never_skips_or_repeats_while_events_arrive() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let now = now_ms();
        let mut runner = TestRunner::deterministic();
        let times = prop::collection::vec((0_i64..4_000, 0_i64..3), 120);
        let at = |(minutes, offset): (i64, i64)| now - minutes * MINUTE - offset;
        let first: Vec<_> = times
            .new_tree(&mut runner)
            .unwrap()
            .current()
            .into_iter()
            .map(|time| event(&project, at(time)))
            .collect();
        api.insert(&first).await;
        for order in ["", "&sort_order=asc", "&q=users", "&status_code!=404"] {
            let before: BTreeSet<_> =
                api.get("/v1/audit?limit=1000", &token).await.ids().into_iter().collect();
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let answer = api.get(&format!("/v1/audit?limit=17{order}{cursor}"), &token).await;
                seen.extend(answer.ids());
                // Newer and older than where the page ended.
                let more = prop::collection::vec((0_i64..4_000, 0_i64..3), 4)
                    .new_tree(&mut runner)
                    .unwrap()
                    .current();
                api.insert(&more.into_iter().map(|time| event(&project, at(time))).collect::<Vec<_>>()).await;
                match answer.json()["pagination"]["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let once: BTreeSet<_> = seen.iter().cloned().collect();
            assert_eq!(once.len(), seen.len(), "{order}: nothing twice");
            assert!(before.is_subset(&once), "{order}: nothing skipped");
        }
    })
    .await;
}

#[tokio::test]
async fn facets_are_counted_over_what_the_filter_says_of_other_fields() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("mine").await, api.project("theirs").await);
        let token = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let now = now_ms();
        let of = |service: &str, status: u16, user: &str| {
            let row = event(&mine, now - 1_000);
            with(row, json!({"service_name": service, "status_code": status, "identifier": user}))
        };
        api.insert(&[
            of("pay", 500, "ada"),
            of("pay", 502, "ada"),
            of("pay", 200, ""),
            of("web", 500, "eve"),
            event(&theirs, now),
        ])
        .await;
        let counts = async |query: &str| {
            let answer = api.get(&format!("/v1/audit/facets/counts?{query}"), &token).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            let body = answer.json();
            let facets = body["facets"].as_array().unwrap().iter().map(|facet| {
                let values = facet["values"].as_array().unwrap().iter();
                let values =
                    values.map(|v| (v["value"].as_str().unwrap().to_owned(), v["count"].as_u64().unwrap()));
                (facet["field"].as_str().unwrap().to_owned(), values.collect::<Vec<_>>())
            });
            (body["total"].as_u64().unwrap(), facets.collect::<std::collections::BTreeMap<_, _>>())
        };
        let own = |value: &str, count| (value.to_owned(), count);
        let (total, all) = counts("").await;
        assert_eq!((total, all.len()), (4, 10));
        assert_eq!(all["service_name"], [own("pay", 3), own("web", 1)]);
        assert_eq!(all["status_class"], [own("5xx", 3), own("2xx", 1)]);
        assert_eq!(all["identifier"], [own("ada", 2), own("eve", 1)], "events without a value are left out");

        let (total, some) = counts(
            "service_name=pay&status_class=5xx&field=service_name&field=status_class&field=status_code",
        )
        .await;
        assert_eq!((total, some.len()), (2, 3));
        assert_eq!(some["service_name"], [own("pay", 2), own("web", 1)], "what else it could be");
        assert_eq!(some["status_class"], [own("5xx", 2), own("2xx", 1)]);
        let codes: Vec<_> = some["status_code"].iter().map(|(code, _)| code.as_str()).collect();
        assert!(codes.len() == 2 && codes.contains(&"500") && codes.contains(&"502"), "{codes:?}");
        assert_eq!(counts("source=backend&field=source").await.1["source"], [own("backend", 4)]);
        assert_eq!(counts("limit=1&field=route").await.1["route"].len(), 1);
        let wrong = api.get("/v1/audit/facets/counts?field=path", &token).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["parameter"]), (400, &json!("field")));
    })
    .await;
}
