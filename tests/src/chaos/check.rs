//! The check at the end of a round. Three accounts must agree: what was acknowledged, what lies in
//! Kafka's log, and what the table, the rollups and the dead letters hold.
//!
//! - Every acknowledged event lies in the log.
//! - Every event of the log is stored at exactly its place, once, or dead-lettered; never both.
//! - An event that its client posted twice is stored at its first place and at no other.
//! - Stored places are the log's from the first offset to the committed one, without gap or repeat.
//! - Every rollup counts what the rows are.
//! - Every row is masked, and by one version of the rules: the one it bears.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use super::load::{Account, OWN, number_of};
use super::log::{Entry, Letter, Log, Logged, Progress};
use super::rig::{Cut, FIRST_EPOCH, Life, PARTITIONS, Rig};
use crate::clickhouse::ClickHouse;
use crate::wait::{eventually, holds};

mod incidents;
mod lives;
mod masking;
mod rollups;
mod verdict;

pub use verdict::Verdict;

/// How long after the last fault everything must be stored and committed. Generous: on a machine that is
/// busy with other things the line is slow, which is no loss.
const SETTLED: Duration = Duration::from_secs(180);
/// A row's place: partition, offset, index within the record.
type Place = (i32, i64, u16);

/// Checks rounds one after the other, each from where the last one ended.
#[derive(Debug)]
pub struct Checker {
    log: Log,
    from: Vec<i64>,
    letters_from: i64,
    letters: BTreeSet<Letter>,
    /// Where every event lies for the first time.
    places: HashMap<u64, Place>,
    /// The stream epoch of the topic's present life.
    epoch: u32,
    /// Rows of the rounds before.
    kept: u64,
}

/// What was done to the log on purpose since the last check.
#[derive(Debug, Default)]
pub struct Done {
    /// Records that were deleted.
    pub cuts: Vec<Cut>,
    /// Lives of the topic that ended.
    pub lives: Vec<Life>,
}

/// A row as the check needs it.
struct Stored {
    place: Place,
    number: Option<u64>,
    took: i64,
}

impl Checker {
    /// The checker of a line that has not stored anything yet.
    #[must_use]
    pub fn new(rig: &Rig) -> Self {
        Self {
            log: Log::new(&rig.brokers, &rig.topics),
            from: vec![0; usize::try_from(PARTITIONS).expect("few partitions")],
            letters_from: 0,
            letters: BTreeSet::new(),
            places: HashMap::new(),
            epoch: FIRST_EPOCH,
            kept: 0,
        }
    }

    /// Waits until all that lies in Kafka is committed, and compares.
    ///
    /// # Panics
    /// When the line stands still.
    pub async fn check(&mut self, clickhouse: &ClickHouse, account: &Account, done: &Done) -> Verdict {
        let mut verdict = Verdict { acknowledged: account.acknowledged.len() as u64, ..Verdict::default() };
        for life in &done.lives {
            self.close(clickhouse, life, &mut verdict).await;
        }
        let ends = self.settled().await;
        let cuts = &done.cuts;
        let mut entries = with_cuts(self.log.entries(&self.from).await, cuts, &self.from);
        // BatAudit may say something of itself at any moment: what came since is the next round's.
        let came_since = |partition: i32, offset| {
            let end = usize::try_from(partition).ok().and_then(|at| ends.get(at));
            end.is_none_or(|end| offset >= end.high)
        };
        entries.retain(|entry| !came_since(entry.partition, entry.offset));
        entries.sort_by_key(|entry| (entry.partition, entry.offset));
        self.read_letters().await;
        let mut rows = stored(clickhouse, self.epoch, &self.from).await;
        rows.retain(|row| !came_since(row.place.0, row.place.1));
        verdict.stored += rows.len() as u64;
        verdict.dead_lettered = self.letters.len() as u64;
        let slowest = rows.iter().map(|row| row.took).max().and_then(|took| u64::try_from(took).ok());
        verdict.slowest = Duration::from_millis(slowest.unwrap_or(0));
        self.note_places(&entries, account, &mut verdict);
        self.find_acknowledged(account, &mut verdict);
        self.compare_rows(&entries, &rows, cuts, &mut verdict);
        incidents::compare(clickhouse, done, &mut verdict).await;
        self.compare_offsets(&entries, &ends, &mut verdict);
        let ends: Vec<_> = ends.iter().map(|end| end.high).collect();
        self.compare_whole(clickhouse, &ends, &mut verdict).await;
        rollups::compare(clickhouse, &mut verdict).await;
        masking::compare(clickhouse, &mut verdict).await;
        self.from = ends;
        verdict
    }

