//! The queue of what is to be sent. A delivery is made in the transaction of what it tells, and stays until it is
//! delivered or given up: whoever dies in between, it is tried again, under the same id.

use sqlx::AnyConnection;
use uuid::Uuid;

use super::channels::{self, Channel};
use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::store::Store;

/// A delivery, as its history shows it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Delivery {
    /// The id, which the receiver gets too: the same in every attempt.
    pub id: String,
    /// The channel.
    pub channel_id: String,
    /// The event it tells.
    pub event_id: String,
    /// What it tells, as a JSON object.
    pub alert: String,
    /// `pending`, `success` or `failed`.
    pub status: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, unix milliseconds.
    pub due_at: Option<i64>,
    /// HTTP status of the last attempt.
    pub status_code: Option<i64>,
    /// The beginning of what was answered to the last attempt.
    pub response_body: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When it was delivered or given up.
    pub delivered_at: Option<i64>,
}

/// A delivery that is due, with where it goes.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The delivery.
    pub delivery: Delivery,
    /// Its channel.
    pub channel: Channel,
}

/// How an attempt ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it was delivered.
    pub success: bool,
    /// When it is tried again; never when absent.
    pub retry_at: Option<i64>,
    /// HTTP status, when there was an answer.
    pub status_code: Option<u16>,
    /// The beginning of the answer.
    pub response_body: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
}

/// After how long it is seen whether a channel opens.
const UNOPENED_MS: i64 = 60_000;

const COLUMNS: &str = "SELECT id, channel_id, event_id, alert, status, attempts, due_at, status_code, response_body, \
                       error, created_at, delivered_at FROM notification_deliveries";

/// Whose browsers are told: those of users who may read the project now.
const READS: &str = "EXISTS (SELECT 1 FROM users u WHERE u.id = c.created_by AND (u.role = 'owner' OR u.is_auditor = 1 \
                     OR EXISTS (SELECT 1 FROM project_members m WHERE m.project_id = c.project_id AND m.user_id = u.id)))";

/// Queues an alert for every active channel of a project, in the transaction of what it tells. Doing so twice for
/// the same event queues nothing more.
pub(crate) async fn enqueue(
    connection: &mut AnyConnection,
    project_id: &str,
    event_id: &str,
    alert: &str,
    now: i64,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO notification_deliveries (id, channel_id, event_id, alert, status, attempts, due_at, created_at) \
         SELECT $1 || '.' || c.id, c.id, $1, $2, 'pending', 0, $3, $3 FROM notification_channels c \
         WHERE c.project_id = $4 AND c.active = 1 AND (c.type <> 'push' OR {READS}) ON CONFLICT (id) DO NOTHING"
    );
    let query = sqlx::query(&sql).bind(event_id).bind(alert).bind(now).bind(project_id);
    query.execute(connection).await?;
    Ok(())
}

/// Queues an alert for one channel, active or not: to try it.
///
/// # Errors
/// [`crate::Error::NotFound`] when the channel is gone.
pub async fn enqueue_test(store: &Store, channel_id: &str, alert: &str) -> Result<String> {
    let (id, event_id, now) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string(), now_ms());
    let sql = "INSERT INTO notification_deliveries (id, channel_id, event_id, alert, status, attempts, due_at, created_at) \
               VALUES ($1, $2, $3, $4, 'pending', 0, $5, $5)";
    let query = sqlx::query(sql).bind(&id).bind(channel_id).bind(event_id).bind(alert).bind(now);
    store.execute(query).await.map_err(|error| error.missing_is("channel"))?;
    Ok(id)
}

