//! `GET /v1/audit/facets`: the values filters can take.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::{Field, Filter};
use super::range::{DAY_MS, RETENTION_MS, Range, RangeQuery, Segment, Tier, floor};
use super::statement::figures::{self as statement, About, ENDPOINT_FIELDS, STATS_FIELDS};
use super::stats::source;
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::ApiResult;
use crate::input::Params;

/// Ranges up to this long are answered by the hour, longer ones by the day.
const BY_HOUR_MS: i64 = 2 * DAY_MS;

/// The values filters can take, the most frequent first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facets {
    #[schema(example = json!(["my-api"]))]
    services: Vec<String>,
    #[schema(example = json!(["production"]))]
    environments: Vec<String>,
    #[schema(example = json!(["GET", "POST"]))]
    methods: Vec<String>,
    #[schema(example = json!(["backend", "browser"]))]
    sources: Vec<String>,
}

#[derive(Debug, Row, Deserialize)]
struct NameRow {
    name: String,
    #[expect(dead_code, reason = "the statement sorts by it")]
    requests: u64,
}

/// The services, environments, methods and sources of the events that match, in whole hours or days
/// where the rollups can tell. A list of values is not narrowed by the filter on its own field.
#[utoipa::path(
    get, path = "/v1/audit/facets", operation_id = "facets", tag = "events",
    params(Filter, RangeQuery),
    responses((status = 200, body = Facets, description = "The values."))
)]
pub(crate) async fn facets(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Facets>> {
    let now = now_ms();
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now, RETENTION_MS)?;
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let menus = Menus { app: &app, scope, filter, range, now };
    let (services, environments, methods, sources) = futures::try_join!(
        menus.values(Field::ServiceName),
        menus.values(Field::Environment),
        menus.values(Field::Method),
        menus.values(Field::Source),
    )?;
    Ok(Json(Facets { services, environments, methods, sources }))
}

struct Menus<'a> {
    app: &'a App,
    scope: Scope,
    filter: Filter,
    range: Range,
    now: i64,
}

impl Menus<'_> {
    async fn values(&self, field: Field) -> ApiResult<Vec<String>> {
        let tier = if self.range.end - self.range.start <= BY_HOUR_MS { Tier::Hour } else { Tier::Day };
        let step = tier.millis();
        let (start, end) = (floor(self.range.start, step), floor(self.range.end, step) + step);
        let segments = [Segment { tier, start, end }];
        let filter = self.filter.without(field);
        let held = if STATS_FIELDS.contains(&field) { STATS_FIELDS } else { ENDPOINT_FIELDS };
        let source = source(&filter, held, &segments, self.range, self.now)?;
        let statement = statement::facet(About { scope: &self.scope, source, filter: &filter }, field);
        let rows: Vec<NameRow> = self.app.events.all(&statement).await?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    }
}
