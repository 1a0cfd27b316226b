//! A TCP proxy with weather: what passes through it is slowed, held, cut in the middle, or loses its
//! answer. For Kafka it reads whole requests, and so can lose the answer to a commit and to nothing
//! else.
//!
//! In: a target and what it speaks. Out: an address to connect to instead. It does not know who
//! speaks through it, nor why.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::wait::lasting;

mod frame;

pub use frame::{Call, Member, OFFSET_COMMIT, PRODUCE, SentCommit};

/// What happens to what passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// It passes.
    Clear,
    /// Connections are cut, and new ones at once.
    Closed,
    /// Nothing passes; what was held goes on afterwards.
    Still,
    /// Nothing passes, and every connection that noticed is cut afterwards: half-open till then.
    HalfOpen,
    /// So slow that a request takes seconds.
    Slow,
    /// A connection is cut after so many bytes of requests: in the middle of one.
    CutRequest(usize),
    /// A request passes whole; its answer is held, and the connection cut afterwards.
    NoAnswer,
    /// A request passes whole; the connection is cut at the first byte of the answer.
    CutAnswer,
    /// Kafka: a connection is cut instead of passing on a call of this kind.
    LoseCall(Call),
    /// Kafka: a call of this kind passes, and the connection is cut instead of passing on its answer.
    LoseAnswer(Call),
    /// Kafka: commits carry another generation than the member's, which the broker refuses.
    StaleCommit,
}

/// What is spoken through a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Anything: bytes.
    Bytes,
    /// Kafka: requests and answers with a length before them.
    Kafka,
}

/// Bytes that pass at a time when it is slow, and the pause after them.
const SLOW: (usize, Duration) = (512, Duration::from_millis(20));

/// What was said of a consumer group through a proxy.
#[derive(Debug, Default)]
pub struct Heard {
    /// Every member as it called itself last, by the name it keeps.
    pub members: BTreeMap<String, Member>,
    /// The last commit of every partition.
    pub commits: BTreeMap<i32, SentCommit>,
}

impl Heard {
    fn listen(&mut self, call: &[u8]) {
        if let Some(member) = frame::member(call) {
            self.members.insert(member.instance.clone(), member);
        }
        if let Some(commit) = frame::commit(call) {
            self.commits.insert(commit.partition, commit);
        }
    }
}

/// A proxy on loopback; ends with the value.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    heard: Arc<Mutex<Heard>>,
}

impl FaultProxy {
    /// A proxy to `host:port`.
    ///
    /// # Panics
    /// When its port is taken.
    pub async fn to(target: &str, protocol: Protocol, port: u16) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let (weather, seen) = watch::channel(Weather::Clear);
        let listener = TcpListener::bind(address).await.expect("the proxy's port");
        let heard = Arc::default();
        let through = Through { target: target.to_owned(), protocol, heard: Arc::clone(&heard) };
        tokio::spawn(serve(listener, through, seen));
        Self { address, weather, heard }
    }

    /// Where to connect instead of the target.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was said of consumer groups so far.
    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the weather for all connections, old and new.
    pub fn set(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }
}

/// Where connections lead, and who listens.
#[derive(Debug, Clone)]
struct Through {
    target: String,
    protocol: Protocol,
    heard: Arc<Mutex<Heard>>,
}

