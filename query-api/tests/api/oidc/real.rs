//! A real provider, as a process of its own.

use std::path::Path;
use std::process::Stdio;

use bataudit_control::identities::{self, Identity};
use bataudit_control::users::{self, NewUser};
use bataudit_control::{Role, outbox};
use bataudit_query_api::Config;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::browser::{Browser, HERE, Site};
use crate::fixture::{USER_PASSWORD, config_with};

/// A provider that ends with this value.
struct Provider {
    issuer: String,
    _child: Child,
}

impl Provider {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/dev/oidc");
        assert!(
            folder.join("node_modules").is_dir(),
            "the OpenID provider is not installed: run scripts/install test"
        );
        let person = |email: &str, verified: bool, name: &str, groups: &[&str]| json!({"email": email, "email_verified": verified, "name": name, "groups": groups});
        let settings = json!({
            "redirect_uri": format!("{HERE}/v1/auth/oidc/callback"),
            "accounts": {
                "ada": person("Ada@Example.com", true, "Ada Lovelace", &["ops", "everybody"]),
                "eve": person("ada@example.com", false, "Eve", &["ops"]),
                "successor": person("ada@example.com", true, "Another Ada", &["everybody"]),
                "mallory": person("mallory@evil.example", true, "Mallory", &["everybody"]),
            },
        });
        let mut child = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .arg(settings.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node");
        let mut issuer = String::new();
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        output.read_line(&mut issuer).await.expect("a line");
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider did not start");
        Self { issuer: issuer.trim().to_owned(), _child: child }
    }

    /// Whoever signs in from now on is this account.
    async fn act_as(&self, account: &str) {
        let answer =
            reqwest::get(format!("{}/act-as?account={account}", self.issuer)).await.expect("an answer");
        assert_eq!(answer.status(), 204);
    }

    fn config(&self, further: &[(&str, &str)]) -> Config {
        let pairs = [
            ("BATAUDIT_OIDC_ISSUER", self.issuer.as_str()),
            ("BATAUDIT_OIDC_CLIENT_ID", "bataudit"),
            ("BATAUDIT_OIDC_CLIENT_SECRET", "a-secret-of-the-tests-and-of-no-other-place"),
            ("BATAUDIT_OIDC_SCOPES", "openid,email,profile,groups"),
            ("BATAUDIT_PUBLIC_URL", HERE),
        ];
        config_with(&[&pairs, further].concat())
    }

    async fn sign_in(&self, site: &Site, account: &str) -> (Browser, String) {
        self.act_as(account).await;
        let mut browser = Browser::default();
        let end = browser.sign_in(&site.api, "/v1/auth/oidc/login?return=/events").await;
        assert!(!browser.cookies.contains_key("bataudit_oidc"), "it is over: {:?}", browser.cookies);
        (browser, end)
    }
}

#[tokio::test]
async fn somebody_new_is_made_a_user_once_and_comes_back_as_the_same() {
    let provider = Provider::start().await;
    let site = Site::with(&provider.config(&[("BATAUDIT_OIDC_FIRST_SIGN_IN", "create")])).await;
    let offer = site.api.get("/v1/auth/oidc", "").await;
    assert_eq!(offer.json(), json!({"enabled": true, "name": "single sign-on"}));
    let (browser, end) = provider.sign_in(&site, "ada").await;
    assert_eq!(end, "/app/events");
    let me = browser.me(&site.api).await;
    assert_eq!(
        (&me["email"], &me["name"], &me["role"]),
        (&json!("ada@example.com"), &json!("Ada Lovelace"), &json!("viewer"))
    );
    let (again, _) = provider.sign_in(&site, "ada").await;
    assert_eq!(again.me(&site.api).await["id"], me["id"]);
    assert_eq!(users::all(&site.api.control).await.unwrap().len(), 1);
    let done = outbox::oldest(&site.api.control, 100).await.unwrap();
    let verbs: Vec<_> = done.iter().map(|act| act.entry.verb.as_str()).collect();
    assert_eq!(verbs, ["CREATE", "LINK", "LOGIN", "LOGIN"]);
    assert!(done.iter().all(|act| act.entry.user_email == "ada@example.com"), "{done:?}");

    // The provider gave the e-mail to somebody else: that is another account, and not this user.
    let (stranger, end) = provider.sign_in(&site, "successor").await;
    assert_eq!(
        (end.as_str(), stranger.whoami(&site.api).await.status.as_u16()),
        ("/app/login?sso=no_account", 401)
    );
}

