//! A query as names, texts and symbols. Pure. What it cannot tell apart as ClickHouse does, it refuses.

use std::ops::Range;

use super::statement::Refusal;

/// A piece of a query. Names are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    QuotedName(String),
    Text,
    Symbol(char),
}

impl Token {
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::QuotedName(name) => Some(name),
            Self::Text | Self::Symbol(_) => None,
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found == word)
    }
}

/// The length of the text or quoted name at the beginning of `text`, its quotes included. A backslash takes the
/// character after it; a doubled quote stands for one.
pub(super) fn quoted_length(text: &str, quote: char) -> Result<usize, Refusal> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return Ok(at + character.len_utf8());
        }
    }
    Err(Refusal::Unended)
}

/// The tokens of a query.
pub(super) fn tokens(sql: &str) -> Result<Vec<Token>, Refusal> {
    Ok(pieces(sql)?.into_iter().map(|piece| piece.token).collect())
}

/// A token, and the bytes of the query it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) token: Token,
    pub(super) at: Range<usize>,
}

/// The tokens of a query with their places.
pub(super) fn pieces(sql: &str) -> Result<Vec<Piece>, Refusal> {
    let (mut pieces, mut rest) = (Vec::new(), sql);
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            ' ' | '\t' | '\r' | '\n' => (None, 1),
            '\'' => (Some(Token::Text), quoted_length(rest, first)?),
            '"' | '`' => quoted_name(rest, first)?,
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => {
                let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
                let word = rest.split(|c| !is_part(c)).next().unwrap_or_default();
                (Some(Token::Word(word.to_ascii_lowercase())), word.len())
            }
            // Braces are parameters, a dollar begins a text, a hash a comment: each another way to hide a name.
            '(' | ')' | '[' | ']' | ',' | '.' | ';' | ':' | '?' | '*' | '+' | '-' | '/' | '%' | '=' | '<'
            | '>' | '!' | '|' | '^' => (Some(Token::Symbol(first)), 1),
            other => return Err(Refusal::Character(other)),
        };
        let start = sql.len() - rest.len();
        pieces.extend(token.map(|token| Piece { token, at: start..start + length }));
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(pieces)
}

fn quoted_name(text: &str, quote: char) -> Result<(Option<Token>, usize), Refusal> {
    let length = quoted_length(text, quote)?;
    let name = text.get(1..length - 1).unwrap_or_default();
    if name.contains(['\\', quote]) {
        return Err(Refusal::QuotedName);
    }
    Ok((Some(Token::QuotedName(name.to_lowercase())), length))
}
