//! Uptime monitors: looks at addresses in intervals. In: monitors that are due, checks that somebody asked for. Out: what
//! each check saw, and, where that changed, an event and notifications.
//!
//! All state is in the control store, and a check is written down in one step: who takes over goes on where the last
//! one stopped, and a check that was cut off was never made. Time in which nobody looked counts neither as up nor as
//! down.

mod check;
mod judge;
pub mod tell;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use bataudit_control::monitors::{self, Monitor, Status, checks, trials};
use bataudit_control::{Store, clock};
use bataudit_service::Shutdown;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::events_topic::EventsTopic;
use crate::metrics;
use crate::outbound::client::Client;

/// How often it is looked what is due.
const EVERY: Duration = Duration::from_millis(500);
/// Checks under way at one time: slow addresses must not keep the others waiting.
const AT_ONCE: usize = 64;
/// Checks read at a time: those under way are still due, and come first.
const MOST: i64 = 64;

/// Looks at what is due, and tells what changed, until the shutdown.
pub(crate) async fn run(store: Store, client: Client, events: EventsTopic, shutdown: Shutdown) {
    let telling = tell::run(store.clone(), events, shutdown.clone());
    tokio::join!(look(Watch { store, client }, shutdown), telling);
}

#[derive(Clone)]
struct Watch {
    store: Store,
    client: Client,
}

/// Checks under way, each by what it is for.
#[derive(Default)]
struct UnderWay {
    tasks: JoinSet<String>,
    ids: BTreeSet<String>,
}

impl UnderWay {
    fn start(&mut self, id: String, work: impl Future<Output = ()> + Send + 'static) {
        if self.ids.len() < AT_ONCE && self.ids.insert(id.clone()) {
            self.tasks.spawn(async move {
                work.await;
                id
            });
        }
    }

    /// Waits for the next one to end; for ever when there is none.
    async fn ended(&mut self) {
        match self.tasks.join_next().await {
            Some(Ok(id)) => drop(self.ids.remove(&id)),
            // A task that panicked has taken its id with it: it is not known which one, so all may start again.
            Some(Err(_)) => self.ids.clear(),
            None => std::future::pending().await,
        }
    }
}

async fn look(watch: Watch, shutdown: Shutdown) {
    let mut under_way = UnderWay::default();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // What is under way is cut off and not written down: it stays due.
            () = shutdown.triggered() => return,
            () = under_way.ended() => {}
            _ = ticks.tick() => {
                if let Err(error) = watch.start(&mut under_way).await {
                    tracing::warn!(%error, "Could not read which monitors are due; trying again.");
                }
            }
        }
    }
}

impl Watch {
    async fn start(&self, under_way: &mut UnderWay) -> Result<(), bataudit_control::Error> {
        for trial in trials::waiting(&self.store, MOST).await? {
            let (watch, id) = (self.clone(), trial.id.clone());
            under_way.start(id, async move { watch.answer(&trial).await });
        }
        for monitor in monitors::due(&self.store, clock::now_ms(), MOST).await? {
            let (watch, id) = (self.clone(), monitor.id.clone());
            under_way.start(id, async move { watch.check(&monitor, clock::now_ms()).await });
        }
        Ok(())
    }

    /// One check, begun at `now`, unix milliseconds.
    async fn check(&self, monitor: &Monitor, now: i64) {
        let seen = check::look(&self.client, &monitor.target).await;
        let step = judge::step(monitor, &seen, now, judge::next_due(&monitor.target, now, rand::random()));
        match checks::record(&self.store, monitor, &step).await {
            Ok(_) => metrics::checked(step.status == Status::Up),
            Err(error) => {
                metrics::monitors_failed();
                tracing::warn!(%error, monitor = monitor.id, "Could not write down a check; making it again.");
            }
        }
    }

    /// A check that somebody waits for. It counts for nothing.
    async fn answer(&self, trial: &trials::Trial) {
        let made = async {
            let Some(monitor) = monitors::by_id(&self.store, &trial.monitor_id).await? else { return Ok(()) };
            let seen = check::look(&self.client, &monitor.target).await;
            trials::answer(&self.store, &trial.id, &seen.to_json(clock::now_ms())).await
        };
        if let Err(error) = made.await {
            metrics::monitors_failed();
            tracing::warn!(%error, "Could not answer a test of a monitor; trying again.");
        }
    }
}
