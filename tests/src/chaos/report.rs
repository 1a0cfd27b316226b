//! The table at the end of a campaign: a line for each kind of fault.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use super::campaign::Outcome;

/// Sums of the rounds of one name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Line {
    injected: u64,
    repeats: u64,
    acknowledged: u64,
    lost: u64,
    doubled: u64,
    rollups: u64,
    mended: u64,
    slowest: Duration,
    missed: u64,
    failed: usize,
}

impl Line {
    fn add(&mut self, outcome: &Outcome) {
        self.failed += usize::from(!outcome.is_clean());
        let Ok(verdict) = &outcome.verdict else { return };
        self.missed += verdict.missed;
        self.injected += verdict.injected(outcome.round.faults.len());
        self.repeats += verdict.repeats;
        self.acknowledged += verdict.acknowledged;
        self.lost += verdict.lost;
        self.doubled += verdict.doubled;
        self.rollups += verdict.rollup_differences;
        self.mended += verdict.mended;
        self.slowest = self.slowest.max(verdict.slowest);
    }

    fn row(&self, name: &str) -> String {
        let Self { injected, repeats, acknowledged, lost, doubled, rollups, mended, slowest, missed, failed } =
            self;
        let slowest = slowest.as_secs_f64();
        format!(
            "| {name} | {injected} | {missed} | {acknowledged} | {repeats} | {lost} | {doubled} | {rollups} | {mended} | {slowest:.1} s | {failed} |"
        )
    }
}

/// The table, in Markdown. Only what was injected, in a round that came to its end, counts as injected.
#[must_use]
pub fn table(outcomes: &[Outcome]) -> String {
    let (mut lines, mut total): (BTreeMap<_, Line>, _) = (BTreeMap::new(), Line::default());
    for outcome in outcomes {
        lines.entry(outcome.round.name).or_default().add(outcome);
        total.add(outcome);
    }
    let mut table =
        "| fault | injected | not reached | acknowledged | repeats | lost | doubled | rollup differences | rollup hours and days \
                     mended | longest until stored | failed rounds |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
            .to_owned();
    for (name, line) in &lines {
        writeln!(table, "{}", line.row(name)).expect("writing to memory");
    }
    writeln!(table, "{}", total.row("**all**")).expect("writing to memory");
    table
}

/// What a person must know about an outcome at once.
#[must_use]
pub fn sentence(outcome: &Outcome) -> String {
    let round = &outcome.round;
    let head = format!("{:<32} {:>3} faults", round.name, round.faults.len());
    let mut text = match &outcome.verdict {
        Ok(verdict) => format!(
            "{head}, {} not reached: {} acknowledged, {} stored, {} lost, {} doubled, rollups off by {} after {} were mended, longest until stored {:.1} s",
            verdict.missed,
            verdict.acknowledged,
            verdict.stored,
            verdict.lost,
            verdict.doubled,
            verdict.rollup_differences,
            verdict.mended,
            verdict.slowest.as_secs_f64()
        ),
        Err(broken) => format!("{head}: BROKEN: {broken}"),
    };
    for finding in outcome.verdict.iter().flat_map(|verdict| &verdict.findings) {
        write!(text, "\n    {finding}").expect("writing to memory");
    }
    if let Some(kept) = &outcome.kept {
        let faults: Vec<_> = round.faults.iter().map(|(kind, _)| kind.name).collect();
        write!(text, "\n    faults: {}\n    logs: {}", faults.join(", "), kept.display())
            .expect("writing to memory");
    }
    text
}
