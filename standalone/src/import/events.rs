//! The events: read project by project in the order of their times, published, and noted as done when the brokers have
//! acknowledged them. In: the snapshot and the line. Out: counts.
//!
//! Memory is bounded by a page. Whatever is published twice, because a run was cut short between two notes, the
//! processor stores once: an event counts as received when it happened, so its copies are always near each other.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::bail;
use bataudit_control::{imports, projects};
use bataudit_event::id::project_id_of_slug;
use bataudit_ingest::transfer::Transferred;
use bataudit_service::Shutdown;
use futures::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sqlx::postgres::PgRow;
use sqlx::{FromRow as _, Row as _};
use uuid::Uuid;

use super::context::Context;
use super::event::{self, Author, COLUMNS, Row};
use super::ids;
use super::line::Line;
use super::progress::Progress;
use super::rejects::Rejects;
use super::source::within;
use super::survey::{Survey, moment};
use super::tally::Counts;

/// Rows of a page, and their bytes.
const PAGE_ROWS: usize = 2_000;
const PAGE_BYTES: usize = 8 << 20;

const FORGED: &str = "Alerts that clients forged are events of the type client.system.alert here";
const TWINS: &str = "Ids of which the original had two spellings: the second event got another id";
const NO_PROJECT: &str =
    "Events without a project, or of one the original does not have, went to that of their service";

/// How far the events came: as the control store keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// From when events were asked for.
    pub(super) since: Option<i64>,
    /// The project that was being read; those before it are done.
    pub(super) project: Option<String>,
    /// Time and id of the last row of it that is done, as the original writes them.
    pub(super) at: String,
    pub(super) id: String,
    /// What became of the rows so far.
    pub(super) counts: Counts,
    /// The file of those that cannot be stored, and its bytes so far.
    pub(super) rejects: PathBuf,
    pub(super) rejects_bytes: u64,
}

impl Checkpoint {
    /// Before every row of a project.
    fn begin(&mut self, project: Option<String>) {
        (self.project, self.at, self.id) = (project, "-infinity".to_owned(), String::new());
    }
}

/// The import of events under way.
pub(super) struct Events<'c> {
    pub(super) context: &'c mut Context,
    /// Absent in a dry run.
    pub(super) line: Option<Line>,
    pub(super) survey: Survey,
    pub(super) done: Checkpoint,
    pub(super) rejects: Rejects,
    pub(super) progress: Progress,
    pub(super) stop: Shutdown,
    /// Projects by service name, for events that have none.
    pub(super) by_service: HashMap<String, Uuid>,
}

/// A row that is an event.
struct Ready {
    row: Row,
    json: String,
    id: Uuid,
    project: Uuid,
}

