//! The gateway's listener: joins the sockets to [`App`], and says when it is no longer ready.
//! Connections and their times are the business of [`bataudit_service::listener`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, STRICT_TRANSPORT_SECURITY};

use bataudit_service::listener::{Answers, Listener};
use bataudit_service::{Readiness, Shutdown};

use crate::app::App;

/// What a client is told that has no request the gateway could answer.
pub(crate) const ANSWERS: Answers = Answers {
    slow_head: r#"{"error":"The request headers did not arrive in time","status":"failed","code":"slow_header"}"#,
    no_connection_left: r#"{"error":"The gateway has no connection left; retry","status":"failed","code":"BAT-003"}"#,
};
/// A year: clients that have seen it never use plain HTTP again.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Serves `listener` until the shutdown and for `drain_delay` after it, then lets running requests
/// finish.
pub async fn serve(
    app: Arc<App>,
    listener: Listener,
    drain_delay: Duration,
    ready: Readiness,
    shutdown: Shutdown,
) {
    ready.ready();
    let is_tls = listener.is_tls();
    let handler = move |request: Request<Incoming>, _: SocketAddr| {
        let app = Arc::clone(&app);
        async move {
            let mut response = app.handle(request).await;
            if is_tls {
                response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
            }
            response
        }
    };
    listener.serve(handler, end_of_accepting(shutdown, ready, drain_delay)).await;
}

/// Resolves some time after the process said that it is not ready.
async fn end_of_accepting(shutdown: Shutdown, ready: Readiness, delay: Duration) {
    shutdown.triggered().await;
    ready.not_ready("stopping");
    tokio::time::sleep(delay).await;
}
