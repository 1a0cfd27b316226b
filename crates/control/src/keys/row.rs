//! How a key is stored: one row, with scope, origins and rate in columns of their own.

use bataudit_event::access::{KeyScope, Rate};
use bataudit_event::key;

use super::ApiKey;
use crate::error::{Error, Result};
use crate::store::AnyArgs;

/// The values of a key that are stored otherwise than they are held.
pub(super) struct Row {
    origins: String,
    per_second: Option<i64>,
    burst: Option<i64>,
}

impl Row {
    pub(super) fn of(key: &ApiKey) -> Self {
        Self {
            origins: serde_json::Value::from(key.origins.clone()).to_string(),
            per_second: key.rate.map(|rate| i64::from(rate.per_second)),
            burst: key.rate.map(|rate| i64::from(rate.burst)),
        }
    }

    pub(super) fn insert<'q>(
        &'q self,
        key: &'q ApiKey,
        hash: &'q str,
    ) -> sqlx::query::Query<'q, sqlx::Any, AnyArgs<'q>> {
        sqlx::query(
            "INSERT INTO api_keys (id, key_hash, project_id, name, scope, origins, created_by, created_at, \
             expires_at, rate_per_second, rate_burst) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&key.id)
        .bind(hash)
        .bind(&key.project_id)
        .bind(&key.name)
        .bind(scope_name(key.scope))
        .bind(&self.origins)
        .bind(&key.created_by)
        .bind(key.created_at)
        .bind(key.expires_at)
        .bind(self.per_second)
        .bind(self.burst)
    }
}

pub(super) fn rate(per_second: Option<i64>, burst: Option<i64>) -> Option<Rate> {
    Some(Rate { per_second: u32::try_from(per_second?).ok()?, burst: u32::try_from(burst?).ok()? })
}

pub(super) const COLUMNS: &str = "SELECT id, project_id, name, scope, origins, created_by, created_at, expires_at, revoked_at, \
                       rate_per_second, rate_burst, replaced_by, key_hash FROM api_keys";

#[derive(sqlx::FromRow)]
pub(super) struct KeyRow {
    id: String,
    project_id: String,
    name: String,
    scope: String,
    origins: String,
    created_by: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    rate_per_second: Option<i64>,
    rate_burst: Option<i64>,
    replaced_by: Option<String>,
    key_hash: String,
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = Error;

    fn try_from(row: KeyRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            project_id: row.project_id,
            name: row.name,
            scope: parse_scope(&row.scope)?,
            origins: parse_origins(&row.origins)?,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            rate: rate(row.rate_per_second, row.rate_burst),
            replaced_by: row.replaced_by,
            short_hash: short_hash(&row.key_hash)?,
        })
    }
}

/// The stored name of a scope.
#[must_use]
pub const fn scope_name(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Project => "project",
        KeyScope::Instance => "instance",
        KeyScope::Browser => "browser",
    }
}

pub(super) fn parse_scope(name: &str) -> Result<KeyScope> {
    let mut scopes = [KeyScope::Project, KeyScope::Instance, KeyScope::Browser].into_iter();
    scopes.find(|scope| scope_name(*scope) == name).ok_or_else(|| unreadable("scope"))
}

pub(super) fn parse_origins(json: &str) -> Result<Vec<String>> {
    serde_json::from_str(json).map_err(|_| unreadable("origins"))
}

pub(super) fn short_hash(key_hash: &str) -> Result<u64> {
    key::short_hash_of_hex(key_hash).ok_or_else(|| unreadable("key_hash"))
}

fn unreadable(column: &str) -> Error {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "unreadable value");
    Error::Internal(sqlx::Error::ColumnDecode { index: column.to_owned(), source: source.into() })
}
