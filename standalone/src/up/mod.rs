//! `bataudit up`: the whole line on one machine, with nothing installed.
//!
//! In: the environment and a data folder. Out: broker and ClickHouse as supervised children, the four services as
//! tasks of this process, and a banner for the person who started it. The services run the same code against the same
//! protocols as in production; nothing here knows an event.
//!
//! `config`, `lock`, `ports`, `parts` and `secrets` prepare the `ground`; `children` keeps the broker and the engine
//! alive; `wiring` gives the services their configuration and starts them; `first_start` and `banner` serve the
//! person; `order` is the way down. `guest` is what another command runs beside all that.

mod banner;
mod broker_file;
mod children;
mod config;
mod credentials;
mod engine_files;
mod first_key;
pub(crate) mod first_start;
mod ground;
pub(crate) mod guest;
mod lock;
mod logs;
mod order;
mod parts;
mod ports;
mod reach;
mod secrets;
mod services;
mod signals;
mod wiring;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bataudit_control::Store;
use bataudit_service::{Env, Health};
use tokio::time::interval;
use tracing::{info, warn};

use banner::Banner;
use children::{Probe, Spawner, Supervised};
pub(crate) use config::FIELDS;
use config::UpConfig;
pub(crate) use config::open_data;
use credentials::Unshown;
use ground::Ground;
use guest::{Guest, Ready};
pub(crate) use lock::{DataLock, LOCK_FILE};
use order::Children;
use parts::Parts;
pub(crate) use reach::{Beside, environment};
use wiring::Line;
pub(crate) use wiring::or;

/// Threads of the runtime: the services wait for the network most of the time, and each thread costs memory.
const THREADS: usize = 2;
/// How long the stores may take to come up once the children answer.
const STORES_WITHIN: Duration = Duration::from_secs(60);
/// How long a start may take before the terminal says what it is waiting for.
const QUIET_START: Duration = Duration::from_secs(15);

/// Runs everything until a signal, or until a part of it cannot go on. A guest begins when all is ready, and says so
/// in place of the banner.
pub(crate) fn run(mut env: Env, data: Option<PathBuf>, guest: Option<Guest>) -> anyhow::Result<()> {
    let started = Instant::now();
    bataudit_heap::return_large_buffers();
    let config = UpConfig::from_env(&mut env, data);
    let addresses = Line::from_env(env.clone(), None)?.addresses(config.admin);

    let data = open_data(&config.data)
        .with_context(|| format!("cannot use the data folder {}", config.data.display()))?;
    let lock = DataLock::take(&data)?;
    ports::check_free(&addresses)?;
    let parts = Parts::find(config.engine, config.broker, &config.cache)?;
    let ground = Ground::prepare(&data)?;
    ground.logs.start(&config.log).context("cannot start logging")?;
    let line = Line::from_env(env, Some(&ground))?;
    let up = Up { line, admin: config.admin, ground, parts, started };

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    let result = runtime.block_on(up.run(guest));
    // What is still blocked somewhere has had its time.
    runtime.shutdown_background();
    drop(lock);
    result
}

/// Everything that is needed to run.
struct Up {
    line: Line,
    admin: SocketAddr,
    ground: Ground,
    parts: Parts,
    started: Instant,
}

impl Up {
    /// Up, on, and down again.
    async fn run(self, guest: Option<Guest>) -> anyhow::Result<()> {
        let stop = signals::watch().context("cannot watch for signals")?;
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        // Held to the end: its thread is what the children's lives are tied to.
        let spawner = Spawner::start(program.clone()).context("cannot start a thread")?;
        broker_file::forget_members(&self.ground.broker_file())
            .await
            .context("cannot prepare the broker's file")?;
        let broker = self.ground.broker_child(&self.parts)?;
        let engine = self.ground.engine_child(&self.parts, &program)?;
        let mut children = Children {
            broker: Supervised::start(broker, spawner.clone()),
            engine: Supervised::start(engine, spawner.clone()),
        };

        let prepared = tokio::select! {
            prepared = self.prepare(&mut children) => prepared.map(Some),
            () = stop.triggered() => Ok(None),
        };
        let result = match prepared {
            Ok(Some(store)) => {
                let health = Health::new();
                let mut services = self.line.clone().start(store.clone(), &health, self.admin);
                let result = tokio::select! {
                    failed = children.fail() => Err(failed.into()),
                    failed = services.fail() => Err(failed),
                    shown = self.welcome(&health, guest) => shown,
                    () = stop.triggered() => Ok(()),
                };
                services.stop().await;
                store.close().await;
                result
            }
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        children.stop().await;
        info!("Stopped.");
        result
    }

    /// Children that answer, stores that are up to date, somebody who can sign in.
    async fn prepare(&self, children: &mut Children) -> anyhow::Result<Store> {
        children.answer().await?;
        tokio::select! {
            store = async {
                let store = self.line.stores.prepare(STORES_WITHIN).await?;
                first_start::ensure(&store, &self.line.owner, &self.unshown()).await?;
                Ok(store)
            } => store,
            failed = children.fail() => Err(failed.into()),
        }
    }

    /// Shows the banner when everything is ready, or lets the guest in, and then never resolves but for an error.
    async fn welcome(&self, health: &Health, guest: Option<Guest>) -> anyhow::Result<()> {
        let (ingest, query_api) = (self.line.ingest_address(), self.line.query_api_address());
        let mut looks = interval(Duration::from_millis(20));
        let mut told = false;
        let unshown = self.unshown().read();
        let key = unshown.as_ref().and_then(|credentials| credentials.api_key.as_deref());
        while !(listens(ingest).await
            && listens(query_api).await
            && health.is_ready()
            && key_works(ingest, key).await)
        {
            looks.tick().await;
            if !told && self.started.elapsed() > QUIET_START {
                let waiting: Vec<_> =
                    health.waiting_for().iter().map(|(part, why)| format!("{part} ({why})")).collect();
                warn!("Still waiting for {}.", waiting.join(", "));
                told = true;
            }
        }
        info!(millis = self.started.elapsed().as_millis(), "Everything is ready.");
        let data = self.ground.data.clone();
        match guest {
            Some(guest) => {
                // Another command tells it from now on.
                self.forget_unshown()?;
                let admin = from_here(self.admin);
                let (ingest, query_api) = (from_here(ingest), from_here(query_api));
                let (kafka, topics) = (self.line.stores.kafka.clone(), self.line.stores.topics.clone());
                guest(Ready { ingest, query_api, admin, kafka, topics, data, unshown }).await?;
            }
            None => {
                let banner = Banner { ingest, query_api, data, unshown };
                let mut terminal = io::stdout();
                write!(terminal, "{banner}")
                    .and_then(|()| terminal.flush())
                    .context("cannot print the addresses")?;
                self.forget_unshown()?;
            }
        }
        std::future::pending().await
    }

    fn forget_unshown(&self) -> anyhow::Result<()> {
        self.unshown().forget().context("cannot remove first-start.json from the data folder")
    }

    fn unshown(&self) -> Unshown {
        Unshown::within(&self.ground.data)
    }
}

/// Whether a service has opened its port, as seen from this machine.
async fn listens(address: SocketAddr) -> bool {
    Probe::Connects(from_here(address)).answers(0).await
}

/// Whether the key that will be printed works; without one there is nothing to wait for.
async fn key_works(ingest: SocketAddr, key: Option<&str>) -> bool {
    match key {
        Some(key) => first_key::works(from_here(ingest), key).await,
        None => true,
    }
}

/// How this process reaches one of its own addresses.
fn from_here(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    address
}
