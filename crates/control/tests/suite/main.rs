//! The same cases on SQLite and on PostgreSQL: what one accepts, the other must too.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

use std::time::Duration;

use bataudit_control::anomaly_incidents::{self, Alert, AnomalyIncident, Changes, Handling, Step, Which};
use bataudit_control::anomaly_rules::{self, Wanted};
use bataudit_control::console::history::Run;
use bataudit_control::console::{history, saved};
use bataudit_control::exports::{self, NewExport};
use bataudit_control::first_start::{OwnerConfig, ensure_owner, ensure_project};
use bataudit_control::keys::{self, NewKey};
use bataudit_control::mask_rules::{self, NewRules};
use bataudit_control::notifications::{NewChannel, Outcome, channels, deliveries};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::reconciliations::{self, Reconciliation};
use bataudit_control::reports::{self, Content};
use bataudit_control::users::{self, NewUser, User};
use bataudit_control::{Config, Error, Role, Store, lease, marks, members, revision, sessions};
use bataudit_event::access::KeyScope;
use bataudit_service::{Env, Field, Secret};
use sqlx::Connection as _;

const POSTGRES_URL: Field = Field::new(
    "BATAUDIT_TEST_POSTGRES_URL",
    "postgres://bataudit:bataudit@127.0.0.1:15432/bataudit",
    "PostgreSQL for tests.",
);

/// Runs every case on both databases, each in an empty store of its own.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $case() { super::on_sqlite(super::$case).await; })+
        }
        mod postgres {
            $(#[tokio::test] async fn $case() { super::on_postgres(super::$case).await; })+
        }
    };
}

mod acts;
mod adoption;
mod examined;
mod keeping;
mod people;
mod screens;
mod sealing;
mod seeing;
mod watching;

on_both!(
    users_log_in_with_their_password_only,
    sessions_end,
    projects_and_members,
    ensured_projects,
    keys_are_published_until_they_end,
    every_change_raises_the_revision,
    masking_rules_keep_every_version,
    exports_and_reports_are_kept,
    what_was_asked_is_its_authors,
    leases_have_one_holder,
    a_lease_of_a_clock_that_was_ahead_can_be_seized,
    comparisons_are_kept_and_added_up,
    anomaly_rules_start_once_and_can_be_changed,
    incidents_are_told_once,
    incidents_are_handled_by_people,
    marks_are_kept,
    deliveries_wait_in_the_queue_until_they_end,
    concurrent_writers_all_succeed,
    first_start_happens_once,
    migrating_again_changes_nothing,
);

async fn on_sqlite(case: impl AsyncFnOnce(Store)) {
    at_sqlite(async |config| with_store(&config, case).await).await;
}

async fn on_postgres(case: impl AsyncFnOnce(Store)) {
    at_postgres(async |config| with_store(&config, case).await).await;
}

async fn with_store(config: &Config, case: impl AsyncFnOnce(Store)) {
    let store = Store::connect(config).await.unwrap();
    store.migrate().await.unwrap();
    case(store.clone()).await;
    store.close().await;
}

async fn at_sqlite(case: impl AsyncFnOnce(Config)) {
    let folder = tempfile::tempdir().unwrap();
    case(Config::sqlite(&folder.path().join("new/control.db"))).await;
}

/// A schema of its own for each case, removed when the case passed.
async fn at_postgres(case: impl AsyncFnOnce(Config)) {
    let url = Env::from_process().text(&POSTGRES_URL);
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut admin = sqlx::PgConnection::connect(&url).await.unwrap_or_else(|error| {
        panic!("PostgreSQL does not answer at {url}: run `make services-up` ({error})")
    });
    sqlx::query(&format!("CREATE SCHEMA {schema}")).execute(&mut admin).await.unwrap();
    let url = format!("{url}?options=-csearch_path%3D{schema}");
    let sealing = vec![Secret::new("what seals in the tests, of 32 bytes or more")];
    let config = Config { url: Secret::new(url), timeout: Duration::from_secs(10), sealing };
    case(config).await;
    sqlx::query(&format!("DROP SCHEMA {schema} CASCADE")).execute(&mut admin).await.unwrap();
}

async fn user(store: &Store, email: &str, role: Role) -> User {
    users::create(store, NewUser { email, name: "A User", role, password: "password of it" }).await.unwrap()
}

fn key<'a>(project_id: &'a str, name: &'a str) -> NewKey<'a> {
    let scope = KeyScope::Project;
    NewKey { project_id, name, scope, origins: &[], created_by: None, expires_at: None, rate: None }
}

