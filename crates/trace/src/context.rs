//! Traces across processes: W3C trace context, as two headers of a request or of a Kafka record. In: what others wrote.
//! Out: a [`Remote`] span to go on from, or nothing; and the [`Headers`] for the next one.

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator as _};
use opentelemetry::trace::{SpanContext, TraceContextExt as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use reqwest::header::HeaderMap;

/// The header with trace, span and flags.
pub const TRACEPARENT: &str = "traceparent";
/// The header with what vendors add.
pub const TRACESTATE: &str = "tracestate";

/// Length of a `traceparent`; a later version may have more behind. The library takes ids that are too short.
const LEAST_PARENT: usize = 55;
/// Longest `traceparent` that is looked at.
const LONGEST_PARENT: usize = 256;
/// Longest `tracestate` that is passed on: as much as the standard asks for. A longer one is left out, which it allows.
const LONGEST_STATE: usize = 512;

/// A span of another process.
#[derive(Debug, Clone, PartialEq)]
pub struct Remote(pub(crate) SpanContext);

impl Remote {
    /// Reads the headers; `None` when they name no span.
    #[must_use]
    pub fn read(parent: &str, state: Option<&str>) -> Option<Self> {
        if !(LEAST_PARENT..=LONGEST_PARENT).contains(&parent.len()) {
            return None;
        }
        let carrier = Carrier { parent, state: state.filter(|state| state.len() <= LONGEST_STATE) };
        let found = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        let context = found.span().span_context().clone();
        context.is_valid().then_some(Self(context))
    }

    /// Reads the headers of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let parent = headers.get(TRACEPARENT)?.to_str().ok()?;
        // More than one of these lines is one list.
        let states: Vec<_> =
            headers.get_all(TRACESTATE).iter().filter_map(|state| state.to_str().ok()).collect();
        Self::read(parent, Some(&states.join(",")))
    }

    /// Whether the other process follows this trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.0.is_sampled()
    }
}

struct Carrier<'a> {
    parent: &'a str,
    state: Option<&'a str>,
}

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            TRACEPARENT => Some(self.parent),
            TRACESTATE => self.state,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, TRACESTATE]
    }
}

/// The headers that carry a span to the next process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Value of `traceparent`.
    pub parent: String,
    /// Value of `tracestate`, where there is any.
    pub state: Option<String>,
}

impl Headers {
    pub(crate) fn of(context: &SpanContext) -> Self {
        let mut headers = Self::default();
        let context = Context::new().with_remote_span_context(context.clone());
        TraceContextPropagator::new().inject_context(&context, &mut headers);
        headers
    }
}

impl Injector for Headers {
    fn set(&mut self, key: &str, value: String) {
        match key {
            TRACEPARENT => self.parent = value,
            TRACESTATE if !value.is_empty() => self.state = Some(value),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_was_read_is_written() {
        let remote = Remote::read(PARENT, Some("shop=1,other=a:b")).unwrap();
        assert!(remote.is_sampled());
        let headers = Headers::of(&remote.0);
        assert_eq!((headers.parent.as_str(), headers.state.as_deref()), (PARENT, Some("shop=1,other=a:b")));
        assert_eq!(Headers::of(&Remote::read(PARENT, None).unwrap().0).state, None);
    }

    #[test]
    fn a_flag_says_whether_it_is_followed() {
        let unsampled = PARENT.replace("-01", "-00");
        assert!(!Remote::read(&unsampled, None).unwrap().is_sampled());
    }

    #[test]
    fn what_names_no_span_is_none() {
        let zeros = PARENT.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32));
        let long = format!("01{}-{}", &PARENT[2..], "x".repeat(LONGEST_PARENT));
        for parent in
            ["", "00-1-2-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", &zeros, &long]
        {
            assert_eq!(Remote::read(parent, None), None, "{parent}");
        }
    }

    #[test]
    fn a_state_that_is_too_long_or_wrong_is_left_out_alone() {
        for state in ["x=".repeat(LONGEST_STATE), "no pair".to_owned()] {
            let remote = Remote::read(PARENT, Some(&state)).unwrap();
            assert_eq!(Headers::of(&remote.0), Headers { parent: PARENT.to_owned(), state: None });
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(parent in ".*", state in ".*") {
            drop(Remote::read(&parent, Some(&state)));
            drop(Remote::read(PARENT, Some(&state)));
        }
    }
}
