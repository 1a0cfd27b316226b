//! A partition that a rebalance left without a reader gets one, on a real broker.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be built fails its test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bataudit_kafka::topics::{self, TopicLayout};
use bataudit_kafka::{Connection, Stream, Topics};
use bataudit_sentinel::readers::{Look, Readers};
use bataudit_service::{Env, Field};
use rdkafka::ClientContext;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext, DefaultConsumerContext};
use rdkafka::types::RDKafkaRespErr;
use uuid::Uuid;

const BROKERS: Field =
    Field::new("BATAUDIT_TEST_KAFKA_BROKERS", "127.0.0.1:19092", "Kafka of `make services-up`.");
const SERVICES: &str = "Kafka does not answer: run `make services-up`";
const SOON: Duration = Duration::from_secs(60);

/// A member that is asked to give a partition back, and dies before it answers.
#[derive(Clone, Default)]
struct Dying(Arc<AtomicBool>);

impl ClientContext for Dying {}

impl ConsumerContext for Dying {
    fn rebalance(&self, client: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        if event == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            client.incremental_assign(list).unwrap();
        } else {
            self.0.store(true, Ordering::SeqCst);
        }
    }
}

/// A group of static members.
struct Group {
    kafka: Connection,
    topics: Topics,
    name: String,
}

impl Group {
    async fn new() -> Self {
        let kafka = Connection::plaintext(Env::from_process().text(&BROKERS));
        let name = format!("readers-{}", Uuid::new_v4());
        let topics = Topics::with_prefix(&name);
        let layout = TopicLayout { partitions: 2, replication: 1, retention_ms: 3_600_000 };
        topics::create(&kafka, &topics, layout).await.expect(SERVICES);
        Self { kafka, topics, name }
    }

    fn member<C: ConsumerContext + 'static>(&self, id: &str, context: C) -> BaseConsumer<C> {
        let mut client = self.kafka.consumer("test");
        client
            .set("group.id", &self.name)
            .set("group.instance.id", id)
            .set("group.protocol", "classic")
            .set("partition.assignment.strategy", "cooperative-sticky")
            .set("session.timeout.ms", "45000")
            .set("enable.auto.commit", "false");
        let member: BaseConsumer<C> = client.create_with_context(context).unwrap();
        member.subscribe(&[&self.topics.events]).unwrap();
        member
    }

    fn readers(&self) -> Readers {
        let stream = Stream { group: self.name.clone(), epoch: "1".to_owned() };
        Readers::new(&self.kafka, &self.topics, &stream)
    }

    /// Looks until the group is as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&Look) -> bool) -> Look {
        let (end, readers) = (Instant::now() + SOON, self.readers());
        loop {
            let look = readers.look().expect(SERVICES);
            if wanted(&look) {
                return look;
            }
            assert!(Instant::now() < end, "{what}: {look:?}");
            std::thread::park_timeout(Duration::from_millis(100));
        }
    }
}

/// A member that lives, on a thread of its own.
struct Living {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Living {
    fn start(member: BaseConsumer<DefaultConsumerContext>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                drop(member.poll(Duration::from_millis(50)));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        self.thread.take().unwrap().join().unwrap();
    }
}

#[tokio::test]
async fn a_member_that_died_between_the_halves_of_a_rebalance_leaves_no_orphan() {
    let group = Group::new().await;
    let nothing = Look::Settled(BTreeSet::new());
    tokio::task::spawn_blocking(move || {
        let is_asked = Dying::default();
        let dying = group.member("a", is_asked.clone());
        let end = Instant::now() + SOON;
        while dying.assignment().unwrap().count() < 2 {
            assert!(Instant::now() < end, "the first member gets both partitions");
            drop(dying.poll(Duration::from_millis(50)));
        }
        assert_eq!(group.until("both are read", |look| *look != Look::Unsettled), nothing);
        let _other = Living::start(group.member("b", DefaultConsumerContext));
        while !is_asked.0.load(Ordering::SeqCst) {
            assert!(Instant::now() < end, "the first member is asked for one of them");
            drop(dying.poll(Duration::from_millis(50)));
        }
        // Dead: it answers nothing any more, and its process is gone without a farewell.
        std::mem::forget(dying);
        let _again = Living::start(group.member("a", DefaultConsumerContext));
        let orphans = group.until(
            "one partition has no reader",
            |look| matches!(look, Look::Settled(orphans) if !orphans.is_empty()),
        );
        let Look::Settled(orphans) = orphans else { panic!("not settled") };
        assert_eq!(orphans.len(), 1);
        group.readers().rebalance().unwrap();
        assert_eq!(group.until("every partition has a reader", |look| *look == nothing), nothing);
    })
    .await
    .unwrap();
}
