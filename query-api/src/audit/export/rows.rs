//! Counts the rows of a file while its bytes pass by, without reading them as values.

use super::footer;
use super::format::Format;

/// Where Parquet keeps its number of rows is at the end of the file, so its end is kept.
const TAIL_BYTES: usize = 8 * 1024 * 1024;

/// A count under way.
#[derive(Debug)]
pub(super) enum Rows {
    /// Lines that do not end within quotes; the first one is the header.
    Csv { quoted: bool, lines: u64 },
    /// Objects that begin a line. Line breaks within texts are escaped.
    Json { at_start: bool, objects: u64 },
    /// The last bytes.
    Parquet { tail: Vec<u8> },
}

impl Rows {
    pub(super) fn new(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv { quoted: false, lines: 0 },
            Format::Json | Format::Ndjson => Self::Json { at_start: true, objects: 0 },
            Format::Parquet => Self::Parquet { tail: Vec::new() },
        }
    }

    /// The next bytes of the file.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        match self {
            Self::Csv { quoted, lines } => {
                for byte in bytes {
                    match byte {
                        // A quote within a text is doubled, so it opens and closes.
                        b'"' => *quoted = !*quoted,
                        b'\n' if !*quoted => *lines += 1,
                        _ => {}
                    }
                }
            }
            Self::Json { at_start, objects } => {
                for byte in bytes {
                    *objects += u64::from(*at_start && *byte == b'{');
                    *at_start = *byte == b'\n';
                }
            }
            Self::Parquet { tail } => {
                tail.extend_from_slice(bytes);
                let spare = tail.len().saturating_sub(TAIL_BYTES);
                // Moved rarely, not with every chunk.
                if spare > TAIL_BYTES {
                    tail.drain(..spare);
                }
            }
        }
    }

    /// The number of rows; `None` when the end of the file does not tell.
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::Csv { lines, .. } => Some(lines.saturating_sub(1)),
            Self::Json { objects, .. } => Some(*objects),
            Self::Parquet { tail } => footer::rows(tail),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(format: Format, text: &str, cut: usize) -> Option<u64> {
        let mut rows = Rows::new(format);
        let (head, tail) = text.as_bytes().split_at(cut.min(text.len()));
        rows.pass(head);
        rows.pass(tail);
        rows.total()
    }

    proptest! {
        #[test]
        fn any_text_and_any_cut(texts in prop::collection::vec("[a\"\n,{}\\[\\]]{0,12}", 0..20), cut in 0_usize..200) {
            let quoted = texts.iter().map(|text| format!("\"{}\",1\n", text.replace('"', "\"\"")));
            let csv: String = std::iter::once("\"a\",\"b\"\n".to_owned()).chain(quoted).collect();
            prop_assert_eq!(count(Format::Csv, &csv, cut), Some(texts.len() as u64));

            let objects: Vec<_> = texts.iter().map(|text| serde_json::json!({"a": text}).to_string()).collect();
            let lines: String = objects.iter().map(|object| format!("{object}\n")).collect();
            prop_assert_eq!(count(Format::Ndjson, &lines, cut), Some(texts.len() as u64));
            let array = format!("[\n{}\n]\n", objects.join(",\n"));
            prop_assert_eq!(count(Format::Json, &array, cut), Some(texts.len() as u64));
        }
    }
}
