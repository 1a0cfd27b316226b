//! A monitor as a client writes it. In: the fields of a body. Out: what is to be looked at, or which field is wrong.

use bataudit_control::monitors::Target;

use crate::address;
use crate::error::{ApiError, ApiResult};
use crate::input::Body;

/// The longest name: that of a service.
const MOST_CHARS: usize = 100;

/// The fields that a body has.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    name: Option<String>,
    url: Option<String>,
    interval_seconds: Option<i64>,
    timeout_seconds: Option<i64>,
    expected_status: Option<i64>,
    certificate_warning_days: Option<i64>,
    enabled: Option<bool>,
}

impl Asked {
    pub(super) fn take(body: &mut Body) -> ApiResult<Self> {
        let asked = Self {
            name: body.optional_text("name")?,
            url: body.optional_text("url")?,
            interval_seconds: body.optional_number("interval_seconds", 10..=86_400)?,
            timeout_seconds: body.optional_number("timeout_seconds", 1..=30)?,
            expected_status: body.optional_number("expected_status", 100..=599)?,
            certificate_warning_days: body.optional_number("certificate_warning_days", 0..=365)?,
            enabled: body.optional_flag("enabled")?,
        };
        let is_name = |name: &String| (1..=MOST_CHARS).contains(&name.trim().chars().count());
        if !asked.name.as_ref().is_none_or(is_name) {
            return Err(ApiError::parameter("name", format!("must have 1 to {MOST_CHARS} characters")));
        }
        if let Some(url) = &asked.url {
            address::check(url)?;
        }
        Ok(asked)
    }

    /// A new monitor; what the body leaves out is as usual.
    pub(super) fn complete(self) -> ApiResult<Target> {
        let required = |name: &str| ApiError::parameter(name, "is required");
        let usual = Target {
            name: self.name.clone().ok_or_else(|| required("name"))?,
            url: self.url.clone().ok_or_else(|| required("url"))?,
            interval_seconds: 60,
            timeout_seconds: 10,
            expected_status: 200,
            certificate_warning_days: 14,
            enabled: true,
        };
        Ok(self.over(&usual))
    }

    /// The same monitor with the fields that the body has.
    pub(super) fn over(self, before: &Target) -> Target {
        Target {
            name: self.name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
            url: self.url.unwrap_or_else(|| before.url.clone()),
            interval_seconds: self.interval_seconds.unwrap_or(before.interval_seconds),
            timeout_seconds: self.timeout_seconds.unwrap_or(before.timeout_seconds),
            expected_status: self.expected_status.unwrap_or(before.expected_status),
            certificate_warning_days: self
                .certificate_warning_days
                .unwrap_or(before.certificate_warning_days),
            enabled: self.enabled.unwrap_or(before.enabled),
        }
    }
}
