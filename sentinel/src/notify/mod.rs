//! Notifications: takes what is due from the queue of the control store, sends it, writes down what happened. In:
//! deliveries. Out: calls, each signed, e-mails, and pushes, each with the same id however often it is tried.
//!
//! Who is told what was decided when the delivery was queued; where a call may go is the outbound client's.

mod email;
pub(crate) mod message;
mod push;
mod sign;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bataudit_control::notifications::{Outcome, Pending, channels, deliveries};
use bataudit_control::{Store, clock};
use bataudit_mail::Mailer;
use bataudit_service::Shutdown;
use reqwest::Method;
use tokio::task::JoinSet;

use self::message::Alert;
use crate::metrics;
use crate::outbound::client::{Answer, CallError, Client};

/// How often the queue is looked at.
const EVERY: Duration = Duration::from_millis(500);
/// Deliveries under way at one time.
const AT_ONCE: i64 = 16;
/// When a delivery that failed is tried again, in seconds after the attempt.
const RETRIES: [i64; 5] = [30, 300, 1800, 7200, 43_200];
/// How long the history is kept, in milliseconds.
const KEPT: i64 = 90 * 24 * 60 * 60 * 1000;

/// The ways by which something can be sent.
#[derive(Clone)]
pub(crate) struct Ways {
    pub(crate) client: Client,
    pub(crate) mailer: Option<Mailer>,
}

/// Delivers until the shutdown.
pub(crate) async fn run(store: Store, ways: Ways, shutdown: Shutdown) {
    while !shutdown.is_triggered() {
        let round = tokio::select! {
            // An attempt that is cut off is made again, under the same id.
            () = shutdown.triggered() => break,
            round = round(&store, &ways, clock::now_ms()) => round,
        };
        let more = match round {
            Ok(sent) => sent > 0,
            Err(error) => {
                tracing::warn!(%error, "Could not read the queue of notifications; trying again.");
                false
            }
        };
        if !more {
            tokio::select! {
                () = shutdown.triggered() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }
}

/// Sends what is due at `now`, unix milliseconds; how many that were.
async fn round(store: &Store, ways: &Ways, now: i64) -> Result<usize, bataudit_control::Error> {
    let due = deliveries::due(store, now, AT_ONCE).await?;
    if due.is_empty() {
        deliveries::remove_before(store, now - KEPT).await?;
    }
    let count = due.len();
    let mut calls = JoinSet::new();
    for pending in due {
        let (store, ways) = (store.clone(), ways.clone());
        calls.spawn(async move {
            let outcome = attempt(&store, &ways, &pending, now).await;
            (pending, outcome)
        });
    }
    while let Some(call) = calls.join_next().await {
        let Ok((pending, outcome)) = call else { continue };
        metrics::notified(&pending.channel.kind, &outcome);
        deliveries::ended(store, &pending.delivery.id, &outcome).await?;
        if pending.channel.kind == push::KIND && push::is_gone(&outcome) {
            channels::delete(store, &pending.channel.id).await?;
        }
    }
    Ok(count)
}

async fn attempt(store: &Store, ways: &Ways, pending: &Pending, now: i64) -> Outcome {
    let Ok(alert) = serde_json::from_str::<Alert>(&pending.delivery.alert) else {
        return given_up("what is to be told cannot be read".to_owned());
    };
    let outcome = match pending.channel.kind.as_str() {
        email::KIND => email::attempt(ways.mailer.as_ref(), &alert, pending, now).await,
        push::KIND => push::attempt(store, &ways.client, &alert, pending, now).await,
        _ => call(&ways.client, &alert, pending, now).await,
    };
    // Somebody waits for what a test says, and for no second one.
    Outcome { retry_at: outcome.retry_at.filter(|_| !alert.is_test()), ..outcome }
}

/// A signed call.
async fn call(client: &Client, alert: &Alert, pending: &Pending, now: i64) -> Outcome {
    let (delivery, channel) = (&pending.delivery, &pending.channel);
    let Some(body) = alert.body(&channel.kind, &delivery.event_id) else {
        return given_up(format!("channels of type {} are not known to this version", channel.kind));
    };
    let headers = sign::headers(channel.secret.expose(), &delivery.id, now / 1000, &body);
    let answer = client.call(Method::POST, channel.url.expose(), headers, body).await;
    judge(answer, delivery.attempts, now)
}

fn given_up(error: String) -> Outcome {
    Outcome { error: Some(error), ..Outcome::default() }
}

/// When what failed at `now`, after so many attempts before, is tried again.
fn retry_at(attempts: i64, now: i64) -> Option<i64> {
    let seconds = usize::try_from(attempts).ok().and_then(|attempts| RETRIES.get(attempts))?;
    Some(now + seconds * 1000)
}

/// What an attempt means. `attempts` are those before it.
fn judge(answer: Result<Answer, CallError>, attempts: i64, now: i64) -> Outcome {
    let retry_at = retry_at(attempts, now);
    let (status_code, response_body, error) = match answer {
        Ok(Answer { status: status @ 200..=299, body }) => {
            return Outcome {
                success: true,
                status_code: Some(status),
                response_body: Some(body),
                ..Outcome::default()
            };
        }
        Ok(Answer { status, body }) => (Some(status), Some(body), refusal(status)),
        // Neither the address nor the guard will be another in half a minute.
        Err(error @ (CallError::Url | CallError::Forbidden)) => {
            return given_up(error.to_string());
        }
        Err(error) => (None, None, error.to_string()),
    };
    // Gone is meant for good.
    let retry_at = retry_at.filter(|_| status_code != Some(410));
    Outcome { success: false, retry_at, status_code, response_body, error: Some(error) }
}

fn refusal(status: u16) -> String {
    match status {
        300..=399 => format!(
            "the receiver answered {status}, a redirect, which is not followed: enter the final address"
        ),
        _ => format!("the receiver answered {status}"),
    }
}
