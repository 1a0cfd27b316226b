//! The control store: schema, owner, keys, sentinel, what people did, clock and disk. In: where it is. Out: findings.
//! A SQLite file that does not exist is not made.

use bataudit_control::{Config, Error, Store, clock::now_ms, lease, sealing, survey, users};
use nix::sys::statvfs::statvfs;

use super::clickhouse::{room, skew};
use super::finding::{Finding, fail, ok, warn};

/// Keys that end within this time are told of.
const SOON_MS: i64 = 14 * 24 * 60 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// What people did is published within seconds.
const LATE_MS: i64 = 5 * 60 * 1000;

/// Asks the control store.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        let says = format!("there is no file {}", file.display());
        return vec![fail("control", says, "correct BATAUDIT_CONTROL_URL, or run `bataudit migrate`")];
    }
    let store = match Store::connect(config).await {
        Ok(store) => store,
        Err(error) => {
            let advice =
                "see BATAUDIT_CONTROL_URL, and whether the database runs and can be reached from here";
            return vec![fail("control", error.to_string(), advice)];
        }
    };
    let mut findings = vec![schema(&store).await];
    if findings.iter().all(|found| found.fix.is_none()) {
        findings.extend(content(&store, now_ms()).await);
    }
    findings.extend(config.sqlite_file().and_then(|file| disk(&file)));
    store.close().await;
    findings
}

async fn schema(store: &Store) -> Finding {
    const CHECK: &str = "control.schema";
    match store.missing_migrations().await {
        Ok(missing) if missing.is_empty() => ok(CHECK, "the control store answers and has every migration"),
        Ok(missing) => fail(CHECK, format!("it lacks {}", missing.join(", ")), "run `bataudit migrate`"),
        Err(error @ Error::Unavailable { .. }) => fail(CHECK, error.to_string(), "see the database's log"),
        Err(_) => {
            fail(CHECK, "it was never migrated, or this user may not read it", "run `bataudit migrate`")
        }
    }
}

async fn content(store: &Store, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    let answers =
        [owner(store).await, sentinel(store, now).await, outbox(store, now).await, clock(store).await];
    for answer in answers.into_iter().chain([keys(store, now).await, sealed(store).await]) {
        match answer {
            Ok(found) => findings.extend(found),
            Err(error) => findings.push(fail("control", error.to_string(), "see the database's log")),
        }
    }
    findings
}

/// Whether the secret at hand opens what is sealed.
async fn sealed(store: &Store) -> Answer {
    const CHECK: &str = "control.sealing";
    Ok(vec![match sealing::verify(store).await {
        Ok(()) => ok(CHECK, "the secrets that it keeps can be read"),
        Err(error @ Error::Sealed(_)) => {
            fail(CHECK, error.to_string(), "set BATAUDIT_CONTROL_SEAL_SECRET as for sentinel and query-api")
        }
        Err(error) => return Err(error),
    }])
}

type Answer = Result<Vec<Finding>, Error>;

async fn owner(store: &Store) -> Answer {
    const CHECK: &str = "control.users";
    Ok(vec![if users::any(store).await? {
        ok(CHECK, "there are users")
    } else {
        let advice = "set INITIAL_OWNER_EMAIL and INITIAL_OWNER_PASSWORD and run `bataudit migrate`";
        fail(CHECK, "nobody can log in: there are no users", advice)
    }])
}

async fn sentinel(store: &Store, now: i64) -> Answer {
    const CHECK: &str = "sentinel";
    Ok(vec![match lease::holder(store, "sentinel", now).await? {
        Some(_) => ok(CHECK, "one works"),
        None => fail(
            CHECK,
            "none works: new keys reach no gateway, no alert is sent, and nobody compares the books",
            "start sentinel, and see its log",
        ),
    }])
}

async fn outbox(store: &Store, now: i64) -> Answer {
    const CHECK: &str = "control.outbox";
    let age = survey::oldest_unpublished(store).await?.map_or(0, |at| now - at);
    Ok(vec![if age > LATE_MS {
        let says = format!("what people did {} minutes ago is no event yet", age / 60_000);
        warn(CHECK, says, "see whether sentinel works, and may write to the events topic")
    } else {
        ok(CHECK, "what people did becomes events in time")
    }])
}

async fn clock(store: &Store) -> Answer {
    let before = now_ms();
    let there = survey::clock_ms(store).await?;
    Ok(there.map(|there| skew("control.clock", there, before, now_ms())).into_iter().collect())
}

async fn keys(store: &Store, now: i64) -> Answer {
    const CHECK: &str = "keys";
    let ending = survey::ending_keys(store, now, now + SOON_MS).await?;
    if ending.is_empty() {
        let count = survey::active_keys(store, now).await?;
        return Ok(vec![ok(CHECK, format!("{count} work, none ends within two weeks"))]);
    }
    let told = ending.iter().map(|key| {
        let says = format!("{} ({:?}) ends in {} days", key.id, key.name, (key.expires_at - now) / DAY_MS);
        warn(CHECK, says, format!("`bataudit keys rotate {}`, and give the application the new one", key.id))
    });
    Ok(told.collect())
}

/// The disk of a SQLite file.
fn disk(file: &std::path::Path) -> Option<Finding> {
    let found = statvfs(file).ok()?;
    let bytes = |blocks: u64| blocks.saturating_mul(found.fragment_size());
    Some(room(
        "control.disk",
        &file.display().to_string(),
        bytes(found.blocks_available()),
        bytes(found.blocks()),
    ))
}
