//! Addresses that users choose and BatAudit calls: what they may look like. Where they may lead is judged by sentinel, at
//! the moment of each call.

use url::Url;

use crate::error::{ApiError, ApiResult};

/// The longest one.
const MOST_BYTES: usize = 2048;

/// Refuses what can never be called.
pub(crate) fn check(text: &str) -> ApiResult<()> {
    let expected = "must be an address such as https://hooks.example.com/bataudit, without user and password";
    let is_good = text.len() <= MOST_BYTES
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        });
    if is_good { Ok(()) } else { Err(ApiError::parameter("url", expected)) }
}