async fn users_log_in_with_their_password_only(store: Store) {
    let ada = user(&store, " Ada@Example.com", Role::Owner).await;
    assert_eq!(ada.email, "ada@example.com");
    let found = users::authenticate(&store, "ADA@example.com ", "password of it").await.unwrap();
    assert_eq!(found.as_ref(), Some(&ada));
    for (email, password) in
        [("ada@example.com", "password of I"), ("eve@example.com", "password of it"), ("", "")]
    {
        assert_eq!(users::authenticate(&store, email, password).await.unwrap(), None, "{email}");
    }
    let again = NewUser { email: "ada@EXAMPLE.com", name: "B", role: Role::Viewer, password: "12345678" };
    assert!(matches!(users::create(&store, again).await, Err(Error::Conflict { .. })));
    let evil = NewUser { email: "o'brien@x.com'; DROP TABLE users; --", name: "O'Brien 北京", ..again };
    let stored = users::create(&store, evil).await.unwrap();
    assert_eq!(users::by_id(&store, &stored.id).await.unwrap().unwrap().name, "O'Brien 北京");
    for wrong in [
        NewUser { email: "nobody", ..again },
        NewUser { name: " ", ..again },
        NewUser { password: "short", ..again },
    ] {
        assert!(matches!(users::create(&store, wrong).await, Err(Error::Invalid { .. })));
    }
}

async fn masking_rules_keep_every_version(store: Store) {
    let new = |slug| NewProject { name: "P", slug, created_by: None };
    let (one, two) = (
        projects::create(&store, new("one")).await.unwrap(),
        projects::create(&store, new("two")).await.unwrap(),
    );
    assert!(mask_rules::current(&store, &one.id).await.unwrap().is_none());
    let rules = |project_id, replaces, rules| NewRules { project_id, replaces, rules, created_by: None };
    let before = revision::current(&store).await.unwrap();
    let first = mask_rules::replace(&store, rules(&one.id, 0, "[1]")).await.unwrap();
    assert!(revision::current(&store).await.unwrap() > before);
    let second = mask_rules::replace(&store, rules(&one.id, 1, "[2]")).await.unwrap();
    mask_rules::replace(&store, rules(&two.id, 0, "[3]")).await.unwrap();
    assert_eq!(first.salt.expose(), second.salt.expose(), "equal values keep equal hashes");
    let stale = mask_rules::replace(&store, rules(&one.id, 1, "[4]")).await;
    assert!(matches!(stale, Err(Error::Conflict { what: "a newer version of these rules" })), "{stale:?}");
    let nowhere = mask_rules::replace(&store, rules("nowhere", 0, "[]")).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
    let mut all: Vec<_> =
        mask_rules::all_current(&store).await.unwrap().into_iter().map(|r| (r.version, r.rules)).collect();
    all.sort();
    assert_eq!(all, [(1, "[3]".to_owned()), (2, "[2]".to_owned())]);
    assert_eq!(mask_rules::current(&store, &one.id).await.unwrap().unwrap().version, 2);
}

async fn sessions_end(store: Store) {
    let ada = user(&store, "ada@example.com", Role::Admin).await;
    let session = sessions::create(&store, &ada, 1_000, 5_000).await.unwrap();
    assert_eq!(sessions::user(&store, &session.id, 4_999).await.unwrap().unwrap().id, ada.id);
    assert_eq!(sessions::user(&store, &session.id, 5_000).await.unwrap(), None);
    assert_eq!(sessions::user(&store, "another", 2_000).await.unwrap(), None);
    users::set_role(&store, &ada.id, Role::Viewer).await.unwrap();
    assert_eq!(sessions::user(&store, &session.id, 2_000).await.unwrap().unwrap().role, Role::Viewer);
    sessions::revoke(&store, &session.id, 2_000).await.unwrap();
    sessions::revoke(&store, &session.id, 3_000).await.unwrap();
    assert_eq!(sessions::user(&store, &session.id, 2_000).await.unwrap(), None);
    assert_eq!(sessions::remove_expired(&store, 4_999).await.unwrap(), 0);
    assert_eq!(sessions::remove_expired(&store, 5_000).await.unwrap(), 1);
    let nobody = sessions::create(&store, &User { id: "nobody".to_owned(), ..ada }, 0, 1).await;
    assert!(matches!(nobody, Err(Error::NotFound { what: "user" })), "{nobody:?}");
}

