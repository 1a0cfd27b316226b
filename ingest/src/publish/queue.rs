//! All lines, and the memory of what waits in them or is under way. In: submissions, and word of what
//! became of records. Out: records to send, and the parts that will not be sent. It must not know
//! Kafka; what it gives out, its owner settles.

use std::collections::HashMap;
use std::time::Instant;

use super::PublishError;
use super::line::{Line, Part, Record};

/// What waits and what is under way.
#[derive(Debug)]
pub(super) struct Queue<S> {
    lines: HashMap<i32, Line<S>>,
    held: usize,
    most: usize,
    is_closed: bool,
}

impl<S> Queue<S> {
    /// A queue whose events take at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { lines: HashMap::new(), held: 0, most, is_closed: false }
    }

    /// Whether a submission that takes so many bytes may join: all of it or nothing. What is larger than the
    /// queue joins when nothing else is there.
    pub(super) fn admit(&mut self, bytes: usize) -> Result<(), PublishError> {
        if self.is_closed {
            return Err(PublishError::Unavailable);
        }
        if self.held > 0 && self.held.saturating_add(bytes) > self.most {
            return Err(PublishError::Overloaded);
        }
        self.held += bytes;
        Ok(())
    }

    /// Takes a part that was admitted.
    pub(super) fn join(&mut self, partition: i32, part: Part<S>) {
        self.lines.entry(partition).or_default().join(part);
    }

    /// The record that is to be sent to a partition now, if there is one.
    pub(super) fn leave(&mut self, partition: i32) -> Option<Record<S>> {
        self.lines.get_mut(&partition)?.leave()
    }

    /// Whether more waits for a partition than one record takes.
    pub(super) fn is_full(&self, partition: i32) -> bool {
        self.lines.get(&partition).is_some_and(Line::is_full)
    }

    /// A record whose parts took so many bytes is no longer under way, whatever became of it.
    pub(super) fn landed(&mut self, partition: i32, bytes: usize) {
        self.held = self.held.saturating_sub(bytes);
        if let Some(line) = self.lines.get_mut(&partition) {
            line.landed();
        }
    }

    /// Takes out what has waited since `limit` or longer: it must not be sent any more.
    pub(super) fn expire(&mut self, limit: Instant) -> Vec<S> {
        let held = &mut self.held;
        let of_line = |line: &mut Line<S>| std::iter::from_fn(|| line.expire(limit)).collect::<Vec<_>>();
        let parts = self.lines.values_mut().flat_map(of_line);
        parts.map(|part| give_back(held, part)).collect()
    }

    /// Takes out all that waits, and admits nothing from here on.
    pub(super) fn close(&mut self) -> Vec<S> {
        self.is_closed = true;
        let held = &mut self.held;
        self.lines.values_mut().flat_map(Line::drain).map(|part| give_back(held, part)).collect()
    }
}

