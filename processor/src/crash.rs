//! Places at which a test may kill this process: the steps of the protocol between Kafka and
//! ClickHouse. Compiled in only with the feature `crash-points`; without it a point is nothing.
//!
//! `BATAUDIT_CRASH_AT=after-insert:3` ends the process with SIGKILL when it comes to `after-insert`
//! for the third time.

/// A step of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// A batch was formed.
    AfterForm,
    /// Its intent is about to be committed.
    BeforeIntent,
    /// Its intent is committed.
    AfterIntent,
    /// Its dead letters are acknowledged.
    AfterDeadLetters,
    /// Its rows are about to be inserted.
    BeforeInsert,
    /// Its rows are inserted.
    AfterInsert,
    /// Its end is about to be committed, with no batch after it.
    BeforeConfirm,
    /// Its end is committed.
    AfterConfirm,
    /// A starting lane has asked the table what it holds.
    AfterAsk,
    /// An unfinished batch was sent again under its token.
    AfterResend,
    /// Rows that the table lacks are about to be moved in.
    BeforeRepair,
    /// They were moved in.
    AfterRepair,
}

/// All points, by the names that `BATAUDIT_CRASH_AT` knows.
pub const POINTS: &[(&str, Point)] = &[
    ("after-form", Point::AfterForm),
    ("before-intent", Point::BeforeIntent),
    ("after-intent", Point::AfterIntent),
    ("after-dead-letters", Point::AfterDeadLetters),
    ("before-insert", Point::BeforeInsert),
    ("after-insert", Point::AfterInsert),
    ("before-confirm", Point::BeforeConfirm),
    ("after-confirm", Point::AfterConfirm),
    ("after-ask", Point::AfterAsk),
    ("after-resend", Point::AfterResend),
    ("before-repair", Point::BeforeRepair),
    ("after-repair", Point::AfterRepair),
];

#[cfg(not(feature = "crash-points"))]
pub(crate) fn at(_point: Point) {}

#[cfg(feature = "crash-points")]
pub(crate) use armed::at;

#[cfg(feature = "crash-points")]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    use bataudit_service::{Env, Field};
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    use super::{POINTS, Point};

    const CRASH_AT: Field =
        Field::optional("BATAUDIT_CRASH_AT", "Where a test kills the processor: <point>:<nth time>.");

    static ARMED: LazyLock<Option<(Point, u32)>> = LazyLock::new(|| {
        Env::from_process().optional(&CRASH_AT).map(|text| parse(&text).unwrap_or_else(wrong))
    });
    static PASSED: AtomicU32 = AtomicU32::new(0);

    /// Ends the process when this is the point, and the time, it was armed for.
    pub(crate) fn at(point: Point) {
        let Some((armed, nth)) = *ARMED else { return };
        if armed == point && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == nth {
            end();
        }
    }

    fn parse(text: &str) -> Option<(Point, u32)> {
        let (name, nth) = text.split_once(':')?;
        let (_, point) = POINTS.iter().find(|(known, _)| *known == name)?;
        Some((*point, nth.parse().ok().filter(|nth| *nth > 0)?))
    }

    fn wrong() -> (Point, u32) {
        tracing::error!("{} names no crash point: it must be <point>:<nth time>.", CRASH_AT.name);
        end()
    }

    /// As `kill -9` does: nothing is flushed, nothing is told.
    fn end() -> ! {
        if let Err(error) = kill(Pid::this(), Signal::SIGKILL) {
            tracing::error!(%error, "A process that cannot kill itself aborts.");
        }
        std::process::abort()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn points_are_found_by_name_and_time() {
            assert_eq!(parse("after-insert:3"), Some((Point::AfterInsert, 3)));
            for wrong in ["after-insert", "after-insert:0", "after-lunch:1", ""] {
                assert_eq!(parse(wrong), None, "{wrong}");
            }
        }
    }
}
