//! Statements about requests that a browser reported and no backend did.

use uuid::Uuid;

use super::super::filter::Filter;
use super::super::range::{HOUR_MS, Range};
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

/// What an event's request is known by. Of a number sets are built and asked in two thirds of the time that the text takes;
/// that one in 10^19 pairs of requests shares one is far below what a browser leaves out.
const REQUEST: &str = "cityHash64(project_id, request_id)";

impl Orphans<'_> {
    /// The conditions of the browser events that no backend event of the same project shares its request with.
    fn conditions(&self, params: &mut Params, after: Option<(i64, Uuid)>) -> String {
        let mut browser = params.events(self.scope, self.range);
        browser.extend(params.filter(self.filter));
        browser.push(format!("stored_at <= {}", params.time(self.settled_before)));
        if let Some((timestamp, id)) = after {
            browser.push(format!("(timestamp, id) < ({}, {})", params.time(timestamp), params.uuid(id)));
        }
        let around = Range { start: self.range.start - SKEW_MS, end: self.range.end + SKEW_MS };
        let backend = params.events(self.scope, around);
        format!(
            "{} AND source = 'browser' AND request_id != '' AND {REQUEST} NOT IN \
             (SELECT {REQUEST} FROM events WHERE {} AND source = 'backend' AND request_id != '')",
            browser.join(" AND "),
            backend.join(" AND ")
        )
    }
}

/// Where the orphans of a page are, the newest first, and how many there are after `after`. What else is told of them
/// would be read for all.
pub(crate) fn places(orphans: &Orphans<'_>, after: Option<(i64, Uuid)>, limit: u64) -> Statement {
    let mut params = Params::default();
    let conditions = orphans.conditions(&mut params, after);
    let sql = format!(
        "SELECT toString(id) AS id_text, toUnixTimestamp64Milli(timestamp) AS timestamp_ms, count() OVER () AS orphans \
         FROM events WHERE {conditions} ORDER BY timestamp DESC, id DESC LIMIT {limit}"
    );
    Statement { name: "orphans", sql, params }
}
