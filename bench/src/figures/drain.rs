//! A backlog through the processor: rows a second beside ClickHouse on the same cores, rows per
//! CPU-second of the processor, its memory; against bare inserts of the same rows, prepared before.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bataudit_processor::columns::{self, Columns, Stamp};
use bataudit_processor::route;
use bataudit_processor::row::{RowContext, RowPlace};
use bataudit_processor::write::{Block, ClickHouseWriter, RowWriter as _, pins};
use bataudit_store::Connection;
use bataudit_store::scratch::Scratch;
use bytes::Bytes;
use nix::sys::signal::Signal;
use tokio::time::interval;

use crate::backlog;
use crate::catalogue::{Extent, Measured};
use crate::cpu;
use crate::line::Line;
use crate::rounds::Rounds;
use crate::sample::{Sample, Samples};

const PER_RECORD: usize = 100;
/// Rows of a bare insert: what a busy processor puts into one.
pub(super) const BLOCK: usize = 100_000;
const SEED: u64 = 7;
const DRAINED: Duration = Duration::from_secs(300);
const INSERTED: Duration = Duration::from_secs(120);
/// Bytes an event takes in PostgreSQL with the original's indexes; measured once.
const POSTGRESQL: f64 = 917.0;

/// G7, G8, G9, G12 and G19.
///
/// # Errors
/// When a count is wrong.
pub async fn run(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let rows = extent.events(1_000_000);
    let (mut per_cpu, mut drained, mut unsynced) = <(Rounds, Rounds, Rounds)>::default();
    let (mut row_binary, mut native, mut disk) = <(Rounds, Rounds, Rounds)>::default();
    for round in 0..extent.rounds {
        let drain = drain(rows, SEED + u64::from(round), true).await?;
        per_cpu.push(rows as f64 / drain.cpu);
        drained.push(drain.rows_per_second);
        disk.push(drain.disk_bytes_per_row / POSTGRESQL);
        let (rows_rate, native_rate) = bare(rows).await?;
        row_binary.push(rows_rate);
        native.push(native_rate);
        unsynced.push(self::drain(rows, SEED + u64::from(round), false).await?.rows_per_second);
    }
    Ok(vec![
        Measured::of(("G7", ""), per_cpu),
        Measured::of(("G8", ""), drained.over(&row_binary)).noting(format!(
            "{:.0}/s against {:.0}/s",
            drained.median(),
            row_binary.median()
        )),
        Measured::of(("G9", ""), drained.over(&native)).noting(format!("against {:.0}/s", native.median())),
        Measured::of(("G9", "bare"), native.over(&row_binary)),
        Measured::of(("G12", ""), drained.over(&unsynced))
            .noting("intents, token and count stay on in both: they have no switch"),
        Measured::of(("G19", ""), disk.clone())
            .noting(format!("{:.1} bytes, raw table, merged", disk.median() * POSTGRESQL)),
    ])
}

/// G15.
///
/// # Errors
/// When a count is wrong.
pub async fn memory(extent: Extent) -> anyhow::Result<Vec<Measured>> {
    let (mut small, mut large) = (Rounds::default(), Rounds::default());
    for round in 0..extent.rounds.min(3) {
        small.push(drain(extent.events(100_000), u64::from(round), true).await?.peak_mib);
        large.push(drain(extent.events(1_000_000), u64::from(round), true).await?.peak_mib);
    }
    Ok(vec![Measured::of(("G15", "ratio"), large.over(&small)), Measured::of(("G15", "peak"), large)])
}

/// What a drained backlog showed.
struct Drain {
    rows_per_second: f64,
    /// Seconds.
    cpu: f64,
    peak_mib: f64,
    disk_bytes_per_row: f64,
}

/// Lets a processor store a backlog that was there before it started.
async fn drain(rows: u64, seed: u64, synced: bool) -> anyhow::Result<Drain> {
    let mut line = Line::start("bench_drain", &[]).await?;
    if !synced {
        // A processor that starts refuses a table without fsync; the one that runs has looked already.
        let statement = "ALTER TABLE events MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0";
        line.stack.clickhouse.ask(statement).await;
    }
    let topic = line.topic()?;
    let (brokers, name, partitions) =
        (line.stack.brokers.clone(), line.stack.topics.events.clone(), topic.partitions);
    // Stopped for less than its session lasts, so that it begins where it is, with the backlog there.
    line.stack.processor.process.signal(Signal::SIGSTOP);
    let write = move || backlog::write(&brokers, &name, partitions, (rows, PER_RECORD), seed);
    tokio::task::spawn_blocking(write).await??;
    let pid = line.processor_pid();
    let before = cpu::of(pid)?;
    line.stack.processor.process.signal(Signal::SIGCONT);
    let first = first_rows(&line).await?;
    let began = Instant::now();
    line.stored_when(rows, DRAINED).await?;
    // Committed means that the rollups count them too.
    topic.committed_when(i64::try_from(topic.records()?)?, DRAINED).await?;
    let took = began.elapsed().as_secs_f64();
    let measured = Drain {
        // With less than two blocks, all rows come at once.
        rows_per_second: rows.saturating_sub(first) as f64 / took.max(0.001),
        cpu: (cpu::of(pid)? - before).as_secs_f64(),
        peak_mib: cpu::peak_resident_bytes(pid)? as f64 / f64::from(1 << 20),
        disk_bytes_per_row: disk_bytes(&line).await? / rows as f64,
    };
    let rollup = line.stack.clickhouse.number("SELECT sum(events) FROM stats_day").await;
    ensure!(rollup == rows, "{rows} rows are stored, the rollups count {rollup}");
    line.stop_processor().await;
    Ok(measured)
}

