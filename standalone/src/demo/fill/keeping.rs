//! What is kept and what is hidden: masking rules, a retention of its own, a legal hold.

use anyhow::Context as _;
use serde_json::json;

use super::super::story::Project;
use super::Made;
use crate::client::http::Client;

/// Makes them. Before the events, so that the rules mask them.
pub(super) async fn all(client: &Client, made: &Made) -> anyhow::Result<()> {
    let billing = &made.project(Project::Billing)?.id;
    let rules = json!({"version": 0, "rules": [
        {"path": "/request_body/iban", "redaction": "hash"},
        {"key": "credit_limit_cents"},
        {"pattern": "INV-[0-9]{6}", "redaction": "remove"},
    ]});
    let path = format!("/v1/projects/{billing}/masking-rules");
    client.put(&path, &rules).await.context("cannot set masking rules")?;

    let shop = &made.project(Project::Shop)?.id;
    let terms = json!({"raw_days": 90, "hourly_days": 365, "daily_days": 1825});
    client.put(&format!("/v1/projects/{shop}/retention"), &terms).await.context("cannot set a retention")?;

    let identity = &made.project(Project::Identity)?.id;
    let hold = json!({
        "name": "Case 2026-17", "reason": "Accounts were deleted; the works council asked to keep the traces",
        "filter": {"service_name": "identity-admin"},
    });
    client.post(&format!("/v1/projects/{identity}/holds"), &hold).await.context("cannot make a hold")?;
    Ok(())
}
