//! The provider: its discovery document and keys, the way there, and what comes back. In: a code. Out: who the person
//! is, of which every claim was verified. Knows no user of ours.

use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::line::Line;
use crate::config::oidc::OidcConfig;

/// How long the discovery document and the keys are believed.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// How often they are fetched anew when a token cannot be verified by them: keys are rotated.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Claims that the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Others {
    #[serde(flatten)]
    claims: Map<String, Value>,
}

impl AdditionalClaims for Others {}

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Known = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Signatures that only the provider can make. A shared secret, or none at all, proves nothing about the provider.
const SIGNATURES: [CoreJwsSigningAlgorithm; 8] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Why the provider did not say who somebody is.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderError {
    /// It cannot be asked.
    #[error("the OpenID provider does not answer: {0}")]
    Unreachable(String),
    /// It does not know the code, or us.
    #[error("the OpenID provider refused the code: {0}")]
    Refused(String),
    /// What it sent proves nothing.
    #[error("the OpenID provider's answer cannot be believed: {0}")]
    Unproven(String),
}

/// Somebody the provider knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Person {
    /// The account, for ever.
    pub(super) subject: String,
    /// The e-mail, if the provider says that it is theirs.
    pub(super) verified_email: Option<String>,
    /// What they are called.
    pub(super) name: Option<String>,
    /// Their groups.
    pub(super) groups: Vec<String>,
}

/// The way to the provider.
pub(super) struct Departure {
    /// Where to send the browser.
    pub(super) url: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// A provider, and what was learned of it.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(super) config: OidcConfig,
    line: Line,
    redirect: String,
    learned: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl Provider {
    /// A provider that sends people back to `redirect`.
    pub(crate) fn new(config: OidcConfig, redirect: String) -> Self {
        let line = Line::new(config.http.clone());
        Self { config, line, redirect, learned: Mutex::new(None) }
    }

    /// Where to send somebody who wants to sign in.
    pub(super) async fn departure(&self) -> Result<Departure, ProviderError> {
        let client = self.client(FRESH).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        // `openid` is asked for by itself.
        let scopes = self.config.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new);
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let (url, state, nonce) = request.add_scopes(scopes).set_pkce_challenge(challenge).url();
        Ok(Departure {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Who came back with this code.
    pub(super) async fn person(
        &self,
        code: String,
        nonce: String,
        verifier: String,
    ) -> Result<Person, ProviderError> {
        let client = self.client(FRESH).await?;
        let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(unproven)?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let tokens = exchange.request_async(&self.line).await.map_err(|error| match error {
            openidconnect::RequestTokenError::ServerResponse(refusal) => {
                ProviderError::Refused(refusal.error().as_ref().to_owned())
            }
            openidconnect::RequestTokenError::Request(error) => ProviderError::Unreachable(error.to_string()),
            openidconnect::RequestTokenError::Parse(..) | openidconnect::RequestTokenError::Other(_) => {
                ProviderError::Unproven("its tokens cannot be read".to_owned())
            }
        })?;
        let nonce = Nonce::new(nonce);
        match self.verified(&client, &tokens, &nonce).await {
            // The keys may have been rotated since they were fetched.
            Err(ProviderError::Unproven(_)) => {
                self.verified(&self.client(AGAIN_AFTER).await?, &tokens, &nonce).await
            }
            verified => verified,
        }
    }

    async fn verified(
        &self,
        client: &Known,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> Result<Person, ProviderError> {
        let token = tokens.id_token().ok_or_else(|| unproven("there is no ID token"))?;
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        let claims = token.claims(&verifier, nonce).map_err(unproven)?;
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) =
                (token.signing_alg().map_err(unproven)?, token.signing_key(&verifier).map_err(unproven)?);
            let found =
                AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(unproven)?;
            if found != *expected {
                return Err(unproven("the access token belongs to another ID token"));
            }
        }
        let mut person = Person { subject: claims.subject().to_string(), ..Person::default() };
        let email = claims.email().map(|email| email.as_str());
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        let others = &claims.additional_claims().claims;
        self.learn(&mut person, email.filter(|_| claims.email_verified() == Some(true)), name, others);
        // Many providers tell in the ID token no more than who it is.
        let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
        if let Ok(asked) = asked {
            let told: UserInfoClaims<Others, CoreGenderClaim> =
                asked.request_async(&self.line).await.map_err(|error| match error {
                    openidconnect::UserInfoError::Request(error) => {
                        ProviderError::Unreachable(error.to_string())
                    }
                    error => unproven(error),
                })?;
            let email = told.email().map(|email| email.as_str());
            let name = told.name().and_then(|name| name.get(None)).map(|name| name.as_str());
            let email = email.filter(|_| told.email_verified() == Some(true));
            self.learn(&mut person, email, name, &told.additional_claims().claims);
        }
        Ok(person)
    }

    /// Adds what is not known of a person yet.
    fn learn(
        &self,
        person: &mut Person,
        email: Option<&str>,
        name: Option<&str>,
        others: &Map<String, Value>,
    ) {
        person.verified_email = person.verified_email.take().or_else(|| email.map(str::to_owned));
        person.name = person.name.take().or_else(|| name.map(str::to_owned));
        if person.groups.is_empty() {
            person.groups = groups(others.get(&self.config.groups_claim));
        }
    }

    /// A client by what was learned of the provider, not longer ago than this.
    async fn client(&self, age: Duration) -> Result<Known, ProviderError> {
        let mut learned = self.learned.lock().await;
        let metadata = match learned.as_ref().filter(|(at, _)| at.elapsed() < age) {
            Some((_, metadata)) => metadata.clone(),
            None => {
                let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(unproven)?;
                let found = CoreProviderMetadata::discover_async(issuer, &self.line).await;
                let metadata = found.map_err(|error| match error {
                    openidconnect::DiscoveryError::Request(error) => {
                        ProviderError::Unreachable(error.to_string())
                    }
                    error => unproven(error),
                })?;
                *learned = Some((Instant::now(), metadata.clone()));
                metadata
            }
        };
        let secret =
            self.config.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(unproven)?;
        let client =
            Client::from_provider_metadata(metadata, ClientId::new(self.config.client_id.clone()), secret);
        Ok(client.set_redirect_uri(redirect))
    }
}

fn unproven(why: impl ToString) -> ProviderError {
    ProviderError::Unproven(why.to_string())
}

/// Groups as a list, or as one text.
fn groups(claim: Option<&Value>) -> Vec<String> {
    match claim {
        Some(Value::Array(list)) => {
            list.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect()
        }
        Some(Value::String(group)) => vec![group.clone()],
        _ => Vec::new(),
    }
}
