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

pub(crate) use accepted::{Accepted, EventError, EventResult, batch, health, room_of_batch, single};
pub(crate) use refusal::{Limit, Refusal};

/// Every response ingest gives.
pub type HttpResponse = Response<Full<Bytes>>;

/// What most bodies fit in.
const ROOM: usize = 256;

/// A JSON response.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> HttpResponse {
    json_within(ROOM, status, body)
}

/// The same, whose body is expected to take `room` bytes at most: growing step by step would copy it again and again.
pub(crate) fn json_within(room: usize, status: StatusCode, body: &impl Serialize) -> HttpResponse {
    let mut bytes = Vec::with_capacity(room);
    // The bodies have text keys only, so this cannot fail.
    if serde_json::to_writer(&mut bytes, body).is_err() {
        bytes.clear();
    }
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    response
}
