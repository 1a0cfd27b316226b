//! Conditions on rows, with their values apart: what is held, whom an erasure is about. Pure. Values travel as
//! arguments, never as SQL.

use bataudit_control::holds::{Filter, Hold};
use clickhouse::query::Query;

/// A condition on rows of `events`, true or false for every row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Condition {
    sql: String,
    values: Vec<Value>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(i64),
}

impl Condition {
    /// A condition without values.
    pub(crate) fn plain(sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    /// A condition with one `?`.
    pub(crate) fn of_text(sql: &str, value: &str) -> Self {
        Self { sql: sql.to_owned(), values: vec![Value::Text(value.to_owned())] }
    }

    /// A condition with one `?` for unix milliseconds.
    pub(crate) fn of_time(sql: &str, unix_ms: i64) -> Self {
        let sql = sql.replace('?', "fromUnixTimestamp64Milli(?, 'UTC')");
        Self { sql, values: vec![Value::Number(unix_ms)] }
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        self.joined("AND", other)
    }

    fn or(self, other: Self) -> Self {
        self.joined("OR", other)
    }

    fn joined(mut self, word: &str, other: Self) -> Self {
        self.sql = format!("({}) {word} ({})", self.sql, other.sql);
        self.values.extend(other.values);
        self
    }

    /// The opposite.
    pub(crate) fn not(self) -> Self {
        Self { sql: format!("NOT ({})", self.sql), ..self }
    }

    /// Rows of any of these projects.
    pub(crate) fn of_projects<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let values: Vec<_> = ids.into_iter().map(|id| Value::Text(id.to_owned())).collect();
        let marks = vec!["?"; values.len()].join(", ");
        if values.is_empty() {
            Self::plain("0")
        } else {
            Self { sql: format!("project_id IN ({marks})"), values }
        }
    }

    /// Rows that any of these holds keeps.
    pub(crate) fn held(holds: &[Hold]) -> Self {
        let held = holds.iter().map(Self::of_hold).reduce(Self::or);
        held.unwrap_or_else(|| Self::plain("0"))
    }

    fn of_hold(hold: &Hold) -> Self {
        let Filter {
            identifier,
            user_email,
            service_name,
            environment,
            tenant_id,
            session_id,
            request_id,
            path_prefix,
        } = &hold.filter;
        let fields = [
            ("identifier = ?", identifier),
            ("user_email = ?", user_email),
            ("service_name = ?", service_name),
            ("environment = ?", environment),
            ("tenant_id = ?", tenant_id),
            ("session_id = ?", session_id),
            ("request_id = ?", request_id),
            ("startsWith(path, ?)", path_prefix),
        ];
        let project = Self::of_text("project_id = ?", &hold.project_id);
        let fields =
            fields.into_iter().filter_map(|(sql, value)| Some(Self::of_text(sql, value.as_deref()?)));
        let times = [
            hold.from_ms.map(|from| Self::of_time("timestamp >= ?", from)),
            hold.to_ms.map(|to| Self::of_time("timestamp < ?", to)),
        ];
        fields.chain(times.into_iter().flatten()).fold(project, Self::and)
    }

    /// The SQL, with a `?` for each value.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Gives a query the values.
    pub(crate) fn bind(&self, query: Query) -> Query {
        self.values.iter().fold(query, |query, value| match value {
            Value::Text(text) => query.bind(text),
            Value::Number(number) => query.bind(number),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_is_all_of_its_filter_within_its_project_and_time() {
        let filter = Filter {
            identifier: Some("ada'".to_owned()),
            path_prefix: Some("/a".to_owned()),
            ..Filter::default()
        };
        let hold = Hold {
            id: "h".to_owned(),
            project_id: "p".to_owned(),
            name: String::new(),
            reason: String::new(),
            filter,
            from_ms: Some(5),
            to_ms: None,
            created_by: String::new(),
            created_at: 0,
            released_by: None,
            released_at: None,
        };
        let one = Condition::held(std::slice::from_ref(&hold));
        assert_eq!(
            one.sql(),
            "(((project_id = ?) AND (identifier = ?)) AND (startsWith(path, ?))) AND \
             (timestamp >= fromUnixTimestamp64Milli(?, 'UTC'))"
        );
        assert_eq!(one.values.len(), 4);
        let whole = Hold { filter: Filter::default(), from_ms: None, ..hold };
        assert_eq!(Condition::held(std::slice::from_ref(&whole)).sql(), "project_id = ?");
        assert_eq!(Condition::held(&[whole.clone(), whole]).sql(), "(project_id = ?) OR (project_id = ?)");
        assert_eq!(Condition::held(&[]).not().sql(), "NOT (0)");
        assert_eq!(Condition::of_projects([]).sql(), "0");
    }
}
