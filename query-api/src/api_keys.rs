//! `/v1/auth/api-keys`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::clock::now_ms;
use bataudit_control::keys::{self, NewKey};
use bataudit_control::{Role, projects};
use bataudit_event::access::KeyScope as Scope;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Caller;
use crate::auth::login::Message;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// What a key may do.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyScope {
    /// Writes events of its project.
    Project,
    /// Writes events of any project: the service name decides which. Only the owner may make one.
    Instance,
    /// Writes browser events of its project, from the listed origins only.
    Browser,
}

/// An API key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    project_id: String,
    #[schema(example = "checkout service")]
    name: String,
    scope: KeyScope,
    /// Where a browser key may be used from.
    origins: Vec<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(required)]
    expires_at: Option<String>,
    #[schema(required)]
    revoked_at: Option<String>,
    /// Whether the key works now.
    active: bool,
}

impl From<keys::ApiKey> for ApiKey {
    fn from(key: keys::ApiKey) -> Self {
        let active = key.is_active(now_ms());
        let scope = match key.scope {
            Scope::Project => KeyScope::Project,
            Scope::Instance => KeyScope::Instance,
            Scope::Browser => KeyScope::Browser,
        };
        Self {
            id: key.id,
            project_id: key.project_id,
            name: key.name,
            scope,
            origins: key.origins,
            created_at: rfc3339(key.created_at),
            expires_at: key.expires_at.map(rfc3339),
            revoked_at: key.revoked_at.map(rfc3339),
            active,
        }
    }
}

/// Keys, the newest first, revoked ones included.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    data: Vec<ApiKey>,
}

/// A key to be created.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewApiKey {
    project_id: String,
    #[schema(example = "checkout service", min_length = 1, max_length = 128)]
    name: String,
    /// `project` unless given.
    #[schema(nullable = false)]
    scope: Option<KeyScope>,
    /// For a browser key: where it may be used from, such as `https://app.example.com`.
    #[schema(nullable = false)]
    origins: Option<Vec<String>>,
    /// When it stops working; never unless given.
    #[schema(example = "2027-01-31T08:00:00Z")]
    expires_at: Option<String>,
}

/// A key that was just created. This is the only time the key is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    id: String,
    /// `bat_` and 64 hex digits.
    #[schema(example = "bat_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    key: String,
    #[schema(example = "Store this key safely — it will not be shown again.")]
    note: &'static str,
}

/// Which keys to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ApiKeyQuery {
    /// The project.
    project_id: String,
}

/// The keys of a project.
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
    Ok(Json(ApiKeyList { data: found.into_iter().map(ApiKey::from).collect() }))
}

/// Creates a key. Gateways know it within a second.
#[utoipa::path(
    post, path = "/v1/auth/api-keys", operation_id = "create_api_key", tag = "keys",
    request_body = NewApiKey,
    responses((status = 201, body = CreatedApiKey, description = "The key, shown this once."))
)]
pub(crate) async fn create_api_key(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<CreatedApiKey>)> {
    let (project_id, name) = (body.text("project_id")?, body.text("name")?);
    let scope = read_scope(&mut body)?;
    let origins = body.texts("origins")?;
    let expires_at = read_expiry(&mut body)?;
    body.finish()?;
    caller.check_project(&project_id)?;
    if scope == Scope::Instance && caller.user.role != Role::Owner {
        return Err(ApiError::Forbidden("only the owner may create a key for the whole instance"));
    }
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
    };
    let (key, text) = keys::create(&app.control, new).await?;
    let note = "Store this key safely — it will not be shown again.";
    Ok((StatusCode::CREATED, Json(CreatedApiKey { id: key.id, key: text.expose().to_owned(), note })))
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
    let missing = ApiError::NotFound("API key");
    let Some(key) = keys::by_id(&app.control, &id).await? else { return Err(missing) };
    caller.check_project(&key.project_id).map_err(|error| match error {
        ApiError::NotFound(_) => missing,
        other => other,
    })?;
    keys::revoke(&app.control, &id).await?;
    Ok(Json(Message { message: "api key revoked" }))
}

fn read_scope(body: &mut Body) -> ApiResult<Scope> {
    match body.optional_text("scope")?.as_deref() {
        None | Some("project") => Ok(Scope::Project),
        Some("instance") => Ok(Scope::Instance),
        Some("browser") => Ok(Scope::Browser),
        Some(_) => Err(ApiError::parameter("scope", "must be project, instance or browser")),
    }
}

fn read_expiry(body: &mut Body) -> ApiResult<Option<i64>> {
    let Some(text) = body.optional_text("expires_at")? else { return Ok(None) };
    let time = chrono::DateTime::parse_from_rfc3339(&text).map(|time| time.timestamp_millis());
    let future = time.ok().filter(|time| *time > now_ms());
    let expected = "must be a time to come, with its offset, such as 2027-01-31T08:00:00Z";
    future.map(Some).ok_or_else(|| ApiError::parameter("expires_at", expected))
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
