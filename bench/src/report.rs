//! The table and the document around it, in Markdown.

use std::fs;
use std::process::Command;

use crate::catalogue::{Bench, Bound, Extent, Figure, Measured, figures};

/// What stands in the document before the table.
const METHOD: &str = include_str!("method.md");

/// What was measured, and what was wanted.
pub struct Report<'r> {
    /// How much was measured.
    pub extent: Extent,
    /// What came out.
    pub measured: &'r [Measured],
    /// What did not.
    pub failures: &'r [(&'r Bench, String)],
}

impl Report<'_> {
    /// The machine, the versions and one line a figure.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = self.circumstances();
        out.push_str("\n| # | figure | target | stretch | measured | spread | | |\n|---|---|---|---|---|---|---|---|\n");
        for figure in figures() {
            let found = self.measured.iter().find(|found| found.line == (figure.id, figure.part));
            let failed = self.failures.iter().find(|(bench, _)| bench.ids.contains(&figure.id));
            let line = match (found, failed) {
                (Some(found), _) if found.is_measured() => line(&figure, found),
                (Some(found), _) => not_measured(&found.note),
                (None, Some((_, why))) => not_measured(why),
                (None, None) => continue,
            };
            let (target, stretch) = (bound(&figure, figure.target), bound(&figure, figure.stretch));
            out += &format!("| {} | {} | {target} | {stretch} | {line}\n", figure.id, figure.what);
        }
        out
    }

    /// The file that is committed.
    #[must_use]
    pub fn document(&self) -> String {
        format!("{METHOD}\n## Last run\n\n{}", self.table())
    }

    fn circumstances(&self) -> String {
        let Extent { rounds, scale, embedded, .. } = self.extent;
        let mut out = String::new();
        let facts = [
            ("machine", machine()),
            (
                "built",
                format!(
                    "bataudit {}, {}, {} profile",
                    env!("CARGO_PKG_VERSION"),
                    said("rustc", &["--version"]),
                    profile()
                ),
            ),
            ("revision", said("git", &["describe", "--always", "--dirty"])),
            ("servers", servers()),
            (
                "run",
                format!(
                    "{}, {rounds} rounds{}{}",
                    chrono::Utc::now().format("%Y-%m-%d %H:%M UTC"),
                    if scale < 1.0 { "; SHORT: shows that it works, not how fast" } else { "" },
                    if embedded { "; read from the embedded installation" } else { "" },
                ),
            ),
        ];
        for (name, fact) in facts {
            out += &format!("- {name}: {fact}\n");
        }
        out
    }
}

fn not_measured(why: &str) -> String {
    format!("not measured | | **failed** | {} |", cell(why))
}

fn line(figure: &Figure, found: &Measured) -> String {
    let value = found.rounds.median();
    let (low, high) = found.rounds.spread();
    let spread = match found.rounds.len() {
        0 | 1 => String::new(),
        rounds => format!("{} – {} ({rounds})", number(low), number(high)),
    };
    let verdict = match (figure.target, figure.stretch) {
        (None, _) => "",
        (Some(target), _) if !target.holds(value) => "**miss**",
        (_, Some(stretch)) if stretch.holds(value) => "pass, stretch",
        _ => "pass",
    };
    format!("{} {} | {spread} | {verdict} | {} |", number(value), figure.unit, cell(&found.note))
}

fn bound(figure: &Figure, bound: Option<Bound>) -> String {
    match bound {
        None => String::new(),
        Some(Bound::AtLeast(least)) => format!("≥ {} {}", number(least), figure.unit),
        Some(Bound::AtMost(most)) => format!("≤ {} {}", number(most), figure.unit),
    }
}

/// Three significant digits, or all digits before the point.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100_000.0 => format!("{:.0} k", value / 1000.0),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 0.1 || size == 0.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

fn cell(text: &str) -> String {
    let text: String = text.chars().take(300).collect();
    text.replace('|', "/").replace('\n', " ")
}

/// The profile these programs were built with, by the folder they lie in.
fn profile() -> String {
    let own = std::env::current_exe().unwrap_or_default();
    let folder = own.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
    folder.to_string_lossy().into_owned()
}

fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(": ")).map_or("unknown", |(_, value)| value)
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or_default();
    format!(
        "{cores} cores of {}, {} GiB, Linux {}, load {load} after the run",
        field("model name"),
        kib >> 20,
        kernel.trim()
    )
}

/// The versions of the servers are those that `deploy/dev` pins.
fn servers() -> String {
    let settings = fs::read_to_string(bataudit_e2e::binaries::in_checkout("deploy/dev/settings.bash"));
    let settings = settings.unwrap_or_default();
    let named = |prefix: &str| {
        let at = settings.find(prefix).map(|at| &settings[at..]);
        at.and_then(|rest| rest.split_whitespace().next()).unwrap_or(prefix).to_owned()
    };
    format!("{}, {} as ClickHouse", named("kafka-"), named("chdb-"))
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rounds::Rounds;

    #[test]
    fn a_line_says_whether_the_target_holds() {
        let measured = [
            Measured::of(("G5", ""), Rounds::from_iter([3.6, 3.4, 3.9])).noting("a|b"),
            Measured::of(("G6", ""), 100.0),
        ];
        let extent = Extent { rounds: 3, scale: 1.0, embedded: false, store: 1 };
        let report = Report { extent, measured: &measured, failures: &[] };
        let table = report.table();
        assert!(table.contains("| ≥ 3.50  | ≥ 4.20  | 3.60  | 3.40 – 3.90 (3) | pass | a/b |"), "{table}");
        assert!(table.contains("100 MB/s |  | **miss** |  |"), "{table}");
        assert!(!table.contains("| G7 |"), "{table}");
        assert!(report.document().starts_with("# Benchmarks"));
    }
}
