//! The first start of an installation: an owner, a project and a key, so that the guide works at once.
//!
//! In: the control store, migrated. Out: what is to be shown to a person, kept in a file until it was. Later starts
//! find all of it and change nothing.

use anyhow::Context as _;
use bataudit_control::first_start::{OwnerConfig, ensure_owner, ensure_project};
use bataudit_control::keys::{self, NewKey};
use bataudit_control::projects::{self, NewProject};
use bataudit_control::{Store, users};
use bataudit_event::access::KeyScope;
use bataudit_service::Secret;

use super::credentials::{Credentials, OwnerCredentials, Unshown};

/// The first project.
pub(crate) const PROJECT_NAME: &str = "Default";
/// Its slug: what a key of instance scope addresses it by.
pub(crate) const PROJECT_SLUG: &str = "default";

/// Makes what is missing.
pub(crate) async fn ensure(store: &Store, config: &OwnerConfig, unshown: &Unshown) -> anyhow::Result<()> {
    let mut credentials = unshown.read().unwrap_or_default();
    if !users::any(store).await? {
        let (config, shown) = with_password(config);
        // Kept before the owner exists: a crash in between must not lock everybody out.
        credentials.owner = Some(shown);
        keep(unshown, &credentials)?;
        ensure_owner(store, &config).await.context("cannot create the first owner")?;
    }

    let owner = users::by_email(store, &config.email).await?;
    let created_by = owner.as_ref().map(|owner| owner.id.as_str());
    let new = NewProject { name: PROJECT_NAME, slug: PROJECT_SLUG, created_by };
    let made = ensure_project(store, new).await.context("cannot create the first project")?;
    let key = match made {
        Some((_, _, key)) => Some(key),
        // A first start that was cut off after the project: its key, if there is one, was never seen.
        None if credentials.owner.is_some() && credentials.api_key.is_none() => {
            another_key(store, created_by).await?
        }
        None => None,
    };
    if let Some(key) = key {
        credentials.api_key = Some(key.expose().to_owned());
        keep(unshown, &credentials)?;
    }
    Ok(())
}

async fn another_key(store: &Store, created_by: Option<&str>) -> anyhow::Result<Option<Secret>> {
    let projects = projects::all(store).await?;
    let Some(project) = projects.first() else { return Ok(None) };
    let new = NewKey {
        project_id: &project.id,
        name: "first key",
        scope: KeyScope::Project,
        origins: &[],
        created_by,
        expires_at: None,
        rate: None,
    };
    let (_, key) = keys::create(store, new).await.context("cannot create the first API key")?;
    Ok(Some(key))
}

fn keep(unshown: &Unshown, credentials: &Credentials) -> anyhow::Result<()> {
    unshown.keep(credentials).context("cannot write to the data folder")
}

/// The owner with a password in any case, and what a person is to be shown of it.
fn with_password(config: &OwnerConfig) -> (OwnerConfig, OwnerCredentials) {
    let mut config = config.clone();
    let mut shown = OwnerCredentials { email: config.email.clone(), password: None };
    if config.password.is_none() {
        let password = hex::encode(rand::random::<[u8; 12]>());
        config.password = Some(Secret::new(password.clone()));
        shown.password = Some(password);
    }
    (config, shown)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bataudit_control::Config;

    use super::*;

    async fn store(folder: &std::path::Path) -> Store {
        // A busy machine may take its time; a test that is only slow must not fail.
        let patient =
            Config { timeout: Duration::from_secs(60), ..Config::sqlite(&folder.join("control.db")) };
        let store = Store::connect(&patient).await.unwrap();
        store.migrate().await.unwrap();
        store
    }

    fn owner(password: Option<&str>) -> OwnerConfig {
        OwnerConfig {
            email: "owner@bataudit.local".to_owned(),
            name: "Owner".to_owned(),
            password: password.map(Secret::new),
        }
    }

    #[tokio::test]
    async fn the_generated_password_lets_the_owner_in() {
        let data = tempfile::tempdir().unwrap();
        let (store, unshown) = (store(data.path()).await, Unshown::within(data.path()));
        ensure(&store, &owner(None), &unshown).await.unwrap();

        let credentials = unshown.read().unwrap();
        let shown = credentials.owner.unwrap();
        let password = shown.password.unwrap();
        assert!(users::authenticate(&store, &shown.email, &password).await.unwrap().is_some());
        assert!(credentials.api_key.unwrap().starts_with("bat_"));
        assert_eq!(projects::all(&store).await.unwrap()[0].slug, "default");
    }

    #[tokio::test]
    async fn later_starts_make_nothing_and_keep_what_nobody_saw() {
        let data = tempfile::tempdir().unwrap();
        let (store, unshown) = (store(data.path()).await, Unshown::within(data.path()));
        ensure(&store, &owner(Some("chosen by a person")), &unshown).await.unwrap();
        let first = unshown.read().unwrap();
        assert!(first.owner.as_ref().unwrap().password.is_none(), "a chosen password is not written down");

        ensure(&store, &owner(None), &unshown).await.unwrap();
        assert_eq!(unshown.read().unwrap(), first);
        unshown.forget().unwrap();
        ensure(&store, &owner(None), &unshown).await.unwrap();
        assert_eq!(unshown.read(), None);
        assert_eq!(projects::all(&store).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_first_start_that_was_cut_off_still_ends_with_a_key() {
        let data = tempfile::tempdir().unwrap();
        let (store, unshown) = (store(data.path()).await, Unshown::within(data.path()));
        ensure(&store, &owner(None), &unshown).await.unwrap();
        let complete = unshown.read().unwrap();
        unshown.keep(&Credentials { api_key: None, ..complete.clone() }).unwrap();

        ensure(&store, &owner(None), &unshown).await.unwrap();
        let again = unshown.read().unwrap();
        assert!(again.owner == complete.owner);
        assert!(again.api_key.is_some() && again.api_key != complete.api_key);
    }
}
