//! What users are called: the newest e-mail and name they were reported with. Read of those only that are shown, from
//! what was counted by day: those of everybody would be most of what is read.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;

use super::range::{DAY_MS, Range};
use super::statement::insights as statement;
use super::store::Events;
use crate::auth::Scope;
use crate::error::ApiResult;

/// Whoever is shown was mostly there lately: these days are asked first, and all of them only for those of whom they do not
/// tell everything.
const LATELY_MS: i64 = 2 * DAY_MS;

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
    let lately = Range { start: range.start.max(range.end.saturating_sub(LATELY_MS)), ..range };
    let mut people = read(events, scope, lately, identifiers).await?;
    let is_known = |who: &String| {
        people.get(who).is_some_and(|person| !person.email.is_empty() && !person.name.is_empty())
    };
    let rest: Vec<_> = identifiers.iter().filter(|who| !is_known(who)).cloned().collect();
    if lately != range {
        people.extend(read(events, scope, range, &rest).await?);
    }
    Ok(people)
}

async fn read(
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
