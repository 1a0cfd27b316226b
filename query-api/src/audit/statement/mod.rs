//! Every ClickHouse statement of the API: [`events`] over raw rows, [`figures`] over what was counted at
//! insert, [`counts`] over both, and one room for each question beyond those. Values travel as bound parameters, never as
//! SQL; and a statement over events or rollups cannot be made without the caller's projects and a time
//! range, but for the use of API keys.

pub(crate) mod counts;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod figures;
pub(crate) mod insights;
pub(crate) mod keys;
mod matching;
pub(crate) mod orphans;
pub(crate) mod pipeline;
pub(crate) mod sessions;
pub(crate) mod tops;
pub(crate) mod wallboard;

use clickhouse::query::Query;
use uuid::Uuid;

use super::range::Range;
use crate::auth::Scope;

/// How statements are planned. Ours know which index and which counts answer them, and no column has statistics: to ask
/// every part of the table for what could help takes longer than most of them read.
const PLANNED: [(&str, &str); 2] = [("use_statistics", "0"), ("optimize_use_projections", "0")];
/// At the end of a statement that is answered by what lies beside the rows: a projection (0010_projections.sql), the
/// number of the rows of a part, or the borders of a part.
const BESIDE: &str = " SETTINGS optimize_use_projections = 1";

/// A statement with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// What it asks, as a metric label.
    pub(crate) name: &'static str,
    sql: String,
    params: Params,
}

impl Statement {
    /// The statement, ready to run.
    pub(crate) fn query(&self, client: &clickhouse::Client) -> Query {
        let query = PLANNED
            .iter()
            .fold(client.query_raw(&self.sql), |query, (name, value)| query.with_setting(*name, *value));
        self.params.0.iter().fold(query, |query, (name, value)| match value {
            Value::Text(text) => query.param(name, text),
            Value::Texts(texts) => query.param(name, texts),
            Value::Number(number) => query.param(name, number),
            Value::Numbers(numbers) => query.param(name, numbers),
        })
    }
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Texts(Vec<String>),
    Number(i64),
    Numbers(Vec<u64>),
}

#[derive(Debug, Clone, Default)]
struct Params(Vec<(String, Value)>);

impl Params {
    /// Binds a value and returns its placeholder.
    fn text(&mut self, value: &str) -> String {
        self.bind("String", Value::Text(value.to_owned()))
    }

    fn texts(&mut self, values: &[String]) -> String {
        self.bind("Array(String)", Value::Texts(values.to_vec()))
    }

    fn number(&mut self, value: i64) -> String {
        self.bind("Int64", Value::Number(value))
    }

    fn numbers(&mut self, values: &[u64]) -> String {
        self.bind("Array(UInt64)", Value::Numbers(values.to_vec()))
    }

    fn time(&mut self, unix_ms: i64) -> String {
        format!("fromUnixTimestamp64Milli({}, 'UTC')", self.number(unix_ms))
    }

    fn uuid(&mut self, id: Uuid) -> String {
        self.bind("UUID", Value::Text(id.to_string()))
    }

    fn bind(&mut self, kind: &str, value: Value) -> String {
        let name = format!("p{}", self.0.len());
        let placeholder = format!("{{{name}:{kind}}}");
        self.0.push((name, value));
        placeholder
    }

    /// The condition every statement carries. One project is compared with `=`, which lets ClickHouse
    /// read in the order of the table.
    fn projects(&mut self, scope: &Scope) -> String {
        match scope.projects() {
            None => "1".to_owned(),
            Some([]) => "0".to_owned(),
            Some([project]) => format!("project_id = {}", self.text(project)),
            Some(projects) => {
                format!("project_id IN {}", self.texts(projects))
            }
        }
    }

    /// The conditions of a statement over raw events. The scope comes first.
    fn events(&mut self, scope: &Scope, range: Range) -> Vec<String> {
        let (start, end) = (self.time(range.start), self.time(range.end));
        vec![self.projects(scope), format!("timestamp >= {start} AND timestamp <= {end}")]
    }

    /// The conditions of a statement over what was counted by day beside the events; both days are included.
    fn days(&mut self, scope: &Scope, days: Range) -> Vec<String> {
        let (start, end) = (self.time(days.start), self.time(days.end));
        let days = format!("toDate(timestamp) >= toDate({start}) AND toDate(timestamp) <= toDate({end})");
        vec![self.projects(scope), days]
    }
}

/// ClickHouse's clock, and the rows of the table, which it knows without reading any: whether it is
/// worth asking for arrivals. The number stays in this process.
pub(crate) fn pulse() -> Statement {
    let sql = format!(
        "SELECT toUnixTimestamp64Milli(now64(3)) AS now_ms, count() AS row_count FROM events{BESIDE}"
    );
    Statement { name: "pulse", sql, params: Params::default() }
}

/// Whether ClickHouse answers.
pub(crate) fn ping() -> Statement {
    Statement { name: "ping", sql: "SELECT toUInt8(1) AS one".to_owned(), params: Params::default() }
}

