//! Connections: how many, how long a request head may take, and how they end. HTTP/1.1. What a
//! request means is [`App`]'s.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Error as HyperError, Request};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use bataudit_service::{Readiness, Shutdown};

use crate::app::App;
use crate::config::HttpConfig;
use crate::metrics;
use crate::respond::HttpResponse;

/// Largest request head.
const HEAD_BYTES: usize = 64 * 1024;
/// Pause after a failed accept: the usual reason, no file descriptors left, lasts a while.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long and how much is read from a client that is still sending when its answer is given.
/// Closing at once would reset the connection and destroy the answer.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 * 1024 * 1024;
/// An answer to a client that has no request the gateway could answer.
struct FixedAnswer {
    status: &'static str,
    body: &'static str,
}

/// Told to a client that sends no complete head in time.
const HEAD_TIMEOUT: FixedAnswer = FixedAnswer {
    status: "408 Request Timeout",
    body: r#"{"error":"The request headers did not arrive in time","status":"failed","code":"slow_header"}"#,
};
/// Told to a client that is one too many.
const TOO_MANY: FixedAnswer = FixedAnswer {
    status: "503 Service Unavailable\r\nretry-after: 1",
    body: r#"{"error":"The gateway has no connection left; retry","status":"failed","code":"BAT-003"}"#,
};

impl FixedAnswer {
    fn bytes(&self) -> Vec<u8> {
        let Self { status, body } = self;
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Serves connections of `listener` until the shutdown, then lets running requests finish.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    config: &HttpConfig,
    ready: Readiness,
    shutdown: Shutdown,
) {
    ready.ready();
    let places = Arc::new(Semaphore::new(config.max_connections));
    let connections = TaskTracker::new();
    // Connections end later than the accepting: see the drain delay.
    let stop = Shutdown::new();
    let stopping = drain_delay(shutdown, ready, config.drain_delay);
    tokio::pin!(stopping);
    loop {
        let stream = tokio::select! {
            () = &mut stopping => break,
            accepted = accept(&listener) => accepted,
        };
        let Some(stream) = stream else { continue };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            // Best effort: a fresh socket has room for this much.
            drop(stream.try_write(&TOO_MANY.bytes()));
            continue;
        };
        metrics::connections(config.max_connections - places.available_permits());
        let connection = serve_connection(Arc::clone(&app), stream, config.header_timeout, stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    stop.trigger();
    connections.close();
    if tokio::time::timeout(config.drain, connections.wait()).await.is_err() {
        tracing::warn!(open = connections.len(), "Stopped before all requests were finished.");
    }
}

/// Resolves when accepting must end: some time after the process said that it is not ready.
async fn drain_delay(shutdown: Shutdown, ready: Readiness, delay: Duration) {
    shutdown.triggered().await;
    ready.not_ready("stopping");
    tokio::time::sleep(delay).await;
}

async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => Some(stream),
        Err(error) => {
            tracing::warn!(%error, "Cannot accept a connection.");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

async fn serve_connection(app: Arc<App>, stream: TcpStream, header_timeout: Duration, stop: Shutdown) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "Cannot send small packets at once.");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        let answer: Pin<Box<dyn Future<Output = Result<HttpResponse, Infallible>> + Send>> =
            Box::pin(async move { Ok(app.handle(request).await) });
        answer
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => ended,
        () = stop.triggered() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    let parts = connection.into_parts();
    let late = ended.as_ref().is_err_and(HyperError::is_timeout) && !parts.read_buf.is_empty();
    if let Err(error) = ended {
        tracing::debug!(%error, "A connection ended with an error.");
    }
    close(parts.io.into_inner(), late).await;
}

/// Ends a connection so that the client can read its last answer.
async fn close(mut stream: TcpStream, late: bool) {
    let close = async {
        if late {
            stream.write_all(&HEAD_TIMEOUT.bytes()).await?;
        }
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(LINGER_BYTES as u64);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    // Whatever happens now, the client is gone or has its answer.
    drop(tokio::time::timeout(LINGER, close).await);
}
