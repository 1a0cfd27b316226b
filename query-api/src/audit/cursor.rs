//! Cursors: where a page ended, as text that means nothing to clients. A checksum tells a damaged
//! cursor from a real one; it guards no secret, since the scope is checked on every request anyway.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::ApiError;

const PAGE_VERSION: u8 = 1;
const STREAM_VERSION: u8 = 2;
const SESSION_VERSION: u8 = 3;
const DERIVED_VERSION: u8 = 4;
const CHECKSUM_BYTES: usize = 6;

/// The end of a page of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// Timestamp of the last event, unix milliseconds.
    pub(crate) timestamp: i64,
    /// Id of the last event.
    pub(crate) id: Uuid,
    /// Number of the page that ended.
    pub(crate) page: u32,
    /// Total as the first page counted it, so that it need not be counted again.
    pub(crate) total: u64,
    /// Whether there are no more than that.
    pub(crate) is_exact: bool,
}

impl Cursor {
    /// The cursor as text.
    pub(crate) fn encode(&self) -> String {
        let mut bytes = self.timestamp.to_be_bytes().to_vec();
        bytes.extend(self.id.as_bytes());
        bytes.extend(self.page.to_be_bytes());
        bytes.extend(self.total.to_be_bytes());
        bytes.push(self.is_exact.into());
        seal(PAGE_VERSION, &bytes)
    }

    /// Reads a cursor.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = open(PAGE_VERSION, text)?;
        let (timestamp, rest) = bytes.split_first_chunk::<8>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let (page, rest) = rest.split_first_chunk::<4>()?;
        let (total, rest) = rest.split_first_chunk::<8>()?;
        let (is_exact, rest) = rest.split_first()?;
        rest.is_empty().then(|| Self {
            timestamp: i64::from_be_bytes(*timestamp),
            id: Uuid::from_bytes(*id),
            page: u32::from_be_bytes(*page),
            total: u64::from_be_bytes(*total),
            is_exact: *is_exact != 0,
        })
    }
}

impl std::str::FromStr for Cursor {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        Self::decode(text).ok_or(ApiError::NotFound("cursor"))
    }
}

/// How far a live stream has come: the time events were stored at, unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamCursor(pub(crate) i64);

impl StreamCursor {
    /// The cursor as text.
    pub(crate) fn encode(self) -> String {
        seal(STREAM_VERSION, &self.0.to_be_bytes())
    }

    /// Reads a cursor.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let bytes = open(STREAM_VERSION, text)?;
        bytes.try_into().ok().map(|bytes| Self(i64::from_be_bytes(bytes)))
    }
}

/// The end of a page of sessions: when the last one began, and what breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionCursor {
    pub(crate) start: i64,
    pub(crate) tie: u64,
}

impl SessionCursor {
    /// The cursor as text.
    pub(crate) fn encode(self) -> String {
        let mut bytes = self.start.to_be_bytes().to_vec();
        bytes.extend(self.tie.to_be_bytes());
        seal(SESSION_VERSION, &bytes)
    }
}

impl std::str::FromStr for SessionCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = open(SESSION_VERSION, text).ok_or(())?;
        let (start, tie) = bytes.split_first_chunk::<8>().ok_or(())?;
        let tie = tie.try_into().map_err(|_| ())?;
        Ok(Self { start: i64::from_be_bytes(*start), tie: u64::from_be_bytes(tie) })
    }
}

/// Where a derived session is: a moment within it, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DerivedId {
    pub(crate) at: i64,
    pub(crate) project_id: String,
    pub(crate) identifier: String,
    pub(crate) service_name: String,
}

impl DerivedId {
    /// The id as text.
    pub(crate) fn encode(&self) -> String {
        seal(DERIVED_VERSION, &serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads an id; an application's own session id is none.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&open(DERIVED_VERSION, text)?).ok()
    }
}

fn seal(version: u8, payload: &[u8]) -> String {
    let mut bytes = vec![version];
    bytes.extend_from_slice(payload);
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum.iter().take(CHECKSUM_BYTES));
    URL_SAFE_NO_PAD.encode(bytes)
}

fn open(version: u8, text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (signed, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_BYTES)?)?;
    let (found, payload) = signed.split_first()?;
    let whole = *found == version && Sha256::digest(signed).starts_with(checksum);
    whole.then(|| payload.to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn round_trip(timestamp in any::<i64>(), id in any::<u128>(), page in any::<u32>(), total in any::<u64>(),
                is_exact in any::<bool>()) {
            let cursor = Cursor { timestamp, id: Uuid::from_u128(id), page, total, is_exact };
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
            prop_assert_eq!(StreamCursor::decode(&cursor.encode()), None);
            let stream = StreamCursor(timestamp);
            prop_assert_eq!(StreamCursor::decode(&stream.encode()), Some(stream));
            prop_assert_eq!(Cursor::decode(&stream.encode()), None);
            let session = SessionCursor { start: timestamp, tie: total };
            prop_assert_eq!(session.encode().parse(), Ok(session));
            prop_assert_eq!(DerivedId::decode(&session.encode()), None);
        }

        #[test]
        fn derived_sessions_are_found_again(at in any::<i64>(), project_id in ".{0,40}", identifier in ".{0,40}") {
            let id = DerivedId { at, project_id, identifier, service_name: "my-api".to_owned() };
            prop_assert_eq!(DerivedId::decode(&id.encode()), Some(id));
        }

        #[test]
        fn damage_is_seen(timestamp in any::<i64>(), at in 0_usize..50, to in "[A-Za-z0-9_-]") {
            let text = Cursor { timestamp, id: Uuid::nil(), page: 1, total: 2, is_exact: true }.encode();
            let mut damaged = text.clone();
            let at = at % text.len();
            damaged.replace_range(at..=at, &to);
            prop_assert!(damaged == text || Cursor::decode(&damaged).is_none());
        }

        #[test]
        fn garbage_is_refused(text in ".{0,80}") {
            prop_assert_eq!(Cursor::decode(&text), None);
        }
    }
}
