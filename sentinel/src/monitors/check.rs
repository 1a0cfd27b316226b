//! One look at an address.

use std::time::{Duration, Instant};

use bataudit_control::monitors::Target;
use serde_json::json;

use crate::outbound::client::{CallError, Client};
use crate::outbound::probe::Probe;

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) is_up: bool,
    pub(super) status_code: Option<u16>,
    pub(super) response_ms: i64,
    /// Why it is down.
    pub(super) error: Option<String>,
    /// Unix milliseconds, where there is a certificate.
    pub(super) certificate_ends: Option<i64>,
}

impl Seen {
    pub(super) const fn status(&self) -> &'static str {
        if self.is_up { "up" } else { "down" }
    }

    /// For whoever asked for the check.
    pub(super) fn to_json(&self, now: i64) -> String {
        json!({
            "status": self.status(), "status_code": self.status_code, "response_ms": self.response_ms,
            "error": self.error, "checked_at": now, "certificate_expires_at": self.certificate_ends,
        })
        .to_string()
    }
}

/// Looks at an address.
pub(super) async fn look(client: &Client, target: &Target) -> Seen {
    let begun = Instant::now();
    let timeout = Duration::from_secs(target.timeout_seconds.unsigned_abs());
    let expected = u16::try_from(target.expected_status).unwrap_or(200);
    let probe = client.probe(&target.url, expected, timeout).await;
    let response_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
    judged(probe, expected, response_ms)
}

/// Up is the expected status, and nothing else.
fn judged(probe: Result<Probe, CallError>, expected: u16, response_ms: i64) -> Seen {
    match probe {
        Ok(Probe { status, certificate_ends }) => {
            let is_up = status == expected;
            let error = (!is_up).then(|| format!("the status is {status}, not {expected}"));
            Seen { is_up, status_code: Some(status), response_ms, error, certificate_ends }
        }
        Err(error) => Seen {
            is_up: false,
            status_code: None,
            response_ms,
            error: Some(error.to_string()),
            certificate_ends: None,
        },
    }
}
