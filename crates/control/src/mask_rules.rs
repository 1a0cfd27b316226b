//! The masking rules of projects: every version that was ever in force, with who made it. What the
//! rules say is not known here; they are checked before they come and where they are used.

use std::fmt;

use bataudit_service::Secret;

use crate::clock::now_ms;
use crate::error::{Error, Result};
use crate::outbox::{self, Act};
use crate::revision;
use crate::store::Store;

/// A version of a project's rules.
#[derive(Clone)]
pub struct MaskRules {
    /// The project.
    pub project_id: String,
    /// Counts the changes, from 1.
    pub version: i64,
    /// The list of rules, as JSON.
    pub rules: String,
    /// What hashes are salted with, as hex; the same in all versions.
    pub salt: Secret,
    /// The user who made this version.
    pub created_by: Option<String>,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl fmt::Debug for MaskRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MaskRules")
            .field("project_id", &self.project_id)
            .field("version", &self.version)
            .finish()
    }
}

/// Rules that are to replace those of a project.
#[derive(Debug, Clone, Copy)]
pub struct NewRules<'a> {
    /// The project.
    pub project_id: &'a str,
    /// The version they were made from; 0 where there is none yet.
    pub replaces: i64,
    /// The list of rules, as JSON.
    pub rules: &'a str,
    /// The user who makes them.
    pub created_by: Option<&'a str>,
}

const COLUMNS: &str =
    "SELECT r.project_id, r.version, r.rules, r.salt, r.created_by, r.created_at FROM mask_rules r";

/// The rules of a project that are in force; `None` where none were ever made.
///
/// # Errors
/// When the store does not answer.
pub async fn current(store: &Store, project_id: &str) -> Result<Option<MaskRules>> {
    let sql = format!("{COLUMNS} WHERE r.project_id = $1 ORDER BY r.version DESC LIMIT 1");
    let row: Option<RulesRow> = store.one(sqlx::query_as(&sql).bind(project_id)).await?;
    Ok(row.map(MaskRules::from))
}

/// The rules of every project that are in force.
///
/// # Errors
/// When the store does not answer.
pub async fn all_current(store: &Store) -> Result<Vec<MaskRules>> {
    let sql = format!(
        "{COLUMNS} WHERE r.version = (SELECT max(n.version) FROM mask_rules n WHERE n.project_id = r.project_id) \
         ORDER BY r.project_id"
    );
    let rows: Vec<RulesRow> = store.all(sqlx::query_as(&sql)).await?;
    Ok(rows.into_iter().map(MaskRules::from).collect())
}

/// Puts new rules into force.
///
/// # Errors
/// [`Error::Conflict`] when somebody else changed them since `replaces`, [`Error::NotFound`] when the
/// project does not exist.
pub async fn replace(store: &Store, new: NewRules<'_>) -> Result<MaskRules> {
    let sql = format!("{COLUMNS} WHERE r.project_id = $1 ORDER BY r.version DESC LIMIT 1");
    let replaced = store.within(async {
        let mut transaction = store.begin().await?;
        revision::raise(&mut transaction).await?;
        let before: Option<RulesRow> =
            sqlx::query_as(&sql).bind(new.project_id).fetch_optional(&mut *transaction).await?;
        if before.as_ref().map_or(0, |before| before.version) != new.replaces {
            return Err(Error::Conflict { what: "" });
        }
        let salt = before.map_or_else(|| hex::encode(rand::random::<[u8; 32]>()), |before| before.salt);
        let rules = MaskRules {
            project_id: new.project_id.to_owned(),
            version: new.replaces + 1,
            rules: new.rules.to_owned(),
            salt: Secret::new(salt),
            created_by: new.created_by.map(str::to_owned),
            created_at: now_ms(),
        };
        let insert = sqlx::query(
            "INSERT INTO mask_rules (project_id, version, rules, salt, created_by, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&rules.project_id)
        .bind(rules.version)
        .bind(&rules.rules)
        .bind(rules.salt.expose())
        .bind(&rules.created_by)
        .bind(rules.created_at);
        insert.execute(&mut *transaction).await?;
        let act = Act::done("CHANGE", format!("/projects/{}/masking-rules", rules.project_id));
        let act = act.within(&rules.project_id).with(serde_json::json!({"version": rules.version}));
        outbox::write(store, &mut transaction, act).await?;
        transaction.commit().await?;
        Ok(rules)
    });
    replaced
        .await
        .map_err(|error: Error| error.conflict_is("a newer version of these rules").missing_is("project"))
}

#[derive(sqlx::FromRow)]
struct RulesRow {
    project_id: String,
    version: i64,
    rules: String,
    salt: String,
    created_by: Option<String>,
    created_at: i64,
}

impl From<RulesRow> for MaskRules {
    fn from(row: RulesRow) -> Self {
        Self {
            project_id: row.project_id,
            version: row.version,
            rules: row.rules,
            salt: Secret::new(row.salt),
            created_by: row.created_by,
            created_at: row.created_at,
        }
    }
}
