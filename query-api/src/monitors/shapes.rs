//! What the API says of monitors: the shapes of bodies and answers.

use bataudit_control::monitors::{Check as StoredCheck, Monitor as Stored, Status};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::time::rfc3339;

/// Whether an address answers as it should.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MonitorStatus {
    /// The last check saw the expected status.
    Up,
    /// It did not.
    Down,
    /// Nobody looked yet, or it is paused.
    Unknown,
}

impl From<Status> for MonitorStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Up => Self::Up,
            Status::Down => Self::Down,
            Status::Unknown => Self::Unknown,
        }
    }
}

/// An address that is looked at.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Monitor {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    project_id: String,
    /// The service's name, where it is one.
    #[schema(example = "shop")]
    name: String,
    #[schema(example = "https://shop.example.com/health")]
    url: String,
    #[schema(example = 60)]
    interval_seconds: i64,
    #[schema(example = 10)]
    timeout_seconds: i64,
    #[schema(example = 200)]
    expected_status: i64,
    /// How long before its end a certificate is warned of; never when 0.
    #[schema(example = 14)]
    certificate_warning_days: i64,
    /// Whether it is looked at; a paused one is not.
    enabled: bool,
    last_status: MonitorStatus,
    /// The check that found this status.
    #[schema(required, example = "2026-01-31T08:00:00.000Z")]
    status_since: Option<String>,
    #[schema(required)]
    last_checked_at: Option<String>,
    /// When the certificate that was last seen ends; null without TLS.
    #[schema(required)]
    certificate_expires_at: Option<String>,
    created_at: String,
    updated_at: String,
}

impl From<Stored> for Monitor {
    fn from(stored: Stored) -> Self {
        let target = stored.target;
        Self {
            id: stored.id,
            project_id: stored.project_id,
            name: target.name,
            url: target.url,
            interval_seconds: target.interval_seconds,
            timeout_seconds: target.timeout_seconds,
            expected_status: target.expected_status,
            certificate_warning_days: target.certificate_warning_days,
            enabled: target.enabled,
            last_status: stored.status.into(),
            status_since: stored.since_ms.map(rfc3339),
            last_checked_at: stored.checked_at.map(rfc3339),
            certificate_expires_at: stored.certificate_expires_at.map(rfc3339),
            created_at: rfc3339(stored.created_at),
            updated_at: rfc3339(stored.updated_at),
        }
    }
}

/// Monitors, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonitorList {
    pub(super) data: Vec<Monitor>,
}

/// An address to be looked at.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewMonitor {
    project_id: String,
    #[schema(example = "shop", min_length = 1, max_length = 100)]
    name: String,
    /// `http://` or `https://`, without user and password. Redirects are followed, five at most. Addresses in private
    /// networks are refused at each check, unless the operator allowed the network.
    #[schema(example = "https://shop.example.com/health")]
    url: String,
    /// 60 unless given.
    #[schema(example = 60, minimum = 10, maximum = 86400, nullable = false)]
    interval_seconds: Option<u32>,
    /// 10 unless given.
    #[schema(example = 10, minimum = 1, maximum = 30, nullable = false)]
    timeout_seconds: Option<u32>,
    /// The status that means up, exactly; 200 unless given.
    #[schema(example = 200, minimum = 100, maximum = 599, nullable = false)]
    expected_status: Option<u32>,
    /// 14 unless given.
    #[schema(example = 14, maximum = 365, nullable = false)]
    certificate_warning_days: Option<u32>,
    /// `true` unless given.
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

/// Fields of a monitor to be changed; those left out stay.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct MonitorChange {
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    url: Option<String>,
    #[schema(minimum = 10, maximum = 86400, nullable = false)]
    interval_seconds: Option<u32>,
    #[schema(minimum = 1, maximum = 30, nullable = false)]
    timeout_seconds: Option<u32>,
    #[schema(minimum = 100, maximum = 599, nullable = false)]
    expected_status: Option<u32>,
    #[schema(maximum = 365, nullable = false)]
    certificate_warning_days: Option<u32>,
    /// `false` pauses it.
    #[schema(nullable = false)]
    enabled: Option<bool>,
}

/// Whose monitors.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct MonitorQuery {
    /// One project; without it, all of the caller's.
    project_id: Option<String>,
}

/// What a check saw.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonitorCheck {
    /// Empty for a test.
    pub(super) id: String,
    pub(super) monitor_id: String,
    #[schema(example = "down")]
    pub(super) status: String,
    #[schema(required, example = 503)]
    pub(super) status_code: Option<i64>,
    #[schema(example = 12)]
    pub(super) response_ms: i64,
    /// Why it is down.
    #[schema(required, example = "the status is 503, not 200")]
    pub(super) error: Option<String>,
    pub(super) checked_at: String,
}

impl From<StoredCheck> for MonitorCheck {
    fn from(check: StoredCheck) -> Self {
        Self {
            id: check.id,
            monitor_id: check.monitor_id,
            status: check.status,
            status_code: check.status_code,
            response_ms: check.response_ms,
            error: check.error,
            checked_at: rfc3339(check.checked_at),
        }
    }
}

/// Checks, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonitorHistory {
    pub(super) data: Vec<MonitorCheck>,
}