    /// Waits until the group has committed everything, and returns where that is.
    async fn settled(&self) -> Vec<Progress> {
        eventually("everything is stored and committed", SETTLED, async || {
            let progress = self.log.progress().await?;
            let done = progress.iter().all(|one| one.high == 0 || one.committed == Some(one.high));
            holds(done, format!("{progress:?}")).map(|()| progress)
        })
        .await
    }

    async fn read_letters(&mut self) {
        let letters = self.log.letters(self.letters_from).await;
        self.letters_from += i64::try_from(letters.len()).expect("few letters");
        self.letters.extend(letters);
    }

    /// Notes where every event lies for the first time. Only what a client may post again may lie there
    /// again, and then in the same partition.
    fn note_places(&mut self, entries: &[Entry], account: &Account, verdict: &mut Verdict) {
        let acknowledged: HashSet<_> = account.acknowledged.iter().collect();
        for (place, event) in places_of(entries) {
            let first = *self.places.entry(event.number).or_insert(place);
            if first == place {
                continue;
            }
            if event.repeatable && first.0 == place.0 {
                verdict.repeats += 1;
            } else {
                verdict.doubled += 1;
                let acknowledged = acknowledged.contains(&event.number);
                verdict.find(format!(
                    "{event:?} (acknowledged: {acknowledged}) lies in Kafka at {first:?} and again at {place:?}"
                ));
            }
        }
    }

    fn find_acknowledged(&self, account: &Account, verdict: &mut Verdict) {
        for number in &account.acknowledged {
            if !self.places.contains_key(number) {
                verdict.lost += 1;
                verdict.find(format!("event {number} was acknowledged and is not in Kafka"));
            }
        }
    }

    /// Whether this copy of an event must not be stored.
    fn is_repeat(&self, event: Logged, place: Place) -> bool {
        let is_earlier = |first: &Place| first.0 == place.0 && *first < place;
        event.repeatable && self.places.get(&event.number).is_some_and(is_earlier)
    }

    fn compare_rows(&self, entries: &[Entry], rows: &[Stored], cuts: &[Cut], verdict: &mut Verdict) {
        let mut by_place: BTreeMap<Place, Vec<Option<u64>>> = BTreeMap::new();
        for row in rows {
            by_place.entry(row.place).or_default().push(row.number);
        }
        for entry in entries {
            let whole = self.letters.contains(&(entry.partition, entry.offset, None));
            let Some(events) = &entry.events else {
                if !whole {
                    verdict.lost += 1;
                    verdict.find(format!("{entry:?} cannot be read and has no dead letter"));
                }
                continue;
            };
            let at = |index| (entry.partition, entry.offset, index);
            let is_stored =
                events.is_empty() || (0..).zip(events).any(|(n, _)| by_place.contains_key(&at(n)));
            if !is_stored && cuts.iter().any(|cut| cut.holds(entry)) {
                verdict.cut.push((entry.partition, entry.offset));
                continue;
            }
            for (index, event) in (0..).zip(events) {
                let place = at(index);
                if self.is_repeat(*event, place) {
                    // A row here would be left over.
                    continue;
                }
                let rows = by_place.remove(&place).unwrap_or_default();
                let letter = whole || self.letters.contains(&(place.0, place.1, Some(index)));
                verdict.judge(place, event.number, &rows, letter);
            }
        }
        for (place, rows) in by_place {
            verdict.doubled += rows.len() as u64;
            verdict
                .find(format!("rows at {place:?}, where Kafka has no event that is to be stored: {rows:?}"));
        }
    }

