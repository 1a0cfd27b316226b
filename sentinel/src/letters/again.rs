//! Replays: letters that people want published once more, some at a time. The ledger finds the originals and publishes
//! them; what became of each letter is noted after it was acknowledged. Cut short between the two it is done again, which
//! stores nothing twice: a replayed event keeps its id.

use std::collections::{BTreeMap, BTreeSet};

use bataudit_control::dead_letters::DeadLetter;
use bataudit_control::dead_letters::replays::{self, Fate, Replay};
use bataudit_control::{Store, clock};
use bataudit_ledger::letters::{self, Letter};
use bataudit_ledger::replay::{self, Again};
use bataudit_ledger::{LedgerError, Sources};

use super::Error;
use super::copied::id;

/// Letters that are replayed at a time.
const AT_A_TIME: i64 = 100;

/// Why nothing can be published of a letter whose topic has deleted it.
const LETTER_DELETED: &str = "Kafka no longer keeps the letter";

/// Carries out every replay that waits.
pub(super) async fn replay(store: &Store, sources: &Sources) -> Result<(), Error> {
    while let Some(asked) = replays::next(store).await? {
        if let Err(error) = carry_out(store, sources, &asked).await {
            replays::stuck(store, &asked.id, &error.to_string()).await?;
            return Err(error);
        }
        replays::finish(store, &asked.id, clock::now_ms()).await?;
        tracing::info!(replay = asked.id, "Replayed dead letters.");
    }
    Ok(())
}

async fn carry_out(store: &Store, sources: &Sources, asked: &Replay) -> Result<(), Error> {
    loop {
        let rows = replays::rest(store, asked, AT_A_TIME).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let fates = publish(sources, &rows).await?;
        replays::note(store, &asked.id, &fates, clock::now_ms()).await?;
    }
}

/// Publishes what these letters stand for, and says what became of each.
async fn publish(sources: &Sources, rows: &[DeadLetter]) -> Result<Vec<Fate>, LedgerError> {
    let place = |row: &DeadLetter| Some((i32::try_from(row.l_partition).ok()?, row.l_offset));
    let places: BTreeSet<_> = rows.iter().filter_map(place).collect();
    let posted = letters::at(&sources.kafka, &sources.topics.dead_letters, places).await?;
    let at: BTreeMap<_, Letter> =
        posted.into_iter().map(|posted| ((posted.partition, posted.offset), posted.letter)).collect();
    // What lies at its place must be the letter that was copied.
    let letter = |row: &DeadLetter| at.get(&place(row)?).filter(|letter| id(letter) == row.id).cloned();
    let found = rows.iter().filter_map(letter).collect();
    let originals = replay::find(&sources.kafka, &sources.topics, found).await?;

    let mut events: Vec<Again> = Vec::new();
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    for original in originals {
        let id = id(&original.letter);
        let (published, lost) = match original.events {
            Ok(found) => {
                let count = found.len();
                events.extend(found);
                (i64::try_from(count).unwrap_or(i64::MAX), None)
            }
            Err(why) => (0, Some(why.to_string())),
        };
        fates.insert(id.clone(), Fate { id, events: published, lost });
    }
    replay::publish(&sources.kafka, &sources.topics, &events).await?;
    let gone = |id: &str| Fate { id: id.to_owned(), events: 0, lost: Some(LETTER_DELETED.to_owned()) };
    Ok(rows.iter().map(|row| fates.remove(&row.id).unwrap_or_else(|| gone(&row.id))).collect())
}
