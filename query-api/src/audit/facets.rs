//! `GET /v1/audit/facets`: the values filters can take.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::RollupFilter;
use super::list::RangeQuery;
use super::range::{DAY_MS, RETENTION_MS, Range, Segment, Tier, floor};
use super::statement::rollups::{self as statement, Facet};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::ApiResult;
use crate::input::Params;

/// Ranges up to this long are answered by the hour, longer ones by the day.
const BY_HOUR_MS: i64 = 2 * DAY_MS;

/// Which project.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ProjectQuery {
    /// One project; without it, all the caller may see.
    project_id: Option<String>,
}

/// The values filters can take, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    #[schema(example = json!(["my-api"]))]
    services: Vec<String>,
    #[schema(example = json!(["production"]))]
    environments: Vec<String>,
    #[schema(example = json!(["GET", "POST"]))]
    methods: Vec<String>,
}

#[derive(Debug, Row, Deserialize)]
struct NameRow {
    name: String,
    #[expect(dead_code, reason = "the statement sorts by it")]
    requests: u64,
}

/// The services, environments and methods seen within the range, in whole hours or days.
#[utoipa::path(
    get, path = "/v1/audit/facets", operation_id = "facets", tag = "events",
    params(ProjectQuery, RangeQuery),
    responses((status = 200, body = Facets, description = "The values."))
)]
pub(crate) async fn facets(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Facets>> {
    let project_id = params.text("project_id")?;
    let range = Range::take(&mut params, now_ms(), RETENTION_MS)?;
    params.finish()?;
    let scope = caller.scope(project_id.as_deref())?;
    let (services, environments, methods) = futures::try_join!(
        names(&app, &scope, range, Facet::Service),
        names(&app, &scope, range, Facet::Environment),
        names(&app, &scope, range, Facet::Method),
    )?;
    Ok(Json(Facets { services, environments, methods }))
}

async fn names(app: &App, scope: &Scope, range: Range, facet: Facet) -> ApiResult<Vec<String>> {
    let tier = if range.end - range.start <= BY_HOUR_MS { Tier::Hour } else { Tier::Day };
    let step = tier.millis();
    let segment = Segment { tier, start: floor(range.start, step), end: floor(range.end, step) + step };
    let statement = statement::facet(scope, &[segment], RollupFilter::default(), facet);
    let rows: Vec<NameRow> = app.events.all(&statement).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
