//! The caller of a request and what they may see. What a route demands comes from the route table,
//! so a handler cannot choose a weaker check.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use bataudit_control::clock::now_ms;
use bataudit_control::users::User;
use bataudit_control::{Role, members, sessions};

use crate::app::App;
use crate::auth::cookie;
use crate::error::{ApiError, ApiResult};
use crate::routes::Who;

/// A user with a living session, and the projects they may see.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The user, as they are now.
    pub(crate) user: User,
    /// The session, which a logout ends.
    pub(crate) session_id: String,
    who: Who,
    access: Access,
}

#[derive(Debug, Clone)]
enum Access {
    /// The owner sees every project.
    Every,
    /// Everybody else those they are a member of, with their role there.
    Members(BTreeMap<String, Role>),
}

/// The projects a statement may read. Only a [`Caller`] can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope(Option<Vec<String>>);

impl Scope {
    /// The projects; `None` means all there are.
    pub(crate) fn projects(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    #[cfg(test)]
    pub(crate) fn of_test(projects: Option<&[&str]>) -> Self {
        Self(projects.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()))
    }
}

impl Caller {
    /// Finds the caller of a request that wants to do what `who` may.
    pub(crate) async fn find(app: &App, method: &Method, headers: &HeaderMap, who: Who) -> ApiResult<Self> {
        let token = match bearer(headers)? {
            Some(token) => token,
            None => from_cookie(method, headers)?,
        };
        let expired = || ApiError::Unauthenticated("invalid or expired token");
        let claims = app.tokens.verify(token, now_ms() / 1000).ok_or_else(expired)?;
        let caller = Self::of_session(app, &claims.jti, who).await?.ok_or_else(expired)?;
        if who == Who::InstanceAdmin && caller.user.role < Role::Admin {
            return Err(ApiError::Forbidden("this needs the role owner or admin"));
        }
        Ok(caller)
    }

    /// The caller of a session, unless it is over.
    async fn of_session(app: &App, session_id: &str, who: Who) -> ApiResult<Option<Self>> {
        let Some(user) = sessions::user(&app.control, session_id, now_ms()).await? else { return Ok(None) };
        let access = if user.role == Role::Owner {
            Access::Every
        } else {
            let memberships = members::of_user(&app.control, &user.id).await?;
            Access::Members(memberships.into_iter().map(|m| (m.project_id, m.role)).collect())
        };
        Ok(Some(Self { user, session_id: session_id.to_owned(), who, access }))
    }

    /// The same caller as they are now; `None` when the session is over.
    pub(crate) async fn refreshed(&self, app: &App) -> ApiResult<Option<Self>> {
        Self::of_session(app, &self.session_id, self.who).await
    }

    /// The projects a list may show: all of the caller's, or the one asked for.
    pub(crate) fn scope(&self, project_id: Option<&str>) -> ApiResult<Scope> {
        match (project_id, &self.access) {
            (Some(id), _) => {
                self.check_project(id)?;
                Ok(Scope(Some(vec![id.to_owned()])))
            }
            (None, Access::Every) => Ok(Scope(None)),
            (None, Access::Members(projects)) => Ok(Scope(Some(projects.keys().cloned().collect()))),
        }
    }

    /// Checks one project against what the route demands. A project that is not the caller's does not
    /// exist for them.
    pub(crate) fn check_project(&self, project_id: &str) -> ApiResult<()> {
        let Access::Members(projects) = &self.access else { return Ok(()) };
        let role = projects.get(project_id).ok_or(ApiError::NotFound("project"))?;
        if self.who == Who::ProjectAdmin && (*role == Role::Viewer || self.user.role == Role::Viewer) {
            return Err(ApiError::Forbidden("this needs the role owner or admin in the project"));
        }
        Ok(())
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        // Put there by the guard; a route whose table entry says Public has none.
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)
    }
}

fn bearer(headers: &HeaderMap) -> ApiResult<Option<&str>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let parts = value.to_str().ok().and_then(|value| value.trim().split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(ApiError::Unauthenticated("missing or invalid Authorization header")),
    }
}

/// A browser sends the cookie by itself, also when another site made it; that site cannot add this
/// header.
fn from_cookie<'h>(method: &Method, headers: &'h HeaderMap) -> ApiResult<&'h str> {
    let missing = ApiError::Unauthenticated("missing or invalid Authorization header");
    let token = cookie::read(headers).ok_or(missing)?;
    let reads = *method == Method::GET || *method == Method::HEAD;
    if !reads && !headers.contains_key("x-requested-with") {
        return Err(ApiError::CrossSite);
    }
    Ok(token)
}
