//! Signing in at an OpenID provider: what is read from the environment. Unset, there is none.

use std::collections::BTreeMap;
use std::time::Duration;

use bataudit_control::Role;
use bataudit_service::{Env, Field, Secret};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};

/// The provider.
pub const ISSUER: Field = Field::optional(
    "BATAUDIT_OIDC_ISSUER",
    "Address of an OpenID provider (its issuer, as its discovery document spells it), at which people may sign in.",
);
/// Our name there.
pub const CLIENT_ID: Field =
    Field::optional("BATAUDIT_OIDC_CLIENT_ID", "The client id that the provider gave this installation.");
/// Our secret there.
pub const CLIENT_SECRET: Field = Field::optional(
    "BATAUDIT_OIDC_CLIENT_SECRET",
    "The client secret that goes with it; unset for a public client, which PKCE protects.",
);
/// What the provider is called.
pub const NAME: Field = Field::new(
    "BATAUDIT_OIDC_NAME",
    "single sign-on",
    "What the button of the sign-in page calls the provider.",
);
/// Scopes.
pub const SCOPES: Field = Field::new(
    "BATAUDIT_OIDC_SCOPES",
    "openid,email,profile",
    "Scopes to ask the provider for, separated by commas.",
);
/// First sign-in.
pub const FIRST_SIGN_IN: Field = Field::new(
    "BATAUDIT_OIDC_FIRST_SIGN_IN",
    "link",
    "What somebody's first sign-in may do, by the e-mail that the provider has verified: link it to the user with that \
     e-mail, create a user, link,create, or refuse.",
);
/// Domains.
pub const DOMAINS: Field = Field::optional(
    "BATAUDIT_OIDC_ALLOWED_DOMAINS",
    "Only people with a verified e-mail of these domains may sign in there, separated by commas; unset, all whom the \
     provider lets in.",
);
/// Groups.
pub const GROUPS_CLAIM: Field =
    Field::new("BATAUDIT_OIDC_GROUPS_CLAIM", "groups", "The claim that lists a person's groups.");
/// Roles.
pub const ROLES: Field = Field::optional(
    "BATAUDIT_OIDC_ROLES",
    "Roles by group, such as ops=admin,audit=auditor,*=viewer: the highest counts, is set at every sign-in, and who has \
     none may not sign in. Unset, new users are viewers and roles are given in BatAudit.",
);
/// Authority.
pub const CA_FILE: Field = Field::optional(
    "BATAUDIT_OIDC_CA_FILE",
    "PEM file of the authority that signed the provider's certificate; unset takes the system's.",
);

/// The variables read here.
pub const FIELDS: &[&Field] = &[
    &ISSUER,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &NAME,
    &SCOPES,
    &FIRST_SIGN_IN,
    &DOMAINS,
    &GROUPS_CLAIM,
    &ROLES,
    &CA_FILE,
];

/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How people sign in at a provider.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret>,
    pub(crate) name: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups_claim: String,
    pub(crate) policy: Policies,
    /// Talks to the provider; follows nothing it is sent to.
    pub(crate) http: Client,
}

/// Who may come in, and as what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policies {
    pub(crate) may_link: bool,
    pub(crate) may_create: bool,
    /// In lower case; all where there is none.
    pub(crate) domains: Vec<String>,
    /// By group; `*` is everybody.
    pub(crate) roles: Option<BTreeMap<String, Role>>,
}

impl OidcConfig {
    /// Reads the variables; problems are collected in `env`.
    pub fn from_env(env: &mut Env) -> Option<Self> {
        let issuer = env.optional(&ISSUER)?;
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
            .iter()
            .any(|host| issuer.starts_with(host));
        env.check(issuer.starts_with("https://") || local, &ISSUER, "must start with https://");
        let client_id = env.text(&CLIENT_ID);
        env.check(!client_id.is_empty(), &CLIENT_ID, "must be set along with BATAUDIT_OIDC_ISSUER");
        let scopes = env.list(&SCOPES);
        env.check(scopes.iter().any(|scope| scope == "openid"), &SCOPES, "must hold openid");
        let groups_claim = env.text(&GROUPS_CLAIM);
        let policy = Policies::from_env(env);
        let http = client(env)?;
        let (client_secret, name) = (env.secret(&CLIENT_SECRET), env.text(&NAME));
        Some(Self { issuer, client_id, client_secret, name, scopes, groups_claim, policy, http })
    }
}