/// Takes over a delivery that is over, of a channel of another installation.
///
/// # Errors
/// [`crate::Error::Conflict`] when the id is taken, [`crate::Error::NotFound`] when the channel does not exist.
pub async fn adopt(store: &Store, delivery: &Delivery) -> Result<()> {
    let sql = "INSERT INTO notification_deliveries (id, channel_id, event_id, alert, status, attempts, status_code, \
               response_body, error, created_at, delivered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let query = sqlx::query(sql)
        .bind(&delivery.id)
        .bind(&delivery.channel_id)
        .bind(&delivery.event_id)
        .bind(&delivery.alert)
        .bind(&delivery.status)
        .bind(delivery.attempts)
        .bind(delivery.status_code)
        .bind(&delivery.response_body)
        .bind(&delivery.error)
        .bind(delivery.created_at)
        .bind(delivery.delivered_at);
    let adopted = store.execute(query).await;
    adopted.map(drop).map_err(|error| error.conflict_is("this delivery").missing_is("channel"))
}

/// A delivery.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Delivery>> {
    store.one(sqlx::query_as(&format!("{COLUMNS} WHERE id = $1")).bind(id)).await
}

/// A channel's deliveries, newest first.
///
/// # Errors
/// When the store does not answer.
pub async fn list(store: &Store, channel_id: &str, limit: i64) -> Result<Vec<Delivery>> {
    let sql = format!("{COLUMNS} WHERE channel_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
    store.all(sqlx::query_as(&sql).bind(channel_id).bind(limit)).await
}

/// Deliveries that are due, those that waited longest first.
///
/// # Errors
/// When the store does not answer.
pub async fn due(store: &Store, now: i64, limit: i64) -> Result<Vec<Pending>> {
    let sql = format!("{COLUMNS} WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2");
    let deliveries: Vec<Delivery> = store.all(sqlx::query_as(&sql).bind(now).bind(limit)).await?;
    let mut pending = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        match channels::by_id(store, &delivery.channel_id).await {
            Ok(Some(channel)) => pending.push(Pending { delivery, channel }),
            // Deleted meanwhile, and its deliveries with it.
            Ok(None) => {}
            Err(error @ Error::Sealed(_)) => wait_for_key(store, &delivery, now, &error).await?,
            Err(error) => return Err(error),
        }
    }
    Ok(pending)
}

/// Another process sealed the channel with a secret that this one has not: while secrets are changed, or by mistake. What
/// waits stays queued, and does not hold up what goes elsewhere.
async fn wait_for_key(store: &Store, delivery: &Delivery, now: i64, error: &Error) -> Result<()> {
    tracing::error!(%error, channel = delivery.channel_id, "A notification waits: its channel does not open.");
    let sql = "UPDATE notification_deliveries SET due_at = $2, error = $3 WHERE id = $1";
    let query = sqlx::query(sql).bind(&delivery.id).bind(now + UNOPENED_MS);
    store.execute(query.bind("the channel's secret does not open; see sentinel's log")).await.map(drop)
}

/// Writes down how an attempt ended.
///
/// # Errors
/// When the store does not answer; the attempt is then made again.
pub async fn ended(store: &Store, id: &str, outcome: &Outcome) -> Result<()> {
    let status = match (outcome.success, outcome.retry_at) {
        (true, _) => "success",
        (false, Some(_)) => "pending",
        (false, None) => "failed",
    };
    let over = (status != "pending").then(now_ms);
    let sql = "UPDATE notification_deliveries SET status = $2, attempts = attempts + 1, due_at = $3, status_code = $4, \
               response_body = $5, error = $6, delivered_at = $7 WHERE id = $1";
    let query = sqlx::query(sql)
        .bind(id)
        .bind(status)
        .bind(outcome.retry_at.filter(|_| !outcome.success))
        .bind(outcome.status_code.map(i64::from))
        .bind(&outcome.response_body)
        .bind(&outcome.error)
        .bind(over);
    store.execute(query).await.map(drop)
}

/// Removes deliveries that were over before `before`, unix milliseconds.
///
/// # Errors
/// When the store does not answer.
pub async fn remove_before(store: &Store, before: i64) -> Result<u64> {
    store
        .execute(sqlx::query("DELETE FROM notification_deliveries WHERE delivered_at < $1").bind(before))
        .await
}
