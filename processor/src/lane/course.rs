//! Where a lane is in the log: which record comes next, and which batches of before lie ahead. Pure.

use std::collections::VecDeque;

use crate::batch::Border;
use crate::decode::decode;
use crate::incident::{Incident, Kind};
use crate::record::Record;
use crate::recover::{Action, Planned, RowIds, other_record};

/// How a batch is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mode {
    /// For the first time.
    Plain,
    /// As one that was begun before.
    Again(Action),
}

/// What a record is to the lane.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The next one.
    Next,
    /// The next one, but some before it are missing.
    After(Incident),
    /// Stored before the lane began.
    Known,
    /// Proof that the log is another one.
    Other(Incident),
    /// Past what the lane knows of the table: it must ask again from here.
    Beyond(i64),
}

/// The course of a lane.
#[derive(Debug)]
pub(super) struct Course {
    next: i64,
    plan: VecDeque<Planned>,
    /// What the table holds past the plan is not known.
    is_cut: bool,
    /// The place before the start, and the rows that the table has from there.
    before: Option<(i64, RowIds)>,
}

impl Course {
    pub(super) fn new(start: i64, plan: Vec<Planned>, is_cut: bool) -> Self {
        Self { next: start, plan: plan.into(), is_cut, before: None }
    }

    /// The same, with the rows of the record at `offset`, which lies before the start.
    pub(super) fn knowing(self, offset: i64, rows: RowIds) -> Self {
        Self { before: (offset < self.next).then_some((offset, rows)), ..self }
    }

    pub(super) fn arrive(&mut self, record: &Record) -> Arrival {
        if record.offset < self.next {
            return self.compare(record);
        }
        if self.is_cut && self.plan.back().is_none_or(|last| last.offsets.end <= record.offset) {
            return Arrival::Beyond(self.next);
        }
        let missing = self.next..record.offset;
        self.next = record.offset + 1;
        if missing.is_empty() {
            return Arrival::Next;
        }
        let lost = missing.start.abs_diff(missing.end);
        Arrival::After(Incident::new(Kind::OffsetsMissing, missing, lost, "the log has no records there"))
    }

    fn compare(&mut self, record: &Record) -> Arrival {
        let Some((_, rows)) = self.before.take_if(|(offset, _)| *offset == record.offset) else {
            return Arrival::Known;
        };
        let events = decode(record.format.as_deref(), record.value.as_deref()).unwrap_or_default();
        let ids: Vec<[u8; 16]> = events.iter().map(|event| event.id).collect();
        other_record(record.offset, &ids, &rows).map_or(Arrival::Known, Arrival::Other)
    }

    /// The range of before that covers this offset, which no earlier one lies after.
    fn covering(&self, offset: i64) -> Option<&Planned> {
        self.plan.front().filter(|planned| planned.offsets.contains(&offset))
    }

    /// Whether the batch that starts here must end where it ended before.
    pub(super) fn is_exact(&self, start: i64) -> bool {
        matches!(self.border(start), Border::Exactly(_))
    }

    /// How the batch that starts here is to be stored.
    pub(super) fn mode(&self, start: i64) -> Mode {
        match self.covering(start) {
            None => Mode::Plain,
            Some(Planned { offsets, action }) if offsets.start == start => Mode::Again(action.clone()),
            Some(_) => Mode::Again(Action::Fill),
        }
    }

    /// Where the batch that starts here may end.
    pub(super) fn border(&self, start: i64) -> Border {
        match self.covering(start) {
            Some(Planned { offsets, action: Action::Resend { .. } }) if offsets.start == start => {
                Border::Exactly(offsets.end)
            }
            Some(planned) => Border::Within(planned.offsets.end),
            None => {
                let next = self.plan.front().filter(|planned| planned.offsets.start >= start);
                next.map_or(Border::Open, |planned| Border::Within(planned.offsets.start))
            }
        }
    }

    /// Forgets the ranges before this offset, where the next batch starts. The last of a full page stays:
    /// it tells where the page ends.
    pub(super) fn pass(&mut self, offset: i64) {
        let least = usize::from(self.is_cut);
        while self.plan.len() > least
            && self.plan.front().is_some_and(|planned| planned.offsets.end <= offset)
        {
            self.plan.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;
    use crate::recover::Held;

    fn resend(offsets: Range<i64>) -> Planned {
        Planned { offsets, action: Action::Resend { expected: None, held: Held::default() } }
    }

    fn fill(offsets: Range<i64>) -> Planned {
        Planned { offsets, action: Action::Fill }
    }

    fn at(offset: i64) -> Record {
        Record { offset, ..Record::default() }
    }

    #[test]
    fn borders_follow_the_plan() {
        let mut course = Course::new(0, vec![resend(0..5), fill(8..12)], false);
        assert_eq!((course.border(0), course.is_exact(0)), (Border::Exactly(5), true));
        course.pass(5);
        assert_eq!((course.border(5), course.mode(5)), (Border::Within(8), Mode::Plain));
        assert_eq!((course.border(8), course.mode(8)), (Border::Within(12), Mode::Again(Action::Fill)));
        assert_eq!((course.border(10), course.mode(10)), (Border::Within(12), Mode::Again(Action::Fill)));
        course.pass(12);
        assert_eq!((course.border(12), course.mode(12)), (Border::Open, Mode::Plain));
        assert!(course.plan.is_empty());
    }

    #[test]
    fn a_gap_is_an_incident() {
        let mut course = Course::new(3, Vec::new(), false);
        assert_eq!(course.arrive(&at(2)), Arrival::Known);
        assert_eq!(course.arrive(&at(3)), Arrival::Next);
        let Arrival::After(incident) = course.arrive(&at(6)) else { panic!("no gap") };
        assert_eq!((incident.kind, incident.offsets, incident.lost), (Kind::OffsetsMissing, 4..6, 2));
        assert_eq!(course.arrive(&at(7)), Arrival::Next);
    }

    #[test]
    fn past_a_full_page_it_asks_again() {
        let mut course = Course::new(0, vec![fill(0..2)], true);
        assert_eq!(course.arrive(&at(0)), Arrival::Next);
        assert_eq!(course.arrive(&at(1)), Arrival::Next);
        course.pass(2);
        assert_eq!(course.arrive(&at(2)), Arrival::Beyond(2));
    }
}