fn give_back<S>(held: &mut usize, part: Part<S>) -> S {
    *held = held.saturating_sub(part.encoded.room());
    part.submission
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use bataudit_event::Event;
    use bataudit_event::record::{self, Encoded};
    use proptest::prelude::*;

    use super::super::pack::RECORD_BYTES;
    use super::*;

    const PARTITIONS: i32 = 3;
    const MOST: usize = 2_000_000;

    /// What happens at the queue.
    #[derive(Debug, Clone)]
    enum Step {
        /// A submission: the partition, number of events and size of each event of its parts.
        Submit(Vec<(i32, usize, usize)>),
        /// The n-th record under way lands.
        Land(usize),
        /// The client library refuses the next record.
        Refuse,
        /// Time passes, and what has waited longer than this, in steps, is taken out.
        Expire(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let part = (0..PARTITIONS, 1_usize..4, prop_oneof![4 => 0_usize..200, 1 => 50_000_usize..200_000]);
        prop_oneof![
            6 => prop::collection::vec(part, 1..4).prop_map(Step::Submit),
            5 => any::<usize>().prop_map(Step::Land),
            1 => Just(Step::Refuse),
            1 => (0_u64..20).prop_map(Step::Expire),
        ]
    }

    /// A part as the world sees it: its submission, its turn in it, and its ids.
    type Key = (usize, usize);

    struct World {
        queue: Queue<Key>,
        start: Instant,
        now: u64,
        /// Ids of each part, by the order in which they were submitted.
        parts: HashMap<Key, (i32, Vec<u64>, u64)>,
        under_way: Vec<(i32, usize)>,
        settled: HashSet<Key>,
        /// Of each partition.
        sent: HashMap<i32, Vec<Key>>,
        refuses: bool,
    }

    impl World {
        fn new() -> Self {
            let (start, queue) = (Instant::now(), Queue::new(MOST));
            Self {
                queue,
                start,
                now: 0,
                parts: HashMap::new(),
                under_way: Vec::new(),
                settled: HashSet::new(),
                sent: HashMap::new(),
                refuses: false,
            }
        }

        fn at(&self, step: u64) -> Instant {
            self.start + Duration::from_secs(step)
        }

        fn settle(&mut self, keys: impl IntoIterator<Item = Key>) {
            for key in keys {
                assert!(self.settled.insert(key), "{key:?} is settled twice");
            }
        }

        fn submit(&mut self, submission: usize, parts: &[(i32, usize, usize)]) {
            let mut encoded = Vec::new();
            for (turn, (partition, events, size)) in parts.iter().enumerate() {
                let text = "x".repeat(*size);
                let ids: Vec<u64> = (0..*events as u64)
                    .map(|n| (submission as u64) << 20 | (turn as u64) << 10 | n)
                    .collect();
                let event =
                    |id: &u64| Event { id: u128::from(*id).to_be_bytes(), path: &text, ..Event::default() };
                let events: Vec<_> = ids.iter().map(event).collect();
                encoded.push((*partition, ids, Encoded::of(events.iter(), 0)));
            }
            let bytes = encoded.iter().map(|(.., encoded)| encoded.room()).sum::<usize>();
            let (held, room) = (self.queue.held, self.queue.held + bytes <= MOST);
            let admitted = self.queue.admit(bytes);
            assert_eq!(admitted, if room || held == 0 { Ok(()) } else { Err(PublishError::Overloaded) });
            if admitted.is_err() {
                return;
            }
            for (turn, (partition, ids, encoded)) in encoded.into_iter().enumerate() {
                let key = (submission, turn);
                self.parts.insert(key, (partition, ids, self.now));
                self.queue.join(partition, Part { submission: key, encoded, since: self.at(self.now) });
            }
            for (partition, ..) in parts {
                self.send(*partition);
            }
        }

        fn send(&mut self, partition: i32) {
            while let Some(record) = self.queue.leave(partition) {
                let ids: Vec<u64> = record::decode(record.encoded.value())
                    .unwrap()
                    .iter()
                    .map(|event| u128::from_be_bytes(event.id) as u64)
                    .collect();
                assert_eq!(ids.len(), record.encoded.events());
                assert!(ids.len() <= 65_535);
                let expected = record.submissions.iter().flat_map(|key| {
                    let (of, ids, _) = &self.parts[key];
                    assert_eq!(*of, partition);
                    ids.clone()
                });
                assert_eq!(ids, expected.collect::<Vec<_>>(), "a record is its parts, in their order");
                assert!(record.submissions.len() == 1 || record.encoded.value().len() <= RECORD_BYTES);
                if std::mem::take(&mut self.refuses) {
                    self.queue.landed(partition, record.room);
                } else {
                    self.sent.entry(partition).or_default().extend(&record.submissions);
                    self.under_way.push((partition, record.room));
                    let beside = self.under_way.iter().filter(|(of, _)| *of == partition).count();
                    assert!(beside <= 4);
                }
                self.settle(record.submissions);
            }
        }

        fn land(&mut self, index: usize) {
            if !self.under_way.is_empty() {
                let (partition, bytes) = self.under_way.remove(index % self.under_way.len());
                self.queue.landed(partition, bytes);
                self.send(partition);
            }
        }

        fn expire(&mut self, steps: u64) {
            let oldest = self.now.saturating_sub(steps);
            let taken = self.queue.expire(self.at(oldest));
            assert!(taken.iter().all(|key| self.parts[key].2 <= oldest), "taken out too early");
            self.settle(taken);
            let late = |key: &&Key| !self.settled.contains(*key) && self.parts[*key].2 <= oldest;
            assert_eq!(self.parts.keys().find(late), None, "sent too late");
        }

        /// Nothing stands still, and nothing waits while nothing is under way.
        fn is_live(&self) {
            for (partition, line) in &self.queue.lines {
                let idle = !self.under_way.iter().any(|(of, _)| of == partition);
                let waits =
                    self.parts.iter().any(|(key, (of, ..))| of == partition && !self.settled.contains(key));
                assert!(!(idle && waits), "{line:?} waits for nothing");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_doubled_or_moved(steps in prop::collection::vec(step(), 1..60)) {
            let mut world = World::new();
            for (index, step) in steps.iter().enumerate() {
                world.now += 1;
                match step {
                    Step::Submit(parts) => world.submit(index, parts),
                    Step::Land(index) => world.land(*index),
                    Step::Refuse => world.refuses = true,
                    Step::Expire(steps) => world.expire(*steps),
                }
                world.is_live();
            }
            while !world.under_way.is_empty() {
                world.land(0);
            }
            prop_assert_eq!(world.settled.len(), world.parts.len(), "every part is settled");
            prop_assert_eq!(world.queue.held, 0);
            for sent in world.sent.values() {
                prop_assert!(sent.is_sorted(), "parts of a partition leave in the order they came in");
            }
        }
    }

    fn part(submission: u8, size: usize) -> Part<u8> {
        let text = "x".repeat(size);
        let encoded = Encoded::of([Event { path: &text, ..Event::default() }].iter(), size + 256);
        Part { submission, encoded, since: Instant::now() }
    }

    fn join(queue: &mut Queue<u8>, part: Part<u8>) -> Option<Record<u8>> {
        queue.admit(part.encoded.room()).unwrap();
        queue.join(0, part);
        queue.leave(0)
    }

    #[test]
    fn the_first_leaves_at_once_and_the_rest_together() {
        let mut queue = Queue::new(MOST);
        let first = join(&mut queue, part(1, 10)).unwrap();
        assert!(join(&mut queue, part(2, 10)).is_none());
        assert!(join(&mut queue, part(3, 10)).is_none());
        queue.landed(0, first.room);
        assert_eq!(queue.leave(0).unwrap().submissions, [2, 3]);
        assert!(queue.leave(0).is_none());
    }

    #[test]
    fn full_records_do_not_wait_for_each_other() {
        let mut queue = Queue::new(10 * RECORD_BYTES);
        let sent = (0..8).filter_map(|n| join(&mut queue, part(n, RECORD_BYTES)));
        assert_eq!(sent.map(|record| record.submissions).collect::<Vec<_>>(), [[0], [1], [2], [3]]);
        queue.landed(0, RECORD_BYTES);
        assert_eq!(queue.leave(0).unwrap().submissions, [4]);
    }

    #[test]
    fn a_large_event_travels_alone() {
        let mut queue = Queue::new(10 * RECORD_BYTES);
        let sizes = [10, 10, 2 * RECORD_BYTES, 10];
        let mut sent: Vec<_> =
            (1..).zip(sizes).filter_map(|(n, size)| join(&mut queue, part(n, size))).collect();
        sent.iter().for_each(|record| queue.landed(0, record.room));
        sent.extend(queue.leave(0));
        assert_eq!(sent.iter().map(|record| record.submissions[0]).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert!(sent.iter().all(|record| record.submissions.len() == 1));
    }

    #[test]
    fn memory_that_is_reserved_counts() {
        let mut queue = Queue::new(1000);
        let event = Event { path: "/a", ..Event::default() };
        let wide = Encoded::of([event].iter(), 900);
        assert!(wide.value().len() < 200);
        let record = join(&mut queue, Part { submission: 1, encoded: wide, since: Instant::now() }).unwrap();
        assert_eq!(queue.admit(200), Err(PublishError::Overloaded));
        queue.landed(0, record.room);
        assert_eq!((queue.held, queue.admit(200)), (0, Ok(())));
    }

    #[test]
    fn what_is_closed_gives_back_what_waits_and_takes_nothing() {
        let mut queue = Queue::new(MOST);
        let first = join(&mut queue, part(1, 10)).unwrap();
        assert!(join(&mut queue, part(2, 10)).is_none());
        assert_eq!(queue.close(), [2]);
        queue.landed(0, first.room);
        assert!(queue.leave(0).is_none());
        assert_eq!((queue.admit(1), queue.held), (Err(PublishError::Unavailable), 0));
    }
}
