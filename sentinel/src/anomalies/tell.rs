//! Incidents → events topic: that one began, and that it is over, are events like any other. In: incidents that are
//! not told yet. Out: records, each acknowledged before the incident counts as told; a crash in between tells them
//! again under the same ids, which are stored once.

use bataudit_control::Store;
use bataudit_control::anomaly_incidents::{self, AnomalyIncident};
use bataudit_event::{Event, record};
use uuid::Uuid;

use super::alert::{self, FIRED, OVER};
use crate::events_topic::{EventsTopic, Outgoing};
use crate::publish::topic::TopicError;

/// Incidents told at a time.
const AT_A_TIME: i64 = 200;

/// Why nothing was told; the next round tries again.
#[derive(Debug, thiserror::Error)]
pub(super) enum TellError {
    #[error("control store: {0}")]
    Control(#[from] bataudit_control::Error),
    #[error("the events topic: {0}")]
    Topic(#[from] TopicError),
}

/// Tells what is not told yet.
pub(super) async fn round(store: &Store, topic: &mut EventsTopic) -> Result<(), TellError> {
    let untold = anomaly_incidents::untold(store, AT_A_TIME).await?;
    let events: Vec<Outgoing> = untold.iter().flat_map(events_of).collect();
    if !events.is_empty() {
        topic.publish(&events).await?;
    }
    Ok(anomaly_incidents::told(store, &untold).await?)
}

/// The events of an incident that are still to be told.
fn events_of(incident: &AnomalyIncident) -> Vec<Outgoing> {
    let mut events = Vec::new();
    if incident.fired_told == 0 {
        events.extend(outgoing(incident, &incident.id, FIRED, incident.found_at));
    }
    if let (Some(at), 0) = (incident.resolved_at, incident.resolved_told) {
        events.extend(outgoing(incident, &alert::end_id(&incident.id), OVER, at));
    }
    events
}

/// The original's alert: the rule as path, the details as request body. `None` for ids that are none.
fn outgoing(incident: &AnomalyIncident, id: &str, event_type: &str, at: i64) -> Option<Outgoing> {
    let (id, project) = (Uuid::try_parse(id).ok()?, Uuid::try_parse(&incident.project_id).ok()?);
    let event = Event {
        id: id.into_bytes(),
        project_id: project.into_bytes(),
        event_type,
        timestamp: at,
        received_at: at,
        path: &incident.rule_type,
        identifier: "system",
        request_body: &incident.details,
        source: "backend",
        service_name: &incident.service_name,
        environment: &incident.environment,
        repeatable: true,
        ..Event::default()
    };
    let mut value = Vec::new();
    record::encode(std::iter::once(&event), &mut value);
    Some(Outgoing { id, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident() -> AnomalyIncident {
        AnomalyIncident {
            id: Uuid::from_u128(7).to_string(),
            rule_id: "r".to_owned(),
            project_id: Uuid::from_u128(8).to_string(),
            rule_type: "error_rate".to_owned(),
            service_name: "api".to_owned(),
            environment: "staging".to_owned(),
            subject: String::new(),
            details: r#"{"error_count":3}"#.to_owned(),
            from_ms: 0,
            to_ms: 0,
            found_at: 1000,
            resolved_at: Some(2000),
            fired_told: 0,
            resolved_told: 0,
            handling: anomaly_incidents::Handling::default(),
        }
    }

    #[test]
    fn beginning_and_end_are_two_events_with_lasting_ids() {
        let told = events_of(&incident());
        assert_eq!(told, events_of(&incident()), "the same whenever it is told");
        let events: Vec<_> = told.iter().map(|one| record::decode(&one.value).unwrap().remove(0)).collect();
        let shown: Vec<_> = events
            .iter()
            .map(|event| (event.event_type, event.path, event.timestamp, event.repeatable))
            .collect();
        assert_eq!(shown, [(FIRED, "error_rate", 1000, true), (OVER, "error_rate", 2000, true)]);
        assert_eq!(
            (events[0].id, events[0].project_id),
            (Uuid::from_u128(7).into_bytes(), Uuid::from_u128(8).into_bytes())
        );
        assert_eq!((events[0].identifier, events[0].request_body), ("system", r#"{"error_count":3}"#));
        assert_ne!(events[0].id, events[1].id);
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let begun = AnomalyIncident { fired_told: 1, ..incident() };
        assert_eq!(events_of(&begun).len(), 1);
        assert_eq!(events_of(&AnomalyIncident { resolved_at: None, ..begun }), []);
    }
}
