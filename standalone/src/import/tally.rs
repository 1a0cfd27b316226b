//! What was found and what became of it, by kind. Pure: numbers and words in, a table or JSON out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// What can be imported, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Users with their passwords
    Users,
    /// Projects
    Projects,
    /// Who is a member of which project
    Members,
    /// API keys
    Keys,
    /// Invites that are still open
    Invites,
    /// Anomaly rules
    Rules,
    /// Webhooks, with the last 50 deliveries of each
    Channels,
    /// Monitors, with what they saw
    Monitors,
    /// Screens of the wallboard
    Screens,
    /// Reports
    Reports,
    /// Counts by hour and day of events the original no longer has; they are only written to a file
    Summaries,
    /// Events
    Events,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 12] = [
        Self::Users,
        Self::Projects,
        Self::Members,
        Self::Keys,
        Self::Invites,
        Self::Rules,
        Self::Channels,
        Self::Monitors,
        Self::Screens,
        Self::Reports,
        Self::Summaries,
        Self::Events,
    ];

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// What became of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Rows of the original.
    pub(crate) found: u64,
    /// Brought over, now or by an earlier run that this one went on with.
    pub(crate) imported: u64,
    /// There already.
    pub(crate) already_there: u64,
    /// Not brought over, by reason.
    pub(crate) refused: BTreeMap<String, u64>,
}

impl Counts {
    /// Counts one that cannot be brought over.
    pub(crate) fn refuse(&mut self, reason: impl Into<String>) {
        *self.refused.entry(reason.into()).or_default() += 1;
    }

    /// All that were not.
    pub(crate) fn refusals(&self) -> u64 {
        self.refused.values().sum()
    }

    /// How many were looked at.
    pub(crate) fn handled(&self) -> u64 {
        self.imported + self.already_there + self.refusals()
    }
}

/// Notes kept of one sort; how many more there are is said.
const NOTES: usize = 20;

/// The report of an import.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    kinds: BTreeMap<Kind, Counts>,
    notes: BTreeMap<&'static str, (u64, Vec<String>)>,
}

impl Tally {
    /// The counts of a kind.
    pub(crate) fn of(&mut self, kind: Kind) -> &mut Counts {
        self.kinds.entry(kind).or_default()
    }

    /// Notes something a person should know: what sort of thing, and which.
    pub(crate) fn note(&mut self, sort: &'static str, which: impl Into<String>) {
        let (count, some) = self.notes.entry(sort).or_default();
        *count += 1;
        if some.len() < NOTES {
            some.push(which.into());
        }
    }

    /// As JSON.
    pub(crate) fn json(&self, is_dry: bool, is_whole: bool) -> serde_json::Value {
        let notes: BTreeMap<_, _> = self
            .notes
            .iter()
            .map(|(sort, (count, some))| (*sort, serde_json::json!({"count": count, "some": some})))
            .collect();
        let kinds: BTreeMap<_, _> = self.kinds.iter().map(|(kind, counts)| (kind.name(), counts)).collect();
        serde_json::json!({"dry_run": is_dry, "complete": is_whole, "kinds": kinds, "notes": notes})
    }

    /// As a table for a person.
    pub(crate) fn table(&self, is_dry: bool) -> String {
        let imported = if is_dry { "to import" } else { "imported" };
        let mut text =
            format!("{:<12}{:>12}{imported:>12}{:>15}{:>10}\n", "", "found", "already there", "refused");
        let mut line = |line: String| {
            // Writing to a string cannot fail.
            let _infallible = writeln!(text, "{line}");
        };
        for (kind, counts) in &self.kinds {
            let Counts { found, imported, already_there, .. } = counts;
            line(format!(
                "{:<12}{found:>12}{imported:>12}{already_there:>15}{:>10}",
                kind.name(),
                counts.refusals()
            ));
            for (reason, count) in &counts.refused {
                line(format!("    {count} refused: {reason}"));
            }
        }
        for (sort, (count, some)) in &self.notes {
            line(format!("\n{sort} ({count})"));
            some.iter().for_each(|which| line(format!("    {which}")));
            if *count > some.len() as u64 {
                line(format!("    and {} more", count - some.len() as u64));
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_sees_every_number_and_every_reason() {
        let mut tally = Tally::default();
        let events = tally.of(Kind::Events);
        (events.found, events.imported, events.already_there) = (10, 6, 2);
        events.refuse("path: required");
        events.refuse("path: required");
        assert_eq!(events.handled(), 10);
        (0..25).for_each(|n| tally.note("Slugs changed", format!("p{n}")));
        let text = tally.table(false);
        let row: Vec<_> =
            text.lines().find(|line| line.starts_with("events")).unwrap().split_whitespace().collect();
        assert_eq!(row, ["events", "10", "6", "2", "2"]);
        assert!(text.contains("2 refused: path: required") && text.contains("and 5 more"), "{text}");
        let json = tally.json(false, true);
        assert_eq!(json["kinds"]["events"]["refused"]["path: required"], 2);
        assert_eq!(json["notes"]["Slugs changed"]["count"], 25);
    }
}
