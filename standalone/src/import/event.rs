//! One row of `audits` as an event. In: the row, and whose it is here. Out: an event ready to publish, or why there can be
//! none. Pure.

use std::borrow::Cow;

use bataudit_ingest::transfer::{self, Known, Own, Refused, Transferred};
use uuid::Uuid;

use super::undo;

/// The columns of a [`Row`]. Times lie there without a zone and mean UTC; `at` names a row's place exactly.
pub(super) const COLUMNS: &str = "id, method, path, status_code::bigint AS status_code, response_time::bigint AS response_time, \
     identifier, user_email, user_name, user_roles::text AS user_roles, user_type, tenant_id, ip, user_agent, request_id, \
     query_params::text AS query_params, path_params::text AS path_params, request_body::text AS request_body, \
     response_body::text AS response_body, error_message, service_name, environment, project_id, source, event_type, \
     session_id, timestamp::text AS at, \
     CASE WHEN isfinite(timestamp) THEN floor(extract(epoch FROM timestamp) * 1000)::bigint END AS at_ms";

/// Times from 1970 up to 2100, unix milliseconds: what the columns of the counts hold.
const TIMES: std::ops::Range<i64> = 0..4_102_444_800_000;
/// What a forged alert is called here.
const FORGED: &str = "client.system.alert";

/// A row.
#[derive(Clone, Default, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) status_code: Option<i64>,
    pub(super) response_time: Option<i64>,
    pub(super) identifier: Option<String>,
    pub(super) user_email: Option<String>,
    pub(super) user_name: Option<String>,
    pub(super) user_roles: Option<String>,
    pub(super) user_type: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) query_params: Option<String>,
    pub(super) path_params: Option<String>,
    pub(super) request_body: Option<String>,
    pub(super) response_body: Option<String>,
    pub(super) error_message: Option<String>,
    pub(super) service_name: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) project_id: Option<String>,
    pub(super) source: Option<String>,
    pub(super) event_type: Option<String>,
    pub(super) session_id: Option<String>,
    pub(super) at: String,
    pub(super) at_ms: Option<i64>,
}

/// Who wrote a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// A client.
    Client,
    /// A client that passed for the original itself.
    Forger,
    /// The original, about what it found in events.
    Alert,
    /// The original, about a monitor. It replaced nothing in these.
    Monitor,
}

impl Row {
    /// A client's event always has a method: without one the original lost it. Of the types with a meaning of their own
    /// clients could only send alerts.
    pub(super) fn author(&self) -> Author {
        match self.event_type.as_deref().unwrap_or_default() {
            "system.alert" if !self.method.as_deref().unwrap_or_default().is_empty() => Author::Forger,
            "system.alert" => Author::Alert,
            other if other.starts_with("system.") => Author::Monitor,
            _ => Author::Client,
        }
    }

    /// Bytes of its texts, more or less.
    pub(super) fn bytes(&self) -> usize {
        let long = [
            &self.path,
            &self.user_roles,
            &self.query_params,
            &self.path_params,
            &self.request_body,
            &self.response_body,
            &self.error_message,
        ];
        512 + long.iter().filter_map(|text| text.as_ref().map(String::len)).sum::<usize>()
    }

    /// What it says, as a client would send it to the gateway.
    pub(super) fn json(&self) -> String {
        let author = self.author();
        // The original's worker wrote its own notes past what changes texts, but for what it took from events.
        let text = |column: &Option<String>| match (column, author) {
            (Some(stored), Author::Client | Author::Forger) => undo::text(stored).into_owned(),
            (stored, _) => stored.clone().unwrap_or_default(),
        };
        let own = matches!(author, Author::Alert | Author::Monitor);
        let event_type = match author {
            Author::Forger => FORGED,
            Author::Client => self.event_type.as_deref().unwrap_or_default(),
            Author::Alert | Author::Monitor => "",
        };
        let identifier = text(&self.identifier);
        let as_stored = |column: &Option<String>| column.clone().unwrap_or_default();
        let texts = [
            ("event_type", event_type.to_owned()),
            ("method", as_stored(&self.method)),
            ("path", text(&self.path)),
            ("identifier", if own && identifier.is_empty() { "system".to_owned() } else { identifier }),
            ("user_email", as_stored(&self.user_email)),
            ("user_name", text(&self.user_name)),
            ("user_type", text(&self.user_type)),
            ("tenant_id", text(&self.tenant_id)),
            ("ip", as_stored(&self.ip)),
            ("user_agent", text(&self.user_agent)),
            ("request_id", text(&self.request_id)),
            ("error_message", text(&self.error_message)),
            ("service_name", if own { "system".to_owned() } else { text(&self.service_name) }),
            ("environment", as_stored(&self.environment)),
            ("source", as_stored(&self.source)),
            // The one text that was stored as it was sent.
            ("session_id", as_stored(&self.session_id)),
        ];
        let mut json = String::with_capacity(self.bytes());
        for (name, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            // A text as JSON: that cannot fail.
            field(&mut json, name, &serde_json::to_string(text).unwrap_or_default());
        }
        for (name, number) in [("status_code", self.status_code), ("response_time", self.response_time)] {
            field(&mut json, name, &number.unwrap_or(0).to_string());
        }
        for (name, column) in [
            ("user_roles", &self.user_roles),
            ("query_params", &self.query_params),
            ("path_params", &self.path_params),
            ("request_body", &self.request_body),
            ("response_body", &self.response_body),
        ] {
            if let Some(stored) = column {
                let raw = if author == Author::Monitor {
                    Cow::Borrowed(stored.as_str())
                } else {
                    undo::json(stored)
                };
                field(&mut json, name, &raw);
            }
        }
        json.push('}');
        json
    }
}