#[tokio::test]
async fn a_user_is_linked_by_a_verified_address_only_and_to_one_account() {
    let provider = Provider::start().await;
    let site = Site::with(&provider.config(&[])).await;
    let new = NewUser { email: "ada@example.com", name: "Ada", role: Role::Admin, password: USER_PASSWORD };
    let ada = users::create(&site.api.control, new).await.unwrap();
    let (_, end) = provider.sign_in(&site, "eve").await;
    assert_eq!(end, "/app/login?sso=email", "the provider does not vouch for the e-mail");
    let (_, end) = provider.sign_in(&site, "mallory").await;
    assert_eq!(end, "/app/login?sso=no_account", "nobody new is made");
    let (browser, _) = provider.sign_in(&site, "ada").await;
    assert_eq!(browser.me(&site.api).await["id"], json!(ada.id));
    assert_eq!(browser.me(&site.api).await["role"], "admin", "roles are given in BatAudit");
    let (_, end) = provider.sign_in(&site, "successor").await;
    assert_eq!(end, "/app/login?sso=no_account", "the user has an account at this provider");
    let subject = |subject| Identity { issuer: &provider.issuer, subject };
    assert_eq!(identities::user(&site.api.control, subject("successor")).await.unwrap(), None);
    let (_, end) = provider.sign_in(&site, "nobody").await;
    assert_eq!(end, "/app/login?sso=denied", "they cancelled");

    let refusing =
        Site::beside(&provider.config(&[("BATAUDIT_OIDC_FIRST_SIGN_IN", "refuse")]), &site.api.control).await;
    provider.act_as("ada").await;
    assert_eq!(
        Browser::default().sign_in(&refusing, "/v1/auth/oidc/login").await,
        "/app/",
        "this is not their first"
    );
}

#[tokio::test]
async fn groups_give_roles_at_every_sign_in() {
    let provider = Provider::start().await;
    let policy = |roles: &'static str| {
        [
            ("BATAUDIT_OIDC_FIRST_SIGN_IN", "create"),
            ("BATAUDIT_OIDC_ROLES", roles),
            ("BATAUDIT_OIDC_ALLOWED_DOMAINS", "example.com"),
        ]
    };
    let site = Site::with(&provider.config(&policy("ops=admin,everybody=viewer"))).await;
    let (browser, _) = provider.sign_in(&site, "ada").await;
    assert_eq!(browser.me(&site.api).await["role"], "admin");
    let (_, end) = provider.sign_in(&site, "mallory").await;
    assert_eq!(end, "/app/login?sso=email", "another domain");

    let store = &site.api.control;
    for (roles, role) in
        [("ops=auditor", Some("auditor")), ("everybody=viewer", Some("viewer")), ("board=owner", None)]
    {
        let changed = Site::beside(&provider.config(&policy(roles)), store).await;
        provider.act_as("ada").await;
        let mut browser = Browser::default();
        let end = browser.sign_in(&changed, "/v1/auth/oidc/login").await;
        match role {
            Some(role) => assert_eq!(browser.me(&changed).await["role"], role),
            None => assert_eq!(end, "/app/login?sso=no_role"),
        }
    }
    let owner = users::by_email(store, "ada@example.com").await.unwrap().unwrap();
    users::set_role(store, &owner.id, Role::Owner).await.unwrap();
    let (browser, _) = provider.sign_in(&site, "ada").await;
    assert_eq!(browser.me(&site.api).await["role"], "owner", "the last owner stays");
}

#[tokio::test]
async fn a_way_back_that_was_not_begun_here_leads_nowhere() {
    let provider = Provider::start().await;
    let site = Site::with(&provider.config(&[("BATAUDIT_OIDC_FIRST_SIGN_IN", "create")])).await;
    provider.act_as("ada").await;
    let mut victim = Browser::default();
    let mut attacker = Browser::default();
    // The attacker signs in up to the way back, and has the victim take it.
    let mut address = attacker.visit(&site.api, "/v1/auth/oidc/login").await;
    while !address.starts_with(HERE) {
        address = attacker.visit_provider(&address).await;
    }
    let back = address.strip_prefix(HERE).unwrap();
    assert_eq!(victim.visit(&site.api, back).await, format!("{HERE}/app/login?sso=expired"));
    assert_eq!(victim.whoami(&site.api).await.status, 401);
    // A victim who has begun one too is not signed in as the attacker.
    victim.visit(&site.api, "/v1/auth/oidc/login").await;
    assert_eq!(victim.visit(&site.api, back).await, format!("{HERE}/app/login?sso=expired"));
    let other = back.replace("state=", "iss=https%3A%2F%2Fevil.example&state=");
    let other = other.split("&iss=http%3A").next().unwrap();
    let mut copy = Browser { cookies: attacker.cookies.clone() };
    assert_eq!(
        copy.visit(&site.api, other).await,
        format!("{HERE}/app/login?sso=denied"),
        "another issuer's answer"
    );
    assert!(attacker.sign_in(&site.api, back).await.starts_with("/app/"), "whose it is");
    let users: Value = users::all(&site.api.control).await.unwrap().len().into();
    assert_eq!(users, 1);
}
