//! One connection, from its first request to its end.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::time::Duration;

use hyper::body::{Body, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Error as HyperError, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::BUFFER_BYTES;
use super::accept::Door;
use super::patience::Patience;

/// How long and how much is read from a client that is still sending when its answer is given.
/// Closing at once would reset the connection and destroy the answer.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: u64 = 16 * 1024 * 1024;

/// Status and headers of an answer that no handler gives.
pub(super) struct FixedAnswer(&'static str);

/// To a client that sends no complete head in time.
const SLOW_HEAD: FixedAnswer = FixedAnswer("408 Request Timeout");
/// To a client that is one too many.
pub(super) const NO_CONNECTION_LEFT: FixedAnswer = FixedAnswer("503 Service Unavailable\r\nretry-after: 1");

impl FixedAnswer {
    pub(super) fn with(&self, body: &str) -> Vec<u8> {
        let (status, length) = (self.0, body.len());
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }
}

/// Answers the requests of a connection until it ends.
pub(super) async fn serve<S, H, F, B>(door: &Door<H>, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
    H: Fn(Request<Incoming>, SocketAddr) -> F,
    F: Future<Output = Response<B>>,
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let service = service_fn(|request| {
        let answer = (door.handler)(request, peer);
        Box::pin(async move { Ok::<_, Infallible>(answer.await) })
    });
    let stream = Patience::new(stream, door.terms.write_timeout);
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.terms.header_timeout)
        .max_buf_size(BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|cx| connection.poll_without_shutdown(cx)) => ended,
        () = door.stop.triggered() => {
            Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|cx| connection.poll_without_shutdown(cx)).await
        }
    };
    let parts = connection.into_parts();
    let late = ended.as_ref().is_err_and(HyperError::is_timeout) && !parts.read_buf.is_empty();
    if let Err(error) = ended {
        tracing::debug!(%error, "A connection ended with an error.");
    }
    let last_words = late.then(|| SLOW_HEAD.with(door.terms.answers.slow_head));
    if let Some(stream) = parts.io.into_inner().into_stream() {
        close(stream, last_words).await;
    }
}

/// Ends a connection so that the client can read its last answer.
pub(super) async fn close<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, last_words: Option<Vec<u8>>) {
    let close = async {
        if let Some(answer) = last_words {
            stream.write_all(&answer).await?;
        }
        stream.shutdown().await?;
        let mut rest = (&mut stream).take(LINGER_BYTES);
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
    };
    // Whatever happens now, the client is gone or has its answer.
    drop(tokio::time::timeout(LINGER, close).await);
}
