//! What ClickHouse said about a query, as its author may know it. Pure. In: ClickHouse's answer. Out: a refusal that
//! says what to change, without the names and places of the server.

use crate::error::ApiError;

/// The longest explanation.
const MAX_CHARS: usize = 300;
/// Where an explanation ends and the engine begins to talk about itself.
const ENDS: [&str; 8] = [
    ": while executing",
    ": While executing",
    ": In scope",
    " in scope ",
    ": while ",
    " Consider raising ",
    " Note: ",
    " (version ",
];
/// Codes whose explanation is about the query: unknown names, wrong types and counts, bad values, syntax.
const ABOUT_THE_QUERY: [u32; 25] = [
    6, 27, 32, 36, 38, 41, 42, 43, 44, 46, 47, 48, 53, 62, 69, 70, 72, 131, 153, 179, 184, 207, 215, 386, 407,
];

/// The refusal of a query that ClickHouse did not run.
pub(super) fn refusal(text: &str, database: &str) -> ApiError {
    let code = code(text);
    let reason = match code {
        Some(159 | 160) => return ApiError::QueryTimeout,
        Some(202 | 201) => return ApiError::StoreOverloaded,
        // The operator must act: the database or the views are missing, or nobody gets in as the console's user.
        Some(81 | 192 | 194 | 516 | 700) => return ApiError::StoreUnavailable,
        Some(164) => "settings cannot be changed here".to_owned(),
        Some(60 | 497 | 701) => "only audits and audit_summaries can be read, and no other source".to_owned(),
        Some(158 | 307) => "it reads too much; narrow it".to_owned(),
        Some(241) => "it needs too much memory; narrow it, or group by fewer values".to_owned(),
        Some(396) => "its result is too large; select fewer or shorter columns".to_owned(),
        Some(306) => "it goes too deep".to_owned(),
        Some(code) if ABOUT_THE_QUERY.contains(&code) => explanation(text, database),
        _ => {
            tracing::warn!(code, "ClickHouse did not run a query of the console.");
            code.map_or_else(
                || "ClickHouse did not run it".to_owned(),
                |code| format!("ClickHouse did not run it (code {code})"),
            )
        }
    };
    ApiError::Query(format!("query error: {reason}"))
}

/// The number in "Code: 47. DB::Exception: …".
pub(super) fn code(text: &str) -> Option<u32> {
    let after = text.split_once("Code: ")?.1;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn explanation(text: &str, database: &str) -> String {
    let said = text.split_once("DB::Exception: ").map_or(text, |(_, said)| said);
    let end = ENDS.iter().filter_map(|end| said.find(end)).min().unwrap_or(said.len());
    let said = said.get(..end).unwrap_or(said).trim_end();
    // The name of the code, such as (UNKNOWN_IDENTIFIER).
    let said = match said.rsplit_once(" (") {
        Some((said, name))
            if name.trim_end_matches([')', '.']).bytes().all(|b| b.is_ascii_uppercase() || b == b'_') =>
        {
            said
        }
        _ => said,
    };
    let said = said.replace(&format!("{database}."), "");
    let mut plain = String::with_capacity(said.len());
    let mut rest = said.as_str();
    // The engine numbers the tables of a query: `__table1.path`.
    while let Some((before, after)) = rest.split_once("__table") {
        plain.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('.');
    }
    plain.push_str(rest);
    plain.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_fix_is_told_and_the_engine_is_not() {
        let told = |text: &str| refusal(text, "bataudit").to_string();
        for (text, expected) in [
            (
                "Code: 47. DB::Exception: Unknown expression identifier `nosuch` in scope SELECT nosuch FROM audits. \
                 (UNKNOWN_IDENTIFIER) (version 26.7.2.1)",
                "query error: Unknown expression identifier `nosuch`",
            ),
            (
                "Code: 43. DB::Exception: Illegal type String of argument for aggregate function sum. \
                 (ILLEGAL_TYPE_OF_ARGUMENT) (version 26.7.2.1)",
                "query error: Illegal type String of argument for aggregate function sum.",
            ),
            (
                "Code: 6. DB::Exception: Cannot parse string 'ada' as UInt8: syntax error at begin of string. Note: there \
                 are toUInt8OrZero: while executing 'FUNCTION toUInt8(__table1.identifier :: 1)'. (CANNOT_PARSE_TEXT)",
                "query error: Cannot parse string 'ada' as UInt8: syntax error at begin of string.",
            ),
            (
                "Code: 215. DB::Exception: Column `__table1.path` of bataudit.audits is not under aggregate function. \
                 (NOT_AN_AGGREGATE) (version 26.7.2.1)",
                "query error: Column `path` of audits is not under aggregate function.",
            ),
            (
                "Code: 497. DB::Exception: bataudit_console: Not enough privileges. To execute this query, it's necessary \
                 to have the grant SELECT ON bataudit.events. (ACCESS_DENIED) (version 26.7.2.1)",
                "query error: only audits and audit_summaries can be read, and no other source",
            ),
            (
                "Code: 107. DB::Exception: Cannot open file /var/lib/x",
                "query error: ClickHouse did not run it (code 107)",
            ),
        ] {
            assert_eq!(told(text), expected);
        }
        assert_eq!(refusal("Code: 159. DB::Exception: Timeout", "b").code(), "query_timeout");
        assert_eq!(refusal("Code: 202. DB::Exception: Too many", "b").code(), "store_overloaded");
        assert_eq!(refusal("Code: 516. DB::Exception: Authentication", "b").code(), "store_unavailable");
        assert_eq!(refusal("<html>", "b").code(), "invalid_query");
    }
}
