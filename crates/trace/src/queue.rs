//! Spans that have ended and wait for the collector. In: spans, from any thread, at once or not at all. Out: batches of
//! them, to [`Exporter`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bataudit_service::Shutdown;
use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::export::Exporter;
use crate::metrics;

/// How long a span waits for others.
const LINGER: Duration = Duration::from_millis(500);
/// Most spans of one request to the collector.
const BATCH: usize = 512;

/// Where ended spans go in. The library's own batch processor counts what it drops only in its log.
#[derive(Debug)]
pub(crate) struct Entrance {
    queue: Sender<SpanData>,
    held: Arc<AtomicUsize>,
}

/// Where they come out.
#[derive(Debug)]
pub(crate) struct Exit {
    queue: Receiver<SpanData>,
    /// Spans that waited or were being sent when last counted.
    held: Arc<AtomicUsize>,
}

/// A queue for so many spans; the number says how many are in it or being sent.
pub(crate) fn queue(spans: usize) -> (Entrance, Exit, Arc<AtomicUsize>) {
    let (sender, receiver) = channel(spans);
    let held = Arc::new(AtomicUsize::new(0));
    let entrance = Entrance { queue: sender, held: Arc::clone(&held) };
    (entrance, Exit { queue: receiver, held: Arc::clone(&held) }, held)
}

impl SpanProcessor for Entrance {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.held.fetch_add(1, Ordering::Relaxed);
        let reason = match self.queue.try_send(span) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => "queue_full",
            Err(TrySendError::Closed(_)) => "stopped",
        };
        self.held.fetch_sub(1, Ordering::Relaxed);
        metrics::dropped(reason, 1);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

impl Exit {
    /// Sends what comes until nothing can come any more: after the shutdown, that is what waits then.
    pub(crate) async fn run(mut self, mut exporter: Exporter, shutdown: Shutdown) {
        while let Some(batch) = self.next(&shutdown).await {
            let spans = batch.len();
            exporter.export(batch).await;
            self.held.fetch_sub(spans, Ordering::Relaxed);
        }
    }

    async fn next(&mut self, shutdown: &Shutdown) -> Option<Vec<SpanData>> {
        let mut batch = Vec::new();
        if self.more(&mut batch, shutdown).await == 0 {
            return None;
        }
        let due = tokio::time::sleep(LINGER);
        tokio::pin!(due);
        while batch.len() < BATCH {
            tokio::select! {
                more = self.more(&mut batch, shutdown) => if more == 0 { break },
                () = &mut due => break,
            }
        }
        Some(batch)
    }

    /// Waits for spans, and says how many came; none when none will.
    async fn more(&mut self, batch: &mut Vec<SpanData>, shutdown: &Shutdown) -> usize {
        let room = BATCH - batch.len();
        if !self.queue.is_closed() {
            tokio::select! {
                more = self.queue.recv_many(batch, room) => return more,
                () = shutdown.triggered() => self.queue.close(),
            }
        }
        self.queue.recv_many(batch, room).await
    }
}
