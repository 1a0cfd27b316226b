//! `bataudit keys`: the API keys of a project. A new key is printed once, on standard output.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, bail};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::http::Client;
use super::show::{field, safe};
use super::{print, say, with_client};
use crate::cli::{Keys, NewKey};

/// Where the API has them.
const PATH: &str = "/v1/auth/api-keys";

/// Does what is asked with keys.
pub(crate) fn run(asked: Keys) -> anyhow::Result<()> {
    match asked {
        Keys::List { project, server, json } => {
            with_client(&server, async |client| list(&client, &project, json).await)
        }
        Keys::Create(new) => with_client(&new.server, async |client| create(&client, &new).await),
        Keys::Rotate { id, overlap_hours, server, json } => with_client(&server, async |client| {
            let body = json!({"overlap_hours": overlap_hours});
            let made = client.post(&format!("{}/rotate", of(&id)?), &body).await?;
            say(&format!("the old key {id} works for {overlap_hours} hours more"));
            shown(&made, json)
        }),
        Keys::Revoke { id, yes, server, json } => with_client(&server, async |client| {
            let path = of(&id)?;
            if !(yes || agreed(&id)?) {
                bail!("nothing was changed");
            }
            client.delete(&path).await?;
            print(&if json { format!("{}\n", json!({"revoked": id})) } else { format!("{id} is revoked\n") })
        }),
    }
}

/// The path of one key; an id cannot lead anywhere else.
fn of(id: &str) -> anyhow::Result<String> {
    let id: uuid::Uuid =
        id.parse().with_context(|| format!("{id} is not the id of a key; `keys list` prints them"))?;
    Ok(format!("{PATH}/{id}"))
}

async fn list(client: &Client, project: &str, as_json: bool) -> anyhow::Result<()> {
    let project = client.project(project).await?;
    let answer = client.get(PATH, &[("project_id".to_owned(), project)]).await?;
    let keys = answer["data"].as_array().context("the server did not answer with a list")?;
    if as_json {
        return print(&keys.iter().map(|key| format!("{key}\n")).collect::<String>());
    }
    print(&table(keys, answer["usage_since"].as_str()))
}

/// Keys as a table; `since` is when their use began to be counted, if it is known.
fn table(keys: &[Value], since: Option<&str>) -> String {
    let mut text = format!(
        "{:<38}{:<10}{:<26}{:<26}{:<10}{:<26}{:<13}name\n",
        "id", "scope", "created (UTC)", "expires (UTC)", "state", "last used (UTC)", "events 30 d"
    );
    for key in keys {
        let state = match (key["active"].as_bool(), key["revoked_at"].is_null()) {
            (Some(true), _) => "active",
            (_, true) => "expired",
            (_, false) => "revoked",
        };
        let [id, scope, created, expires, name] =
            ["id", "scope", "created_at", "expires_at", "name"].map(|name| field(key, name));
        let used = last_used(key, since);
        let events = key["events_30d"].as_u64().map_or_else(|| "-".to_owned(), |events| events.to_string());
        text.push_str(&format!(
            "{id:<38}{scope:<10}{created:<26}{expires:<26}{state:<10}{used:<26}{events:<13}{name}\n"
        ));
    }
    text
}

/// When a key was last used. A key that is older than the counting may have been used before.
fn last_used(key: &Value, since: Option<&str>) -> String {
    match (key["last_used"].as_str(), since) {
        (Some(_), _) => field(key, "last_used"),
        (None, None) => "unknown".to_owned(),
        (None, Some(since)) if key["created_at"].as_str().is_some_and(|created| created < since) => {
            format!("not since {}", safe(since.get(..10).unwrap_or(since)))
        }
        (None, Some(_)) => "never".to_owned(),
    }
}

async fn create(client: &Client, new: &NewKey) -> anyhow::Result<()> {
    let project = client.project(&new.project).await?;
    let mut body = json!({"project_id": project, "name": new.name, "scope": new.scope.name()});
    if !new.origins.is_empty() {
        body["origins"] = json!(new.origins);
    }
    if let Some(end) = new.expires_at {
        body["expires_at"] = json!(end.to_rfc3339_opts(SecondsFormat::Millis, true));
    }
    if let Some((per_second, burst)) = new.per_second.zip(new.burst) {
        body["rate"] = json!({"per_second": per_second, "burst": burst});
    }
    shown(&client.post(PATH, &body).await?, new.json)
}

/// The key is all of standard output, so that it can be piped to where it belongs.
fn shown(made: &Value, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return print(&format!("{}\n", json!({"id": made["id"], "key": made["key"]})));
    }
    say(&format!("made the key {}; it is shown this once", field(made, "id")));
    print(&format!("{}\n", field(made, "key")))
}

/// Whether the person at the terminal agrees.
fn agreed(id: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("nobody can be asked here: add --yes; nothing was changed");
    }
    write!(
        io::stderr(),
        "Applications that use the key {id} will be refused within a second. Go on? [y/N] "
    )?;
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_lead_elsewhere() {
        assert!(of("../users/1").is_err());
        assert_eq!(
            of("01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11").unwrap(),
            "/v1/auth/api-keys/01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11"
        );
    }

    #[test]
    fn the_state_of_a_key_is_told() {
        let key = |active: bool, revoked: Value| json!({"id": "k", "active": active, "revoked_at": revoked, "name": "n\u{7}"});
        let keys =
            [key(true, Value::Null), key(false, Value::Null), key(false, json!("2026-01-01T00:00:00Z"))];
        let text = table(&keys, None);
        let states: Vec<_> =
            text.lines().skip(1).map(|line| line.split_whitespace().nth(4).unwrap()).collect();
        assert_eq!(states, ["active", "expired", "revoked"]);
        assert!(!text.contains('\u{7}'));
    }

    #[test]
    fn the_last_use_of_a_key_is_told_as_far_as_it_is_known() {
        let key = |used: Value| json!({"created_at": "2026-02-01T00:00:00.000Z", "last_used": used, "events_30d": 0});
        let (used, unused) = (key(json!("2026-03-01T00:00:00.000Z")), key(Value::Null));
        let (before, after) = (Some("2026-01-15T09:00:00.000Z"), Some("2026-02-15T09:00:00.000Z"));
        assert_eq!(last_used(&used, after), "2026-03-01T00:00:00.000Z");
        assert_eq!(last_used(&unused, before), "never");
        assert_eq!(last_used(&unused, after), "not since 2026-02-15", "nobody counted before");
        assert_eq!(last_used(&unused, None), "unknown");
        assert!(table(&[used], before).contains("2026-03-01T00:00:00.000Z  0 "));
    }
}
