//! The four services on real Kafka, ClickHouse and PostgreSQL, each as a process of its own.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bataudit_kafka::Topics;

use crate::api::Api;
use crate::cleanup::{Cleanup, blocking};
use crate::clickhouse::ClickHouse;
use crate::gateway::Gateway;
use crate::process::Launch;
use crate::service::{Service, Starter};
use crate::services::{Services, authority};
use crate::wait::{eventually, holds};
use crate::{binaries, control, process};

/// Who owns every stack of the tests.
pub const OWNER_EMAIL: &str = "owner@example.com";
/// That owner's password.
pub const OWNER_PASSWORD: &str = "for-one-test-run-only";

/// How long the preparation of the stores may take.
const MIGRATED: Duration = Duration::from_secs(60);

/// How a stack differs from the usual one.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Names topics, databases and logs.
    pub label: &'static str,
    /// How many gateways.
    pub ingests: usize,
    /// Brokers, where they are not the shared ones.
    pub kafka: Option<String>,
    /// A ClickHouse, where it is not the shared one.
    pub clickhouse: Option<String>,
    /// Where the processor finds ClickHouse, where that is not the shared one.
    pub processor_clickhouse: Option<String>,
    /// `host:port` of PostgreSQL, where the services do not connect to it directly.
    pub control_through: Option<String>,
    /// Further variables of all services.
    pub env: Vec<(&'static str, String)>,
}

impl Plan {
    /// One gateway, everything shared.
    #[must_use]
    pub fn new(label: &'static str) -> Self {
        Self {
            label,
            ingests: 1,
            kafka: None,
            clickhouse: None,
            processor_clickhouse: None,
            control_through: None,
            env: Vec::new(),
        }
    }
}

/// A running line with topics, database and control store of its own.
#[derive(Debug)]
pub struct Stack {
    /// The gateways.
    pub ingests: Vec<Service>,
    /// The processor.
    pub processor: Service,
    /// Sentinel.
    pub sentinel: Service,
    /// The query API.
    pub query_api: Service,
    /// The database of the events.
    pub clickhouse: ClickHouse,
    /// The topics.
    pub topics: Topics,
    /// The brokers.
    pub brokers: String,
    /// The control store.
    pub control_url: String,
    /// Where logs are kept.
    pub artifacts: PathBuf,
    starter: Starter,
    _cleanup: Cleanup,
}

impl Stack {
    /// Prepares the stores and starts all services; all are ready.
    ///
    /// # Panics
    /// When a part does not come up.
    pub async fn start(plan: Plan) -> Self {
        let mut services = Services::running();
        if let Some(url) = &plan.clickhouse {
            services.clickhouse_url.clone_from(url);
        }
        let name = format!("e2e_{}_{:08x}", plan.label, rand::random::<u32>());
        let brokers = plan.kafka.clone().unwrap_or_else(|| services.kafka.clone());
        let topics = Topics::with_prefix(&name);
        // From here on a failure cleans up.
        let cleanup = Cleanup {
            services: services.clone(),
            brokers: brokers.clone(),
            topics: topics.clone(),
            name: name.clone(),
        };
        let clickhouse = ClickHouse::create(&services, &name).await;
        let control_url = control::create(&services.postgres_url, &name).await;
        let through = plan.control_through.as_deref().unwrap_or(authority(&control_url));
        let reached = control_url.replace(authority(&control_url), through);
        let env = shared_env(&plan, &services, &name, &brokers, &reached);
        let artifacts = binaries::artifacts(plan.label);
        migrate(&env, &artifacts).await;
        let starter = Starter { env, artifacts: artifacts.clone() };
        let processor_env = processor_env(&plan);
        let mut stack = Self {
            ingests: (1..=plan.ingests)
                .map(|n| starter.start("ingest", &format!("ingest-{n}"), &[]))
                .collect(),
            processor: starter.start("processor", "processor", &processor_env),
            sentinel: starter.start("sentinel", "sentinel", &[]),
            query_api: starter.start("query-api", "query-api", &[]),
            clickhouse,
            topics,
            brokers,
            control_url,
            artifacts,
            starter,
            _cleanup: cleanup,
        };
        for service in stack.all() {
            service.ready().await;
        }
        stack
    }

