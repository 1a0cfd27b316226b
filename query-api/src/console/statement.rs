//! Whether a text is one query that the console runs. Pure. In: what a person wrote. Out: the same text without its
//! comments, or why it is refused.
//!
//! What may be read is decided in ClickHouse, by the rights of the console's user. This room refuses what those
//! rights cannot: the function `file`, which reads files of the server whatever the user may do. It must therefore
//! see every name as ClickHouse does, and refuses spellings it does not know instead of guessing.

use super::tokens::{Token, quoted_length, tokens};

/// The longest query, in bytes.
pub(super) const MAX_BYTES: usize = 16_384;
/// Where a query starts.
const STARTS: [&str; 2] = ["select", "with"];
/// Functions that no right guards.
const REFUSED_NAMES: [&str; 1] = ["file"];
/// Databases of the server itself.
const REFUSED_DATABASES: [&str; 2] = ["system", "information_schema"];

/// Why a text is not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("empty query")]
    Empty,
    #[error("query rejected: it is longer than {MAX_BYTES} bytes")]
    TooLong,
    #[error("only a single statement is allowed (remove ';')")]
    Several,
    #[error("only SELECT queries are allowed")]
    NoSelect,
    #[error("query rejected: {0} is not available here")]
    NotHere(&'static str),
    #[error("query rejected: only audits and audit_summaries can be read")]
    OtherTable,
    #[error("query rejected: a text or a quoted name has no end")]
    Unended,
    #[error("query rejected: write quoted names without backslashes and doubled quotes")]
    QuotedName,
    #[error("query rejected: '{0}' can only stand within a text")]
    Character(char),
}

/// The query as it is sent to ClickHouse.
pub(super) fn accept(sql: &str) -> Result<String, Refusal> {
    if sql.len() > MAX_BYTES {
        return Err(Refusal::TooLong);
    }
    let bare = without_comments(sql)?;
    let bare = bare.trim().trim_end_matches([';', ' ', '\t', '\r', '\n']);
    let tokens = tokens(bare)?;
    let first = tokens.first().ok_or(Refusal::Empty)?;
    if tokens.contains(&Token::Symbol(';')) {
        return Err(Refusal::Several);
    }
    if !STARTS.iter().any(|start| first.is_word(start)) {
        return Err(Refusal::NoSelect);
    }
    check_names(&tokens)?;
    Ok(bare.to_owned())
}

fn check_names(tokens: &[Token]) -> Result<(), Refusal> {
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let name = token.name().unwrap_or_default();
        if REFUSED_NAMES.contains(&name) {
            return Err(Refusal::NotHere("the name file"));
        }
        if REFUSED_DATABASES.contains(&name) && next == Some(&Token::Symbol('.')) {
            return Err(Refusal::OtherTable);
        }
        let then = |word: &str| next.is_some_and(|next| next.is_word(word));
        if token.is_word("into") && then("outfile") {
            return Err(Refusal::NotHere("INTO OUTFILE"));
        }
        let is_alias = at > 0 && tokens.get(at - 1).is_some_and(|before| before.is_word("as"));
        let precedes_word = matches!(next, Some(Token::Word(_)));
        if token.is_word("format") && precedes_word && !is_alias {
            return Err(Refusal::NotHere("FORMAT"));
        }
        if token.is_word("settings") && precedes_word && tokens.get(at + 2) == Some(&Token::Symbol('=')) {
            return Err(Refusal::NotHere("SETTINGS"));
        }
    }
    Ok(())
}

