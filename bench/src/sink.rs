//! The bare HTTP server that the gateway is measured against: takes a body, answers 202, and knows
//! nothing else. Built with the framework most gateways in Rust are built with.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::post;
use bytes::Bytes;
use tokio::net::TcpListener;

/// As long as the gateway's answer to one event.
const ANSWER: &str = r#"{"message":"Audit received and will be processed","status":"success","audit_id":"00000000-0000-0000-0000-000000000000","request_id":"req-00000000000000000000000000000000","timestamp":"2026-01-01T00:00:00.000Z"}"#;

/// Serves until the process ends.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(address: SocketAddr) -> std::io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    let routes = Router::new().route("/v1/audit", post(accept)).route("/v1/audit/batch", post(accept));
    axum::serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            // As the gateway does; a stream that refuses is only slower.
            drop(stream.set_nodelay(true));
        }),
        routes,
    )
    .await
}

async fn accept(body: Bytes) -> impl IntoResponse {
    if body.is_empty() {
        return (
            StatusCode::BAD_REQUEST,
            [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            "{}",
        );
    }
    (StatusCode::ACCEPTED, [(CONTENT_TYPE, HeaderValue::from_static("application/json"))], ANSWER)
}
