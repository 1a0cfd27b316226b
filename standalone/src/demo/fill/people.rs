//! Users of all roles, members of projects, and somebody who is invited.

use anyhow::Context as _;
use serde_json::json;

use super::super::state::State;
use super::super::story::{NASTY_TEXT, Project};
use super::{Made, text};
use crate::client::http::Client;

/// Somebody who can read all projects but one.
const NOT_FOR_VIEWERS: Project = Project::Billing;

/// Makes them all, and returns the token of the invite.
pub(super) async fn all(client: &Client, made: &Made, state: &State) -> anyhow::Result<String> {
    for person in state.people.iter().skip(1) {
        let name = if state.nasty && person.role == "viewer" { NASTY_TEXT } else { &person.name };
        let body = json!({
            "name": name, "email": person.email, "password": person.password, "role": person.role,
        });
        let user = client.post("/v1/auth/users", &body).await;
        user.with_context(|| format!("cannot make the user {}", person.email))?;
    }
    for project in &made.projects {
        for person in state.people.iter().filter(|person| matches!(&*person.role, "admin" | "viewer")) {
            if person.role == "viewer" && project.slug == NOT_FOR_VIEWERS.slug() {
                continue;
            }
            let path = format!("/v1/auth/projects/{}/members", project.id);
            let body = json!({"email": person.email, "role": person.role});
            client.post(&path, &body).await.with_context(|| format!("cannot add {}", person.email))?;
        }
    }
    let body = json!({"email": "kofi.mensah@bat.example", "role": "viewer"});
    let invite = client.post("/v1/auth/invites", &body).await.context("cannot invite somebody")?;
    text(&invite, "token")
}
