//! `GET /v1/pipeline/losses`: what the processors found missing in Kafka itself.

use axum::Json;
use axum::extract::State;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::audit::statement::pipeline as statement;
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::input::Params;
use crate::time::rfc3339;

/// Something that went wrong between Kafka and the events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossIncident {
    /// `retention_cut`, `offsets_missing`, `offsets_expired`, `topic_recreated`, `rows_doubled`, `rows_expired` or
    /// `rollups_unverified`; later versions may know more.
    #[schema(example = "retention_cut")]
    kind: String,
    #[schema(example = "bataudit.events")]
    topic: String,
    partition: u16,
    /// The first offset it is about.
    first_offset: u64,
    /// The offset after the last.
    end_offset: u64,
    /// Records that are lost, at most; for `rows_…` the rows it is about.
    lost: u64,
    /// What happened and what follows.
    #[schema(example = "Kafka deleted records before they were read")]
    detail: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    detected_at: String,
}

#[derive(Debug, Row, Deserialize)]
struct LossRow {
    kind: String,
    topic: String,
    partition: u16,
    first_offset: u64,
    end_offset: u64,
    lost: u64,
    detail: String,
    detected_ms: i64,
}

/// Incidents, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LossIncidentList {
    data: Vec<LossIncident>,
}

/// The latest 200 loss incidents: records that Kafka deleted before they were read, a topic that was made anew, offsets
/// it forgot.
#[utoipa::path(
    get, path = "/v1/pipeline/losses", operation_id = "list_losses", tag = "pipeline",
    responses((status = 200, body = LossIncidentList, description = "The incidents."))
)]
pub(crate) async fn list_losses(
    State(app): State<App>,
    _: Caller,
    params: Params,
) -> ApiResult<Json<LossIncidentList>> {
    params.finish()?;
    let rows: Vec<LossRow> = app.events.all(&statement::losses()).await?;
    let data = rows.into_iter().map(|row| LossIncident {
        kind: row.kind,
        topic: row.topic,
        partition: row.partition,
        first_offset: row.first_offset,
        end_offset: row.end_offset,
        lost: row.lost,
        detail: row.detail,
        detected_at: rfc3339(row.detected_ms),
    });
    Ok(Json(LossIncidentList { data: data.collect() }))
}
