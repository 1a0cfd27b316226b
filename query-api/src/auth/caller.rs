//! The caller of a request and what they may see. What a route demands comes from the route table,
//! so a handler cannot choose a weaker check.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use bataudit_control::clock::now_ms;
use bataudit_control::personal_tokens::{self, PREFIX, PersonalToken};
use bataudit_control::users::{self, User};
use bataudit_control::{Actor, Role, Store, members, sessions};

use crate::app::App;
use crate::auth::role::ProjectRole;
use crate::auth::{cookie, visitor};
use crate::error::{ApiError, ApiResult};
use crate::routes::{Route, Who};

/// A user with a living session or personal token, and the projects they may see.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The user, as they are now.
    pub(crate) user: User,
    credential: Credential,
    route: &'static Route,
    access: Access,
    actor: Actor,
}

/// What the user came with: a session, by its id, or a personal token.
#[derive(Debug, Clone)]
enum Credential {
    Session(String),
    Token(PersonalToken),
}

#[derive(Debug, Clone)]
enum Access {
    /// Owners and auditors see every project.
    Every,
    /// Everybody else those they are a member of, with their role there.
    Members(BTreeMap<String, Role>),
}

/// The projects a statement may read. Only a [`Caller`] or a screen can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope(Option<Vec<String>>);

impl Scope {
    /// The projects; `None` means all there are.
    pub(crate) fn projects(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    /// Whether a project is among them.
    pub(crate) fn holds(&self, project_id: &str) -> bool {
        self.0.as_ref().is_none_or(|projects| projects.iter().any(|id| id == project_id))
    }

    /// One of these projects; `None` when it is not among them.
    pub(crate) fn narrowed(&self, project_id: &str) -> Option<Self> {
        self.holds(project_id).then(|| Self(Some(vec![project_id.to_owned()])))
    }

    /// Those of these projects that are among them.
    pub(crate) fn among(&self, mut projects: Vec<String>) -> Self {
        projects.retain(|id| self.holds(id));
        Self(Some(projects))
    }

    /// What a screen shows.
    pub(super) fn of_screen(project_id: Option<&str>) -> Self {
        Self(project_id.map(|id| vec![id.to_owned()]))
    }

    #[cfg(test)]
    pub(crate) fn of_test(projects: Option<&[&str]>) -> Self {
        Self(projects.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()))
    }
}

impl Caller {
    /// Finds the caller of a request for this route.
    pub(crate) async fn find(
        app: &App,
        route: &'static Route,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> ApiResult<Self> {
        let text = match bearer(headers)? {
            Some(text) => text,
            None => from_cookie(route, headers)?,
        };
        let expired = || ApiError::Unauthenticated("invalid or expired token");
        let (user, credential) = if text.starts_with(PREFIX) {
            of_personal_token(app, route, text).await?
        } else {
            let claims = app.tokens.verify(text, now_ms() / 1000).ok_or_else(expired)?;
            let user = sessions::user(&app.control, &claims.jti, now_ms()).await?;
            user.map(|user| (user, Credential::Session(claims.jti)))
        }
        .ok_or_else(expired)?;
        let id = match &credential {
            Credential::Session(id) | Credential::Token(PersonalToken { id, .. }) => id.clone(),
        };
        let actor = visitor::actor(app, headers, extensions);
        let actor = Actor { user: Some(user.clone()), credential: id, ..actor };
        let caller = Self { access: access(app, &user).await?, user, credential, route, actor };
        caller.check_role()?;
        caller.note_use(app).await?;
        Ok(caller)
    }

    /// The same caller as they are now; `None` when the session or the token is over.
    pub(crate) async fn refreshed(&self, app: &App) -> ApiResult<Option<Self>> {
        let user = match &self.credential {
            Credential::Session(id) => sessions::user(&app.control, id, now_ms()).await?,
            Credential::Token(token)
                if personal_tokens::is_active(&app.control, &token.id, now_ms()).await? =>
            {
                users::by_id(&app.control, &self.user.id).await?
            }
            Credential::Token(_) => None,
        };
        let Some(user) = user else { return Ok(None) };
        Ok(Some(Self { access: access(app, &user).await?, user, ..self.clone() }))
    }

    /// A token's use is a thing its user did.
    async fn note_use(&self, app: &App) -> ApiResult<()> {
        if let Credential::Token(token) = &self.credential {
            personal_tokens::note_use(&self.control(app), token, now_ms()).await?;
        }
        Ok(())
    }

    /// The control store, asked on the caller's behalf: what is changed through it is theirs.
    pub(crate) fn control(&self, app: &App) -> Store {
        app.control.acting(self.actor.clone())
    }

    /// The session, which a logout ends; none where they came with a personal token.
    pub(crate) fn session_id(&self) -> Option<&str> {
        match &self.credential {
            Credential::Session(id) => Some(id),
            Credential::Token(_) => None,
        }
    }