    /// All services.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Service> {
        self.ingests.iter_mut().chain([&mut self.processor, &mut self.sentinel, &mut self.query_api])
    }

    /// Prepares the stores once more.
    pub async fn migrate(&self) {
        migrate(&self.starter.env, &self.artifacts).await;
    }

    /// Starts further services beside those of the stack.
    #[must_use]
    pub fn starter(&self) -> &Starter {
        &self.starter
    }

    /// The owner's session.
    pub async fn owner(&self) -> Api {
        Api::login(&self.query_api.url, OWNER_EMAIL, OWNER_PASSWORD).await
    }

    /// An application with a new project and a key that works already.
    pub async fn application(&self, slug: &str) -> Application {
        let owner = self.owner().await;
        let project = owner.create_project(slug).await;
        let key = owner.create_key(&project, "test").await;
        let gateway = Gateway::new(&self.ingests[0].url, &key.key);
        for ingest in &self.ingests {
            until_key_works(&Gateway::new(&ingest.url, &key.key)).await;
        }
        Application { gateway, owner, project, service: slug.to_owned() }
    }

    /// Everything all processes wrote.
    #[must_use]
    pub fn logs(&self) -> String {
        let fixed = [&self.processor, &self.sentinel, &self.query_api];
        let all = self.ingests.iter().chain(fixed);
        all.fold(String::new(), |mut logs, service| {
            writeln!(logs, "{}", service.process.log()).expect("writing to memory");
            logs
        })
    }
}

/// A project with a key, and its owner.
#[derive(Debug)]
pub struct Application {
    /// Its way in.
    pub gateway: Gateway,
    /// Its way to look.
    pub owner: Api,
    /// The project's id.
    pub project: String,
    /// The service name it uses, which is also the project's slug.
    pub service: String,
}

impl Application {
    /// A query for this application's events only.
    #[must_use]
    pub fn query(&self) -> String {
        format!("project_id={}&service_name={}", self.project, self.service)
    }
}

/// Waits until the gateway knows a key: an event that is refused for its content was not refused for
/// its key.
pub async fn until_key_works(gateway: &Gateway) {
    eventually("the key works", Duration::from_secs(10), async || {
        let answer = gateway.post_text("/v1/audit", "{}").await;
        holds(answer.status == 400, format!("{answer:?}"))
    })
    .await;
}

/// One stack for all tests of a file: started by the first, stopped with the last that holds it.
pub struct Shared {
    plan: fn() -> Plan,
    stack: Mutex<Weak<Stack>>,
}

impl Shared {
    /// A stack that is started when it is first needed.
    #[must_use]
    pub const fn new(plan: fn() -> Plan) -> Self {
        Self { plan, stack: Mutex::new(Weak::new()) }
    }

    /// The stack. Blocks the other tests that want it while it starts.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn get(&self) -> Arc<Stack> {
        let mut shared = self.stack.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stack) = shared.upgrade() {
            return stack;
        }
        let plan = (self.plan)();
        let stack = Arc::new(blocking(|| Stack::start(plan)));
        *shared = Arc::downgrade(&stack);
        stack
    }
}

async fn migrate(env: &BTreeMap<String, String>, artifacts: &std::path::Path) {
    let launch = Launch {
        name: "migrate".to_owned(),
        binary: binaries::path("bataudit"),
        arguments: vec!["migrate".into()],
        env: env.clone(),
        log: artifacts.join("migrate.log"),
    };
    let (success, written) = process::run(launch, MIGRATED).await;
    assert!(success, "bataudit migrate failed:\n{written}");
}

fn shared_env(
    plan: &Plan,
    services: &Services,
    name: &str,
    brokers: &str,
    control_url: &str,
) -> BTreeMap<String, String> {
    let fixed = [
        ("BATAUDIT_KAFKA_BROKERS", brokers),
        ("BATAUDIT_KAFKA_TOPIC_PREFIX", name),
        ("BATAUDIT_KAFKA_PARTITIONS", "3"),
        // The group is the installation's too: two of one name would take each other's partitions.
        ("BATAUDIT_PROCESSOR_GROUP", name),
        // As a deployment with stable names has it: a restarted processor gets its partitions at once.
        ("BATAUDIT_PROCESSOR_INSTANCE_ID", "processor-1"),
        ("BATAUDIT_CLICKHOUSE_URL", &services.clickhouse_url),
        ("BATAUDIT_CLICKHOUSE_USER", &services.clickhouse_user),
        ("BATAUDIT_CLICKHOUSE_PASSWORD", &services.clickhouse_password),
        ("BATAUDIT_CLICKHOUSE_DATABASE", name),
        ("BATAUDIT_CONTROL_URL", control_url),
        (
            "BATAUDIT_LOG",
            "debug,clickhouse=info,rdkafka=info,librdkafka=info,hyper=info,hyper_util=info,sqlx=info",
        ),
        ("JWT_SECRET", "a-secret-of-the-end-to-end-tests-0123456789"),
        ("BATAUDIT_CONTROL_SEAL_SECRET", "what-seals-in-the-end-to-end-tests-0123456789"),
        ("INITIAL_OWNER_EMAIL", OWNER_EMAIL),
        ("INITIAL_OWNER_PASSWORD", OWNER_PASSWORD),
    ];
    let further = plan.env.iter().map(|(name, value)| (*name, value.as_str()));
    fixed.into_iter().chain(further).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn processor_env(plan: &Plan) -> Vec<(&'static str, String)> {
    plan.processor_clickhouse.iter().map(|url| ("BATAUDIT_CLICKHOUSE_URL", url.clone())).collect()
}
