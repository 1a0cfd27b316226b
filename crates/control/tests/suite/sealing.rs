//! What must be read again lies in the database sealed, and opens with the secret that sealed it.

use bataudit_control::notifications::{
    Channel, NewChannel, Vapid, channels, deliveries, subscriptions, vapid,
};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::sealing::{self, Settled};
use bataudit_control::users::{self, NewUser};
use bataudit_control::{Config, Error, Role, Store};
use bataudit_service::{Env, Secret};
use sqlx::{AnyConnection, Connection as _};

use super::{at_postgres, at_sqlite};

/// Runs every case on both databases, with the configuration of an empty one.
macro_rules! at_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $case() { super::at_sqlite(super::$case).await; })+
        }
        mod postgres {
            $(#[tokio::test] async fn $case() { super::at_postgres(super::$case).await; })+
        }
    };
}

at_both!(
    nothing_lies_there_in_clear,
    what_is_clear_from_before_is_sealed_once,
    another_secret_is_refused_before_anything_changes,
    what_an_earlier_secret_sealed_is_sealed_anew,
    what_does_not_open_waits_and_holds_up_nothing,
);

const ADDRESS: &str = "https://hooks.example/T0/clear-address";
const SIGNS: &str = "whsec_clear-secret";
const BROWSER: &str = r#"{"auth":"clear-browser"}"#;
const PUSH: &str = "clear-push";

/// The same store with these secrets, the first of which seals.
async fn opened(config: &Config, secrets: &[&str]) -> Store {
    let sealing = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    let store = Store::connect(&Config { sealing, ..config.clone() }).await.unwrap();
    store.migrate().await.unwrap();
    store
}

async fn project(store: &Store) -> String {
    let new = NewProject { name: "P", slug: "p", created_by: None };
    projects::create(store, new).await.unwrap().id
}

async fn webhook(store: &Store, project_id: &str) -> Channel {
    let new = NewChannel { project_id, kind: "webhook", url: ADDRESS, secret: Some(SIGNS), created_by: None };
    channels::create(store, new).await.unwrap()
}

/// Every value that a secret may lie in, as the database has it, by the place it lies in.
async fn raw(config: &Config) -> Vec<(String, String)> {
    let sql = "SELECT 'url ' || type, url FROM notification_channels UNION ALL \
               SELECT 'secret ' || type, secret FROM notification_channels UNION ALL \
               SELECT 'vapid', private_key FROM vapid_keys UNION ALL \
               SELECT 'check', sealed FROM sealing_check ORDER BY 1, 2";
    let mut connection = AnyConnection::connect(config.url.expose()).await.unwrap();
    sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap()
}

fn refused(result: Result<Settled, Error>) -> String {
    match result {
        Err(Error::Sealed(says)) => says,
        other => panic!("{other:?}"),
    }
}

async fn nothing_lies_there_in_clear(config: Config) {
    let store = opened(&config, &["one"]).await;
    sealing::settle(&store).await.unwrap();
    let project = project(&store).await;
    let made = webhook(&store, &project).await;
    let new = NewUser { email: "ada@x.y", name: "Ada", role: Role::Owner, password: "password of it" };
    let ada = users::create(&store, new).await.unwrap();
    for _ in 0..2 {
        let own =
            subscriptions::subscribe(&store, &project, &ada.id, "https://push.example/1", BROWSER).await;
        assert_eq!(own.unwrap().secret.expose(), BROWSER);
    }
    let pair = Vapid { private_key: Secret::new(PUSH), public_key: "public".to_owned() };
    vapid::keep(&store, &pair).await.unwrap();
    let moved = "https://hooks.example/T1/clear-too";
    let change = channels::Change { url: Some(moved), active: None };
    channels::change(&store, &made.id, change).await.unwrap();

    let raw = raw(&config).await;
    assert_eq!(raw.len(), 6, "{raw:?}");
    assert!(raw.iter().all(|(_, value)| !value.contains("clear")), "{raw:?}");
    assert!(
        raw.iter().all(|(place, value)| value.starts_with("sealed:1:") != (place == "url push")),
        "{raw:?}"
    );
    let read = channels::by_id(&store, &made.id).await.unwrap().unwrap();
    assert_eq!((read.url.expose(), read.secret.expose()), (moved, SIGNS));
    assert_eq!(vapid::get(&store).await.unwrap().unwrap().private_key.expose(), PUSH);
    assert_eq!(sealing::settle(&store).await.unwrap(), Settled::default());
    store.close().await;
}

