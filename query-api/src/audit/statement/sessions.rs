//! Statements about sessions. An application that sends a `session_id` says itself what a session is;
//! what other events belong together follows from gaps in time: one user at one service of one project.

use super::super::filter::Filter;
use super::super::range::{MINUTE_MS, Range};
use super::{Params, Statement};
use crate::auth::Scope;

/// A longer silence ends a derived session.
const GAP_MS: i64 = 30 * MINUTE_MS;

/// Which sessions: those of the events that match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sessions<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) range: Range,
    pub(crate) filter: &'a Filter,
}

impl Sessions<'_> {
    fn conditions(&self, params: &mut Params) -> String {
        let mut conditions = params.events(self.scope, self.range);
        conditions.extend(params.filter(&self.filter.clone().of_applications()));
        conditions.join(" AND ")
    }

    /// Sessions that follow from gaps.
    fn derived(&self, params: &mut Params) -> String {
        let conditions = self.conditions(params);
        format!(
            "SELECT project_id AS project, identifier AS who, service_name AS service, '' AS session, \
               stamps[1] AS start_ms, stamps[-1] AS end_ms, toUInt64(length(stamps)) AS event_count, \
               cityHash64(project_id, identifier, service_name) AS tie \
             FROM (SELECT project_id, identifier, service_name, \
               arrayJoin(arraySplit((stamp, gap) -> gap > {GAP_MS}, sorted, arrayDifference(sorted))) AS stamps \
             FROM (SELECT project_id, identifier, service_name, \
               arraySort(groupArray(toUnixTimestamp64Milli(timestamp))) AS sorted \
             FROM events WHERE {conditions} AND session_id = '' AND identifier != '' \
             GROUP BY project_id, identifier, service_name))"
        )
    }

    /// Sessions that the application named. One may span users and services; its first event names it.
    /// No alias is the name of a column: the conditions would be about the alias.
    fn explicit(&self, params: &mut Params) -> String {
        let conditions = self.conditions(params);
        format!(
            "SELECT project_id AS project, argMin(identifier, (timestamp, id)) AS who, \
               argMin(service_name, (timestamp, id)) AS service, session_id AS session, \
               toUnixTimestamp64Milli(min(timestamp)) AS start_ms, toUnixTimestamp64Milli(max(timestamp)) AS end_ms, \
               count() AS event_count, cityHash64(project_id, session_id) AS tie \
             FROM events WHERE {conditions} AND session_id != '' GROUP BY project_id, session_id"
        )
    }
}

const COLUMNS: &str = "toString(project) AS project_id, who AS identifier, toString(service) AS service_name, session, \
     start_ms, end_ms, event_count, tie";

/// Sessions of both kinds, those that began last first.
pub(crate) fn list(sessions: &Sessions<'_>, after: Option<(i64, u64)>, limit: u64) -> Statement {
    let mut params = Params::default();
    let (derived, explicit) = (sessions.derived(&mut params), sessions.explicit(&mut params));
    let after = after.map_or_else(String::new, |(start, tie)| {
        let (start, tie) = (params.number(start), params.text(&tie.to_string()));
        format!("WHERE (start_ms, tie) < ({start}, toUInt64({tie}))")
    });
    let sql = format!(
        "SELECT {COLUMNS} FROM ({derived} UNION ALL {explicit}) {after} ORDER BY start_ms DESC, tie DESC LIMIT {limit}"
    );
    Statement { name: "sessions", sql, params }
}

/// The session with this id; where several projects have one, that which began last.
pub(crate) fn of_session(sessions: &Sessions<'_>, session_id: &str) -> Statement {
    let mut params = Params::default();
    let explicit = sessions.explicit(&mut params);
    let id = params.text(session_id);
    let sql = format!(
        "SELECT {COLUMNS} FROM ({explicit}) WHERE session = {id} ORDER BY start_ms DESC, tie LIMIT 1"
    );
    Statement { name: "session", sql, params }
}

/// The derived session that holds this moment; the filter says whose.
pub(crate) fn at(sessions: &Sessions<'_>, moment: i64) -> Statement {
    let mut params = Params::default();
    let derived = sessions.derived(&mut params);
    let moment = params.number(moment);
    let sql = format!(
        "SELECT {COLUMNS} FROM ({derived}) WHERE start_ms <= {moment} AND end_ms >= {moment} LIMIT 1"
    );
    Statement { name: "session_at", sql, params }
}
