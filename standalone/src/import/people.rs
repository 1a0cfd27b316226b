//! Users and invites. In: the original's. Out: ours, with their ids and the hashes of their passwords and tokens. Whom
//! this installation knows already, by id or e-mail, stays as they are.

use std::collections::HashMap;

use bataudit_control::invites::{self, Invite};
use bataudit_control::users::{self, User};
use bataudit_control::{Role, clock};

use super::context::Context;
use super::tally::Kind;
use super::{ids, rows};

const SAME_EMAIL: &str = "Users whose e-mail somebody has here already: that account stays as it is, and gets their \
                          memberships";
const OTHER_ROLE: &str = "Roles the original let anybody invent: these users are viewers here";

/// Brings users over; without being asked to, only finds out who is who.
pub(super) async fn users(context: &mut Context) -> anyhow::Result<()> {
    let is_wanted = context.wants(Kind::Users);
    let found: Vec<rows::User> = context.source.rows("users", "created_at, id").await?;
    // Those that a dry run would have stored.
    let mut seen: HashMap<String, String> = HashMap::new();
    for row in found {
        let (id, email) = (ids::text(&row.id), users::canonical_email(&row.email));
        if is_wanted {
            context.tally.of(Kind::Users).found += 1;
        }
        let by_id = users::by_id(&context.store, &id).await?.map(|user| user.id);
        let by_email = users::by_email(&context.store, &email).await?.map(|user| user.id);
        let same_email = by_email.or_else(|| seen.get(&email).cloned());
        if let Some(here) = by_id.clone().or(same_email) {
            if is_wanted {
                context.present(Kind::Users);
                if by_id.is_none() {
                    context.tally.note(SAME_EMAIL, format!("{email} (user {} of the original)", row.id));
                }
            }
            context.users.insert(row.id, here);
        } else if is_wanted && adopt(context, &row, &id, &email).await? {
            seen.insert(email, id.clone());
            context.users.insert(row.id, id);
        }
    }
    Ok(())
}

async fn adopt(context: &mut Context, row: &rows::User, id: &str, email: &str) -> anyhow::Result<bool> {
    let name = row.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(email);
    let user = User {
        id: id.to_owned(),
        email: email.to_owned(),
        name: name.chars().take(100).collect(),
        role: role(row.role.as_deref(), &[Role::Owner, Role::Admin, Role::Viewer]),
        created_at: row.created_at.unwrap_or(context.now),
    };
    if row.role.as_deref() != Some(user.role.as_str()) {
        let given = row.role.as_deref().unwrap_or_default();
        context.tally.note(OTHER_ROLE, format!("{email} ({given:?} there)"));
    }
    let (store, hash) = (context.store.clone(), row.password_hash.clone().unwrap_or_default());
    context.put(Kind::Users, users::adopt(&store, &user, &hash)).await
}

/// One of these roles, or the least: a role that the original did not know gave nobody more there, whatever it
/// means here.
pub(super) fn role(given: Option<&str>, known: &[Role]) -> Role {
    let found = given.and_then(|given| given.parse().ok());
    found.filter(|role| known.contains(role)).unwrap_or(Role::Viewer)
}

/// Brings open invites over: their links go on working, at this installation's address.
pub(super) async fn open_invites(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Invite> = context.source.rows("invites", "created_at, id").await?;
    let now = clock::now_ms();
    let open =
        found.into_iter().filter(|row| row.used_at.is_none() && row.expires_at.is_some_and(|end| end > now));
    for row in open {
        context.tally.of(Kind::Invites).found += 1;
        let (id, email) = (ids::text(&row.id), users::canonical_email(&row.email));
        if invites::by_id(&context.store, &id).await?.is_some() {
            context.present(Kind::Invites);
            continue;
        }
        if users::by_email(&context.store, &email).await?.is_some() {
            context.refuse(Kind::Invites, "a user has this e-mail");
            continue;
        }
        let invite = Invite {
            id,
            email,
            role: role(row.role.as_deref(), &[Role::Admin, Role::Viewer]),
            created_by: context.user(row.created_by.as_deref()),
            created_at: row.created_at.unwrap_or(now),
            expires_at: row.expires_at.unwrap_or(now),
            used_at: None,
        };
        let store = context.store.clone();
        context.put(Kind::Invites, invites::adopt(&store, &invite, &row.token)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_role_gives_nothing() {
        let known = [Role::Owner, Role::Admin, Role::Viewer];
        assert_eq!(role(Some("admin"), &known), Role::Admin);
        for invented in [None, Some("auditor"), Some("superuser"), Some("Owner")] {
            assert_eq!(role(invented, &known), Role::Viewer, "{invented:?}");
        }
    }
}
