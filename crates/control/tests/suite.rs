//! The same cases on SQLite and on PostgreSQL: what one accepts, the other must too.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

use std::time::Duration;

use bataudit_control::first_start::{OwnerConfig, ensure_owner, ensure_project};
use bataudit_control::keys::{self, NewKey};
use bataudit_control::mask_rules::{self, NewRules};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::reconciliations::{self, Reconciliation, Sums};
use bataudit_control::users::{self, NewUser, User};
use bataudit_control::{Config, Error, Role, Store, lease, members, revision, sessions};
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

on_both!(
    users_log_in_with_their_password_only,
    sessions_end,
    projects_and_members,
    ensured_projects,
    keys_are_published_until_they_end,
    every_change_raises_the_revision,
    masking_rules_keep_every_version,
    leases_have_one_holder,
    comparisons_are_kept_and_added_up,
    concurrent_writers_all_succeed,
    first_start_happens_once,
    migrating_again_changes_nothing,
);

async fn on_sqlite(case: impl AsyncFnOnce(Store)) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&Config::sqlite(&folder.path().join("new/control.db"))).await.unwrap();
    store.migrate().await.unwrap();
    case(store.clone()).await;
    store.close().await;
}

/// A schema of its own for each case, removed when the case passed.
async fn on_postgres(case: impl AsyncFnOnce(Store)) {
    let url = Env::from_process().text(&POSTGRES_URL);
    let schema = format!("test_{}", uuid::Uuid::new_v4().simple());
    let mut admin = sqlx::PgConnection::connect(&url).await.unwrap_or_else(|error| {
        panic!("PostgreSQL does not answer at {url}: run `make services-up` ({error})")
    });
    sqlx::query(&format!("CREATE SCHEMA {schema}")).execute(&mut admin).await.unwrap();
    let url = format!("{url}?options=-csearch_path%3D{schema}");
    let config = Config { url: Secret::new(url), timeout: Duration::from_secs(10) };
    let store = Store::connect(&config).await.unwrap();
    store.migrate().await.unwrap();
    case(store.clone()).await;
    store.close().await;
    sqlx::query(&format!("DROP SCHEMA {schema} CASCADE")).execute(&mut admin).await.unwrap();
}

async fn user(store: &Store, email: &str, role: Role) -> User {
    users::create(store, NewUser { email, name: "A User", role, password: "password of it" }).await.unwrap()
}

fn key<'a>(project_id: &'a str, name: &'a str) -> NewKey<'a> {
    NewKey { project_id, name, scope: KeyScope::Project, origins: &[], created_by: None, expires_at: None }
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
    let session = sessions::create(&store, &ada.id, 1_000, 5_000).await.unwrap();
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
    let nobody = sessions::create(&store, "nobody", 0, 1).await;
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
        reconciliations::put(&store, &one).await.unwrap();
    }
    assert_eq!(reconciliations::last(&store).await.unwrap(), Some(waiting));
    let settled = Reconciliation { to_ms: 400, ..found(200, 1, Some(2)) };
    reconciliations::put(&store, &settled).await.unwrap();
    assert_eq!(reconciliations::list(&store, 100, 9).await.unwrap(), [settled, found(100, 2, None)]);
    let sums = async |since| reconciliations::sums(&store, since).await.unwrap();
    assert_eq!(sums(0).await, Sums { differing: 7, rollups_differing: 3 });
    assert_eq!(sums(100).await, Sums { differing: 3, rollups_differing: 2 });
    assert_eq!(sums(400).await, Sums::default());
    assert_eq!(reconciliations::remove_before(&store, 200).await.unwrap(), 1);
    assert_eq!(reconciliations::list(&store, 0, 9).await.unwrap().len(), 2);
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
    let config = Config { url, timeout: Duration::from_secs(2) };
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
    let config =
        Config { url: Secret::new("postgres://user:hunter2@host:port/db"), timeout: Duration::from_secs(1) };
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
