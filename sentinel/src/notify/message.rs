//! What is sent to whom: an alert in the words of a webhook, of Slack and of Discord. Pure. A webhook gets the
//! original's body, with what it lacked.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The type of an alert that only tries a channel.
const TEST: &str = "system.alert.test";

/// What is to be told, as it lies in the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Alert {
    pub(crate) event_type: String,
    pub(crate) rule_type: String,
    pub(crate) project_id: String,
    pub(crate) service_name: String,
    pub(crate) environment: String,
    /// Method and route, where the rule tells them apart.
    #[serde(default)]
    pub(crate) subject: String,
    /// Unix milliseconds.
    pub(crate) timestamp: i64,
    pub(crate) details: Value,
}

impl Alert {
    /// Whether somebody only tries the channel.
    pub(crate) fn is_test(&self) -> bool {
        self.event_type == TEST
    }

    fn time(&self) -> String {
        let time = DateTime::from_timestamp_millis(self.timestamp).unwrap_or_default();
        time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// One sentence.
    pub(super) fn sentence(&self) -> String {
        let name = &self.service_name;
        match self.rule_type.as_str() {
            "system.healthcheck.down" => return format!("Monitor down: {name}"),
            "system.healthcheck.up" => return format!("Monitor up again: {name}"),
            "system.healthcheck.certificate" => return format!("Certificate ends soon: {name}"),
            _ if self.is_test() => {
                return "Test of a notification: alerts of this project arrive here".to_owned();
            }
            _ => {}
        }
        let what = match self.event_type.as_str() {
            "system.alert.resolved" => "Anomaly over",
            _ => "Anomaly detected",
        };
        let on = if self.subject.is_empty() { String::new() } else { format!(" on {}", self.subject) };
        format!("{what}: {}{on} in service {name}", self.rule_type)
    }

    /// The sentence, with where and why, for people.
    pub(super) fn lines(&self) -> String {
        let Value::Object(details) = &self.details else { return self.sentence() };
        let details = details.iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name}: {text}"),
            other => format!("{name}: {other}"),
        });
        let details: Vec<_> = details.collect();
        format!("{}\n{} · {}", self.sentence(), self.environment, details.join(", "))
    }

    /// The body for a kind of channel; `None` for a kind that is not known.
    pub(crate) fn body(&self, kind: &str, id: &str) -> Option<Vec<u8>> {
        let body = match kind {
            "webhook" => json!({
                "details": self.details, "environment": self.environment, "event_type": self.event_type, "id": id,
                "message": self.sentence(), "project_id": self.project_id, "rule_type": self.rule_type,
                "service_name": self.service_name, "subject": self.subject,
                "timestamp": self.time(),
            }),
            "slack" => json!({"text": escaped(&self.lines())}),
            // Nobody is to be called by a name that an event carries.
            "discord" => {
                json!({"content": shortened(&self.lines(), 2000), "allowed_mentions": {"parse": []}})
            }
            _ => return None,
        };
        Some(body.to_string().into_bytes())
    }
}

/// Slack's three: what an event carries must not become a link or a mention.
fn escaped(text: &str) -> String {
    shortened(text, 3000).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(details: Value) -> Alert {
        Alert {
            event_type: "system.alert".to_owned(),
            rule_type: "brute_force".to_owned(),
            project_id: "p".to_owned(),
            service_name: "api".to_owned(),
            environment: "production".to_owned(),
            subject: String::new(),
            timestamp: 1_767_225_600_999,
            details,
        }
    }

    fn body(alert: &Alert, kind: &str) -> String {
        String::from_utf8(alert.body(kind, "id-1").unwrap()).unwrap()
    }

    #[test]
    fn a_webhook_gets_the_originals_fields_in_their_order() {
        let sent = body(&alert(json!({"fail_count": 10})), "webhook");
        let wanted = r#"{"details":{"fail_count":10},"environment":"production","event_type":"system.alert","id":"id-1","message":"Anomaly detected: brute_force in service api","project_id":"p","rule_type":"brute_force","service_name":"api","subject":"","timestamp":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(sent, wanted);
    }

    #[test]
    fn what_an_event_carries_calls_nobody() {
        let alert = alert(json!({"identifier": "<!channel> @everyone & co"}));
        let slack = body(&alert, "slack");
        assert!(slack.contains("&lt;!channel&gt; @everyone &amp; co"), "{slack}");
        assert!(body(&alert, "discord").contains(r#""allowed_mentions":{"parse":[]}"#));
        assert_eq!(alert.body("pigeon", "id-1"), None);
    }

    #[test]
    fn the_end_and_a_test_are_told_as_such() {
        let over = Alert { event_type: "system.alert.resolved".to_owned(), ..alert(json!({})) };
        assert_eq!(over.sentence(), "Anomaly over: brute_force in service api");
        let route = Alert { subject: "GET /pay".to_owned(), ..alert(json!({})) };
        assert_eq!(route.sentence(), "Anomaly detected: brute_force on GET /pay in service api");
        let test = Alert { event_type: TEST.to_owned(), rule_type: "test".to_owned(), ..alert(json!({})) };
        assert_eq!(test.sentence(), "Test of a notification: alerts of this project arrive here");
    }
}
