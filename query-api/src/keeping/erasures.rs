//! `/v1/projects/{id}/erasures`: one person's events are erased, with a certificate.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::erasures::{self, NewErasure};
use serde::Serialize;
use utoipa::ToSchema;

use super::{check_not_audit, short};
use crate::app::App;
use crate::audit::export::SignedManifest;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// Longest identifier and e-mail.
const MAX_SUBJECT_CHARS: usize = 1024;

/// An erasure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erasure {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    /// What the person is known by: `identifier` or `user_email`.
    #[schema(example = "identifier")]
    field: String,
    /// SHA-256 of `<project id>:<field>:<value>`. The value itself is forgotten when the job ends.
    subject_sha256: String,
    #[schema(example = "Request 17")]
    reason: String,
    /// E-mail of who asked for it.
    requested_by: String,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    requested_at: String,
    /// `pending`, `running` or `done`.
    #[schema(example = "done")]
    status: String,
    finished_at: Option<String>,
}

impl From<erasures::Erasure> for Erasure {
    fn from(job: erasures::Erasure) -> Self {
        Self {
            id: job.id,
            field: job.field,
            subject_sha256: job.subject_hash,
            reason: job.reason,
            requested_by: job.requested_by,
            requested_at: rfc3339(job.requested_at),
            status: job.status,
            finished_at: job.finished_at.map(rfc3339),
        }
    }
}

/// Erasures, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasureList {
    data: Vec<Erasure>,
}

/// An erasure that is asked for: one of the two says who.
#[derive(Debug, ToSchema)]
#[schema(example = json!({"identifier": "user-123", "reason": "Request 17"}))]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewErasureBody {
    #[schema(example = "user-123")]
    identifier: Option<String>,
    user_email: Option<String>,
    #[schema(example = "Request 17", min_length = 1, max_length = 500)]
    reason: String,
}

/// A project's erasures.
#[utoipa::path(
    get, path = "/v1/projects/{id}/erasures", operation_id = "list_erasures", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")),
    responses((status = 200, body = ErasureList, description = "The erasures."))
)]
pub(crate) async fn list_erasures(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    params: Params,
) -> ApiResult<Json<ErasureList>> {
    params.finish()?;
    caller.check_project(&id)?;
    let found = erasures::of_project(&app.control, &id).await?;
    Ok(Json(ErasureList { data: found.into_iter().map(Erasure::from).collect() }))
}

/// Has one person's events erased: rows, and counts by user. It cannot be undone.
///
/// What is under a legal hold stays, and the certificate says how much. It takes some seconds to minutes; ask for the
/// erasure until it is `done`.
#[utoipa::path(
    post, path = "/v1/projects/{id}/erasures", operation_id = "create_erasure", tag = "keeping",
    params(("id" = String, Path, description = "The project's id.")), request_body = NewErasureBody,
    responses(
        (status = 202, body = Erasure, description = "It will be done."),
        (status = 409, body = crate::error::ErrorBody, description = "It is the project of what people did here (`refused`)."),
    )
)]
pub(crate) async fn create_erasure(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Erasure>)> {
    caller.check_project(&id)?;
    check_not_audit(&id)?;
    let given = [
        ("identifier", body.optional_text("identifier")?),
        ("user_email", body.optional_text("user_email")?),
    ];
    let reason = short("reason", body.text("reason")?)?;
    body.finish()?;
    let mut given =
        given.into_iter().filter_map(|(field, value)| Some((field, value.filter(|v| !v.is_empty())?)));
    let (Some((field, subject)), None) = (given.next(), given.next()) else {
        return Err(ApiError::parameter("identifier", "or user_email is required, and not both"));
    };
    if subject.chars().count() > MAX_SUBJECT_CHARS {
        return Err(ApiError::parameter(field, format!("must have at most {MAX_SUBJECT_CHARS} characters")));
    }
    let requested_by = &caller.user.email;
    let new = NewErasure { project_id: &id, field, subject: &subject, reason: &reason, requested_by };
    let made = erasures::create(&caller.control(&app), new).await?;
    Ok((StatusCode::ACCEPTED, Json(made.into())))
}

/// How far an erasure is.
#[utoipa::path(
    get, path = "/v1/projects/{id}/erasures/{erasure_id}", operation_id = "get_erasure", tag = "keeping",
    params(
        ("id" = String, Path, description = "The project's id."),
        ("erasure_id" = String, Path, description = "The erasure's id."),
    ),
    responses((status = 200, body = Erasure, description = "The erasure."))
)]
pub(crate) async fn get_erasure(
    State(app): State<App>,
    caller: Caller,
    Path((id, erasure_id)): Path<(String, String)>,
    params: Params,
) -> ApiResult<Json<Erasure>> {
    params.finish()?;
    caller.check_project(&id)?;
    let found = erasures::find(&app.control, &id, &erasure_id).await?;
    Ok(Json(found.ok_or(ApiError::NotFound("erasure"))?.into()))
}

/// The signed certificate of an erasure that is done: rows of each table before, removed, held and after; when, by
/// whom, and what an erasure does not reach. Signed as the manifests of exports are.
#[utoipa::path(
    get, path = "/v1/projects/{id}/erasures/{erasure_id}/certificate", operation_id = "get_erasure_certificate",
    tag = "keeping",
    params(
        ("id" = String, Path, description = "The project's id."),
        ("erasure_id" = String, Path, description = "The erasure's id."),
    ),
    responses(
        (status = 200, body = SignedManifest, description = "The certificate."),
        (status = 409, body = crate::error::ErrorBody, description = "It is not done yet (`refused`)."),
    )
)]
pub(crate) async fn get_erasure_certificate(
    State(app): State<App>,
    caller: Caller,
    Path((id, erasure_id)): Path<(String, String)>,
    params: Params,
) -> ApiResult<Json<SignedManifest>> {
    params.finish()?;
    caller.check_project(&id)?;
    let found = erasures::find(&app.control, &id, &erasure_id).await?.ok_or(ApiError::NotFound("erasure"))?;
    let certificate =
        found.certificate.ok_or(ApiError::Refused("the erasure is not done yet; ask again later"))?;
    Ok(Json(app.signer.signed(certificate)?))
}