async fn what_is_clear_from_before_is_sealed_once(config: Config) {
    let store = opened(&config, &["one"]).await;
    let project = project(&store).await;
    let mut before = AnyConnection::connect(config.url.expose()).await.unwrap();
    let channel = "INSERT INTO notification_channels (id, project_id, type, url, secret, active, created_at) \
                   VALUES ($1, $2, $3, $4, $5, 1, 5)";
    for (id, kind, url) in [("a", "slack", ADDRESS), ("b", "push", "https://push.example/1")] {
        let row = sqlx::query(channel).bind(id).bind(&project).bind(kind).bind(url).bind(SIGNS);
        row.execute(&mut before).await.unwrap();
    }
    let pair =
        "INSERT INTO vapid_keys (name, private_key, public_key, created_at) VALUES ('vapid', $1, 'p', 5)";
    sqlx::query(pair).bind(PUSH).execute(&mut before).await.unwrap();
    let read = async |store: &Store| {
        let read = channels::by_id(store, "a").await.unwrap().unwrap();
        assert_eq!((read.url.expose(), read.secret.expose()), (ADDRESS, SIGNS));
    };
    read(&store).await;
    // Two services start at once.
    let both = tokio::join!(sealing::settle(&store), sealing::settle(&store));
    assert_eq!(both.0.unwrap().sealed + both.1.unwrap().sealed, 4);
    assert!(raw(&config).await.iter().all(|(_, value)| !value.contains("clear")));
    read(&store).await;
    assert_eq!(vapid::get(&store).await.unwrap().unwrap().private_key.expose(), PUSH);
    store.close().await;
}

async fn another_secret_is_refused_before_anything_changes(config: Config) {
    let right = opened(&config, &["one"]).await;
    sealing::settle(&right).await.unwrap();
    let wrong = opened(&config, &["two"]).await;
    let says = refused(sealing::settle(&wrong).await);
    assert!(says.contains("BATAUDIT_CONTROL_SEAL_SECRET") && says.contains("docs/KEYS.md"), "{says}");
    let project = project(&right).await;
    let made = webhook(&right, &project).await;
    let before = raw(&config).await;
    refused(sealing::settle(&wrong).await);
    assert!(sealing::verify(&wrong).await.is_err() && sealing::verify(&right).await.is_ok());
    assert!(matches!(channels::by_id(&wrong, &made.id).await, Err(Error::Sealed(_))));
    assert_eq!(raw(&config).await, before);
    for store in [right, wrong] {
        store.close().await;
    }
}

async fn what_an_earlier_secret_sealed_is_sealed_anew(config: Config) {
    let old = opened(&config, &["one"]).await;
    sealing::settle(&old).await.unwrap();
    let project = project(&old).await;
    let made = webhook(&old, &project).await;
    let both = opened(&config, &["two", "one"]).await;
    assert_eq!(sealing::settle(&both).await.unwrap(), Settled { sealed: 0, resealed: 3 });
    let new = opened(&config, &["two"]).await;
    assert_eq!(sealing::settle(&new).await.unwrap(), Settled::default());
    assert_eq!(channels::by_id(&new, &made.id).await.unwrap().unwrap().url.expose(), ADDRESS);
    refused(sealing::settle(&old).await);
    for store in [old, both, new] {
        store.close().await;
    }
}

async fn what_does_not_open_waits_and_holds_up_nothing(config: Config) {
    let (other, store) = (opened(&config, &["one"]).await, opened(&config, &["two"]).await);
    let project = project(&store).await;
    let (unopened, opened) = (webhook(&other, &project).await, webhook(&store, &project).await);
    for channel in [&unopened, &opened] {
        deliveries::enqueue_test(&store, &channel.id, "{}").await.unwrap();
    }
    let now = bataudit_control::clock::now_ms();
    let due = deliveries::due(&store, now, 10).await.unwrap();
    assert_eq!(due.iter().map(|due| due.channel.id.as_str()).collect::<Vec<_>>(), [opened.id.as_str()]);
    let waits = deliveries::list(&store, &unopened.id, 9).await.unwrap().remove(0);
    assert!(waits.status == "pending" && waits.attempts == 0 && waits.due_at > Some(now), "{waits:?}");
    assert_eq!(deliveries::due(&other, now + 3_600_000, 10).await.unwrap().len(), 1, "it opens there");
    for store in [other, store] {
        store.close().await;
    }
}

#[test]
fn a_server_needs_a_secret_and_says_how_to_make_one() {
    let says = |url: &str| {
        let mut env = Env::from_pairs([("BATAUDIT_CONTROL_URL", url)]);
        Config::of_service(&mut env);
        env.finish().map_err(|error| error.to_string())
    };
    assert_eq!(says("sqlite://control.db"), Ok(()));
    let problem = says("postgres://u:p@localhost/b").unwrap_err();
    assert!(
        problem.contains("BATAUDIT_CONTROL_SEAL_SECRET is not set") && problem.contains("openssl rand"),
        "{problem}"
    );
}
