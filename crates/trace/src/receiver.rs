//! A collector for tests: takes real OTLP over HTTP on loopback, decodes it, and shows what came. It can refuse, and it
//! can be silent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message as _;
use tokio::net::TcpListener;

/// How the collector answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Answer {
    /// It takes everything.
    #[default]
    Takes,
    /// It takes all but so many spans of each request.
    TakesAllBut(i64),
    /// It refuses with 503.
    Refuses,
    /// It never answers.
    Silent,
}

/// A span as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// `service.name` of the process.
    pub service: String,
    /// The span.
    pub span: Span,
}

impl Received {
    /// Its trace, in hex.
    #[must_use]
    pub fn trace(&self) -> String {
        hex(&self.span.trace_id)
    }

    /// Its id, in hex.
    #[must_use]
    pub fn id(&self) -> String {
        hex(&self.span.span_id)
    }

    /// The id of the span it is within, in hex; empty where there is none.
    #[must_use]
    pub fn parent(&self) -> String {
        hex(&self.span.parent_span_id)
    }

    /// The ids of the spans it is linked with, in hex.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        self.span.links.iter().map(|link| hex(&link.span_id)).collect()
    }

    /// Its attributes as text.
    #[must_use]
    pub fn attributes(&self) -> BTreeMap<String, String> {
        attributes(&self.span.attributes)
    }

    /// The attributes of its events as text, all together.
    #[must_use]
    pub fn event_attributes(&self) -> BTreeMap<String, String> {
        self.span.events.iter().flat_map(|event| attributes(&event.attributes)).collect()
    }
}

#[derive(Debug, Default)]
struct Seen {
    answer: Answer,
    spans: Vec<Received>,
    bytes: Vec<u8>,
    requests: usize,
}

/// A running collector. It ends with the runtime.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Where it listens.
    pub url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Receiver {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start() -> std::io::Result<Self> {
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", socket.local_addr()?);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&seen));
        tokio::spawn(async move {
            if let Err(error) = axum::serve(socket, router).await {
                tracing::error!(%error, "The collector of a test ended.");
            }
        });
        Ok(Self { url, seen })
    }

    /// Answers like this from now on.
    pub fn answer(&self, answer: Answer) {
        self.seen().answer = answer;
    }

    /// All spans so far.
    #[must_use]
    pub fn spans(&self) -> Vec<Received> {
        self.seen().spans.clone()
    }

    /// How many requests came, refused ones too.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.seen().requests
    }

    /// Whether a text stands anywhere in what came, byte for byte.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        self.seen().bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(State(seen): State<Arc<Mutex<Seen>>>, body: Bytes) -> (StatusCode, Vec<u8>) {
    let answer = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.requests += 1;
        seen.bytes.extend_from_slice(&body);
        seen.answer
    };
    let rejected_spans = match answer {
        Answer::Takes => 0,
        Answer::TakesAllBut(spans) => spans,
        Answer::Refuses => return (StatusCode::SERVICE_UNAVAILABLE, Vec::new()),
        Answer::Silent => std::future::pending().await,
    };
    let Ok(request) = ExportTraceServiceRequest::decode(body) else {
        return (StatusCode::BAD_REQUEST, Vec::new());
    };
    let spans = request.resource_spans.into_iter().flat_map(spans);
    seen.lock().unwrap_or_else(PoisonError::into_inner).spans.extend(spans);
    let partial_success = (rejected_spans > 0)
        .then(|| ExportTracePartialSuccess { rejected_spans, error_message: "hunter2".to_owned() });
    (StatusCode::OK, ExportTraceServiceResponse { partial_success }.encode_to_vec())
}

fn spans(of: ResourceSpans) -> impl Iterator<Item = Received> {
    let resource = of.resource.map(|resource| attributes(&resource.attributes)).unwrap_or_default();
    let service = resource.get("service.name").cloned().unwrap_or_default();
    let spans = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
    spans.map(move |span| Received { service: service.clone(), span })
}

fn attributes(pairs: &[KeyValue]) -> BTreeMap<String, String> {
    pairs.iter().map(|pair| (pair.key.clone(), text(pair.value.as_ref()))).collect()
}

fn text(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
