//! `/v1/notifications/push`: browsers that are told of a project's alerts. A subscription is its user's own.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_control::notifications::{Vapid, subscriptions, vapid};
use bataudit_service::Secret;
use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey, EcPoint, PointConversionForm};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::sending::{self, ChannelDelivery, ChannelTest, Tried};
use crate::address;
use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::input::{Body, Params};
use crate::time::rfc3339;

/// What a browser subscribes with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VapidKey {
    /// The `applicationServerKey`: an uncompressed point of P-256, base64url without padding. It stays the same.
    #[schema(
        example = "BEl62iUYgUivxIkv69yViEuiBIa-Ib9-SkvMeAtA3LFgDzkrxZJjSgSnfckjBJuBkr3qBUYIHBQFLXYp5Nksh8U"
    )]
    public_key: String,
}

/// The key that browsers subscribe with. It is made when it is first asked for, and kept.
#[utoipa::path(
    get, path = "/v1/notifications/push/vapid-public-key", operation_id = "vapid_public_key", tag = "notifications",
    responses((status = 200, body = VapidKey, description = "The key."))
)]
pub(crate) async fn vapid_public_key(
    State(app): State<App>,
    _: Caller,
    params: Params,
) -> ApiResult<Json<VapidKey>> {
    params.finish()?;
    if vapid::get(&app.control).await?.is_none() {
        let made = new_pair().map_err(|_| ApiError::Internal)?;
        vapid::keep(&app.control, &made).await?;
    }
    // Another replica may have been first.
    let kept = vapid::get(&app.control).await?.ok_or(ApiError::Internal)?;
    Ok(Json(VapidKey { public_key: kept.public_key }))
}

fn new_pair() -> Result<Vapid, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let key = EcKey::generate(&group)?;
    let mut context = BigNumContext::new()?;
    let point = key.public_key().to_bytes(&group, PointConversionForm::UNCOMPRESSED, &mut context)?;
    let pem = PKey::from_ec_key(key)?.private_key_to_pem_pkcs8()?;
    let private_key = Secret::new(String::from_utf8_lossy(&pem).into_owned());
    Ok(Vapid { private_key, public_key: URL_SAFE_NO_PAD.encode(point) })
}

/// A browser that wants to be told.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewSubscription {
    project_id: String,
    /// As `PushSubscription.toJSON()` gives it; `expirationTime` is left unread.
    subscription: BrowserSubscription,
}

/// What a browser says of itself.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct BrowserSubscription {
    /// Its address at its push service, `https://`.
    #[schema(example = "https://push.example.com/send/abc")]
    endpoint: String,
    keys: BrowserKeys,
}

/// What it can decrypt.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct BrowserKeys {
    /// 16 bytes, base64url.
    #[schema(example = "BTBZMqHH6r4Tts7J_aSIgg")]
    auth: String,
    /// An uncompressed point of P-256, base64url.
    #[schema(
        example = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )]
    p256dh: String,
}

/// A browser that is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Subscription {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    project_id: String,
    #[serde(rename = "type")]
    #[schema(example = "push")]
    kind: String,
    config: SubscriptionConfig,
    active: bool,
    created_at: String,
}

/// Where its push service is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionConfig {
    #[schema(example = "https://push.example.com/send/abc")]
    endpoint: String,
}

/// A browser of the caller that is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnSubscription {
    #[serde(flatten)]
    subscription: Subscription,
    /// The browser, as it named itself when it subscribed; empty where that is not known.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    user_agent: String,
    /// When its push service last took an alert for it, of the deliveries that are kept; `null` if none.
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    last_used_at: Option<String>,
}

/// The caller's subscriptions, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubscriptionList {
    data: Vec<OwnSubscription>,
}

