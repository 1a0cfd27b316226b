//! How an incident is told: in the words of a notification. Pure. That it began and that it is over are two
//! events, each with an id that is the same however often it is told.

use bataudit_control::anomaly_incidents::{Alert as Queued, AnomalyIncident};
use uuid::Uuid;

use crate::notify::message::Alert;

/// The type of the event that tells a beginning, as in the original.
pub(super) const FIRED: &str = "system.alert";
/// The type of the event that tells an end: another one, so that lists of alerts hold beginnings only.
pub(super) const OVER: &str = "system.alert.resolved";

/// That an incident began.
pub(super) fn fired(incident: &AnomalyIncident, now: i64) -> Queued {
    queued(incident, incident.id.clone(), FIRED, now)
}

/// That it is over.
pub(super) fn over(incident: &AnomalyIncident, now: i64) -> Queued {
    queued(incident, end_id(&incident.id), OVER, now)
}

/// The id of the event that tells an incident's end.
pub(super) fn end_id(id: &str) -> String {
    let id = Uuid::try_parse(id).unwrap_or_default();
    Uuid::new_v5(&id, b"resolved").to_string()
}

fn queued(incident: &AnomalyIncident, event_id: String, event_type: &str, now: i64) -> Queued {
    let alert = Alert {
        event_type: event_type.to_owned(),
        rule_type: incident.rule_type.clone(),
        project_id: incident.project_id.clone(),
        service_name: incident.service_name.clone(),
        environment: incident.environment.clone(),
        subject: incident.subject.clone(),
        timestamp: now,
        details: serde_json::from_str(&incident.details).unwrap_or_default(),
    };
    // Texts and numbers: serialising them cannot fail.
    let body = serde_json::to_string(&alert).unwrap_or_default();
    Queued { event_id, project_id: incident.project_id.clone(), body }
}
