//! One look over the bytes of a text that says which detectors can find anything in it. Written so
//! that the compiler makes vector instructions of it.

/// What a text has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// A control character, which a JSON string must not hold.
    pub(crate) control: bool,
    /// `=` or `:`.
    pub(crate) sign: bool,
    /// `%`.
    pub(crate) percent: bool,
    /// `<`.
    pub(crate) angle: bool,
    /// How many decimal digits.
    pub(crate) digits: usize,
    /// How many bytes.
    pub(crate) length: usize,
}

/// Bytes looked at together: their digits fit into one byte.
const CHUNK: usize = 128;

impl Shape {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut shape = Self { length: bytes.len(), ..Self::default() };
        for chunk in bytes.chunks(CHUNK) {
            let (mut control, mut sign, mut percent, mut angle, mut digits) = (0, 0, 0, 0, 0_u8);
            for byte in chunk {
                control |= u8::from(*byte < b' ');
                sign |= u8::from(*byte == b'=') | u8::from(*byte == b':');
                percent |= u8::from(*byte == b'%');
                angle |= u8::from(*byte == b'<');
                digits += u8::from(byte.wrapping_sub(b'0') < 10);
            }
            shape.control |= control != 0;
            shape.sign |= sign != 0;
            shape.percent |= percent != 0;
            shape.angle |= angle != 0;
            shape.digits += usize::from(digits);
        }
        shape
    }

    /// Whether no built-in detector can find anything, short texts being the most of all.
    pub(crate) fn is_plain(&self) -> bool {
        !(self.sign || self.percent || self.angle) && self.length < 13
    }
}
