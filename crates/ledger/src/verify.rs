//! All books of a range of time, compared. In: where they are. Out: a [`Report`].
//!
//! The order of reading makes a running line no disagreement: first how far the processors have confirmed,
//! then how far the log goes, then dead letters and rows. What was confirmed then must be found now; what
//! was not is waiting, or has been stored in the meantime.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::time::Duration;

use bataudit_event::record;
use bataudit_kafka::{Connection as Kafka, Stream, Topics};
use bataudit_service::Env;
use bataudit_store::Connection as Store;
use rdkafka::message::{BorrowedMessage, Message};
use serde::Serialize;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::log::{Extent, Log, header};
use crate::rollups::{self, Disagreement};
use crate::table::Table;
use crate::tally::{Counts, Finding, Key, Kind, Logged, Page, Tally, Unreadable};
use crate::{Confirmed, LedgerError, Place, SourcePlace, letters};

/// Offsets in one page.
const PAGE: i64 = 20_000;
/// How long one statement may take: these read much, and nobody waits for them.
const STATEMENT: Duration = Duration::from_secs(120);
/// A record is written this long after its events were received, at most; and clocks differ.
const SLACK_MS: i64 = 10 * 60 * 1000;

/// Where the books are.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The brokers.
    pub kafka: Kafka,
    /// The topics.
    pub topics: Topics,
    /// The processors' group, and the life of the events topic.
    pub stream: Stream,
    /// The database.
    pub store: Store,
}

impl Sources {
    /// Where the services have their data, by their own variables; problems are left in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        Self {
            kafka: Kafka::from_env(env),
            topics: Topics::from_env(env),
            stream: Stream::from_env(env),
            store: Store::from_env(env),
        }
    }
}

/// What is compared.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Events received in this time, unix milliseconds.
    pub received: Range<i64>,
    /// Only this project's.
    pub project: Option<Uuid>,
    /// The time whose rollups are compared with their rows, unix milliseconds; it is rounded outwards to
    /// whole days, which are read.
    pub rollups: Option<Range<i64>>,
}

/// An hour of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HourLine {
    /// Start of the hour, unix milliseconds.
    pub hour: i64,
    /// The project; nil for records that could not be read.
    pub project: Uuid,
    /// What became of its events.
    #[serde(flatten)]
    pub counts: Counts,
}

/// A partition as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartitionLine {
    /// The partition.
    pub partition: i32,
    /// The first offset that was compared.
    pub start: i64,
    /// The offset after the last that was compared.
    pub end: i64,
    /// How far the processors had confirmed.
    pub committed: i64,
    /// Whether records of the time asked for may have been deleted already: what they held cannot be
    /// compared.
    pub is_cut: bool,
}

/// What was compared, and whether it agrees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// From when, unix milliseconds.
    pub from: i64,
    /// To when.
    pub to: i64,
    /// Hours and projects, in order.
    pub hours: Vec<HourLine>,
    /// All of them together.
    pub total: Counts,
    /// The partitions.
    pub partitions: Vec<PartitionLine>,
    /// The first places at which something is wrong.
    pub findings: Vec<Finding>,
    /// How many there are of each kind.
    pub found: BTreeMap<Kind, u64>,
    /// Rollups that do not count what the rows are.
    pub rollups: Vec<Disagreement>,
}

impl Report {
    /// Whether all books agree.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.found.is_empty()
            && self.rollups.is_empty()
            && self.hours.iter().all(|hour| hour.counts.difference == 0)
    }

    /// How many events are missing or too many, in all hours: unlike the sum, they do not cancel out.
    #[must_use]
    pub fn differing(&self) -> u64 {
        self.found.values().sum()
    }
}

/// Compares everything.
///
/// # Errors
/// When a book cannot be read.
pub async fn verify(sources: &Sources, scope: &Scope) -> Result<Report, LedgerError> {
    let mut store = sources.store.clone();
    store.timeout = STATEMENT;
    let table = Table::new(&store, &sources.stream.epoch, scope.project);
    let (partitions, mut pages) = read(sources.clone(), scope.clone()).await?;
    let since = scope.received.start - SLACK_MS;
    let letters = letters::read(&sources.kafka, &sources.topics.dead_letters, since).await?;
    let present = letters.iter().filter(|letter| letter.is_of(&sources.stream.epoch));
    let letters: BTreeSet<SourcePlace> = present.map(|letter| letter.place).collect();
    let committed: BTreeMap<i32, i64> =
        partitions.iter().map(|line| (line.partition, line.committed)).collect();

    let mut tally = Tally::new(scope.received.clone());
    while let Some(page) = pages.recv().await {
        let mut page = page?;
        page.removed = table.removed(page.partition, &page.offsets).await?;
        let rows = table.rows(page.partition, &page.offsets, &scope.received).await?;
        let committed = committed.get(&page.partition).copied().unwrap_or_default();
        tally.page(&page, committed, &rows, &letters);
    }
    let (ids, received) = tally.suspects();
    tally.settle(&table.copies(&ids, &received).await?);
    tally.twice(&table.twice(&scope.received).await?);
    let rollups = match &scope.rollups {
        Some(range) => {
            let confirmed = Confirmed { epoch: sources.stream.epoch.clone(), offsets: committed };
            rollups::check(&store, range, scope.project, &confirmed).await?
        }
        None => Vec::new(),
    };
    Ok(report(scope, partitions, &tally, rollups))
}

