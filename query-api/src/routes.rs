//! Every route and who may call it. One table, enforced in one place: the guard refuses a route that
//! is not in it, and finds the caller of every other before the handler runs.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::auth::Caller;
use crate::error::{ApiError, ApiResult};
use crate::metrics;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody, without a session.
    Public,
    /// Any user with a session.
    AnyUser,
    /// Members of the project, and the owner. Lists without a project show those of all the caller's.
    ProjectMember,
    /// Users of the instance roles admin and owner.
    InstanceAdmin,
    /// Members of the project with the role admin or owner, and the owner of the instance.
    ProjectAdmin,
}

impl Who {
    /// In words, for the API's document.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Public => "anybody",
            Self::AnyUser => "any user",
            Self::ProjectMember => "members of the project, and the owner",
            Self::InstanceAdmin => "users with the role admin or owner",
            Self::ProjectAdmin => "members with the role admin or owner in the project, and the owner",
        }
    }
}

/// A route and who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Method; HEAD counts as GET.
    pub method: &'static str,
    /// Path as the router spells it.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
}

const fn route(method: &'static str, path: &'static str, who: Who) -> Route {
    Route { method, path, who }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    route("POST", "/v1/auth/login", Who::Public),
    route("POST", "/v1/auth/logout", Who::AnyUser),
    route("GET", "/v1/auth/me", Who::AnyUser),
    route("GET", "/v1/auth/projects", Who::AnyUser),
    route("POST", "/v1/auth/projects", Who::InstanceAdmin),
    route("GET", "/v1/auth/api-keys", Who::ProjectAdmin),
    route("POST", "/v1/auth/api-keys", Who::ProjectAdmin),
    route("DELETE", "/v1/auth/api-keys/{id}", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/masking-rules", Who::ProjectAdmin),
    route("PUT", "/v1/projects/{id}/masking-rules", Who::ProjectAdmin),
    route("POST", "/v1/projects/{id}/masking-rules/dry-run", Who::ProjectAdmin),
    route("GET", "/v1/anomaly/rules", Who::ProjectMember),
    route("POST", "/v1/anomaly/rules", Who::ProjectAdmin),
    route("PUT", "/v1/anomaly/rules/{id}", Who::ProjectAdmin),
    route("DELETE", "/v1/anomaly/rules/{id}", Who::ProjectAdmin),
    route("POST", "/v1/anomaly/rules/dry-run", Who::ProjectAdmin),
    route("GET", "/v1/anomaly/incidents", Who::ProjectMember),
    route("GET", "/v1/audit", Who::ProjectMember),
    route("GET", "/v1/audit/stats", Who::ProjectMember),
    route("GET", "/v1/audit/facets", Who::ProjectMember),
    route("GET", "/v1/audit/stream", Who::ProjectMember),
    route("GET", "/v1/audit/{id}", Who::ProjectMember),
    route("GET", "/health", Who::Public),
    route("GET", "/v1/openapi.json", Who::Public),
    route("GET", "/docs", Who::Public),
    route("GET", "/docs/", Who::Public),
    route("GET", "/docs/{*file}", Who::Public),
    route("GET", "/", Who::Public),
    route("GET", "/app", Who::Public),
    route("GET", "/app/", Who::Public),
    route("GET", "/app/{*file}", Who::Public),
];

/// The table's entry of a request.
fn find(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|route| route.path == path && route.method == method)
}

/// Lets a request through when the table allows it, with its caller attached.
pub(crate) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn admit(app: &App, request: &mut Request) -> ApiResult<()> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let Some(route) = find(request.method(), path) else {
        let known = ROUTES.iter().any(|route| route.path == path);
        return Err(if known { ApiError::MethodNotAllowed } else { ApiError::NoSuchRoute });
    };
    if route.who != Who::Public {
        let caller = Caller::find(app, request.method(), request.headers(), route.who).await?;
        request.extensions_mut().insert(caller);
    }
    Ok(())
}

/// Counts and times every request by its route.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let label = find(request.method(), path).map_or("other", |route| route.path);
    let response = next.run(request).await;
    metrics::request(label, response.status().as_u16(), started.elapsed());
    response
}