/// The browsers in which the caller is told of alerts, in every project. Nobody else sees them.
#[utoipa::path(
    get, path = "/v1/notifications/push/subscriptions", operation_id = "list_push_subscriptions", tag = "notifications",
    responses((status = 200, body = SubscriptionList, description = "The subscriptions."))
)]
pub(crate) async fn list_push_subscriptions(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> ApiResult<Json<SubscriptionList>> {
    params.finish()?;
    let own = subscriptions::of_user(&app.control, &caller.user.id).await?;
    let data = own.into_iter().map(|own| OwnSubscription {
        subscription: Subscription {
            id: own.id,
            project_id: own.project_id,
            kind: subscriptions::KIND.to_owned(),
            config: SubscriptionConfig { endpoint: own.url },
            active: own.active == 1,
            created_at: rfc3339(own.created_at),
        },
        user_agent: own.user_agent,
        last_used_at: own.last_told_at.map(rfc3339),
    });
    Ok(Json(SubscriptionList { data: data.collect() }))
}

/// Lets the caller's browser be told of the project's alerts. A browser that is subscribed already keeps its id.
#[utoipa::path(
    post, path = "/v1/notifications/push/subscribe", operation_id = "subscribe_push", tag = "notifications",
    request_body = NewSubscription,
    responses((status = 201, body = Subscription, description = "The subscription."))
)]
pub(crate) async fn subscribe_push(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<(StatusCode, Json<Subscription>)> {
    let project_id = body.text("project_id")?;
    let asked = body.value("subscription").unwrap_or_default();
    body.finish()?;
    let (endpoint, keys) = read(&asked)?;
    caller.check_project(&project_id)?;
    let store = caller.control(&app);
    let made = subscriptions::subscribe(&store, &project_id, &caller.user.id, &endpoint, &keys).await?;
    let subscription = Subscription {
        id: made.id,
        project_id: made.project_id,
        kind: made.kind,
        config: SubscriptionConfig { endpoint },
        active: made.active,
        created_at: rfc3339(made.created_at),
    };
    Ok((StatusCode::CREATED, Json(subscription)))
}

/// Endpoint and keys of a subscription that can be used.
fn read(asked: &Value) -> ApiResult<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let endpoint = text(&asked["endpoint"]);
    let wrong =
        || ApiError::parameter("subscription.endpoint", "must be the https:// address of a push service");
    if !endpoint.starts_with("https://") || address::check(&endpoint).is_err() {
        return Err(wrong());
    }
    let (point, auth) = (text(&asked["keys"]["p256dh"]), text(&asked["keys"]["auth"]));
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).unwrap_or_default();
    if !is_point(&decoded(&point)) {
        return Err(ApiError::parameter("subscription.keys.p256dh", "must be a point of P-256, base64url"));
    }
    if decoded(&auth).len() != 16 {
        return Err(ApiError::parameter("subscription.keys.auth", "must be 16 bytes, base64url"));
    }
    Ok((endpoint, json!({"p256dh": point, "auth": auth}).to_string()))
}

/// Whether these bytes are an uncompressed point of the curve.
fn is_point(bytes: &[u8]) -> bool {
    let on_curve = || {
        let (group, mut context) = (EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?, BigNumContext::new()?);
        EcPoint::from_bytes(&group, bytes, &mut context)
    };
    bytes.len() == 65 && on_curve().is_ok()
}

/// Which subscription.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct EndedSubscription {
    project_id: String,
    /// The subscription's id.
    channel_id: String,
}

/// Ends a subscription of the caller.
#[utoipa::path(
    delete, path = "/v1/notifications/push/subscribe", operation_id = "unsubscribe_push", tag = "notifications",
    request_body = EndedSubscription, responses((status = 204, description = "The browser is told nothing any more."))
)]
pub(crate) async fn unsubscribe_push(
    State(app): State<App>,
    caller: Caller,
    mut body: Body,
) -> ApiResult<StatusCode> {
    let (project_id, id) = (body.text("project_id")?, body.text("channel_id")?);
    body.finish()?;
    caller.check_project(&project_id)?;
    let store = caller.control(&app);
    if subscriptions::unsubscribe(&store, &project_id, &caller.user.id, &id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("subscription"))
    }
}

/// Sends a test to a browser of the caller, once, and tells what happened. `ok` says whether its push service took it: what
/// the browser then shows is not told to anybody.
#[utoipa::path(
    post, path = "/v1/notifications/push/subscriptions/{id}/test", operation_id = "test_push_subscription",
    tag = "notifications", params(("id" = String, Path, description = "The subscription's id.")),
    responses((status = 200, body = ChannelTest, description = "What happened."))
)]
pub(crate) async fn test_push_subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<ChannelTest>> {
    let project_id = own(&app, &caller, &id).await?;
    let gone = "the subscription is over, as its push service no longer knows the browser: subscribe anew";
    let tried = Tried { id: &id, project_id: &project_id, gone };
    Ok(Json(sending::test(&app, &caller, tried).await?))
}

/// The last 50 deliveries to a browser of the caller, the newest first. Nobody else sees them.
#[utoipa::path(
    get, path = "/v1/notifications/push/subscriptions/{id}/deliveries", operation_id = "push_deliveries",
    tag = "notifications", params(("id" = String, Path, description = "The subscription's id.")),
    responses((status = 200, body = Vec<ChannelDelivery>, description = "The deliveries."))
)]
pub(crate) async fn push_deliveries(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<Vec<ChannelDelivery>>> {
    own(&app, &caller, &id).await?;
    Ok(Json(sending::history(&app, &id).await?))
}

/// The project of a subscription of the caller, who may still read it. That of somebody else does not exist.
async fn own(app: &App, caller: &Caller, id: &str) -> ApiResult<String> {
    let found = subscriptions::project_of(&app.control, &caller.user.id, id).await?;
    let project_id = found.ok_or(ApiError::NotFound("subscription"))?;
    caller.check_project_of("subscription", &project_id)?;
    Ok(project_id)
}
