//! The running part of tracing: one for each service, from its start to its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bataudit_service::Shutdown;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::config::Config;
use crate::export::Exporter;
use crate::metrics;
use crate::queue::queue;
use crate::tracer::{On, Tracer};

/// How long the last spans may take when the service ends. Short: it stands between the service and its end.
const FLUSH: Duration = Duration::from_millis(500);

/// Tracing of one service.
#[derive(Debug, Default)]
pub struct Tracing {
    tracer: Tracer,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    task: JoinHandle<()>,
    stop: Shutdown,
    held: Arc<AtomicUsize>,
}

impl Tracing {
    /// Starts to trace, if it is configured; `service` is the name spans are found by. Needs the runtime's context.
    /// Nothing is asked of the collector yet, and nothing later waits for it.
    #[must_use]
    pub fn start(service: &'static str, config: &Config) -> Self {
        let Some(target) = &config.0 else { return Self::default() };
        let resource = Resource::builder_empty()
            .with_attributes([
                KeyValue::new("service.name", service),
                KeyValue::new("service.namespace", "bataudit"),
                KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
                KeyValue::new("service.instance.id", Uuid::new_v4().to_string()),
            ])
            .build();
        let exporter = match Exporter::new(target, &resource) {
            Ok(exporter) => exporter,
            Err(error) => {
                tracing::error!(%error, "There is no way to the collector; nothing is traced.");
                return Self::default();
            }
        };
        let (entrance, exit, held) = queue(target.queue);
        let provider = SdkTracerProvider::builder()
            // What is followed is decided before a span is made.
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(resource)
            .with_span_processor(entrance)
            .build();
        let stop = Shutdown::new();
        let task = tokio::spawn(exit.run(exporter, stop.clone()));
        let on = On { tracer: provider.tracer("bataudit"), ratio: target.ratio };
        let collector = target.endpoint.origin().ascii_serialization();
        tracing::info!(collector, ratio = target.ratio, "Requests are traced.");
        Self { tracer: Tracer(Some(Arc::new(on))), running: Some(Running { task, stop, held }) }
    }

    /// What begins spans.
    #[must_use]
    pub fn tracer(&self) -> Tracer {
        self.tracer.clone()
    }

    /// Sends what waits, and ends. What the collector does not take within half a second is dropped and counted.
    pub async fn close(self) {
        let Some(Running { mut task, stop, held }) = self.running else { return };
        stop.trigger();
        if tokio::time::timeout(FLUSH, &mut task).await.is_err() {
            task.abort();
            // From here on nothing gets into the queue, and nothing is lost uncounted.
            drop(task.await);
            metrics::dropped("stopped", held.load(Ordering::Relaxed));
        }
    }
}
