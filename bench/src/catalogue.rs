//! Every figure: what it is, what it must reach, and which bench measures it.

use futures::future::LocalBoxFuture;

use crate::figures::{
    ack, allocations, drain, flow, gateway, growth, idle, masker, outage, produce, quiet, reads, takeover,
};
use crate::reads::catalogue as read;
use crate::rounds::Rounds;

/// On which side of a value a figure must lie.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// Not below.
    AtLeast(f64),
    /// Not above.
    AtMost(f64),
}

impl Bound {
    /// Whether a value keeps it.
    #[must_use]
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }
}

use Bound::{AtLeast, AtMost};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its number, such as `G5`.
    pub id: &'static str,
    /// Tells the lines of one number apart.
    pub part: &'static str,
    /// What is divided by what.
    pub what: &'static str,
    /// What must hold; `None` for a line that only informs.
    pub target: Option<Bound>,
    /// What is hoped for.
    pub stretch: Option<Bound>,
    /// Unit of the value.
    pub unit: &'static str,
}

const fn figure(
    (id, part): (&'static str, &'static str),
    what: &'static str,
    target: Option<Bound>,
    stretch: Option<Bound>,
    unit: &'static str,
) -> Figure {
    Figure { id, part, what, target, stretch, unit }
}

/// All lines, in the order of the table: the reads, of which there are many, stand where they are asked.
pub fn figures() -> impl Iterator<Item = Figure> {
    FIGURES.iter().copied().chain(read::figures())
}