/// Puts a space in place of each byte of a comment, so that positions in errors stay right.
fn without_comments(sql: &str) -> Result<String, Refusal> {
    let mut bare = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = if matches!(first, '\'' | '"' | '`') {
            let length = quoted_length(rest, first)?;
            bare.push_str(rest.get(..length).unwrap_or_default());
            length
        } else if let Some(length) = comment_length(rest)? {
            bare.extend(std::iter::repeat_n(' ', length));
            length
        } else {
            bare.push(first);
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(bare)
}

/// The length of the comment at the beginning of `text`, if there is one.
fn comment_length(text: &str) -> Result<Option<usize>, Refusal> {
    if text.starts_with("--") {
        return Ok(Some(text.find('\n').unwrap_or(text.len())));
    }
    if text.starts_with("/*") {
        let end = text.get(2..).and_then(|text| text.find("*/")).ok_or(Refusal::Unended)?;
        return Ok(Some(end + 4));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn queries_pass_without_comments_and_semicolons() {
        for (sql, sent) in [
            (" select 1 ; ", "select 1"),
            ("WITH x AS (SELECT 1) SELECT * FROM x", "WITH x AS (SELECT 1) SELECT * FROM x"),
            ("select ';' -- a ; b\n, 2", "select ';'         \n, 2"),
            ("select /* ' */ 'a''b\\'c'", "select         'a''b\\'c'"),
            (
                "select format('{}', path) as format from audits",
                "select format('{}', path) as format from audits",
            ),
            ("select \"user_email\", `path` from audits", "select \"user_email\", `path` from audits"),
            ("select 'file', 'é' from audits", "select 'file', 'é' from audits"),
        ] {
            assert_eq!(accept(sql).as_deref(), Ok(sent));
        }
    }

    #[test]
    fn what_is_no_single_query_is_refused() {
        let refusal = |sql: &str| accept(sql).unwrap_err().to_string();
        for empty in ["", " ;; ", "-- nothing", "/* */"] {
            assert_eq!(refusal(empty), "empty query", "{empty}");
        }
        for several in ["select 1; select 2", "select 1;;select 2", "select 1 /**/; drop table x"] {
            assert_eq!(refusal(several), "only a single statement is allowed (remove ';')", "{several}");
        }
        for other in
            ["explain select 1", "describe audits", "set a = 1", "insert into x select 1", "(select 1)"]
        {
            assert_eq!(refusal(other), "only SELECT queries are allowed", "{other}");
        }
        assert_eq!(accept(&format!("select '{}'", "x".repeat(MAX_BYTES))), Err(Refusal::TooLong));
        for open in ["select 'a", "select `a", "select 1 /* a", "select '\\'"] {
            assert_eq!(accept(open), Err(Refusal::Unended), "{open}");
        }
    }

    #[test]
    fn the_function_file_is_refused_however_it_is_spelled() {
        for call in [
            "file('/etc/passwd')",
            "FILE ('/etc/passwd')",
            "`file`('/etc/passwd')",
            "\"file\"('/etc/passwd')",
            "`fi\\x6ce`('/etc/passwd')",
            "`fi\\le`('/etc/passwd')",
            "arrayMap(file, ['/etc/passwd'])",
            "arrayMap(x -> file(x), ['/etc/passwd'])",
            "* apply(file)",
            "columns('path') apply file",
            "file/**/('/etc/passwd')",
            "file-- \n('/etc/passwd')",
            "{f:Identifier}('/etc/passwd')",
            "# ' \n file('/etc/passwd') -- '",
            "$a$ ' $a$, file('/etc/passwd'), ' '",
            "\u{2018} ' \u{2019}, file('/etc/passwd'), ' '",
            "\u{201c}file\u{201d}('/etc/passwd')",
            "1 as file",
        ] {
            let sql = format!("select {call} from audits");
            assert!(accept(&sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn what_the_console_has_not_is_named() {
        for (sql, what) in [
            ("select 1 into outfile '/x'", "INTO OUTFILE"),
            ("select 1 format JSON", "FORMAT"),
            ("select 1 settings max_threads = 9", "SETTINGS"),
        ] {
            assert_eq!(accept(sql), Err(Refusal::NotHere(what)), "{sql}");
        }
        for sql in [
            "select * from system.users",
            "select * from `system` . users",
            "select * from INFORMATION_SCHEMA.tables",
        ] {
            assert_eq!(accept(sql), Err(Refusal::OtherTable), "{sql}");
        }
    }

    proptest! {
        /// Whatever stands around it, a call that ClickHouse would see is seen here.
        #[test]
        fn nothing_hides_a_name(
            before in "[ a-z'\"`\\\\/*#$;{}\n-]{0,12}", after in "[ a-z'\"`\\\\/*#$;{}\n-]{0,12}",
        ) {
            let sql = format!("select {before} file('x') {after}");
            if let Ok(sent) = accept(&sql) {
                // It stands in a text or in a comment, as the rest of what is sent shows.
                let outside = tokens(&sent).unwrap();
                prop_assert!(!outside.iter().any(|token| token.name() == Some("file")));
            }
        }

        #[test]
        fn any_text_is_judged(text in "\\PC{0,60}") {
            drop(accept(&text));
            drop(accept(&format!("select {text}")));
        }
    }
}
