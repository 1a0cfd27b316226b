//! Where a request comes from: address, browser, request id. Nothing is known of the user yet.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use bataudit_control::{Actor, Store};

use crate::app::App;
use crate::error::ApiError;
use crate::request_id;

/// The longest name of a browser that is kept, in characters.
const AGENT_CHARS: usize = 500;

/// The sender of a request that needs no session.
#[derive(Debug, Clone)]
pub(crate) struct Visitor(pub(crate) Actor);

impl Visitor {
    /// The control store, asked on behalf of whoever this is.
    pub(crate) fn control(&self, app: &App) -> Store {
        app.control.acting(self.0.clone())
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(actor(app, &parts.headers, &parts.extensions)))
    }
}

/// What is known of a request's sender without a session.
pub(crate) fn actor(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Actor {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Actor {
        user: None,
        credential: String::new(),
        address: address(app, headers, extensions),
        user_agent: agent.chars().take(AGENT_CHARS).collect(),
        request_id: request_id::current().unwrap_or_default(),
    }
}

/// Behind a trusted proxy it is the last address of the header: earlier ones are whatever the client
/// wrote.
fn address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next());
    match forwarded.map(str::trim).filter(|_| app.trust_forwarded) {
        Some(address) if address.len() <= 64 => address.to_owned(),
        _ => extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or_else(|| "unknown".to_owned(), |ConnectInfo(address)| address.ip().to_string()),
    }
}
