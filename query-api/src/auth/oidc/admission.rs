//! Who may come in, and as what. In: a person the provider vouches for. Out: a user of ours, found, tied or made as
//! configured; or why not.

use bataudit_control::identities::{self, Identity};
use bataudit_control::users::{self, NewUser, User};
use bataudit_control::{Error, Role, Store};

use super::provider::Person;
use crate::config::oidc::{OidcConfig, Policies};
use crate::error::ApiError;

/// Longer names are cut.
const NAME_CHARS: usize = 100;

/// Why somebody may not come in. The dashboard says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    /// No group of theirs has a role.
    #[error("no_role")]
    NoRole,
    /// Their e-mail is of another domain, or the provider did not verify it.
    #[error("email")]
    Email,
    /// There is no user, and none may be made.
    #[error("no_account")]
    NoAccount,
}

/// What became of an admission.
pub(super) type Admission = Result<Result<User, Denied>, ApiError>;

impl Policies {
    /// The role that these groups give; `None` where roles are given in BatAudit.
    fn role(&self, groups: &[String]) -> Result<Option<Role>, Denied> {
        let Some(roles) = &self.roles else { return Ok(None) };
        let everybody = roles.get("*");
        let found = groups.iter().filter_map(|group| roles.get(group)).chain(everybody).copied();
        found.max_by_key(|role| rank(*role)).map(Some).ok_or(Denied::NoRole)
    }

    /// The e-mail, where it may come in. With domains given there must be one.
    fn email<'p>(&self, person: &'p Person) -> Result<Option<&'p str>, Denied> {
        let email = person.verified_email.as_deref();
        if self.domains.is_empty() {
            return Ok(email);
        }
        let domain = email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        let is_known = domain.is_some_and(|domain| self.domains.contains(&domain));
        if is_known { Ok(email) } else { Err(Denied::Email) }
    }
}

/// An auditor reads what an admin cannot, and changes nothing.
fn rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Auditor => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

/// The user of this person, with the role their groups give now.
pub(super) async fn admit(store: &Store, config: &OidcConfig, person: &Person) -> Admission {
    let policy = &config.policy;
    let (role, email) = match (policy.role(&person.groups), policy.email(person)) {
        (Ok(role), Ok(email)) => (role, email),
        (Err(denied), _) | (_, Err(denied)) => return Ok(Err(denied)),
    };
    let identity = Identity { issuer: &config.issuer, subject: &person.subject };
    let known = identities::user(store, identity).await?;
    let user = match (known, email) {
        (Some(user), _) => user,
        (None, None) => return Ok(Err(Denied::Email)),
        (None, Some(email)) => match first(store, policy, identity, (person, email), role).await {
            Ok(Some(user)) => user,
            Ok(None) => return Ok(Err(Denied::NoAccount)),
            // Another request of theirs was faster, or the user is tied to another account.
            Err(Error::Conflict { .. }) => match identities::user(store, identity).await? {
                Some(user) => user,
                None => return Ok(Err(Denied::NoAccount)),
            },
            Err(error) => return Err(error.into()),
        },
    };
    with_role(store, user, role).await.map(Ok)
}

/// What a first sign-in does, where it may.
async fn first(
    store: &Store,
    policy: &Policies,
    identity: Identity<'_>,
    (person, email): (&Person, &str),
    role: Option<Role>,
) -> Result<Option<User>, Error> {
    if let Some(user) = users::by_email(store, email).await? {
        if !policy.may_link {
            return Ok(None);
        }
        identities::link(store, identity, &user).await?;
        return Ok(Some(user));
    }
    if !policy.may_create {
        return Ok(None);
    }
    let name = person.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(email);
    let name: String = name.chars().take(NAME_CHARS).collect();
    let password = identities::unknown_password();
    let new = NewUser { email, name: &name, role: role.unwrap_or(Role::Viewer), password: password.expose() };
    identities::create(store, identity, new).await.map(Some)
}

/// The user with this role. The last owner stays owner, whatever their groups say.
async fn with_role(store: &Store, user: User, role: Option<Role>) -> Result<User, ApiError> {
    let Some(role) = role.filter(|role| *role != user.role) else { return Ok(user) };
    match users::set_role(store, &user.id, role).await {
        Ok(()) => Ok(User { role, ..user }),
        Err(Error::Refused { .. }) => {
            tracing::warn!(
                user = user.id,
                "The last owner stays owner, though no group at the OpenID provider says so."
            );
            Ok(user)
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(roles: &[(&str, Role)]) -> Policies {
        let roles = roles.iter().map(|(group, role)| ((*group).to_owned(), *role)).collect();
        Policies { roles: Some(roles), domains: vec!["x.y".to_owned()], ..Policies::default() }
    }

    #[test]
    fn the_highest_role_counts() {
        let groups = |list: &[&str]| list.iter().map(|group| (*group).to_owned()).collect::<Vec<_>>();
        let mapped = policy(&[("ops", Role::Admin), ("audit", Role::Auditor)]);
        assert_eq!(mapped.role(&groups(&["audit", "ops", "z"])), Ok(Some(Role::Admin)));
        assert_eq!(mapped.role(&groups(&["audit"])), Ok(Some(Role::Auditor)));
        assert_eq!(mapped.role(&groups(&["Ops", "*"])), Err(Denied::NoRole));
        let open = policy(&[("ops", Role::Admin), ("*", Role::Viewer)]);
        assert_eq!(open.role(&[]), Ok(Some(Role::Viewer)));
        assert_eq!(Policies::default().role(&[]), Ok(None));
    }

    #[test]
    fn only_verified_mail_of_the_domains_comes_in() {
        let person = |email: &str| Person { verified_email: Some(email.to_owned()), ..Person::default() };
        let mapped = policy(&[]);
        assert!(mapped.email(&person("ada@X.y")).is_ok());
        for bad in ["ada@x.y.evil", "ada@evilx.y", "x.y", "ada@x.y@evil"] {
            assert_eq!(mapped.email(&person(bad)), Err(Denied::Email), "{bad}");
        }
        assert_eq!(mapped.email(&Person::default()), Err(Denied::Email));
        assert_eq!(Policies::default().email(&Person::default()), Ok(None));
    }
}