async fn projects_and_members(store: Store) {
    let (ada, eve) =
        (user(&store, "ada@x.y", Role::Admin).await, user(&store, "eve@x.y", Role::Viewer).await);
    let new = NewProject { name: " My API ", slug: "my-api", created_by: Some(&ada.id) };
    let project = projects::create(&store, new).await.unwrap();
    assert_eq!((project.name.as_str(), project.created_by.as_deref()), ("My API", Some(ada.id.as_str())));
    assert!(matches!(projects::create(&store, new).await, Err(Error::Conflict { .. })));
    for slug in ["", "-a", "a b", "a/b", &"a".repeat(101)] {
        let wrong = projects::create(&store, NewProject { slug, ..new }).await;
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{slug}");
    }
    assert_eq!(members::of_user(&store, &ada.id).await.unwrap()[0].role, Role::Owner);
    assert_eq!(projects::of_user(&store, &ada.id).await.unwrap().first(), Some(&project));
    assert_eq!(projects::of_user(&store, &eve.id).await.unwrap(), []);
    members::add(&store, &project.id, &eve.id, Role::Viewer).await.unwrap();
    assert!(matches!(
        members::add(&store, &project.id, &eve.id, Role::Admin).await,
        Err(Error::Conflict { .. })
    ));
    assert!(matches!(members::add(&store, "none", &eve.id, Role::Admin).await, Err(Error::NotFound { .. })));
    assert_eq!(projects::of_user(&store, &eve.id).await.unwrap().len(), 1);
    members::remove(&store, &project.id, &eve.id).await.unwrap();
    assert_eq!(projects::all(&store).await.unwrap(), [project]);
    assert_eq!(members::of_user(&store, &eve.id).await.unwrap(), []);
}

async fn ensured_projects(store: Store) {
    let id = bataudit_event::id::project_id_of_slug("checkout").to_string();
    assert!(projects::ensure(&store, &id, "checkout", "checkout").await.unwrap());
    assert!(!projects::ensure(&store, &id, "checkout", "checkout").await.unwrap());
    assert_eq!(projects::by_id(&store, &id).await.unwrap().unwrap().created_by, None);
    let taken = projects::ensure(&store, "another id", "checkout", "checkout").await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
}

