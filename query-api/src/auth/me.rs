//! `GET /v1/auth/me`: who is logged in, what they may do, and what this installation can, so that no page need guess.

use axum::Json;
use axum::extract::State;
use bataudit_control::projects::{self, Project};
use serde::Serialize;
use utoipa::ToSchema;

use super::Caller;
use super::login::User;
use super::role::ProjectRole;
use crate::app::App;
use crate::error::ApiResult;
use crate::time::rfc3339;

/// Who is logged in, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    #[serde(flatten)]
    user: User,
    may: May,
    /// By name; of owners and auditors all there are, and last the one of what people do in BatAudit itself.
    projects: Vec<OwnProject>,
    features: Features,
}

/// What the role on the instance allows. What may be done in a project, the role there says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct May {
    /// See every project (owner, auditor).
    see_every_project: bool,
    /// See what concerns every project: the instance's part of the pipeline, the users (owner, admin, auditor).
    see_instance: bool,
    /// Create projects, invite people and manage users (owner, admin).
    manage_instance: bool,
    /// Run SQL (owner, admin).
    query: bool,
}

/// A project of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnProject {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    id: String,
    #[schema(example = "My API")]
    name: String,
    #[schema(example = "my-api")]
    slug: String,
    /// The caller's role in it, as far as their role on the instance lets it count.
    role: ProjectRole,
    /// When it was archived: it takes no events since.
    #[schema(required)]
    archived_at: Option<String>,
}

/// What this installation was configured for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Features {
    /// Invites and reset links are sent by e-mail; else who makes a link hands it over.
    mail: bool,
    /// People may sign in at a provider.
    oidc: bool,
    /// The SQL console is open.
    console: bool,
    /// Browsers can be notified: they are over HTTPS, or on this machine.
    push: bool,
    /// How many monitors a project may have.
    #[schema(example = 10)]
    monitors_per_project: i64,
    /// Name of the installation.
    #[schema(example = "production")]
    environment: String,
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Where browsers reach it: the beginning of every link.
    #[schema(example = "https://audit.example.com")]
    public_url: String,
}

/// Who is logged in, as they are now; what they may do, in which projects; and what this installation can.
#[utoipa::path(
    get, path = "/v1/auth/me", operation_id = "me", tag = "session",
    responses((status = 200, body = Me, description = "The user of this session, as they are now."))
)]
pub(crate) async fn me(State(app): State<App>, caller: Caller) -> ApiResult<Json<Me>> {
    let (sees_instance, changes) = (caller.sees_the_instance(), caller.changes_the_instance());
    Ok(Json(Me {
        may: May {
            see_every_project: caller.sees_everything(),
            see_instance: sees_instance,
            manage_instance: changes,
            query: changes && app.console.is_open(),
        },
        projects: own(&app, &caller).await?,
        features: Features {
            mail: app.post.can_send(),
            oidc: app.oidc.is_some(),
            console: app.console.is_open(),
            push: app.secure_cookie || app.public_url.starts_with("http://localhost"),
            monitors_per_project: app.monitors_per_project,
            environment: app.environment.clone(),
            version: env!("CARGO_PKG_VERSION"),
            public_url: app.public_url.clone(),
        },
        user: caller.user.into(),
    }))
}

async fn own(app: &App, caller: &Caller) -> ApiResult<Vec<OwnProject>> {
    let shown = projects::shown_to(&app.control, &caller.user.id, caller.sees_everything()).await?;
    let own = shown.into_iter().map(|project: Project| OwnProject {
        role: caller.role_in(&project.id),
        id: project.id,
        name: project.name,
        slug: project.slug,
        archived_at: project.archived_at.map(rfc3339),
    });
    Ok(own.collect())
}
