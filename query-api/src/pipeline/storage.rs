//! `GET /v1/pipeline/storage`: how much is stored, by project and, for who looks after the installation, by table.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PipelineQuery;
use crate::app::App;
use crate::audit::range::Range;
use crate::audit::statement::pipeline as statement;
use crate::auth::{Caller, Scope};
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Projects whose size is estimated, those with the most events.
const ESTIMATED: usize = 50;
/// Samples that are read at once.
const AT_ONCE: usize = 4;

/// How much is stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Storage {
    /// The caller's projects, those with the most events first.
    projects: Vec<ProjectStorage>,
    /// Only for the instance roles owner, admin and auditor; else `null`.
    #[schema(required)]
    tables: Option<Vec<TableStorage>>,
}

/// What is stored of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectStorage {
    project_id: String,
    /// Events that are stored as they came.
    rows: u64,
    /// About how many bytes they take before compression, by the size of the latest 1,000; `null` beyond the 50 projects
    /// with the most events.
    #[schema(required, example = 1_200_000)]
    bytes_estimated: Option<u64>,
    /// The oldest event's time.
    #[schema(example = "2026-01-01T00:00:00.012Z")]
    oldest: String,
    /// The newest event's time.
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    newest: String,
}

/// A table: events as they came (`events`), or what was counted of them by minute, hour or day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TableStorage {
    #[schema(example = "stats_hour")]
    table: String,
    tier: StorageTier,
    rows: u64,
    /// On the disk.
    bytes: u64,
    /// Before compression.
    bytes_uncompressed: u64,
    /// The oldest time in it; `null` when it is empty.
    #[schema(required, example = "2026-01-01T00:00:00.000Z")]
    oldest: Option<String>,
    /// The newest.
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    newest: Option<String>,
}

/// How finely a table tells what happened.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StorageTier {
    Event,
    Minute,
    Hour,
    Day,
}

impl StorageTier {
    fn of(table: &str) -> Self {
        match table.rsplit('_').next() {
            Some("minute") => Self::Minute,
            Some("hour") => Self::Hour,
            Some("day") => Self::Day,
            _ => Self::Event,
        }
    }
}

#[derive(Debug, Row, Deserialize)]
struct ProjectRow {
    project: String,
    row_count: u64,
    oldest_ms: i64,
    newest_ms: i64,
}

#[derive(Debug, Row, Deserialize)]
struct TableRow {
    name: String,
    row_count: u64,
    bytes: u64,
    uncompressed: u64,
}

#[derive(Debug, Row, Deserialize)]
struct ExtentRow {
    name: String,
    oldest_ms: i64,
    newest_ms: i64,
}

/// How much is stored of the caller's projects, and in which tables.
///
/// What ClickHouse stores is not kept by project: its bytes on the disk are known of tables only.
#[utoipa::path(
    get, path = "/v1/pipeline/storage", operation_id = "pipeline_storage", tag = "pipeline", params(PipelineQuery),
    responses((status = 200, body = Storage, description = "What is stored."))
)]
pub(crate) async fn pipeline_storage(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Storage>> {
    let project_id = params.text("project_id")?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let tables = async { if caller.sees_the_instance() { tables(&app).await.map(Some) } else { Ok(None) } };
    let (projects, tables) = futures::try_join!(projects(&app, &scope), tables)?;
    Ok(Json(Storage { projects, tables }))
}

async fn projects(app: &App, scope: &Scope) -> ApiResult<Vec<ProjectStorage>> {
    let range = Range::everything(now_ms());
    let rows: Vec<ProjectRow> = app.events.all(&statement::stored(scope, range)).await?;
    // Collected first: the compiler does not see through the borrows of a lazy one.
    let largest: Vec<Scope> =
        rows.iter().take(ESTIMATED).filter_map(|row| scope.narrowed(&row.project)).collect();
    let sizes: Vec<Option<f64>> = stream::iter(largest)
        .map(|project| async move { app.events.first(&statement::row_size(&project, range)).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let sizes = sizes.into_iter().chain(std::iter::repeat(None));
    let shown = rows.into_iter().zip(sizes).map(|(row, size)| ProjectStorage {
        bytes_estimated: size.map(|size| (size * row.row_count as f64) as u64),
        project_id: row.project,
        rows: row.row_count,
        oldest: rfc3339(row.oldest_ms),
        newest: rfc3339(row.newest_ms),
    });
    Ok(shown.collect())
}

async fn tables(app: &App) -> ApiResult<Vec<TableStorage>> {
    let (tables, extents) = (statement::tables(&app.sizes), statement::extents());
    let (rows, extents) =
        futures::try_join!(app.events.all::<TableRow>(&tables), app.events.all::<ExtentRow>(&extents))?;
    let extents: BTreeMap<_, _> =
        extents.into_iter().map(|row| (row.name, (row.oldest_ms, row.newest_ms))).collect();
    let shown = rows.into_iter().map(|row| {
        let extent = extents.get(&row.name).filter(|_| row.row_count > 0);
        TableStorage {
            tier: StorageTier::of(&row.name),
            rows: row.row_count,
            bytes: row.bytes,
            bytes_uncompressed: row.uncompressed,
            oldest: extent.map(|(oldest, _)| rfc3339(*oldest)),
            newest: extent.map(|(_, newest)| rfc3339(*newest)),
            table: row.name,
        }
    });
    Ok(shown.collect())
}
