//! As much of the Kafka protocol as a proxy must read: the length before every message, the kind and
//! number of a call, the number of the call that an answer belongs to, and who commits what.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest message that is believed to be one.
const LONGEST: usize = 64 << 20;
/// The number of our own call: no client counts so far.
const OURS: i32 = i32::MAX;

/// A kind of call, by its number in the Kafka protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call(pub i16);

/// Records to a topic.
pub const PRODUCE: Call = Call(0);
/// An offset of a group.
pub const OFFSET_COMMIT: Call = Call(8);
/// A sign of life of a member.
const HEARTBEAT: Call = Call(12);
/// A member asks what it was assigned.
const SYNC_GROUP: Call = Call(14);

impl Call {
    /// The first version of a call whose texts have compact lengths.
    fn compact_from(self) -> i16 {
        if self == OFFSET_COMMIT { 8 } else { 4 }
    }
}

/// A member of a group, as it calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its generation.
    pub generation: i32,
    /// What the broker called it.
    pub id: Vec<u8>,
    /// The name it keeps over its restarts.
    pub instance: String,
}

/// A commit as a member sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCommit {
    /// Who.
    pub member: Member,
    /// The first partition in it.
    pub partition: i32,
    version: i16,
    /// Everything up to the group, and everything behind the name of the member.
    before: Vec<u8>,
    topics: Vec<u8>,
}

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

/// The member that calls, where a call says that.
pub(super) fn member(message: &[u8]) -> Option<Member> {
    let (kind, _) = call(message);
    if ![OFFSET_COMMIT, HEARTBEAT, SYNC_GROUP].contains(&kind) {
        return None;
    }
    let (mut at, compact) = (generation_at(message)?, is_compact(message));
    let generation = long(message, at);
    at += 4;
    let id = text(message, &mut at, compact)?.to_vec();
    let instance = String::from_utf8(text(message, &mut at, compact)?.to_vec()).ok()?;
    Some(Member { generation, id, instance })
}

/// A commit of a member with a name, to be sent again some time.
pub(super) fn commit(message: &[u8]) -> Option<SentCommit> {
    let member = (call(message).0 == OFFSET_COMMIT).then(|| member(message))??;
    let (group_end, compact) = (generation_at(message)?, is_compact(message));
    let mut at = group_end + 4;
    text(message, &mut at, compact)?;
    text(message, &mut at, compact)?;
    let topics = message.get(at..)?.to_vec();
    // One topic: its name, one partition, its number.
    at += if compact { 1 } else { 4 };
    text(message, &mut at, compact)?;
    at += if compact { 1 } else { 4 };
    let partition = long(message, at);
    let before = message.get(8..group_end)?.to_vec();
    Some(SentCommit { member, partition, version: short(message, 6), before, topics })
}

impl SentCommit {
    /// The message with which another member, or the same one later, would send this commit.
    #[must_use]
    pub fn as_of(&self, member: &Member) -> Vec<u8> {
        let compact = self.version >= OFFSET_COMMIT.compact_from();
        let mut message = vec![0; 4];
        message.extend(OFFSET_COMMIT.0.to_be_bytes());
        message.extend(self.version.to_be_bytes());
        message.extend(OURS.to_be_bytes());
        message.extend(&self.before[4..]);
        message.extend(member.generation.to_be_bytes());
        for text in [&*member.id, member.instance.as_bytes()] {
            let length = u8::try_from(text.len()).expect("a short name");
            if compact {
                message.push(length + 1);
            } else {
                message.extend(u16::from(length).to_be_bytes());
            }
            message.extend(text);
        }
        message.extend(&self.topics);
        let length = i32::try_from(message.len() - 4).expect("a short message");
        message[..4].copy_from_slice(&length.to_be_bytes());
        message
    }