impl Policies {
    fn from_env(env: &mut Env) -> Self {
        let first = env.list(&FIRST_SIGN_IN);
        let may = |what: &str| first.iter().any(|word| word == what);
        let known =
            first.iter().all(|word| matches!(word.as_str(), "link" | "create")) || first == ["refuse"];
        env.check(known, &FIRST_SIGN_IN, "must be link, create, link,create or refuse");
        let (may_link, may_create) = (may("link"), may("create"));
        let domains =
            env.list(&DOMAINS).iter().map(|domain| domain.trim_start_matches('@').to_lowercase()).collect();
        Self { may_link, may_create, domains, roles: roles(env) }
    }
}

fn roles(env: &mut Env) -> Option<BTreeMap<String, Role>> {
    let list = env.list(&ROLES);
    if list.is_empty() {
        return None;
    }
    let read = |text: &String| {
        let (group, role) = text.rsplit_once('=')?;
        Some((group.trim().to_owned(), role.trim().parse().ok()?))
    };
    let roles: Option<BTreeMap<_, _>> = list.iter().map(read).collect();
    let expected = "must be group=role pairs with the roles owner, admin, auditor and viewer, such as ops=admin,*=viewer";
    env.check(roles.is_some(), &ROLES, expected);
    roles
}

fn client(env: &mut Env) -> Option<Client> {
    let mut client = Client::builder().timeout(PATIENCE).connect_timeout(PATIENCE).redirect(Policy::none());
    if let Some(file) = env.file(&CA_FILE) {
        let authority = std::fs::read(file).ok().and_then(|pem| Certificate::from_pem(&pem).ok());
        env.check(authority.is_some(), &CA_FILE, "must name a file with a PEM certificate");
        client = client.add_root_certificate(authority?);
    }
    client.build().map_err(|error| env.problem(&ISSUER, format_args!("cannot be called: {error}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<OidcConfig>, String> {
        let base =
            [("BATAUDIT_OIDC_ISSUER", "https://id.example.com"), ("BATAUDIT_OIDC_CLIENT_ID", "bataudit")];
        let mut env = Env::from_pairs(base.iter().chain(pairs).copied());
        let config = OidcConfig::from_env(&mut env);
        env.finish().map(|()| config).map_err(|error| error.to_string())
    }

    #[test]
    fn without_an_issuer_there_is_none() {
        let mut env = Env::default();
        assert!(OidcConfig::from_env(&mut env).is_none() && env.finish().is_ok());
    }

    #[test]
    fn the_defaults_let_nobody_new_in() {
        let config = read(&[]).unwrap().unwrap();
        assert_eq!(config.policy, Policies { may_link: true, ..Policies::default() });
        assert_eq!(config.scopes, ["openid", "email", "profile"]);
    }

    #[test]
    fn groups_map_to_roles_and_mistakes_are_told() {
        let config = read(&[("BATAUDIT_OIDC_ROLES", "cn=ops,ou=x=admin, *=viewer")]);
        assert!(config.unwrap_err().contains("BATAUDIT_OIDC_ROLES must be"), "a comma parts pairs");
        let config =
            read(&[("BATAUDIT_OIDC_ROLES", "ops=admin, a=b=owner,*=viewer"), (DOMAINS.name, "@X.Y,z.y")]);
        let policy = config.unwrap().unwrap().policy;
        let roles = [("*", Role::Viewer), ("a=b", Role::Owner), ("ops", Role::Admin)];
        assert_eq!(
            policy.roles,
            Some(roles.into_iter().map(|(group, role)| (group.to_owned(), role)).collect())
        );
        assert_eq!(policy.domains, ["x.y", "z.y"]);
        for (name, value) in [
            ("BATAUDIT_OIDC_ISSUER", "http://id.example.com"),
            ("BATAUDIT_OIDC_CLIENT_ID", ""),
            ("BATAUDIT_OIDC_ROLES", "ops=king"),
            ("BATAUDIT_OIDC_FIRST_SIGN_IN", "link,refuse"),
            ("BATAUDIT_OIDC_SCOPES", "email"),
            ("BATAUDIT_OIDC_CA_FILE", "/dev/null"),
        ] {
            assert!(read(&[(name, value)]).unwrap_err().contains(name), "{name}={value}");
        }
    }
}
