//! Rows of another installation: they keep their ids, hashes and times, and coming twice changes nothing.

use bataudit_control::anomaly_rules::{self, AnomalyRule};
use bataudit_control::invites::{self, Invite};
use bataudit_control::keys::{self, ApiKey};
use bataudit_control::monitors::{self, Check, Monitor, Target, checks};
use bataudit_control::notifications::{Channel, Delivery, channels, deliveries};
use bataudit_control::projects::{self, Project};
use bataudit_control::reports::{self, Report};
use bataudit_control::screens::{self, Screen};
use bataudit_control::{Actor, Error, Role, Store, imports, outbox};
use bataudit_event::access::KeyScope;
use bataudit_service::Secret;
use uuid::Uuid;

use super::{on_postgres, on_sqlite};

on_both!(
    projects_keys_and_invites_come_over_once,
    rules_come_over_once,
    channels_come_over_once,
    monitors_come_over_once,
    screens_and_reports_come_over_once,
    an_import_notes_how_far_it_came
);

fn id(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

/// Twice: the second time it is there.
macro_rules! once {
    ($adopt:expr) => {
        $adopt.await.unwrap();
        let again: Result<(), Error> = $adopt.await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    };
}

async fn shop(store: &Store, has_rules: bool) -> Project {
    let shop = Project {
        id: id(1),
        name: "Shop".to_owned(),
        slug: "shop".to_owned(),
        created_by: None,
        created_at: 5,
        archived_at: None,
    };
    projects::adopt(store, &shop, has_rules).await.unwrap();
    shop
}

async fn projects_keys_and_invites_come_over_once(store: Store) {
    let store = store.acting(Actor::default());
    let shop = shop(&store, true).await;
    let again = projects::adopt(&store, &shop, true).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    assert_eq!(projects::by_id(&store, &shop.id).await.unwrap(), Some(shop.clone()));
    let unspeakable = Project { id: id(2), slug: "my shop".to_owned(), ..shop.clone() };
    assert!(matches!(projects::adopt(&store, &unspeakable, false).await, Err(Error::Invalid { .. })));

    let hash = keys::hash("bat_live");
    let short = |hash: &str| bataudit_event::key::short_hash_of_hex(hash).unwrap();
    let key = ApiKey {
        id: id(3),
        project_id: shop.id.clone(),
        name: "Live".to_owned(),
        scope: KeyScope::Project,
        origins: Vec::new(),
        created_by: None,
        created_at: 6,
        expires_at: None,
        revoked_at: None,
        rate: None,
        replaced_by: None,
        short_hash: short(&hash),
    };
    once!(keys::adopt(&store, &key, &hash));
    let hash_of_revoked = keys::hash("bat_revoked");
    let revoked =
        ApiKey { id: id(4), revoked_at: Some(9), short_hash: short(&hash_of_revoked), ..key.clone() };
    once!(keys::adopt(&store, &revoked, &hash_of_revoked));
    assert_eq!(keys::by_id(&store, &id(4)).await.unwrap(), Some(revoked));
    let published = keys::all_active_for_publish(&store, 10).await.unwrap();
    assert_eq!(published.iter().map(|key| key.hash.clone()).collect::<Vec<_>>(), [hash]);
    let wrong = ApiKey { id: id(5), ..key.clone() };
    assert!(matches!(keys::adopt(&store, &wrong, "0A").await, Err(Error::Invalid { .. })));
    let nowhere = ApiKey { id: id(6), project_id: id(99), ..key };
    assert!(matches!(keys::adopt(&store, &nowhere, &keys::hash("x")).await, Err(Error::NotFound { .. })));

    let invite = Invite {
        id: id(7),
        email: "new@x.y".to_owned(),
        role: Role::Admin,
        created_by: None,
        created_at: 1,
        expires_at: 100,
        used_at: None,
    };
    once!(invites::adopt(&store, &invite, "the original's token"));
    assert_eq!(invites::find(&store, "the original's token", 2).await.unwrap(), invite);
    let acts = outbox::oldest(&store, 100).await.unwrap();
    assert_eq!(acts.len(), 4, "what was not done is not written down: {acts:?}");
}

async fn rules_come_over_once(store: Store) {
    let shop = shop(&store, true).await;
    let rule = AnomalyRule {
        id: id(10),
        project_id: shop.id.clone(),
        rule_type: "error_rate".to_owned(),
        threshold: 20.5,
        window_seconds: 300,
        cooldown_seconds: 300,
        min_events: 10,
        service_name: None,
        environment: None,
        active: 0,
        created_at: 3,
        updated_at: 3,
    };
    once!(anomaly_rules::adopt(&store, &rule));
    assert_eq!(anomaly_rules::start(&store, &[]).await.unwrap(), 1, "only BatAudit's own project had none");
    assert_eq!(anomaly_rules::list(&store, &shop.id).await.unwrap(), std::slice::from_ref(&rule));
    assert!(anomaly_rules::delete(&store, &rule.id).await.unwrap());
    let again = anomaly_rules::adopt(&store, &rule).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "a deleted rule stays deleted: {again:?}");
}

