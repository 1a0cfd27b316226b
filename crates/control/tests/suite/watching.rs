//! Monitors: bounded, changed, written down in one step.

use bataudit_control::anomaly_incidents::{self, Alert, Changes};
use bataudit_control::monitors::checks::{self, Check, Step};
use bataudit_control::monitors::{self, Change, Monitor, Status, Target, changes, spans, trials};
use bataudit_control::notifications::{
    NewChannel, Outcome, Vapid, channels, deliveries, subscriptions, vapid,
};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::{Actor, Error, Role, Store, members, users};
use bataudit_service::Secret;
use uuid::Uuid;

use super::{on_postgres, on_sqlite};

on_both!(
    a_project_has_a_few_monitors_only,
    a_check_is_written_down_once_or_not_at_all,
    another_target_begins_anew,
    trials_are_answered_once,
    browsers_are_told_while_their_users_may_read,
);

fn target() -> Target {
    Target {
        name: "shop".to_owned(),
        url: "https://shop.example.com".to_owned(),
        interval_seconds: 60,
        timeout_seconds: 10,
        expected_status: 200,
        certificate_warning_days: 14,
        enabled: true,
    }
}

async fn monitor(store: &Store) -> Monitor {
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    let project = projects::create(store, new).await.unwrap().id;
    monitors::create(store, &project, target(), None, 10).await.unwrap().unwrap()
}

fn step(monitor: &Monitor, status: Status, at: i64, in_time: bool) -> Step {
    Step {
        check: Check {
            id: checks::new_id(),
            monitor_id: monitor.id.clone(),
            status: status.as_str().to_owned(),
            status_code: Some(200),
            response_ms: 12,
            error: None,
            checked_at: at,
        },
        status,
        since_ms: at,
        known_ms: 0,
        in_time,
        due_at: at + 60_000,
        certificate_expires_at: Some(at + 1),
        certificate_warned: None,
        changes: Vec::new(),
    }
}

async fn read(store: &Store, id: &str) -> Monitor {
    monitors::by_id(store, id).await.unwrap().unwrap()
}

async fn a_project_has_a_few_monitors_only(store: Store) {
    let first = monitor(&store).await;
    assert!(monitors::create(&store, &first.project_id, target(), None, 1).await.unwrap().is_none());
    let second = monitors::create(&store, &first.project_id, target(), None, 2).await.unwrap().unwrap();
    let nowhere = monitors::create(&store, "nowhere", target(), None, 2).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
    assert_eq!(monitors::list(&store, None).await.unwrap(), [first.clone(), second.clone()]);
    assert!(monitors::list(&store, Some(&[])).await.unwrap().is_empty());
    let own = [first.project_id.clone()];
    assert_eq!(monitors::list(&store, Some(&own)).await.unwrap().len(), 2);
    assert!(monitors::delete(&store, &second).await.unwrap());
    assert!(!monitors::delete(&store, &second).await.unwrap());
}

