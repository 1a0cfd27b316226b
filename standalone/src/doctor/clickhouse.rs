//! ClickHouse: schema, pinned settings, clock and disk. In: where it is. Out: findings.

use bataudit_processor::write::pins::{self, PinError};
use bataudit_store::Connection;
use bataudit_store::schema::{self, SchemaError};
use chrono::Utc;

use super::finding::{Finding, fail, ok, skip, warn};
use super::settings::Places;

/// Clocks that differ by more make ranges and leases wrong.
const MOST_SKEW_MS: i64 = 5_000;
/// Free parts of a disk, in percent, below which it is told of, and below which inserts will soon fail.
const LOW_PERCENT: u64 = 15;
const EMPTY_PERCENT: u64 = 5;

/// Asks ClickHouse.
pub(super) async fn check(places: &Places, writes: bool) -> Vec<Finding> {
    let store = &places.books.store;
    if let Err(error) = store.ping().await {
        let advice = "see BATAUDIT_CLICKHOUSE_URL, _USER and _PASSWORD, and whether it runs and can be reached from here";
        return vec![fail("clickhouse", error.to_string(), advice)];
    }
    let mut findings = vec![version(store).await, schema(store).await];
    if writes {
        findings.push(pinned(store).await);
    }
    findings.push(clock(store).await);
    findings.extend(disks(store).await);
    findings
}

async fn version(store: &Connection) -> Finding {
    let asked = store.client();
    match store.bounded(asked.query("SELECT version()").fetch_one::<String>()).await {
        Ok(version) => ok("clickhouse", format!("version {version} answers")),
        Err(error) => {
            fail("clickhouse", error.to_string(), "run `bataudit migrate`, which makes the database")
        }
    }
}

async fn schema(store: &Connection) -> Finding {
    const CHECK: &str = "clickhouse.schema";
    match schema::verify(store).await {
        Ok(()) => ok(CHECK, format!("database {} has every migration", store.database)),
        Err(error @ SchemaError::Missing { .. }) => fail(CHECK, error.to_string(), "run `bataudit migrate`"),
        Err(error) => {
            fail(CHECK, error.to_string(), "restore the files of this release; a change is a new file")
        }
    }
}

async fn pinned(store: &Connection) -> Finding {
    const CHECK: &str = "clickhouse.settings";
    match pins::check(store).await {
        Ok(_) => ok(CHECK, "every event is stored exactly once"),
        Err(PinError::Wrong(wrong)) => {
            let advice =
                "take the settings out of the user's profile, or make the tables by `bataudit migrate`";
            fail(CHECK, wrong.join("; "), advice)
        }
        Err(PinError::Store(error)) => {
            fail(CHECK, error.to_string(), "grant the user SELECT on the database")
        }
    }
}

async fn clock(store: &Connection) -> Finding {
    let client = store.client();
    let before = Utc::now().timestamp_millis();
    let asked = client.query("SELECT toUnixTimestamp64Milli(now64(3))").fetch_one::<i64>();
    match store.bounded(asked).await {
        Ok(there) => skew("clickhouse.clock", there, before, Utc::now().timestamp_millis()),
        Err(error) => fail("clickhouse.clock", error.to_string(), "see ClickHouse's log"),
    }
}

/// How far a clock differs from this machine's, at least.
pub(super) fn skew(check: &'static str, there: i64, before: i64, after: i64) -> Finding {
    let skew = if there < before { there - before } else { (there - after).max(0) };
    let says =
        format!("its clock differs from this machine's by {} ms or less", skew.abs() + (after - before));
    if skew.abs() > MOST_SKEW_MS {
        let says =
            format!("its clock is {} s {}", skew.abs() / 1000, if skew < 0 { "behind" } else { "ahead" });
        return fail(check, says, "synchronise the clocks of all machines (chrony, systemd-timesyncd)");
    }
    ok(check, says)
}

async fn disks(store: &Connection) -> Vec<Finding> {
    let client = store.client();
    let asked =
        client.query("SELECT name, unreserved_space, total_space FROM system.disks WHERE total_space > 0");
    match store.bounded(asked.fetch_all::<(String, u64, u64)>()).await {
        Ok(disks) => {
            disks.iter().map(|(name, free, total)| room("clickhouse.disk", name, *free, *total)).collect()
        }
        Err(_) => vec![skip("clickhouse.disk", "this user may not read system.disks")],
    }
}

/// Whether there is room on a disk.
pub(super) fn room(check: &'static str, name: &str, free: u64, total: u64) -> Finding {
    let percent = free.saturating_mul(100).checked_div(total).unwrap_or_default();
    let says = format!("{name}: {percent} % ({} GiB) free", free >> 30);
    let advice = "give it a larger disk, or keep events for a shorter time";
    match percent {
        0..EMPTY_PERCENT => fail(check, says, advice),
        EMPTY_PERCENT..LOW_PERCENT => warn(check, says, advice),
        _ => ok(check, says),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn an_answer_that_took_long_is_no_skew() {
        assert_eq!(skew("c", 5_000, 0, 10_000).state, State::Ok);
        assert_eq!(skew("c", 10_000, 0, 100).state, State::Fail);
        assert!(skew("c", 1_000, 20_000, 20_001).says.contains("19 s behind"));
    }

    #[test]
    fn room_runs_out_by_steps() {
        let state = |free| room("c", "default", free, 100).state;
        assert_eq!((state(50), state(14), state(4)), (State::Ok, State::Warn, State::Fail));
        assert_eq!(room("c", "default", 0, 0).state, State::Fail);
    }
}
