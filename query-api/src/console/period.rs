//! Between which times a query can find events. Pure. In: its sure conditions. Out: expressions of its own that bound
//! `timestamp`, which need no row to be evaluated.
//!
//! They are taken only from conditions that compare the column `timestamp` with a text that is a time, or with what is made
//! of the present time. Anything else has no bounds, and reads more.

use super::clause::{Clause, Table};
use super::tokens::{Piece, Token};

/// The column.
const COLUMN: &str = "timestamp";
/// Functions that know the time of day.
const TIMES: [&str; 6] = ["now", "now64", "todatetime", "todatetime64", "tostartofhour", "tostartofminute"];
/// Functions that make a date, whose midnight depends on the server's time zone.
const DATES: [&str; 9] = [
    "today",
    "yesterday",
    "todate",
    "tomonday",
    "tostartofday",
    "tostartofweek",
    "tostartofmonth",
    "tostartofquarter",
    "tostartofyear",
];
/// What may stand within, besides numbers.
const WITHIN: [&str; 31] = [
    "interval",
    "second",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    "seconds",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "quarters",
    "years",
    "subtractseconds",
    "subtractminutes",
    "subtracthours",
    "subtractdays",
    "subtractweeks",
    "subtractmonths",
    "subtractyears",
    "addseconds",
    "addminutes",
    "addhours",
    "adddays",
    "addweeks",
    "addmonths",
    "addyears",
];
/// By how much a bound is widened: it is evaluated before the query is.
const MOMENT_MS: i64 = 60 * 1000;
/// By how much one is that is a date.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A bound as the query says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    /// An expression of type `DateTime64(3)`, without columns.
    pub(super) expression: String,
    /// By how much it is to be widened.
    pub(super) slack_ms: i64,
}

/// The bounds of a query; both absent where nothing is sure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Period {
    pub(super) from: Option<Bound>,
    pub(super) to: Option<Bound>,
}

/// The bounds of a query with this clause.
pub(super) fn of(clause: &Clause<'_>) -> Period {
    let mut period = Period::default();
    if clause.table == Table::Audits {
        for behind in clause.on(COLUMN) {
            let (from, to) = compared(clause.sql, behind);
            period.from = period.from.or(from);
            period.to = period.to.or(to);
        }
    }
    period
}

/// The lower and the upper bound that a condition gives, of which `behind` is what stands behind the column.
fn compared(sql: &str, behind: &[Piece]) -> (Option<Bound>, Option<Bound>) {
    let is_equals = |at: usize| behind.get(at).map(|piece| &piece.token) == Some(&Token::Symbol('='));
    let rest = |skipped: usize| bound(sql, behind.get(skipped..).unwrap_or_default());
    match behind.first().map(|piece| &piece.token) {
        Some(Token::Symbol('>')) => (rest(1 + usize::from(is_equals(1))), None),
        Some(Token::Symbol('<')) => (None, rest(1 + usize::from(is_equals(1)))),
        Some(Token::Symbol('=')) => {
            let both = rest(1 + usize::from(is_equals(1)));
            (both.clone(), both)
        }
        Some(Token::Word(word)) if word == "between" => {
            let values = behind.get(1..).unwrap_or_default();
            let Some(and) = values.iter().position(|piece| piece.token.is_word("and")) else {
                return (None, None);
            };
            (bound(sql, &values[..and]), bound(sql, &values[and + 1..]))
        }
        _ => (None, None),
    }
}

/// The bound that these pieces are, if nothing but a time is in them.
fn bound(sql: &str, pieces: &[Piece]) -> Option<Bound> {
    let (first, last) = (pieces.first()?, pieces.last()?);
    let text = sql.get(first.at.start..last.at.end)?;
    if first.token == Token::Text {
        let is_alone = pieces.len() == 1 && is_date(text.trim_matches('\''));
        let expression = format!("parseDateTime64BestEffort({text}, 3, 'UTC')");
        return is_alone.then_some(Bound { expression, slack_ms: MOMENT_MS });
    }
    let is_of =
        |words: &[&str], token: &Token| matches!(token, Token::Word(word) if words.contains(&word.as_str()));
    let is_number =
        |token: &Token| matches!(token, Token::Word(word) if word.bytes().all(|byte| byte.is_ascii_digit()));
    let is_known = |token: &Token| {
        let symbol = matches!(token, Token::Text | Token::Symbol('(' | ')' | ',' | '+' | '-'));
        symbol || is_of(&TIMES, token) || is_of(&DATES, token) || is_of(&WITHIN, token) || is_number(token)
    };
    let begins = !is_number(&first.token) && matches!(first.token, Token::Word(_));
    let is_dated = pieces.iter().any(|piece| is_of(&DATES, &piece.token));
    (begins && pieces.iter().all(|piece| is_known(&piece.token))).then(|| Bound {
        expression: format!("toDateTime64({text}, 3, 'UTC')"),
        slack_ms: if is_dated { DAY_MS + MOMENT_MS } else { MOMENT_MS },
    })
}

