//! The access topic follows the control store, on a real broker.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::time::Duration;

use bataudit_control::keys::{self, NewKey};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::{Config, Store};
use bataudit_event::access::{Entry, EntryKey, KeyScope, Stream};
use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Topics};
use bataudit_sentinel::publish;
use bataudit_sentinel::publish::topic::{AccessTopic, Entries};
use bataudit_service::{Env, Field, Health, Shutdown};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka does not answer: run `make services-up`";
/// Key changes must reach every gateway within this.
const PROMISED: Duration = Duration::from_secs(1);

/// A control store in a file and an access topic of its own.
struct Installation {
    store: Store,
    topic: AccessTopic,
    project: Uuid,
    _folder: TempDir,
}

impl Installation {
    async fn new() -> Self {
        let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
        let topics = Topics::with_prefix(&format!("sentinel-{}", Uuid::new_v4()));
        let layout = TopicLayout { partitions: 1, replication: 1, retention_ms: 3_600_000 };
        topics::create(&kafka, &topics, layout).await.expect(SERVICES);
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let new = NewProject { name: "Shop", slug: "shop", created_by: None };
        let project = projects::create(&store, new).await.unwrap();
        let topic = AccessTopic::new(kafka, &topics).unwrap();
        Self { store, topic, project: project.id.parse().unwrap(), _folder: folder }
    }

    fn publish(&self, shutdown: &Shutdown) -> JoinHandle<()> {
        let readiness = Health::new().part("access topic");
        tokio::spawn(publish::run(self.store.clone(), self.topic.clone(), readiness, shutdown.clone()))
    }

    async fn new_key(&self) -> (String, EntryKey) {
        let new = NewKey {
            project_id: &self.project.to_string(),
            name: "test",
            scope: KeyScope::Project,
            origins: &[],
            created_by: None,
            expires_at: None,
            rate: None,
        };
        let (key, text) = keys::create(&self.store, new).await.unwrap();
        (key.id, EntryKey::ApiKey(keys::hash(text.expose())))
    }

    /// Waits until the topic satisfies `done`, for as long as is promised.
    async fn topic_within_promise(&self, done: impl Fn(&Entries) -> bool) -> Entries {
        let reads = async {
            loop {
                let entries = self.topic.read().await.expect(SERVICES);
                if done(&entries) {
                    return entries;
                }
            }
        };
        tokio::time::timeout(PROMISED, reads)
            .await
            .expect("the change did not reach the topic within a second")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_appears_and_disappears_within_a_second() {
    let installation = Installation::new().await;
    let shutdown = Shutdown::new();
    let publishing = installation.publish(&shutdown);
    let project = EntryKey::Project(installation.project).encode();
    let ready = tokio::time::timeout(Duration::from_secs(20), async {
        while !installation.topic.read().await.expect(SERVICES).contains_key(&project) {}
    });
    ready.await.expect("the first table was not published");

    let (id, key) = installation.new_key().await;
    let entries = installation.topic_within_promise(|entries| entries.contains_key(&key.encode())).await;
    let Some(Entry::ApiKey(published)) = Entry::decode(&entries[&key.encode()]) else {
        panic!("the entry of a key is not a key")
    };
    assert_eq!((published.project_id, published.scope), (installation.project, KeyScope::Project));

    keys::revoke(&installation.store, &id).await.unwrap();
    installation.topic_within_promise(|entries| !entries.contains_key(&key.encode())).await;
    shutdown.trigger();
    publishing.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_repairs_the_topic_and_nothing_else() {
    let installation = Installation::new().await;
    let (_, key) = installation.new_key().await;
    // A key that no store knows, as after restoring a backup: it must not keep working.
    let stray = EntryKey::ApiKey("0".repeat(64)).encode();
    let put = publish::diff::Change::Put(stray.clone(), b"{}".to_vec());
    installation.topic.publish(&[put]).await.expect(SERVICES);

    let shutdown = Shutdown::new();
    let publishing = installation.publish(&shutdown);
    let repaired = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let entries = installation.topic.read().await.expect(SERVICES);
            if entries.contains_key(&key.encode()) && !entries.contains_key(&stray) {
                return entries;
            }
        }
    });
    let entries = repaired.await.expect("the topic was not repaired");
    assert_eq!(entries.len(), 3, "one key, one project, and where ids lie");
    let stream = Entry::Stream(Stream { id_partitions: 1 });
    assert_eq!(Entry::decode(&entries[&EntryKey::Stream.encode()]), Some(stream));
    shutdown.trigger();
    publishing.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_ids_lie_never_changes() {
    let installation = Installation::new().await;
    let (key, three) = (EntryKey::Stream.encode(), Entry::Stream(Stream { id_partitions: 3 }).encode());
    // As the topic had it before somebody gave it more partitions, or here: fewer.
    let before = publish::diff::Change::Put(key.clone(), three.clone());
    installation.topic.publish(&[before]).await.expect(SERVICES);
    let shutdown = Shutdown::new();
    let publishing = installation.publish(&shutdown);
    let project = EntryKey::Project(installation.project).encode();
    let entries = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let entries = installation.topic.read().await.expect(SERVICES);
            if entries.contains_key(&project) {
                return entries;
            }
        }
    });
    assert_eq!(entries.await.expect("the table was not published")[&key], three);
    shutdown.trigger();
    publishing.await.unwrap();
}