#[rustfmt::skip]
const FIGURES: &[Figure] = &[
    figure(("G1", ""), "gateway events per CPU-second, 1 a request ÷ bare axum sink", Some(AtLeast(0.55)), Some(AtLeast(0.75)), ""),
    figure(("G2", ""), "gateway events per CPU-second, 100 a request ÷ 1 a request", Some(AtLeast(6.0)), Some(AtLeast(10.0)), ""),
    figure(("G3", ""), "gateway events per CPU-second, 100 a request", Some(AtLeast(0.6e6)), Some(AtLeast(1.0e6)), "/s"),
    figure(("G4", ""), "produce path events per CPU-second ÷ bare BaseProducer loop, same packing", Some(AtLeast(0.85)), Some(AtLeast(0.95)), ""),
    figure(("G5", ""), "masker MB/s ÷ serde_json::Value masker", Some(AtLeast(3.5)), Some(AtLeast(4.2)), ""),
    figure(("G6", ""), "masker MB/s with full validation in front", Some(AtLeast(500.0)), Some(AtLeast(700.0)), "MB/s"),
    figure(("G6", "quotes"), "for scale: a walk over the quotes of the same bytes", None, None, "MB/s"),
    figure(("G7", ""), "processor rows per processor CPU-second", Some(AtLeast(462e3)), Some(AtLeast(600e3)), "/s"),
    figure(("G8", ""), "processor rows/s ÷ bare insert of prepared RowBinary", Some(AtLeast(0.80)), Some(AtLeast(1.0)), ""),
    figure(("G9", ""), "processor rows/s ÷ bare insert of prepared Native", Some(AtLeast(0.50)), Some(AtLeast(0.65)), ""),
    figure(("G9", "bare"), "for scale: bare insert of prepared Native ÷ of prepared RowBinary", None, None, ""),
    figure(("G10", ""), "end to end events/s, 100 a request ÷ 2,138 (the original at its best, measured once)", Some(AtLeast(30.0)), Some(AtLeast(60.0)), ""),
    figure(("G11", ""), "single posts accepted/s, 64 connections ÷ 1,853 (the original at its best, measured once)", Some(AtLeast(8.0)), Some(AtLeast(15.0)), ""),
    figure(("G12", ""), "processor rows/s ÷ the same without fsync", Some(AtLeast(0.93)), Some(AtLeast(0.97)), ""),
    figure(("G14", "gateway"), "heap allocations per event, gateway, 100 a request, beyond bare axum", Some(AtMost(0.1)), Some(AtMost(0.02)), ""),
    figure(("G14", "processor"), "heap allocations per event, record to rows", Some(AtMost(0.1)), Some(AtMost(0.02)), ""),
    figure(("G14", "single"), "heap allocations per single post, beyond bare axum", Some(AtMost(4.0)), Some(AtMost(2.0)), ""),
    figure(("G15", "ratio"), "processor peak memory, backlog of 1 M ÷ of 100 k", Some(AtMost(1.10)), Some(AtMost(1.05)), ""),
    figure(("G15", "peak"), "processor peak memory, backlog of 1 M", Some(AtMost(256.0)), Some(AtMost(128.0)), "MiB"),
    figure(("G16", "memory"), "gateway memory in a broker outage ÷ (idle memory + its cap on bytes in flight)", Some(AtMost(1.1)), None, ""),
    figure(("G16", "lost"), "acknowledged events lost over that outage", Some(AtMost(0.0)), None, ""),
    figure(("G16", "store"), "processor memory in ten minutes without ClickHouse ÷ (idle memory + its caps)", Some(AtMost(1.1)), None, ""),
    figure(("G16", "caught up"), "time until what came meanwhile was stored, by itself ÷ that time", None, None, ""),
    figure(("G17", ""), "ack p99 at 50 % load ÷ bare produce p99, without linger as ours", Some(AtMost(1.5)), Some(AtMost(1.2)), ""),
    figure(("G17", "ack"), "for scale: that ack p99", None, None, "ms"),
    figure(("G18", ""), "time to visible p99 at 50 % load ÷ flush interval", Some(AtMost(1.4)), Some(AtMost(1.2)), ""),
    figure(("G19", ""), "disk bytes per event, merged ÷ PostgreSQL (917 bytes, measured once)", Some(AtMost(0.14)), Some(AtMost(0.09)), ""),
    figure(("G20", "median"), "quiet post to visible, median ÷ the original's 18 ms", Some(AtMost(2.0)), Some(AtMost(1.0)), ""),
    figure(("G20", "p99"), "quiet post to visible, p99 ÷ the original's 97 ms", Some(AtMost(1.5)), Some(AtMost(1.0)), ""),
    figure(("G24", "kill"), "processor killed to first new commit ÷ session timeout", Some(AtMost(1.2)), Some(AtMost(1.05)), ""),
    figure(("G24", "static"), "static member killed and restarted to first new commit", Some(AtMost(3.0)), Some(AtMost(1.0)), "s"),
    figure(("G25", ""), "CPU per event, gateway + processor, 100 a request", Some(AtMost(3.2)), Some(AtMost(2.5)), "µs"),
    figure(("G26", "all"), "idle memory of the embedded installation", Some(AtMost(450.0)), Some(AtMost(300.0)), "MiB"),
    figure(("G26", "ingest"), "idle memory of ingest", Some(AtMost(30.0)), None, "MiB"),
    figure(("G26", "processor"), "idle memory of the processor", Some(AtMost(40.0)), None, "MiB"),
    figure(("G21", ""), "API p95 ÷ engine p95 of the same statements", Some(AtMost(1.3)), Some(AtMost(1.1)), ""),
    figure(("G22", "page"), "growth exponent: page of a project", Some(AtMost(0.10)), Some(AtMost(0.03)), ""),
    figure(("G22", "hour"), "growth exponent: a project's stats of 24 hours", Some(AtMost(0.10)), Some(AtMost(0.03)), ""),
    figure(("G22", "rollup"), "growth exponent: a project's stats of 30 days", Some(AtMost(0.10)), Some(AtMost(0.03)), ""),
    figure(("G22", "id"), "growth exponent: look-up by id", Some(AtMost(0.10)), Some(AtMost(0.03)), ""),
    figure(("G22", "scan"), "growth exponent: a list that no index or count serves", Some(AtMost(1.0)), None, ""),
    figure(("G22", "ingest"), "growth exponent: rows inserted a second", Some(AtLeast(-0.05)), None, ""),
    figure(("G27", "list"), "list of all, median ÷ the original's 271 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "deep page"), "deep page, median ÷ the original's 517 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "stats"), "stats of 30 days, median ÷ the original's 1,428 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "sessions"), "sessions of 30 days, median ÷ the original's 1,695 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "orphans"), "orphans of 24 hours, median ÷ the original's 473 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "insights"), "insights of 30 days, median ÷ the original's 1,373 ms", Some(AtMost(0.05)), Some(AtMost(0.01)), ""),
    figure(("G27", "detail"), "one event, median ÷ 5 ms, the most of the original's fast half", Some(AtMost(3.0)), Some(AtMost(1.0)), ""),
    figure(("G27", "identifier"), "list by user, median ÷ 5 ms", Some(AtMost(3.0)), Some(AtMost(1.0)), ""),
    figure(("G27", "history"), "history of 90 days, median ÷ 5 ms", Some(AtMost(3.0)), Some(AtMost(1.0)), ""),
    figure(("G27", "session"), "one session, median ÷ 5 ms", Some(AtMost(3.0)), Some(AtMost(1.0)), ""),
];