async fn a_check_is_written_down_once_or_not_at_all(store: Store) {
    let new = monitor(&store).await;
    let channel = NewChannel {
        project_id: &new.project_id,
        kind: "webhook",
        url: "https://a.b",
        secret: None,
        created_by: None,
    };
    let channel = channels::create(&store, channel).await.unwrap().id;
    let change = Change {
        event_id: Uuid::now_v7().to_string(),
        event: "{}".to_owned(),
        alert: r#"{"a":1}"#.to_owned(),
    };
    let down = Step { changes: vec![change.clone()], ..step(&new, Status::Down, 1_000, false) };
    assert!(checks::record(&store, &new, &down).await.unwrap());
    assert!(!checks::record(&store, &new, &down).await.unwrap(), "it is not as it was");
    let known = read(&store, &new.id).await;
    assert_eq!(
        (known.status, known.checked_at, known.certificate_expires_at),
        (Status::Down, Some(1_000), Some(1_001))
    );
    let up = step(&new, Status::Up, 61_000, true);
    assert!(checks::record(&store, &known, &up).await.unwrap());
    assert_eq!(checks::list(&store, &new.id, 9).await.unwrap(), [up.check.clone(), down.check.clone()]);
    assert_eq!(checks::last_of_each(&store).await.unwrap(), [up.check]);
    let found = spans::between(&store, &new.id, 0, 100_000).await.unwrap();
    let found: Vec<_> = found.iter().map(|span| (span.from_ms, span.to_ms)).collect();
    assert_eq!(found, [(1_000, 61_000), (61_000, 61_000)]);
    let untold = changes::oldest(&store, 9).await.unwrap();
    assert_eq!((untold[0].id.as_str(), untold.len()), (change.event_id.as_str(), 1));
    let queued = deliveries::list(&store, &channel, 9).await.unwrap();
    assert_eq!((queued[0].alert.as_str(), queued.len()), (r#"{"a":1}"#, 1));
    changes::remove(&store, &untold).await.unwrap();
    assert!(changes::oldest(&store, 9).await.unwrap().is_empty());
    assert_eq!(checks::remove_before(&store, 61_000).await.unwrap(), 1);
    assert_eq!(spans::remove_before(&store, 61_001).await.unwrap(), 2);
}

async fn another_target_begins_anew(store: Store) {
    let new = monitor(&store).await;
    checks::record(&store, &new, &step(&new, Status::Down, 1_000, false)).await.unwrap();
    let known = read(&store, &new.id).await;
    let slower = Target { interval_seconds: 600, name: "other".to_owned(), ..target() };
    let slower = monitors::change(&store, known.clone(), slower).await.unwrap();
    assert_eq!((slower.status, slower.checked_at), (Status::Down, Some(1_000)), "it is still the same");
    assert!(!checks::record(&store, &known, &step(&new, Status::Up, 2_000, true)).await.unwrap());
    assert_eq!(read(&store, &new.id).await, slower);
    let elsewhere = Target { url: "https://b.c".to_owned(), ..target() };
    let elsewhere = monitors::change(&store, slower, elsewhere).await.unwrap();
    assert_eq!((elsewhere.status, elsewhere.checked_at), (Status::Unknown, None));
    assert_eq!(read(&store, &new.id).await, elsewhere);
    monitors::delete(&store, &elsewhere).await.unwrap();
    assert!(matches!(monitors::change(&store, elsewhere, target()).await, Err(Error::NotFound { .. })));
}

async fn trials_are_answered_once(store: Store) {
    let new = monitor(&store).await;
    let id = trials::ask(&store, &new.id).await.unwrap();
    let waiting = trials::waiting(&store, 9).await.unwrap();
    assert_eq!((waiting[0].id.as_str(), waiting[0].monitor_id.as_str()), (id.as_str(), new.id.as_str()));
    assert_eq!(trials::result(&store, &id).await.unwrap(), None);
    trials::answer(&store, &id, "{}").await.unwrap();
    assert_eq!(trials::result(&store, &id).await.unwrap().as_deref(), Some("{}"));
    assert!(trials::waiting(&store, 9).await.unwrap().is_empty());
    assert!(matches!(trials::ask(&store, "none").await, Err(Error::NotFound { what: "monitor" })));
    assert_eq!(trials::remove_before(&store, i64::MAX).await.unwrap(), 1);
}

async fn browsers_are_told_while_their_users_may_read(store: Store) {
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    let project = projects::create(&store, new).await.unwrap().id;
    let ada = super::user(&store, "ada@x.y", Role::Viewer).await;
    members::add(&store, &project, &ada.id, Role::Viewer).await.unwrap();
    let subscribe = async |n: usize| {
        subscriptions::subscribe(&store, &project, &ada.id, &format!("https://p/{n}"), "{}").await
    };
    let first = subscribe(0).await.unwrap();
    for n in 1..20 {
        subscribe(n).await.unwrap();
    }
    assert!(matches!(subscribe(20).await, Err(Error::Invalid { .. })));
    assert_eq!(subscribe(0).await.unwrap().id, first.id, "again, and not one more");
    assert!(channels::list(&store, &project).await.unwrap().is_empty(), "no addresses of the project");
    let told = async |event: &str| {
        let alert = Alert { event_id: event.to_owned(), project_id: project.clone(), body: "{}".to_owned() };
        let changes = Changes { alerts: vec![alert], ..Changes::default() };
        anomaly_incidents::apply(&store, &changes, 0).await.unwrap();
        deliveries::list(&store, &first.id, 9).await.unwrap().len()
    };
    assert_eq!(told("a").await, 1);
    let own = subscriptions::of_user(&store, &ada.id).await.unwrap();
    assert_eq!((own.len(), own[0].id.as_str(), own[0].last_told_at), (20, first.id.as_str(), None));
    let success = Outcome { success: true, ..Outcome::default() };
    let queued = deliveries::list(&store, &first.id, 9).await.unwrap();
    deliveries::ended(&store, &queued[0].id, &success).await.unwrap();
    let browser = Actor { user_agent: "Firefox".to_owned(), ..Actor::default() };
    let acting = store.acting(browser);
    subscriptions::subscribe(&acting, &project, &ada.id, "https://p/0", "{}").await.unwrap();
    let own = subscriptions::of_user(&store, &ada.id).await.unwrap();
    assert_eq!((own[0].user_agent.as_str(), own[1].user_agent.as_str()), ("Firefox", ""));
    assert!(own[0].last_told_at.is_some() && own[1].last_told_at.is_none(), "{own:?}");
    assert!(subscriptions::of_user(&store, "eve").await.unwrap().is_empty());
    let project_of = async |user: &str| subscriptions::project_of(&store, user, &first.id).await.unwrap();
    assert_eq!((project_of(&ada.id).await, project_of("eve").await), (Some(project.clone()), None));
    members::remove(&store, &project, &ada.id).await.unwrap();
    assert_eq!(told("b").await, 1, "no member any more");
    users::set_role(&store, &ada.id, Role::Auditor).await.unwrap();
    assert_eq!(told("c").await, 2, "an auditor reads every project");
    assert!(!subscriptions::unsubscribe(&store, &project, "eve", &first.id).await.unwrap());
    assert!(subscriptions::unsubscribe(&store, &project, &ada.id, &first.id).await.unwrap());
    let pair = |public: &str| Vapid { private_key: Secret::new("private"), public_key: public.to_owned() };
    assert!(vapid::get(&store).await.unwrap().is_none());
    vapid::keep(&store, &pair("first")).await.unwrap();
    vapid::keep(&store, &pair("second")).await.unwrap();
    assert_eq!(vapid::get(&store).await.unwrap().unwrap().public_key, "first");
}