    /// Over all rounds: a place that was right at the end of its round must not be stored again later, and
    /// must still be there.
    async fn compare_whole(&mut self, clickhouse: &ClickHouse, ends: &[i64], verdict: &mut Verdict) {
        let again = "SELECT count() - uniqExact(k_epoch, k_partition, k_offset, k_index) FROM events";
        let again = clickhouse.number(again).await;
        if again > 0 && verdict.doubled == 0 {
            verdict.doubled += again;
            verdict.find(format!("{again} places of earlier rounds are stored again"));
        }
        let came_since = since(ends, self.epoch);
        let now = clickhouse.number(&format!("SELECT count() FROM events WHERE NOT ({came_since})")).await;
        let gone = (self.kept + verdict.stored).saturating_sub(now);
        if gone > 0 {
            verdict.lost += gone;
            verdict.find(format!("{gone} rows of earlier rounds are gone"));
        }
        self.kept = now;
    }

    /// The log itself has no gap: what the check went through is all there was.
    fn compare_offsets(&self, entries: &[Entry], ends: &[Progress], verdict: &mut Verdict) {
        for (partition, (from, end)) in (0..).zip(self.from.iter().zip(ends)) {
            let read = entries.iter().filter(|entry| entry.partition == partition).count();
            let expected = end.high - from;
            if i64::try_from(read) != Ok(expected) {
                verdict.find(format!("partition {partition}: {read} records read, {expected} expected"));
            }
        }
    }
}

/// The log as it was before Kafka deleted some of it.
fn with_cuts(mut entries: Vec<Entry>, cuts: &[Cut], from: &[i64]) -> Vec<Entry> {
    let known: HashSet<_> = entries.iter().map(|entry| (entry.partition, entry.offset)).collect();
    // A later cut of a partition holds again what an earlier one left.
    let mut cut = BTreeMap::new();
    for entry in cuts.iter().flat_map(|cut| &cut.entries) {
        let looked_at =
            usize::try_from(entry.partition).ok().and_then(|at| from.get(at)).copied().unwrap_or(0);
        let place = (entry.partition, entry.offset);
        if entry.offset >= looked_at && !known.contains(&place) {
            cut.insert(place, entry.clone());
        }
    }
    entries.extend(cut.into_values());
    entries
}

/// Every event of the log and its place, in the order of the entries.
fn places_of(entries: &[Entry]) -> impl Iterator<Item = (Place, Logged)> {
    entries.iter().flat_map(|entry| {
        let events = entry.events.iter().flatten();
        (0..).zip(events).map(|(index, event)| ((entry.partition, entry.offset, index), *event))
    })
}

/// The condition of rows of a stream epoch at or after these offsets.
fn since(from: &[i64], epoch: u32) -> String {
    let ranges = (0..)
        .zip(from)
        .map(|(partition, from): (i32, _)| format!("(k_partition = {partition} AND k_offset >= {from})"));
    let ranges = ranges.collect::<Vec<_>>().join(" OR ");
    format!("k_epoch = '{epoch}' AND ({ranges})")
}

/// Rows of a stream epoch at or after these offsets.
async fn stored(clickhouse: &ClickHouse, epoch: u32, from: &[i64]) -> Vec<Stored> {
    let statement = format!(
        "SELECT k_partition, k_offset, k_index, \
         if(startsWith(event_type, 'system.'), concat('{OWN}', toString(id)), request_id), \
         if(startsWith(event_type, 'system.'), 0, toUnixTimestamp64Milli(stored_at) - toInt64OrZero(session_id)) \
         FROM events WHERE {} FORMAT TSV",
        since(from, epoch)
    );
    clickhouse.ask(&statement).await.lines().map(row).collect()
}

fn row(line: &str) -> Stored {
    let fields: Vec<_> = line.split('\t').collect();
    let [partition, offset, index, mark, took] = fields[..] else { panic!("{line}") };
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("{line}"));
    Stored {
        place: (
            i32::try_from(number(partition)).expect("a partition"),
            number(offset),
            u16::try_from(number(index)).expect("an index"),
        ),
        number: number_of(mark),
        took: number(took),
    }
}

#[cfg(test)]
mod tests;
