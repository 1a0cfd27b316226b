//! Projects: what events and keys belong to.

use bataudit_event::id::AUDIT_PROJECT;
use serde_json::json;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::role::Role;
use crate::store::Store;
use crate::{anomaly_rules, members, revision};

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Project {
    /// UUID, lower case.
    pub id: String,
    /// Display name.
    pub name: String,
    /// What instance keys address it by: the service name of its events.
    pub slug: String,
    /// The user who created it; nobody for one that came into being by an event.
    pub created_by: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
    /// When it was archived, unix milliseconds. It takes no events since, and stays readable.
    pub archived_at: Option<i64>,
}

/// A project to be created.
#[derive(Debug, Clone, Copy)]
pub struct NewProject<'a> {
    /// Display name.
    pub name: &'a str,
    /// See [`is_slug`].
    pub slug: &'a str,
    /// The user, who becomes its first member with the role `owner`.
    pub created_by: Option<&'a str>,
}

const COLUMNS: &str =
    "SELECT p.id, p.name, p.slug, p.created_by, p.created_at, p.archived_at FROM projects p";

/// Whether a text can be a slug. Slugs are matched with service names, so the same spelling holds: a
/// letter or digit, then letters, digits, `-`, `_` and `.`, at most 100 in all.
#[must_use]
pub fn is_slug(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 100
        && bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Creates a project.
///
/// # Errors
/// [`Error::Conflict`] when the slug is taken, [`Error::Invalid`] for an unusable field.
pub async fn create(store: &Store, new: NewProject<'_>) -> Result<Project> {
    let name = checked_name(new.name)?;
    if !is_slug(new.slug) {
        return Err(Error::Invalid {
            what: "slug must start with a letter or digit and hold only letters, digits, '-', '_' and '.', at most 100",
        });
    }
    let project = Project {
        id: Uuid::now_v7().to_string(),
        name: name.to_owned(),
        slug: new.slug.to_owned(),
        created_by: new.created_by.map(str::to_owned),
        created_at: now_ms(),
        archived_at: None,
    };
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        insert(&project).execute(&mut *transaction).await?;
        if let Some(user) = &project.created_by {
            members::insert(&project.id, user, Role::Owner).execute(&mut *transaction).await?;
        }
        let act = Act::done("CREATE", format!("/projects/{}", project.id)).within(&project.id);
        let act = act.with(json!({"name": project.name, "slug": project.slug}));
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    created.await.map_err(|error: Error| error.conflict_is("a project with this slug"))?;
    Ok(project)
}

fn checked_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 128 {
        return Err(Error::Invalid { what: "name must have 1 to 128 characters" });
    }
    Ok(name)
}

/// Gives a project another display name. The slug stays: applications write to it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such project, [`Error::Invalid`] for an unusable name.
pub async fn rename(store: &Store, id: &str, name: &str) -> Result<()> {
    let name = checked_name(name)?;
    store
        .within(async {
            let mut transaction = store.begin().await?;
            let set = sqlx::query("UPDATE projects SET name = $2 WHERE id = $1").bind(id).bind(name);
            if set.execute(&mut *transaction).await?.rows_affected() == 0 {
                return Err(Error::NotFound { what: "project" });
            }
            let act = Act::done("RENAME", format!("/projects/{id}")).within(id);
            outbox::write(store, &mut transaction, act.with(json!({"name": name}))).await?;
            Ok(transaction.commit().await?)
        })
        .await
}

/// Archives a project, or takes it back. An archived one takes no events: its keys are refused, and instance keys
/// cannot address it. Archiving it twice changes nothing.
///
/// # Errors
/// [`Error::NotFound`] when there is no such project, [`Error::Refused`] for the one of what people do here.
pub async fn set_archived(store: &Store, id: &str, archived: bool) -> Result<()> {
    if is_reserved(id) {
        return Err(Error::Refused { what: "the project of what people do here cannot be archived" });
    }
    by_id(store, id).await?.ok_or(Error::NotFound { what: "project" })?;
    let at = archived.then(now_ms);
    let was = if archived { "NULL" } else { "NOT NULL" };
    let sql = format!("UPDATE projects SET archived_at = $2 WHERE id = $1 AND archived_at IS {was}");
    store
        .within(async {
            let mut transaction = store.begin().await?;
            revision::raise(&mut transaction).await?;
            let set = sqlx::query(&sql).bind(id).bind(at);
            if set.execute(&mut *transaction).await?.rows_affected() > 0 {
                let verb = if archived { "ARCHIVE" } else { "RESTORE" };
                let act = Act::done(verb, format!("/projects/{id}")).within(id);
                outbox::write(store, &mut transaction, act).await?;
            }
            Ok(transaction.commit().await?)
        })
        .await
}

