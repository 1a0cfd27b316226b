//! `/v1/auth/api-keys`.

mod shape;
mod usage;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::keys::{self, NewKey};
use bataudit_control::{Role, projects};
use bataudit_event::access::{KeyScope as Scope, Rate};
use serde_json::Value;

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

use shape::{ApiKeyList, ApiKeyQuery, CreatedApiKey, NewApiKey, Rotation};
use usage::Usage;

const HOUR_MS: i64 = 60 * 60 * 1000;

/// The keys of a project, and when and how much each was used. That is read from the events: when ClickHouse does
/// not answer, the list comes without.
#[utoipa::path(
    get, path = "/v1/auth/api-keys", operation_id = "list_api_keys", tag = "keys", params(ApiKeyQuery),
    responses((status = 200, body = ApiKeyList, description = "The keys, without the keys themselves."))
)]
pub(crate) async fn list_api_keys(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<ApiKeyList>> {
    let project_id =
        params.text("project_id")?.ok_or_else(|| ApiError::parameter("project_id", "is required"))?;
    params.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let found = keys::of_project(&app.control, &project_id).await?;
    let usage = Usage::of(&app, &found, now_ms()).await;
    Ok(Json(ApiKeyList::new(found, usage.as_ref())))
}

/// Creates a key. Gateways know it within a second.
#[utoipa::path(
    post, path = "/v1/auth/api-keys", operation_id = "create_api_key", tag = "keys",
    request_body = NewApiKey,
    responses(
        (status = 201, body = CreatedApiKey, description = "The key, shown this once."),
        (status = 409, body = crate::error::ErrorBody, description = "The project is archived (`refused`)."),
    )
)]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<CreatedApiKey>)> {
    let (project_id, name) = (body.text("project_id")?, body.text("name")?);
    let scope = read_scope(&mut body)?;
    let origins = body.texts("origins")?;
    let (expires_at, rate) = (body.future_time("expires_at")?, read_rate(&mut body)?);
    body.finish()?;
    caller.check_project(&project_id)?;
    check_scope(&caller, scope)?;
    if let Some(wrong) = origins.iter().find(|origin| !is_origin(origin)) {
        let at = origins.iter().position(|origin| origin == wrong).unwrap_or_default();
        let expected = "must be an origin: scheme, host and port only, such as https://app.example.com";
        return Err(ApiError::parameter(&format!("origins[{at}]"), expected));
    }
    let new = NewKey {
        project_id: &project_id,
        name: &name,
        scope,
        origins: &origins,
        created_by: Some(&caller.user.id),
        expires_at,
        rate,
    };
    let (key, text) = keys::create(&caller.control(&app), new).await?;
    Ok((StatusCode::CREATED, Json(CreatedApiKey::new(key, &text))))
}

/// Revokes a key. It stops working at every gateway within a second.
#[utoipa::path(
    delete, path = "/v1/auth/api-keys/{id}", operation_id = "revoke_api_key", tag = "keys",
    params(("id" = String, Path, description = "The key's id.")),
    responses((status = 200, body = Message, description = "The key is revoked, or was before."))
)]
pub(crate) async fn revoke_api_key(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Message>> {
    find(&app, &caller, &id).await?;
    keys::revoke(&caller.control(&app), &id).await?;
    Ok(Json(Message { message: "api key revoked" }))
}

/// Makes the successor of a key, with the same project, scope, origins and rate. The old key works for
/// some hours more, so that applications can change over without losing an event.
#[utoipa::path(
    post, path = "/v1/auth/api-keys/{id}/rotate", operation_id = "rotate_api_key", tag = "keys",
    params(("id" = String, Path, description = "The key's id.")), request_body = Rotation,
    responses(
        (status = 201, body = CreatedApiKey, description = "The new key, shown this once."),
        (status = 409, body = crate::error::ErrorBody, description = "The key does not work any more, or was rotated before (`refused`)."),
    )
)]
pub(crate) async fn rotate_api_key(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<CreatedApiKey>)> {
    let hours = body.optional_number("overlap_hours", 0..=keys::MAX_OVERLAP_MS / HOUR_MS)?.unwrap_or(24);
    body.finish()?;
    let key = find(&app, &caller, &id).await?;
    check_scope(&caller, key.scope)?;
    let (store, by) = (caller.control(&app), Some(caller.user.id.as_str()));
    let (successor, text) = keys::rotate(&store, &id, hours * HOUR_MS, by, now_ms()).await?;
    Ok((StatusCode::CREATED, Json(CreatedApiKey::new(successor, &text))))
}

/// A key of a project the caller may change; others do not exist.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<keys::ApiKey> {
    let missing = || ApiError::NotFound("API key");
    let key = keys::by_id(&app.control, id).await?.ok_or_else(missing)?;
    caller.check_project(&key.project_id).map_err(|error| match error {
        ApiError::NotFound(_) => missing(),
        other => other,
    })?;
    Ok(key)
}

fn check_scope(caller: &Caller, scope: Scope) -> ApiResult<()> {
    if scope == Scope::Instance && caller.user.role != Role::Owner {
        return Err(ApiError::Forbidden("only the owner may create a key for the whole instance"));
    }
    Ok(())
}

fn read_scope(body: &mut Body) -> ApiResult<Scope> {
    match body.optional_text("scope")?.as_deref() {
        None | Some("project") => Ok(Scope::Project),
        Some("instance") => Ok(Scope::Instance),
        Some("browser") => Ok(Scope::Browser),
        Some(_) => Err(ApiError::parameter("scope", "must be project, instance or browser")),
    }
}

/// A rate of the key's own, if it is to have one.
fn read_rate(body: &mut Body) -> ApiResult<Option<Rate>> {
    let Some(value) = body.value("rate") else { return Ok(None) };
    let field = |name: &str| {
        let number = value.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number > 0)
    };
    let known = value.as_object().is_some_and(|fields| fields.len() == 2);
    let rate = field("per_second").zip(field("burst")).filter(|_| known);
    let expected = "must be {\"per_second\": n, \"burst\": n} with whole numbers from 1";
    let (per_second, burst) = rate.ok_or_else(|| ApiError::parameter("rate", expected))?;
    Ok(Some(Rate { per_second, burst }))
}

/// Whether a text is what a browser sends as `Origin`: `http(s)://host[:port]` and nothing more.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        (1..=260).contains(&host.len())
            && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for good in ["https://app.example.com", "http://localhost:3000", "http://[::1]:8080"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in
            ["*", "https://", "app.example.com", "https://a.b/", "https://A.b", "https://u@a.b", "null"]
        {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
