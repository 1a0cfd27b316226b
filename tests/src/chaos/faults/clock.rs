//! Clocks that jump. The process runs under `libfaketime`, which moves the time it is told by the system;
//! what it measures durations with goes on, as when somebody sets a machine's clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::Rng as _;
use rand::rngs::StdRng;

use tokio::time::timeout;

use super::process::one;
use super::some;
use crate::chaos::catalogue::Part;
use crate::chaos::rig::Rig;
use crate::service::Service;
use crate::wait::{eventually, holds};

/// Where Debian keeps the library.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
/// What a process writes into its log, and everything: so that every second has a line, and it shows
/// what time the process thinks it is. The header `Date` never goes back.
const LOG: &str = "BATAUDIT_LOG";
const LOUD: &str = "trace,rdkafka=info,librdkafka=info";
/// How long a process may take to be ready: other faults may keep it from that for a while.
const READY: Duration = Duration::from_secs(180);
/// How long it may take to notice; it looks at its clock's file once a second.
const NOTICED: Duration = Duration::from_secs(20);
/// The furthest jump: far enough that another day, hour and minute may begin, and less than the time for
/// which the same id is the same event.
const FURTHEST: i64 = 11 * 60 * 60;

/// The clock of a part jumps forward, back past where it was, and to where it was. Returns whether the
/// part went on and noticed: the Kafka client waits by the machine's clock, and may stand still after a
/// jump back until it is started anew.
///
/// # Panics
/// When the library is not installed.
pub(in super::super) async fn jump(rig: &Rig, part: Part, random: &mut StdRng) -> bool {
    let mut service = match part {
        Part::Processor => one(&rig.processors, random).await,
        Part::Ingest => one(&rig.ingests, random).await,
        Part::Sentinel | Part::Engine => rig.sentinel.lock().await,
    };
    assert!(Path::new(LIBRARY).is_file(), "{LIBRARY} is missing: apt-get install libfaketime");
    let file = rig.artifacts.join(format!("{}.clock", service.process.name()));
    set(&file, 0);
    service.process.kill();
    service.process.restart_with(&under(Some(&file), LOUD));
    service.ready_within(READY).await;
    let mut jumps = [random.random_range(60..FURTHEST), -random.random_range(60..FURTHEST)];
    if random.random() {
        jumps.reverse();
    }
    let mut went_on = true;
    for seconds in jumps {
        set(&file, seconds);
        went_on &= timeout(NOTICED, until_off_by(&service, seconds)).await.is_ok();
        some(300..1000, random).await;
    }
    if !went_on {
        rig.note(&format!("{} stands still after {jumps:?} seconds", service.process.name())).await;
    }
    service.process.kill();
    service.process.restart_with(&under(None, rig.starter.env.get(LOG).map_or("info", String::as_str)));
    went_on
}

/// The variables of a process whose clock is as far off as the file says.
fn under(file: Option<&PathBuf>, log: &str) -> [(&'static str, Option<String>); 6] {
    let on = |value: &str| file.map(|_| value.to_owned());
    [
        ("LD_PRELOAD", on(LIBRARY)),
        ("FAKETIME_TIMESTAMP_FILE", file.map(|file| file.display().to_string())),
        ("FAKETIME_CACHE_DURATION", on("1")),
        ("FAKETIME_DONT_FAKE_MONOTONIC", on("1")),
        ("NO_FAKE_STAT", on("1")),
        (LOG, Some(log.to_owned())),
    ]
}

/// Written whole: half a number would be another jump.
fn set(file: &Path, seconds: i64) {
    let new = file.with_extension("new");
    fs::write(&new, format!("{seconds:+}\n")).expect("a clock's file");
    fs::rename(&new, file).expect("a clock's file");
}

/// Waits until the process writes a time into its log that is so far from ours.
async fn until_off_by(service: &Service, seconds: i64) {
    eventually("the clock has jumped", READY, async || {
        let ending = service.process.ending();
        let told = ending.lines().rev().find_map(|line| {
            let stamp = line.split_whitespace().next()?;
            DateTime::parse_from_rfc3339(stamp).ok()
        });
        let told = told.ok_or_else(|| "no line with a time".to_owned())?;
        let off = told.with_timezone(&Utc) - Utc::now() - TimeDelta::seconds(seconds);
        holds(off.abs() < TimeDelta::seconds(10), format!("the last line is of {told}"))
    })
    .await;
}
