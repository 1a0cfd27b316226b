//! Properties of paging: whatever comes in between two pages, and however times collide, a walk by cursor finds each
//! event once; and pages of sessions are the sessions that the events make.

use std::collections::{BTreeMap, BTreeSet};

use bataudit_control::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, event, now_ms, with};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Walks that are tried.
const WALKS: usize = 12;
/// Sets of sessions that are tried.
const SETS: usize = 8;

/// An event in a plan: how long ago, and what filters ask for.
#[derive(Debug, Clone)]
struct Planned {
    ago: i64,
    status: u16,
    method: &'static str,
}

/// Times that collide often, some within the last hour and some weeks back.
fn planned() -> impl Strategy<Value = Planned> {
    let ago = prop_oneof![
        (0_i64..5).prop_map(|n| n * 10),
        (0_i64..5).prop_map(|n| n * 20 * MINUTE),
        (0_i64..5).prop_map(|n| n * 6 * DAY + 7),
    ];
    let status = prop::sample::select(vec![200, 404, 500]);
    (ago, status, prop::sample::select(vec!["GET", "POST"])).prop_map(|(ago, status, method)| Planned {
        ago,
        status,
        method,
    })
}

/// A walk: what is there, what comes after each page, how it is asked.
#[derive(Debug, Clone)]
struct Walk {
    stored: Vec<Planned>,
    arrivals: Vec<Vec<Planned>>,
    limit: usize,
    ascending: bool,
    filter: &'static str,
}

fn walk() -> impl Strategy<Value = Walk> {
    (
        prop::collection::vec(planned(), 1..60),
        prop::collection::vec(prop::collection::vec(planned(), 0..5), 0..6),
        1_usize..20,
        any::<bool>(),
        prop::sample::select(vec![
            "",
            "&status_code=404",
            "&method=GET&status_class=2xx",
            "&path=/a",
            "&q=late",
        ]),
    )
        .prop_map(|(stored, arrivals, limit, ascending, filter)| Walk {
            stored,
            arrivals,
            limit,
            ascending,
            filter,
        })
}

impl Planned {
    fn matches(&self, filter: &str) -> bool {
        match filter {
            "&status_code=404" => self.status == 404,
            "&method=GET&status_class=2xx" => self.status == 200 && self.method == "GET",
            "&path=/a" => self.method == "POST",
            "&q=late" => self.status == 500,
            _ => true,
        }
    }

    fn row(&self, project: &str, now: i64) -> Value {
        let values = json!({
            "id": if self.status == 200 { Uuid::new_v4() } else { Uuid::now_v7() }, "status_code": self.status,
            "method": self.method, "path": if self.method == "POST" { "/a" } else { "/b" },
            "error_message": if self.status == 500 { "too late" } else { "" },
        });
        with(event(project, now - self.ago), values)
    }
}

/// Stores events; returns the ids of those that match, with their times.
async fn store(api: &Fixture, project: &str, now: i64, plan: &[Planned], filter: &str) -> Vec<(i64, String)> {
    let rows: Vec<_> = plan.iter().map(|planned| planned.row(project, now)).collect();
    if !rows.is_empty() {
        api.insert(&rows).await;
    }
    let matching = plan.iter().zip(&rows).filter(|(planned, _)| planned.matches(filter));
    matching.map(|(planned, row)| (now - planned.ago, row["id"].as_str().unwrap().to_owned())).collect()
}

fn millis(time: &Value) -> i64 {
    chrono::DateTime::parse_from_rfc3339(time.as_str().unwrap()).unwrap().timestamp_millis()
}

async fn check(api: &Fixture, token: &str, project: &str, walk: &Walk) {
    let now = now_ms();
    let stored = store(api, project, now, &walk.stored, walk.filter).await;
    let mut known: BTreeMap<String, i64> = stored.iter().map(|(at, id)| (id.clone(), *at)).collect();
    // Those that every page from now on must show.
    let mut wanted: BTreeSet<String> = known.keys().cloned().collect();
    let order = if walk.ascending { "asc" } else { "desc" };
    let query =
        format!("/v1/audit?project_id={project}&limit={}&sort_order={order}{}", walk.limit, walk.filter);
    let (mut seen, mut path, mut arrivals) = (Vec::new(), query.clone(), walk.arrivals.iter());
    loop {
        let answer = api.get(&path, token).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        let body = answer.json();
        assert_eq!(
            body["pagination"]["totalItems"],
            stored.len(),
            "as the first page counted them: {walk:?}"
        );
        seen.extend(
            body["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| (millis(&item["timestamp"]), item["id"].as_str().unwrap().to_owned())),
        );
        let Some(cursor) = body["pagination"]["next_cursor"].as_str() else { break };
        path = format!("{query}&cursor={cursor}");
        let reached = seen.last().unwrap().0;
        if let Some(plan) = arrivals.next() {
            for (at, id) in store(api, project, now, plan, walk.filter).await {
                let lies_ahead = if walk.ascending { at > reached } else { at < reached };
                if lies_ahead {
                    wanted.insert(id.clone());
                }
                known.insert(id, at);
            }
        }
    }
    let ids: BTreeSet<_> = seen.iter().map(|(_, id)| id.clone()).collect();
    assert_eq!(ids.len(), seen.len(), "an event twice: {walk:?}");
    assert!(ids.is_superset(&wanted), "an event is missing: {walk:?}");
    assert!(seen.iter().all(|(at, id)| known.get(id) == Some(at)), "an event that does not match: {walk:?}");
    let in_order = |pair: &[(i64, String)]| {
        if walk.ascending { pair[0].0 <= pair[1].0 } else { pair[0].0 >= pair[1].0 }
    };
    assert!(seen.windows(2).all(in_order), "not in order: {walk:?}");
}

#[tokio::test]
async fn a_walk_finds_each_event_once_whatever_arrives() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut runner = TestRunner::deterministic();
        for number in 0..WALKS {
            let walk = walk().new_tree(&mut runner).unwrap().current();
            check(api, &token, &api.project(&format!("walk-{number}")).await, &walk).await;
        }
    })
    .await;
}

