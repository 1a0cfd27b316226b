//! Keys as the API shows and takes them.

use bataudit_control::clock::now_ms;
use bataudit_control::keys;
use bataudit_event::access::KeyScope as Scope;
use bataudit_service::Secret;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::usage::Usage;
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
    pub(super) id: String,
    pub(super) project_id: String,
    #[schema(example = "checkout service")]
    pub(super) name: String,
    pub(super) scope: KeyScope,
    /// Where a browser key may be used from.
    pub(super) origins: Vec<String>,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    created_at: String,
    #[schema(required)]
    pub(super) expires_at: Option<String>,
    #[schema(required)]
    revoked_at: Option<String>,
    /// Whether the key works now.
    active: bool,
    /// What it may send, where that is its own.
    #[schema(required)]
    pub(super) rate: Option<KeyRate>,
    /// The key it was rotated to.
    #[schema(required)]
    replaced_by: Option<String>,
    /// When the gateway took the last event that came with it. A request none of whose events was accepted is
    /// no use. `null` when there was none since `usage_since`, or when that is not known.
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    last_used: Option<String>,
    /// Events of the last 30 days (UTC, today included) that came with it, in all projects it writes to. `null`
    /// when that is not known.
    #[schema(required, example = 86_400)]
    events_30d: Option<u64>,
}

/// How many events a key may send, counted by each gateway for itself. A full batch always fits into the
/// burst.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct KeyRate {
    /// Events per second, over time.
    #[schema(example = 500, minimum = 1)]
    per_second: u32,
    /// Events at once.
    #[schema(example = 5000, minimum = 1)]
    burst: u32,
}

impl ApiKey {
    fn new(key: keys::ApiKey, usage: Option<&Usage>) -> Self {
        let used = usage.map(|usage| usage.of_key(&key));
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
            rate: key.rate.map(|rate| KeyRate { per_second: rate.per_second, burst: rate.burst }),
            replaced_by: key.replaced_by,
            last_used: used.and_then(|used| used.last).map(rfc3339),
            events_30d: used.map(|used| used.recent),
        }
    }
}

/// Keys, the newest first, revoked ones included.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKeyList {
    data: Vec<ApiKey>,
    /// Since when the use of keys is counted: what was sent before names no key. `null` when ClickHouse does not
    /// answer; then nothing is known of any key's use.
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    usage_since: Option<String>,
}

impl ApiKeyList {
    pub(super) fn new(keys: Vec<keys::ApiKey>, usage: Option<&Usage>) -> Self {
        Self {
            data: keys.into_iter().map(|key| ApiKey::new(key, usage)).collect(),
            usage_since: usage.map(|usage| rfc3339(usage.since)),
        }
    }
}

/// A key to be created.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "project_id": "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11", "name": "web shop", "scope": "browser",
    "origins": ["https://app.example.com"]
}))]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewApiKey {
    pub(super) project_id: String,
    #[schema(example = "checkout service", min_length = 1, max_length = 128)]
    pub(super) name: String,
    /// `project` unless given.
    #[schema(nullable = false)]
    pub(super) scope: Option<KeyScope>,
    /// For a browser key: where it may be used from, such as `https://app.example.com`.
    #[schema(nullable = false)]
    pub(super) origins: Option<Vec<String>>,
    /// When it stops working; never unless given.
    #[schema(example = "2099-01-31T08:00:00Z")]
    pub(super) expires_at: Option<String>,
    /// What it may send; what the gateways allow every key unless given.
    #[schema(nullable = false)]
    pub(super) rate: Option<KeyRate>,
}

/// A key that was just created. This is the only time the key is shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    pub(super) id: String,
    /// `bat_` and 64 hex digits.
    #[schema(example = "bat_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    pub(super) key: String,
    #[schema(example = "Store this key safely — it will not be shown again.")]
    note: &'static str,
}

impl CreatedApiKey {
    pub(super) fn new(key: keys::ApiKey, text: &Secret) -> Self {
        let note = "Store this key safely — it will not be shown again.";
        Self { id: key.id, key: text.expose().to_owned(), note }
    }
}

/// How a key is to be rotated.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct Rotation {
    /// How long the old key goes on working beside the new one: 0 to 720, 24 unless given.
    #[schema(example = 24, minimum = 0, maximum = 720, nullable = false)]
    pub(super) overlap_hours: Option<i64>,
}

/// Which keys to list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct ApiKeyQuery {
    /// The project.
    pub(super) project_id: String,
}