async fn keys_are_published_until_they_end(store: Store) {
    let new = NewProject { name: "p", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    let (plain, text) = keys::create(&store, key(&project.id, "plain")).await.unwrap();
    assert!(bataudit_event::key::is_well_formed(text.expose()));
    let origins = ["https://app.example.com".to_owned()];
    let browser = NewKey {
        scope: KeyScope::Browser,
        origins: &origins,
        expires_at: Some(5_000),
        ..key(&project.id, "b")
    };
    keys::create(&store, browser).await.unwrap();

    let published = keys::all_active_for_publish(&store, 4_999).await.unwrap();
    assert_eq!(published.len(), 2);
    let found = published.iter().find(|found| found.hash == keys::hash(text.expose())).unwrap();
    assert_eq!((found.project_id.as_str(), found.scope), (project.id.as_str(), KeyScope::Project));
    let found = published.iter().find(|found| found.scope == KeyScope::Browser).unwrap();
    assert_eq!((found.origins.as_slice(), found.expires_at), (origins.as_slice(), Some(5_000)));
    assert_eq!(keys::all_active_for_publish(&store, 5_000).await.unwrap().len(), 1);

    keys::revoke(&store, &plain.id).await.unwrap();
    let first = keys::by_id(&store, &plain.id).await.unwrap().unwrap();
    keys::revoke(&store, &plain.id).await.unwrap();
    assert_eq!(keys::by_id(&store, &plain.id).await.unwrap(), Some(first.clone()));
    assert!(!first.is_active(0));
    assert_eq!(keys::all_active_for_publish(&store, 5_000).await.unwrap(), []);
    assert_eq!(keys::of_project(&store, &project.id).await.unwrap().len(), 2);

    for wrong in [
        NewKey { origins: &[], ..browser },
        NewKey { origins: &origins, ..key(&project.id, "x") },
        key(&project.id, ""),
    ] {
        assert!(matches!(keys::create(&store, wrong).await, Err(Error::Invalid { .. })), "{wrong:?}");
    }
    let nowhere = keys::create(&store, key("nowhere", "x")).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
}

async fn every_change_raises_the_revision(store: Store) {
    let mut last = revision::current(&store).await.unwrap();
    let mut raised = async || {
        let now = revision::current(&store).await.unwrap();
        std::mem::replace(&mut last, now) < now
    };
    let new = NewProject { name: "p", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    assert!(raised().await, "create a project");
    projects::ensure(&store, "id", "q", "q").await.unwrap();
    assert!(raised().await, "ensure a project");
    let (key, _) = keys::create(&store, key(&project.id, "k")).await.unwrap();
    assert!(raised().await, "create a key");
    keys::revoke(&store, &key.id).await.unwrap();
    assert!(raised().await, "revoke a key");
    projects::create(&store, new).await.unwrap_err();
    assert!(!raised().await, "a change that failed");
}

fn wanted(rule_type: &str, threshold: f64) -> Wanted<'_> {
    Wanted {
        rule_type,
        threshold,
        window_seconds: 300,
        cooldown_seconds: 60,
        min_events: 25,
        service_name: None,
        environment: Some("production"),
        active: true,
    }
}

async fn shop(store: &Store) -> String {
    let new = NewProject { name: "Shop", slug: "shop", created_by: None };
    projects::create(store, new).await.unwrap().id
}

async fn anomaly_rules_start_once_and_can_be_changed(store: Store) {
    let project = shop(&store).await;
    let first = [wanted("error_rate", 20.5), wanted("mass_delete", 50.0)];
    let started = anomaly_rules::start(&store, &first).await.unwrap();
    assert!(started >= 1, "{started}");
    let rules = anomaly_rules::list(&store, &project).await.unwrap();
    let kinds: Vec<_> = rules.iter().map(|rule| (rule.rule_type.as_str(), rule.threshold)).collect();
    assert_eq!(kinds, [("error_rate", 20.5), ("mass_delete", 50.0)]);
    for rule in &rules {
        assert!(anomaly_rules::delete(&store, &rule.id).await.unwrap());
        assert!(!anomaly_rules::delete(&store, &rule.id).await.unwrap(), "it is gone");
    }
    assert_eq!(anomaly_rules::start(&store, &first).await.unwrap(), 0);
    assert_eq!(anomaly_rules::list(&store, &project).await.unwrap(), []);

    let made = anomaly_rules::create(&store, &project, &wanted("error_rate", 5.0), None).await.unwrap();
    assert_eq!(anomaly_rules::by_id(&store, &made.id).await.unwrap().as_ref(), Some(&made));
    let paused =
        Wanted { active: false, service_name: Some("api"), min_events: 30, ..wanted("error_rate", 7.25) };
    let changed = anomaly_rules::update(&store, &made.id, &paused).await.unwrap();
    assert_eq!((changed.threshold, changed.active, changed.service_name.as_deref()), (7.25, 0, Some("api")));
    assert_eq!((made.min_events, changed.min_events), (25, 30));
    let active = anomaly_rules::all_active(&store).await.unwrap();
    assert!(active.iter().all(|rule| rule.project_id != project), "{active:?}");
    let nobody = uuid::Uuid::new_v4().to_string();
    let missing = anomaly_rules::update(&store, &nobody, &paused).await;
    assert!(matches!(missing, Err(Error::NotFound { what: "rule" })), "{missing:?}");
    let foreign = anomaly_rules::create(&store, &nobody, &paused, None).await;
    assert!(matches!(foreign, Err(Error::NotFound { what: "project" })), "{foreign:?}");
    for _ in 1..anomaly_rules::MOST {
        anomaly_rules::create(&store, &project, &paused, None).await.unwrap();
    }
    let surplus = anomaly_rules::create(&store, &project, &paused, None).await;
    assert!(matches!(surplus, Err(Error::Invalid { .. })), "{surplus:?}");
}

/// A rule of a new project, and an incident of it from this time on.
async fn rule_and_incidents(store: &Store) -> (String, impl Fn(i64) -> AnomalyIncident) {
    let project = shop(store).await;
    let rule = anomaly_rules::create(store, &project, &wanted("error_rate", 5.0), None).await.unwrap();
    let of = project.clone();
    let incident = move |from_ms| AnomalyIncident {
        id: anomaly_incidents::new_id(),
        rule_id: rule.id.clone(),
        project_id: of.clone(),
        rule_type: rule.rule_type.clone(),
        service_name: "api".to_owned(),
        environment: "production".to_owned(),
        subject: String::new(),
        details: "{}".to_owned(),
        from_ms,
        to_ms: from_ms,
        found_at: from_ms + 1,
        resolved_at: None,
        fired_told: 0,
        resolved_told: 0,
        handling: Handling::default(),
    };
    (project, incident)
}

async fn incidents_are_told_once(store: Store) {
    let (project, incident) = rule_and_incidents(&store).await;
    let (first, second) = (incident(1000), incident(2000));
    let fired = Changes { fired: vec![first.clone(), second.clone()], ..Changes::default() };
    anomaly_incidents::apply(&store, &fired, 1).await.unwrap();
    let untold = anomaly_incidents::untold(&store, 9).await.unwrap();
    assert_eq!(untold, [first.clone(), second.clone()]);
    anomaly_incidents::told(&store, &untold).await.unwrap();
    assert_eq!(anomaly_incidents::untold(&store, 9).await.unwrap(), []);

    let later = Changes {
        lasting: vec![(first.id.clone(), 1500)],
        resolved: vec![first.id.clone()],
        ..Changes::default()
    };
    anomaly_incidents::apply(&store, &later, 9000).await.unwrap();
    let untold = anomaly_incidents::untold(&store, 9).await.unwrap();
    let ends: Vec<_> = untold.iter().map(|one| (&one.id, one.to_ms, one.resolved_at)).collect();
    assert_eq!(ends, [(&first.id, 1500, Some(9000))]);
    anomaly_incidents::told(&store, &untold).await.unwrap();
    assert_eq!(anomaly_incidents::untold(&store, 9).await.unwrap(), []);

    let ids = |found: Vec<AnomalyIncident>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
    let list = async |which, from_ms| {
        let after = anomaly_incidents::After { from_ms, id: "" };
        ids(anomaly_incidents::list(&store, &project, which, after, 9).await.unwrap())
    };
    assert_eq!(list(Which::All, 5000).await, [second.id.clone(), first.id.clone()]);
    assert_eq!(list(Which::Lasting, 5000).await, std::slice::from_ref(&second.id));
    assert_eq!(list(Which::All, 2000).await, std::slice::from_ref(&first.id));
    assert_eq!(ids(anomaly_incidents::near(&store, 1600).await.unwrap()), std::slice::from_ref(&second.id));
    assert_eq!(ids(anomaly_incidents::near(&store, 1500).await.unwrap()).len(), 2);
}

async fn incidents_are_handled_by_people(store: Store) {
    let (project, incident) = rule_and_incidents(&store).await;
    let (first, second) = (incident(1000), incident(2000));
    let fired = Changes { fired: vec![first.clone(), second.clone()], ..Changes::default() };
    anomaly_incidents::apply(&store, &fired, 1).await.unwrap();
    let unhandled = async || {
        let found =
            anomaly_incidents::list(&store, &project, Which::Unhandled, anomaly_incidents::After::START, 9)
                .await
                .unwrap();
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let handle = async |step, note| {
        anomaly_incidents::handle(&store, &second, step, "Ada", note).await.unwrap().handling
    };
    let looking = handle(Step::Acknowledge, Some("on it")).await;
    assert_eq!((looking.state.as_str(), looking.note.as_deref()), ("acknowledged", Some("on it")));
    assert_eq!(unhandled().await, std::slice::from_ref(&first.id));
    let settled = handle(Step::Resolve, None).await;
    assert_eq!(
        (settled.state.as_str(), settled.note.as_deref()),
        ("resolved", Some("on it")),
        "the note stays"
    );
    assert!(settled.handled_at.is_some() && settled.handled_by.as_deref() == Some("Ada"));
    let again = Changes { lasting: vec![(second.id.clone(), 2500)], ..Changes::default() };
    anomaly_incidents::apply(&store, &again, 9500).await.unwrap();
    let reopened = anomaly_incidents::by_id(&store, &second.id).await.unwrap().unwrap().handling;
    assert_eq!((reopened.state.as_str(), reopened.reopened_at), ("open", Some(9500)));
    handle(Step::Acknowledge, None).await;
    anomaly_incidents::apply(&store, &again, 9600).await.unwrap();
    let known = anomaly_incidents::by_id(&store, &second.id).await.unwrap().unwrap().handling;
    assert_eq!(
        (known.state.as_str(), known.reopened_at),
        ("acknowledged", Some(9500)),
        "somebody looks into it"
    );
}

async fn marks_are_kept(store: Store) {
    assert_eq!(marks::get(&store, "anomalies").await.unwrap(), None);
    for value in [5, 7] {
        marks::set(&store, "anomalies", value).await.unwrap();
    }
    assert_eq!(marks::get(&store, "anomalies").await.unwrap(), Some(7));
}

async fn deliveries_wait_in_the_queue_until_they_end(store: Store) {
    let project = shop(&store).await;
    let new = |url| NewChannel { project_id: &project, kind: "webhook", url, secret: None, created_by: None };
    let one = channels::create(&store, new("https://one.example")).await.unwrap();
    let two = channels::create(&store, new("https://two.example")).await.unwrap();
    let paused = channels::Change { active: Some(false), url: None };
    assert!(channels::change(&store, &two.id, paused).await.unwrap().is_some());
    let alert = Alert { event_id: "e".to_owned(), project_id: project.clone(), body: "{}".to_owned() };
    let changes = Changes { alerts: vec![alert], ..Changes::default() };
    for _ in 0..2 {
        anomaly_incidents::apply(&store, &changes, 1000).await.unwrap();
    }
    assert_eq!(deliveries::due(&store, 999, 9).await.unwrap().len(), 0);
    let due = deliveries::due(&store, 1000, 9).await.unwrap();
    assert_eq!(due.len(), 1, "queued once, and only for the active one");
    assert_eq!((due[0].channel.url.expose(), due[0].delivery.alert.as_str()), ("https://one.example", "{}"));

    let id = due[0].delivery.id.clone();
    let refused = Outcome { retry_at: Some(5000), status_code: Some(500), ..Outcome::default() };
    deliveries::ended(&store, &id, &refused).await.unwrap();
    assert_eq!(deliveries::due(&store, 4999, 9).await.unwrap().len(), 0);
    assert_eq!(deliveries::due(&store, 5000, 9).await.unwrap().len(), 1);
    deliveries::ended(&store, &id, &Outcome { success: true, ..Outcome::default() }).await.unwrap();
    assert_eq!(deliveries::due(&store, i64::MAX, 9).await.unwrap().len(), 0);
    let done = deliveries::list(&store, &one.id, 9).await.unwrap();
    assert_eq!((done.len(), done[0].status.as_str(), done[0].attempts), (1, "success", 2));
    assert_eq!(deliveries::remove_before(&store, i64::MAX).await.unwrap(), 1);
    assert!(channels::delete(&store, &one.id).await.unwrap());
    let gone = deliveries::enqueue_test(&store, &one.id, "{}").await;
    assert!(matches!(gone, Err(Error::NotFound { what: "channel" })), "{gone:?}");
}

async fn comparisons_are_kept_and_added_up(store: Store) {
    assert_eq!(reconciliations::last(&store).await.unwrap(), None);
    let found = |from_ms, differing, rollups_differing| Reconciliation {
        from_ms,
        to_ms: from_ms + 100,
        accepted: 9,
        stored: 9 - differing,
        differing,
        rollups_differing,
        findings: "{}".to_owned(),
        ..Reconciliation::default()
    };
    let waiting = Reconciliation { waiting: 9, stored: 0, ..found(200, 0, None) };
    for one in [found(0, 4, Some(1)), found(100, 2, None), waiting.clone()] {
        reconciliations::put(&store, &one, &[]).await.unwrap();
    }
    assert_eq!(reconciliations::last(&store).await.unwrap(), Some(waiting));
    assert_eq!(reconciliations::last_of_rollups(&store).await.unwrap(), Some(found(0, 4, Some(1))));
    let settled = Reconciliation { to_ms: 400, ..found(200, 1, Some(2)) };
    reconciliations::put(&store, &settled, &[]).await.unwrap();
    let page = async |before, only| reconciliations::page(&store, before, only, 9).await.unwrap();
    assert_eq!(page(i64::MAX, false).await, [settled.clone(), found(100, 2, None), found(0, 4, Some(1))]);
    assert_eq!(page(200, false).await, [found(100, 2, None), found(0, 4, Some(1))]);
    let differing = async |since| reconciliations::differing(&store, since).await.unwrap();
    assert_eq!([differing(0).await, differing(100).await, differing(400).await], [7, 3, 0]);
    assert_eq!(reconciliations::remove_before(&store, 200).await.unwrap(), 1);
    assert_eq!(page(i64::MAX, true).await.len(), 2);
    reconciliations::put(&store, &found(500, 0, Some(0)), &[]).await.unwrap();
    assert_eq!(page(i64::MAX, true).await.len(), 2, "one that agrees");
}

async fn exports_and_reports_are_kept(store: Store) {
    let owner = user(&store, "o@x.com", Role::Owner).await;
    let new = NewProject { name: "P", slug: "p", created_by: None };
    let project = projects::create(&store, new).await.unwrap();
    let export =
        NewExport { id: "e", user_id: &owner.id, project_id: Some(&project.id), manifest: "{\"rows\":1}" };
    exports::create(&store, export).await.unwrap();
    let found = exports::find(&store, "e").await.unwrap().unwrap();
    assert_eq!((found.manifest.as_str(), found.project_id), ("{\"rows\":1}", Some(project.id.clone())));
    assert!(matches!(exports::create(&store, export).await, Err(Error::Conflict { .. })), "once is once");
    assert_eq!(exports::find(&store, "f").await.unwrap(), None);

    let content = |name| Content { name, widgets: "[]", layout: "[]" };
    let one = reports::create(&store, Some(&project.id), &owner.id, content("one")).await.unwrap();
    reports::create(&store, None, &owner.id, content("all")).await.unwrap();
    let nowhere = reports::create(&store, Some("nowhere"), &owner.id, content("x")).await;
    assert!(matches!(nowhere, Err(Error::NotFound { what: "project" })), "{nowhere:?}");
    let changed = reports::replace(&store, &one.id, content("two")).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.created_at), ("two", one.created_at));
    assert_eq!(reports::of_project(&store, &project.id).await.unwrap(), [changed]);
    assert_eq!(reports::all(&store).await.unwrap().len(), 2);
    assert_eq!(reports::replace(&store, "none", content("x")).await.unwrap(), None);
    reports::remove(&store, &one.id).await.unwrap();
    assert_eq!(reports::find(&store, &one.id).await.unwrap(), None);
}

