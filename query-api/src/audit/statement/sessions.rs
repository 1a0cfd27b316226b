//! Statements about sessions. An application that sends a `session_id` says itself what a session is;
//! what other events belong together follows from gaps in time: one user at one service of one project.

use super::super::filter::Filter;
use super::super::range::{DAY_MS, MINUTE_MS, Range, ceil, floor};
use super::{BESIDE, Params, Statement};
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
    fn conditions(&self, params: &mut Params, range: Range) -> String {
        let mut conditions = params.events(self.scope, range);
        conditions.extend(params.filter(&self.filter.clone().of_applications()));
        conditions.join(" AND ")
    }

    /// Sessions that follow from gaps, which began at `since` or later. Whether an event shortly after that begins one,
    /// those before it tell, as far as a gap reaches.
    fn derived(&self, params: &mut Params, since: i64) -> String {
        let start = self.range.start.max(since.saturating_sub(GAP_MS));
        let conditions = self.conditions(params, Range { start, ..self.range });
        let since = params.number(since);
        format!(
            "SELECT project_id AS project, identifier AS who, service_name AS service, '' AS session, \
               stamps[1] AS start_ms, stamps[-1] AS end_ms, toUInt64(length(stamps)) AS event_count, \
               cityHash64(project_id, identifier, service_name) AS tie \
             FROM (SELECT project_id, identifier, service_name, \
               arrayJoin(arraySplit((stamp, gap) -> gap > {GAP_MS}, sorted, arrayDifference(sorted))) AS stamps \
             FROM (SELECT project_id, identifier, service_name, \
               arraySort(groupArray(toUnixTimestamp64Milli(timestamp))) AS sorted \
             FROM events WHERE {conditions} AND session_id = '' AND identifier != '' \
             GROUP BY project_id, identifier, service_name)) WHERE start_ms >= {since}"
        )
    }

    /// Sessions that the application named, which began at `since` or later. One may span users and services; its
    /// first event names it. No alias is the name of a column: the conditions would be about the alias.
    fn explicit(&self, params: &mut Params, since: i64) -> String {
        let conditions = self.conditions(params, Range { start: self.range.start.max(since), ..self.range });
        let earlier = self.earlier(params, since, &conditions);
        format!(
            "SELECT project_id AS project, argMin(identifier, (timestamp, id)) AS who, \
               argMin(service_name, (timestamp, id)) AS service, session_id AS session, \
               toUnixTimestamp64Milli(min(timestamp)) AS start_ms, toUnixTimestamp64Milli(max(timestamp)) AS end_ms, \
               count() AS event_count, cityHash64(project_id, session_id) AS tie \
             FROM events WHERE {conditions} AND session_id != ''{earlier} GROUP BY project_id, session_id"
        )
    }

    /// Leaves out the named sessions that had events before `since`. Without a filter, of whole days the sessions are
    /// known beside the events: `named_sessions` in 0010_projections.sql.
    fn earlier(&self, params: &mut Params, since: i64, conditions: &str) -> String {
        let before = Range { end: since.saturating_sub(1), ..self.range };
        if before.is_empty() {
            return String::new();
        }
        let known =
            format!("session_id IN (SELECT session_id FROM events WHERE {conditions} AND session_id != '')");
        let raw = self.conditions(params, before);
        let parts = match self.counted_days(since) {
            None => vec![raw],
            Some((first, last)) => {
                let mut of_days = params.days(self.scope, Range { start: first, end: last - 1 });
                of_days.extend(params.filter(&self.filter.clone().of_applications()));
                let (first, last) = (params.time(first), params.time(last));
                vec![format!("{raw} AND (timestamp < {first} OR timestamp >= {last})"), of_days.join(" AND ")]
            }
        };
        let found = |conditions: String| {
            format!(
                "SELECT project_id, session_id FROM events WHERE {conditions} AND {known} GROUP BY project_id, session_id"
            )
        };
        // One after the other: ClickHouse cannot send a UNION of tables of a cluster to the shards.
        parts
            .into_iter()
            .map(|part| format!(" AND (project_id, session_id) NOT IN ({})", found(part)))
            .collect()
    }

    /// The whole days before `since`, from the first to before the second moment, where the sessions of whole days are what
    /// is asked for.
    fn counted_days(&self, since: i64) -> Option<(i64, i64)> {
        let (first, last) = (ceil(self.range.start, DAY_MS), floor(since, DAY_MS));
        (self.filter.is_within(&[]) && first < last).then_some((first, last))
    }
}

const COLUMNS: &str = "toString(project) AS project_id, who AS identifier, toString(service) AS service_name, session, \
     start_ms, end_ms, event_count, tie";

/// Sessions of both kinds that began at `since` or later, those that began last first.
pub(crate) fn list(sessions: &Sessions<'_>, since: i64, after: Option<(i64, u64)>, limit: u64) -> Statement {
    let mut params = Params::default();
    let (derived, explicit) = (sessions.derived(&mut params, since), sessions.explicit(&mut params, since));
    let after = after.map_or_else(String::new, |(start, tie)| {
        let (start, tie) = (params.number(start), params.text(&tie.to_string()));
        format!("WHERE (start_ms, tie) < ({start}, toUInt64({tie}))")
    });
    let beside = sessions.counted_days(since).map_or("", |_| BESIDE);
    let sql = format!(
        "SELECT {COLUMNS} FROM ({derived} UNION ALL {explicit}) {after} ORDER BY start_ms DESC, tie DESC \
         LIMIT {limit}{beside}"
    );
    Statement { name: "sessions", sql, params }
}

/// The session with this id; where several projects have one, that which began last.
pub(crate) fn of_session(sessions: &Sessions<'_>, session_id: &str) -> Statement {
    let mut params = Params::default();
    let explicit = sessions.explicit(&mut params, sessions.range.start);
    let id = params.text(session_id);
    let sql = format!(
        "SELECT {COLUMNS} FROM ({explicit}) WHERE session = {id} ORDER BY start_ms DESC, tie LIMIT 1"
    );
    Statement { name: "session", sql, params }
}

/// The derived session that holds this moment; the filter says whose.
pub(crate) fn at(sessions: &Sessions<'_>, moment: i64) -> Statement {
    let mut params = Params::default();
    let derived = sessions.derived(&mut params, sessions.range.start);
    let moment = params.number(moment);
    let sql = format!(
        "SELECT {COLUMNS} FROM ({derived}) WHERE start_ms <= {moment} AND end_ms >= {moment} LIMIT 1"
    );
    Statement { name: "session_at", sql, params }
}
