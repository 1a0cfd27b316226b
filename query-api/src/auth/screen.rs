//! Screens of the wallboard: tokens of their own audience, signed by keys of their own, and the [`Screen`] that handlers
//! of its routes get. A user's token opens none of these routes, and a screen's no other.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use bataudit_control::clock::now_ms;
use bataudit_control::screens::{self, Screen as Stored};
use bataudit_service::Secret;
use serde::{Deserialize, Serialize};

use super::caller::{Scope, bearer};
use super::token::Tokens;
use crate::app::App;
use crate::error::{ApiError, ApiResult};

/// Whom these tokens are for, and what their keys are derived for.
const AUDIENCE: &str = "bataudit:wallboard";
/// The original's name for what they may.
const SCOPE: &str = "wallboard";

/// How long a token lasts.
pub(crate) const LIFETIME_SECONDS: i64 = 60 * 60;

/// What a token says. Only `jti` is believed beyond the signature: what a screen shows is in its row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    scope: String,
    /// Empty for a screen of all projects.
    project_id: String,
    exp: i64,
    iat: i64,
    aud: String,
    /// The screen.
    jti: String,
}

/// Signs and verifies tokens of screens.
#[derive(Debug, Clone)]
pub(crate) struct ScreenTokens(Tokens);

impl ScreenTokens {
    /// Keys derived from the secrets of users' tokens.
    pub(crate) fn new(secret: &Secret, earlier: &[Secret]) -> Self {
        Self(Tokens::for_purpose(AUDIENCE, secret, earlier))
    }

    /// A token for a screen.
    pub(crate) fn sign(&self, screen: &Stored, now_s: i64) -> String {
        self.0.sign(&Claims {
            scope: SCOPE.to_owned(),
            project_id: screen.project_id.clone().unwrap_or_default(),
            exp: now_s + LIFETIME_SECONDS,
            iat: now_s,
            aud: AUDIENCE.to_owned(),
            jti: screen.id.clone(),
        })
    }

    /// The screen's id and the end of its token, in unix seconds.
    fn verify(&self, token: &str, now_s: i64) -> Option<(String, i64)> {
        let claims: Claims = self.0.open(token)?;
        let is_good = claims.aud == AUDIENCE && claims.scope == SCOPE && claims.exp > now_s;
        is_good.then_some((claims.jti, claims.exp))
    }
}

/// A screen with a living token.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    pub(crate) id: String,
    project_id: Option<String>,
    /// The end of its token, unix seconds.
    pub(crate) until: i64,
}

impl Screen {
    /// Finds the screen of a request.
    pub(crate) async fn find(app: &App, headers: &HeaderMap) -> ApiResult<Self> {
        let missing = || ApiError::Unauthenticated("missing Authorization header");
        let token = bearer(headers)?.ok_or_else(missing)?;
        let (expired, now) = (ApiError::Unauthenticated("invalid or expired token"), now_ms());
        let Some((id, until)) = app.screen_tokens.verify(token, now / 1000) else {
            // Somebody is logged in, but as a user.
            let is_user = app.tokens.verify(token, now / 1000).is_some();
            return Err(if is_user { ApiError::Forbidden("invalid token scope") } else { expired });
        };
        let screen = screens::active(&app.control, &id, now).await?.ok_or(expired)?;
        Ok(Self { id, project_id: screen.project_id, until })
    }

    /// Whether it was neither revoked nor is its token over.
    pub(crate) async fn is_active(&self, app: &App) -> ApiResult<bool> {
        let now = now_ms();
        Ok(self.until > now / 1000 && screens::active(&app.control, &self.id, now).await?.is_some())
    }

    /// What a request may read: what the screen shows, or one project of it. Another project does not exist for it.
    pub(crate) fn scope(&self, project_id: Option<&str>) -> ApiResult<Scope> {
        let own = Scope::of_screen(self.project_id.as_deref());
        match project_id {
            None => Ok(own),
            Some(project_id) => own.narrowed(project_id).ok_or(ApiError::NotFound("project")),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Screen {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        // Put there by the guard.
        parts.extensions.get::<Self>().cloned().ok_or(ApiError::Internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen() -> Stored {
        Stored {
            id: "s".to_owned(),
            project_id: Some("p".to_owned()),
            name: "Hall".to_owned(),
            expires_at: 0,
            created_at: 0,
            activated_at: None,
            last_used_at: None,
        }
    }

    #[test]
    fn tokens_of_users_and_screens_are_strangers() {
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        let (screens, users) = (ScreenTokens::new(&secret, &[]), Tokens::new(secret, &[]));
        let token = screens.sign(&screen(), 1_000);
        assert_eq!(screens.verify(&token, 1_000), Some(("s".to_owned(), 4_600)));
        assert_eq!(screens.verify(&token, 4_600), None, "over");
        assert!(users.open::<Claims>(&token).is_none(), "another key");
        let forged = Claims {
            scope: SCOPE.to_owned(),
            project_id: String::new(),
            exp: i64::MAX,
            iat: 0,
            aud: AUDIENCE.to_owned(),
            jti: "s".to_owned(),
        };
        assert_eq!(screens.verify(&users.sign(&forged), 0), None, "signed for users");
    }

    #[test]
    fn another_project_does_not_exist() {
        let of = |project_id: Option<&str>| Screen {
            id: "s".to_owned(),
            project_id: project_id.map(str::to_owned),
            until: 0,
        };
        assert!(matches!(of(Some("p")).scope(Some("q")), Err(ApiError::NotFound("project"))));
        assert_eq!(of(Some("p")).scope(None).unwrap(), of(None).scope(Some("p")).unwrap());
        assert_eq!(of(None).scope(None).unwrap().projects(), None);
    }
}
