//! Statements about requests that a browser reported and no backend did.

use uuid::Uuid;

use super::super::filter::Filter;
use super::super::range::{HOUR_MS, Range};
use super::events::SUMMARY;
use super::{Params, Statement};
use crate::auth::Scope;

/// How far the clocks of a browser and its backend may be apart.
const SKEW_MS: i64 = HOUR_MS;

/// Which orphans.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Orphans<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) range: Range,
    pub(crate) filter: &'a Filter,
    /// Only browser events stored up to here: the backend had time to report.
    pub(crate) settled_before: i64,
}

impl Orphans<'_> {
    /// The browser events that no backend event of the same project shares its request with.
    fn from(&self, params: &mut Params, after: Option<(i64, Uuid)>) -> String {
        let mut browser = params.events(self.scope, self.range);
        browser.extend(params.filter(self.filter));
        browser.push(format!("stored_at <= {}", params.time(self.settled_before)));
        if let Some((timestamp, id)) = after {
            browser.push(format!("(timestamp, id) < ({}, {})", params.time(timestamp), params.uuid(id)));
        }
        let around = Range { start: self.range.start - SKEW_MS, end: self.range.end + SKEW_MS };
        let backend = params.events(self.scope, around);
        format!(
            "(SELECT id, project_id, event_type, identifier, user_email, user_name, method, path, status_code, \
               service_name, environment, timestamp, response_time, request_id \
             FROM events WHERE {} AND source = 'browser' AND request_id != '') AS browser \
             LEFT ANTI JOIN (SELECT project_id, request_id FROM events WHERE {} AND source = 'backend' \
             AND request_id != '') AS backend USING (project_id, request_id)",
            browser.join(" AND "),
            backend.join(" AND ")
        )
    }
}

/// A page of orphans, the newest first.
pub(crate) fn page(orphans: &Orphans<'_>, after: Option<(i64, Uuid)>, limit: u64) -> Statement {
    let mut params = Params::default();
    let from = orphans.from(&mut params, after);
    let sql = format!("SELECT {SUMMARY} FROM {from} ORDER BY timestamp DESC, id DESC LIMIT {limit}");
    Statement { name: "orphans", sql, params }
}

/// How many there are.
pub(crate) fn count(orphans: &Orphans<'_>) -> Statement {
    let mut params = Params::default();
    let from = orphans.from(&mut params, None);
    Statement { name: "count_orphans", sql: format!("SELECT count() AS events FROM {from}"), params }
}
