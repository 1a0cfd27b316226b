//! What the dashboard, its screens and its exports ask.

use super::Place;
use crate::catalogue::{Bound, Figure};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Who {
    /// Somebody who may see all projects.
    Owner,
    /// A screen of the wallboard.
    Screen,
}

/// How much of an answer is waited for.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// All of it.
    Whole,
    /// Its beginning: an export goes on for as long as there are events.
    FirstByte,
}

/// One request.
#[derive(Clone, Copy)]
pub struct Read {
    /// Tells its line from the others of G23.
    pub part: &'static str,
    /// What is asked, in words.
    pub what: &'static str,
    /// Its path and query.
    pub path: fn(&Place) -> String,
    /// Who asks.
    pub who: Who,
    /// How much of the answer is waited for.
    pub until: Until,
}

const fn read(part: &'static str, what: &'static str, path: fn(&Place) -> String) -> Read {
    Read { part, what, path, who: Who::Owner, until: Until::Whole }
}

const fn screen(part: &'static str, what: &'static str, path: fn(&Place) -> String) -> Read {
    Read { who: Who::Screen, ..read(part, what, path) }
}

/// Every request that is measured. Lists are of 30 days and 100 events unless they say otherwise.
#[rustfmt::skip]
pub const READS: &[Read] = &[
    read("list all", "list, all projects", |_| "/v1/audit?limit=100".to_owned()),
    read("list", "list, one project", |place| list(place, "")),
    read("list page 50", "list, page 50 by number", |place| list(place, "&page=50")),
    read("list deep", "list, 15 days deep by cursor", |place| list(place, &format!("&cursor={}", place.deep))),
    read("list slowest", "list, sorted by response time, one day", |place| list(place, &format!("&sort_by=response_time{}", since(1)))),
    read("list service", "list by service", |place| filtered(place, "service_name")),
    read("list environment", "list by environment", |place| filtered(place, "environment")),
    read("list method", "list by method", |place| filtered(place, "method")),
    read("list route", "list by route", |place| filtered(place, "route")),
    read("list path", "list by path", |place| filtered(place, "path")),
    read("list prefix", "list by beginning of the path", |place| list(place, "&path_prefix=/api/orders/")),
    read("list within", "list by beginning of the path, up to within an id", |place| list(place, "&path_prefix=/api/orders/42")),
    read("list status", "list by status code", |place| list(place, "&status_code=503")),
    read("list class", "list by class of the status", |place| list(place, "&status_class=4xx")),
    read("list type", "list by event type", |place| list(place, "&event_type=job")),
    read("list identifier", "list by user", |place| filtered(place, "identifier")),
    read("list email", "list by e-mail", |place| filtered(place, "user_email")),
    read("list tenant", "list by tenant", |place| filtered(place, "tenant_id")),
    read("list ip", "list by address", |place| filtered(place, "ip")),
    read("list request", "list by request id", |place| filtered(place, "request_id")),
    read("list q rare", "free text, a word of few events", |place| list(place, &format!("&q={}", rare(place)))),
    read("list q common", "free text, a word of many events", |place| list(place, "&q=timeout")),
    read("detail", "one event", |place| format!("/v1/audit/{}", place.field("id"))),
    read("stats 24h", "stats, 24 hours", |place| of(place, "stats", &since(1))),
    read("stats 7d", "stats, 7 days", |place| of(place, "stats", &since(7))),
    read("stats 30d", "stats, 30 days", |place| of(place, "stats", &since(30))),
    read("stats 30d all", "stats, 30 days, all projects", |_| format!("/v1/audit/stats?{}", &since(30)[1..])),
    read("history", "history, 90 days by day", |place| of(place, "stats/history", "")),
    read("usage", "usage", |place| of(place, "stats/usage", "")),
    read("facets", "facets, 30 days", |place| of(place, "facets", "")),
    read("facets all", "facets, 30 days, all projects", |_| "/v1/audit/facets".to_owned()),
    read("sessions 7d", "sessions, 7 days", |place| of(place, "sessions", "")),
    read("sessions 30d", "sessions, 30 days", |place| of(place, "sessions", &since(30))),
    read("sessions all", "sessions, 30 days, all projects", |_| format!("/v1/audit/sessions?{}", &since(30)[1..])),
    read("session named", "one session by the application's id", |place| of(place, &format!("sessions/{}", place.sessions[0]), "")),
    read("session derived", "one session that follows from gaps", |place| of(place, &format!("sessions/{}", place.sessions[1]), "")),
    read("insights 7d", "insights, 7 days", |place| of(place, "insights", "&period=7d")),
    read("insights 30d", "insights, 30 days", |place| of(place, "insights", "&period=30d")),
    read("insights 30d all", "insights, 30 days, all projects", |_| "/v1/audit/insights?period=30d".to_owned()),
    read("affected", "affected users, 7 days", |place| of(place, "affected-users", "")),
    read("affected route", "affected users of a route, 7 days", |place| of(place, "affected-users", &format!("&route={}", place.field("route")))),
    read("orphans", "orphans, 24 hours", |place| of(place, "orphans", "")),
    read("orphans all", "orphans, 24 hours, all projects", |_| "/v1/audit/orphans".to_owned()),
    read("incidents", "anomaly incidents", |place| format!("/v1/anomaly/incidents?project_id={}", place.project)),
    Read { until: Until::FirstByte, ..read("export", "export of 30 days, first byte", |place| of(place, "export", "&format=csv")) },
    screen("wallboard summary", "wallboard summary", |_| "/v1/wallboard/summary".to_owned()),
    screen("wallboard volume", "wallboard volume", |_| "/v1/wallboard/volume".to_owned()),
    screen("wallboard feed", "wallboard feed", |_| "/v1/wallboard/feed".to_owned()),
    screen("wallboard alerts", "wallboard alerts", |_| "/v1/wallboard/alerts".to_owned()),
    screen("wallboard routes", "wallboard error routes", |_| "/v1/wallboard/error-routes".to_owned()),
    screen("wallboard health", "wallboard health", |_| "/v1/wallboard/health".to_owned()),
    screen("wallboard grid", "wallboard grid", |_| "/v1/wallboard/grid".to_owned()),
    screen("wallboard projects", "wallboard projects", |_| "/v1/wallboard/projects".to_owned()),
];

/// The read of this part.
#[must_use]
pub fn named(part: &str) -> Option<&'static Read> {
    READS.iter().find(|read| read.part == part)
}

/// The lines of G23, one a request.
pub fn figures() -> impl Iterator<Item = Figure> {
    READS.iter().map(|read| Figure {
        id: "G23",
        part: read.part,
        what: read.what,
        target: Some(Bound::AtMost(50.0)),
        stretch: Some(Bound::AtMost(10.0)),
        unit: "ms",
    })
}

fn list(place: &Place, more: &str) -> String {
    format!("/v1/audit?project_id={}&limit=100{more}", place.project)
}

/// The list by what the event has in this field.
fn filtered(place: &Place, field: &str) -> String {
    list(place, &format!("&{field}={}", place.field(field)))
}

fn of(place: &Place, what: &str, more: &str) -> String {
    format!("/v1/audit/{what}?project_id={}{more}", place.project)
}

fn since(days: i64) -> String {
    let start = chrono::Utc::now() - chrono::Duration::days(days);
    format!("&start_date={}", start.format("%Y-%m-%dT%H:%M:%SZ"))
}

/// The number in the event's path.
fn rare(place: &Place) -> String {
    let path = place.event["path"].as_str().unwrap_or_default();
    path.split('/').find(|part| part.parse::<u32>().is_ok()).unwrap_or("831337").to_owned()
}
