//! Sixteen bytes looked at together: which of them are of a kind, as one bit a byte. Bytes enter, bits
//! leave; what the kinds are for is not known here.

use std::ops::BitOr;

use wide::u8x16;

/// How many bytes are looked at together.
pub(crate) const WIDTH: usize = 16;

/// Sixteen bytes of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lanes(u8x16);

/// Those of sixteen bytes that are of a kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Those(u8x16);

impl Lanes {
    /// The bytes from `at`, and zeros behind the end of the text.
    #[inline]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Self {
        let rest = bytes.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(chunk) => Self(u8x16::new(*chunk)),
            None => Self::padded(rest),
        }
    }

    /// The bytes from `at` to the end of the text, fewer than sixteen: they stand behind as many of the
    /// bytes before them as this says.
    #[inline]
    pub(crate) fn last(bytes: &[u8], at: usize) -> (Self, u32) {
        match bytes.last_chunk() {
            Some(chunk) => (Self(u8x16::new(*chunk)), (WIDTH - (bytes.len() - at)) as u32),
            None => (Self::padded(bytes), 0),
        }
    }

    fn padded(rest: &[u8]) -> Self {
        let mut chunk = [0; WIDTH];
        chunk[..rest.len()].copy_from_slice(rest);
        Self(u8x16::new(chunk))
    }

    /// Capital letters become small ones; of the other bytes, `[\]^_` and `@` change too.
    #[inline]
    pub(crate) fn lowered(self) -> Self {
        Self(self.0 | u8x16::splat(0x20))
    }

    /// Those that are this byte.
    #[inline]
    pub(crate) fn are(self, byte: u8) -> Those {
        Those(self.0.simd_eq(u8x16::splat(byte)))
    }

    /// Those from one byte to another.
    #[inline]
    pub(crate) fn within(self, first: u8, last: u8) -> Those {
        let above = self.0 - u8x16::splat(first);
        Those(above.min(u8x16::splat(last - first)).simd_eq(above))
    }
}

impl Those {
    /// One bit a byte, the first byte's the lowest.
    #[inline]
    pub(crate) fn bits(self) -> u32 {
        self.0.to_bitmask()
    }

    /// None of the bytes.
    #[inline]
    pub(crate) fn none() -> Self {
        Self(u8x16::splat(0))
    }

    /// The other bytes.
    #[inline]
    pub(crate) fn others(self) -> Self {
        Self(!self.0)
    }
}

impl BitOr for Those {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_byte_by_byte() {
        let all: Vec<u8> = (0..=255).collect();
        for at in (0..256).step_by(WIDTH) {
            let lanes = Lanes::at(&all, at);
            let bits = |has: &dyn Fn(u8) -> bool| {
                all[at..at + WIDTH].iter().rev().fold(0, |bits, byte| bits << 1 | u32::from(has(*byte)))
            };
            assert_eq!(lanes.are(b'"').bits(), bits(&|byte| byte == b'"'));
            assert_eq!(lanes.within(b'0', b'9').bits(), bits(&|byte| byte.is_ascii_digit()));
            let letters = lanes.lowered().within(b'a', b'z');
            assert_eq!(letters.bits(), bits(&|byte| byte.is_ascii_alphabetic()));
            assert_eq!(letters.others().bits(), bits(&|byte| !byte.is_ascii_alphabetic()));
            assert_eq!((letters | Those::none()).bits(), letters.bits());
        }
    }

    #[test]
    fn the_end_of_a_text_is_not_passed() {
        assert_eq!(Lanes::at(b"ab", 1).are(0).bits(), 0xfffe);
        assert_eq!(Lanes::at(b"ab", 2).are(0).bits(), 0xffff);
        let text = b"0123456789abcdefgh";
        let (lanes, before) = Lanes::last(text, 16);
        assert_eq!(lanes.within(b'g', b'h').bits() >> before, 0b11);
        let (lanes, before) = Lanes::last(b"ab", 0);
        assert_eq!((lanes.are(b'b').bits(), before), (0b10, 0));
    }
}
