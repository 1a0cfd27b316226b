//! Which requests are followed. Parent-based: a request that comes with a trace is followed when that trace is, any
//! other one by chance. Everything behind the gateway follows what it was told to.

use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, Tracer as _};
use opentelemetry_sdk::trace::SdkTracer;
use rand::Rng as _;

use crate::attribute::Attribute;
use crate::context::Remote;
use crate::span::{Kind, Span};

/// Begins spans, or nothing where tracing is off. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tracer(pub(crate) Option<Arc<On>>);

#[derive(Debug)]
pub(crate) struct On {
    pub(crate) tracer: SdkTracer,
    pub(crate) ratio: f64,
}

impl Tracer {
    /// Whether anything is traced.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// The span of a request from outside, if it is followed. `parent` is the trace it came with, and is asked for only
    /// while tracing is on.
    pub fn request(
        &self,
        method: &'static str,
        route: &'static str,
        parent: impl FnOnce() -> Option<Remote>,
    ) -> Option<Span> {
        let on = self.0.as_ref()?;
        let parent = parent();
        let followed = match &parent {
            Some(parent) => parent.is_sampled(),
            None => rand::rng().random_bool(on.ratio),
        };
        if !followed {
            return None;
        }
        let mut span = on.begin(format!("{method} {route}"), Kind::Server, parent.map(|p| p.0), None);
        span.set(Attribute::Method(method));
        span.set(Attribute::Route(route));
        Some(span)
    }

    /// A span that goes on from one of another process since a time, if that one is followed.
    #[must_use]
    pub fn follow(&self, name: &'static str, kind: Kind, remote: &Remote, since: SystemTime) -> Option<Span> {
        let on = self.0.as_ref().filter(|_| remote.is_sampled())?;
        Some(on.begin(name.to_owned(), kind, Some(remote.0.clone()), Some(since)))
    }
}

impl On {
    /// Begins a span, now or since a time. Whether it is followed was decided before.
    pub(crate) fn begin(
        self: &Arc<Self>,
        name: impl Into<std::borrow::Cow<'static, str>>,
        kind: Kind,
        parent: Option<SpanContext>,
        since: Option<SystemTime>,
    ) -> Span {
        let mut builder = self.tracer.span_builder(name).with_kind(kind.into());
        builder.start_time = since;
        let context = match parent {
            Some(parent) => Context::new().with_remote_span_context(parent),
            None => Context::new(),
        };
        Span { span: self.tracer.build_with_context(builder, &context), on: Arc::clone(self) }
    }
}
