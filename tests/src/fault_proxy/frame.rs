//! As much of the Kafka protocol as a proxy must read: the length before every message, the kind and
//! number of a call, the number of the call that an answer belongs to, and the generation in a commit.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest message that is believed to be one.
const LONGEST: usize = 64 << 20;
/// The first version of a commit whose texts have compact lengths.
const COMPACT_COMMIT: i16 = 8;

/// A kind of call, by its number in the Kafka protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call(pub i16);

/// Records to a topic.
pub const PRODUCE: Call = Call(0);
/// An offset of a group.
pub const OFFSET_COMMIT: Call = Call(8);

/// Reads one message with its length; `None` at the end.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let bytes = usize::try_from(i32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if bytes > LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "not the Kafka protocol"));
    }
    let mut message = vec![0; 4 + bytes];
    message[..4].copy_from_slice(&length);
    from.read_exact(&mut message[4..]).await?;
    Ok(Some(message))
}

/// The kind and number of a call.
pub(super) fn call(message: &[u8]) -> (Call, i32) {
    (Call(short(message, 4)), long(message, 8))
}

/// The number of the call that this answers.
pub(super) fn answered(message: &[u8]) -> i32 {
    long(message, 4)
}

/// Gives a commit another generation than the member has.
pub(super) fn make_stale(message: &mut [u8]) {
    let Some(at) = generation_at(message) else { return };
    let generation = long(message, at);
    message[at..at + 4].copy_from_slice(&(generation + 1).to_be_bytes());
}

/// Where the generation stands: after the header (kind, version, number, client id) and the group.
fn generation_at(message: &[u8]) -> Option<usize> {
    let version = short(message, 6);
    let client = usize::try_from(short(message, 12)).unwrap_or(0);
    let mut at = 14 + client;
    let group = if version >= COMPACT_COMMIT {
        // One byte of tagged fields ends the header; a compact length is one more than the bytes.
        let length = usize::from(*message.get(at + 1)?);
        at += 2;
        // A group of 127 bytes or more has a longer length; our tests name none so.
        (length < 0x80).then(|| length.saturating_sub(1))?
    } else {
        let length = usize::try_from(short(message, at)).ok()?;
        at += 2;
        length
    };
    (message.len() >= at + group + 4).then_some(at + group)
}

fn short(message: &[u8], at: usize) -> i16 {
    message.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(-1, i16::from_be_bytes)
}

fn long(message: &[u8], at: usize) -> i32 {
    message.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(-1, i32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(version: i16, group: &[u8]) -> Vec<u8> {
        let mut message = vec![0, 0, 0, 0];
        message.extend(8_i16.to_be_bytes());
        message.extend(version.to_be_bytes());
        message.extend(77_i32.to_be_bytes());
        message.extend(2_i16.to_be_bytes());
        message.extend(b"me");
        message.extend(group);
        message.extend(5_i32.to_be_bytes());
        message.extend(b"the rest");
        message
    }

    #[test]
    fn a_commit_is_made_stale_in_every_version() {
        for (version, group) in [(7, b"\0\x03abc".as_slice()), (9, b"\0\x04abc")] {
            let (before, mut after) = (commit(version, group), commit(version, group));
            assert_eq!(call(&before), (OFFSET_COMMIT, 77));
            make_stale(&mut after);
            let changed: Vec<_> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
            let generation = 16 + group.len();
            assert_eq!(changed, [generation + 3], "version {version}");
            assert_eq!(long(&after, generation), 6);
        }
    }

    #[test]
    fn what_is_no_commit_stays() {
        let mut short = vec![0, 0, 0, 4, 0, 8, 0, 9];
        let before = short.clone();
        make_stale(&mut short);
        assert_eq!(short, before);
    }
}
