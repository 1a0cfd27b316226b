//! What people do about an incident: acknowledge it, resolve it, take that back; each noted in the audit of the audit.

use serde_json::json;

use super::{AnomalyIncident, by_id};
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// What people did about an incident. Times are unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Handling {
    /// `open`, `acknowledged` or `resolved`.
    #[sqlx(rename = "handling")]
    pub state: String,
    /// The name of who last changed that.
    pub handled_by: Option<String>,
    /// When.
    pub handled_at: Option<i64>,
    /// What they noted.
    pub note: Option<String>,
    /// When its rule held again after a person had resolved it.
    pub reopened_at: Option<i64>,
}

impl Default for Handling {
    fn default() -> Self {
        Self { state: "open".to_owned(), handled_by: None, handled_at: None, note: None, reopened_at: None }
    }
}

/// What a person does about an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Somebody looks into it.
    Acknowledge,
    /// It is settled; it opens again when its rule holds again.
    Resolve,
    /// It is not settled after all.
    Reopen,
}

impl Step {
    const fn state(self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledged",
            Self::Resolve => "resolved",
            Self::Reopen => "open",
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Acknowledge => "ACKNOWLEDGE",
            Self::Resolve => "RESOLVE",
            Self::Reopen => "REOPEN",
        }
    }
}

/// Notes what a person, by this name, does about an incident; the incident as it is now. A note that is left out leaves
/// the one before.
///
/// # Errors
/// [`Error::NotFound`] when there is no such incident.
pub async fn handle(
    store: &Store,
    incident: &AnomalyIncident,
    step: Step,
    by: &str,
    note: Option<&str>,
) -> Result<AnomalyIncident> {
    let sql = "UPDATE anomaly_incidents SET handling = $2, handled_by = $3, handled_at = $4, note = coalesce($5, note) \
               WHERE id = $1";
    let query = sqlx::query(sql).bind(&incident.id).bind(step.state()).bind(by).bind(now_ms()).bind(note);
    let act = Act::done(step.verb(), format!("/anomaly/incidents/{}", incident.id))
        .within(&incident.project_id)
        .with(json!({"note": note, "from": incident.handling.state}));
    outbox::execute(store, query, act).await?;
    by_id(store, &incident.id).await?.ok_or(Error::NotFound { what: "incident" })
}
