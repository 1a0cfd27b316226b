//! What an empty installation needs before anybody can use it: an owner, a project, a key. Each step
//! does nothing when there is one already, so every start may run it.

use bataudit_event::access::KeyScope;
use bataudit_service::{Env, Field, Secret};

use crate::error::{Error, Result};
use crate::keys::{self, ApiKey, NewKey};
use crate::projects::{self, NewProject, Project};
use crate::role::Role;
use crate::store::Store;
use crate::users::{self, NewUser, User};

/// E-mail of the first owner.
pub const OWNER_EMAIL: Field = Field::new(
    "INITIAL_OWNER_EMAIL",
    "owner@localhost",
    "E-mail of the owner created when there are no users yet.",
);
/// Password of the first owner.
pub const OWNER_PASSWORD: Field = Field::optional(
    "INITIAL_OWNER_PASSWORD",
    "Password of that owner, 8 characters or more; when unset, one is generated and printed once.",
);
/// Name of the first owner.
pub const OWNER_NAME: Field = Field::new("INITIAL_OWNER_NAME", "Owner", "Display name of that owner.");

/// The variables read here.
pub const FIELDS: &[&Field] = &[&OWNER_EMAIL, &OWNER_PASSWORD, &OWNER_NAME];

/// The owner an empty installation gets.
#[derive(Debug, Clone)]
pub struct OwnerConfig {
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Password; generated when absent.
    pub password: Option<Secret>,
}

impl OwnerConfig {
    /// Reads the variables.
    pub fn from_env(env: &mut Env) -> Self {
        let email = env.text(&OWNER_EMAIL);
        env.check(email.contains('@'), &OWNER_EMAIL, "must be an e-mail address");
        let password = env.secret(&OWNER_PASSWORD);
        let long = password.as_ref().is_none_or(|p| p.expose().chars().count() >= crate::password::MIN_CHARS);
        env.check(long, &OWNER_PASSWORD, "must have 8 characters or more");
        Self { email, name: env.text(&OWNER_NAME), password }
    }
}

/// An owner that was just created.
#[derive(Debug, Clone)]
pub struct FirstOwner {
    /// The owner.
    pub user: User,
    /// The password, when it was generated: to be shown once.
    pub generated: Option<Secret>,
}

/// Creates the owner when there are no users.
///
/// # Errors
/// When the configured e-mail or password cannot be used.
pub async fn ensure_owner(store: &Store, config: &OwnerConfig) -> Result<Option<FirstOwner>> {
    if users::any(store).await? {
        return Ok(None);
    }
    let generated = config.password.is_none().then(|| Secret::new(hex::encode(rand::random::<[u8; 12]>())));
    let password = config.password.as_ref().or(generated.as_ref()).ok_or(Error::Password)?;
    let new =
        NewUser { email: &config.email, name: &config.name, role: Role::Owner, password: password.expose() };
    match users::create(store, new).await {
        Ok(user) => Ok(Some(FirstOwner { user, generated })),
        // Two processes started at once and the other was faster.
        Err(Error::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Creates a first project, and a key that writes to it, when there is no project.
///
/// # Errors
/// When the store does not answer.
pub async fn ensure_project(store: &Store, new: NewProject<'_>) -> Result<Option<(Project, ApiKey, Secret)>> {
    if !projects::all(store).await?.is_empty() {
        return Ok(None);
    }
    let project = match projects::create(store, new).await {
        Ok(project) => project,
        Err(Error::Conflict { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let key = NewKey {
        project_id: &project.id,
        name: "first key",
        scope: KeyScope::Project,
        origins: &[],
        created_by: new.created_by,
        expires_at: None,
        rate: None,
    };
    let (key, text) = keys::create(store, key).await?;
    Ok(Some((project, key, text)))
}
