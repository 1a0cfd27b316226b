//! Reading the newest of a range first: windows that widen until they hold enough. The newest are nearly always in the
//! last hour, and a narrow window reads a fraction of the table.

use super::range::HOUR_MS;

/// Width of the first window.
pub(crate) const FIRST_MS: i64 = HOUR_MS;
/// How much wider the next window is when nothing was found, and at most.
const MOST: i64 = 24;
/// How much wider it is at least.
const LEAST: i64 = 2;

/// The width to try after one in which `found` of `wanted` were, as if they lay evenly; with a half to spare, since a
/// window that falls short was read in vain.
pub(crate) fn wider(width_ms: i64, found: usize, wanted: usize) -> i64 {
    let (found, wanted) =
        (i64::try_from(found).unwrap_or(i64::MAX), i64::try_from(wanted).unwrap_or(i64::MAX));
    let factor =
        if found == 0 { MOST } else { (wanted.saturating_mul(3) / 2 / found + 1).clamp(LEAST, MOST) };
    width_ms.saturating_mul(factor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_rare_is_reached_in_few_steps() {
        let widths: Vec<_> =
            std::iter::successors(Some(FIRST_MS), |width| Some(wider(*width, 0, 101))).take(4).collect();
        assert_eq!(widths, [1, 24, 24 * 24, 24 * 24 * 24].map(|hours| hours * HOUR_MS));
        assert_eq!(wider(HOUR_MS, 50, 100), 4 * HOUR_MS, "half of it in an hour");
    }

    proptest! {
        #[test]
        fn windows_always_widen(width in 1_i64..i64::MAX / 48, found in any::<usize>(), wanted in any::<usize>()) {
            let next = wider(width, found, wanted);
            prop_assert!(next >= width * LEAST && next <= width * MOST);
        }
    }
}
