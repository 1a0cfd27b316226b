//! Which projects a query can find anything of. Pure. In: its sure conditions. Out: the ids that `project_id` is compared
//! with, which narrow the scope before the query runs.

use super::clause::Clause;
use super::tokens::{Piece, Token};

/// The column.
const COLUMN: &str = "project_id";
/// Ids of a list that are looked at.
const MOST: usize = 100;

/// The projects that all conditions agree on; `None` where none of them says which.
pub(super) fn of(clause: &Clause<'_>) -> Option<Vec<String>> {
    let named = clause.on(COLUMN).filter_map(|behind| compared(clause.sql, behind));
    named.reduce(|mut found, named| {
        found.retain(|id| named.contains(id));
        found
    })
}

/// The ids of a condition, of which `behind` is what stands behind the column.
fn compared(sql: &str, behind: &[Piece]) -> Option<Vec<String>> {
    let symbol =
        |at: usize, symbol: char| behind.get(at).map(|piece| &piece.token) == Some(&Token::Symbol(symbol));
    if symbol(0, '=') {
        let rest = behind.get(1 + usize::from(symbol(1, '='))..)?;
        let [one] = rest else { return None };
        return Some(vec![id(sql, one)?]);
    }
    let [word, open, list @ .., close] = behind else { return None };
    let is_list = word.token.is_word("in")
        && open.token == Token::Symbol('(')
        && close.token == Token::Symbol(')')
        && list.len() < 2 * MOST;
    if !is_list {
        return None;
    }
    let ids = list.split(|piece| piece.token == Token::Symbol(','));
    ids.map(|item| if let [one] = item { id(sql, one) } else { None }).collect()
}

/// A text that can be an id. Nothing else is passed on: it goes into the id of the query, where the views read it.
fn id(sql: &str, piece: &Piece) -> Option<String> {
    if piece.token != Token::Text {
        return None;
    }
    let text = sql.get(piece.at.start + 1..piece.at.end.checked_sub(1)?)?;
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    ((1..=64).contains(&text.len()) && text.bytes().all(is_id)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(sql: &str) -> Option<String> {
        Clause::of(sql).and_then(|clause| of(&clause)).map(|ids| ids.join(" "))
    }

    #[test]
    fn conditions_on_the_project_name_it() {
        for (sql, ids) in [
            ("select count() from audits where project_id = 'a-1'", "a-1"),
            ("select count() from audits a where a.project_id == 'a-1' and status_code = 500 limit 5", "a-1"),
            (
                "select project_id, count() from audits where project_id in ('a', 'b') group by project_id",
                "a b",
            ),
            ("select 1 from audits where project_id in ('a', 'b') and audits.project_id in ('b', 'c')", "b"),
            ("select 1 from audits where project_id = 'a' and project_id = 'b'", ""),
            ("select 1 from audit_summaries where period_type = 'day' and project_id = 'a'", "a"),
            ("with x as (select path from audits where \"project_id\" = 'a') select * from x", "a"),
        ] {
            assert_eq!(found(sql).as_deref(), Some(ids), "{sql}");
        }
    }

    /// In each of these the project alone does not decide, or the name is not the column's.
    #[test]
    fn what_is_not_sure_names_none() {
        for (after, before) in [
            ("project_id = 'a' or path = 'x'", ""),
            ("not project_id = 'a'", ""),
            ("project_id != 'a'", ""),
            ("project_id <> 'a'", ""),
            ("project_id not in ('a')", ""),
            ("project_id = 'a' || 'b'", ""),
            ("project_id = upper('a')", ""),
            ("project_id = 'a' = 0", ""),
            ("project_id = path", ""),
            ("project_id in ('a', path)", ""),
            ("project_id in (select 'a')", ""),
            ("project_id in ()", ""),
            ("project_id in ('a') = 0", ""),
            ("project_id like 'a'", ""),
            ("project_id = 'a,b'", ""),
            ("project_id = 'a:b'", ""),
            ("project_id = '*'", ""),
            ("project_id = 'a\\x62'", ""),
            ("project_id = ''", ""),
            ("project_id = 'a'", ", service_name as project_id"),
            ("project_id = 'a'", ", 'a' project_id"),
            ("other.project_id = 'a'", ""),
            ("project_id = 'a' union all select count() from audits", ""),
            ("project_id = 'a' union all select count() from audit_summaries", ""),
        ] {
            let sql = format!("select 1 {before} from audits where {after}");
            assert_eq!(found(&sql), None, "{sql}");
        }
        for sql in [
            "with 'a' as project_id select 1 from audits where project_id = 'a'",
            "select 1 from numbers(9) n left join audits on 1 where project_id = 'a'",
            "select (select max(status_code) from audits) from numbers(9) where project_id = 'a'",
            "select 1 from audits having project_id = 'a'",
        ] {
            assert_eq!(found(sql), None, "{sql}");
        }
    }

    proptest! {
        /// Whatever is named can neither end an id in the list of the scope, nor stand for all projects.
        #[test]
        fn what_is_named_is_an_id(text in "\\PC{0,40}") {
            let sql = format!("select 1 from audits where project_id = '{text}'");
            for id in Clause::of(&sql).and_then(|clause| of(&clause)).unwrap_or_default() {
                prop_assert!(text.starts_with(&id) && !id.is_empty() && !id.contains([',', ':', '*', ' ']));
            }
        }
    }
}
