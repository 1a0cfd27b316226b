//! Lets requests through as the table says, counted, timed and followed.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bataudit_trace::{Attribute, Remote};

use super::{ROUTES, Route, Who};
use crate::app::App;
use crate::auth::{Caller, Screen};
use crate::error::{ApiError, ApiResult};
use crate::metrics;

/// The table's entry of a request.
fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|route| route.path == path && route.method == method)
}

/// The trace of a request that is followed.
#[derive(Debug, Clone, Copy)]
struct Followed(u128);

/// Lets a request through when the table allows it, with its caller attached.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(route) => {
            // What anybody may call is not followed: a stranger could make the installation work.
            let known = (route.who != Who::Public).then_some(&app.tracer);
            let followed = known.and_then(|tracer| {
                tracer.request(route.method, route.path, || Remote::of(request.headers()))
            });
            let mut response = next.run(request).await;
            if let Some(mut span) = followed {
                response.extensions_mut().insert(Followed(span.trace_id()));
                span.set(Attribute::Status(response.status().as_u16()));
                if response.status().is_server_error() {
                    span.fail("server_error");
                }
            }
            response
        }
        Err(refusal) => refusal.into_response(),
    }
}

async fn admit(app: &App, request: &mut Request) -> ApiResult<&'static Route> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(route) = find(request.method(), path) else {
        let known = ROUTES.iter().any(|route| route.path == path);
        return Err(if known { ApiError::MethodNotAllowed } else { ApiError::NoSuchRoute });
    };
    if route.who == Who::Screen {
        let screen = Screen::find(app, request.headers()).await?;
        request.extensions_mut().insert(screen);
    } else if route.who != Who::Public {
        let caller = Caller::find(app, route, request.headers(), request.extensions()).await?;
        request.extensions_mut().insert(caller);
    }
    Ok(route)
}

/// Counts and times every request by its route.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let label = find(request.method(), path).map_or("other", |route| route.path);
    let response = next.run(request).await;
    let trace = response.extensions().get::<Followed>().map(|followed| followed.0);
    metrics::request(label, response.status().as_u16(), started.elapsed(), trace);
    response
}
