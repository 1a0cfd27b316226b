//! The gateway's listener: joins the sockets to [`App`], and says when it is no longer ready.
//! Connections and their times are the business of [`bataudit_service::listener`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, STRICT_TRANSPORT_SECURITY};

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
const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// Serves `listener` until the shutdown and for `drain_delay` after it, then lets running requests
/// finish. From the shutdown on every answer ends its connection: a client that keeps one open would
/// send its next request just when this gateway goes.
pub async fn serve(
    app: Arc<App>,
    listener: Listener,
    drain_delay: Duration,
    ready: Readiness,
    shutdown: Shutdown,
) {
    ready.ready();
    let is_tls = listener.is_tls();
    let stopping = Arc::new(AtomicBool::new(false));
    let leaving = Arc::clone(&stopping);
    let handler = move |request: Request<Incoming>, _: SocketAddr| {
        let (app, leaving) = (Arc::clone(&app), Arc::clone(&leaving));
        async move {
            let mut response = app.handle(request).await;
            if leaving.load(Ordering::Relaxed) {
                response.headers_mut().insert(CONNECTION, CLOSE);
            }
            if is_tls {
                response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HSTS);
            }
            response
        }
    };
    let end_of_accepting = async {
        shutdown.triggered().await;
        stopping.store(true, Ordering::Relaxed);
        ready.not_ready("stopping");
        // Whoever sends requests here has time to notice.
        tokio::time::sleep(drain_delay).await;
    };
    listener.serve(handler, end_of_accepting).await;
}