fn report(
    scope: &Scope,
    partitions: Vec<PartitionLine>,
    tally: &Tally,
    rollups: Vec<Disagreement>,
) -> Report {
    let lines = tally.lines();
    let total = lines.values().copied().fold(Counts::default(), Counts::plus);
    let hour = |((hour, project), counts): (&(i64, [u8; 16]), &Counts)| HourLine {
        hour: *hour,
        project: Uuid::from_bytes(*project),
        counts: *counts,
    };
    let (findings, found) = tally.findings();
    let Range { start: from, end: to } = scope.received;
    Report { from, to, hours: lines.iter().map(hour).collect(), total, partitions, findings, found, rollups }
}

type Pages = mpsc::Receiver<Result<Page, LedgerError>>;

/// Finds out what the log holds of the time asked for, and starts reading it, on a thread of its own.
async fn read(sources: Sources, scope: Scope) -> Result<(Vec<PartitionLine>, Pages), LedgerError> {
    let (sender, pages) = mpsc::channel(2);
    let opened = tokio::task::spawn_blocking(move || {
        let log = Log::open(&sources.kafka, &sources.topics.events, &sources.stream.group)?;
        // Before anything else: what is confirmed now must be found later.
        let committed = log.committed(&log.extents()?)?;
        let all = log.extents()?;
        let Range { start, end } = scope.received;
        let parts = log.between(&all, start - SLACK_MS, end + SLACK_MS)?;
        let line = |(whole, part): (&Extent, &Extent)| PartitionLine {
            partition: part.partition,
            start: part.offsets.start,
            end: part.offsets.end,
            committed: committed.get(&part.partition).copied().unwrap_or_default(),
            is_cut: part.offsets.start == whole.offsets.start && whole.offsets.start > 0,
        };
        let lines = all.iter().zip(&parts).map(line).collect();
        Ok::<_, LedgerError>((log, parts, lines))
    });
    let (log, parts, lines) = opened.await.map_err(|_| LedgerError::Reader)??;
    tokio::task::spawn_blocking(move || {
        for part in &parts {
            if let Err(error) = send_pages(&log, part, scope.project, &sender) {
                // Nobody listens any more when this fails.
                drop(sender.blocking_send(Err(error)));
                return;
            }
        }
    });
    Ok((lines, pages))
}

/// Reads an extent page by page.
fn send_pages(
    log: &Log,
    extent: &Extent,
    project: Option<Uuid>,
    sender: &mpsc::Sender<Result<Page, LedgerError>>,
) -> Result<(), LedgerError> {
    let Range { start, end } = extent.offsets;
    let page = |start: i64| Page {
        partition: extent.partition,
        offsets: start..end.min(start + PAGE),
        ..Page::default()
    };
    let (mut current, mut next) = (page(start), start);
    log.read(extent, |record| {
        let offset = record.offset();
        while offset >= current.offsets.end {
            current.gaps.extend(next..current.offsets.end);
            next = current.offsets.end;
            let full = std::mem::replace(&mut current, page(next));
            if sender.blocking_send(Ok(full)).is_err() {
                return false;
            }
        }
        current.gaps.extend(next..offset);
        next = offset + 1;
        add(&mut current, record, project);
        true
    })?;
    // What the log no longer has at its end it had when its extent was asked for.
    while next < end {
        current.gaps.extend(next..current.offsets.end);
        next = current.offsets.end;
        let full = std::mem::replace(&mut current, page(next));
        if sender.blocking_send(Ok(full)).is_err() {
            return Ok(());
        }
    }
    if !current.offsets.is_empty() {
        // Nobody listens any more when this fails.
        drop(sender.blocking_send(Ok(current)));
    }
    Ok(())
}

/// Adds the events of a record.
fn add(page: &mut Page, message: &BorrowedMessage<'_>, project: Option<Uuid>) {
    let (partition, offset) = (message.partition(), message.offset());
    let known = header(message, record::FORMAT_HEADER).map(str::as_bytes) == Some(record::FORMAT);
    let events = message.payload().filter(|_| known).and_then(|value| record::decode(value).ok());
    let Some(events) = events.filter(|events| events.len() <= usize::from(u16::MAX) + 1) else {
        if project.is_none() {
            let announced = header(message, record::COUNT_HEADER).and_then(|count| count.parse().ok());
            let written_at = message.timestamp().to_millis().unwrap_or_default();
            page.unreadable.push(Unreadable {
                partition,
                offset,
                events: announced.unwrap_or(1),
                written_at,
            });
        }
        return;
    };
    let wanted = |event: &bataudit_event::Event<'_>| {
        project.is_none_or(|project| project.into_bytes() == event.project_id)
    };
    let events = (0..=u16::MAX).zip(&events).filter(|(_, event)| wanted(event));
    page.events.extend(events.map(|(index, event)| Logged {
        place: Place { partition, offset, index },
        key: Key { project: event.project_id, id: event.id },
        received_at: event.received_at,
        repeatable: event.repeatable,
    }));
}
