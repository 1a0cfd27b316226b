//! The wiring: what handlers share, the router, and the server around it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use bataudit_anomaly::read::Reader;
use bataudit_control::Store;
use bataudit_service::listener::{Answers, Listener, Terms};
use bataudit_service::{Health, Secret, Shutdown};
use bataudit_store::Connection;
use bataudit_store::cluster::Sizes;
use bataudit_trace::{Tracer, Tracing};
use hyper::body::Incoming;
use tokio::sync::{Semaphore, watch};
use tower::Service as _;
use tower::util::option_layer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::audit::export::{MAX_EXPORTS, Signer};
use crate::audit::live::Live;
use crate::audit::store::Events;
use crate::auth::oidc::Provider;
use crate::auth::screen::ScreenTokens;
use crate::auth::token::Tokens;
use crate::config::Config;
use crate::console::Console;
use crate::error::ApiError;
use crate::health::{Stores, Watch};
use crate::input::MAX_BODY_BYTES;
use crate::post::Post;
use crate::{dashboard, docs, health, lenient, metrics, openapi, request_id, routes};

/// How long open requests may go on after the shutdown began.
const DRAIN: Duration = Duration::from_secs(8);

/// Time for a request head, and for a connection without a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may take nothing of its answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// What a client is told that has no request the router could answer.
const ANSWERS: Answers = Answers {
    slow_head: r#"{"error":"the request headers did not arrive in time","code":"slow_header"}"#,
    no_connection_left: r#"{"error":"there is no connection left; try again in a moment","code":"overloaded"}"#,
};
/// A year: browsers that have seen it never use plain HTTP again.
const HSTS: &str = "max-age=31536000";

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The parts of an [`App`].
pub(crate) struct Shared {
    pub(crate) control: Store,
    pub(crate) events: Events,
    /// Where ClickHouse says how large its tables are.
    pub(crate) sizes: Sizes,
    pub(crate) anomalies: Reader,
    pub(crate) live: Live,
    pub(crate) console: Console,
    /// Places for exports under way.
    pub(crate) exports: Arc<Semaphore>,
    pub(crate) signer: Signer,
    pub(crate) tokens: Tokens,
    pub(crate) oidc: Option<Arc<Provider>>,
    pub(crate) jwt_secret: Secret,
    pub(crate) screen_tokens: ScreenTokens,
    pub(crate) stores: watch::Receiver<Stores>,
    pub(crate) shutdown: Shutdown,
    pub(crate) secure_cookie: bool,
    pub(crate) trust_forwarded: bool,
    pub(crate) environment: String,
    pub(crate) public_url: String,
    pub(crate) monitors_per_project: i64,
    pub(crate) post: Post,
    pub(crate) tracer: Tracer,
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
    tracing: Tracing,
}

impl Api {
    /// The terms of the API's listener.
    #[must_use]
    pub fn terms(config: &Config) -> Terms {
        Terms {
            max_connections: config.max_connections,
            header_timeout: HEADER_TIMEOUT,
            write_timeout: WRITE_TIMEOUT,
            drain: DRAIN,
            tls: config.tls.clone(),
            answers: ANSWERS,
            opened: metrics::connections,
        }
    }

    /// Puts the API together and asks its stores once; they need not answer yet.
    pub async fn new(config: &Config, events: &Connection, control: Store, shutdown: &Shutdown) -> Self {
        let client = events.client();
        let (found, stores) = watch::channel(health::ask(&client, &control).await);
        let (events_up, up) = watch::channel(true);
        let anomalies = Reader::new(events.clone());
        let sizes = events.sizes();
        let console =
            Console::new(events, &config.console_user, config.console_password.as_ref(), up.clone());
        let events = Events::new(client.clone(), config.query_timeout, up);
        let (heard, budget) = (events.heard(), events.patience());
        let tracing = Tracing::start("bataudit-query-api", &config.trace);
        let app = App(Arc::new(Shared {
            control: control.clone(),
            live: Live::new(events.clone(), config.streams_per_user),
            exports: Arc::new(Semaphore::new(MAX_EXPORTS)),
            signer: Signer::new(config.jwt_secret.clone()),
            events,
            sizes,
            anomalies,
            console,
            tokens: Tokens::new(config.jwt_secret.clone(), &config.earlier_jwt_secrets),
            oidc: config.oidc.clone().map(|oidc| {
                Arc::new(Provider::new(oidc, format!("{}/v1/auth/oidc/callback", config.public_url)))
            }),
            jwt_secret: config.jwt_secret.clone(),
            screen_tokens: ScreenTokens::new(&config.jwt_secret, &config.earlier_jwt_secrets),
            stores,
            shutdown: shutdown.clone(),
            secure_cookie: config.is_https,
            trust_forwarded: config.trust_forwarded,
            environment: config.environment.clone(),
            public_url: config.public_url.clone(),
            monitors_per_project: config.monitors_per_project,
            post: Post::new(config),
            tracer: tracing.tracer(),
        }));
        Self { app, watch: Watch { events: client, control, found, events_up, heard, budget }, tracing }
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
            .route("/tv", get(dashboard::moved))
            .route("/login", get(dashboard::moved))
            .route("/invite/{token}", get(dashboard::moved))
            .route("/app", get(dashboard::page))
            .route("/app/", get(dashboard::page))
            .route("/app/{*file}", get(dashboard::file))
            .fallback(async || ApiError::NoSuchRoute)
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .layer(from_fn(lenient::layer))
            .layer(from_fn_with_state(self.app.clone(), routes::guard))
            .layer(from_fn(routes::measure))
            .layer(if_absent(header::CACHE_CONTROL, "no-store"))
            .layer(if_absent(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
            .layer(if_absent(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(if_absent(header::X_FRAME_OPTIONS, "DENY"))
            .layer(if_absent(header::REFERRER_POLICY, "same-origin"))
            .layer(option_layer(
                self.app.secure_cookie.then(|| if_absent(header::STRICT_TRANSPORT_SECURITY, HSTS)),
            ))
            .layer(from_fn(request_id::layer))
            .with_state(self.app.clone())
    }

    /// Serves until the shutdown, then lets open requests finish.
    pub async fn serve(self, listener: Listener, health: Health, shutdown: Shutdown) {
        let router = self.router();
        let handler = move |mut request: Request<Incoming>, peer: SocketAddr| {
            request.extensions_mut().insert(ConnectInfo(peer));
            // A router is ready at any time, and has no error to return.
            let answer = router.clone().call(request);
            async move { answer.await.unwrap_or_else(|never| match never {}) }
        };
        let watching = tokio::spawn(self.watch.run(health, shutdown.clone()));
        listener.serve(handler, shutdown.triggered()).await;
        watching.abort();
        self.tracing.close().await;
    }
}

fn if_absent(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