fn field(json: &mut String, name: &str, value: &str) {
    json.push(if json.is_empty() { '{' } else { ',' });
    json.push('"');
    json.push_str(name);
    json.push_str("\":");
    json.push_str(value);
}

/// The event of a row, whose JSON is `json`.
///
/// # Errors
/// When it can never be stored.
pub(super) fn check<'a>(
    row: &'a Row,
    json: &'a str,
    id: Uuid,
    project: Uuid,
) -> Result<Transferred<'a>, Refused> {
    let Some(timestamp) = row.at_ms.filter(|at| TIMES.contains(at)) else {
        return Err(Refused {
            reason: "timestamp: range".to_owned(),
            message: "The time lies before 1970 or after 2099".to_owned(),
        });
    };
    let own = matches!(row.author(), Author::Alert | Author::Monitor).then(|| Own {
        event_type: row.event_type.as_deref().unwrap_or_default(),
        service_name: row.service_name.as_deref().unwrap_or_default(),
    });
    transfer::check(json, &Known { id, project, timestamp, own })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn row() -> Row {
        Row {
            id: "6f9619ff-8b86-d011-b42d-00c04fc964ff".to_owned(),
            method: some("GET"),
            path: some("/a?x=1&amp;y=2"),
            identifier: some("O&#39;Brien"),
            service_name: some("shop"),
            event_type: some(""),
            at_ms: Some(1_600_000_000_000),
            ..Row::default()
        }
    }

    fn read(row: &Row) -> Value {
        serde_json::from_str(&row.json()).unwrap()
    }

    #[test]
    fn entities_are_undone_where_they_were_made() {
        let stored = r#"{"n": 12345678901234567890, "a&amp;b": "&lt;"}"#;
        let row = Row { request_body: some(stored), session_id: some("s&amp;1"), ..row() };
        let sent = read(&row);
        assert_eq!((&sent["path"], &sent["identifier"]), (&json!("/a?x=1&y=2"), &json!("O'Brien")));
        assert_eq!((&sent["session_id"], sent.get("event_type")), (&json!("s&amp;1"), None));
        assert!(
            row.json().contains(r#""request_body":{"n": 12345678901234567890, "a&b": "<"}"#),
            "{}",
            row.json()
        );
        let json = row.json();
        let checked = check(&row, &json, Uuid::from_u128(1), Uuid::from_u128(2)).unwrap();
        assert_eq!((checked.event().event_type, checked.event().timestamp), ("http", 1_600_000_000_000));
    }

    #[test]
    fn who_passed_for_the_original_no_longer_does() {
        let forged = Row { event_type: some("system.alert"), ..row() };
        assert_eq!((forged.author(), read(&forged)["event_type"].clone()), (Author::Forger, json!(FORGED)));
        let alert = Row {
            method: some(""),
            path: some("brute_force"),
            identifier: some("system"),
            service_name: some("Main API"),
            ..forged
        };
        let json = alert.json();
        let checked = check(&alert, &json, Uuid::from_u128(1), Uuid::from_u128(2)).unwrap();
        assert_eq!((checked.event().event_type, checked.event().service_name), ("system.alert", "Main API"));
    }

    #[test]
    fn addresses_of_monitors_are_as_they_were_entered() {
        let down =
            Row { event_type: some("system.healthcheck.down"), path: some("https://x.y/?a&lt;"), ..row() };
        assert_eq!(read(&down)["path"], "https://x.y/?a&lt;");
    }

    #[test]
    fn times_that_no_column_holds_are_refused() {
        for at_ms in [None, Some(-1), Some(TIMES.end)] {
            let row = Row { at_ms, ..row() };
            let json = row.json();
            let refused = check(&row, &json, Uuid::from_u128(1), Uuid::from_u128(2)).unwrap_err();
            assert_eq!(refused.reason, "timestamp: range");
        }
    }
}
