//! The statement of the wallboard that no other room asks.

use super::figures::{About, Family};
use super::{Params, Statement};

/// The figures of each project.
pub(crate) fn by_project(about: About<'_>) -> Statement {
    let mut params = Params::default();
    let measures = ["events", "errors_4xx", "errors_5xx", "timed", "rt_sum"];
    let from = about.rows(&mut params, Family::Stats, "project_id, service_name", &measures);
    let sql = format!(
        "SELECT toString(project_id) AS project, sum(events) AS requests, sum(errors_4xx) AS client_errors, \
           sum(errors_5xx) AS server_errors, sum(timed) AS timed_events, sum(rt_sum) AS response_ms, \
           uniqExact(service_name) AS services \
         FROM ({from}) GROUP BY project ORDER BY project LIMIT 10000"
    );
    Statement { name: "by_project", sql, params }
}
