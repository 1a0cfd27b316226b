//! What users are called: the newest e-mail and name they were reported with. Read of those only that are shown, from
//! what was counted by day: those of everybody would be most of what is read.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;

use super::range::Range;
use super::statement::insights as statement;
use super::store::Events;
use crate::auth::Scope;
use crate::error::ApiResult;

/// What a user is called.
#[derive(Debug, Default)]
pub(super) struct Person {
    /// Their e-mail, or empty.
    pub(super) email: String,
    /// Their name, or empty.
    pub(super) name: String,
}

#[derive(Debug, Row, Deserialize)]
struct PersonRow {
    who: String,
    email: String,
    name: String,
}

/// These users by identifier, as they were called on the days of the range.
pub(super) async fn called(
    events: &Events,
    scope: &Scope,
    range: Range,
    identifiers: &[String],
) -> ApiResult<BTreeMap<String, Person>> {
    if identifiers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<PersonRow> = events.all(&statement::people(scope, range, identifiers)).await?;
    Ok(rows.into_iter().map(|row| (row.who, Person { email: row.email, name: row.name })).collect())
}
