//! One step of a traced request. It ends when it is dropped.

use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::{Span as _, SpanKind, Status};
use opentelemetry_sdk::trace::Span as SdkSpan;

use crate::attribute::Attribute;
use crate::context::Headers;
use crate::tracer::On;

/// What a step is to the trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It answers a request.
    Server,
    /// It asks another process.
    Client,
    /// It hands something to Kafka.
    Producer,
    /// It takes something from Kafka.
    Consumer,
    /// None of these.
    Internal,
}

impl From<Kind> for SpanKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Server => Self::Server,
            Kind::Client => Self::Client,
            Kind::Producer => Self::Producer,
            Kind::Consumer => Self::Consumer,
            Kind::Internal => Self::Internal,
        }
    }
}

/// A step that is under way.
#[derive(Debug)]
pub struct Span {
    pub(crate) span: SdkSpan,
    pub(crate) on: Arc<On>,
}

impl Span {
    /// A step within this one, beginning now.
    #[must_use]
    pub fn child(&self, name: &'static str, kind: Kind) -> Self {
        self.on.begin(name, kind, Some(self.span.span_context().clone()), None)
    }

    /// A step within this one that began at a time.
    #[must_use]
    pub fn child_since(&self, name: &'static str, kind: Kind, since: SystemTime) -> Self {
        self.on.begin(name, kind, Some(self.span.span_context().clone()), Some(since))
    }

    /// Says something about it.
    pub fn set(&mut self, attribute: Attribute) {
        self.span.set_attributes(attribute.pairs());
    }

    /// Notes that something happened now.
    pub fn event<const N: usize>(&mut self, name: &'static str, attributes: [Attribute; N]) {
        let pairs = attributes.into_iter().flat_map(Attribute::pairs).collect();
        self.span.add_event(name, pairs);
    }

    /// Notes that it failed, by a stable name.
    pub fn fail(&mut self, why: &'static str) {
        self.set(Attribute::Failure(why));
        self.span.set_status(Status::error(why));
    }

    /// Points to a step of another trace that belongs to this one.
    pub fn link(&mut self, other: &Self) {
        self.span.add_link(other.span.span_context().clone(), Vec::new());
    }

    /// The id of its trace.
    #[must_use]
    pub fn trace_id(&self) -> u128 {
        u128::from_be_bytes(self.span.span_context().trace_id().to_bytes())
    }

    /// The headers with which another process goes on from here.
    #[must_use]
    pub fn headers(&self) -> Headers {
        Headers::of(self.span.span_context())
    }
}
