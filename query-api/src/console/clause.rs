//! What a query of the console filters a table by, for sure. Pure. In: a query that was accepted. Out: conditions
//! that every row it reads must meet.
//!
//! No condition of a query goes below the views (0007_console.sql says why), so each would read whole projects. What is
//! known before is given to the views with the scope, and there it chooses what is read. It narrows what a query would
//! leave out anyway, never what it finds: so conditions are taken only where nothing else can be meant. That is where
//! the query names the table once, joins nothing, and its `WHERE` is a row of conditions tied by `AND`. What narrows both
//! views is taken only where one of them is read.

use std::ops::Range;

use super::tokens::{Piece, Token, pieces};

/// Words that make the `WHERE` no plain filter of the table, wherever they stand.
const ELSEWHERE: [&str; 1] = ["join"];
/// Words within the `WHERE` that make its conditions depend on each other.
const TANGLED: [&str; 3] = ["or", "xor", "case"];
/// Where a `WHERE` ends.
const ENDS: [&str; 12] = [
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "fetch",
    "window",
    "qualify",
    "union",
    "intersect",
    "except",
    "settings",
];
/// What may stand before a column; after anything else it could be a name that the query gives.
const BEFORE_COLUMN: [&str; 10] =
    ["select", "distinct", "where", "and", "between", "by", "having", "then", "else", "when"];

/// The tables there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Audits,
    Summaries,
}

impl Table {
    const ALL: [Self; 2] = [Self::Audits, Self::Summaries];

    const fn name(self) -> &'static str {
        match self {
            Self::Audits => "audits",
            Self::Summaries => "audit_summaries",
        }
    }
}

/// The one `WHERE` of the one table.
#[derive(Debug)]
pub(super) struct Clause<'q> {
    pub(super) sql: &'q str,
    pub(super) table: Table,
    /// What the table is called there.
    alias: Option<String>,
    pieces: Vec<Piece>,
    /// The conditions that are tied by `AND`.
    conditions: Vec<Range<usize>>,
}

impl<'q> Clause<'q> {
    /// That of this query, which reads no other table; `None` where nothing is sure.
    pub(super) fn of(sql: &'q str) -> Option<Self> {
        Self::among(sql, &Table::ALL)
    }

    /// That of this table, whatever the query reads of the other one: for what narrows this table alone.
    pub(super) fn of_table(sql: &'q str, table: Table) -> Option<Self> {
        Self::among(sql, &[table])
    }

    /// That of the one of these tables that is named once.
    fn among(sql: &'q str, tables: &[Table]) -> Option<Self> {
        let pieces = pieces(sql).ok()?;
        let token = |at: usize| pieces.get(at).map(|piece| &piece.token);
        let places = |name: &str| {
            let named = pieces.iter().enumerate().filter(|(_, piece)| piece.token.name() == Some(name));
            named.map(|(at, _)| at).collect::<Vec<_>>()
        };
        if ELSEWHERE.into_iter().any(|word| !places(word).is_empty()) {
            return None;
        }
        let named =
            tables.iter().flat_map(|table| places(table.name()).into_iter().map(move |at| (*table, at)));
        // Before a dot the name only says whose column follows.
        let read = named.filter(|(_, at)| token(at + 1) != Some(&Token::Symbol('.')));
        let [(table, place)]: [_; 1] = read.collect::<Vec<_>>().try_into().ok()?;
        if !token(place.checked_sub(1)?)?.is_word("from") {
            return None;
        }
        let mut at = place + 1;
        at += usize::from(token(at)?.is_word("as"));
        let alias = token(at)?.name().filter(|name| *name != "where").map(str::to_owned);
        at += usize::from(alias.is_some());
        if !token(at)?.is_word("where") {
            return None;
        }
        let conditions = conditions(&pieces, at + 1..end(&pieces, at + 1))?;
        Some(Self { sql, table, alias, pieces, conditions })
    }

    /// What stands behind this column in each of the conditions that begin with it. Nothing where the query gives its
    /// name to something else.
    pub(super) fn on(&self, column: &str) -> impl Iterator<Item = &[Piece]> {
        let mut named =
            self.pieces.iter().enumerate().filter(|(_, piece)| piece.token.name() == Some(column));
        let is_sure = named.all(|(at, _)| self.is_column(at));
        let conditions = self.conditions.iter().filter_map(|range| self.pieces.get(range.clone()));
        conditions.filter(move |_| is_sure).filter_map(move |condition| self.behind(condition, column))
    }

    fn behind<'c>(&self, condition: &'c [Piece], column: &str) -> Option<&'c [Piece]> {
        let name = |at: usize| condition.get(at).and_then(|piece| piece.token.name());
        let has_dot = condition.get(1).is_some_and(|piece| piece.token == Token::Symbol('.'));
        let is_ours =
            name(0) == Some(self.table.name()) || (name(0).is_some() && name(0) == self.alias.as_deref());
        let at = if has_dot && is_ours { 2 } else { 0 };
        (name(at) == Some(column)).then(|| condition.get(at + 1..).unwrap_or_default())
    }

    /// Whether the word here can only be a column.
    fn is_column(&self, at: usize) -> bool {
        match at.checked_sub(1).and_then(|before| self.pieces.get(before)).map(|piece| &piece.token) {
            Some(Token::Word(word)) => BEFORE_COLUMN.contains(&word.as_str()),
            Some(Token::Symbol(symbol)) => !matches!(symbol, ')' | ']'),
            _ => false,
        }
    }
}

/// Where the clause that begins at `start` ends.
fn end(pieces: &[Piece], start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, piece) in pieces.iter().enumerate().skip(start) {
        match &piece.token {
            Token::Symbol('(' | '[') => depth += 1,
            Token::Symbol(')' | ']') if depth == 0 => return at,
            Token::Symbol(')' | ']') => depth -= 1,
            Token::Word(word) if depth == 0 && ENDS.contains(&word.as_str()) => return at,
            _ => {}
        }
    }
    pieces.len()
}

/// The conditions within `clause` that are tied by `AND`; `None` when they are tied otherwise.
fn conditions(pieces: &[Piece], clause: Range<usize>) -> Option<Vec<Range<usize>>> {
    let (mut found, mut start, mut depth, mut betweens) = (Vec::new(), clause.start, 0_i32, 0_u32);
    for at in clause.clone() {
        match &pieces.get(at)?.token {
            Token::Symbol('(' | '[') => depth += 1,
            Token::Symbol(')' | ']') => depth -= 1,
            _ if depth > 0 => {}
            Token::Word(word) if TANGLED.contains(&word.as_str()) => return None,
            // The ternary operator, the lambda's arrow, and concatenation.
            Token::Symbol('?' | '|') => return None,
            Token::Symbol('>') if at > clause.start && pieces[at - 1].token == Token::Symbol('-') => {
                return None;
            }
            Token::Word(word) if word == "between" => betweens += 1,
            Token::Word(word) if word == "and" && betweens > 0 => betweens -= 1,
            Token::Word(word) if word == "and" => {
                found.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(start..clause.end);
    Some(found)
}
