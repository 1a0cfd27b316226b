//! The number of rows in the end of a Parquet file: `FileMetaData`, whose third field it is, in Thrift's
//! compact protocol, then its length (4 bytes, little endian) and `PAR1`.

const MAGIC: &[u8] = b"PAR1";
/// The field of `FileMetaData`.
const NUM_ROWS: i16 = 3;
const KIND_I64: u8 = 6;
/// Nothing in the footer is nested deeper.
const MAX_DEPTH: u8 = 16;

/// The number of rows of the file that ends with these bytes; `None` when they are not such an end.
pub(super) fn rows(tail: &[u8]) -> Option<u64> {
    let rest = tail.strip_suffix(MAGIC)?;
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let mut metadata = Compact { rest: rest.get(rest.len().checked_sub(length)?..)? };
    let mut field = 0;
    loop {
        let (next, kind) = metadata.field(field)?;
        if next == NUM_ROWS && kind == KIND_I64 {
            return u64::try_from(metadata.signed()?).ok();
        }
        metadata.skip(kind, MAX_DEPTH)?;
        field = next;
    }
}

/// A reader of the compact protocol, as far as it takes to step over fields.
struct Compact<'a> {
    rest: &'a [u8],
}

impl Compact<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn step(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    /// Seven bits a byte, the low ones first.
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A signed number, folded so that small ones are short.
    fn signed(&mut self) -> Option<i64> {
        let folded = self.varint()?;
        let half = i64::try_from(folded >> 1).ok()?;
        Some(if folded & 1 == 0 { half } else { -half - 1 })
    }

    /// The head of the field after `last`: its number and kind. `None` at the end of the struct.
    fn field(&mut self, last: i16) -> Option<(i16, u8)> {
        let head = self.byte()?;
        let kind = head & 0x0f;
        if kind == 0 {
            return None;
        }
        let number = match head >> 4 {
            0 => i16::try_from(self.signed()?).ok()?,
            delta => last.checked_add(i16::from(delta))?,
        };
        Some((number, kind))
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // In a struct, a boolean is its kind.
            1 | 2 => Some(()),
            3 => self.step(1),
            4..=6 => self.varint().map(drop),
            7 => self.step(8),
            8 => {
                let length = self.varint()?;
                self.step(length)
            }
            9 | 10 => self.skip_list(depth),
            12 => self.skip_struct(depth),
            _ => None,
        }
    }

    fn skip_list(&mut self, depth: u8) -> Option<()> {
        let head = self.byte()?;
        let (kind, length) = (head & 0x0f, u64::from(head >> 4));
        let length = if length == 15 { self.varint()? } else { length };
        for _ in 0..length {
            // In a list, a boolean is a byte.
            if matches!(kind, 1 | 2) { self.step(1)? } else { self.skip(kind, depth)? }
        }
        Some(())
    }

    fn skip_struct(&mut self, depth: u8) -> Option<()> {
        let mut last = 0;
        loop {
            if self.rest.first().is_some_and(|head| head & 0x0f == 0) {
                return self.step(1);
            }
            let (number, kind) = self.field(last)?;
            self.skip(kind, depth)?;
            last = number;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// version = 2; schema = [{type = 6, name = "a"}]; num_rows = 300.
    const FOOTER: &[u8] =
        &[0x15, 0x04, 0x19, 0x1c, 0x15, 0x0c, 0x38, 0x01, b'a', 0x00, 0x16, 0xd8, 0x04, 0x00];

    fn file(footer: &[u8], length: usize) -> Vec<u8> {
        let length = u32::try_from(length).unwrap().to_le_bytes();
        [b"data", footer, &length, MAGIC].concat()
    }

    #[test]
    fn reads_the_rows() {
        assert_eq!(rows(&file(FOOTER, FOOTER.len())), Some(300));
        assert_eq!(rows(&file(FOOTER, 1_000)), None, "the footer is longer than what was kept");
        assert_eq!(rows(b"PAR1"), None);
    }

    proptest! {
        #[test]
        fn garbage_is_no_number_and_no_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..20) {
            rows(&file(&bytes, bytes.len()));
            let damaged = file(&FOOTER[..cut.min(FOOTER.len())], cut.min(FOOTER.len()));
            prop_assert!(rows(&damaged).is_none_or(|found| found == 300));
        }
    }
}
