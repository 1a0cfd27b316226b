//! What is kept of a project's events: for how long, what a legal hold keeps beyond that, and erasures of one person's
//! events. Here they are asked for; sentinel carries them out.

pub(crate) mod erasures;
pub(crate) mod holds;
pub(crate) mod retention;

use bataudit_event::id::AUDIT_PROJECT;

use crate::error::{ApiError, ApiResult};

/// Longest name and reason.
const MAX_CHARS: usize = 500;

/// Nobody removes what people did here, nor decides how long it is kept.
fn check_not_audit(project_id: &str) -> ApiResult<()> {
    if project_id == AUDIT_PROJECT.to_string() {
        return Err(ApiError::Refused(
            "what people did in BatAudit is kept for a year, and not removed by anybody",
        ));
    }
    Ok(())
}

fn short(name: &str, text: String) -> ApiResult<String> {
    if text.chars().count() > MAX_CHARS {
        return Err(ApiError::parameter(name, format!("must have at most {MAX_CHARS} characters")));
    }
    Ok(text)
}
