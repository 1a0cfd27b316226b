//! Which pages of other origins may use the API. A browser asks first (preflight), without the key:
//! it is told yes when any browser key lists its origin. The answer to the request itself names the
//! origin only when the request's own key lists it.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW, HeaderValue, ORIGIN, VARY,
};
use hyper::{HeaderMap, Response, StatusCode};

use crate::access::Table;

/// What a page may send.
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("X-API-Key, Content-Type, Content-Encoding, Idempotency-Key, X-Request-ID");
/// What a page may read.
const RESPONSE_HEADERS: HeaderValue = HeaderValue::from_static("Retry-After");
/// How long a browser may remember the answer: short, since origins of keys change.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The answer to `OPTIONS`, for a route with these methods.
pub(crate) fn preflight(
    table: Option<&Table>,
    headers: &HeaderMap,
    allow: HeaderValue,
) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(ALLOW, allow.clone());
    answer.insert(VARY, HeaderValue::from_static("Origin"));
    let listed = |origin: &&HeaderValue| {
        table.zip(origin.to_str().ok()).is_some_and(|(table, origin)| table.lists_origin(origin))
    };
    if let Some(origin) = headers.get(ORIGIN).filter(listed) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, allow);
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        answer.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    response
}

/// Lets the page of `origin` read an answer; without one, no page of another origin may.
pub(crate) fn decorate(response: &mut Response<Full<Bytes>>, origin: Option<HeaderValue>) {
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
}
