//! Every ClickHouse statement of the API: [`events`] over raw rows, [`rollups`] over what was counted at insert. Values travel as bound parameters, never as SQL; and a
//! statement over events or rollups cannot be made without the caller's projects and a time range.

pub(crate) mod events;
pub(crate) mod rollups;

use clickhouse::query::Query;
use uuid::Uuid;

use super::filter::{Filter, StatusClass};
use super::range::Range;
use crate::auth::Scope;

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
        self.params.0.iter().fold(client.query_raw(&self.sql), |query, (name, value)| match value {
            Value::Text(text) => query.param(name, text),
            Value::Texts(texts) => query.param(name, texts),
            Value::Number(number) => query.param(name, number),
        })
    }
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Texts(Vec<String>),
    Number(i64),
}

#[derive(Debug, Clone, Default)]
struct Params(Vec<(String, Value)>);

impl Params {
    /// Binds a value and returns its placeholder.
    fn text(&mut self, value: &str) -> String {
        self.bind("String", Value::Text(value.to_owned()))
    }

    fn number(&mut self, value: i64) -> String {
        self.bind("Int64", Value::Number(value))
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
                let list = self.bind("Array(String)", Value::Texts(projects.to_vec()));
                format!("project_id IN {list}")
            }
        }
    }

    /// The conditions of a statement over raw events.
    fn events(&mut self, scope: &Scope, range: Range) -> Vec<String> {
        let (start, end) = (self.time(range.start), self.time(range.end));
        vec![self.projects(scope), format!("timestamp >= {start} AND timestamp <= {end}")]
    }

    fn filter(&mut self, filter: &Filter) -> Vec<String> {
        let texts = [
            ("service_name", &filter.service_name),
            ("identifier", &filter.identifier),
            ("method", &filter.method),
            ("path", &filter.path),
            ("environment", &filter.environment),
            ("event_type", &filter.event_type),
            ("source", &filter.source),
            ("tenant_id", &filter.tenant_id),
            ("user_email", &filter.user_email),
            ("request_id", &filter.request_id),
            ("session_id", &filter.session_id),
        ];
        let given = texts.into_iter().filter_map(|(column, value)| Some((column, value.as_deref()?)));
        let mut all: Vec<_> =
            given.map(|(column, value)| format!("{column} = {}", self.text(value))).collect();
        if let Some(code) = filter.status_code {
            all.push(format!("status_code = {}", self.number(code.into())));
        }
        if let Some(class) = filter.status_class {
            all.push(status_class(class).to_owned());
        }
        if let Some(ip) = filter.ip {
            all.push(format!("ip_address = toIPv6({})", self.text(&ip.to_string())));
        }
        all
    }
}

const fn status_class(class: StatusClass) -> &'static str {
    match class {
        StatusClass::Success => "status_code BETWEEN 200 AND 299",
        StatusClass::Redirection => "status_code BETWEEN 300 AND 399",
        StatusClass::ClientError => "status_code BETWEEN 400 AND 499",
        StatusClass::ServerError => "status_code >= 500",
    }
}

/// ClickHouse's clock, and the rows of the table, which it knows without reading any: whether it is
/// worth asking for arrivals. The number stays in this process.
pub(crate) fn pulse() -> Statement {
    let sql =
        "SELECT toUnixTimestamp64Milli(now64(3)) AS now_ms, count() AS row_count FROM events".to_owned();
    Statement { name: "pulse", sql, params: Params::default() }
}

/// Whether ClickHouse answers.
pub(crate) fn ping() -> Statement {
    Statement { name: "ping", sql: "SELECT toUInt8(1) AS one".to_owned(), params: Params::default() }
}

#[cfg(test)]
mod tests {
    use super::super::filter::RollupFilter;
    use super::super::range::{Segment, Tier};
    use super::events::{Slice, SortBy, arrivals, count, count_system, detail, page};
    use super::rollups::{Facet, count_rollup, facet, stats_by_method, stats_by_service, stats_timeline};
    use super::*;

    const RANGE: Range = Range { start: 1_000, end: 2_000 };

    fn slice() -> Slice {
        Slice { by: SortBy::Timestamp, ascending: false, after: Some((5, Uuid::nil())), offset: 0, limit: 51 }
    }

    #[test]
    fn values_never_become_sql() {
        let evil = "'; DROP TABLE events; --";
        let filter = Filter {
            service_name: Some(evil.to_owned()),
            path: Some(evil.to_owned()),
            request_id: Some(evil.to_owned()),
            ..Filter::default()
        };
        let scope = Scope::of_test(Some(&[evil]));
        let segments = [Segment { tier: Tier::Day, start: 0, end: 86_400_000 }];
        let rollup = RollupFilter { service_name: Some(evil), environment: Some(evil), source: Some(evil) };
        for statement in [
            page(&scope, RANGE, &filter, &slice()),
            count(&scope, RANGE, &filter),
            arrivals(&scope, RANGE, &filter, 0, 10),
            detail(&scope, RANGE, Uuid::nil()),
            stats_by_service(&scope, &segments, rollup),
            stats_timeline(&scope, &segments, rollup, 60),
            facet(&scope, &segments, rollup, Facet::Method),
        ] {
            assert!(!statement.sql.contains("DROP"), "{}", statement.sql);
        }
    }

    #[test]
    fn the_scope_is_always_there() {
        let segments = [Segment { tier: Tier::Hour, start: 0, end: 3_600_000 }];
        for (scope, condition) in [
            (Scope::of_test(None), "1"),
            (Scope::of_test(Some(&[])), "0"),
            (Scope::of_test(Some(&["a"])), "project_id = {p"),
            (Scope::of_test(Some(&["a", "b"])), "project_id IN {p"),
        ] {
            for statement in [
                page(&scope, RANGE, &Filter::default(), &slice()),
                count(&scope, RANGE, &Filter::default()),
                count_system(&scope, RANGE, &Filter::default()),
                detail(&scope, RANGE, Uuid::nil()),
                arrivals(&scope, RANGE, &Filter::default(), 0, 10),
                count_rollup(&scope, &segments, RollupFilter::default(), None),
                stats_by_service(&scope, &segments, RollupFilter::default()),
                stats_by_method(&scope, &segments, RollupFilter::default()),
                facet(&scope, &segments, RollupFilter::default(), Facet::Service),
            ] {
                assert!(statement.sql.contains(&format!("WHERE {condition}")), "{}", statement.sql);
            }
        }
    }
}
