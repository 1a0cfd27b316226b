//! A record becomes rows and dead letters: decode, mask, route, columns. Pure.

use bataudit_event::Event;

use crate::batch::Content;
use crate::dead_letter::{DeadLetter, Remains};
use crate::decode::decode;
use crate::mask::{Masker, Scratch};
use crate::metrics;
use crate::record::Record;
use crate::repeat::{Key, Keyed};
use crate::route::route;
use crate::row::{RowContext, RowPlace};
use crate::rules::Rules;

/// Why an event cannot be stored although its record was read.
const UNMASKABLE: &str = "unmaskable";

/// Converts the records of one partition.
#[derive(Debug)]
pub struct Converter {
    partition: i32,
    rules: Rules,
    scratch: Scratch,
    /// The route of the path at hand; kept for its memory.
    route: String,
}

impl Converter {
    /// A converter for this partition.
    #[must_use]
    pub fn new(partition: i32, rules: Rules) -> Self {
        Self { partition, rules, scratch: Scratch::default(), route: String::new() }
    }

    /// Adds what a record becomes.
    pub fn convert(&mut self, record: &Record, content: &mut Content) {
        let value = record.value.as_deref();
        let events = match decode(record.format.as_deref(), value) {
            Ok(events) => events,
            Err(error) => {
                content.rejects.push(DeadLetter {
                    partition: self.partition,
                    offset: record.offset,
                    index: None,
                    reason: error.reason(),
                    detail: error.to_string(),
                    events: record.announced,
                    remains: Remains::of_bytes(value.unwrap_or_default()),
                });
                return;
            }
        };
        metrics::consumed(events.len());
        let book = self.rules.book();
        let mut masked_fields = 0;
        for (index, event) in events.iter().enumerate() {
            // `decode` lets no record pass that has more.
            let place = RowPlace { offset: record.offset, index: index as u16 };
            content.oldest = content.oldest.into_iter().chain([event.received_at]).min();
            masked_fields += self.add(event, book.masker(&event.project_id), place, content);
        }
        metrics::masked(masked_fields);
    }

    /// Adds the row of an event, or its dead letter; returns how many fields were masked.
    fn add(&mut self, event: &Event<'_>, masker: &Masker, place: RowPlace, content: &mut Content) -> usize {
        match masker.fill(event, &mut self.scratch) {
            Ok(()) => {
                let masked = self.scratch.over(event);
                // There are fewer fields than 255.
                let masked_fields = self.scratch.masked_fields() as u8;
                let route = route(masked.path, &mut self.route);
                let context = RowContext { route, mask_rules: masker.version(), masked_fields, place };
                if event.repeatable {
                    let key = Key { project: event.project_id, id: event.id };
                    let (row, received_at) = (content.rows(), event.received_at);
                    let replayed = event.replayed;
                    content.keyed.push(Keyed { key, place, received_at, row, maybe: replayed, replayed });
                }
                content.columns.push(&masked, &context);
                content.earliest = content.earliest.into_iter().chain([event.timestamp]).min();
            }
            Err(error) => content.rejects.push(DeadLetter {
                partition: self.partition,
                offset: place.offset,
                index: Some(place.index),
                reason: UNMASKABLE,
                detail: error.to_string(),
                events: 1,
                remains: Remains::of_event(masker, event),
            }),
        }
        self.scratch.masked_fields()
    }
}
