//! Roles as the API spells them.

use bataudit_control::Role;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{ApiError, ApiResult};
use crate::input::Body;

/// Role on the instance: owners and auditors see every project, others those they are members of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InstanceRole {
    /// Everything, in every project.
    Owner,
    /// Creates projects and users; changes the projects they are owner or admin of.
    Admin,
    /// Reads every project, and what people did in BatAudit itself; changes nothing.
    Auditor,
    /// Reads.
    Viewer,
}

impl From<Role> for InstanceRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Auditor => Self::Auditor,
            Role::Viewer => Self::Viewer,
        }
    }
}

/// Role in a project. Who has the role auditor or viewer on the instance only reads, whatever it says.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ProjectRole {
    /// Changes the project, and who its owners are.
    Owner,
    /// Changes the project.
    Admin,
    /// Reads.
    Viewer,
}

impl From<Role> for ProjectRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Auditor | Role::Viewer => Self::Viewer,
        }
    }
}

/// The role on the instance that a body names.
pub(crate) fn instance_role(body: &mut Body) -> ApiResult<Role> {
    let expected = "must be owner, admin, auditor or viewer";
    body.text("role")?.parse().map_err(|_| ApiError::parameter("role", expected))
}

/// The role in a project that a body names.
pub(crate) fn project_role(body: &mut Body) -> ApiResult<Role> {
    let role = body.text("role")?.parse().ok().filter(|role| *role != Role::Auditor);
    role.ok_or_else(|| ApiError::parameter("role", "must be owner, admin or viewer"))
}
