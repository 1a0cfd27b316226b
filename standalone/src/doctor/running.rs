//! Whether the services that run on this machine are ready. In: their admin addresses. Out: findings.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;

use super::finding::{Finding, fail, ok, skip};
use super::settings::Places;

/// How long a service may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks each service.
pub(super) async fn check(places: &Places) -> Vec<Finding> {
    let Ok(http) = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build() else { return Vec::new() };
    let mut findings = Vec::new();
    for (check, address) in places.admin.iter().copied() {
        findings.push(ask(&http, check, address).await);
    }
    findings
}

async fn ask(http: &reqwest::Client, check: &'static str, address: SocketAddr) -> Finding {
    // Listening everywhere is not an address to call.
    let host = if address.ip().is_unspecified() { "127.0.0.1".to_owned() } else { address.ip().to_string() };
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let answer = match http.get(format!("http://{host}:{}/ready", address.port())).send().await {
        Ok(answer) => answer,
        Err(error) if error.is_timeout() => {
            return fail(check, format!("{address} does not answer in time"), "see its log; restart it");
        }
        Err(_) => {
            return skip(check, format!("nothing answers at {address}; it does not run on this machine"));
        }
    };
    if answer.status().is_success() {
        return ok(check, format!("ready, says {address}"));
    }
    let body: Value = answer.json().await.unwrap_or_default();
    let waits =
        body["waiting_for"].as_object().map(|parts| parts.keys().cloned().collect::<Vec<_>>().join(", "));
    let says = format!(
        "not ready, says {address}: it waits for {}",
        waits.unwrap_or_else(|| "something".to_owned())
    );
    fail(check, says, "see its log")
}
