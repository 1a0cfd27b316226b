//! What a service measures, said once: name, type, meaning and labels of each metric. In: declarations. Out: HELP
//! lines, buckets, and counters that are there from the start: an alert on an increase would not see the first
//! event of a counter that begins with it.

use metrics::{Label, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// Buckets for how long something took, in seconds: from a fast produce to a slow insert.
pub const SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// A metric that a service exports. docs/METRICS.md lists all of them, and a test compares.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    name: &'static str,
    kind: Kind,
    help: &'static str,
    labels: &'static [(&'static str, &'static [&'static str])],
    from_zero: bool,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    Histogram(&'static [f64]),
}

impl Metric {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        let from_zero = !matches!(kind, Kind::Gauge);
        Self { name, kind, help, labels: &[], from_zero }
    }

    /// Counts something since the process began; the name ends with `_total`.
    #[must_use]
    pub const fn counter(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Counter, help)
    }

    /// What was last measured; not there before that.
    #[must_use]
    pub const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Gauge, help)
    }

    /// How values are spread over these buckets.
    #[must_use]
    pub const fn histogram(name: &'static str, help: &'static str, buckets: &'static [f64]) -> Self {
        Self::new(name, Kind::Histogram(buckets), help)
    }

    /// A gauge of which 0 is true at the start.
    #[must_use]
    pub const fn from_zero(self) -> Self {
        Self { from_zero: true, ..self }
    }

    /// Its labels with all their values. A label without any has values that only a run tells, such as partitions: what
    /// it names is there once it was measured.
    #[must_use]
    pub const fn by(self, labels: &'static [(&'static str, &'static [&'static str])]) -> Self {
        Self { labels, ..self }
    }

    /// Its name and buckets, where it has buckets.
    pub(crate) fn buckets(&self) -> Option<(&'static str, &'static [f64])> {
        match self.kind {
            Kind::Histogram(buckets) => Some((self.name, buckets)),
            Kind::Counter | Kind::Gauge => None,
        }
    }

    /// Tells the recorder what it means, and exports it with each set of its labels.
    pub(crate) fn declare(&self) {
        let Self { name, kind, help, .. } = *self;
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Histogram(_) => describe_histogram!(name, help),
        }
        if !self.from_zero {
            return;
        }
        for labels in self.label_sets() {
            match kind {
                Kind::Counter => counter!(name, labels).increment(0),
                Kind::Gauge => gauge!(name, labels).increment(0.0),
                Kind::Histogram(_) => drop(histogram!(name, labels)),
            }
        }
    }

    /// Every combination of the values of its labels.
    fn label_sets(&self) -> Vec<Vec<Label>> {
        self.labels.iter().fold(vec![Vec::new()], |sets, &(name, values)| {
            let with = |set: &Vec<Label>, value: &'static str| {
                set.iter().cloned().chain([Label::from_static_parts(name, value)]).collect()
            };
            sets.iter().flat_map(|set| values.iter().map(move |value| with(set, value))).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_of_labels_is_there_and_open_ones_are_not() {
        let count = |labels: &'static [(&'static str, &'static [&'static str])]| {
            Metric::counter("x_total", "X.").by(labels).label_sets().len()
        };
        assert_eq!(count(&[]), 1);
        assert_eq!(count(&[("a", &["1", "2"]), ("b", &["1", "2", "3"])]), 6);
        assert_eq!(count(&[("a", &["1", "2"]), ("partition", &[])]), 0);
    }
}
