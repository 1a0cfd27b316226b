//! Signing in at an OpenID provider: the authorization code flow with PKCE.
//!
//! `flow` remembers a sign-in under way, `provider` asks who came back, `admission` decides whether they are a user. The
//! browser goes to `/v1/auth/oidc/login`, to the provider, to `/v1/auth/oidc/callback`, and into the dashboard.

mod admission;
mod flow;
mod line;
mod provider;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use bataudit_control::Actor;
use bataudit_control::clock::now_ms;
use bataudit_control::outbox::{self, Act};
use bataudit_control::throttle::{self, Attempt};
use serde::Serialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use self::flow::Flow;
pub(crate) use self::provider::Provider;
use self::provider::ProviderError;
use super::login::{admit as unthrottled, open_session};
use super::{Visitor, cookie};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::input::Params;
use crate::metrics;

/// Whether one may sign in at an OpenID provider.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OidcOffer {
    enabled: bool,
    /// What to call the provider.
    #[schema(required, example = "single sign-on")]
    name: Option<String>,
}

/// Where to go afterwards.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct OidcDeparture {
    /// A path of the dashboard, such as `/events`.
    #[param(example = "/events")]
    r#return: Option<String>,
}

/// What the provider sends back.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct OidcReturn {
    /// Good once, for who signed in.
    #[param(example = "SplxlOBeZQQYbYS6WxSbIA")]
    code: Option<String>,
    /// As it was sent.
    #[param(example = "af0ifjsldkj")]
    state: Option<String>,
    /// Why nobody signed in.
    error: Option<String>,
}

/// Whether one may sign in at an OpenID provider, and what it is called.
#[utoipa::path(
    get, path = "/v1/auth/oidc", operation_id = "oidc_offer", tag = "session",
    responses((status = 200, body = OidcOffer, description = "Whether, and the provider's name."))
)]
pub(crate) async fn oidc_offer(State(app): State<App>, params: Params) -> ApiResult<Json<OidcOffer>> {
    params.finish()?;
    let name = app.oidc.as_ref().map(|provider| provider.config.name.clone());
    Ok(Json(OidcOffer { enabled: name.is_some(), name }))
}

/// Sends the browser to the provider.
#[utoipa::path(
    get, path = "/v1/auth/oidc/login", operation_id = "oidc_login", tag = "session", params(OidcDeparture),
    responses(
        (status = 303, description = "To the provider; or back to the sign-in page when it does not answer."),
        (status = 404, body = crate::error::ErrorBody, description = "No provider is configured (`not_found`)."),
    )
)]
pub(crate) async fn oidc_login(State(app): State<App>, mut params: Params) -> ApiResult<Response> {
    let back = params.text("return")?;
    params.finish()?;
    let provider = app.oidc.as_ref().ok_or(ApiError::NotFound("OpenID provider"))?;
    let way = match provider.departure().await {
        Ok(way) => way,
        Err(error) => return failed(&app, &error),
    };
    let flow = Flow::new(way.state, way.nonce, way.verifier, back.as_deref(), now_ms() / 1000);
    let cookie = flow.set(&app.jwt_secret, app.secure_cookie).ok_or(ApiError::Internal)?;
    to(&way.url, [cookie])
}

/// Takes who comes back from the provider, and opens a session for them.
///
/// The answer sends the browser into the dashboard, or to its sign-in page with the reason in `sso`.
#[utoipa::path(
    get, path = "/v1/auth/oidc/callback", operation_id = "oidc_callback", tag = "session", params(OidcReturn),
    responses(
        (status = 303, description = "To the dashboard, with the session's cookie; or to the sign-in page."),
        (status = 404, body = crate::error::ErrorBody, description = "No provider is configured (`not_found`)."),
        (status = 429, body = crate::error::ErrorBody, description = "Too many failed attempts (`rate_limited`)."),
    )
)]
pub(crate) async fn oidc_callback(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    mut params: Params,
) -> ApiResult<Response> {
    // Providers add parameters of their own, so what is unknown is not refused here.
    let (code, state, error) = (params.text("code")?, params.text("state")?, params.text("error")?);
    let (issuer, provider) = (params.text("iss")?, app.oidc.clone());
    let provider = provider.ok_or(ApiError::NotFound("OpenID provider"))?;
    let state = state.unwrap_or_default();
    let Some(flow) = Flow::find(&headers, &app.jwt_secret, &state, now_ms() / 1000) else {
        return refused(&app, "expired");
    };
    let is_theirs = issuer.is_none_or(|issuer| issuer == provider.config.issuer);
    let Some(code) = code.filter(|_| error.is_none() && is_theirs) else {
        return refused(&app, "denied");
    };
    // The pair has a limit of its own that one attempt never reaches: people behind one proxy sign in at once.
    let attempt = Attempt::new(&state, &visitor.0.address);
    unthrottled(&app, &attempt).await.inspect_err(|_| metrics::login("throttled"))?;
    let person = match provider.person(code, flow.nonce, flow.verifier).await {
        Ok(person) => person,
        Err(error) => return failed(&app, &error),
    };
    let user = match admission::admit(&visitor.control(&app), &provider.config, &person).await? {
        Ok(user) => user,
        Err(denied) => {
            metrics::login("refused");
            let details = json!({"provider": provider.config.issuer, "subject": person.subject, "reason": denied.to_string()});
            let act = Act { status: 403, ..Act::done("LOGIN", "/sessions".to_owned()).with(details) };
            outbox::record(&app.control.acting(Actor { user: None, ..visitor.0 }), act).await?;
            return refused(&app, &denied.to_string());
        }
    };
    throttle::succeeded(&app.control, &attempt).await?;
    let token = open_session(&app, &visitor, &user).await?;
    let session = cookie::set(&token, app.secure_cookie).ok_or(ApiError::Internal)?;
    let clear = flow::clear(app.secure_cookie).ok_or(ApiError::Internal)?;
    to(&format!("/app{}", flow.back), [session, clear])
}

/// Back to the sign-in page, because of the provider. Why stands in the log: it is the operator's to mend.
fn failed(app: &App, error: &ProviderError) -> ApiResult<Response> {
    tracing::warn!(%error, "Somebody could not sign in at the OpenID provider.");
    metrics::login("refused");
    refused(app, "provider")
}

/// Back to the sign-in page, which says why.
fn refused(app: &App, reason: &str) -> ApiResult<Response> {
    let clear = flow::clear(app.secure_cookie).ok_or(ApiError::Internal)?;
    to(&format!("/app/login?sso={reason}"), [clear])
}

fn to<const N: usize>(url: &str, cookies: [HeaderValue; N]) -> ApiResult<Response> {
    let location = HeaderValue::from_str(url).map_err(|_| ApiError::Internal)?;
    let cookies = AppendHeaders(cookies.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)], cookies).into_response())
}
