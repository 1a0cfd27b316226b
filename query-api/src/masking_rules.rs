//! `/v1/projects/{id}/masking-rules`: what is masked in a project's events besides what always is.
//! Rules are checked by the code that masks, so that what is stored here can be used there.

use axum::Json;
use axum::extract::{Path, State};
use bataudit_control::mask_rules::{self, NewRules};
use bataudit_control::projects;
use bataudit_mask::{Masker, Project, RuleSet, Salt, Scratch};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// The most samples of a dry run.
const MOST_SAMPLES: usize = 20;

/// The masking rules of a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaskingRules {
    project_id: String,
    /// Counts the changes; 0 where no rules were ever made. Rows say which version masked them.
    #[schema(example = 7)]
    version: i64,
    /// The rules; docs/MASKING.md says what they may say.
    #[schema(value_type = Vec<MaskingRule>)]
    rules: Value,
    /// The user who made this version.
    #[schema(required)]
    changed_by: Option<String>,
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    changed_at: Option<String>,
}

/// One rule: exactly one of `key`, `path` and `pattern`.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"key": "customer_ref", "redaction": "hash"}))]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct MaskingRule {
    /// A key whose whole value is masked, in any letter case, with or without `-`, `_` and spaces.
    #[schema(example = "customer_ref", nullable = false)]
    key: Option<String>,
    /// A place in the event, as a JSON pointer that begins with the field; `*` is any member or element.
    #[schema(example = "/request_body/items/*/serial", nullable = false)]
    path: Option<String>,
    /// A regular expression; what it matches in any text is masked.
    #[schema(example = "INV-[0-9]{6}", nullable = false)]
    pattern: Option<String>,
    /// `mask` unless given.
    #[schema(nullable = false)]
    redaction: Option<Redaction>,
}

/// What becomes of a masked value.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum Redaction {
    /// `********`.
    Mask,
    /// `null` in JSON, nothing in text.
    Remove,
    /// A hash under a salt of the project: equal values stay equal.
    Hash,
}

/// Rules that are to replace those of the project.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewMaskingRules {
    /// The version these rules were made from: 409 when there is a newer one.
    version: i64,
    rules: Vec<MaskingRule>,
}

/// Rules to be tried on samples.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct MaskingDryRun {
    /// The rules to try; those in force unless given.
    #[schema(nullable = false)]
    rules: Option<Vec<MaskingRule>>,
    /// Events, or parts of them, by field: at most 20. Nothing of them is stored.
    #[schema(value_type = Vec<Object>, example = json!([{"path": "/a?token=x", "request_body": {"customer_ref": "42"}}]))]
    samples: Vec<Value>,
}

/// The samples as they would be stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaskingDryRunResult {
    data: Vec<MaskedSample>,
}

/// A sample as it would be stored.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MaskedSample {
    /// The sample, masked.
    #[schema(value_type = Object)]
    masked: Value,
    /// How many fields were changed.
    #[schema(example = 2)]
    masked_fields: usize,
}

/// The rules in force.
#[utoipa::path(
    get, path = "/v1/projects/{id}/masking-rules", operation_id = "get_masking_rules", tag = "masking",
    params(("id" = String, Path, description = "The project's id.")),
    responses((status = 200, body = MaskingRules, description = "The rules."))
)]
pub(crate) async fn get_masking_rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<MaskingRules>> {
    params.finish()?;
    check_project(&app, &caller, &id).await?;
    let current = mask_rules::current(&app.control, &id).await?;
    let none =
        MaskingRules { project_id: id, version: 0, rules: json!([]), changed_by: None, changed_at: None };
    current.map_or(Ok(Json(none)), |current| shown(current).map(Json))
}

/// Replaces the rules. Processors mask by the new ones within a second.
#[utoipa::path(
    put, path = "/v1/projects/{id}/masking-rules", operation_id = "put_masking_rules", tag = "masking",
    params(("id" = String, Path, description = "The project's id.")),
    request_body = NewMaskingRules,
    responses(
        (status = 200, body = MaskingRules, description = "The rules, now in force."),
        (status = 409, body = crate::error::ErrorBody, description = "Somebody changed them meanwhile."),
    )
)]
pub(crate) async fn put_masking_rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<MaskingRules>> {
    let replaces = body.number("version")?;
    let rules = body.value("rules").ok_or_else(|| ApiError::parameter("rules", "is required"))?;
    body.finish()?;
    check_project(&app, &caller, &id).await?;
    drop(check(&rules)?);
    let last = i64::from(*bataudit_mask::PROJECT_VERSIONS.end());
    if replaces >= last {
        return Err(ApiError::parameter("version", format!("must be below {last}")));
    }
    let text = rules.to_string();
    let new = NewRules { project_id: &id, replaces, rules: &text, created_by: Some(&caller.user.id) };
    shown(mask_rules::replace(&caller.control(&app), new).await?).map(Json)
}

