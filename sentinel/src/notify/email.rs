//! An alert as an e-mail: one recipient, plain text.

use bataudit_control::notifications::{Outcome, Pending};
use bataudit_mail::{Letter, Mailer};

use super::message::Alert;
use super::{given_up, retry_at};

/// The type of channels that are e-mail addresses, and what these start with.
pub(super) const KIND: &str = "email";
const SCHEME: &str = "mailto:";

pub(super) async fn attempt(mailer: Option<&Mailer>, alert: &Alert, pending: &Pending, now: i64) -> Outcome {
    let Some(mailer) = mailer else {
        return given_up("there is no mail server: its operator sets BATAUDIT_SMTP_HOST".to_owned());
    };
    let (delivery, address) = (&pending.delivery, pending.channel.url.expose());
    let (subject, text) = (format!("[BatAudit] {}", alert.sentence()), alert.lines());
    let to = address.strip_prefix(SCHEME).unwrap_or(address);
    let id = &delivery.id;
    match mailer.send(Letter { to, subject: &subject, text: &text, id }).await {
        Ok(()) => Outcome { success: true, ..Outcome::default() },
        Err(error) if error.is_final() => given_up(error.to_string()),
        Err(error) => Outcome {
            retry_at: retry_at(delivery.attempts, now),
            error: Some(error.to_string()),
            ..Outcome::default()
        },
    }
}