async fn what_was_asked_is_its_authors(store: Store) {
    let (ada, eve) = (user(&store, "a@x.y", Role::Admin).await, user(&store, "e@x.y", Role::Admin).await);
    let run = Run {
        user_id: &ada.id,
        project_id: None,
        sql: "",
        row_count: Some(3),
        elapsed_ms: 5,
        error: None,
        status: 200,
    };
    for n in 0..history::MOST + 5 {
        let sql = format!("SELECT {n}");
        history::add(&store, &Run { sql: &sql, ..run }).await.unwrap();
    }
    let kept = history::of_user(&store, &ada.id).await.unwrap();
    assert_eq!(i64::try_from(kept.len()).unwrap(), history::MOST);
    assert_eq!((kept[0].sql.as_str(), kept[0].row_count), ("SELECT 204", Some(3)));
    assert_eq!(history::of_user(&store, &eve.id).await.unwrap(), []);
    history::clear(&store, &eve.id).await.unwrap();
    history::clear(&store, &ada.id).await.unwrap();
    assert_eq!(history::of_user(&store, &ada.id).await.unwrap(), []);

    let b = saved::create(&store, &ada.id, "b", "SELECT 2").await.unwrap();
    saved::create(&store, &ada.id, "a", "SELECT 1").await.unwrap();
    let foreign = saved::replace(&store, &eve.id, &b.id, "c", "SELECT 3").await;
    assert!(matches!(foreign, Err(Error::NotFound { .. })), "{foreign:?}");
    assert!(saved::remove(&store, &eve.id, &b.id).await.is_err());
    saved::replace(&store, &ada.id, &b.id, "c", "SELECT 3").await.unwrap();
    let names: Vec<_> = saved::of_user(&store, &ada.id).await.unwrap().into_iter().map(|q| q.name).collect();
    assert_eq!(names, ["a", "c"]);
    saved::remove(&store, &ada.id, &b.id).await.unwrap();
    for n in 1..saved::MOST {
        saved::create(&store, &ada.id, &n.to_string(), "SELECT 1").await.unwrap();
    }
    let one_more = saved::create(&store, &ada.id, "more", "SELECT 1").await;
    assert!(matches!(one_more, Err(Error::Invalid { .. })), "{one_more:?}");
}