/// Waits for the first rows; returns how many there were.
async fn first_rows(line: &Line) -> anyhow::Result<u64> {
    let (end, mut looks) = (Instant::now() + DRAINED, interval(Duration::from_millis(5)));
    loop {
        looks.tick().await;
        let stored = line.stored().await;
        if stored > 0 {
            return Ok(stored);
        }
        ensure!(Instant::now() < end, "nothing was stored within {DRAINED:?}");
    }
}

/// Bytes of the raw table when all its parts are merged.
async fn disk_bytes(line: &Line) -> anyhow::Result<f64> {
    line.stack.clickhouse.ask("OPTIMIZE TABLE events FINAL").await;
    let sum = "SELECT sum(bytes_on_disk) FROM system.parts \
        WHERE active AND table = 'events' AND database = currentDatabase()";
    Ok(line.stack.clickhouse.number(sum).await as f64)
}

/// Rows a second of one client that only inserts blocks which ClickHouse wrote itself: as RowBinary, as
/// Native.
async fn bare(rows: u64) -> anyhow::Result<(f64, f64)> {
    let as_rows = insert_all(rows, "RowBinary", &prepared("RowBinary").await?).await?;
    let as_columns = insert_all(rows, "Native", &prepared("Native").await?).await?;
    Ok((as_rows, as_columns))
}

/// A block in this format, as ClickHouse itself writes it.
pub(super) async fn prepared(format: &str) -> anyhow::Result<Bytes> {
    let scratch = Scratch::migrated().await?;
    ClickHouseWriter::new(&scratch.connection, INSERTED).write(&block()?).await?;
    fetch(&scratch.connection, format).await
}

/// A block of samples.
fn block() -> anyhow::Result<Block> {
    let samples: Vec<Sample> = Samples::of(SEED).take(BLOCK).collect();
    let now = chrono::Utc::now().timestamp_millis();
    let (mut columns, mut route) = (Columns::default(), String::new());
    for (index, sample) in samples.iter().enumerate() {
        let event = sample.event("bench", now);
        let (offset, index) = (i64::try_from(index / PER_RECORD)?, u16::try_from(index % PER_RECORD)?);
        let route = route::route(event.path, &mut route);
        let place = RowPlace { offset, index };
        columns.push(&event, &RowContext { route, mask_rules: 1, masked_fields: 0, place });
    }
    let stamp = Stamp { epoch: "1", partition: 0, batch: 0..i64::try_from(BLOCK / PER_RECORD)? };
    Ok(Block::new("bare".to_owned(), columns, &stamp))
}

/// The rows of the table in one block of this format.
async fn fetch(connection: &Connection, format: &str) -> anyhow::Result<Bytes> {
    let statement = format!("SELECT {} FROM events LIMIT {BLOCK}", columns::names());
    let query = connection.client().query(&statement).with_setting("max_block_size", BLOCK.to_string());
    Ok(query.fetch_bytes(format)?.collect().await?)
}

/// Inserts the same block under ever new tokens into a database of its own.
async fn insert_all(rows: u64, format: &str, bytes: &Bytes) -> anyhow::Result<f64> {
    let (scratch, blocks) = (Scratch::migrated().await?, rows.div_ceil(BLOCK as u64).max(2));
    let began = Instant::now();
    for number in 0..blocks {
        insert(&scratch.connection, format, bytes, number).await?;
    }
    let took = began.elapsed().as_secs_f64();
    let stored: u64 = scratch.connection.client().query("SELECT count() FROM events").fetch_one().await?;
    ensure!(stored == blocks * BLOCK as u64, "{stored} rows after {blocks} inserts");
    Ok(stored as f64 / took)
}

/// Inserts a prepared block under the token of this number.
pub(super) async fn insert(
    connection: &Connection,
    format: &str,
    bytes: &Bytes,
    number: u64,
) -> anyhow::Result<()> {
    let statement = format!("INSERT INTO events ({}) FORMAT {format}", columns::names());
    let client = connection.client().with_compression(clickhouse::Compression::None);
    let insert = client.insert_formatted_with(statement);
    let insert =
        pins::SETTINGS.iter().fold(insert, |insert, (name, value)| insert.with_setting(*name, *value));
    let mut insert = insert.with_setting("insert_deduplication_token", format!("bare:{number}"));
    insert.send(bytes.clone()).await?;
    insert.end().await.with_context(|| format!("inserting {format}"))
}
