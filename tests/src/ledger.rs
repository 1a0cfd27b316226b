//! What a load was promised, and the comparison with what is stored.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::{Duration, Instant};

use serde::Deserialize;
use uuid::Uuid;

use crate::clickhouse::ClickHouse;
use crate::wait::{eventually, holds};

/// The rollups that know the service.
const ROLLUPS: [&str; 5] = ["stats_minute", "stats_hour", "stats_day", "endpoint_hour", "endpoint_day"];
/// How long an insert may take from its first row to its last rollup, on a machine that does much else.
const AGREED: Duration = Duration::from_secs(20);

/// How one request of a post ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 202: from here on the event must not be lost.
    Accepted,
    /// Another answer. A 503 may be one whose acknowledgement came too late.
    Refused(u16),
    /// The connection ended without an answer: it may have been accepted.
    Unknown,
    /// There was no connection: it was not accepted.
    NotSent,
}

/// One request of a post.
#[derive(Debug, Clone, Copy)]
pub struct Attempt {
    /// When it was sent.
    pub began: Instant,
    /// When its outcome was known.
    pub ended: Instant,
    /// How it ended.
    pub outcome: Outcome,
}

/// One event with all attempts to post it.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its number in the load.
    pub number: usize,
    /// Its id, the same in every attempt.
    pub id: Uuid,
    /// The attempts, in order.
    pub attempts: Vec<Attempt>,
}

impl Post {
    /// When it was acknowledged.
    #[must_use]
    pub fn acknowledged_at(&self) -> Option<Instant> {
        self.attempts.iter().find(|attempt| attempt.outcome == Outcome::Accepted).map(|attempt| attempt.ended)
    }

    /// How many attempts may have reached Kafka: the bound of its copies there.
    #[must_use]
    pub fn possible_copies(&self) -> usize {
        self.attempts.iter().filter(|attempt| may_be_stored(attempt.outcome)).count()
    }
}

fn may_be_stored(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Accepted | Outcome::Unknown | Outcome::Refused(503))
}

/// All posts of a load.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The service name of the events.
    pub service: String,
    /// The posts.
    pub posts: Vec<Post>,
}

/// Where a row came from: partition, offset, index within the record.
pub type Position = (u16, u64, u16);

#[derive(Debug, Deserialize)]
struct Stored {
    id: Uuid,
    positions: Vec<Position>,
}

/// What became of a load.
#[derive(Debug)]
pub struct Verdict {
    /// Posts in all.
    pub posted: usize,
    /// Posts that were acknowledged.
    pub acknowledged: usize,
    /// Posts that took more than one attempt.
    pub repeated: usize,
    /// Rows stored.
    pub rows: usize,
    /// Events with more rows than one, by position in Kafka.
    pub duplicates: Vec<(Post, Vec<Position>)>,
    /// Rollups that count another number of events than there are rows.
    pub disagreeing: Vec<(&'static str, u64)>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (same, other) = (self.inserted_twice().count(), self.posted_twice().count());
        write!(
            f,
            "{} posted, {} acknowledged, {} of them not at once, {} rows, 0 lost, {same} inserted twice, {other} accepted twice, \
             rollups that disagree: {:?}",
            self.posted, self.acknowledged, self.repeated, self.rows, self.disagreeing
        )
    }
}

impl Verdict {
    /// Events of which one Kafka position was inserted more than once.
    pub fn inserted_twice(&self) -> impl Iterator<Item = &Post> {
        self.duplicates.iter().filter(|(_, rows)| distinct(rows) < rows.len()).map(|(post, _)| post)
    }

    /// Events that lie in Kafka more than once.
    pub fn posted_twice(&self) -> impl Iterator<Item = &Post> {
        self.duplicates.iter().filter(|(_, rows)| distinct(rows) > 1).map(|(post, _)| post)
    }

    /// Checks that the rollups count what the rows are. Not to be asked of a ClickHouse that was killed
    /// in the middle of an insert: it may have made the rows and not the rollups.
    ///
    /// # Panics
    /// When one does not.
    pub fn assert_rollups_agree(&self) {
        assert!(self.disagreeing.is_empty(), "{self}");
    }

    /// Checks that every copy in Kafka has an attempt that explains it.
    ///
    /// # Panics
    /// When one has not.
    pub fn assert_posts_explain_copies(&self) {
        for (post, rows) in &self.duplicates {
            assert!(distinct(rows) <= post.possible_copies(), "{post:?} lies at {rows:?}");
        }
    }

    /// Checks that only events were inserted twice that were under way at one of these moments: not
    /// acknowledged longer before it than `window`.
    ///
    /// # Panics
    /// When another was.
    pub fn assert_inserted_twice_only_around(&self, moments: &[Instant], window: Duration) {
        for post in self.inserted_twice() {
            let acknowledged = post.acknowledged_at().expect("a stored event was acknowledged");
            let explained = moments
                .iter()
                .any(|moment| acknowledged + window >= *moment && post.attempts[0].began <= *moment + window);
            assert!(explained, "inserted twice although it was not in flight: {post:?}");
        }
    }
}

