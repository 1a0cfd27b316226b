//! Records that can never be stored. The gateway lets none through, so these pass it by, as those of a program would
//! that writes to Kafka itself and cuts bodies off: the processor finds that they cannot be masked, and keeps them as
//! dead letters.

use bataudit_control::clock::now_ms;
use bataudit_event::{Event, record};
use bataudit_kafka::{Connection, Topics};
use bataudit_sentinel::events_topic::{EventsTopic, Outgoing};
use bataudit_sentinel::publish::topic::{AccessTopic, TopicError};
use uuid::Uuid;

/// What is left of bodies that were cut off.
const CUT_OFF: [&str; 3] = [
    r#"{"order":{"id":77120,"customer":"cus_0a91fc","card":{"number":"4111 1111 1111 11"#,
    r#"{"password":"hunter2","remember":tru"#,
    r#"{"note":"ring twice, then leave it with O'Brien"#,
];

/// How many there are.
pub(crate) const COUNT: usize = CUT_OFF.len();

/// Publishes them as events of this project.
pub(crate) async fn publish(kafka: &Connection, topics: &Topics, project: Uuid) -> Result<(), TopicError> {
    let access = AccessTopic::new(kafka.clone(), topics)?;
    let mut topic = EventsTopic::new(kafka, topics, access)?;
    let now = now_ms();
    let records: Vec<Outgoing> =
        (0_i64..).zip(CUT_OFF).map(|(number, body)| of(project, now - number * 60_000, now, body)).collect();
    topic.publish(&records).await
}

fn of(project: Uuid, timestamp: i64, received_at: i64, body: &str) -> Outgoing {
    let id = Uuid::now_v7();
    let event = Event {
        id: id.into_bytes(),
        project_id: project.into_bytes(),
        event_type: "http",
        timestamp,
        received_at,
        method: "POST",
        path: "/bridge/orders",
        status_code: 202,
        response_time: 31,
        identifier: "svc-bridge",
        source: "backend",
        service_name: "order-bridge",
        environment: "production",
        request_body: body,
        ..Event::default()
    };
    let mut value = Vec::new();
    record::encode([&event].into_iter(), &mut value);
    Outgoing { id, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_records_whose_bodies_are_no_json() {
        for body in CUT_OFF {
            let made = of(Uuid::nil(), 1, 2, body);
            let events = record::decode(&made.value).unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(events[0].request_body).is_err());
        }
    }
}
