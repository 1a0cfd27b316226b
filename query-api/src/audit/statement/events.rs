//! Statements over raw events.

use uuid::Uuid;

use super::super::filter::Filter;
use super::super::range::Range;
use super::{Params, Statement};
use crate::auth::Scope;

const SUMMARY: &str = "toString(id) AS id_text, project_id, event_type, identifier, user_email, user_name, method, \
    path, status_code, service_name, environment, toUnixTimestamp64Milli(timestamp) AS timestamp_ms, response_time";

/// What a page is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortBy {
    Timestamp,
    StatusCode,
    ResponseTime,
}

/// How a page is sorted, and where it begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    pub(crate) by: SortBy,
    pub(crate) ascending: bool,
    /// The event the page follows: its timestamp and id.
    pub(crate) after: Option<(i64, Uuid)>,
    /// Events to skip, in page mode.
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// A page of events. Ties are broken by time and id, so every order is total. ClickHouse compares
/// UUIDs in an order of its own; it is the same in the comparison and in the sorting, which is all
/// that paging needs.
pub(crate) fn page(scope: &Scope, range: Range, filter: &Filter, slice: &Slice) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.extend(params.filter(filter));
    let (direction, beyond) = if slice.ascending { ("ASC", ">") } else { ("DESC", "<") };
    if let Some((timestamp, id)) = slice.after {
        let (timestamp, id) = (params.time(timestamp), params.uuid(id));
        conditions.push(format!("(timestamp, id) {beyond} ({timestamp}, {id})"));
    }
    let first = match slice.by {
        SortBy::Timestamp => String::new(),
        SortBy::StatusCode => format!("status_code {direction}, "),
        SortBy::ResponseTime => format!("response_time {direction}, "),
    };
    let sql = format!(
        "SELECT {SUMMARY} FROM events WHERE {} ORDER BY {first}timestamp {direction}, id {direction} LIMIT {} OFFSET {}",
        conditions.join(" AND "),
        slice.limit,
        slice.offset,
    );
    Statement { name: "page", sql, params }
}

/// These events of a range, the newest first.
pub(crate) fn some(scope: &Scope, range: Range, ids: &[String]) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.push(format!("id IN CAST({}, 'Array(UUID)')", params.texts(ids)));
    let sql = format!(
        "SELECT {SUMMARY} FROM events WHERE {} ORDER BY timestamp DESC, id DESC LIMIT {}",
        conditions.join(" AND "),
        ids.len()
    );
    Statement { name: "some", sql, params }
}

/// The whole of one event.
pub(crate) fn detail(scope: &Scope, range: Range, id: Uuid) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.push(format!("id = {}", params.uuid(id)));
    let sql = format!(
        "SELECT {SUMMARY}, user_roles, user_type, tenant_id, ip, user_agent, request_id, session_id, query_params, \
           path_params, request_body, response_body, error_message, source, route, original_timestamp, \
           toUnixTimestamp64Milli(received_at) AS received_ms \
         FROM events WHERE {} ORDER BY stored_at LIMIT 1",
        conditions.join(" AND ")
    );
    Statement { name: "detail", sql, params }
}

/// The newest events stored after `stored_after`, in the order they were stored.
pub(crate) fn arrivals(
    scope: &Scope,
    range: Range,
    filter: &Filter,
    stored_after: i64,
    limit: usize,
) -> Statement {
    let mut params = Params::default();
    let mut conditions = params.events(scope, range);
    conditions.extend(params.filter(filter));
    conditions.push(format!("stored_at > {}", params.time(stored_after)));
    let sql = format!(
        "SELECT * FROM (SELECT {SUMMARY}, toUnixTimestamp64Milli(stored_at) AS stored_ms FROM events WHERE {} \
         ORDER BY stored_at DESC, timestamp DESC, id DESC LIMIT {limit}) ORDER BY stored_ms, timestamp_ms, id_text",
        conditions.join(" AND ")
    );
    Statement { name: "arrivals", sql, params }
}
