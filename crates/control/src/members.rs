//! Members: which user sees which project, and what they may change in it.

use crate::clock::now_ms;
use crate::error::Result;
use crate::role::Role;
use crate::store::{AnyArgs, Store};

/// A user's place in a project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Membership {
    /// The project.
    pub project_id: String,
    /// Role in that project.
    #[sqlx(try_from = "String")]
    pub role: Role,
}

pub(crate) fn insert<'q>(
    project_id: &'q str,
    user_id: &'q str,
    role: Role,
) -> sqlx::query::Query<'q, sqlx::Any, AnyArgs<'q>> {
    sqlx::query("INSERT INTO project_members (project_id, user_id, role, created_at) VALUES ($1, $2, $3, $4)")
        .bind(project_id)
        .bind(user_id)
        .bind(role.as_str())
        .bind(now_ms())
}

/// Makes a user a member of a project.
///
/// # Errors
/// [`crate::Error::Conflict`] when they are one already, [`crate::Error::NotFound`] when the user or
/// the project does not exist.
pub async fn add(store: &Store, project_id: &str, user_id: &str, role: Role) -> Result<()> {
    let added = store.execute(insert(project_id, user_id, role)).await;
    added.map(drop).map_err(|error| error.conflict_is("this member").missing_is("user or project"))
}

/// Ends a membership; ending it twice changes nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn remove(store: &Store, project_id: &str, user_id: &str) -> Result<()> {
    let sql = "DELETE FROM project_members WHERE project_id = $1 AND user_id = $2";
    store.execute(sqlx::query(sql).bind(project_id).bind(user_id)).await.map(drop)
}

/// The memberships of a user.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Membership>> {
    let sql = "SELECT project_id, role FROM project_members WHERE user_id = $1 ORDER BY project_id";
    store.all(sqlx::query_as(sql).bind(user_id)).await
}
