//! `bataudit reset-link`: lets a user in again who forgot their password, also the last owner.
//!
//! In: an e-mail, and where the control store is. Out: a token that sets a new password once, on standard output.
//! Who may run this on the machine may open the control store anyway.

use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use bataudit_control::{Actor, Config, Store, clock, password_resets, users};
use bataudit_service::telemetry::LogConfig;
use chrono::{DateTime, SecondsFormat};
use serde_json::json;

use crate::cli::ResetLink;
use crate::up;

/// Makes a link and prints it.
pub(crate) fn run(asked: &ResetLink) -> anyhow::Result<()> {
    let mut env = up::environment(asked.data.as_deref())?;
    let log = LogConfig::from_env(&mut env);
    let config = Config::from_env(&mut env);
    env.finish()?;
    log.start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let text = runtime.block_on(async {
        let store = Store::connect(&config).await.context("cannot open the control store")?;
        let text = link(&store, asked).await;
        store.close().await;
        text
    })?;
    Ok(io::stdout().write_all(text.as_bytes())?)
}

async fn link(store: &Store, asked: &ResetLink) -> anyhow::Result<String> {
    let Some(user) = users::by_email(store, &asked.email).await? else {
        bail!("no user has this e-mail; nothing was changed");
    };
    // A person does this too, though nobody knows which.
    let actor = Actor { user_agent: "bataudit reset-link".to_owned(), ..Actor::default() };
    let store = store.acting(actor);
    let (token, expires_at) = password_resets::create(&store, &user.id, None, clock::now_ms()).await?;
    let until = DateTime::from_timestamp_millis(expires_at).unwrap_or_default();
    let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
    if asked.json {
        return Ok(format!("{}\n", json!({"token": token.expose(), "expires_at": until})));
    }
    Ok(format!(
        "{}\n\nGood once, until {until}. It sets the password of {} and ends all their sessions and personal tokens:\n\
         curl -H 'Content-Type: application/json' http://localhost:8082/v1/auth/password-reset \\\n  \
         -d '{{\"token\": \"<the token>\", \"password\": \"<the new password>\"}}'\n",
        token.expose(),
        user.email
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bataudit_control::Role;
    use bataudit_control::users::NewUser;
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn the_last_owner_gets_in_again() {
        let data = tempfile::tempdir().unwrap();
        let file = Config::sqlite(&data.path().join("control.db"));
        let store = Store::connect(&Config { timeout: Duration::from_secs(60), ..file }).await.unwrap();
        store.migrate().await.unwrap();
        let owner =
            NewUser { email: "ada@x.y", name: "Ada", role: Role::Owner, password: "a forgotten password" };
        users::create(&store, owner).await.unwrap();
        let asked = |email: &str, json| ResetLink { email: email.to_owned(), data: None, json };
        let refused = link(&store, &asked("eve@x.y", false)).await.unwrap_err();
        assert!(refused.to_string().contains("no user has this e-mail"), "{refused}");
        assert!(link(&store, &asked("ada@x.y", false)).await.unwrap().contains("password-reset"));

        let printed: Value =
            serde_json::from_str(&link(&store, &asked("Ada@X.y", true)).await.unwrap()).unwrap();
        let token = printed["token"].as_str().unwrap();
        password_resets::redeem(&store, token, "a new password", clock::now_ms()).await.unwrap();
        assert!(users::authenticate(&store, "ada@x.y", "a new password").await.unwrap().is_some());
    }
}
