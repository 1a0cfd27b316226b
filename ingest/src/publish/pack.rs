//! How the events of a submission are packed: grouped by partition, and each group cut into values of
//! about [`RECORD_BYTES`], encoded once and for all. One record for many events is what makes
//! producing cheap.

use bataudit_event::Event;
use bataudit_event::record::Encoded;

use super::{Submission, partitions::Partitions};

/// When a record counts as full. An event that is larger has a record of its own.
pub(super) const RECORD_BYTES: usize = 256 * 1024;
/// Most an event takes in CBOR beside its texts: ids, numbers, and a head for each field.
const EVENT_OVERHEAD: usize = 256;

/// Events of one submission for one partition, as a record could hold them.
#[derive(Debug)]
pub(super) struct Packed {
    pub(super) partition: i32,
    pub(super) encoded: Encoded,
}

/// Packs the events of a submission; those that are not repeatable go to `other`.
pub(super) fn pack(submission: &Submission<'_>, partitions: &Partitions, other: i32) -> Vec<Packed> {
    let place = |event: &Event<'_>| match event.repeatable {
        true => partitions.of_id(&event.id, submission.id_partitions),
        false => other,
    };
    if let [event] = submission.events.as_slice() {
        return cut(place(event), &[event]);
    }
    let mut groups: Vec<(i32, Vec<&Event<'_>>)> = Vec::new();
    for event in &submission.events {
        let partition = place(event);
        match groups.iter_mut().find(|(of, _)| *of == partition) {
            Some((_, group)) => group.push(event),
            None => {
                let mut group = Vec::with_capacity(submission.events.len());
                group.push(event);
                groups.push((partition, group));
            }
        }
    }
    groups.iter().flat_map(|(partition, group)| cut(*partition, group)).collect()
}

fn cut(partition: i32, mut group: &[&Event<'_>]) -> Vec<Packed> {
    let mut records = Vec::new();
    while !group.is_empty() {
        let (mut count, mut bytes) = (0, 0);
        for event in group {
            bytes += weight(event);
            if count > 0 && bytes > RECORD_BYTES {
                break;
            }
            count += 1;
        }
        let (now, later) = group.split_at(count);
        records.push(Packed { partition, encoded: Encoded::of(now.iter().copied(), bytes) });
        group = later;
    }
    records
}

/// At least the bytes of an event in a record.
fn weight(event: &Event<'_>) -> usize {
    let texts = [
        event.event_type,
        event.original_timestamp,
        event.method,
        event.path,
        event.identifier,
        event.user_email,
        event.user_name,
        event.user_roles,
        event.user_type,
        event.tenant_id,
        event.ip,
        event.user_agent,
        event.request_id,
        event.session_id,
        event.query_params,
        event.path_params,
        event.request_body,
        event.response_body,
        event.error_message,
        event.source,
        event.service_name,
        event.environment,
    ];
    EVENT_OVERHEAD + texts.iter().map(|text| text.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use bataudit_event::record;
    use proptest::prelude::*;

    use super::*;

    fn event(body: &str, id: u128, repeatable: bool) -> Event<'_> {
        Event { id: id.to_be_bytes(), request_body: body, repeatable, ..Event::default() }
    }

    fn of<'a>(events: impl IntoIterator<Item = Event<'a>>) -> Submission<'a> {
        Submission { events: events.into_iter().collect(), ..Submission::default() }
    }

    #[test]
    fn one_submission_of_new_events_is_one_record() {
        let events = of((0..20).map(|id| event("{}", id, false)));
        let records = pack(&events, &Partitions::first(4), 2);
        assert_eq!(records.len(), 1);
        assert_eq!((records[0].partition, records[0].encoded.events()), (2, 20));
    }

    #[test]
    fn a_repeated_id_meets_the_same_partition() {
        let partitions = Partitions::first(6);
        let place = |id| pack(&of([event("1", id, true)]), &partitions, 0)[0].partition;
        for id in 0..50 {
            assert_eq!(place(id), place(id));
        }
        assert!((0..50).any(|id| place(id) != place(0)));
    }

    #[test]
    fn the_weight_is_an_upper_bound() {
        let text = "x".repeat(70_000);
        let mut event =
            Event { timestamp: i64::MIN, received_at: i64::MIN, response_time: u64::MAX, ..Event::default() };
        event.status_code = u16::MAX;
        event.key_hash = u64::MAX;
        for field in
            [&mut event.path, &mut event.request_body, &mut event.response_body, &mut event.error_message]
        {
            *field = &text;
        }
        let mut value = Vec::new();
        record::encode([&event].into_iter(), &mut value);
        assert!(value.len() <= weight(&event), "{} > {}", value.len(), weight(&event));
    }

    proptest! {
        #[test]
        fn every_event_is_in_one_record(sizes in prop::collection::vec((0usize..120_000, any::<u128>(), any::<bool>()), 1..12)) {
            let bodies: Vec<_> = sizes.iter().map(|(size, ..)| "x".repeat(*size)).collect();
            let sent = sizes.iter().zip(&bodies).map(|((_, id, repeat), body)| event(body, *id, *repeat));
            let submission = of(sent);
            let records = pack(&submission, &Partitions::first(3), 1);
            let mut found = Vec::new();
            for packed in &records {
                let (value, events) = (packed.encoded.value(), packed.encoded.events());
                let decoded = record::decode(value).unwrap();
                prop_assert_eq!(decoded.len(), events);
                prop_assert!(events == 1 || value.len() <= RECORD_BYTES + 16);
                found.extend(decoded.iter().map(|event| event.id));
            }
            let mut sent: Vec<_> = submission.events.iter().map(|event| event.id).collect();
            sent.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(found, sent);
        }
    }
}
