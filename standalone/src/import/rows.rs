//! The original's small tables, as JSON has their rows. What a column lacks is absent here; times are unix
//! milliseconds, and those without a zone were written as UTC.

use chrono::{DateTime, NaiveDateTime};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `users`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct User {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) email: String,
    #[serde(default)]
    pub(super) password_hash: Option<String>,
    #[serde(default)]
    pub(super) role: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `projects`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Project {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    pub(super) slug: String,
    #[serde(default)]
    pub(super) created_by: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `project_members`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Member {
    pub(super) user_id: String,
    pub(super) project_id: String,
    #[serde(default)]
    pub(super) role: Option<String>,
}

/// `api_keys`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) key_hash: String,
    #[serde(default)]
    pub(super) project_id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) expires_at: Option<i64>,
    #[serde(default)]
    pub(super) active: Option<bool>,
}

/// `invites`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Invite {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) email: String,
    #[serde(default)]
    pub(super) role: Option<String>,
    #[serde(default)]
    pub(super) created_by: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) expires_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) used_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `anomaly_rules`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) project_id: String,
    pub(super) rule_type: String,
    #[serde(default)]
    pub(super) threshold: f64,
    #[serde(default)]
    pub(super) window_seconds: Option<i64>,
    #[serde(default)]
    pub(super) active: Option<bool>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `notification_channels`.
#[derive(Clone, Deserialize)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) project_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// Holds addresses and secrets.
    #[serde(default)]
    pub(super) config: Value,
    #[serde(default)]
    pub(super) active: Option<bool>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `notification_deliveries`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Delivery {
    pub(super) id: String,
    pub(super) channel_id: String,
    #[serde(default)]
    pub(super) alert_event_id: Option<String>,
    pub(super) status: String,
    #[serde(default)]
    pub(super) status_code: Option<i64>,
    #[serde(default)]
    pub(super) response_body: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) delivered_at: Option<i64>,
}

/// `healthcheck_monitors`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Monitor {
    pub(super) id: String,
    pub(super) project_id: String,
    pub(super) name: String,
    pub(super) url: String,
    #[serde(default)]
    pub(super) interval_seconds: Option<i64>,
    #[serde(default)]
    pub(super) timeout_seconds: Option<i64>,
    #[serde(default)]
    pub(super) expected_status: Option<i64>,
    #[serde(default)]
    pub(super) enabled: Option<bool>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
}

/// `healthcheck_results`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Check {
    pub(super) id: String,
    pub(super) monitor_id: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) status_code: Option<i64>,
    #[serde(default)]
    pub(super) response_ms: Option<i64>,
    #[serde(default)]
    pub(super) error: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) checked_at: Option<i64>,
}

/// `wallboard_tokens`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Screen {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) project_id: Option<String>,
    #[serde(default)]
    pub(super) refresh_hash: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) expires_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) last_used_at: Option<i64>,
}

/// `reports`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Report {
    pub(super) id: String,
    #[serde(default)]
    pub(super) project_id: Option<String>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) widgets: Value,
    #[serde(default)]
    pub(super) layout: Value,
    #[serde(default)]
    pub(super) created_by: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<i64>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) updated_at: Option<i64>,
}

/// A time as PostgreSQL writes it into JSON; one that is no moment, such as infinity, counts as absent.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(millis))
}

fn millis(text: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_millis());
    zoned.ok().or_else(|| {
        let plain = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
        Some(plain.and_utc().timestamp_millis())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_with_and_without_a_zone() {
        assert_eq!(millis("2026-01-31T12:00:00.1239"), Some(1_769_860_800_123));
        assert_eq!(millis("2026-01-31T09:00:00-03:00"), Some(1_769_860_800_000));
        assert_eq!(millis("infinity"), None);
    }

    #[test]
    fn what_a_row_lacks_is_absent() {
        let row = r#"{"id":"1","email":"a@b.c","extra":{"x":1},"created_at":null}"#;
        let user: User = serde_json::from_str(row).unwrap();
        assert_eq!((user.created_at, user.role), (None, None));
    }
}