async fn leases_have_one_holder(store: Store) {
    let term = Duration::from_secs(10);
    assert!(lease::acquire(&store, "sentinel", "a", 0, term).await.unwrap());
    assert!(!lease::acquire(&store, "sentinel", "b", 9_999, term).await.unwrap());
    assert!(
        lease::acquire(&store, "sentinel", "a", 5_000, term).await.unwrap(),
        "own leases may be taken again"
    );
    assert!(lease::acquire(&store, "other", "b", 0, term).await.unwrap());
    assert!(!lease::renew(&store, "sentinel", "b", 6_000, term).await.unwrap());
    assert!(lease::renew(&store, "sentinel", "a", 14_999, term).await.unwrap());
    assert!(
        !lease::renew(&store, "sentinel", "a", 24_999, term).await.unwrap(),
        "an old lease cannot be renewed"
    );
    assert_eq!(lease::holder(&store, "sentinel", 24_999).await.unwrap(), None);
    assert!(lease::acquire(&store, "sentinel", "b", 24_999, term).await.unwrap());
    lease::release(&store, "sentinel", "a").await.unwrap();
    assert_eq!(lease::holder(&store, "sentinel", 25_000).await.unwrap().as_deref(), Some("b"));
    lease::release(&store, "sentinel", "b").await.unwrap();
    assert!(lease::acquire(&store, "sentinel", "a", 25_000, term).await.unwrap());
}