/// An event of a session in a plan: when, whose, where, and the application's id, if it has one.
type Acted = (i64, u8, u8, Option<u8>);

fn acted() -> impl Strategy<Value = Vec<Acted>> {
    let ago = prop_oneof![
        (0_i64..12).prop_map(|n| n * 10 * MINUTE),
        (0_i64..9).prop_map(|n| 23 * HOUR + n * 30 * MINUTE),
        (0_i64..300).prop_map(|n| n * 2 * HOUR),
    ];
    // Some ids come back after weeks.
    let session = prop::option::weighted(0.4, 0_u8..12);
    prop::collection::vec((ago, 0_u8..3, 0_u8..2, session), 1..120)
}

/// What tells a session from the others.
type Session = (i64, i64, u64, String, String);

/// The sessions that these events make, with named ones under their id and derived ones under their user.
fn sessions(plan: &[Acted], now: i64, is_asked: impl Fn(&Acted) -> bool) -> BTreeSet<Session> {
    let (mut named, mut others) = <(BTreeMap<_, Vec<i64>>, BTreeMap<_, Vec<i64>>)>::default();
    for acted in plan.iter().filter(|acted| is_asked(acted)) {
        let (ago, who, service, session) = *acted;
        match session {
            Some(session) => named.entry(session).or_default().push(now - ago),
            None => others.entry((who, service)).or_default().push(now - ago),
        }
    }
    let mut found = BTreeSet::new();
    for (session, mut times) in named {
        times.sort_unstable();
        found.insert((
            times[0],
            times[times.len() - 1],
            times.len() as u64,
            "explicit".into(),
            format!("s-{session}"),
        ));
    }
    for ((who, service), mut times) in others {
        times.sort_unstable();
        for run in times.chunk_by(|one, next| next - one <= 30 * MINUTE) {
            let who = format!("u-{who}@v-{service}");
            found.insert((run[0], run[run.len() - 1], run.len() as u64, "derived".into(), who));
        }
    }
    found
}

fn told(session: &Value) -> Session {
    let kind = session["kind"].as_str().unwrap();
    let text = |field: &str| session[field].as_str().unwrap().to_owned();
    let name = match kind {
        "explicit" => text("session_id"),
        _ => format!("{}@{}", text("identifier"), text("service_name")),
    };
    let times = (millis(&session["session_start"]), millis(&session["session_end"]));
    (times.0, times.1, session["event_count"].as_u64().unwrap(), kind.to_owned(), name)
}

#[tokio::test]
async fn pages_of_sessions_are_those_the_events_make() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut runner = TestRunner::deterministic();
        for number in 0..SETS {
            let plan = acted().new_tree(&mut runner).unwrap().current();
            let (project, now) = (api.project(&format!("set-{number}")).await, now_ms());
            let rows: Vec<_> = plan
                .iter()
                .map(|(ago, who, service, session)| {
                    let session = session.map_or_else(String::new, |session| format!("s-{session}"));
                    let values = json!({
                        "identifier": format!("u-{who}"), "service_name": format!("v-{service}"), "session_id": session,
                    });
                    with(event(&project, now - ago), values)
                })
                .collect();
            api.insert(&rows).await;
            let start = chrono::DateTime::from_timestamp_millis(now - 25 * DAY).unwrap().to_rfc3339();
            let start = start.replace('+', "%2B");
            for (filter, service) in [("", None), ("&service_name=v-1", Some(1))] {
                let is_asked = |acted: &Acted| {
                    acted.0 <= 25 * DAY && service.is_none_or(|service| acted.2 == service)
                };
                let expected = sessions(&plan, now, is_asked);
                for limit in [3, 1000] {
                    let query = format!(
                        "/v1/audit/sessions?project_id={project}&start_date={start}&limit={limit}{filter}"
                    );
                    let (mut found, mut path) = (Vec::new(), query.clone());
                    loop {
                        let body = api.get(&path, &token).await.json();
                        found.extend(body["data"].as_array().unwrap().iter().map(told));
                        let Some(cursor) = body["next_cursor"].as_str() else { break };
                        path = format!("{query}&cursor={cursor}");
                    }
                    assert!(found.is_sorted_by(|one, next| one.0 >= next.0), "{found:?}");
                    let all: BTreeSet<_> = found.iter().cloned().collect();
                    assert_eq!((found.len(), &all), (expected.len(), &expected), "{plan:?}");
                }
            }
        }
    })
    .await;
}
