//! An error and its causes as one line for a person.
//!
//! In: any error. Out: text. Some errors repeat their cause in their own text and some do not; here each is said once.

use std::error::Error;

/// The error, followed by what caused it.
pub(crate) fn of(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line = format!("{line}: {text}");
        }
        cause = error.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Failure {
        #[error("ClickHouse: {0}")]
        Repeats(#[from] io::Error),
        #[error("no schema")]
        Names(#[source] io::Error),
    }

    #[test]
    fn every_cause_is_said_once() {
        let cause = || io::Error::other("no answer");
        assert_eq!(of(&Failure::Repeats(cause())), "ClickHouse: no answer");
        assert_eq!(of(&Failure::Names(cause())), "no schema: no answer");
    }
}
