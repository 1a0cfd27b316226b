//! Sentinel is the only process with timers. It makes the access topic equal to the control store,
//! gives projects that a service name made their row, publishes what people did here as audit events, compares
//! the books, evaluates the anomaly rules, looks at monitored addresses, delivers notifications, removes what is
//! older than it is kept and what a person wants erased, and rows of its own that are over. One instance
//! works, others stand by.
//!
//! No state of its own: a restart loses nothing, a second replica changes nothing.

pub mod anomalies;
pub mod books;
mod config;
mod discover;
pub mod erasure;
pub mod events_topic;
mod headroom;
mod lease;
pub mod letters;
mod metrics;
pub mod monitors;
mod notify;
mod outbound;
pub mod outbox;
pub mod progress;
pub mod publish;
pub mod readers;
mod removal;
pub mod retention;
mod tidy;

use std::time::Duration;

use bataudit_control::{Store, sealing};
use bataudit_mail::{MailError, Mailer};
use bataudit_service::health::Readiness;
use bataudit_service::{About, Health, Shutdown};

pub use config::{
    ADMIN, ALLOWED_NETWORKS, CA_FILE, COMPARE_SECONDS, Config, EVALUATE_SECONDS, FIELDS, INSTANCE, raw_days,
};
use discover::Clickhouse;
use events_topic::EventsTopic;
use lease::Lease;
pub use metrics::METRICS;
use notify::Ways;
use outbound::client::Client;
use outbound::guard::Guard;
use publish::topic::{AccessTopic, TopicError};
use readers::Readers;
pub use removal::Turn;

/// As whom sentinel calls the addresses of users; the original's name.
const USER_AGENT: &str = "BatAudit/1.0";
/// As whom it looks at monitored addresses; the original's name too.
const CHECK_AGENT: &str = "BatAudit-Healthcheck/1.0";
/// How long a receiver of a notification may take to answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// How often a control store that does not answer at the start is asked again.
const SETTLE_EVERY: Duration = Duration::from_secs(1);

/// What the program says of itself.
#[must_use]
pub fn about() -> About {
    About {
        program: "bataudit-sentinel",
        version: env!("CARGO_PKG_VERSION"),
        commands: &[],
        works_with: vec![
            ("clickhouse schema", bataudit_store::schema::latest().to_owned()),
            ("control schema", Store::latest_migration()),
            ("records", bataudit_event::record::format()),
        ],
    }
}

/// Why sentinel cannot run at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Kafka settings were refused.
    #[error("Kafka: {0}")]
    Kafka(#[from] TopicError),
    /// The mail server's settings cannot be used.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// What the control store has sealed does not open.
    #[error("{0}")]
    Sealed(bataudit_control::Error),
    /// There is no HTTP client for notifications.
    #[error("notifications: {0}")]
    Outbound(String),
}

/// Seals what is not sealed yet, once the control store answers and has its schema.
async fn settle(store: &Store, leading: &Readiness, shutdown: &Shutdown) -> Result<(), Error> {
    while !shutdown.is_triggered() {
        match sealing::settle(store).await {
            Ok(_) => break,
            Err(error @ bataudit_control::Error::Sealed(_)) => return Err(Error::Sealed(error)),
            Err(error) => {
                tracing::warn!(%error, "Could not see to the sealed secrets of the control store; trying again.");
                leading.not_ready(error.to_string());
            }
        }
        tokio::select! {
            () = shutdown.triggered() => {}
            () = tokio::time::sleep(SETTLE_EVERY) => {}
        }
    }
    Ok(())
}

/// The processors' group, where it is watched.
fn readers(config: &Config) -> Option<Readers> {
    let books = &config.books;
    config.watches_readers.then(|| Readers::new(&books.kafka, &books.topics, &books.stream))
}

/// Runs sentinel on this control store until the shutdown.
///
/// # Errors
/// When the Kafka settings are refused, or the control store's secrets do not open. A dependency that does not answer is waited for.
pub async fn run(config: Config, store: Store, health: Health, shutdown: Shutdown) -> Result<(), Error> {
    let (leading, published) = (health.part("lease"), health.part("access topic"));
    let topic = AccessTopic::new(config.books.kafka.clone(), &config.books.topics)?;
    let events = EventsTopic::new(&config.books.kafka, &config.books.topics, topic.clone())?;
    let readers = readers(&config);
    let guard = Guard::new(config.allowed_networks);
    let client = |name| Client::new(guard.clone(), &config.trusted, name, CALL_TIMEOUT);
    let outbound = client(USER_AGENT).map_err(|error| Error::Outbound(error.to_string()))?;
    let checking = client(CHECK_AGENT).map_err(|error| Error::Outbound(error.to_string()))?;
    let mailer = config.mail.as_ref().map(Mailer::new).transpose()?;
    let ways = Ways { client: outbound, mailer };
    let clickhouse = Clickhouse::new(config.books.store.clone());
    let lease = Lease::new(store.clone(), config.instance);
    settle(&store, &leading, &shutdown).await?;
    while lease.acquire(&leading, &published, &shutdown).await {
        tracing::info!("This sentinel works now.");
        let work = shutdown.child();
        let turn = Turn::default();
        let publishing = publish::run(store.clone(), topic.clone(), published.clone(), work.clone());
        let discovering = discover::run(store.clone(), clickhouse.clone(), work.clone());
        let comparing =
            books::run(store.clone(), config.books.clone(), config.compare_every, turn.clone(), work.clone());
        let (events_again, every) = (events.clone(), config.evaluate_every);
        let watching = anomalies::run(store.clone(), config.books.clone(), events_again, every, work.clone());
        let notifying = notify::run(store.clone(), ways.clone(), work.clone());
        let checks = monitors::run(store.clone(), checking.clone(), events.clone(), work.clone());
        let reporting = outbox::run(store.clone(), events.clone(), work.clone());
        let passing_by = readers::run(readers.clone(), work.clone());
        let copying = letters::run(store.clone(), config.books.clone(), work.clone());
        let progressing = progress::run(store.clone(), config.books.clone(), work.clone());
        let (keeping, books) = (config.retention, config.books.store.clone());
        let forgetting = retention::run(store.clone(), books, keeping, turn.clone(), work.clone());
        let erasing = erasure::run(store.clone(), config.books.clone(), erasure::SETTLED, turn, work.clone());
        let measuring = headroom::run(config.books.clone(), work.clone());
        let tidying = tidy::run(store.clone(), work.clone());
        let holding = async {
            lease.hold(&work).await;
            work.trigger();
        };
        tokio::join!(
            publishing,
            discovering,
            reporting,
            comparing,
            watching,
            notifying,
            checks,
            passing_by,
            progressing,
            copying,
            measuring,
            tidying,
            forgetting,
            erasing,
            holding
        );
        lease.release().await;
    }
    Ok(())
}
