//! HTTP listeners: how many connections there may be, how long one may take for a request head, for
//! taking its answers and for saying nothing, with or without TLS, and how all of it ends. In: a
//! socket and a handler. Out: answered requests. What a request means is the handler's. HTTP/1.1.

mod accept;
mod connection;
mod patience;
mod tls;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::{Request, Response};
use tokio::net::TcpListener;

use accept::Door;
pub use tls::{TlsError, TlsFiles};

/// What a connection holds at most of what it has received; so a request head is no larger.
pub const BUFFER_BYTES: usize = 64 * 1024;

/// What a client reads where there is no request that the handler could answer; bodies are JSON.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// With 408: no complete request head came in time.
    pub slow_head: &'static str,
    /// With 503: one connection too many.
    pub no_connection_left: &'static str,
}

/// How a listener treats its clients.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Most connections at one time.
    pub max_connections: usize,
    /// Time for a TLS handshake, for a request head, and without any request.
    pub header_timeout: Duration,
    /// How long a client may take nothing of what is sent to it.
    pub write_timeout: Duration,
    /// Time for running requests to finish when the listener stops.
    pub drain: Duration,
    /// Certificate and key; without them the listener speaks plain HTTP.
    pub tls: Option<TlsFiles>,
    /// What is said where the handler is not asked.
    pub answers: Answers,
    /// Told how many connections are open whenever one comes or goes.
    pub opened: fn(usize),
}

/// Why a listener cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A bound socket, not yet accepting.
///
/// One socket and one task accept. A socket for each core (`SO_REUSEPORT`) on this one runtime cost
/// 5 % more CPU for each connection and served reconnecting clients no sooner.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    terms: Terms,
    certificates: Option<tls::Certificates>,
}

impl Listener {
    /// Binds `address`.
    ///
    /// # Errors
    /// When the address cannot be bound, or certificate and key cannot be used.
    pub async fn bind(address: SocketAddr, terms: Terms) -> Result<Self, ListenError> {
        let socket = TcpListener::bind(address).await;
        Self::on(socket.map_err(|source| ListenError::Bind { address, source })?, terms)
    }

    /// A listener on a socket that is bound already.
    ///
    /// # Errors
    /// When certificate and key cannot be used.
    pub fn on(socket: TcpListener, terms: Terms) -> Result<Self, ListenError> {
        let certificates = terms.tls.clone().map(tls::Certificates::load).transpose()?;
        Ok(Self { socket, terms, certificates })
    }

    /// Whether clients reach it over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.certificates.is_some()
    }

    /// Serves until `stopping` resolves, then lets running requests finish.
    pub async fn serve<H, F, B>(self, handler: H, stopping: impl Future<Output = ()>)
    where
        H: Fn(Request<Incoming>, SocketAddr) -> F + Send + Sync + 'static,
        F: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let Self { socket, terms, certificates } = self;
        let drain = terms.drain;
        let acceptor = certificates.as_ref().map(tls::Certificates::current);
        let reload = certificates.map(|certificates| tokio::spawn(certificates.follow()));
        let door = Arc::new(Door::new(handler, terms, acceptor));
        door.accept_from(socket, stopping).await;
        door.close(drain).await;
        if let Some(reload) = reload {
            reload.abort();
        }
    }
}
