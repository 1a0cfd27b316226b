//! Moments: RFC 3339 with an offset, or a number. A number below 100,000,000,000 counts seconds (the
//! year 5138), one from there on milliseconds (from 1973 on). Microseconds and nanoseconds are
//! refused rather than guessed.

use chrono::DateTime;

/// Where milliseconds begin.
const FIRST_MILLIS: f64 = 1e11;
/// Where nothing sensible begins: the year 5138 in milliseconds.
const END_MILLIS: f64 = 1e14;
/// Longest text: a moment with more digits than any clock has.
const LONGEST: usize = 64;

/// A client's own moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Given<'a> {
    /// Unix milliseconds.
    pub(crate) millis: i64,
    /// The moment as sent.
    pub(crate) text: &'a str,
}

/// Reads a JSON text or number.
pub(super) fn parse(json: &str) -> Option<Given<'_>> {
    if json.len() > LONGEST {
        return None;
    }
    let quoted = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let millis = match quoted {
        Some(text) => DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis(),
        None => of_number(json)?,
    };
    Some(Given { millis, text: quoted.unwrap_or(json) })
}

fn of_number(json: &str) -> Option<i64> {
    let number: f64 = json.parse().ok()?;
    let millis = if number.abs() < FIRST_MILLIS { number * 1000.0 } else { number };
    // Inside these bounds every millisecond is a whole number a float holds exactly.
    (millis.abs() < END_MILLIS).then(|| millis.round() as i64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn millis(json: &str) -> Option<i64> {
        parse(json).map(|given| given.millis)
    }

    #[test]
    fn texts_and_numbers() {
        assert_eq!(millis("\"2026-01-31T12:00:00.1239Z\""), Some(1_769_860_800_123));
        assert_eq!(millis("\"2026-01-31T09:00:00-03:00\""), Some(1_769_860_800_000));
        assert_eq!(millis("1769860800"), Some(1_769_860_800_000));
        assert_eq!(millis("1769860800.123"), Some(1_769_860_800_123));
        assert_eq!(millis("1769860800123"), Some(1_769_860_800_123));
        assert_eq!(millis("0"), Some(0));
    }

    #[test]
    fn refused() {
        for json in [
            "\"\"",
            "\"2026-01-31\"",
            "\"2026-01-31T12:00:00\"",
            "\"1769860800\"",
            "1769860800123456",
            "1e300",
        ] {
            assert_eq!(millis(json), None, "{json}");
        }
        assert_eq!(millis(&format!("\"2026-01-31T12:00:00.{}Z\"", "1".repeat(80))), None);
    }

    proptest! {
        #[test]
        fn every_millisecond_survives(at in 100_000_000_000i64..4_000_000_000_000) {
            let text = DateTime::from_timestamp_millis(at).unwrap().to_rfc3339();
            prop_assert_eq!(millis(&format!("\"{text}\"")), Some(at));
            prop_assert_eq!(millis(&at.to_string()), Some(at));
        }
    }
}