async fn a_lease_of_a_clock_that_was_ahead_can_be_seized(store: Store) {
    let (term, hours) = (Duration::from_secs(10), 5 * 3_600_000);
    assert!(lease::acquire(&store, "sentinel", "ahead", hours, term).await.unwrap());
    assert!(!lease::acquire(&store, "sentinel", "b", 20_000, term).await.unwrap());
    let seen = lease::look(&store, "sentinel").await.unwrap().unwrap();
    assert!(lease::renew(&store, "sentinel", "ahead", hours + 1, term).await.unwrap());
    assert!(
        !lease::seize(&store, "sentinel", "b", &seen, 20_000, term).await.unwrap(),
        "its holder lives: the lease is another one"
    );
    let seen = lease::look(&store, "sentinel").await.unwrap().unwrap();
    assert!(lease::seize(&store, "sentinel", "b", &seen, 20_000, term).await.unwrap());
    assert!(!lease::renew(&store, "sentinel", "ahead", hours + 2, term).await.unwrap());
    assert!(lease::renew(&store, "sentinel", "b", 21_000, term).await.unwrap());
}

async fn concurrent_writers_all_succeed(store: Store) {
    let before = revision::current(&store).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..20 {
        let store = store.clone();
        writers.spawn(async move {
            let slug = format!("project-{n}");
            projects::create(&store, NewProject { name: &slug, slug: &slug, created_by: None }).await
        });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap().unwrap();
    }
    assert_eq!(revision::current(&store).await.unwrap(), before + 20);
}