/// What a bench found for one line.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Number and part of the line.
    pub line: (&'static str, &'static str),
    /// One value a round.
    pub rounds: Rounds,
    /// What the reader must know of it.
    pub note: String,
}

impl Measured {
    /// A line without a note.
    #[must_use]
    pub fn of(line: (&'static str, &'static str), rounds: impl Into<Rounds>) -> Self {
        Self { line, rounds: rounds.into(), note: String::new() }
    }

    /// A line that could not be measured, and why.
    #[must_use]
    pub fn failed(line: (&'static str, &'static str), why: &anyhow::Error) -> Self {
        Self::of(line, Rounds::default()).noting(format!("{why:#}"))
    }

    /// Whether it was measured.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        !self.rounds.is_empty()
    }

    /// With a note.
    #[must_use]
    pub fn noting(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// How much is to be measured.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Rounds of each comparison.
    pub rounds: u32,
    /// How much of the usual time and number of events: 1 for figures, less for trying out.
    pub scale: f64,
    /// Whether the line that is read from is `bataudit up`.
    pub embedded: bool,
    /// Events in the largest store that reads are measured in, at scale 1.
    pub store: u64,
}

impl Extent {
    /// A usual number of events, at this scale.
    #[must_use]
    pub fn events(&self, usual: u64) -> u64 {
        ((usual as f64 * self.scale) as u64).max(1_000)
    }

    /// Events in the largest store, at this scale.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.events(self.store)
    }

    /// A usual time, at this scale.
    #[must_use]
    pub fn seconds(&self, usual: f64) -> f64 {
        (usual * self.scale).max(0.5)
    }
}

/// Measures some figures at once, since they share the work.
pub type Run = fn(Extent) -> LocalBoxFuture<'static, anyhow::Result<Vec<Measured>>>;

/// A bench and the figures it measures.
pub struct Bench {
    /// Its name.
    pub name: &'static str,
    /// The numbers of its figures.
    pub ids: &'static [&'static str],
    /// What measures them.
    pub run: Run,
}

/// All benches, those that need the quietest machine first.
pub const BENCHES: &[Bench] = &[
    Bench { name: "masker", ids: &["G5", "G6"], run: |extent| Box::pin(masker::run(extent)) },
    Bench { name: "allocations", ids: &["G14"], run: |extent| Box::pin(allocations::run(extent)) },
    Bench { name: "produce", ids: &["G4"], run: |extent| Box::pin(produce::run(extent)) },
    Bench { name: "gateway", ids: &["G1", "G2", "G3", "G11"], run: |extent| Box::pin(gateway::run(extent)) },
    Bench { name: "ack", ids: &["G17"], run: |extent| Box::pin(ack::run(extent)) },
    Bench {
        name: "drain",
        ids: &["G7", "G8", "G9", "G12", "G19"],
        run: |extent| Box::pin(drain::run(extent)),
    },
    Bench { name: "memory", ids: &["G15"], run: |extent| Box::pin(drain::memory(extent)) },
    Bench { name: "flow", ids: &["G10", "G25"], run: |extent| Box::pin(flow::run(extent)) },
    Bench { name: "visible", ids: &["G18"], run: |extent| Box::pin(quiet::loaded(extent)) },
    Bench { name: "quiet", ids: &["G20"], run: |extent| Box::pin(quiet::run(extent)) },
    Bench { name: "outage", ids: &["G16"], run: |extent| Box::pin(outage::run(extent)) },
    Bench { name: "takeover", ids: &["G24"], run: |extent| Box::pin(takeover::run(extent)) },
    Bench { name: "reads", ids: &["G21", "G23"], run: |extent| Box::pin(reads::run(extent)) },
    Bench { name: "growth", ids: &["G22"], run: |extent| Box::pin(growth::run(extent)) },
    Bench { name: "original", ids: &["G27"], run: |extent| Box::pin(reads::against_the_original(extent)) },
    Bench { name: "idle", ids: &["G26"], run: |extent| Box::pin(idle::run(extent)) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_one_bench() {
        for figure in figures() {
            let benches = BENCHES.iter().filter(|bench| bench.ids.contains(&figure.id)).count();
            assert_eq!(benches, 1, "{}", figure.id);
        }
        for id in BENCHES.iter().flat_map(|bench| bench.ids) {
            assert!(figures().any(|figure| figure.id == *id), "{id}");
        }
    }
}
