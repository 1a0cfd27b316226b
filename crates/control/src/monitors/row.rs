//! A monitor as its row has it.

use std::str::FromStr;

use super::{Monitor, Target};

/// Whether an address answers as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The last check saw what it expected.
    Up,
    /// It did not.
    Down,
    /// Nobody looked yet.
    Unknown,
}

impl Status {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Up, Self::Down, Self::Unknown].into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

pub(super) const COLUMNS: &str = "SELECT id, project_id, name, url, interval_seconds, timeout_seconds, \
     expected_status, certificate_warning_days, enabled, status, since_ms, known_ms, checked_at, \
     certificate_expires_at, certificate_warned, created_at, updated_at FROM monitors";

#[derive(sqlx::FromRow)]
pub(super) struct MonitorRow {
    id: String,
    pub(super) project_id: String,
    name: String,
    url: String,
    interval_seconds: i64,
    timeout_seconds: i64,
    expected_status: i64,
    certificate_warning_days: i64,
    enabled: i64,
    status: String,
    since_ms: Option<i64>,
    known_ms: i64,
    checked_at: Option<i64>,
    certificate_expires_at: Option<i64>,
    certificate_warned: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl From<MonitorRow> for Monitor {
    fn from(row: MonitorRow) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            target: Target {
                name: row.name,
                url: row.url,
                interval_seconds: row.interval_seconds,
                timeout_seconds: row.timeout_seconds,
                expected_status: row.expected_status,
                certificate_warning_days: row.certificate_warning_days,
                enabled: row.enabled == 1,
            },
            // The table lets no other word in.
            status: row.status.parse().unwrap_or(Status::Unknown),
            since_ms: row.since_ms,
            known_ms: row.known_ms,
            checked_at: row.checked_at,
            certificate_expires_at: row.certificate_expires_at,
            certificate_warned: row.certificate_warned,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}
