//! `/v1/notifications/webhooks`: where a project's alerts are sent, tried at once, and what was sent. Sentinel sends;
//! this only reads and writes the queue.

pub(crate) mod push;
mod sending;
mod shapes;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bataudit_control::notifications::{Change, Channel as Stored, NewChannel, channels, subscriptions};
use bataudit_control::projects;

use self::sending::{ChannelDelivery, ChannelTest, Tried};
use self::shapes::{NewWebhook, Webhook, WebhookChange, WebhookConfig, WebhookQuery, shown};
use crate::address;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};

/// The type of e-mail addresses.
const EMAIL: &str = "email";

/// Where a project's alerts are sent.
#[utoipa::path(
    get, path = "/v1/notifications/webhooks", operation_id = "list_webhooks", tag = "notifications",
    params(WebhookQuery), responses((status = 200, body = Vec<Webhook>, description = "The addresses."))
)]
pub(crate) async fn list_webhooks(
    State(app): State<App>,
    caller: Caller,
    mut params: Params,
) -> ApiResult<Json<Vec<Webhook>>> {
    let project_id =
        params.text("project_id")?.ok_or_else(|| ApiError::parameter("project_id", "is required"))?;
    params.finish()?;
    caller.check_project(&project_id)?;
    projects::by_id(&app.control, &project_id).await?.ok_or(ApiError::NotFound("project"))?;
    let found = channels::list(&app.control, &project_id).await?;
    Ok(Json(found.into_iter().map(shown).collect()))
}

/// Adds an address. Every alert of the project from now on is sent there.
#[utoipa::path(
    post, path = "/v1/notifications/webhooks", operation_id = "create_webhook", tag = "notifications",
    request_body = NewWebhook,
    responses((status = 201, body = Webhook, description = "The address, with its secret, shown this once."))
)]
pub(crate) async fn create_webhook(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Webhook>)> {
    let (project_id, url) = (body.text("project_id")?, body.text("url")?);
    let secret = body.optional_text("secret")?;
    let kind = body.optional_text("type")?.unwrap_or_else(|| "webhook".to_owned());
    body.finish()?;
    caller.check_project(&project_id)?;
    check(&kind, &url)?;
    if secret.as_ref().is_some_and(|secret| !(8..=256).contains(&secret.len())) {
        return Err(ApiError::parameter("secret", "must have 8 to 256 characters"));
    }
    // Nothing is signed that goes to a mail server.
    let secret = if kind == EMAIL { Some(String::new()) } else { secret };
    let new = NewChannel {
        project_id: &project_id,
        kind: &kind,
        url: &url,
        secret: secret.as_deref(),
        created_by: Some(&caller.user.id),
    };
    let made = channels::create(&caller.control(&app), new).await?;
    let secret = made.secret.expose().to_owned();
    let webhook = Webhook { config: WebhookConfig { url, secret }, ..shown(made) };
    Ok((StatusCode::CREATED, Json(webhook)))
}

/// Pauses an address, lets it go on, or puts another in its place.
///
/// Another address is judged as at creation, by the type the webhook has, which stays, as does the secret. What waits to
/// be sent, also again after a failure, goes to the new address: the alerts are the same, and the old one is mostly gone.
#[utoipa::path(
    put, path = "/v1/notifications/webhooks/{id}", operation_id = "change_webhook", tag = "notifications",
    params(("id" = String, Path, description = "The address's id.")), request_body = WebhookChange,
    responses((status = 200, body = Webhook, description = "The address as it is now."))
)]
pub(crate) async fn change_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut body: Body,
) -> ApiResult<Json<Webhook>> {
    let (active, url) = (body.optional_flag("active")?, body.optional_text("url")?);
    body.finish()?;
    if active.is_none() && url.is_none() {
        return Err(ApiError::parameter("active", "must be true or false, unless there is a new url"));
    }
    let channel = find(&app, &caller, &id).await?;
    if let Some(url) = &url {
        check(&channel.kind, url)?;
    }
    let change = Change { active, url: url.as_deref() };
    let changed = channels::change(&caller.control(&app), &id, change).await?;
    Ok(Json(shown(changed.ok_or(ApiError::NotFound("webhook"))?)))
}

/// Removes an address with its history.
#[utoipa::path(
    delete, path = "/v1/notifications/webhooks/{id}", operation_id = "delete_webhook", tag = "notifications",
    params(("id" = String, Path, description = "The address's id.")),
    responses((status = 204, description = "It is gone."))
)]
pub(crate) async fn delete_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<StatusCode> {
    find(&app, &caller, &id).await?;
    channels::delete(&caller.control(&app), &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a test there, once, and tells what happened. A paused address can be tested too.
#[utoipa::path(
    post, path = "/v1/notifications/webhooks/{id}/test", operation_id = "test_webhook", tag = "notifications",
    params(("id" = String, Path, description = "The address's id.")),
    responses((status = 200, body = ChannelTest, description = "What happened; `ok` says whether it was taken."))
)]
pub(crate) async fn test_webhook(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<ChannelTest>> {
    let channel = find(&app, &caller, &id).await?;
    let gone = "the address was removed meanwhile";
    let tried = Tried { id: &id, project_id: &channel.project_id, gone };
    Ok(Json(sending::test(&app, &caller, tried).await?))
}

/// The last 50 deliveries to an address, the newest first.
#[utoipa::path(
    get, path = "/v1/notifications/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries",
    tag = "notifications", params(("id" = String, Path, description = "The address's id.")),
    responses((status = 200, body = Vec<ChannelDelivery>, description = "The deliveries."))
)]
pub(crate) async fn list_webhook_deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Vec<ChannelDelivery>>> {
    find(&app, &caller, &id).await?;
    Ok(Json(sending::history(&app, &id).await?))
}

/// Refuses a type that is not known, and what can never be an address of that type.
fn check(kind: &str, url: &str) -> ApiResult<()> {
    match kind {
        "webhook" | "slack" | "discord" => address::check(url),
        EMAIL => {
            let address = url.strip_prefix("mailto:").filter(|address| {
                let at = address.split_once('@');
                address.len() <= 254
                    && at.is_some_and(|(name, host)| {
                        !name.is_empty() && host.contains('.') && !host.contains('@')
                    })
                    && address.bytes().all(|byte| byte.is_ascii_graphic() && !b",;<>\"?".contains(&byte))
            });
            let expected = "must be mailto: and one e-mail address, such as mailto:oncall@example.com";
            address.map(drop).ok_or_else(|| ApiError::parameter("url", expected))
        }
        _ => Err(ApiError::parameter("type", "must be webhook, slack, discord or email")),
    }
}

/// A channel of a project that is the caller's.
async fn find(app: &App, caller: &Caller, id: &str) -> ApiResult<Stored> {
    let missing = || ApiError::NotFound("webhook");
    let found = channels::by_id(&app.control, id).await?;
    // A browser that subscribed is its user's own.
    let channel = found.filter(|channel| channel.kind != subscriptions::KIND).ok_or_else(missing)?;
    caller.check_project_of("webhook", &channel.project_id)?;
    Ok(channel)
}