impl Events<'_> {
    /// Imports all events. Whether it came to the end, and was not stopped before.
    pub(super) async fn run(&mut self) -> anyhow::Result<bool> {
        let is_resumed = self.done
            != Checkpoint {
                rejects: self.done.rejects.clone(),
                since: self.done.since,
                ..Checkpoint::default()
            };
        let (mut skip, resumed) = (is_resumed, self.done.project.clone());
        for project in self.survey.projects().into_keys() {
            if skip && project != resumed {
                continue;
            }
            if !skip {
                self.done.begin(project.clone());
                self.timeless(project.as_deref()).await?;
            }
            skip = false;
            if !self.project(project.as_deref()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Imports the rest of a project's events. Whether it came to the end.
    async fn project(&mut self, project: Option<&str>) -> anyhow::Result<bool> {
        let mut page = self.page(project).await?;
        while let Some(last) = page.last() {
            if self.stop.is_triggered() {
                return Ok(false);
            }
            (self.done.at, self.done.id) = (last.at.clone(), last.id.clone());
            let rows = page.len();
            let ready = self.sort(page).await?;
            let next = self.deliver(&ready, project).await?;
            self.note().await?;
            self.progress.tell(self.done.counts.handled(), rows, &self.done.at);
            page = next;
        }
        Ok(true)
    }

    /// The rows that follow those that are done.
    async fn page(&mut self, project: Option<&str>) -> anyhow::Result<Vec<Row>> {
        let of =
            if project.is_some() { "project_id = $1" } else { "project_id IS NULL AND $1::text IS NULL" };
        let statement = format!(
            "SELECT {COLUMNS} FROM audits WHERE {of} AND timestamp >= $2::timestamp \
             AND (timestamp > $2::timestamp OR id > $3) ORDER BY timestamp, id LIMIT {PAGE_ROWS}"
        );
        let at = match self.done.since {
            Some(since) if self.done.at == "-infinity" => moment(since),
            _ => self.done.at.clone(),
        };
        let query = sqlx::query(&statement).bind(project).bind(at).bind(&self.done.id);
        let mut stream = query.fetch(&mut self.context.source.connection);
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while let Some(row) = within(stream.try_next()).await? {
            let row = Row::from_row(&row)?;
            bytes += row.bytes();
            rows.push(row);
            if bytes > PAGE_BYTES {
                break;
            }
        }
        Ok(rows)
    }

    /// The rows that are events; the others are counted, and written to the file.
    async fn sort(&mut self, rows: Vec<Row>) -> anyhow::Result<Vec<Ready>> {
        let mut ready = Vec::with_capacity(rows.len());
        for row in rows {
            let is_twin = self.survey.twins.contains(&row.id);
            let id = if is_twin { ids::derived(&row.id) } else { ids::uuid(&row.id) };
            let project = match self.owner(&row).await? {
                Ok(project) => project,
                Err(why) => {
                    self.refuse(&row.id, why, why).await?;
                    continue;
                }
            };
            let json = row.json();
            let refused = event::check(&row, &json, id, project).err();
            if let Some(why) = refused {
                self.refuse(&row.id, &why.reason, &why.message).await?;
                continue;
            }
            if is_twin {
                self.context.tally.note(TWINS, format!("{:?} is {id}", row.id));
            }
            if row.author() == Author::Forger {
                self.context.tally.note(FORGED, id.to_string());
            }
            ready.push(Ready { row, json, id, project });
        }
        Ok(ready)
    }

    /// The project of a row here, or why it has none.
    async fn owner(&mut self, row: &Row) -> anyhow::Result<Result<Uuid, &'static str>> {
        if let Some(project) = &row.project_id
            && self.context.originals.contains(project)
        {
            let here = self.context.project(project).and_then(|id| Uuid::try_parse(&id).ok());
            return Ok(here.ok_or("its project is not here"));
        }
        let service = row.service_name.as_deref().unwrap_or_default();
        if !projects::is_slug(service) {
            return Ok(Err("it has no project, and its service's name cannot be one"));
        }
        self.context.tally.note(NO_PROJECT, format!("event {} of {service}", row.id));
        if let Some(known) = self.by_service.get(service) {
            return Ok(Ok(*known));
        }
        // As the gateway does it.
        let known = projects::all(&self.context.store).await?;
        let same = known.iter().find(|project| project.slug == service);
        let project = match same.and_then(|project| Uuid::try_parse(&project.id).ok()) {
            Some(project) => project,
            None => project_id_of_slug(service),
        };
        if same.is_none() && !self.context.options.is_dry {
            projects::ensure(&self.context.store, &project.to_string(), service, service).await?;
        }
        self.by_service.insert(service.to_owned(), project);
        Ok(Ok(project))
    }

    /// Publishes what is not there, and meanwhile reads the next page.
    async fn deliver(&mut self, ready: &[Ready], project: Option<&str>) -> anyhow::Result<Vec<Row>> {
        let Some(line) = self.line.take() else {
            self.done.counts.imported += ready.len() as u64;
            return self.page(project).await;
        };
        let checked = ready.iter().map(|one| event::check(&one.row, &one.json, one.id, one.project));
        // All were found good before.
        let checked: Vec<Transferred<'_>> = checked.filter_map(Result::ok).collect();
        let mut events: Vec<_> = checked.iter().map(Transferred::event).collect();
        let there = line.there(&events).await?;
        events.retain(|event| !there.contains(&(event.project_id, event.id)));
        let (new, all) = (events.len() as u64, ready.len() as u64);
        let stop = self.stop.clone();
        let (published, next) = tokio::join!(line.publish(events, &stop), self.page(project));
        self.line = Some(line);
        published?;
        self.done.counts.imported += new;
        self.done.counts.already_there += all - new;
        next
    }

    /// Notes how far it came. What was refused is on the disk before.
    async fn note(&mut self) -> anyhow::Result<()> {
        if self.context.options.is_dry {
            return Ok(());
        }
        self.rejects.sync()?;
        self.done.rejects_bytes = self.rejects.bytes();
        let progress = serde_json::to_string(&self.done)?;
        Ok(imports::keep(&self.context.store, &self.context.source.name, &progress).await?)
    }

    /// Counts a row that cannot be stored, and writes it to the file as the original has it.
    async fn refuse(&mut self, id: &str, reason: &str, message: &str) -> anyhow::Result<()> {
        self.done.counts.refuse(reason);
        if self.context.options.is_dry {
            return Ok(());
        }
        let query = sqlx::query("SELECT to_jsonb(a)::text FROM audits a WHERE id = $1").bind(id);
        let row: PgRow = within(query.fetch_one(&mut self.context.source.connection)).await?;
        let row = RawValue::from_string(row.try_get(0)?)?;
        self.rejects.add(reason, message, &row)
    }

    /// Rows of a project without a time, which no order finds.
    async fn timeless(&mut self, project: Option<&str>) -> anyhow::Result<()> {
        let of_project = self.survey.groups.iter().filter(|group| group.project_id.as_deref() == project);
        if of_project.map(|group| group.timeless).sum::<u64>() == 0 {
            return Ok(());
        }
        let statement =
            "SELECT id FROM audits WHERE timestamp IS NULL AND project_id IS NOT DISTINCT FROM $1";
        let query = sqlx::query_scalar(statement).bind(project);
        let rows: Vec<String> = within(query.fetch_all(&mut self.context.source.connection)).await?;
        for id in rows {
            self.refuse(&id, "timestamp: required", "It has no time").await?;
        }
        Ok(())
    }
}

/// Where an earlier run stopped, if what it did is still what there was to do until there: an original that goes on
/// taking events may have got some with times of before.
pub(super) async fn resume(
    context: &mut Context,
    survey: &Survey,
    since: Option<i64>,
) -> anyhow::Result<Option<Checkpoint>> {
    let Some(kept) = imports::progress(&context.store, &context.source.name).await? else { return Ok(None) };
    let Ok(done) = serde_json::from_str::<Checkpoint>(&kept) else {
        bail!(
            "the control store holds the progress of an import by another version; finish it with that one"
        );
    };
    if done.since != since {
        return Ok(None);
    }
    let statement = "SELECT count(*) FROM audits WHERE project_id IS NOT DISTINCT FROM $1 AND (timestamp IS NULL OR \
                     (timestamp < $2::timestamp OR (timestamp = $2::timestamp AND id <= $3))) AND (timestamp IS NULL \
                     OR timestamp >= COALESCE($4::timestamp, '-infinity'))";
    let from = since.map(moment);
    let query = sqlx::query_scalar(statement).bind(&done.project).bind(&done.at).bind(&done.id).bind(from);
    let within_project: i64 = within(query.fetch_one(&mut context.source.connection)).await?;
    let before: u64 = survey.projects().range(..done.project.clone()).map(|(_, events)| events).sum();
    Ok((before + within_project.unsigned_abs() == done.counts.handled()).then_some(done))
}
