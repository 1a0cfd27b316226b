//! The statement of an export. ClickHouse writes the format itself, so the rows never become values here.

use super::super::filter::Filter;
use super::super::range::Range;
use super::{BESIDE, Params, Statement};
use crate::auth::Scope;

/// Which columns an export has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    /// Those of the original's export.
    Summary,
    /// Every field of the event.
    All,
}

/// How values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// For spreadsheets: a text that they would take for a formula is quoted with an apostrophe.
    Sheet,
    /// As text, times included.
    Text,
    /// Times as times.
    Typed,
}

/// What is exported.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Export<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) range: Range,
    pub(crate) filter: &'a Filter,
    /// Only what was stored up to this moment.
    pub(crate) stored_until: i64,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number,
    Time,
}

const SUMMARY: &[(&str, Kind)] = &[
    ("id", Kind::Text),
    ("event_type", Kind::Text),
    ("timestamp", Kind::Time),
    ("service_name", Kind::Text),
    ("method", Kind::Text),
    ("path", Kind::Text),
    ("status_code", Kind::Number),
    ("response_time", Kind::Number),
    ("identifier", Kind::Text),
    ("user_email", Kind::Text),
    ("user_name", Kind::Text),
];

const REST: &[(&str, Kind)] = &[
    ("project_id", Kind::Text),
    ("environment", Kind::Text),
    ("source", Kind::Text),
    ("route", Kind::Text),
    ("user_roles", Kind::Text),
    ("user_type", Kind::Text),
    ("tenant_id", Kind::Text),
    ("ip", Kind::Text),
    ("user_agent", Kind::Text),
    ("request_id", Kind::Text),
    ("session_id", Kind::Text),
    ("query_params", Kind::Text),
    ("path_params", Kind::Text),
    ("request_body", Kind::Text),
    ("response_body", Kind::Text),
    ("error_message", Kind::Text),
    ("original_timestamp", Kind::Text),
    ("received_at", Kind::Time),
];

/// The rows of an export: project by project, in each the newest first. That is the order of the table,
/// so ClickHouse reads and forgets, however many rows there are.
pub(crate) fn rows(export: &Export<'_>, columns: Columns, cells: Cells) -> Statement {
    let mut params = Params::default();
    let mut conditions = matching(export, &mut params);
    conditions.push(format!("stored_at <= {}", params.time(export.stored_until)));
    let conditions = conditions.join(" AND ");
    let rest = if columns == Columns::All { REST } else { &[] };
    let columns: Vec<_> = SUMMARY.iter().chain(rest).map(|(name, kind)| cell(name, *kind, cells)).collect();
    let sql = format!(
        "SELECT {} FROM events WHERE {conditions} ORDER BY project_id DESC, timestamp DESC, id DESC \
         SETTINGS prefer_column_name_to_alias = 1",
        columns.join(", ")
    );
    Statement { name: "export", sql, params }
}

/// How many rows an export has: all that match, without those that came later. When a row was stored is looked up in an
/// index and not in every row; both counts are of one moment, since a statement sees a table as it was at its start.
pub(crate) fn count(export: &Export<'_>) -> Statement {
    let mut params = Params::default();
    let matching = matching(export, &mut params).join(" AND ");
    let until = params.time(export.stored_until);
    let later = format!("SELECT count() FROM events WHERE {matching} AND stored_at > {until}");
    Statement {
        name: "count_export",
        sql: format!(
            "SELECT assumeNotNull(toUInt64(count() - ({later}))) AS events FROM events WHERE {matching}{BESIDE}"
        ),
        params,
    }
}

fn matching(export: &Export<'_>, params: &mut Params) -> Vec<String> {
    let mut conditions = params.events(export.scope, export.range);
    conditions.extend(params.filter(export.filter));
    conditions
}

fn cell(name: &str, kind: Kind, cells: Cells) -> String {
    let shown = if name == "response_time" && cells == Cells::Sheet { "response_time_ms" } else { name };
    let value = match (kind, cells) {
        (Kind::Number, _) | (Kind::Time, Cells::Typed) => name.to_owned(),
        (Kind::Time, Cells::Sheet | Cells::Text) => {
            format!("concat(replaceOne(toString({name}), ' ', 'T'), 'Z')")
        }
        (Kind::Text, Cells::Text | Cells::Typed) => format!("toString({name})"),
        (Kind::Text, Cells::Sheet) => {
            let formula = r"'^[=+@\\t\\r\\n＝＋－＠-]'";
            format!(
                "if(match(toString({name}), {formula}), concat('''', toString({name})), toString({name}))"
            )
        }
    };
    format!("{value} AS {shown}")
}