    /// Where the request came from.
    pub(crate) fn address(&self) -> &str {
        &self.actor.address
    }

    /// Refuses what the role on the instance does not allow on this route.
    fn check_role(&self) -> ApiResult<()> {
        match (self.route.who, self.user.role) {
            (Who::InstanceAdmin | Who::ProjectAdmin, Role::Auditor) if !self.route.reads() => {
                Err(ApiError::Forbidden("an auditor changes nothing"))
            }
            (Who::InstanceAdmin, Role::Viewer) => {
                Err(ApiError::Forbidden("this needs the role owner or admin"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses to give, take or end what only a higher role may.
    pub(crate) fn check_manages(&self, role: Role) -> ApiResult<()> {
        let refusal = ApiError::Forbidden("only an owner may do this to owners and auditors");
        if self.user.role.may_manage(role) { Ok(()) } else { Err(refusal) }
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
        if self.route.who == Who::ProjectAdmin && (*role == Role::Viewer || self.user.role == Role::Viewer) {
            return Err(ApiError::Forbidden("this needs the role owner or admin in the project"));
        }
        Ok(())
    }

    /// Whether the caller may change what belongs to a project: what [`Who::ProjectAdmin`] demands, for routes that
    /// demand less.
    pub(crate) fn administers(&self, project_id: &str) -> bool {
        !matches!(self.role_in(project_id), ProjectRole::Viewer)
    }

    /// Whether the caller sees what concerns every project: what [`Who::InstanceAdmin`] demands of a route that reads.
    pub(crate) fn sees_the_instance(&self) -> bool {
        self.user.role != Role::Viewer
    }

    /// Whether the caller may change what concerns every project: what [`Who::InstanceAdmin`] demands of other routes.
    pub(crate) fn changes_the_instance(&self) -> bool {
        matches!(self.user.role, Role::Owner | Role::Admin)
    }

    /// The caller's role in a project that is theirs, as far as their role on the instance lets it count.
    pub(crate) fn role_in(&self, project_id: &str) -> ProjectRole {
        match (&self.access, self.user.role) {
            (_, Role::Viewer | Role::Auditor) => ProjectRole::Viewer,
            (Access::Every, _) => ProjectRole::Owner,
            (Access::Members(projects), _) => {
                projects.get(project_id).map_or(ProjectRole::Viewer, |role| (*role).into())
            }
        }
    }

    /// The same for something that belongs to a project, by what it is called: that of a foreign one does not exist.
    pub(crate) fn check_project_of(&self, what: &'static str, project_id: &str) -> ApiResult<()> {
        self.check_project(project_id).map_err(|error| match error {
            ApiError::NotFound(_) => ApiError::NotFound(what),
            other => other,
        })
    }

    /// Whether every project is the caller's.
    pub(crate) fn sees_everything(&self) -> bool {
        matches!(self.access, Access::Every)
    }

    /// Whether the caller decides who owns a project.
    pub(crate) fn owns_project(&self, project_id: &str) -> bool {
        match &self.access {
            Access::Every => self.user.role == Role::Owner,
            Access::Members(projects) => projects.get(project_id) == Some(&Role::Owner),
        }
    }
}

async fn access(app: &App, user: &User) -> ApiResult<Access> {
    if matches!(user.role, Role::Owner | Role::Auditor) {
        return Ok(Access::Every);
    }
    let memberships = members::of_user(&app.control, &user.id).await?;
    Ok(Access::Members(memberships.into_iter().map(|m| (m.project_id, m.role)).collect()))
}

async fn of_personal_token(app: &App, route: &Route, text: &str) -> ApiResult<Option<(User, Credential)>> {
    let Some((token, user)) = personal_tokens::find(&app.control, text, now_ms()).await? else {
        return Ok(None);
    };
    match route.token_scope() {
        None => Err(ApiError::Forbidden("this needs a login; a personal token cannot do it")),
        Some(scope) if !token.scopes.contains(&scope) => {
            Err(ApiError::Forbidden("the personal token has not the scope this needs"))
        }
        Some(_) => Ok(Some((user, Credential::Token(token)))),
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        // Put there by the guard; a route whose table entry says Public has none.
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)
    }
}

pub(super) fn bearer(headers: &HeaderMap) -> ApiResult<Option<&str>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let parts = value.to_str().ok().and_then(|value| value.trim().split_once(' '));
    match parts {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(ApiError::Unauthenticated("missing or invalid Authorization header")),
    }
}

/// A browser sends the cookie by itself, also when another site made it; that site cannot add this
/// header.
fn from_cookie<'h>(route: &Route, headers: &'h HeaderMap) -> ApiResult<&'h str> {
    let missing = ApiError::Unauthenticated("missing or invalid Authorization header");
    let token = cookie::read(headers).ok_or(missing)?;
    if !route.reads() && !headers.contains_key("x-requested-with") {
        return Err(ApiError::CrossSite);
    }
    Ok(token)
}
