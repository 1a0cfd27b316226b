//! The wiring: what handlers share, the router, and the server around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use bataudit_control::Store;
use bataudit_service::{Health, Shutdown};
use bataudit_store::Connection;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::audit::live::Live;
use crate::audit::store::Events;
use crate::auth::throttle::Throttle;
use crate::auth::token::Tokens;
use crate::config::Config;
use crate::error::ApiError;
use crate::health::{Stores, Watch};
use crate::input::MAX_BODY_BYTES;
use crate::{dashboard, docs, health, openapi, request_id, routes};

/// How long open requests may go on after the shutdown began.
const DRAIN: Duration = Duration::from_secs(8);

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The parts of an [`App`].
pub(crate) struct Shared {
    pub(crate) control: Store,
    pub(crate) events: Events,
    pub(crate) live: Live,
    pub(crate) tokens: Tokens,
    pub(crate) throttle: Throttle,
    pub(crate) stores: watch::Receiver<Stores>,
    pub(crate) shutdown: Shutdown,
    pub(crate) secure_cookie: bool,
    pub(crate) trust_forwarded: bool,
    pub(crate) environment: String,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The API: its router, and the watch over its stores that must run beside it.
pub struct Api {
    app: App,
    watch: Watch,
}

impl Api {
    /// Puts the API together and asks its stores once; they need not answer yet.
    pub async fn new(config: &Config, events: &Connection, control: Store, shutdown: &Shutdown) -> Self {
        let client = events.client();
        let (found, stores) = watch::channel(health::ask(&client, &control).await);
        let (events_up, up) = watch::channel(true);
        let events = Events::new(client.clone(), config.query_timeout, up);
        let app = App(Arc::new(Shared {
            control: control.clone(),
            live: Live::new(events.clone(), config.streams_per_user),
            events,
            tokens: Tokens::new(config.jwt_secret.clone()),
            throttle: Throttle::default(),
            stores,
            shutdown: shutdown.clone(),
            secure_cookie: config.secure_cookie,
            trust_forwarded: config.trust_forwarded,
            environment: config.environment.clone(),
        }));
        Self { app, watch: Watch { events: client, control, found, events_up } }
    }

    /// All routes.
    pub fn router(&self) -> Router {
        let (documented, _) = openapi::documented().split_for_parts();
        documented
            .route("/v1/openapi.json", get(docs::openapi_json))
            .route("/docs", get(docs::index))
            .route("/docs/", get(docs::page))
            .route("/docs/{*file}", get(docs::file))
            .route("/", get(dashboard::root))
            .route("/app", get(dashboard::page))
            .route("/app/", get(dashboard::page))
            .route("/app/{*file}", get(dashboard::file))
            .fallback(async || ApiError::NoSuchRoute)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .layer(from_fn_with_state(self.app.clone(), routes::guard))
            .layer(from_fn(routes::measure))
            .layer(if_absent(header::CACHE_CONTROL, "no-store"))
            .layer(if_absent(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
            .layer(if_absent(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(if_absent(header::X_FRAME_OPTIONS, "DENY"))
            .layer(if_absent(header::REFERRER_POLICY, "same-origin"))
            .layer(from_fn(request_id::layer))
            .with_state(self.app.clone())
    }

    /// Serves until the shutdown, then lets open requests finish.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        health: Health,
        shutdown: Shutdown,
    ) -> std::io::Result<()> {
        let router = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let watching = tokio::spawn(self.watch.run(health, shutdown.clone()));
        let serving = axum::serve(listener, router).with_graceful_shutdown(shutdown.triggered());
        let served = shutdown.finish_within(DRAIN, serving.into_future()).await;
        watching.abort();
        served.unwrap_or_else(|| {
            tracing::warn!("Some requests did not end in time and were cut off.");
            Ok(())
        })
    }
}

fn if_absent(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
