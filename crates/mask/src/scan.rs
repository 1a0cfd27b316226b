//! A look over the bytes of a text that says which detectors can find anything in it. A text enters,
//! its [`Shape`] leaves. Never no where a detector finds something; yes where it finds nothing is
//! allowed, and rare.

pub(crate) mod lanes;

use lanes::{Lanes, Those, WIDTH};

use crate::{card, encoded, token};

/// The shortest text in which anything is found that is told by more than a sign: `basic Og`, a user
/// and a password that are both empty.
pub(crate) const SHORTEST: usize = 8;
/// The shortest private key.
const SHORTEST_KEY: usize = 31;
/// Bytes whose bits are looked at together: as many as a word has bits.
const WINDOW: usize = 64;
/// How many of them the next window looks at again, so that whatever is that long lies in one of them.
const SHARED: usize = token::SHORTEST;

/// Which detectors have to look at a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Assignments: there is `=` or `:`.
    pub(crate) sign: bool,
    /// Percent-encoding: there is `%`.
    pub(crate) percent: bool,
    /// Elements: there is `<`.
    pub(crate) angle: bool,
    /// Bearer and basic credentials: a word begins like these.
    pub(crate) scheme: bool,
    /// Tokens: a word begins like one and is long enough, or there is `~`.
    pub(crate) token: bool,
    /// Private keys: there is `--`.
    pub(crate) private_key: bool,
    /// Cards: there are enough digits, and enough of what cards are made of in a row.
    pub(crate) card: bool,
    /// Base64: there is nothing else.
    pub(crate) base64: bool,
}

impl Shape {
    /// That of a text in which anything may be.
    #[cfg(any(test, feature = "reference"))]
    pub(crate) const ANY: Self = Self {
        sign: true,
        percent: true,
        angle: true,
        scheme: true,
        token: true,
        private_key: true,
        card: true,
        base64: true,
    };

    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (mut shape, mut seen, mut start) = (Self::default(), Seen::nothing(), 0);
        loop {
            let window = Window::of(bytes, start, &mut seen);
            if bytes.len() >= SHORTEST {
                window.shape(&bytes[start..], &mut shape);
            }
            if start + WINDOW >= bytes.len() {
                break;
            }
            start += WINDOW - SHARED;
        }
        shape.sign = seen.sign.bits() != 0;
        if seen.rare.bits() != 0 {
            shape.percent = bytes.contains(&b'%');
            shape.angle = bytes.contains(&b'<');
            shape.token |= bytes.contains(&b'~');
        }
        shape.private_key &= bytes.len() >= SHORTEST_KEY;
        shape.card =
            shape.card && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= card::SHORTEST;
        shape.base64 = seen.gap.bits() == 0 && encoded::may_be_base64(bytes);
        shape
    }

    /// Whether no built-in detector can find anything.
    pub(crate) fn is_plain(self) -> bool {
        self == Self::default()
    }
}

/// What was seen anywhere in a text.
struct Seen {
    /// `=` or `:`.
    sign: Those,
    /// `%`, `<` or `~`.
    rare: Those,
    /// What is in no token and no base64.
    gap: Those,
}

impl Seen {
    fn nothing() -> Self {
        Self { sign: Those::none(), rare: Those::none(), gap: Those::none() }
    }
}

/// A part of a text, one bit a byte in each word.
#[derive(Default)]
struct Window {
    /// Letters and digits.
    word: u64,
    /// What tokens and base64 are made of.
    run: u64,
    /// What card numbers are made of.
    card: u64,
    /// `-`.
    dash: u64,
    /// `b`, with which the schemes begin.
    b: u64,
    /// `a` and `e`, with which they go on.
    vowel: u64,
}

impl Window {
    fn of(bytes: &[u8], start: usize, seen: &mut Seen) -> Self {
        let mut window = Self::default();
        let end = bytes.len().min(start + WINDOW);
        for at in (start..end).step_by(WIDTH) {
            let (lanes, before) =
                if at + WIDTH <= bytes.len() { (Lanes::at(bytes, at), 0) } else { Lanes::last(bytes, at) };
            let small = lanes.lowered();
            let digit = lanes.within(b'0', b'9');
            let word = digit | small.within(b'a', b'z');
            let (equal, tilde) = (lanes.are(b'='), lanes.are(b'~'));
            let middle = lanes.within(b'-', b'/');
            let run = word | middle | equal | tilde | lanes.are(b'_') | lanes.are(b'+');
            seen.sign = seen.sign | equal | lanes.are(b':');
            seen.rare = seen.rare | tilde | lanes.are(b'%') | lanes.are(b'<');
            seen.gap = seen.gap | run.others();
            let place = |those: Those| u64::from(those.bits() >> before) << (at - start);
            window.word |= place(word);
            window.run |= place(run);
            window.card |= place(digit | middle | lanes.are(b' '));
            window.dash |= place(lanes.are(b'-'));
            window.b |= place(small.are(b'b'));
            window.vowel |= place(small.are(b'a') | small.are(b'e'));
        }
        window
    }

    /// Adds what may be found in this window, whose bytes begin `bytes`.
    fn shape(&self, bytes: &[u8], shape: &mut Shape) {
        let begins = self.word & !(self.word << 1);
        shape.scheme |= begins & self.b & (self.vowel >> 1) != 0;
        shape.private_key |= self.dash & (self.dash >> 1) != 0;
        let eight = eight_in_a_row(self.card);
        shape.card |= eight & (eight >> 5) != 0;
        let eight = eight_in_a_row(self.run);
        let mut left = begins & eight & (eight >> 8);
        while left != 0 && !shape.token {
            shape.token = token::may_begin(&bytes[left.trailing_zeros() as usize..]);
            left &= left - 1;
        }
    }
}

/// The bits that are followed by seven more.
fn eight_in_a_row(bits: u64) -> u64 {
    let two = bits & (bits >> 1);
    let four = two & (two >> 2);
    four & (four >> 4)
}

#[cfg(test)]
mod tests {
    use crate::masked_text as mask;

    #[test]
    fn nothing_is_missed_wherever_it_stands() {
        let filler = ", ".repeat(80);
        for secret in [
            "4111 1111 1111 1111",
            "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
            "Bearer abc123def",
            "basic dXNlcjpwYXNzd29yZA==",
            "basic OjE",
            "npm_hunter2hunter2hunter2hunter2hunter2",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
            "glpat-a+b=c+d=e+f=g+h=i+j=k+l",
            "abc8Q~abcdefghijklmnopqrstuvwxyz01234",
            "-----BEGIN PRIVATE KEY-----",
            "password=hunter2",
            "<token>x</token>",
            "a=%70assword%3Dhunter2",
        ] {
            for length in 0..filler.len() {
                let text = format!("{}{secret}{}", &filler[..length], &filler[length..]);
                assert!(!mask(&text).contains(secret), "{text}");
            }
        }
    }
}