/// Takes over a project of another installation. `has_rules`: it brings anomaly rules of its own, so that it is not
/// given those that everybody starts with.
///
/// # Errors
/// [`Error::Conflict`] when the id or the slug is taken, [`Error::Invalid`] for an unusable field.
pub async fn adopt(store: &Store, project: &Project, has_rules: bool) -> Result<()> {
    checked_name(&project.name)?;
    if !is_slug(&project.slug) || Uuid::try_parse(&project.id).is_err() {
        return Err(Error::Invalid { what: "the project's slug or id cannot be used here" });
    }
    let adopted = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        insert(project).execute(&mut *transaction).await?;
        if has_rules {
            anomaly_rules::mark_started(&mut transaction, &project.id).await?;
        }
        let act = Act::done("CREATE", format!("/projects/{}", project.id)).within(&project.id);
        let act = act.with(json!({"name": project.name, "slug": project.slug}));
        outbox::write(store, &mut transaction, act).await?;
        Ok(transaction.commit().await?)
    });
    adopted.await.map_err(|error: Error| error.conflict_is("a project with this id or slug"))
}

/// Makes sure that a project with this id exists, as one that nobody created by hand. Returns whether
/// it had to be created.
///
/// # Errors
/// [`Error::Conflict`] when another project has the slug.
pub async fn ensure(store: &Store, id: &str, slug: &str, name: &str) -> Result<bool> {
    if by_id(store, id).await?.is_some() {
        return Ok(false);
    }
    let (id, slug, name) = (id.to_owned(), slug.to_owned(), name.to_owned());
    let project = Project { id, name, slug, created_by: None, created_at: now_ms(), archived_at: None };
    let created = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        insert(&project).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    });
    match created.await {
        Ok(()) => Ok(true),
        // Another process may have been faster; then it is there now, under this id.
        Err(Error::Conflict { .. }) if by_id(store, &project.id).await?.is_some() => Ok(false),
        Err(error) => Err(error.conflict_is("a project with this slug")),
    }
}

fn insert(project: &Project) -> sqlx::query::Query<'_, sqlx::Any, crate::store::AnyArgs<'_>> {
    sqlx::query("INSERT INTO projects (id, name, slug, created_by, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&project.id)
        .bind(&project.name)
        .bind(&project.slug)
        .bind(&project.created_by)
        .bind(project.created_at)
}

/// All projects of applications, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn all(store: &Store) -> Result<Vec<Project>> {
    let sql = format!("{COLUMNS} WHERE p.id <> $1 ORDER BY p.name, p.id");
    store.all(sqlx::query_as(&sql).bind(AUDIT_PROJECT.to_string())).await
}

/// The project of what people do here, which the schema makes and no application writes to.
///
/// # Errors
/// When the store does not answer.
pub async fn reserved(store: &Store) -> Result<Option<Project>> {
    by_id(store, &AUDIT_PROJECT.to_string()).await
}

/// Whether this is the project of what people do here.
#[must_use]
pub fn is_reserved(id: &str) -> bool {
    id == AUDIT_PROJECT.to_string()
}

/// The projects a user is a member of, by name.
///
/// # Errors
/// When the store does not answer.
pub async fn of_user(store: &Store, user_id: &str) -> Result<Vec<Project>> {
    let sql = format!(
        "{COLUMNS} JOIN project_members m ON m.project_id = p.id WHERE m.user_id = $1 ORDER BY p.name, p.id"
    );
    store.all(sqlx::query_as(&sql).bind(user_id)).await
}

/// The projects a person is shown, by name: those they are a member of, or all there are and last the reserved one.
///
/// # Errors
/// When the store does not answer.
pub async fn shown_to(store: &Store, user_id: &str, sees_everything: bool) -> Result<Vec<Project>> {
    if !sees_everything {
        return of_user(store, user_id).await;
    }
    let reserved = reserved(store).await?;
    Ok(all(store).await?.into_iter().chain(reserved).collect())
}

/// The project with this id.
///
/// # Errors
/// When the store does not answer.
pub async fn by_id(store: &Store, id: &str) -> Result<Option<Project>> {
    let sql = format!("{COLUMNS} WHERE p.id = $1");
    store.one(sqlx::query_as(&sql).bind(id)).await
}
