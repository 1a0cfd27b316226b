//! Projects, who is a member of them, and their API keys. In: the original's. Out: ours, with their ids and the keys'
//! hashes. A project whose slug is taken here is the one that has it: applications address both by that name.

use std::collections::HashSet;

use bataudit_control::keys::{self, ApiKey};
use bataudit_control::projects::{self, Project};
use bataudit_control::{Role, members};
use bataudit_event::access::KeyScope;
use bataudit_event::key::short_hash_of_hex;

use super::context::Context;
use super::people::role;
use super::tally::Kind;
use super::{ids, rows};
use crate::cli::KeyScopeChoice;

const SAME_SLUG: &str = "Projects whose slug a project has here already: what belongs to them goes there";
const OTHER_SLUG: &str = "Slugs that no service name can spell were changed";
const OTHER_ROLE: &str = "Roles in projects that the original let anybody invent: viewer here";

/// Brings projects over; without being asked to, only finds out which is which.
pub(super) async fn projects(context: &mut Context) -> anyhow::Result<()> {
    let is_wanted = context.wants(Kind::Projects);
    let with_rules = with_rules(context).await?;
    let found: Vec<rows::Project> = context.source.rows("projects", "created_at, id").await?;
    let mut known = projects::all(&context.store).await?;
    for row in found {
        let id = ids::text(&row.id);
        context.originals.insert(row.id.clone());
        if is_wanted {
            context.tally.of(Kind::Projects).found += 1;
        }
        let same_id = known.iter().find(|project| project.id == id);
        let here = same_id.or_else(|| known.iter().find(|project| project.slug == row.slug));
        if let Some(here) = here.map(|project| project.id.clone()) {
            if is_wanted {
                context.present(Kind::Projects);
                if here != id {
                    context.tally.note(SAME_SLUG, format!("{} ({id}, here {here})", row.slug));
                }
            }
            context.projects.insert(row.id, here);
        } else if is_wanted {
            let project = project(context, &row, &known);
            if project.slug != row.slug {
                context.tally.note(OTHER_SLUG, format!("{:?} is now {}", row.slug, project.slug));
            }
            let (store, has_rules) = (context.store.clone(), with_rules.contains(&row.id));
            if context.put(Kind::Projects, projects::adopt(&store, &project, has_rules)).await? {
                context.projects.insert(row.id, id);
                known.push(project);
            }
        }
    }
    Ok(())
}

/// Projects that bring rules: they need none of those that everybody starts with.
async fn with_rules(context: &mut Context) -> anyhow::Result<HashSet<String>> {
    if !context.wants(Kind::Rules) {
        return Ok(HashSet::new());
    }
    let rules: Vec<rows::Rule> = context.source.rows("anomaly_rules", "id").await?;
    Ok(rules.into_iter().map(|rule| rule.project_id).collect())
}

fn project(context: &Context, row: &rows::Project, known: &[Project]) -> Project {
    let id = ids::text(&row.id);
    let mut slug = slug(&row.slug);
    if known.iter().any(|project| project.slug == slug) || slug.is_empty() {
        slug = format!("{slug:.91}-{id:.8}").trim_start_matches('-').to_owned();
    }
    let name = row.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(&slug);
    Project {
        name: name.chars().take(128).collect(),
        created_by: context.user(row.created_by.as_deref()),
        created_at: row.created_at.unwrap_or(context.now),
        archived_at: None,
        id,
        slug,
    }
}

/// The slug as a service name could spell it; empty when nothing of it is left.
fn slug(given: &str) -> String {
    let spell = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let spelled: String = given.trim().chars().map(spell).collect();
    spelled.trim_start_matches(|c: char| !c.is_ascii_alphanumeric()).chars().take(100).collect()
}

/// Brings memberships over.
pub(super) async fn memberships(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Member> = context.source.rows("project_members", "project_id, user_id").await?;
    for row in found {
        context.tally.of(Kind::Members).found += 1;
        let (Some(user), Some(project)) =
            (context.user(Some(&row.user_id)), context.project(&row.project_id))
        else {
            context.refuse(Kind::Members, "its user or its project is not here");
            continue;
        };
        if members::of_project(&context.store, &project).await?.iter().any(|member| member.user_id == user) {
            context.present(Kind::Members);
            continue;
        }
        let role = role(row.role.as_deref(), &[Role::Owner, Role::Admin, Role::Viewer]);
        if row.role.as_deref() != Some(role.as_str()) {
            let given = row.role.as_deref().unwrap_or_default();
            context.tally.note(OTHER_ROLE, format!("user {user} in project {project} ({given:?} there)"));
        }
        let store = context.store.clone();
        context.put(Kind::Members, members::add(&store, &project, &user, role)).await?;
    }
    Ok(())
}

/// Brings API keys over by their hashes: they work here as they did there, revoked ones do not.
pub(super) async fn api_keys(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Key> = context.source.rows("api_keys", "created_at, id").await?;
    let scope = match context.options.key_scope {
        KeyScopeChoice::Project => KeyScope::Project,
        KeyScopeChoice::Instance => KeyScope::Instance,
    };
    for row in found {
        context.tally.of(Kind::Keys).found += 1;
        let id = ids::text(&row.id);
        if keys::by_id(&context.store, &id).await?.is_some() {
            context.present(Kind::Keys);
            continue;
        }
        let Some(project_id) = row.project_id.as_deref().and_then(|project| context.project(project)) else {
            context.refuse(Kind::Keys, "its project is not here");
            continue;
        };
        let name = row.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or("imported");
        let key = ApiKey {
            id,
            project_id,
            name: name.chars().take(128).collect(),
            scope,
            origins: Vec::new(),
            created_by: None,
            created_at: row.created_at.unwrap_or(context.now),
            expires_at: row.expires_at,
            revoked_at: (row.active != Some(true)).then_some(context.now),
            rate: None,
            replaced_by: None,
            // A hash that is none is refused below.
            short_hash: short_hash_of_hex(&row.key_hash).unwrap_or_default(),
        };
        let store = context.store.clone();
        context.put(Kind::Keys, keys::adopt(&store, &key, &row.key_hash)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_become_what_a_service_name_can_spell() {
        for (given, spelled) in
            [("my-api", "my-api"), ("My Shop/é", "My-Shop--"), ("_bataudit", "bataudit"), ("///", "")]
        {
            assert_eq!(slug(given), spelled, "{given}");
            assert!(spelled.is_empty() || projects::is_slug(spelled));
        }
        assert!(projects::is_slug(&slug(&"x".repeat(128))));
    }
}
