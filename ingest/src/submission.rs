//! The events of one body: decode → validate → stamp → publish, and the answer to give once the
//! broker has acknowledged. Nothing here waits.

use bataudit_event::Event;
use bataudit_trace::Span;

use crate::access::Table;
use crate::app::App;
use crate::auth::Caller;
use crate::body::Layout;
use crate::budget::Reservation;
use crate::config;
use crate::decode::{self, DecodeError, Malformed, RawEvent};
use crate::metrics;
use crate::publish::{Acknowledgement, Submission};
use crate::respond::{self, Accepted, EventError, EventResult, Limit, Refusal};
use crate::stamp::{Stamp, StampedEvent};
use crate::validate::{self, Failure};

/// What is known of a request beside its body.
pub(crate) struct Received<'r> {
    pub(crate) caller: &'r Caller,
    pub(crate) table: &'r Table,
    /// Unix milliseconds.
    pub(crate) received_at: i64,
    pub(crate) idempotency_key: Option<&'r str>,
    /// Its span, where it is traced.
    pub(crate) span: Option<&'r Span>,
    pub(crate) layout: Layout,
}

/// A submission on its way.
pub(crate) struct Sent {
    /// The answer when it is acknowledged.
    pub(crate) accepted: Accepted,
    /// `None` when there was nothing to send.
    pub(crate) acknowledgement: Option<Acknowledgement>,
    /// Whether every event was sent.
    pub(crate) is_whole: bool,
}

/// Sends the one event of a body.
pub(crate) fn send_event(body: &[u8], received: &Received<'_>, app: &App) -> Result<Sent, Refusal> {
    if received.layout == Layout::Lines {
        return Err(Refusal::UnsupportedType);
    }
    let text = decode::text(body).map_err(|error| refusal(error, app))?;
    let raw = decode::single(text).map_err(|error| refusal(error, app))?;
    let event = check(&raw, 0, &received.stamp(), app).map_err(Refusal::Invalid)?;
    let acknowledgement = publish(vec![event.event()], received, app);
    Ok(Sent { accepted: respond::single(&event), acknowledgement: Some(acknowledgement), is_whole: true })
}

/// Sends the valid events of a body.
pub(crate) fn send_batch(
    body: &[u8],
    reserved: &mut Reservation,
    received: &Received<'_>,
    app: &App,
) -> Result<Sent, Refusal> {
    let text = decode::text(body).map_err(|error| refusal(error, app))?;
    let most = app.limits().events;
    let decoded: Vec<Result<RawEvent<'_>, Malformed>> = match received.layout {
        Layout::Json => decode::array(text, most).map(|events| events.into_iter().map(Ok).collect()),
        Layout::Lines => decode::lines(text, most),
    }
    .map_err(|error| refusal(error, app))?;
    if decoded.is_empty() {
        return Err(Refusal::EmptyBatch);
    }
    // One was counted before the body was read.
    app.rate().take(&received.caller.known, decoded.len() - 1)?;
    reserved.add(respond::room_of_batch(decoded.len()))?;
    let stamp = received.stamp();
    let checked = decoded.iter().enumerate().map(|(index, raw)| match raw {
        Ok(raw) => check(raw, index, &stamp, app).map_err(|failures| EventError::invalid(&failures)),
        Err(malformed) => {
            metrics::event_rejected("malformed");
            Err(EventError::malformed(malformed))
        }
    });
    let checked: Vec<Result<StampedEvent<'_>, Vec<EventError>>> = checked.collect();
    let results = checked.iter().enumerate().map(|(index, checked)| EventResult::of(index, checked));
    let accepted = respond::batch(results.collect());
    let is_whole = accepted.events == checked.len();
    let acknowledgement = (accepted.events > 0).then(|| {
        let mut events = Vec::with_capacity(accepted.events);
        events.extend(checked.iter().flatten().map(StampedEvent::event));
        publish(events, received, app)
    });
    Ok(Sent { accepted, acknowledgement, is_whole })
}

fn check<'a>(
    raw: &RawEvent<'a>,
    index: usize,
    stamp: &Stamp<'_>,
    app: &App,
) -> Result<StampedEvent<'a>, Vec<Failure>> {
    let stamped = validate::validate(raw, app.limits().event)
        .map(|valid| if app.has_original_environments() { valid.in_an_original_environment() } else { valid })
        .and_then(|valid| stamp.apply(valid, index).map_err(|failure| vec![failure]));
    if let Err(failures) = &stamped {
        let malformed = failures.iter().any(|failure| failure.reason.is_malformed());
        metrics::event_rejected(if malformed { "malformed" } else { "invalid" });
    }
    stamped
}

fn publish(events: Vec<Event<'_>>, received: &Received<'_>, app: &App) -> Acknowledgement {
    let id_partitions = received.table.id_partitions();
    app.publisher().publish(&Submission { events, id_partitions, span: received.span })
}

fn refusal(error: DecodeError, app: &App) -> Refusal {
    match error {
        DecodeError::Malformed(malformed) => Refusal::Malformed(malformed),
        DecodeError::TooMany => Refusal::TooLarge(Limit {
            what: "The batch",
            unit: "events",
            most: app.limits().events,
            field: &config::MAX_EVENTS,
        }),
    }
}

impl Received<'_> {
    fn stamp(&self) -> Stamp<'_> {
        Stamp {
            caller: self.caller,
            table: self.table,
            received_at: self.received_at,
            idempotency_key: self.idempotency_key,
        }
    }
}
