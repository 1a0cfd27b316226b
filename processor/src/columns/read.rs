//! Reads a block back, for tests: as strict as the server, and written from the format's description
//! rather than from the code that writes it.

use std::collections::BTreeMap;

use bytes::Bytes;

/// The values of each column; a text without its length.
pub(crate) fn block(pieces: &[Bytes]) -> BTreeMap<String, Vec<Vec<u8>>> {
    let bytes = pieces.concat();
    let mut reader = Reader(&bytes);
    let (columns, rows) = (reader.number(), reader.number());
    let mut block = BTreeMap::new();
    for _ in 0..columns {
        let (name, of) = (reader.string(), reader.string());
        let values = match &*of {
            "String" => (0..rows).map(|_| reader.text()).collect(),
            "LowCardinality(String)" => reader.words(rows),
            "UUID" => (0..rows).map(|_| reader.take(16)).collect(),
            "UInt64" | "DateTime64(3, 'UTC')" => (0..rows).map(|_| reader.take(8)).collect(),
            "UInt32" => (0..rows).map(|_| reader.take(4)).collect(),
            "UInt16" => (0..rows).map(|_| reader.take(2)).collect(),
            "UInt8" | "Bool" => (0..rows).map(|_| reader.take(1)).collect(),
            other => panic!("a column of type {other}"),
        };
        assert!(block.insert(name, values).is_none());
    }
    assert!(reader.0.is_empty(), "bytes after the last column");
    block
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken.to_vec()
    }

    fn number(&mut self) -> usize {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.take(1)[0];
            number |= usize::from(byte % 128) << shift;
            shift += 7;
            if byte < 128 {
                return number;
            }
        }
    }

    fn text(&mut self) -> Vec<u8> {
        let length = self.number();
        self.take(length)
    }

    fn string(&mut self) -> String {
        String::from_utf8(self.text()).unwrap()
    }

    fn long(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().unwrap())
    }

    fn words(&mut self, rows: usize) -> Vec<Vec<u8>> {
        assert_eq!(self.long(), 1, "version");
        let kind = self.long();
        assert_eq!(kind & !0xff, 0x600, "own words");
        let words: Vec<Vec<u8>> = (0..self.long()).map(|_| self.text()).collect();
        assert_eq!(self.long(), rows as u64);
        let mut word = || {
            let mut place = self.take(1 << (kind & 0xff));
            place.resize(8, 0);
            words[u64::from_le_bytes(place.try_into().unwrap()) as usize].clone()
        };
        (0..rows).map(|_| word()).collect()
    }
}
