//! Members: which user sees which project, and what they may change in it.

use serde_json::json;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
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

/// A member of a project, as a person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// The user.
    pub user_id: String,
    /// Role in the project.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Since when, unix milliseconds.
    pub created_at: i64,
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
/// [`Error::Conflict`] when they are one already, [`Error::NotFound`] when the user or the project does
/// not exist.
pub async fn add(store: &Store, project_id: &str, user_id: &str, role: Role) -> Result<()> {
    check(role)?;
    let act = act("CREATE", project_id, user_id).with(json!({"role": role.as_str()}));
    let added = store.within(async {
        let mut transaction = store.begin().await?;
        insert(project_id, user_id, role).execute(&mut *transaction).await?;
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    added.await.map_err(|error: Error| error.conflict_is("this member").missing_is("user or project"))
}

/// Changes the role of a member.
///
/// # Errors
/// [`Error::NotFound`] when the user is no member of the project.
pub async fn set_role(store: &Store, project_id: &str, user_id: &str, role: Role) -> Result<()> {
    check(role)?;
    let sql = "UPDATE project_members SET role = $3 WHERE project_id = $1 AND user_id = $2";
    let set = sqlx::query(sql).bind(project_id).bind(user_id).bind(role.as_str());
    let act = act("CHANGE", project_id, user_id).with(json!({"role": role.as_str()}));
    store
        .within(async {
            let mut transaction = store.begin().await?;
            if set.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::NotFound { what: "member" });
            }
            outbox::write(store, &mut transaction, act).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Ends a membership; ending it twice changes nothing.
///
/// # Errors
/// When the store does not answer.
pub async fn remove(store: &Store, project_id: &str, user_id: &str) -> Result<()> {
    let sql = "DELETE FROM project_members WHERE project_id = $1 AND user_id = $2";
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let delete = sqlx::query(sql).bind(project_id).bind(user_id);
            if delete.execute(&mut *transaction).await?.rows_affected() > 0 {
                outbox::write(store, &mut transaction, act("DELETE", project_id, user_id)).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

fn act<'a>(verb: &'static str, project_id: &'a str, user_id: &str) -> Act<'a> {
    Act::done(verb, format!("/projects/{project_id}/members/{user_id}")).within(project_id)
}

fn check(role: Role) -> Result<()> {
    match role {
        Role::Owner | Role::Admin | Role::Viewer => Ok(()),
        Role::Auditor => Err(Error::Invalid { what: "role in a project must be owner, admin or viewer" }),
    }
}

/// The memberships of a user.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Membership>> {
    let sql = "SELECT project_id, role FROM project_members WHERE user_id = $1 ORDER BY project_id";
    store.all(sqlx::query_as(sql).bind(user_id)).await
}

/// The members of a project, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn of_project(store: &Store, project_id: &str) -> Result<Vec<Member>> {
    let sql = "SELECT m.user_id, m.role, u.name, u.email, m.created_at FROM project_members m \
               JOIN users u ON u.id = m.user_id WHERE m.project_id = $1 ORDER BY u.name, m.user_id";
    store.all(sqlx::query_as(sql).bind(project_id)).await
}
