//! The words of JSON: strings, escapes, literals, digits, spaces.

use memchr::memchr2;

use super::{JsonError, Raw, Walk};
use crate::scan::Shape;

impl<'t> Walk<'_, 't> {
    /// Reads a string, from quote to quote.
    pub(super) fn string(&mut self) -> Result<Raw<'t>, JsonError> {
        self.expect(b'"')?;
        let (start, mut escaped) = (self.at, false);
        let bytes = self.text.as_bytes();
        loop {
            let rest = &bytes[self.at..];
            self.at += memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(_) => self.escape()?,
                None => return Err(self.invalid()),
            }
            escaped = true;
        }
        let text = &self.text[start..self.at];
        let shape = Shape::of(text.as_bytes());
        if shape.control {
            self.at = start + text.bytes().position(|byte| byte < b' ').unwrap_or_default();
            return Err(self.invalid());
        }
        self.at += 1;
        Ok(Raw { text, escaped, shape })
    }

    pub(super) fn escape(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let length = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', hex @ ..] if hex.len() >= 4 && hex[..4].iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return Err(self.invalid()),
        };
        self.at += length;
        Ok(())
    }

    pub(super) fn literal(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.invalid());
        }
        self.at += word.len();
        Ok(())
    }

    pub(super) fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()) {
            0 => Err(self.invalid()),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { Err(self.invalid()) }
    }

    pub(super) fn invalid(&self) -> JsonError {
        JsonError::Invalid { at: self.at }
    }
}
