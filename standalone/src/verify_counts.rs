//! `bataudit verify-counts`: whether nothing was lost or doubled.
//!
//! In: a range of time, and the same environment as the services or the folder of a running `bataudit up`. Out: a table or JSON on standard output, and an
//! error when the books differ. All reading and comparing is the ledger's.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::bail;
use bataudit_ledger::tally::{Counts, Kind};
use bataudit_ledger::{Report, Scope, Sources, verify};
use bataudit_service::telemetry::LogConfig;
use chrono::{DateTime, TimeDelta, Utc};

use crate::cli::VerifyCounts;
use crate::up;

/// Runs the comparison; an error when anything differs.
pub(crate) fn run(asked: &VerifyCounts) -> anyhow::Result<()> {
    let now = Utc::now();
    let to = asked.to.unwrap_or(now);
    let from = asked.from.unwrap_or_else(|| now - TimeDelta::hours(i64::from(asked.hours)));
    if from >= to {
        bail!("--from must lie before --to");
    }
    let received = from.timestamp_millis()..to.timestamp_millis();
    let scope = Scope { rollups: Some(received.clone()), received, project: asked.project };
    let sources = sources(asked.data.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(verify(&sources, &scope))?;
    let text =
        if asked.json { format!("{}\n", serde_json::to_string_pretty(&report)?) } else { table(&report) };
    io::stdout().write_all(text.as_bytes())?;
    if report.agrees() { Ok(()) } else { bail!("the books do not agree: see above") }
}

/// Where the services have their data, by their own variables or in the folder of a running `bataudit up`.
pub(crate) fn sources(data: Option<&Path>) -> anyhow::Result<Sources> {
    let mut env = up::environment(data)?;
    let log = LogConfig::from_env(&mut env);
    let sources = Sources::from_env(&mut env);
    env.finish()?;
    log.start();
    Ok(sources)
}

/// The report for a person.
fn table(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |line: String| {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{line}");
    };
    line(format!("Events received from {} to {}", time(report.from), time(report.to)));
    for partition in report.partitions.iter().filter(|partition| partition.is_cut) {
        line(format!(
            "Partition {}: the log begins at offset {}; older records are deleted and were not compared.",
            partition.partition, partition.start
        ));
    }
    line(String::new());
    line(row(
        "hour (UTC)",
        "project",
        &["accepted", "stored", "dead", "repeats", "removed", "waiting", "difference"],
    ));
    for hour in &report.hours {
        let project =
            if hour.project.is_nil() { "unreadable records".to_owned() } else { hour.project.to_string() };
        line(row(&time(hour.hour), &project, &cells(&hour.counts)));
    }
    line(row("all", "", &cells(&report.total)));
    line(String::new());
    for (kind, count) in &report.found {
        let places =
            report.findings.iter().filter(|finding| finding.kind == *kind).map(|finding| finding.place);
        let places: Vec<_> = places.map(|place| place.to_string()).collect();
        line(format!("{}: {count}. First at (partition-offset-index): {}", meaning(*kind), places.join(" ")));
    }
    for wrong in &report.rollups {
        line(format!(
            "{} counts {} events of {} for project {}, but there are {} rows.",
            wrong.table,
            wrong.counted,
            time(wrong.at),
            wrong.project,
            wrong.rows
        ));
    }
    line(if report.agrees() {
        "Everything agrees.".to_owned()
    } else {
        "The books do not agree.".to_owned()
    });
    text
}

fn row<T: AsRef<str>>(hour: &str, project: &str, cells: &[T]) -> String {
    let cells = cells.iter().fold(String::new(), |line, cell| format!("{line}{:>12}", cell.as_ref()));
    format!("{hour:<18}{project:<38}{cells}")
}

fn cells(counts: &Counts) -> [String; 7] {
    let Counts { accepted, stored, dead_lettered, repeats, removed, waiting, difference } = counts;
    let [accepted, stored, dead, repeats, removed, waiting] =
        [accepted, stored, dead_lettered, repeats, removed, waiting].map(u64::to_string);
    [accepted, stored, dead, repeats, removed, waiting, difference.to_string()]
}

fn time(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string()
}

fn meaning(kind: Kind) -> &'static str {
    match kind {
        Kind::Missing => "Passed by the processor, but neither stored nor a dead letter",
        Kind::Doubled => "Stored more than once",
        Kind::RepeatStored => "Repeats that were stored although the first copy is",
        Kind::Unexpected => "Rows for which the log has no event at that place",
        Kind::Gap => "Offsets at which the log has no record",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bataudit_ledger::Place;
    use bataudit_ledger::tally::Finding;
    use bataudit_ledger::verify::HourLine;

    use super::*;

    #[test]
    fn a_person_sees_what_is_wrong_and_where() {
        let counts = Counts { accepted: 10, stored: 9, difference: 1, ..Counts::default() };
        let place = Place { partition: 2, offset: 7, index: 0 };
        let report = Report {
            from: 0,
            to: 3_600_000,
            hours: vec![HourLine { hour: 0, project: uuid::Uuid::from_u128(1), counts }],
            total: counts,
            partitions: Vec::new(),
            findings: vec![Finding { kind: Kind::Missing, place }],
            found: BTreeMap::from([(Kind::Missing, 1)]),
            rollups: Vec::new(),
        };
        let text = table(&report);
        assert!(
            text.contains("neither stored nor a dead letter: 1. First at (partition-offset-index): 2-7-0"),
            "{text}"
        );
        assert!(text.ends_with("The books do not agree.\n"), "{text}");
        let line = text.lines().find(|line| line.starts_with("1970-01-01 00:00")).unwrap();
        assert_eq!(line.split_whitespace().skip(3).collect::<Vec<_>>(), ["10", "9", "0", "0", "0", "0", "1"]);
    }
}