/// Whether a text begins as dates are written everywhere: other spellings mean different things to different readers.
fn is_date(text: &str) -> bool {
    let is = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
    let (year, after) = (text.get(..4), text.as_bytes().get(10));
    year.is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()))
        && is(4, b'-')
        && is(7, b'-')
        && after.is_none_or(|byte| matches!(byte, b' ' | b'T'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(sql: &str) -> Period {
        Clause::of_table(sql, Table::Audits).map(|clause| of(&clause)).unwrap_or_default()
    }

    fn found(sql: &str) -> (String, String) {
        let text = |bound: Option<Bound>| bound.map_or_else(String::new, |bound| bound.expression);
        let Period { from, to } = period(sql);
        (text(from), text(to))
    }

    #[test]
    fn conditions_on_the_time_are_bounds() {
        let best = |time: &str| format!("parseDateTime64BestEffort('{time}', 3, 'UTC')");
        let made = |of: &str| format!("toDateTime64({of}, 3, 'UTC')");
        for (sql, from, to) in [
            (
                "select count() from audits where timestamp >= '2026-11-27T10:00:00.000Z' AND timestamp < '2026-11-28'",
                best("2026-11-27T10:00:00.000Z"),
                best("2026-11-28"),
            ),
            (
                "with x as (select path from audits a where a.timestamp > now() - interval 1 day and status_code >= 500 \
                 group by path) select * from x where path != 'or'",
                made("now() - interval 1 day"),
                String::new(),
            ),
            (
                "select 1 from audits where path between 'a' and 'b' and timestamp between today() - 7 and now() limit 5",
                made("today() - 7"),
                made("now()"),
            ),
            (
                "select toStartOfHour(timestamp) as hour, count() from audits where (a or b) and timestamp = '2026-11-27 10:00:00'",
                best("2026-11-27 10:00:00"),
                best("2026-11-27 10:00:00"),
            ),
            (
                "select count() as n from audits where timestamp > '2026-11-27' union all \
                 select sum(event_count) from audit_summaries where period_start > '2026-11-20'",
                best("2026-11-27"),
                String::new(),
            ),
            (
                "select service_name from audit_summaries where period_start in \
                 (select toStartOfHour(timestamp) from audits where timestamp < '2026-11-28' and status_code = 500)",
                String::new(),
                best("2026-11-28"),
            ),
        ] {
            assert_eq!(found(sql), (from, to), "{sql}");
        }
        let of_today = period("select 1 from audits where timestamp > today()").from.unwrap();
        assert_eq!(of_today.slack_ms, DAY_MS + MOMENT_MS);
    }

    /// In each of these the time alone does not decide, or the name is not the column's.
    #[test]
    fn what_is_not_sure_is_no_bound() {
        for (after, before) in [
            ("timestamp > '2026-11-27' or path = 'x'", ""),
            ("not timestamp > '2026-11-27'", ""),
            ("timestamp > '2026-11-27' ? 0 : 1", ""),
            ("case when timestamp > '2026-11-27' then 0 else 1 end", ""),
            ("status_code = 1 and timestamp > '2026-11-27' xor 1", ""),
            ("arrayExists(x -> timestamp > '2026-11-27', [1])", ""),
            ("x -> 1 and timestamp > '2026-11-27'", ""),
            ("path between 'a' and timestamp > '2026-11-27'", ""),
            ("timestamp > received_at", ""),
            ("timestamp > (select max(timestamp) from audits)", ""),
            ("timestamp > 1764201600", ""),
            ("timestamp > '1764201600'", ""),
            ("timestamp > '20261127'", ""),
            ("timestamp > now() = 0", ""),
            ("timestamp > now() - status_code", ""),
            ("timestamp <> '2026-11-27'", ""),
            ("timestamp <=> '2026-11-27'", ""),
            ("timestamp > '2026-11-27' union all select count() from audits", ""),
            ("timestamp < '2026-11-27'", ", toStartOfDay(received_at) as timestamp"),
            ("timestamp < '2026-11-27'", ", toStartOfDay(received_at) timestamp"),
            ("timestamp < '2026-11-27'", ", received_at \"timestamp\""),
            ("other.timestamp < '2026-11-27'", ""),
        ] {
            let sql = format!("select 1 {before} from audits where {after}");
            assert_eq!(period(&sql), Period::default(), "{sql}");
        }
        for sql in [
            "select 1 from numbers(9) n left join audits on 1 where timestamp < '2026-11-27'",
            "select 1 from audits, numbers(9) where timestamp < '2026-11-27'",
            "select 1 from audits, audit_summaries where timestamp < '2026-11-27'",
            "select 1 from audit_summaries, audits where timestamp < '2026-11-27'",
            "select 1 from audit_summaries where period_start > (select timestamp from audits) and timestamp < '2026-11-27'",
            "select 1 from audits where timestamp < '2026-11-27' union all \
             select period_start as timestamp from audit_summaries",
            "with audits as (select period_start as t from audit_summaries) select 1 from audits where timestamp < '2026-11-27'",
            "select 1 from audit_summaries where timestamp < '2026-11-27'",
            "select 1 from other.audits where timestamp < '2026-11-27'",
            "select 1 from audits having timestamp < '2026-11-27'",
            "select (select 1 from audits) from numbers(9) where timestamp < '2026-11-27'",
        ] {
            assert_eq!(period(sql), Period::default(), "{sql}");
        }
    }

    proptest! {
        #[test]
        fn any_query_has_bounds_or_none(text in "\\PC{0,60}") {
            drop(period(&text));
            drop(period(&format!("select 1 from audits where timestamp > {text}")));
        }
    }
}
