//! Exemplars: beside the count of a bucket, the trace of a request that fell into it, so that a slow bucket leads to a
//! slow request. In: what a followed request measured. Out: the exposition in the OpenMetrics format, which has a place
//! for them; the older text format has none. Nothing is kept of requests that are not followed.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// The content type of [`open_metrics`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Those of all histograms of this process.
static SEEN: Mutex<Exemplars> = Mutex::new(Exemplars { borders: BTreeMap::new(), series: BTreeMap::new() });

#[derive(Debug, Default)]
struct Exemplars {
    /// The buckets of each histogram.
    borders: BTreeMap<&'static str, &'static [f64]>,
    /// The last followed request of each bucket, by series: `name{label="value"`, without the end, where `le` comes.
    series: BTreeMap<String, Vec<Option<Exemplar>>>,
}

/// What one request measured.
#[derive(Debug, Clone, Copy)]
struct Exemplar {
    value: f64,
    trace: u128,
    /// Seconds since 1970.
    at: f64,
}

/// Notes that a followed request measured this value; the histogram itself is recorded as ever. Labels stand in the order
/// in which the histogram has them, and `trace` is the id of its trace.
pub fn note(histogram: &str, labels: &[(&str, &str)], value: f64, trace: u128) {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    seen().keep(histogram, labels, Exemplar { value, trace, at });
}

/// Tells which buckets a histogram has. Without that nothing is kept of it.
pub(crate) fn declare(histogram: &'static str, borders: &'static [f64]) {
    seen().borders.insert(histogram, borders);
}

/// The exposition in the OpenMetrics format, with exemplars.
pub(crate) fn open_metrics(text: &str) -> String {
    seen().write(text)
}

fn seen() -> MutexGuard<'static, Exemplars> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// In which bucket a value falls; the last one has no border.
fn place(borders: &[f64], value: f64) -> usize {
    borders.partition_point(|border| *border < value)
}

impl Exemplars {
    fn keep(&mut self, histogram: &str, labels: &[(&str, &str)], exemplar: Exemplar) {
        let Some(borders) = self.borders.get(histogram) else { return };
        let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let buckets = self.series.entry(format!("{histogram}{{{}", labels.join(","))).or_default();
        buckets.resize(borders.len() + 1, None);
        buckets[place(borders, exemplar.value)] = Some(exemplar);
    }

    /// The one of the bucket that a line of the exposition counts.
    fn of_line(&self, line: &str) -> Option<&Exemplar> {
        let (series, rest) = line.split_once("le=\"")?;
        let (name, labels) = series.split_once("_bucket{")?;
        let border = rest.split_once('"')?.0.parse().ok()?;
        let buckets = self.series.get(&format!("{name}{{{}", labels.trim_end_matches(',')))?;
        buckets.get(place(self.borders.get(name)?, border))?.as_ref()
    }

    fn write(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 1024);
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(about) = line.strip_prefix("# HELP ").or_else(|| line.strip_prefix("# TYPE ")) {
                let (name, rest) = about.split_once(' ').unwrap_or((about, ""));
                // A family of counters is named without the ending of its samples.
                let name = name.strip_suffix("_total").unwrap_or(name);
                out.extend([&line[..7], name, " ", rest]);
            } else {
                out.push_str(line);
            }
            if let Some(Exemplar { value, trace, at }) = self.of_line(line) {
                out.push_str(&format!(" # {{trace_id=\"{trace:032x}\"}} {value} {at:.3}"));
            }
            out.push('\n');
        }
        out.push_str("# EOF\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# HELP x_posts_total Posts.
# TYPE x_posts_total counter
x_posts_total{result=\"ok\"} 3

# HELP x_seconds How long.
# TYPE x_seconds histogram
x_seconds_bucket{result=\"ok\",le=\"0.1\"} 1
x_seconds_bucket{result=\"ok\",le=\"1\"} 2
x_seconds_bucket{result=\"ok\",le=\"+Inf\"} 3
x_seconds_sum{result=\"ok\"} 4
x_seconds_count{result=\"ok\"} 3
x_seconds_bucket{result=\"failed\",le=\"0.1\"} 1
# TYPE y_rows histogram
y_rows_bucket{le=\"1\"} 1
";

    fn exemplar(value: f64, trace: u128) -> Exemplar {
        Exemplar { value, trace, at: 1_700_000_000.25 }
    }

    #[test]
    fn a_bucket_has_the_last_request_that_fell_into_it() {
        let mut seen = Exemplars::default();
        seen.borders.insert("x_seconds", &[0.1, 1.0]);
        seen.borders.insert("y_rows", &[1.0]);
        for (value, trace) in [(0.5, 1), (7.0, 4), (1.0, 2), (0.1, 3)] {
            seen.keep("x_seconds", &[("result", "ok")], exemplar(value, trace));
        }
        seen.keep("y_rows", &[], exemplar(1.0, 0xabc));
        seen.keep("nobody_declared_it", &[], exemplar(1.0, 5));
        let written = seen.write(TEXT);
        let zeros = "0".repeat(31);
        assert_eq!(
            written,
            format!(
                "\
# HELP x_posts Posts.
# TYPE x_posts counter
x_posts_total{{result=\"ok\"}} 3
# HELP x_seconds How long.
# TYPE x_seconds histogram
x_seconds_bucket{{result=\"ok\",le=\"0.1\"}} 1 # {{trace_id=\"{zeros}3\"}} 0.1 1700000000.250
x_seconds_bucket{{result=\"ok\",le=\"1\"}} 2 # {{trace_id=\"{zeros}2\"}} 1 1700000000.250
x_seconds_bucket{{result=\"ok\",le=\"+Inf\"}} 3 # {{trace_id=\"{zeros}4\"}} 7 1700000000.250
x_seconds_sum{{result=\"ok\"}} 4
x_seconds_count{{result=\"ok\"}} 3
x_seconds_bucket{{result=\"failed\",le=\"0.1\"}} 1
# TYPE y_rows histogram
y_rows_bucket{{le=\"1\"}} 1 # {{trace_id=\"{}abc\"}} 1 1700000000.250
# EOF
",
                "0".repeat(29)
            )
        );
    }
}