async fn first_start_happens_once(store: Store) {
    let config = OwnerConfig { email: "me@here".to_owned(), name: "Me".to_owned(), password: None };
    let owner = ensure_owner(&store, &config).await.unwrap().unwrap();
    let password = owner.generated.unwrap();
    let found = users::authenticate(&store, "me@here", password.expose()).await.unwrap().unwrap();
    assert_eq!((found.role, found.id.as_str()), (Role::Owner, owner.user.id.as_str()));
    assert!(ensure_owner(&store, &config).await.unwrap().is_none());
    let new = NewProject { name: "My API", slug: "my-api", created_by: Some(&owner.user.id) };
    let (project, key, text) = ensure_project(&store, new).await.unwrap().unwrap();
    assert_eq!(key.project_id, project.id);
    assert!(bataudit_event::key::is_well_formed(text.expose()));
    assert!(ensure_project(&store, new).await.unwrap().is_none());
}

async fn migrating_again_changes_nothing(store: Store) {
    let ada = user(&store, "ada@x.y", Role::Owner).await;
    store.migrate().await.unwrap();
    store.ping().await.unwrap();
    assert_eq!(users::by_email(&store, "Ada@X.Y").await.unwrap(), Some(ada));
}

#[tokio::test]
async fn an_unreachable_store_is_unavailable_within_its_timeout() {
    let url = Secret::new("postgres://user:hunter2@127.0.0.1:1/db");
    let config = Config { url, timeout: Duration::from_secs(2), sealing: Vec::new() };
    let error = Store::connect(&config).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test]
async fn unusable_addresses_are_named_without_their_password() {
    let mut env = Env::from_pairs([("BATAUDIT_CONTROL_URL", "mysql://user:hunter2@host/db")]);
    Config::from_env(&mut env);
    let problem = env.finish().unwrap_err().to_string();
    assert!(problem.contains("sqlite:// or postgres://") && !problem.contains("hunter2"), "{problem}");
    let url = Secret::new("postgres://user:hunter2@host:port/db");
    let config = Config { url, timeout: Duration::from_secs(1), sealing: Vec::new() };
    let error = Store::connect(&config).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn sqlite_survives_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::sqlite(&folder.path().join("control.db"));
    let first = Store::connect(&config).await.unwrap();
    first.migrate().await.unwrap();
    let ada = user(&first, "ada@x.y", Role::Owner).await;
    // Without closing: as after a crash, the write-ahead log is still beside the file.
    let second = Store::connect(&config).await.unwrap();
    second.migrate().await.unwrap();
    assert_eq!(users::by_id(&second, &ada.id).await.unwrap(), Some(ada));
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn an_installation_of_before_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::sqlite(&folder.path().join("control.db"));
    sqlx::any::install_default_drivers();
    let url = format!("{}?mode=rwc", config.url.expose());
    let before = sqlx::AnyPool::connect(&url).await.unwrap();
    let mut first = sqlx::migrate!("./migrations");
    first.migrations = first.migrations.iter().take(1).cloned().collect();
    first.run(&before).await.unwrap();
    for row in [
        "INSERT INTO users VALUES ('u', 'ada@x.y', 'Ada', 'viewer', 'hash', 5)",
        "INSERT INTO sessions VALUES ('s', 'u', 1, 10, NULL)",
        "INSERT INTO projects VALUES ('p', 'P', 'p', 'u', 5)",
        "INSERT INTO api_keys VALUES ('k', '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 'p', 'key', \
         'project', '[]', 'u', 5, NULL, NULL)",
    ] {
        sqlx::query(row).execute(&before).await.unwrap();
    }
    before.close().await;
    let store = Store::connect(&config).await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(sessions::user(&store, "s", 5).await.unwrap().unwrap().role, Role::Viewer);
    let key = keys::by_id(&store, "k").await.unwrap().unwrap();
    assert!(key.is_active(0) && key.rate.is_none());
    users::set_role(&store, "u", Role::Auditor).await.unwrap();
    assert_eq!(users::by_id(&store, "u").await.unwrap().unwrap().role, Role::Auditor);
    store.close().await;
    // A binary of the release before reads the column it knows.
    let before = sqlx::AnyPool::connect(&url).await.unwrap();
    let (role,): (String,) = sqlx::query_as("SELECT role FROM users").fetch_one(&before).await.unwrap();
    assert_eq!(role, "viewer");
}
