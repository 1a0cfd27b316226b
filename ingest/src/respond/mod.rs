//! What clients are told. In: outcomes. Out: responses in the original's shapes. No sentence here
//! holds a value that a client sent.

mod accepted;
mod refusal;
mod refusal_body;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

pub(crate) use accepted::{Accepted, EventError, EventResult, batch, health, single};
pub(crate) use refusal::{Limit, Refusal};

/// Every response ingest gives.
pub type HttpResponse = Response<Full<Bytes>>;

/// A JSON response.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    // The bodies have text keys only, so this cannot fail.
    let body = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
