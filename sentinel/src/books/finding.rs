//! What a comparison found, as it is kept. In: a report. Out: a row of the control store, and back from its
//! text what the next comparison has to look at again. Pure.

use bataudit_control::reconciliations::{Hour, Reconciliation};
use bataudit_ledger::rollups::Disagreement;
use bataudit_ledger::verify::HourLine;
use bataudit_ledger::{Report, Scope};
use serde::Deserialize;
use serde_json::json;

/// The row of a comparison made at `now`.
pub(super) fn row(scope: &Scope, now: i64, report: &Report, mended: &[Disagreement]) -> Reconciliation {
    let findings = json!({
        "found": report.found,
        "places": report.findings,
        "rollups": report.rollups,
        "mended": mended,
    });
    let total = &report.total;
    Reconciliation {
        from_ms: scope.received.start,
        to_ms: scope.received.end,
        checked_at: now,
        accepted: count(total.accepted),
        stored: count(total.stored),
        dead_lettered: count(total.dead_lettered),
        repeats: count(total.repeats),
        waiting: count(total.waiting),
        differing: count(report.differing()),
        rollups_differing: scope.rollups.as_ref().map(|_| count(report.rollups.len() as u64)),
        is_cut: i64::from(report.partitions.iter().any(|partition| partition.is_cut)),
        findings: findings.to_string(),
    }
}

/// What became of the events of each hour and project.
pub(super) fn hours(report: &Report) -> Vec<Hour> {
    let hour = |line: &HourLine| Hour {
        hour: line.hour,
        project_id: line.project.to_string(),
        accepted: count(line.counts.accepted),
        stored: count(line.counts.stored),
        dead_lettered: count(line.counts.dead_lettered),
        repeats: count(line.counts.repeats),
        removed: count(line.counts.removed),
        differing: line.counts.difference,
    };
    report.hours.iter().map(hour).collect()
}

fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[derive(Deserialize)]
struct Findings {
    #[serde(default)]
    rollups: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    at: i64,
}

/// Start of the earliest hour or day of a rollup that differed, unix milliseconds.
pub(super) fn earliest_rollup(findings: &str) -> Option<i64> {
    let findings: Findings = serde_json::from_str(findings).ok()?;
    findings.rollups.iter().map(|cell| cell.at).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_found_again_and_what_is_mended_is_not() {
        let cell =
            |at| Disagreement { table: "stats_hour", at, project: "p".to_owned(), rows: 2, counted: 1 };
        let report = Report {
            from: 0,
            to: 9,
            hours: Vec::new(),
            total: bataudit_ledger::tally::Counts::default(),
            partitions: Vec::new(),
            findings: Vec::new(),
            found: std::collections::BTreeMap::new(),
            rollups: vec![cell(7), cell(5)],
        };
        let scope = Scope { received: 0..9, project: None, rollups: Some(0..9) };
        let row = row(&scope, 10, &report, &[cell(3)]);
        assert_eq!((row.rollups_differing, earliest_rollup(&row.findings)), (Some(2), Some(5)));
        assert_eq!(earliest_rollup("{}"), None, "as an earlier version wrote it");
    }
}
