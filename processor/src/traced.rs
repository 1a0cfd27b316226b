//! What traces see of a processor. In: the headers of records. Out: for each traced request a span `consume` from the
//! moment its record was read until it is stored, within it `mask`; for each batch with such requests a span `batch`,
//! which belongs to the trace of the first of them and is linked with all, and within it a span for each step of storing.
//!
//! The gateway decided what is followed. A batch without traced requests costs nothing, and so does a processor that
//! does not trace.

use std::ops::Range;
use std::time::SystemTime;

use bataudit_trace::{Attribute, Kind, Remote, Span, Tracer};

/// Most traced requests that a batch is linked with, and that one record may name.
const MOST: usize = 64;

/// The traced requests that the headers of a record name, as they are found one after the other.
#[derive(Debug, Default)]
pub struct Named<'h>(Vec<(&'h [u8], Option<&'h [u8]>)>);

impl<'h> Named<'h> {
    /// The next request.
    pub fn parent(&mut self, value: &'h [u8]) {
        if self.0.len() < MOST {
            self.0.push((value, None));
        }
    }

    /// What vendors add to the request before.
    pub fn state(&mut self, value: &'h [u8]) {
        if let Some((_, state @ None)) = self.0.last_mut() {
            *state = Some(value);
        }
    }

    /// The requests that are followed, if there are any. The record arrived now.
    #[must_use]
    pub fn arrived(self) -> Option<Box<Arrived>> {
        let read = |(parent, state): (&[u8], Option<&[u8]>)| {
            let state = state.and_then(|state| std::str::from_utf8(state).ok());
            Remote::read(std::str::from_utf8(parent).ok()?, state)
        };
        let requests: Vec<Remote> = self.0.into_iter().filter_map(read).filter(Remote::is_sampled).collect();
        (!requests.is_empty()).then(|| Box::new(Arrived { requests, at: SystemTime::now() }))
    }
}

/// The traced requests in a record, and when it was read.
#[derive(Debug, Clone)]
pub struct Arrived {
    requests: Vec<Remote>,
    at: SystemTime,
}

/// A span `consume` for each traced request in a batch, all of them under way.
#[derive(Debug, Default)]
pub struct Consumed(Vec<Span>);

impl Consumed {
    /// Begins the spans of a record of this partition and offset, whose conversion began at a time and ends now.
    pub fn note(
        &mut self,
        tracer: &Tracer,
        arrived: &Arrived,
        (partition, offset): (i32, i64),
        began: SystemTime,
    ) {
        for request in &arrived.requests {
            let Some(mut span) = tracer.follow("consume", Kind::Consumer, request, arrived.at) else {
                continue;
            };
            span.set(Attribute::Partition(partition));
            span.set(Attribute::Offset(offset));
            drop(span.child_since("mask", Kind::Internal, began));
            self.0.push(span);
        }
    }