#[cfg(test)]
mod tests {
    use super::super::filter::{Condition, Field, Filter, Values};
    use super::super::range::{Segment, Tier};
    use super::counts::{Parted, by_days, by_rollups, by_routes, count};
    use super::events::{Slice, SortBy, arrivals, detail, page, some};
    use super::figures::{About, Family, Source, facet, history, stats_by_method, stats_by_service, usage};
    use super::insights::{affected_users, error_routes, people, percentiles, routes, top_users};
    use super::orphans::{self, Orphans};
    use super::sessions::{self, Sessions};
    use super::tops::{self, Counted};
    use super::wallboard::by_project;
    use super::*;

    const RANGE: Range = Range { start: 1_000, end: 2_000 };

    fn slice() -> Slice {
        Slice { by: SortBy::Timestamp, ascending: false, after: Some((5, Uuid::nil())), offset: 0, limit: 51 }
    }

    fn beginning(path: &str) -> [Condition; 1] {
        [Condition { negated: true, values: Values::RoutesWithin(vec![path.to_owned()]) }]
    }

    /// Every statement that reads events or rollups.
    fn all(scope: &Scope, filter: &Filter) -> Vec<Statement> {
        let segments = [Segment { tier: Tier::Day, start: 0, end: 86_400_000 }];
        let raw = About { scope, source: Source::Events(RANGE), filter };
        let rolled = About { source: Source::Rollups(&segments), ..raw };
        let orphans = Orphans { scope, range: RANGE, filter, settled_before: 5 };
        let sessions = Sessions { scope, range: RANGE, filter };
        let many_days = Sessions { range: Range { start: 0, end: 30 * 86_400_000 }, ..sessions };
        let export = export::Export { scope, range: RANGE, filter, stored_until: 5 };
        let parted = Parted { range: RANGE, first: 1_200, last: 1_800 };
        let mut all = vec![
            page(scope, RANGE, filter, &slice()),
            count(scope, RANGE, filter),
            by_days(scope, parted, filter),
            count(scope, Range { start: 0, end: 40 * 86_400_000 }, filter),
            arrivals(scope, RANGE, filter, 0, 10),
            detail(scope, RANGE, Uuid::nil()),
            usage(scope, RANGE),
            pipeline::stored(scope, RANGE),
            pipeline::row_size(scope, RANGE),
            tops::tops(scope, RANGE, filter, &[Counted::Text(Field::Identifier), Counted::StatusClass], 5),
            affected_users(scope, RANGE, filter, 10),
            people(scope, RANGE, &["someone".to_owned()]),
            top_users(scope, filter, RANGE, 10),
            orphans::places(&orphans, None, 10),
            some(scope, RANGE, &[Uuid::nil().to_string()]),
            sessions::list(&sessions, 1_500, None, 10),
            sessions::list(&many_days, 20 * 86_400_000, None, 10),
            sessions::of_session(&sessions, "s"),
            sessions::at(&sessions, 5),
            export::rows(&export, export::Columns::All, export::Cells::Sheet),
            export::count(&export),
        ];
        all.extend(pipeline::masked(scope, 0, 3_600_000));
        for about in [raw, rolled] {
            all.extend([
                by_rollups(about, Family::Stats, None, parted, filter),
                by_routes(about, None, parted, (&beginning("'; DROP TABLE events; --"), filter)),
                stats_by_service(about),
                stats_by_method(about),
                history(about),
            ]);
            all.extend([facet(about, Field::Method), routes(about, 10), error_routes(about, 10)]);
            let some = ["'; DROP TABLE events; --".to_owned()];
            all.extend([percentiles(about, &some, &some), by_project(about)]);
        }
        all
    }

    #[test]
    fn values_never_become_sql() {
        let evil = "'; DROP TABLE events; --";
        let conditions = [Field::ServiceName, Field::Path, Field::RequestId].map(|field| Condition {
            negated: field == Field::Path,
            values: Values::Texts(field, vec![evil.to_owned(), evil.to_owned()]),
        });
        let filter =
            Filter { conditions: conditions.to_vec(), words: vec![evil.to_owned()], project_id: None };
        let scope = Scope::of_test(Some(&[evil]));
        for statement in all(&scope, &filter) {
            assert!(!statement.sql.contains("DROP"), "{}", statement.sql);
        }
    }

    #[test]
    fn the_scope_is_always_there() {
        for (scope, condition) in [
            (Scope::of_test(None), "1"),
            (Scope::of_test(Some(&[])), "0"),
            (Scope::of_test(Some(&["a"])), "project_id = {p"),
            (Scope::of_test(Some(&["a", "b"])), "project_id IN {p"),
        ] {
            for statement in all(&scope, &Filter::default()) {
                // Each table that is read is followed by the scope.
                let tables =
                    ["events", "stats_minute", "stats_hour", "stats_day", "endpoint_day", "user_day"];
                let sql = &statement.sql;
                for table in tables {
                    for rest in sql.split(&format!("FROM {table} ")).skip(1) {
                        assert!(rest.starts_with(&format!("WHERE {condition}")), "{}", statement.sql);
                    }
                }
                assert!(sql.contains(&format!("WHERE {condition}")), "{}", statement.sql);
            }
        }
    }
}
