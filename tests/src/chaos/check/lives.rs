//! A life of the events topic that is over. What was stored of it is stored once; what was not is lost
//! for good, and only an incident that says how much makes that right.

use super::{Checker, Verdict, stored};
use crate::chaos::load::Account;
use crate::chaos::log::Entry;
use crate::chaos::rig::{Cut, Life};
use crate::clickhouse::ClickHouse;

impl Checker {
    /// Compares what the life had with its rows, and turns to the next one.
    pub(super) async fn close(&mut self, clickhouse: &ClickHouse, life: &Life, verdict: &mut Verdict) {
        self.read_letters().await;
        let rows = stored(clickhouse, self.epoch, &self.from).await;
        let is_new = |entry: &&Entry| {
            let at = usize::try_from(entry.partition).ok();
            at.and_then(|at| self.from.get(at)).is_some_and(|from| entry.offset >= *from)
        };
        let mut entries: Vec<_> = life.entries.iter().filter(is_new).cloned().collect();
        entries.sort_by_key(|entry| (entry.partition, entry.offset));
        // Every record may be missing here; the incidents must say so.
        let cuts: Vec<_> = (0..)
            .zip(self.from.iter().zip(&life.ends))
            .map(|(partition, (from, end))| Cut { partition, from: *from, to: *end, entries: Vec::new() })
            .collect();
        verdict.stored += rows.len() as u64;
        self.note_places(&entries, &Account::default(), verdict);
        let gone = verdict.cut.len();
        self.compare_rows(&entries, &rows, &cuts, verdict);
        let buried = verdict.cut.split_off(gone);
        verdict.buried.extend(buried.into_iter().map(|(partition, _)| (life.epoch, partition)));
        // They name places of that life.
        self.letters.clear();
        self.epoch = life.epoch + 1;
        self.from.fill(0);
    }
}