fn distinct(positions: &[Position]) -> usize {
    positions.iter().collect::<std::collections::BTreeSet<_>>().len()
}

impl Ledger {
    /// Waits until every acknowledged event is stored, and compares.
    ///
    /// # Panics
    /// When one is not stored in time.
    pub async fn settle(&self, clickhouse: &ClickHouse, deadline: Duration) -> Verdict {
        let acknowledged: Vec<_> =
            self.posts.iter().filter(|post| post.acknowledged_at().is_some()).collect();
        let stored = eventually("every acknowledged event is stored", deadline, async || {
            let stored = self.stored(clickhouse).await;
            let lost: Vec<_> = acknowledged.iter().filter(|post| !stored.contains_key(&post.id)).collect();
            let some: Vec<_> = lost.iter().take(3).collect();
            holds(lost.is_empty(), format!("{} of {} lost: {some:?}", lost.len(), acknowledged.len()))
                .map(|()| stored)
        })
        .await;
        let rows = stored.values().map(Vec::len).sum();
        let disagreeing = self.disagreeing(clickhouse, rows as u64).await;
        let by_id: HashMap<_, _> = self.posts.iter().map(|post| (post.id, post)).collect();
        let several = stored.into_iter().filter(|(_, positions)| positions.len() > 1);
        let duplicates = several.map(|(id, positions)| (by_id[&id].clone(), positions)).collect();
        let repeated = self.posts.iter().filter(|post| post.attempts.len() > 1).count();
        let (posted, acknowledged) = (self.posts.len(), acknowledged.len());
        Verdict { posted, acknowledged, repeated, rows, duplicates, disagreeing }
    }

    async fn stored(&self, clickhouse: &ClickHouse) -> BTreeMap<Uuid, Vec<Position>> {
        let statement = format!(
            "SELECT id, groupArray((k_partition, k_offset, k_index)) AS positions \
             FROM events WHERE service_name = '{}' GROUP BY id",
            self.service
        );
        let rows: Vec<Stored> = clickhouse.rows(&statement).await;
        rows.into_iter().map(|row| (row.id, row.positions)).collect()
    }

    /// The rollups that do not count `rows`, after the last insert had time to reach them all.
    async fn disagreeing(&self, clickhouse: &ClickHouse, rows: u64) -> Vec<(&'static str, u64)> {
        let (end, mut looks) = (Instant::now() + AGREED, tokio::time::interval(Duration::from_millis(50)));
        loop {
            looks.tick().await;
            let mut disagreeing = Vec::new();
            for table in ROLLUPS {
                let sum = format!("SELECT sum(events) FROM {table} WHERE service_name = '{}'", self.service);
                let counted = clickhouse.number(&sum).await;
                disagreeing.extend((counted != rows).then_some((table, counted)));
            }
            if disagreeing.is_empty() || Instant::now() > end {
                return disagreeing;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn post(began: Instant, outcomes: &[Outcome]) -> Post {
        let attempts = outcomes.iter().map(|outcome| Attempt { began, ended: began, outcome: *outcome });
        Post { number: 1, id: Uuid::nil(), attempts: attempts.collect() }
    }

    fn verdict(post: Post, rows: &[Position]) -> Verdict {
        Verdict {
            posted: 1,
            acknowledged: 1,
            repeated: 0,
            rows: rows.len(),
            duplicates: vec![(post, rows.to_vec())],
            disagreeing: Vec::new(),
        }
    }

    #[test]
    fn a_repetition_explains_a_copy() {
        let repeated = post(Instant::now(), &[Outcome::NotSent, Outcome::Unknown, Outcome::Accepted]);
        let verdict = verdict(repeated, &[(0, 1, 0), (2, 5, 0)]);
        verdict.assert_posts_explain_copies();
        assert_eq!((verdict.posted_twice().count(), verdict.inserted_twice().count()), (1, 0));
    }

    #[test]
    #[should_panic(expected = "lies at")]
    fn one_accepted_post_explains_one_row_only() {
        let once = post(Instant::now(), &[Outcome::NotSent, Outcome::Accepted]);
        verdict(once, &[(0, 1, 0), (2, 5, 0)]).assert_posts_explain_copies();
    }

    #[test]
    fn an_event_in_flight_explains_a_second_insert() {
        let began = Instant::now();
        let verdict = verdict(post(began, &[Outcome::Accepted]), &[(0, 1, 0), (0, 1, 0)]);
        assert_eq!((verdict.posted_twice().count(), verdict.inserted_twice().count()), (0, 1));
        verdict.assert_inserted_twice_only_around(&[began + SECOND], 2 * SECOND);
    }

    #[test]
    #[should_panic(expected = "not in flight")]
    fn an_old_event_explains_none() {
        let began = Instant::now();
        let verdict = verdict(post(began, &[Outcome::Accepted]), &[(0, 1, 0), (0, 1, 0)]);
        verdict.assert_inserted_twice_only_around(&[began + 10 * SECOND], 2 * SECOND);
    }
}
