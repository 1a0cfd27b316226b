//! Dead letters as the API shows them.

use bataudit_control::dead_letters::DeadLetter as Stored;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::time::rfc3339;

/// Why something could not be stored, and where it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetter {
    /// Life of the events topic, partition, offset, and index within the record.
    #[schema(example = "1:3-1207-0")]
    id: String,
    /// `null` where the record could not be read.
    #[schema(required)]
    project_id: Option<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    written_at: String,
    /// One of a closed set of names, such as `unmaskable`.
    #[schema(example = "unmaskable")]
    reason: String,
    /// What exactly is wrong; holds nothing of the event.
    #[schema(example = "request_body does not hold JSON")]
    detail: String,
    /// How many events it stands for; 0 where that cannot be told.
    #[schema(example = 1)]
    events: i64,
    #[schema(required)]
    event_id: Option<String>,
    #[schema(required, example = "my-api")]
    service_name: Option<String>,
    /// The latest replay, if there was one.
    #[schema(required)]
    replay: Option<LetterReplay>,
}

/// What became of a letter in a replay.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LetterReplay {
    replay_id: String,
    #[schema(example = "2026-01-31T09:00:00.000Z")]
    at: String,
    /// Whether its events were published once more. Whether they could be stored then, the list of events says, or a new
    /// letter.
    published: bool,
    /// Why not.
    #[schema(required, example = "Kafka no longer keeps the original record")]
    why: Option<String>,
}

impl From<Stored> for DeadLetter {
    fn from(stored: Stored) -> Self {
        let replay = replay(&stored);
        Self {
            id: stored.id,
            project_id: stored.project_id,
            written_at: rfc3339(stored.written_at),
            reason: stored.reason,
            detail: stored.detail,
            events: stored.events,
            event_id: stored.event_id,
            service_name: stored.service_name,
            replay,
        }
    }
}

fn replay(stored: &Stored) -> Option<LetterReplay> {
    let (replay_id, at) = stored.replay_id.clone().zip(stored.replayed_at)?;
    let outcome = stored.outcome.clone().unwrap_or_default();
    let published = outcome == "published";
    Some(LetterReplay { replay_id, at: rfc3339(at), published, why: (!published).then_some(outcome) })
}

/// A dead letter with what is left of its event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetterDetail {
    #[serde(flatten)]
    letter: DeadLetter,
    /// The event without what is empty, with every secret masked and every field that could not be read masked whole.
    /// `null` where nothing may be shown, or it has more than 32 KiB.
    #[schema(required, value_type = Option<Object>)]
    event: Option<Value>,
    /// SHA-256 of a record of which nothing may be shown.
    #[schema(required)]
    sha256: Option<String>,
    /// The partition of the dead-letter topic it lies in.
    partition: i64,
    /// Its offset there.
    offset: i64,
}

impl From<Stored> for DeadLetterDetail {
    fn from(stored: Stored) -> Self {
        Self {
            event: stored.shown.as_deref().and_then(|shown| serde_json::from_str(shown).ok()),
            sha256: stored.sha256.clone(),
            partition: stored.l_partition,
            offset: stored.l_offset,
            letter: stored.into(),
        }
    }
}

/// How many letters have a reason.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReasonCount {
    #[schema(example = "unmaskable")]
    reason: String,
    letters: i64,
}

impl From<(String, i64)> for ReasonCount {
    fn from((reason, letters): (String, i64)) -> Self {
        Self { reason, letters }
    }
}

/// Letters, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetterList {
    pub(super) data: Vec<DeadLetter>,
    /// The `cursor` of the next page; `null` on the last one.
    #[schema(required)]
    pub(super) next_cursor: Option<String>,
    /// How many letters there are of each reason, on the first page; else `null`.
    #[schema(required)]
    pub(super) reasons: Option<Vec<ReasonCount>>,
}

/// Which letters.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct LetterQuery {
    /// The project. Only owners and auditors may leave it out.
    #[param(nullable = false)]
    project_id: Option<String>,
    /// Only this reason.
    #[param(nullable = false, example = "unmaskable")]
    reason: Option<String>,
    /// Only letters written then or later.
    #[param(nullable = false, example = "2026-01-30T08:00:00Z")]
    start_date: Option<String>,
    /// Only letters written by then.
    #[param(nullable = false, example = "2026-01-31T08:00:00Z")]
    end_date: Option<String>,
    /// `waiting` for those that were never replayed, `replayed` for the others; `all` unless given.
    #[param(nullable = false)]
    state: Option<String>,
    /// `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// 1 to 200; 50 unless given.
    #[param(nullable = false, minimum = 1, maximum = 200)]
    limit: Option<u64>,
}
