//! What a trace sees of a submission under way: one span from the queue to the acknowledgement, whose context travels in
//! the headers of its records. In: the request's span. Out: headers, and what became of each record.

use std::sync::{Mutex, PoisonError};

use bataudit_trace::{Attribute, Headers, Kind, Span};

use super::pending::Outcome;

/// A traced submission whose outcome is open.
#[derive(Debug)]
pub(super) struct Traced {
    headers: Headers,
    /// `None` once it has ended.
    span: Mutex<Option<Span>>,
}

impl Traced {
    /// Begins to publish so many events.
    pub(super) fn begin(request: &Span, events: usize) -> Self {
        let mut span = request.child("publish", Kind::Producer);
        span.set(Attribute::Events(events));
        Self { headers: span.headers(), span: Mutex::new(Some(span)) }
    }

    /// What its records carry.
    pub(super) fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The brokers have one of its records.
    pub(super) fn landed(&self, partition: i32, offset: i64) {
        if let Some(span) = &mut *self.span.lock().unwrap_or_else(PoisonError::into_inner) {
            span.event("acknowledged", [Attribute::Partition(partition), Attribute::Offset(offset)]);
        }
    }

    /// All of it is settled, or nobody waits any more.
    pub(super) fn end(&self, outcome: Outcome) {
        let span = self.span.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(mut span), Err(failure)) = (span, outcome) {
            span.fail(failure.tag());
        }
    }
}
