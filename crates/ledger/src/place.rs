//! Where an event lies in the log, and how that is written: `partition-offset-index`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An event's place in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The partition.
    pub partition: i32,
    /// The record's offset.
    pub offset: i64,
    /// The event within the record.
    pub index: u16,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.partition, self.offset, self.index)
    }
}

impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The place of what a dead letter stands for: an event, or a whole record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourcePlace {
    /// The partition.
    pub partition: i32,
    /// The record's offset.
    pub offset: i64,
    /// The event within the record; `None` for all of it.
    pub index: Option<u16>,
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.partition, self.offset)?;
        self.index.map_or(Ok(()), |index| write!(f, "-{index}"))
    }
}

impl Serialize for SourcePlace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Why a text is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place is written partition-offset or partition-offset-index, such as 3-1207-0")]
pub struct NoPlace;

impl FromStr for SourcePlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let mut parts = text.split('-');
        let mut number = || parts.next().ok_or(NoPlace);
        let (partition, offset) = (number()?, number()?);
        let partition: i32 = partition.parse().map_err(|_| NoPlace)?;
        let offset: i64 = offset.parse().map_err(|_| NoPlace)?;
        let index = parts.next().map(|index| index.parse().map_err(|_| NoPlace)).transpose()?;
        if parts.next().is_some() { Err(NoPlace) } else { Ok(Self { partition, offset, index }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_they_are_written() {
        for text in ["0-0", "3-1207", "3-1207-0"] {
            assert_eq!(text.parse::<SourcePlace>().unwrap().to_string(), text);
        }
        for text in ["", "1", "1-", "-1-2", "a-1", "1-2-3-4", "1-2-99999"] {
            assert_eq!(text.parse::<SourcePlace>(), Err(NoPlace), "{text}");
        }
    }
}
