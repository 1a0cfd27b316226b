//! What the control store must change after an evaluation. Pure: the anomaly crate's incidents are in minutes and
//! know no ids, the control store's are rows.

use std::collections::{BTreeMap, BTreeSet};

use bataudit_anomaly::detect::Span;
use bataudit_anomaly::incident::{self, Incident, Key};
use bataudit_anomaly::{Finding, MINUTE_MS, Rule, minute_of};
use bataudit_control::anomaly_incidents::{AnomalyIncident, Changes, Handling, new_id};
use serde_json::Value;

use super::alert;

/// Compares what was found with what is known, for each rule and service. `until` is the last minute that was
/// judged, `now` in unix milliseconds. Incidents of rules that are paused or deleted end like any other.
pub(super) fn compare(
    rules: &[Rule],
    known: &[AnomalyIncident],
    findings: Vec<Finding>,
    until: i64,
    now: i64,
) -> Changes {
    let rules: BTreeMap<&str, &Rule> = rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mut known_by_key: BTreeMap<Key, Vec<&AnomalyIncident>> = BTreeMap::new();
    for incident in known {
        known_by_key.entry(key(incident)).or_default().push(incident);
    }
    let mut found: BTreeMap<Key, Vec<Span>> =
        findings.into_iter().map(|finding| (finding.key, finding.spans)).collect();
    let keys: BTreeSet<Key> = known_by_key.keys().chain(found.keys()).cloned().collect();

    let mut changes = Changes::default();
    for key in keys {
        let rule = rules.get(key.rule_id.as_str());
        let cooldown = rule.map_or(0, |rule| rule.parameters.cooldown_minutes());
        let known = known_by_key.remove(&key).unwrap_or_default();
        let incidents: Vec<Incident> = known.iter().map(|row| incident(row)).collect();
        let spans = found.remove(&key).unwrap_or_default();
        let change = incident::compare(&incidents, &spans, until, cooldown);
        let lasting = change.lasting.into_iter().map(|(at, to)| (known[at].id.clone(), to * MINUTE_MS));
        changes.lasting.extend(lasting);
        for row in change.resolved.into_iter().map(|at| known[at]) {
            changes.resolved.push(row.id.clone());
            changes.alerts.push(alert::over(row, now));
        }
        if let Some(rule) = rule {
            for new in change.fired {
                let row = row(rule, &key, &new, now);
                changes.alerts.push(alert::fired(&row, now));
                if new.is_resolved {
                    changes.alerts.push(alert::over(&row, now));
                }
                changes.fired.push(row);
            }
        }
    }
    changes
}

fn key(incident: &AnomalyIncident) -> Key {
    Key {
        rule_id: incident.rule_id.clone(),
        service_name: incident.service_name.clone(),
        environment: incident.environment.clone(),
        subject: incident.subject.clone(),
    }
}

fn incident(row: &AnomalyIncident) -> Incident {
    Incident {
        from: minute_of(row.from_ms),
        to: minute_of(row.to_ms),
        details: Value::Null,
        is_resolved: row.resolved_at.is_some(),
    }
}

fn row(rule: &Rule, key: &Key, new: &Incident, now: i64) -> AnomalyIncident {
    AnomalyIncident {
        id: new_id(),
        rule_id: rule.id.clone(),
        project_id: rule.project_id.clone(),
        rule_type: rule.kind.name().to_owned(),
        service_name: key.service_name.clone(),
        environment: key.environment.clone(),
        subject: key.subject.clone(),
        details: new.details.to_string(),
        from_ms: new.from * MINUTE_MS,
        to_ms: new.to * MINUTE_MS,
        found_at: now,
        resolved_at: new.is_resolved.then_some(now),
        fired_told: 0,
        resolved_told: 0,
        handling: Handling::default(),
    }
}

#[cfg(test)]
mod tests {
    use bataudit_anomaly::Kind;
    use serde_json::json;

    use super::*;

    fn rule() -> Rule {
        Rule {
            id: "r".to_owned(),
            project_id: "p".to_owned(),
            kind: Kind::ErrorRate,
            parameters: Kind::ErrorRate.defaults(),
            service_name: None,
            environment: None,
        }
    }

    fn finding(service: &str, from: i64, to: i64) -> Finding {
        let key = Key {
            rule_id: "r".to_owned(),
            service_name: service.to_owned(),
            environment: "production".to_owned(),
            subject: String::new(),
        };
        Finding { key, spans: vec![Span { from, to, details: json!({"error_count": 3}) }] }
    }

    #[test]
    fn services_are_told_apart_and_nothing_is_told_twice() {
        let rules = [rule()];
        let first = compare(&rules, &[], vec![finding("api", 10, 11), finding("web", 11, 11)], 11, 700_000);
        let services: Vec<_> = first.fired.iter().map(|new| new.service_name.as_str()).collect();
        assert_eq!(services, ["api", "web"]);
        assert_eq!((first.fired[0].from_ms, first.fired[0].to_ms), (600_000, 660_000));
        assert_eq!(first.fired[0].details, r#"{"error_count":3}"#);

        let known = first.fired;
        let told: Vec<_> = first.alerts.iter().map(|alert| alert.event_id.as_str()).collect();
        assert_eq!(told, [known[0].id.as_str(), known[1].id.as_str()]);
        let again = compare(&rules, &known, vec![finding("api", 10, 14)], 14, 0);
        assert!(again.fired.is_empty() && again.resolved.is_empty(), "{again:?}");
        assert_eq!(again.lasting, [(known[0].id.clone(), 840_000)]);
        let over = compare(&rules, &known, Vec::new(), 30, 0);
        assert_eq!((over.resolved.len(), over.alerts.len()), (2, 2));
        assert_ne!(over.alerts[0].event_id, known[0].id);
    }

    #[test]
    fn a_deleted_rule_tells_nothing_more_and_its_incidents_end() {
        let known = compare(&[rule()], &[], vec![finding("api", 10, 10)], 10, 0).fired;
        let after = compare(&[], &known, vec![finding("web", 12, 12)], 12, 0);
        assert!(after.fired.is_empty(), "{after:?}");
        assert_eq!(after.resolved, [known[0].id.clone()]);
    }
}