async fn serve(listener: TcpListener, through: Through, mut weather: watch::Receiver<Weather>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            changed = weather.changed() => {
                if changed.is_err() {
                    return; // The proxy was dropped.
                }
                if *weather.borrow_and_update() == Weather::Closed {
                    connections.shutdown().await;
                }
            }
            Ok((client, _)) = listener.accept() => {
                if *weather.borrow() != Weather::Closed {
                    connections.spawn(join(client, through.clone(), weather.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Runs one connection until one of its ends is gone, or the weather cuts it.
async fn join(client: TcpStream, through: Through, weather: watch::Receiver<Weather>) {
    let Through { target, protocol, heard } = through;
    let Ok(server) = TcpStream::connect(target).await else { return };
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (client_read, client_write) = client.into_split();
    let (server_read, server_write) = server.into_split();
    let doomed = Arc::default();
    let request = Pump { from: client_read, to: server_write, weather: weather.clone(), passed: 0 };
    let answer = Pump { from: server_read, to: client_write, weather, passed: 0 };
    let done = match protocol {
        Protocol::Bytes => {
            tokio::select! { done = request.bytes(Way::Request) => done, done = answer.bytes(Way::Answer) => done }
        }
        Protocol::Kafka => {
            tokio::select! { done = request.calls(&doomed, &heard) => done, done = answer.answers(&doomed) => done }
        }
    };
    // How a connection ends is its owners' business.
    drop(done);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Request,
    Answer,
}

/// Correlation ids of calls whose answers are to be lost.
type Doomed = Arc<Mutex<BTreeSet<i32>>>;

struct Pump {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    weather: watch::Receiver<Weather>,
    passed: usize,
}

impl Pump {
    async fn bytes(mut self, way: Way) -> io::Result<()> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let read = self.from.read(&mut buffer).await?;
            if read == 0 {
                // One way has ended; the other may still have something to say.
                self.to.shutdown().await?;
                return std::future::pending().await;
            }
            self.pass(&buffer[..read], way).await?;
        }
    }

    async fn calls(mut self, doomed: &Doomed, heard: &Mutex<Heard>) -> io::Result<()> {
        while let Some(mut call) = frame::read(&mut self.from).await? {
            let (kind, id) = frame::call(&call);
            heard.lock().unwrap_or_else(PoisonError::into_inner).listen(&call);
            match *self.weather.borrow() {
                Weather::LoseCall(lost) if lost == kind => return Err(cut()),
                Weather::LoseAnswer(lost) if lost == kind => {
                    doomed.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
                }
                Weather::StaleCommit if kind == OFFSET_COMMIT => frame::make_stale(&mut call),
                _ => {}
            }
            self.pass(&call, Way::Request).await?;
        }
        Err(cut())
    }

    async fn answers(mut self, doomed: &Doomed) -> io::Result<()> {
        while let Some(answer) = frame::read(&mut self.from).await? {
            let id = frame::answered(&answer);
            if doomed.lock().unwrap_or_else(PoisonError::into_inner).contains(&id) {
                return Err(cut());
            }
            self.pass(&answer, Way::Answer).await?;
        }
        Err(cut())
    }

    /// Passes bytes on, as the weather allows.
    async fn pass(&mut self, bytes: &[u8], way: Way) -> io::Result<()> {
        let now = *self.weather.borrow();
        match (now, way) {
            (Weather::Still, _) => self.until_it_changes(now).await,
            (Weather::HalfOpen, _) | (Weather::NoAnswer, Way::Answer) => {
                self.until_it_changes(now).await;
                return Err(cut());
            }
            (Weather::CutAnswer, Way::Answer) => return Err(cut()),
            (Weather::CutRequest(after), Way::Request) => {
                let room = after.saturating_sub(self.passed);
                if bytes.len() > room {
                    self.to.write_all(&bytes[..room]).await?;
                    return Err(cut());
                }
                self.passed += bytes.len();
            }
            (Weather::Slow, _) => return self.slowly(bytes).await,
            _ => self.passed = 0,
        }
        self.to.write_all(bytes).await
    }

    async fn slowly(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut chunks = bytes.chunks(SLOW.0);
        while *self.weather.borrow() == Weather::Slow {
            let Some(chunk) = chunks.next() else { return Ok(()) };
            self.to.write_all(chunk).await?;
            lasting(SLOW.1).await;
        }
        for chunk in chunks {
            self.to.write_all(chunk).await?;
        }
        Ok(())
    }

    async fn until_it_changes(&mut self, from: Weather) {
        // When the proxy is gone, so is the weather.
        drop(self.weather.wait_for(|now| *now != from).await);
    }
}

/// Sends a message of the Kafka protocol on a connection of its own, and returns the answer.
///
/// # Errors
/// When there is none.
pub async fn ask(broker: &str, message: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(broker).await?;
    stream.write_all(message).await?;
    frame::read(&mut stream).await?.ok_or_else(cut)
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionReset, "cut by the weather")
}

#[cfg(test)]
mod tests;
