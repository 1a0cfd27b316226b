//! The words of JSON: strings, escapes, literals, digits, spaces.

use super::{JsonError, Raw, Walk};
use crate::scan::lanes::{Lanes, Those, WIDTH};

/// What ends the plain part of a string: the quote, an escape, or what must not be there.
fn stops(lanes: Lanes) -> Those {
    lanes.are(b'"') | lanes.are(b'\\') | lanes.within(0, b' ' - 1)
}

/// What makes a text worth a look that is too short to be a secret by its shape: the sign of an
/// assignment, the beginning of an encoding, of an element or of JSON.
fn marks(lanes: Lanes) -> Those {
    lanes.within(b'<', b'=') | lanes.are(b':') | lanes.are(b'%') | lanes.lowered().are(b'{')
}

impl Walk<'_, '_> {
    /// Reads a string, from quote to quote. Most end within the bytes looked at first.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Raw, JsonError> {
        self.expect(b'"')?;
        let start = self.at;
        let lanes = Lanes::at(self.text.as_bytes(), start);
        let stops = stops(lanes).bits();
        let end = start + stops.trailing_zeros() as usize;
        if self.text.as_bytes().get(end) != Some(&b'"') || stops == 0 {
            return self.long_string();
        }
        self.at = end + 1;
        let before = stops.wrapping_sub(1) & !stops;
        Ok(Raw { start, end, escaped: false, marked: marks(lanes).bits() & before != 0 })
    }

    /// Reads a string that is longer, or has escapes, and so is always worth a look.
    fn long_string(&mut self) -> Result<Raw, JsonError> {
        let (start, mut escaped) = (self.at, false);
        loop {
            let stops = stops(Lanes::at(self.text.as_bytes(), self.at)).bits();
            if stops == 0 {
                self.at += WIDTH;
                continue;
            }
            self.at += stops.trailing_zeros() as usize;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                // A control character, or the end of the text.
                _ => return Err(self.invalid()),
            }
            escaped = true;
        }
        self.at += 1;
        Ok(Raw { start, end: self.at - 1, escaped, marked: true })
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

    #[inline(always)]
    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    #[inline(always)]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline(always)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    #[inline(always)]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { Err(self.invalid()) }
    }

    pub(super) fn invalid(&self) -> JsonError {
        JsonError::Invalid { at: self.at }
    }
}