    /// Moves all out of `later`. Those for which there is no place end here.
    pub(crate) fn append(&mut self, later: &mut Self) {
        let room = MOST.saturating_sub(self.0.len());
        if later.0.len() > room {
            bataudit_trace::untraced(later.0.len() - room);
            later.0.truncate(room);
        }
        self.0.append(&mut later.0);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// What can be said of a failure in a span.
pub(crate) trait Failed {
    /// Its stable name.
    fn why(&self) -> &'static str;
}

/// The spans of a batch that is being stored.
#[derive(Debug)]
pub(crate) struct Storing {
    batch: Span,
    consumed: Vec<Span>,
}

impl Storing {
    /// Begins to store a batch of a partition, which becomes so many rows.
    pub(crate) fn begin(
        Consumed(mut consumed): Consumed,
        partition: i32,
        offsets: &Range<i64>,
        rows: usize,
    ) -> Option<Self> {
        let mut batch = consumed.first()?.child("batch", Kind::Internal);
        batch.set(Attribute::Partition(partition));
        batch.set(Attribute::Offsets(offsets.clone()));
        batch.set(Attribute::Rows(rows));
        for request in &mut consumed {
            batch.link(request);
            request.link(&batch);
        }
        Some(Self { batch, consumed })
    }

    /// The trace it lies in.
    pub(crate) fn trace_id(&self) -> u128 {
        self.batch.trace_id()
    }

    /// Ends it, and with it the way of its requests.
    pub(crate) fn end<F: Failed>(storing: Option<Self>, stored: &Result<(), F>) {
        let Some(Self { mut batch, mut consumed }) = storing else { return };
        if let Err(failed) = stored {
            consumed.iter_mut().chain([&mut batch]).for_each(|span| span.fail(failed.why()));
        }
    }
}

/// One step of storing, where it is traced. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Step(Option<Span>);

impl Step {
    /// A step of this batch.
    pub(crate) fn of(storing: Option<&Storing>, name: &'static str, kind: Kind) -> Self {
        Self(storing.map(|storing| storing.batch.child(name, kind)))
    }

    pub(crate) fn set(&mut self, attribute: Attribute) {
        if let Some(span) = &mut self.0 {
            span.set(attribute);
        }
    }

    /// Ends it with this result, which it gives back.
    pub(crate) fn ended<T, F: Failed>(self, result: Result<T, F>) -> Result<T, F> {
        if let (Some(mut span), Err(failed)) = (self.0, &result) {
            span.fail(failed.why());
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use bataudit_service::Env;
    use bataudit_trace::receiver::Receiver;
    use bataudit_trace::{Config, ENDPOINT, Tracing};

    use super::*;

    const PARENT: &[u8] = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_state_belongs_to_the_request_before_it() {
        let mut named = Named::default();
        named.state(b"of=nobody");
        named.parent(PARENT);
        named.state(b"of=first");
        named.state(b"of=nobody");
        named.parent(b"00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203331-01");
        let expected: Vec<_> = [(PARENT, Some("of=first")), (named.0[1].0, None)]
            .map(|(parent, state)| Remote::read(std::str::from_utf8(parent).unwrap(), state).unwrap())
            .into();
        assert_eq!(named.arrived().unwrap().requests, expected);
    }

    #[test]
    fn what_is_not_followed_or_not_readable_is_none() {
        let mut named = Named::default();
        named.parent(b"\xff\xfe");
        named.parent(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
        assert!(named.arrived().is_none());
    }

    #[test]
    fn a_record_names_no_more_than_there_is_room_for() {
        let mut named = Named::default();
        (0..MOST * 2).for_each(|_| named.parent(PARENT));
        assert_eq!(named.arrived().unwrap().requests.len(), MOST);
    }

    #[derive(Debug)]
    struct Lost;

    impl Failed for Lost {
        fn why(&self) -> &'static str {
            "stale"
        }
    }

    #[tokio::test]
    async fn a_batch_is_linked_with_as_many_as_there_is_room_for() {
        let collector = Receiver::start().await.unwrap();
        let mut env = Env::from_pairs([(ENDPOINT.name, collector.url.as_str())]);
        let tracing = Tracing::start("test", &Config::from_env(&mut env));
        let mut content = Consumed::default();
        for offset in 0..3 {
            let mut named = Named::default();
            (0..30).for_each(|_| named.parent(PARENT));
            let mut record = Consumed::default();
            record.note(&tracing.tracer(), &named.arrived().unwrap(), (2, offset), SystemTime::now());
            content.append(&mut record);
            assert!(record.0.is_empty(), "a record's content is used again");
        }
        let storing = Storing::begin(content, 2, &(0..3), 90);
        let insert = Step::of(storing.as_ref(), "insert", Kind::Client);
        assert!(insert.ended::<(), _>(Err(Lost)).is_err());
        Storing::end(storing, &Err(Lost));
        tracing.close().await;

        let spans = collector.spans();
        let of = |name: &str| spans.iter().filter(|span| span.span.name == name).collect::<Vec<_>>();
        let (consumed, batch, insert) = (of("consume"), of("batch")[0], of("insert")[0]);
        assert_eq!((consumed.len(), of("mask").len(), batch.links().len()), (90, 90, MOST));
        assert_eq!(batch.attributes()["bataudit.batch.end"], "3");
        let linked: Vec<_> = consumed.iter().filter(|span| span.links() == [batch.id()]).collect();
        assert_eq!(linked.len(), MOST);
        let failed = linked.iter().copied().chain([&batch, &insert]);
        assert!(failed.map(|span| span.attributes()).all(|said| said["error.type"] == "stale"));
    }

    #[test]
    fn a_batch_without_traced_requests_has_no_spans() {
        assert!(Storing::begin(Consumed::default(), 0, &(0..1), 1).is_none());
    }
}