async fn channels_come_over_once(store: Store) {
    let shop = shop(&store, true).await;
    let channel = Channel {
        id: id(11),
        project_id: shop.id.clone(),
        kind: "webhook".to_owned(),
        url: Secret::new("https://hooks.example"),
        secret: Secret::new(""),
        active: true,
        created_at: 4,
    };
    once!(channels::adopt(&store, &channel));
    let kept = channels::by_id(&store, &channel.id).await.unwrap().unwrap();
    assert!(kept.secret.expose().starts_with("whsec_"), "without a secret nothing could be signed");
    let delivery = Delivery {
        id: id(12),
        channel_id: channel.id.clone(),
        event_id: id(13),
        alert: "{}".to_owned(),
        status: "failed".to_owned(),
        attempts: 1,
        due_at: None,
        status_code: Some(500),
        response_body: None,
        error: None,
        created_at: 5,
        delivered_at: Some(5),
    };
    once!(deliveries::adopt(&store, &delivery));
    assert_eq!(deliveries::list(&store, &channel.id, 10).await.unwrap(), [delivery]);
    assert!(deliveries::due(&store, i64::MAX, 10).await.unwrap().is_empty(), "nothing is sent once more");
}

async fn monitors_come_over_once(store: Store) {
    let shop = shop(&store, true).await;
    let target = Target {
        name: "Main API".to_owned(),
        url: "https://api.example".to_owned(),
        interval_seconds: 60,
        timeout_seconds: 10,
        expected_status: 200,
        certificate_warning_days: 14,
        enabled: true,
    };
    let monitor = Monitor::new(id(14), shop.id.clone(), target, 6);
    once!(monitors::adopt(&store, &monitor));
    assert_eq!(monitors::by_id(&store, &monitor.id).await.unwrap(), Some(monitor.clone()));
    let check = Check {
        id: id(15),
        monitor_id: monitor.id.clone(),
        status: "up".to_owned(),
        status_code: Some(200),
        response_ms: 31,
        error: None,
        checked_at: 7,
    };
    once!(checks::adopt(&store, &check));
}

async fn screens_and_reports_come_over_once(store: Store) {
    let shop = shop(&store, true).await;
    let screen = Screen {
        id: id(16),
        project_id: None,
        name: "Hall".to_owned(),
        expires_at: 100,
        created_at: 1,
        activated_at: Some(1),
        last_used_at: None,
    };
    once!(screens::adopt(&store, &screen, &keys::hash("a token")));
    assert_eq!(screens::refresh(&store, "a token", 50).await.unwrap().map(|screen| screen.id), Some(id(16)));

    let report = Report {
        id: id(17),
        project_id: Some(shop.id),
        name: "By day".to_owned(),
        widgets: "[]".to_owned(),
        layout: "[]".to_owned(),
        created_by: None,
        created_at: 1,
        updated_at: 2,
    };
    once!(reports::adopt(&store, &report));
    assert_eq!(reports::find(&store, &report.id).await.unwrap(), Some(report));
}

async fn an_import_notes_how_far_it_came(store: Store) {
    assert_eq!(imports::progress(&store, "host:5432/a").await.unwrap(), None);
    imports::keep(&store, "host:5432/a", "{}").await.unwrap();
    imports::keep(&store, "host:5432/a", r#"{"at":1}"#).await.unwrap();
    imports::keep(&store, "host:5432/b", "{}").await.unwrap();
    assert_eq!(imports::progress(&store, "host:5432/a").await.unwrap().as_deref(), Some(r#"{"at":1}"#));
    imports::forget(&store, "host:5432/a").await.unwrap();
    assert_eq!(imports::progress(&store, "host:5432/a").await.unwrap(), None);
    assert!(imports::progress(&store, "host:5432/b").await.unwrap().is_some());
}