    /// The error code in the answer to [`as_of`](Self::as_of); 0 for none.
    #[must_use]
    pub fn error_in(&self, answer: &[u8]) -> Option<i16> {
        let compact = self.version >= OFFSET_COMMIT.compact_from();
        // Length, number of the call, tagged fields, throttle time.
        let mut at = 4 + 4 + usize::from(compact) + 4;
        at += if compact { 1 } else { 4 };
        text(answer, &mut at, compact)?;
        at += if compact { 1 } else { 4 };
        answer.get(at..at + 6)?;
        Some(short(answer, at + 4))
    }
}

fn is_compact(message: &[u8]) -> bool {
    short(message, 6) >= call(message).0.compact_from()
}

/// Where the generation stands: after the header (kind, version, number, client id) and the group.
fn generation_at(message: &[u8]) -> Option<usize> {
    let client = usize::try_from(short(message, 12)).unwrap_or(0);
    let compact = is_compact(message);
    // One byte of tagged fields ends the header.
    let mut at = 14 + client + usize::from(compact);
    text(message, &mut at, compact)?;
    (message.len() >= at + 4).then_some(at)
}

/// The text at a place, which moves behind it. `None` where there is none, or one of 127 bytes or more,
/// whose length takes more than a byte; our tests have none so long.
fn text<'m>(message: &'m [u8], at: &mut usize, compact: bool) -> Option<&'m [u8]> {
    let length = if compact {
        let length = usize::from(*message.get(*at)?);
        *at += 1;
        // A compact length is one more than the bytes.
        (length < 0x80).then(|| length.checked_sub(1))??
    } else {
        let length = usize::try_from(short(message, *at)).ok()?;
        *at += 2;
        length
    };
    let text = message.get(*at..*at + length)?;
    *at += length;
    Some(text)
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

    fn commit_of(version: i16, group: &[u8]) -> Vec<u8> {
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
            let (before, mut after) = (commit_of(version, group), commit_of(version, group));
            assert_eq!(call(&before), (OFFSET_COMMIT, 77));
            make_stale(&mut after);
            let changed: Vec<_> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
            let generation = 16 + group.len();
            assert_eq!(changed, [generation + 3], "version {version}");
            assert_eq!(long(&after, generation), 6);
        }
    }

    /// Bytes with their length, as many as a version has for it.
    fn with_length(bytes: &[u8], compact: bool) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap();
        let length = if compact { vec![length + 1] } else { vec![0, length] };
        [&*length, bytes].concat()
    }

    #[test]
    fn a_commit_is_sent_again_by_another_member() {
        for (version, group) in [(7, b"\0\x03abc".as_slice()), (9, b"\0\x04abc")] {
            let compact = version >= 8;
            let one: &[u8] = if compact { &[2] } else { &[0, 0, 0, 1] };
            let sent = |generation: i32, id: &[u8], name: &[u8], number: i32| {
                let mut message = commit_of(version, group);
                message.truncate(message.len() - b"the rest".len() - 4);
                message[8..12].copy_from_slice(&number.to_be_bytes());
                message.extend(generation.to_be_bytes());
                message.extend([with_length(id, compact), with_length(name, compact)].concat());
                message.extend([one, &with_length(b"topic", compact), one].concat());
                message.extend(3_i32.to_be_bytes());
                message.extend(b"offset and so on");
                let length = i32::try_from(message.len() - 4).unwrap();
                message[..4].copy_from_slice(&length.to_be_bytes());
                message
            };
            let first = commit(&sent(5, b"me-1", b"me", 77)).unwrap();
            assert_eq!((first.member.generation, &*first.member.instance, first.partition), (5, "me", 3));
            let now = Member { generation: 9, id: b"me-22".to_vec(), instance: "me".to_owned() };
            assert_eq!(first.as_of(&now), sent(9, b"me-22", b"me", OURS), "version {version}");
        }
    }

    #[test]
    fn what_is_no_commit_stays() {
        let mut short = vec![0, 0, 0, 4, 0, 8, 0, 9];
        let before = short.clone();
        make_stale(&mut short);
        assert_eq!(short, before);
        assert_eq!((member(&short), commit(&short)), (None, None));
    }
}
