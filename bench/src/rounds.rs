//! Numbers of several rounds, and what is told of them. Pure.

/// What one figure came to in each round.
#[derive(Debug, Clone, Default)]
pub struct Rounds(Vec<f64>);

impl Rounds {
    /// Adds a round.
    pub fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// How many rounds there were.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there was none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Round by round, this divided by that.
    #[must_use]
    pub fn over(&self, bare: &Self) -> Self {
        Self(self.0.iter().zip(&bare.0).map(|(a, b)| a / b).collect())
    }

    /// Each value through a function.
    #[must_use]
    pub fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        Self(self.0.iter().copied().map(change).collect())
    }

    /// The middle value; not a number without rounds.
    #[must_use]
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    /// The lowest and the highest value.
    #[must_use]
    pub fn spread(&self) -> (f64, f64) {
        let sorted = self.sorted();
        match (sorted.first(), sorted.last()) {
            (Some(low), Some(high)) => (*low, *high),
            _ => (f64::NAN, f64::NAN),
        }
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

impl From<f64> for Rounds {
    fn from(value: f64) -> Self {
        Self(vec![value])
    }
}

impl FromIterator<f64> for Rounds {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// The value below which this share of the sorted values lies; 0 where there is none.
#[must_use]
pub fn quantile<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_round_by_round() {
        let ours: Rounds = [1.0, 4.0, 9.0].into_iter().collect();
        let bare: Rounds = [2.0, 4.0, 3.0].into_iter().collect();
        let ratio = ours.over(&bare);
        assert_eq!((ratio.median(), ratio.spread()), (1.0, (0.5, 3.0)));
        assert_eq!(Rounds::from_iter([4.0, 1.0]).median(), 2.5);
        assert!(Rounds::default().median().is_nan());
    }

    #[test]
    fn quantiles() {
        let values: Vec<u32> = (1..=100).collect();
        assert_eq!((quantile(&values, 0.5), quantile(&values, 0.99), quantile(&values, 1.0)), (51, 100, 100));
        assert_eq!(quantile::<u32>(&[], 0.5), 0);
    }
}
