//! Who gets in: takes new connections while there are places, tells the rest that there is none, and
//! sees all of them off in the end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::{Request, Response};
use openssl::ssl::SslAcceptor;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio_util::task::TaskTracker;

use super::{Terms, connection, tls};
use crate::shutdown::Shutdown;

/// Pause after a failed accept: the usual reason, no file descriptors left, lasts a while.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Clients that may be told at one time that there is no place for them; the others are cut off.
const TURNED_AWAY: usize = 256;

/// The way in.
pub(super) struct Door<H> {
    pub(super) handler: H,
    pub(super) terms: Terms,
    /// Connections end later than the accepting does.
    pub(super) stop: Shutdown,
    acceptor: Option<watch::Receiver<SslAcceptor>>,
    places: Arc<Semaphore>,
    turned_away: Arc<Semaphore>,
    connections: TaskTracker,
}

impl<H> Door<H> {
    pub(super) fn new(handler: H, terms: Terms, acceptor: Option<watch::Receiver<SslAcceptor>>) -> Self {
        Self {
            handler,
            stop: Shutdown::new(),
            acceptor,
            places: Arc::new(Semaphore::new(terms.max_connections)),
            turned_away: Arc::new(Semaphore::new(TURNED_AWAY)),
            connections: TaskTracker::new(),
            terms,
        }
    }

    /// Lets running requests finish, for `drain` at most.
    pub(super) async fn close(&self, drain: Duration) {
        self.stop.trigger();
        self.connections.close();
        if tokio::time::timeout(drain, self.connections.wait()).await.is_err() {
            tracing::warn!(open = self.connections.len(), "Stopped before all requests were finished.");
        }
    }
}

impl<H, F, B> Door<H>
where
    H: Fn(Request<Incoming>, SocketAddr) -> F + Send + Sync + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Takes connections until `stopping` resolves.
    pub(super) async fn accept_from(
        self: &Arc<Self>,
        socket: TcpListener,
        stopping: impl Future<Output = ()>,
    ) {
        tokio::pin!(stopping);
        loop {
            let accepted = tokio::select! {
                () = &mut stopping => break,
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.admit(stream, peer),
                Err(error) => {
                    tracing::warn!(%error, "Cannot accept a connection.");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn admit(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return self.turn_away(stream);
        };
        self.count();
        let door = Arc::clone(self);
        self.connections.spawn(async move {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "Cannot send small packets at once.");
            }
            match door.handshake(stream).await {
                Ok(Channel::Plain(stream)) => connection::serve(&door, stream, peer).await,
                Ok(Channel::Tls(stream)) => connection::serve(&door, stream, peer).await,
                Err(error) => tracing::debug!(%error, "A TLS handshake failed."),
            }
            drop(place);
            door.count();
        });
    }

    /// Tells how many connections are open.
    fn count(&self) {
        (self.terms.opened)(self.terms.max_connections - self.places.available_permits());
    }

    async fn handshake(&self, stream: TcpStream) -> io::Result<Channel> {
        let Some(acceptor) = &self.acceptor else { return Ok(Channel::Plain(stream)) };
        let acceptor = acceptor.borrow().clone();
        let shaken = tokio::time::timeout(self.terms.header_timeout, tls::accept(&acceptor, stream));
        shaken.await?.map(Channel::Tls)
    }

    /// Says that there is no place. Over TLS nothing can be said before the handshake, which costs
    /// more than a client that is not served may cost.
    fn turn_away(&self, stream: TcpStream) {
        let Ok(place) = Arc::clone(&self.turned_away).try_acquire_owned() else { return };
        if self.acceptor.is_some() {
            return;
        }
        let answer = connection::NO_CONNECTION_LEFT.with(self.terms.answers.no_connection_left);
        self.connections.spawn(async move {
            connection::close(stream, Some(answer)).await;
            drop(place);
        });
    }
}

/// A connection that is ready for HTTP.
enum Channel {
    Plain(TcpStream),
    Tls(tls::Stream),
}
