//! A provider that lies: every token but the true one must be refused.

use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::browser::{Browser, HERE, Site};
use crate::fixture::config_with;

const SECRET: &str = "a-secret-of-the-tests-and-of-no-other-place";

/// What the provider says next.
#[derive(Clone)]
struct Liar {
    issuer: String,
    key: PKey<Private>,
    lie: &'static str,
    nonce: String,
    challenge: String,
}

type Shared = Arc<Mutex<Liar>>;

impl Liar {
    async fn start() -> Shared {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let liar = Self { issuer, key, lie: "", nonce: String::new(), challenge: String::new() };
        let shared = Arc::new(Mutex::new(liar));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        shared
    }

    fn id_token(&self) -> String {
        let now = chrono::Utc::now().timestamp();
        let mut claims = json!({
            "iss": self.issuer, "sub": "ada", "aud": "bataudit", "exp": now + 60, "iat": now, "nonce": self.nonce,
            "email": "ada@example.com", "email_verified": true, "at_hash": at_hash("access"),
        });
        let mut header = json!({"alg": "RS256", "typ": "JWT", "kid": "k"});
        match self.lie {
            "another nonce" => claims["nonce"] = json!("n"),
            "no nonce" => drop(claims.as_object_mut().unwrap().remove("nonce")),
            "another audience" => claims["aud"] = json!("somebody"),
            "further audiences" => claims["aud"] = json!(["bataudit", "somebody"]),
            "another issuer" => claims["iss"] = json!("https://evil.example"),
            "over" => claims["exp"] = json!(now - 60),
            "another access token" => claims["at_hash"] = json!(at_hash("other")),
            "no signature" => header["alg"] = json!("none"),
            "a shared secret" => header["alg"] = json!("HS256"),
            "an unverified e-mail" => claims["email_verified"] = json!(false),
            _ => {}
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = match self.lie {
            "no signature" => Vec::new(),
            "a shared secret" => {
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(signed.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            "a stranger's key" => sign(&PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap(), &signed),
            "changed afterwards" => sign(&self.key, &signed.replace('.', "..")),
            _ => sign(&self.key, &signed),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn sign(key: &PKey<Private>, text: &str) -> Vec<u8> {
    Signer::new(MessageDigest::sha256(), key).unwrap().sign_oneshot_to_vec(text.as_bytes()).unwrap()
}

fn at_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
}

async fn discovery(State(liar): State<Shared>) -> Json<Value> {
    let liar = liar.lock().unwrap();
    let at = |path: &str| format!("{}/{path}", liar.issuer);
    Json(json!({
        "issuer": liar.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "jwks_uri": at("keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    }))
}

async fn keys(State(liar): State<Shared>) -> Json<Value> {
    let rsa = liar.lock().unwrap().key.rsa().unwrap();
    let [n, e] = [rsa.n(), rsa.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_vec()));
    Json(json!({"keys": [{"kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "n": n, "e": e}]}))
}

async fn token(State(liar): State<Shared>, Form(form): Form<Vec<(String, String)>>) -> Json<Value> {
    let liar = liar.lock().unwrap();
    let given = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let challenge = given("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    assert_eq!(challenge.as_ref(), Some(&liar.challenge), "PKCE");
    Json(match liar.lie {
        "no ID token" => json!({"access_token": "access", "token_type": "Bearer"}),
        _ => json!({"access_token": "access", "token_type": "Bearer", "id_token": liar.id_token()}),
    })
}

#[tokio::test]
async fn only_the_true_token_lets_somebody_in() {
    let liar = Liar::start().await;
    let issuer = liar.lock().unwrap().issuer.clone();
    let config = config_with(&[
        ("BATAUDIT_OIDC_ISSUER", &issuer),
        ("BATAUDIT_OIDC_CLIENT_ID", "bataudit"),
        ("BATAUDIT_OIDC_CLIENT_SECRET", SECRET),
        ("BATAUDIT_OIDC_FIRST_SIGN_IN", "create"),
        ("BATAUDIT_PUBLIC_URL", HERE),
    ]);
    let site = Site::with(&config).await;
    for lie in [
        "another nonce",
        "no nonce",
        "another audience",
        "further audiences",
        "another issuer",
        "over",
        "another access token",
        "no signature",
        "a shared secret",
        "a stranger's key",
        "changed afterwards",
        "no ID token",
        "an unverified e-mail",
        "",
    ] {
        let mut browser = Browser::default();
        let away = browser.visit(&site.api, "/v1/auth/oidc/login").await;
        let url = url::Url::parse(&away).unwrap();
        let Query(asked) =
            Query::<std::collections::BTreeMap<String, String>>::try_from_uri(&away.parse().unwrap())
                .unwrap();
        assert_eq!((url.path(), asked["code_challenge_method"].as_str()), ("/authorize", "S256"));
        assert_eq!(asked["redirect_uri"], format!("{HERE}/v1/auth/oidc/callback"));
        {
            let mut liar = liar.lock().unwrap();
            (liar.lie, liar.nonce, liar.challenge) =
                (lie, asked["nonce"].clone(), asked["code_challenge"].clone());
        }
        let back = format!("/v1/auth/oidc/callback?code=c&state={}", asked["state"]);
        let end = browser.visit(&site.api, &back).await;
        let expected = match lie {
            "" => format!("{HERE}/app/"),
            "an unverified e-mail" => format!("{HERE}/app/login?sso=email"),
            _ => format!("{HERE}/app/login?sso=provider"),
        };
        assert_eq!(end, expected, "{lie}");
        assert_eq!(browser.whoami(&site.api).await.status == 200, lie.is_empty(), "{lie}");
    }
}