/// Masks samples by rules without storing either. The rules of the installation's own file, which the
/// processors read, are not known here.
#[utoipa::path(
    post, path = "/v1/projects/{id}/masking-rules/dry-run", operation_id = "try_masking_rules", tag = "masking",
    params(("id" = String, Path, description = "The project's id.")),
    request_body = MaskingDryRun,
    responses((status = 200, body = MaskingDryRunResult, description = "The samples as they would be stored."))
)]
pub(crate) async fn try_masking_rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<MaskingDryRunResult>> {
    let (rules, samples) = (body.value("rules"), body.value("samples"));
    body.finish()?;
    check_project(&app, &caller, &id).await?;
    let current = mask_rules::current(&app.control, &id).await?;
    let salt = current.as_ref().and_then(|current| salt(current.salt.expose())).unwrap_or_default();
    let rules = match (rules, current) {
        (Some(rules), _) => check(&rules)?,
        (None, Some(current)) => check(&parse(&current.rules)?)?,
        (None, None) => RuleSet::default(),
    };
    let masker = Masker::new(None, Some(&Project { rules, salt, version: 1 }));
    let Some(Value::Array(samples)) =
        samples.filter(|samples| samples.as_array().is_some_and(|s| s.len() <= MOST_SAMPLES))
    else {
        return Err(ApiError::parameter(
            "samples",
            format!("must be a list of at most {MOST_SAMPLES} objects"),
        ));
    };
    let masked = samples.iter().enumerate().map(|(index, sample)| masked(&masker, sample, index));
    Ok(Json(MaskingDryRunResult { data: masked.collect::<ApiResult<_>>()? }))
}

async fn check_project(app: &App, caller: &Caller, id: &str) -> ApiResult<()> {
    caller.check_project(id)?;
    projects::by_id(&app.control, id).await?.ok_or(ApiError::NotFound("project")).map(drop)
}

fn check(rules: &Value) -> ApiResult<RuleSet> {
    RuleSet::from_value(rules)
        .map_err(|problems| ApiError::parameter("rules", format!("cannot be used: {problems}")))
}

fn shown(rules: mask_rules::MaskRules) -> ApiResult<MaskingRules> {
    Ok(MaskingRules {
        rules: parse(&rules.rules)?,
        project_id: rules.project_id,
        version: rules.version,
        changed_by: rules.created_by,
        changed_at: Some(rfc3339(rules.created_at)),
    })
}

fn parse(rules: &str) -> ApiResult<Value> {
    serde_json::from_str(rules).map_err(|_| {
        tracing::error!("A row of the control store has masking rules that are not JSON.");
        ApiError::Internal
    })
}

fn salt(hex: &str) -> Option<Salt> {
    let digit = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    hex.as_bytes().chunks(2).map(digit).collect::<Option<_>>().map(Salt::new)
}

/// Masks a sample field by field, as the processor masks an event.
fn masked(masker: &Masker, sample: &Value, index: usize) -> ApiResult<MaskedSample> {
    let at = format!("samples[{index}]");
    let Value::Object(fields) = sample else {
        return Err(ApiError::parameter(&at, "must be an object of fields"));
    };
    let texts: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            let is_json = bataudit_mask::is_json_field(name);
            let text = if is_json { Some(value.to_string()) } else { value.as_str().map(str::to_owned) };
            text.map(|text| (name.as_str(), is_json, text)).ok_or_else(|| {
                ApiError::parameter(
                    &at,
                    "must have a text in every field that is no body, parameters or roles",
                )
            })
        })
        .collect::<ApiResult<_>>()?;
    let mut event = bataudit_event::Event::default();
    for (name, _, text) in &texts {
        if !bataudit_mask::set_field(&mut event, name, text) {
            return Err(ApiError::parameter(&at, "has a field that is not masked, or no field of an event"));
        }
    }
    let mut scratch = Scratch::default();
    let event =
        masker.event(&event, &mut scratch).map_err(|error| ApiError::parameter(&at, error.to_string()))?;
    let mut result = Map::new();
    for (name, is_json, _) in &texts {
        let text = bataudit_mask::field(&event, name).unwrap_or_default();
        let value = if *is_json { parse(text)? } else { json!(text) };
        result.insert((*name).to_owned(), value);
    }
    let masked_fields = scratch.masked_fields();
    Ok(MaskedSample { masked: Value::Object(result), masked_fields })
}
