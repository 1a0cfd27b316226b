//! A balancer in front of the gateways, as a Service of Kubernetes is one: it asks each whether it is ready, and gives new
//! connections in turn to those that are. A connection stays where it is, and nothing is tried twice.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::proxy::join;
use crate::service::Service;
use crate::services::authority;
use crate::wait::{eventually, holds};

/// How often a gateway is asked.
const ASKED_EVERY: Duration = Duration::from_millis(20);
/// How long it may think about it.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
/// How long until a gateway that is ready gets connections.
const NOTICED: Duration = Duration::from_secs(10);

/// A balancer on loopback; ends with the value.
#[derive(Debug)]
pub struct Balancer {
    address: SocketAddr,
    gateways: Arc<Vec<Gateway>>,
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Gateway {
    address: String,
    health_url: String,
    is_ready: AtomicBool,
}

impl Balancer {
    /// One in front of these gateways.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn before(gateways: &[Service]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let gateways = gateways.iter().map(|gateway| Gateway {
            address: authority(&gateway.url).to_owned(),
            health_url: format!("{}/ready", gateway.admin_url),
            is_ready: AtomicBool::new(false),
        });
        let gateways = Arc::new(gateways.collect::<Vec<_>>());
        let mut tasks = JoinSet::new();
        for number in 0..gateways.len() {
            tasks.spawn(ask(Arc::clone(&gateways), number));
        }
        tasks.spawn(serve(listener, Arc::clone(&gateways)));
        let balancer = Self { address, gateways, _tasks: tasks };
        balancer.until_all_ready().await;
        balancer
    }

    /// Where applications post.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until every gateway gets connections.
    ///
    /// # Panics
    /// When one does not in time.
    pub async fn until_all_ready(&self) {
        eventually("every gateway gets connections", NOTICED, async || {
            let waiting = self.gateways.iter().find(|gateway| !gateway.is_ready.load(Ordering::Relaxed));
            holds(waiting.is_none(), format!("not {waiting:?}"))
        })
        .await;
    }
}

async fn ask(gateways: Arc<Vec<Gateway>>, number: usize) {
    let gateway = &gateways[number];
    // As probes do, each on a connection of its own.
    let client = Client::builder().timeout(ANSWERS_WITHIN).pool_max_idle_per_host(0).build();
    let (client, mut times) = (client.expect("an HTTP client"), interval(ASKED_EVERY));
    times.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        times.tick().await;
        let answer = client.get(&gateway.health_url).send().await;
        let is_ready = answer.is_ok_and(|answer| answer.status() == 200);
        gateway.is_ready.store(is_ready, Ordering::Relaxed);
    }
}

async fn serve(listener: TcpListener, gateways: Arc<Vec<Gateway>>) {
    let (turn, mut connections) = (AtomicUsize::new(0), JoinSet::new());
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.expect("a connection");
                // Nobody is ready: the client sees its connection end.
                if let Some(gateway) = next(&gateways, &turn) {
                    connections.spawn(join(client, gateway));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// The address of the gateway whose turn it is, of those that are ready.
fn next(gateways: &[Gateway], turn: &AtomicUsize) -> Option<String> {
    let ready: Vec<_> = gateways.iter().filter(|gateway| gateway.is_ready.load(Ordering::Relaxed)).collect();
    let place = turn.fetch_add(1, Ordering::Relaxed).checked_rem(ready.len())?;
    Some(ready[place].address.clone())
}
