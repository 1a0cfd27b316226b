//! `GET /v1/audit/facets/counts`: the most frequent values of the fields people filter by, with their counts.

use axum::Json;
use axum::extract::State;
use bataudit_control::clock::now_ms;
use clickhouse::Row;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::filter::{Field, Filter};
use super::range::{RETENTION_MS, Range, RangeQuery};
use super::statement::tops::{self as statement, Counted};
use crate::app::App;
use crate::auth::{Caller, Scope};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// What is counted, in the order of the answer.
const ALL: [Counted; 10] = [
    Counted::Text(Field::ServiceName),
    Counted::Text(Field::Environment),
    Counted::Text(Field::Method),
    Counted::StatusClass,
    Counted::StatusCode,
    Counted::Text(Field::Route),
    Counted::Text(Field::Identifier),
    Counted::Text(Field::TenantId),
    Counted::Text(Field::Source),
    Counted::Text(Field::EventType),
];
/// Values of a field unless asked otherwise.
const USUAL: u64 = 20;
/// Statements at once: each has its own, of which the filter says something.
const AT_ONCE: usize = 3;

/// What to count.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct FacetQuery {
    /// Only these fields; all unless given.
    #[param(nullable = false, inline)]
    field: Option<Vec<FacetField>>,
    /// Values of a field at most.
    #[param(nullable = false, minimum = 1, maximum = 100, default = 20)]
    limit: Option<u64>,
}

/// A field whose values are counted.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum FacetField {
    ServiceName,
    Environment,
    Method,
    StatusClass,
    StatusCode,
    Route,
    Identifier,
    TenantId,
    Source,
    EventType,
}

/// The values of fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetCounts {
    /// Events that match the whole filter.
    total: u64,
    facets: Vec<Facet>,
}

/// The values of a field among the events that match what the filter says of other fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facet {
    #[schema(value_type = FacetField)]
    field: &'static str,
    /// The most frequent first; events without a value are left out.
    values: Vec<FacetValue>,
}

/// A value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetValue {
    /// As the filter takes it.
    #[schema(example = "checkout")]
    value: String,
    #[schema(example = 1234)]
    count: u64,
    /// Whether the count may be too high: the field has more than 2,000 values.
    approximate: bool,
}

#[derive(Debug, Row, Deserialize)]
struct TopsRow {
    tops: Vec<Vec<(String, u64, u64)>>,
    matching: u64,
}

/// The most frequent values of the fields people filter by, with their counts, among the events that match.
///
/// The list of a field is not narrowed by the filter on that field itself: it says what else it could be set to. Events
/// are counted one by one, BatAudit's own too, as the list of events shows them; a narrow range answers sooner.
#[utoipa::path(
    get, path = "/v1/audit/facets/counts", operation_id = "facet_counts", tag = "events",
    params(Filter, RangeQuery, FacetQuery),
    responses((status = 200, body = FacetCounts, description = "The values."))
)]
pub(crate) async fn facet_counts(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<FacetCounts>> {
    let filter = Filter::take(&mut params)?;
    let range = Range::take(&mut params, now_ms(), RETENTION_MS)?;
    let wanted = wanted(params.texts("field")?)?;
    let most = params.number("limit", 1..=100)?.unwrap_or(USUAL);
    params.finish()?;
    let scope = caller.scope(filter.project_id.as_deref())?;
    let asked = Asked { app: &app, scope: &scope, range, most };
    // What the filter says nothing of is counted in one pass, the others in one each.
    let is_free = |counted: &Counted| counted.unfiltered(&filter) == filter;
    let (free, filtered): (Vec<_>, Vec<_>) = wanted.iter().copied().partition(is_free);
    let passes = std::iter::once((filter.clone(), free))
        .chain(filtered.into_iter().map(|counted| (counted.unfiltered(&filter), vec![counted])));
    let passes: Vec<_> = passes.collect();
    let answers: Vec<Pass> = stream::iter(passes)
        .map(|(filter, counted)| asked.pass(filter, counted))
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let total = answers.first().map_or(0, |pass| pass.matching);
    let mut facets: Vec<Facet> = answers.into_iter().flat_map(|pass| pass.facets).collect();
    facets.sort_by_key(|facet| ALL.iter().position(|counted| counted.name() == facet.field));
    Ok(Json(FacetCounts { total, facets }))
}

fn wanted(names: Vec<String>) -> ApiResult<Vec<Counted>> {
    if names.is_empty() {
        return Ok(ALL.to_vec());
    }
    let known = |name: &String| ALL.into_iter().any(|counted| counted.name() == name);
    if !names.iter().all(known) {
        let all: Vec<_> = ALL.iter().map(|counted| counted.name()).collect();
        return Err(ApiError::parameter("field", format!("must be one of {}", all.join(", "))));
    }
    Ok(ALL.into_iter().filter(|counted| names.iter().any(|name| name == counted.name())).collect())
}

struct Asked<'a> {
    app: &'a App,
    scope: &'a Scope,
    range: Range,
    most: u64,
}

/// What one pass over the events found.
struct Pass {
    matching: u64,
    facets: Vec<Facet>,
}

impl Asked<'_> {
    async fn pass(&self, filter: Filter, counted: Vec<Counted>) -> ApiResult<Pass> {
        let statement = statement::tops(self.scope, self.range, &filter, &counted, self.most);
        let row: Option<TopsRow> = self.app.events.first(&statement).await?;
        let row = row.unwrap_or(TopsRow { tops: Vec::new(), matching: 0 });
        let facets = counted.iter().zip(row.tops).map(|(counted, top)| Facet {
            field: counted.name(),
            values: top.into_iter().map(|top| value(*counted, top)).collect(),
        });
        Ok(Pass { matching: row.matching, facets: facets.collect() })
    }
}

fn value(counted: Counted, (value, count, surplus): (String, u64, u64)) -> FacetValue {
    let value = if counted == Counted::StatusClass { format!("{value}xx") } else { value };
    FacetValue { value, count, approximate: surplus > 0 }
}
