//! The structural walk over a JSON text. The text is validated as it is walked (RFC 8259), and
//! copied span by span around what is masked; a text without secrets is not copied at all.

mod read;

use crate::escape::{quote, unescape};
use crate::paths::Active;
use crate::redact::value_into;
use crate::scan::SHORTEST;
use crate::work::Work;
use crate::{CARD_MASK, Masker, Redaction, card, text};

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

/// Masks `text`, which stands at the place `active`. Appends to `out`, and says whether there was
/// anything to mask; where not, `out` is as it was. `nesting` counts the JSON strings around it.
pub(crate) fn mask(
    masker: &Masker,
    text: &str,
    active: Active,
    nesting: u8,
    work: &mut Work,
    out: &mut String,
) -> Result<bool, JsonError> {
    let mut walk = Walk { masker, text, at: 0, copied: 0, out, work, nesting, depth: 0, muted: false };
    walk.skip_space();
    walk.value(active)?;
    walk.skip_space();
    if walk.at < text.len() {
        return Err(walk.invalid());
    }
    Ok(walk.finish())
}

struct Walk<'w, 't> {
    masker: &'w Masker,
    text: &'t str,
    /// The next byte to read.
    at: usize,
    /// How much of the text is in `out` already, or was replaced.
    copied: usize,
    out: &'w mut String,
    work: &'w mut Work,
    nesting: u8,
    depth: u8,
    /// Inside a value that will be replaced whole: it is only validated.
    muted: bool,
}

/// Where a string stands, without its quotes.
struct Raw {
    start: usize,
    end: usize,
    escaped: bool,
    /// Whether it has what makes even a short text worth a look.
    marked: bool,
}

impl Walk<'_, '_> {
    fn value(&mut self, active: Active) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"') => {
                let raw = self.string()?;
                self.loose_string(&raw, active);
                Ok(())
            }
            Some(b'{') => {
                self.enter()?;
                self.object(active)?;
                self.depth -= 1;
                Ok(())
            }
            Some(b'[') => {
                self.enter()?;
                self.array(active)?;
                self.depth -= 1;
                Ok(())
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true"),
            Some(b'f') => self.literal("false"),
            Some(b'n') => self.literal("null"),
            _ => Err(self.invalid()),
        }
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn object(&mut self, active: Active) -> Result<(), JsonError> {
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let (below, redaction) = self.key(active)?;
            self.skip_space();
            self.expect(b':')?;
            self.skip_space();
            match redaction {
                Some(redaction) => self.secret(redaction)?,
                None => self.value(below)?,
            }
            self.skip_space();
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
            self.skip_space();
        }
    }

    fn array(&mut self, active: Active) -> Result<(), JsonError> {
        if self.take(b']') {
            return Ok(());
        }
        for index in 0.. {
            match self.masker.paths.element(active, index) {
                (_, Some(redaction)) if !self.muted => self.secret(redaction)?,
                (below, _) => self.value(below)?,
            }
            self.skip_space();
            if self.take(b']') {
                break;
            }
            self.expect(b',')?;
            self.skip_space();
        }
        Ok(())
    }

    /// A value that is a secret as a whole, whatever its type.
    fn secret(&mut self, redaction: Redaction) -> Result<(), JsonError> {
        let (start, outer) = (self.at, self.muted);
        self.muted = true;
        self.value(Active::NONE)?;
        self.muted = outer;
        let raw = &self.text[start..self.at];
        let mut masked = self.work.text();
        if value_into(redaction, &self.masker.salt, raw, &mut masked) {
            self.replace(start, &masked);
        }
        self.work.done(masked);
        Ok(())
    }

    /// Reads a key, and says what is known of its value. A key may hold a secret itself.
    #[inline(always)]
    fn key(&mut self, active: Active) -> Result<(Active, Option<Redaction>), JsonError> {
        let raw = self.string()?;
        if self.muted {
            return Ok((Active::NONE, None));
        }
        self.loose_string(&raw, Active::NONE);
        if !raw.escaped {
            return Ok(self.judge(&self.text.as_bytes()[raw.start..raw.end], active));
        }
        let mut key = self.work.text();
        unescape(&self.text[raw.start..raw.end], &mut key);
        let judged = self.judge(key.as_bytes(), active);
        self.work.done(key);
        Ok(judged)
    }

    #[inline(always)]
    fn judge(&self, key: &[u8], active: Active) -> (Active, Option<Redaction>) {
        let (below, at_path) = self.masker.paths.member(active, key);
        (below, at_path.max(self.masker.keys.find(key)))
    }

    /// Masks the string that was just read. Most are short, and have nothing that is looked for.
    #[inline(always)]
    fn loose_string(&mut self, raw: &Raw, active: Active) {
        let harmless = raw.end - raw.start < SHORTEST && !raw.marked && self.masker.patterns.is_empty();
        if !harmless && !self.muted {
            self.look_at_string(raw, active);
        }
    }

    fn look_at_string(&mut self, raw: &Raw, active: Active) {
        let (start, text) = (raw.start - 1, &self.text[raw.start..raw.end]);
        if !raw.escaped {
            return self.plain_string(start, text, active);
        }
        let mut plain = self.work.text();
        unescape(text, &mut plain);
        self.plain_string(start, &plain, active);
        self.work.done(plain);
    }

    /// Masks the string that began at `start` and stands for `plain`.
    fn plain_string(&mut self, start: usize, plain: &str, active: Active) {
        let mut masked = self.work.text();
        if text::loose(self.masker, plain, active, self.nesting, self.work, &mut masked) {
            let mut quoted = self.work.text();
            quote(&masked, &mut quoted);
            self.replace(start, &quoted);
            self.work.done(quoted);
        }
        self.work.done(masked);
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.take(b'-');
        let whole = self.at;
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = whole..self.at;
        let mut fraction = self.at..self.at;
        if self.take(b'.') {
            fraction.start = self.at;
            self.digits()?;
            fraction.end = self.at;
        }
        let mut exponent = 0;
        if self.take(b'e') || self.take(b'E') {
            let lessens = self.take(b'-');
            if !lessens {
                self.take(b'+');
            }
            let start = self.at;
            self.digits()?;
            exponent =
                if lessens { usize::MAX } else { self.text[start..self.at].parse().unwrap_or(usize::MAX) };
        }
        if self.muted || self.at - start < card::SHORTEST && exponent == 0 && self.masker.patterns.is_empty()
        {
            return Ok(());
        }
        let bytes = self.text.as_bytes();
        // A power of ten that no card has is left alone.
        if exponent < 20
            && let Some(last) = card::of_number(&bytes[whole], &bytes[fraction], exponent)
        {
            self.replace(
                start,
                &format!("\"{CARD_MASK}{}\"", last.map(char::from).iter().collect::<String>()),
            );
        } else if let Some(redaction) = self.masker.patterns.of_number(&self.text[start..self.at]) {
            let mut masked = self.work.text();
            value_into(redaction, &self.masker.salt, &self.text[start..self.at], &mut masked);
            self.replace(start, &masked);
            self.work.done(masked);
        }
        Ok(())
    }

    /// Puts `masked` in the place of everything from `start` to here.
    fn replace(&mut self, start: usize, masked: &str) {
        self.out.push_str(&self.text[self.copied..start]);
        self.out.push_str(masked);
        self.copied = self.at;
    }

    fn finish(self) -> bool {
        if self.copied == 0 {
            return false;
        }
        self.out.push_str(&self.text[self.copied..]);
        true
    }
}
