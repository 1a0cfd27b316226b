//! `/v1/anomaly/incidents/{id}/series`: why a rule fired, minute by minute, by the code that evaluates it.

use std::ops::Range;

use axum::Json;
use axum::extract::{Path, State};
use bataudit_anomaly::read::Source;
use bataudit_anomaly::rule::Parameters;
use bataudit_anomaly::{Kind, MINUTE_MS, Point, Rule, curve, minute_of};
use bataudit_control::anomaly_incidents::AnomalyIncident;
use bataudit_control::anomaly_rules;
use bataudit_control::clock::now_ms;
use serde::Serialize;
use utoipa::ToSchema;

use super::incidents::find;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::time::rfc3339;

/// Minutes that are shown before an incident, and after it.
const BEFORE: i64 = 60;
const AFTER: i64 = 30;
/// Of an incident that lasts longer, its first day is shown.
const LONGEST: i64 = 24 * 60;

/// What the rule of an incident saw.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncidentSeries {
    unit: SeriesUnit,
    /// Length of a bucket.
    #[schema(example = 60)]
    bucket_seconds: u32,
    /// The first minute that is shown.
    #[schema(example = "2026-01-31T07:00:00.000Z")]
    from: String,
    /// The end of the last.
    #[schema(example = "2026-01-31T08:40:00.000Z")]
    to: String,
    /// Whether the rule was changed since the incident was found: the threshold is the one of now.
    rule_changed: bool,
    /// A bucket each, oldest first; empty where the events are no longer kept.
    data: Vec<SeriesPoint>,
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SeriesUnit {
    /// Events of the minute (`volume_spike`).
    Events,
    /// Percent of errors in the window that ends with the minute (`error_rate`, `error_rate_by_route`).
    Percent,
    /// Events in the window (`mass_delete`), or the most of one identifier (`brute_force`).
    EventsInWindow,
    /// Minutes since the last event (`silent_service`).
    Minutes,
}

impl SeriesUnit {
    const fn of(kind: Kind) -> Self {
        match kind {
            Kind::VolumeSpike => Self::Events,
            Kind::ErrorRate | Kind::ErrorRateByRoute => Self::Percent,
            Kind::BruteForce | Kind::MassDelete => Self::EventsInWindow,
            Kind::SilentService => Self::Minutes,
        }
    }
}

/// A bucket.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesPoint {
    /// Its start.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    at: String,
    #[schema(example = 42.5)]
    value: f64,
    /// What is usual, for rules that measure against it.
    #[schema(required)]
    baseline: Option<f64>,
    /// From where on the rule holds; `null` where there is too little to judge by.
    #[schema(required, example = 20.0)]
    threshold: Option<f64>,
    /// Whether the bucket is one of the incident.
    in_incident: bool,
}

/// What the rule of an incident saw, from an hour before it until half an hour after, or of a long one its first day.
#[utoipa::path(
    get, path = "/v1/anomaly/incidents/{id}/series", operation_id = "get_anomaly_incident_series", tag = "anomalies",
    params(("id" = String, Path, description = "The incident's id.")),
    responses((status = 200, body = IncidentSeries, description = "The buckets."))
)]
pub(crate) async fn get_anomaly_incident_series(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<IncidentSeries>> {
    let incident = find(&app, &caller, &id).await?;
    let stored = anomaly_rules::even_deleted(&app.control, &incident.rule_id).await?;
    let (rule, updated_at) = stored.and_then(as_rule).ok_or(ApiError::NotFound("rule of the incident"))?;
    let held = minute_of(incident.from_ms)..minute_of(incident.to_ms) + 1;
    let minutes = shown(&held, minute_of(now_ms()) + 1);
    let of = source(&incident);
    let points = app.events.run("anomaly_series", curve(&app.anomalies, &rule, &of, minutes.clone())).await?;
    Ok(Json(IncidentSeries {
        unit: SeriesUnit::of(rule.kind),
        bucket_seconds: 60,
        from: rfc3339(minutes.start * MINUTE_MS),
        to: rfc3339(minutes.end * MINUTE_MS),
        rule_changed: updated_at > incident.found_at,
        data: points.iter().map(|point| seen(point, &held)).collect(),
    }))
}

fn shown(held: &Range<i64>, now: i64) -> Range<i64> {
    held.start - BEFORE..(held.end.min(held.start + LONGEST) + AFTER).min(now.max(held.end))
}

fn source(incident: &AnomalyIncident) -> Source {
    Source {
        project_id: incident.project_id.clone(),
        service_name: incident.service_name.clone(),
        environment: incident.environment.clone(),
        subject: incident.subject.clone(),
    }
}

/// The rule, and when it was last changed.
fn as_rule(stored: anomaly_rules::AnomalyRule) -> Option<(Rule, i64)> {
    let small = |number: i64| u32::try_from(number).ok();
    let rule = Rule {
        kind: stored.rule_type.parse().ok()?,
        parameters: Parameters {
            threshold: stored.threshold,
            window_seconds: small(stored.window_seconds)?,
            cooldown_seconds: small(stored.cooldown_seconds)?,
            min_events: small(stored.min_events)?,
        },
        id: stored.id,
        project_id: stored.project_id,
        service_name: stored.service_name,
        environment: stored.environment,
    };
    Some((rule, stored.updated_at))
}

fn seen(point: &Point, held: &Range<i64>) -> SeriesPoint {
    SeriesPoint {
        at: rfc3339(point.minute * MINUTE_MS),
        value: point.value,
        baseline: point.baseline,
        threshold: point.threshold,
        in_incident: held.contains(&point.minute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_has_an_end() {
        assert_eq!(shown(&(100..110), 10_000), 40..140);
        assert_eq!(shown(&(100..110), 112), 40..112, "what is to come is not shown");
        assert_eq!(shown(&(100..9_000), 10_000), 40..1_570);
    }
}
