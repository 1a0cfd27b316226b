//! What every kind of channel has: it is tried at once, and shows what was sent to it. Who may ask is judged by its room.

use std::time::Duration;

use bataudit_control::clock::now_ms;
use bataudit_control::notifications::{Delivery as Stored, deliveries};
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiResult;
use crate::time::rfc3339;

/// Deliveries in an answer.
const SHOWN: i64 = 50;
/// How long a test waits for sentinel: the call itself may take ten seconds.
const TEST: Duration = Duration::from_secs(13);
/// How often a test looks whether it was sent.
const LOOK: Duration = Duration::from_millis(100);

/// What became of a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelTest {
    /// Whether the receiver took it.
    ok: bool,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 200, nullable = false)]
    status_code: Option<i64>,
    /// The beginning of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    response: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "no answer within 10 s", nullable = false)]
    error: Option<String>,
}

/// Something that was, or is to be, sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChannelDelivery {
    /// A webhook gets it as `webhook-id`, in every attempt.
    id: String,
    channel_id: String,
    alert_event_id: String,
    /// `pending`, `success` or `failed`.
    #[schema(example = "success")]
    status: String,
    /// How often it was tried.
    attempts: i64,
    /// Of the last attempt, like what follows.
    #[schema(required)]
    status_code: Option<i64>,
    #[schema(required)]
    response_body: Option<String>,
    #[schema(required)]
    error: Option<String>,
    created_at: String,
    /// When it was delivered or given up.
    #[schema(required)]
    delivered_at: Option<String>,
    /// When it is tried again.
    #[schema(required)]
    next_attempt_at: Option<String>,
}

impl From<Stored> for ChannelDelivery {
    fn from(delivery: Stored) -> Self {
        Self {
            id: delivery.id,
            channel_id: delivery.channel_id,
            alert_event_id: delivery.event_id,
            status: delivery.status,
            attempts: delivery.attempts,
            status_code: delivery.status_code,
            response_body: delivery.response_body,
            error: delivery.error,
            created_at: rfc3339(delivery.created_at),
            delivered_at: delivery.delivered_at.map(rfc3339),
            next_attempt_at: delivery.due_at.map(rfc3339),
        }
    }
}

/// A channel that the caller may try.
pub(super) struct Tried<'a> {
    pub(super) id: &'a str,
    pub(super) project_id: &'a str,
    /// What it means when it is gone before anything is known of the test.
    pub(super) gone: &'static str,
}

/// Sends a test to a channel, once, and waits for what happened.
pub(super) async fn test(app: &App, caller: &Caller, channel: Tried<'_>) -> ApiResult<ChannelTest> {
    let alert = json!({
        "event_type": "system.alert.test", "rule_type": "test", "project_id": channel.project_id,
        "service_name": "bataudit", "environment": "production", "timestamp": now_ms(),
        "details": {"requested_by": caller.user.name},
    });
    let delivery = deliveries::enqueue_test(&app.control, channel.id, &alert.to_string()).await?;
    let (end, mut ticks) = (Instant::now() + TEST, tokio::time::interval(LOOK));
    while Instant::now() < end {
        ticks.tick().await;
        let Some(sent) = deliveries::by_id(&app.control, &delivery).await? else {
            return Ok(failed(channel.gone));
        };
        if sent.attempts > 0 {
            let ok = sent.status == "success";
            let (status_code, response, error) = (sent.status_code, sent.response_body, sent.error);
            return Ok(ChannelTest { ok, status_code, response, error });
        }
    }
    Ok(failed("nothing was sent yet: sentinel, which sends, is busy or not running"))
}

fn failed(why: &str) -> ChannelTest {
    ChannelTest { ok: false, status_code: None, response: None, error: Some(why.to_owned()) }
}

/// A channel's last deliveries, the newest first.
pub(super) async fn history(app: &App, id: &str) -> ApiResult<Vec<ChannelDelivery>> {
    let found = deliveries::list(&app.control, id, SHOWN).await?;
    Ok(found.into_iter().map(ChannelDelivery::from).collect())
}
