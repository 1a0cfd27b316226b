//! A rule as a client writes it. In: the fields of a body. Out: parameters that can be evaluated, or which
//! field is wrong.

use bataudit_anomaly::Kind;
use bataudit_anomaly::rule::Parameters;

use crate::error::{ApiError, ApiResult};
use crate::input::Body;

/// The longest name of a service or environment.
const MOST_CHARS: usize = 100;

/// A rule without its project.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub(super) kind: Kind,
    pub(super) parameters: Parameters,
    pub(super) service_name: Option<String>,
    pub(super) environment: Option<String>,
    pub(super) active: bool,
}

impl Asked {
    /// Reads a rule of a kind that the body names; what it leaves out is the kind's default.
    pub(super) fn new(body: &mut Body) -> ApiResult<Self> {
        let names = Kind::ALL.map(Kind::name).join(", ");
        let wrong = || ApiError::parameter("rule_type", format!("must be one of {names}"));
        let kind: Kind = body.text("rule_type")?.parse().map_err(|()| wrong())?;
        let defaults =
            Self { kind, parameters: kind.defaults(), service_name: None, environment: None, active: true };
        defaults.changed(body)
    }

    /// The same rule with the fields that the body has.
    pub(super) fn changed(self, body: &mut Body) -> ApiResult<Self> {
        let Parameters { threshold, window_seconds, cooldown_seconds, min_events } = self.parameters;
        let parameters = Parameters {
            threshold: number(body, "threshold")?.unwrap_or(threshold),
            window_seconds: whole(body, "window_seconds", "of seconds")?.unwrap_or(window_seconds),
            cooldown_seconds: whole(body, "cooldown_seconds", "of seconds")?.unwrap_or(cooldown_seconds),
            min_events: whole(body, "min_events", "of events")?.unwrap_or(min_events),
        };
        if let Some((field, expected)) = parameters.problem(self.kind) {
            return Err(ApiError::parameter(field, expected));
        }
        Ok(Self {
            kind: self.kind,
            parameters,
            service_name: name(body, "service_name", self.service_name)?,
            environment: name(body, "environment", self.environment)?,
            active: body.optional_flag("active")?.unwrap_or(self.active),
        })
    }
}

fn number(body: &mut Body, name: &str) -> ApiResult<Option<f64>> {
    let Some(value) = body.value(name) else { return Ok(None) };
    value.as_f64().map(Some).ok_or_else(|| ApiError::parameter(name, "must be a number"))
}

fn whole(body: &mut Body, name: &str, of: &str) -> ApiResult<Option<u32>> {
    let Some(value) = body.value(name) else { return Ok(None) };
    let whole = value.as_u64().and_then(|whole| u32::try_from(whole).ok());
    whole.map(Some).ok_or_else(|| ApiError::parameter(name, format!("must be a whole number {of}")))
}

/// A name that narrows the rule; an empty one widens it again.
fn name(body: &mut Body, field: &str, before: Option<String>) -> ApiResult<Option<String>> {
    match body.optional_text(field)? {
        None => Ok(before),
        Some(text) if text.is_empty() => Ok(None),
        Some(text) if text.chars().count() <= MOST_CHARS => Ok(Some(text)),
        Some(_) => Err(ApiError::parameter(field, format!("must have at most {MOST_CHARS} characters"))),
    }
}
