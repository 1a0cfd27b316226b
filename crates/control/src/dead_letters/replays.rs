//! Dead letters that people want published once more. Who asks writes a row here; sentinel carries it out, and says what
//! became of it. A replay that is cut short is done again: replayed events keep their ids, so none is stored twice.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{COLUMNS, DeadLetter, WANTED, Wanted, bind};
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::store::Store;

/// The most replays of a project that wait at a time.
const MOST_WAITING: i64 = 20;

/// Which letters. All that is given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// These letters; none named means all that the rest selects.
    pub ids: Vec<String>,
    /// Only of this reason.
    pub reason: Option<String>,
    /// Only those written then or later, unix milliseconds.
    pub from_ms: Option<i64>,
    /// Only those written by then, unix milliseconds: who asks does not mean letters to come.
    pub to_ms: i64,
}

/// A replay. Times are unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Replay {
    /// UUIDv7.
    pub id: String,
    /// Whose letters; `None` for those of every project and of none.
    pub project_id: Option<String>,
    /// The name of who asked.
    pub requested_by: String,
    /// When.
    pub requested_at: i64,
    /// A [`Selection`], as JSON.
    pub selection: String,
    /// `waiting`, `running` or `done`.
    pub state: String,
    /// Letters that were looked at so far.
    pub letters: i64,
    /// Events that were published.
    pub events: i64,
    /// Letters of which nothing could be published.
    pub lost: i64,
    /// Why it does not get on; it is tried again.
    pub problem: Option<String>,
    /// When it was done.
    pub ended_at: Option<i64>,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The letter.
    pub id: String,
    /// Events that were published of it.
    pub events: i64,
    /// Why nothing could be published.
    pub lost: Option<String>,
}

const REPLAYS: &str = "SELECT id, project_id, requested_by, requested_at, selection, state, letters, events, lost, \
                       problem, ended_at FROM letter_replays";

/// Asks for a replay; `None` when too many wait already.
///
/// # Errors
/// [`Error::NotFound`] when the project does not exist.
pub async fn ask(
    store: &Store,
    project_id: Option<&str>,
    requested_by: &str,
    selection: &Selection,
) -> Result<Option<Replay>> {
    let id = Uuid::now_v7().to_string();
    // Texts and numbers: serialising them cannot fail.
    let text = serde_json::to_string(selection).unwrap_or_default();
    let sql = "INSERT INTO letter_replays (id, project_id, requested_by, requested_at, selection, state, letters, events, \
               lost) SELECT $1, $2, $3, $4, $5, 'waiting', 0, 0, 0 WHERE (SELECT count(*) FROM letter_replays \
               WHERE state <> 'done' AND coalesce(project_id, '') = $6) < $7";
    let query = sqlx::query(sql)
        .bind(&id)
        .bind(project_id)
        .bind(requested_by)
        .bind(now_ms())
        .bind(&text)
        .bind(project_id.unwrap_or_default())
        .bind(MOST_WAITING);
    let details = json!({"letters": selection.ids, "reason": selection.reason});
    let act = Act { project_id, ..Act::done("REPLAY", format!("/dead-letters/replays/{id}")).with(details) };
    let asked = outbox::execute(store, query, act).await;
    match asked.map_err(|error: Error| error.missing_is("project"))? {
        0 => Ok(None),
        _ => find(store, &id).await,
    }
}

/// The replay of this id.
///
/// # Errors
/// When the store does not answer.
pub async fn find(store: &Store, id: &str) -> Result<Option<Replay>> {
    store.one(sqlx::query_as(&format!("{REPLAYS} WHERE id = $1")).bind(id)).await
}

/// The latest 100 of a project, or of all, the newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, project_id: Option<&str>) -> Result<Vec<Replay>> {
    let sql = format!("{REPLAYS} WHERE $1 = '' OR project_id = $1 ORDER BY id DESC LIMIT 100");
    store.all(sqlx::query_as(&sql).bind(project_id.unwrap_or_default())).await
}

/// The one that has waited longest, now running.
///
/// # Errors
/// When the store does not answer.
pub async fn next(store: &Store) -> Result<Option<Replay>> {
    let sql = format!("{REPLAYS} WHERE state <> 'done' ORDER BY id LIMIT 1");
    let Some(next) = store.one::<Replay>(sqlx::query_as(&sql)).await? else { return Ok(None) };
    let sql = "UPDATE letter_replays SET state = 'running' WHERE id = $1";
    store.execute(sqlx::query(sql).bind(&next.id)).await?;
    Ok(Some(Replay { state: "running".to_owned(), ..next }))
}

/// Letters of a replay that it has not come to, the oldest first; none when its selection cannot be read.
///
/// # Errors
/// When the store does not answer.
pub async fn rest(store: &Store, replay: &Replay, most: i64) -> Result<Vec<DeadLetter>> {
    let Ok(selection) = serde_json::from_str::<Selection>(&replay.selection) else { return Ok(Vec::new()) };
    let wanted = Wanted {
        project_id: replay.project_id.as_deref(),
        reason: selection.reason.as_deref(),
        from_ms: selection.from_ms,
        to_ms: Some(selection.to_ms),
        replayed: None,
    };
    let places: Vec<_> = (8..selection.ids.len() + 8).map(|place| format!("${place}")).collect();
    let named = match &places[..] {
        [] => String::new(),
        places => format!("AND id IN ({})", places.join(", ")),
    };
    let sql = format!(
        "{COLUMNS} WHERE {WANTED} AND coalesce(replay_id, '') <> $6 {named} ORDER BY written_at, id LIMIT $7"
    );
    let query = bind(sqlx::query_as(&sql), &wanted).bind(&replay.id).bind(most);
    store.all(selection.ids.iter().fold(query, |query, id| query.bind(id))).await
}

/// Notes what became of some letters, all or nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn note(store: &Store, replay: &str, fates: &[Fate], now: i64) -> Result<()> {
    store
        .within(async {
            let mut transaction = store.begin().await?;
            for Fate { id, events, lost } in fates {
                let sql = "UPDATE dead_letters SET replay_id = $2, replayed_at = $3, outcome = $4 WHERE id = $1";
                let outcome = lost.as_deref().unwrap_or("published");
                let letter = sqlx::query(sql).bind(id).bind(replay).bind(now).bind(outcome);
                letter.execute(&mut *transaction).await?;
                let sql = "UPDATE letter_replays SET letters = letters + 1, events = events + $2, lost = lost + $3, \
                           problem = NULL WHERE id = $1";
                let lost = i64::from(lost.is_some());
                let counts = sqlx::query(sql).bind(replay).bind(*events).bind(lost);
                counts.execute(&mut *transaction).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

/// Says why it does not get on.
///
/// # Errors
/// When the store does not answer.
pub async fn stuck(store: &Store, id: &str, problem: &str) -> Result<()> {
    let sql = "UPDATE letter_replays SET problem = $2 WHERE id = $1";
    store.execute(sqlx::query(sql).bind(id).bind(problem)).await.map(drop)
}

/// Ends it.
///
/// # Errors
/// When the store does not answer.
pub async fn finish(store: &Store, id: &str, now: i64) -> Result<()> {
    let sql = "UPDATE letter_replays SET state = 'done', problem = NULL, ended_at = $2 WHERE id = $1";
    store.execute(sqlx::query(sql).bind(id).bind(now)).await.map(drop)
}
