//! The structural walk over a JSON text. The text is validated as it is walked (RFC 8259), and
//! copied span by span around what is masked; a text without secrets is not copied at all.

use memchr::memchr2;

use super::escape::{quote, unescape};
use super::{MASK, Masker, card};

/// Nesting of arrays and objects that is walked. The gateway accepts half of this.
const MAX_DEPTH: u8 = 128;

/// Why a JSON text could not be masked. Holds no byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON.
    #[error("not JSON at byte {at}")]
    Invalid {
        /// Position of the first byte that does not fit.
        at: usize,
    },
    /// Nested deeper than anything the gateway accepts.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// Masks `text`; `None` when there was nothing to mask. `nesting` counts the JSON strings around it.
pub(super) fn mask(masker: &Masker, text: &str, nesting: u8) -> Result<Option<String>, JsonError> {
    let mut walk =
        Walk { masker, text, at: 0, copied: 0, out: String::new(), nesting, depth: 0, muted: false };
    walk.skip_space();
    walk.value()?;
    walk.skip_space();
    if walk.at < text.len() {
        return Err(walk.invalid());
    }
    Ok(walk.finish())
}

struct Walk<'m, 't> {
    masker: &'m Masker,
    text: &'t str,
    /// The next byte to read.
    at: usize,
    /// How much of the text is in `out` already, or was replaced.
    copied: usize,
    out: String,
    nesting: u8,
    depth: u8,
    /// Inside a value that will be replaced whole: it is only validated.
    muted: bool,
}

impl<'t> Walk<'_, 't> {
    fn value(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string_value(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.invalid()),
        }
    }

    fn nested(&mut self, walk: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        walk(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self) -> Result<(), JsonError> {
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let sensitive = self.key()?;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            if sensitive {
                self.secret()?
            } else {
                self.value()?
            }
            self.skip_space();
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
            self.skip_space();
        }
    }

    fn array(&mut self) -> Result<(), JsonError> {
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value()?;
            self.skip_space();
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',')?;
            self.skip_space();
        }
    }

    /// A value under a sensitive key: replaced whole, whatever its type.
    fn secret(&mut self) -> Result<(), JsonError> {
        let (start, outer) = (self.at, self.muted);
        self.muted = true;
        self.value()?;
        self.muted = outer;
        self.replace(start, &format!("\"{MASK}\""));
        Ok(())
    }

    /// Reads a key, and says whether it is sensitive. A key may hold a secret itself.
    fn key(&mut self) -> Result<bool, JsonError> {
        let start = self.at;
        let (raw, escaped) = self.string()?;
        if self.muted {
            return Ok(false);
        }
        if !escaped {
            if let Some(masked) = super::text::mask(raw, &self.masker.keys) {
                self.replace(start, &quote(&masked));
            }
            return Ok(self.masker.keys.contains(raw.as_bytes()));
        }
        let key = unescape(raw);
        if let Some(masked) = super::text::mask(&key, &self.masker.keys) {
            self.replace(start, &quote(&masked));
        }
        Ok(self.masker.keys.contains(key.as_bytes()))
    }

    fn string_value(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        let (raw, escaped) = self.string()?;
        if self.muted {
            return Ok(());
        }
        let masked = if escaped {
            self.masker.loose(&unescape(raw), self.nesting)
        } else {
            self.masker.loose(raw, self.nesting)
        };
        if let Some(masked) = masked {
            self.replace(start, &quote(&masked));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.take(b'-');
        let whole = self.at;
        if !self.take(b'0') {
            self.digits()?;
        }
        let end = self.at;
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let digits = &self.text.as_bytes()[whole..end];
        if let Some(masked) = card::masked(digits).filter(|_| !self.muted) {
            self.replace(start, &format!("\"{masked}\""));
        }
        Ok(())
    }

    /// Reads a string, from quote to quote. Returns what stands between them as written, and whether
    /// there is an escape in it.
    fn string(&mut self) -> Result<(&'t str, bool), JsonError> {
        self.expect(b'"')?;
        let (start, mut escaped) = (self.at, false);
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let stop = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            if let Some(control) = rest[..stop].iter().position(|byte| *byte < b' ') {
                self.at += control;
                return Err(self.invalid());
            }
            self.at += stop;
            match self.peek() {
                Some(b'"') => break,
                Some(_) => self.escape()?,
                None => return Err(self.invalid()),
            }
            escaped = true;
        }
        let raw = &self.text[start..self.at];
        self.at += 1;
        Ok((raw, escaped))
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let length = match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'u', hex @ ..] if hex.len() >= 4 && hex[..4].iter().all(u8::is_ascii_hexdigit) => 6,
            _ => return Err(self.invalid()),
        };
        self.at += length;
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.invalid());
        }
        self.at += word.len();
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.text.as_bytes()[self.at..];
        match rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()) {
            0 => Err(self.invalid()),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { Err(self.invalid()) }
    }

    fn invalid(&self) -> JsonError {
        JsonError::Invalid { at: self.at }
    }

    /// Puts `masked` in the place of everything from `start` to here.
    fn replace(&mut self, start: usize, masked: &str) {
        self.out.push_str(&self.text[self.copied..start]);
        self.out.push_str(masked);
        self.copied = self.at;
    }

    fn finish(mut self) -> Option<String> {
        if self.copied == 0 {
            return None;
        }
        self.out.push_str(&self.text[self.copied..]);
        Some(self.out)
    }
}
