//! One request, from its head to its answer: auth → decode → validate → publish → respond.

use std::sync::Arc;

use bataudit_event::access::KeyScope;
use bataudit_trace::{Attribute, Remote, Span, Tracer};
use bytes::Bytes;
use chrono::Utc;
use hyper::body::Body;
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, Request};

use crate::access::{Access, Table};
use crate::auth::Caller;
use crate::body::{Intake, Media};
use crate::budget::Budget;
use crate::config::{Config, Limits};
use crate::publish::Publisher;
use crate::rate::RateLimit;
use crate::respond::{self, HttpResponse, Refusal};
use crate::routes::{Action, Callers, Route};
use crate::submission::{self, Received};
use crate::{cors, head, metrics};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest name of a submission.
const LONGEST_IDEMPOTENCY_KEY: usize = 255;

/// The gateway: everything a request meets.
pub struct App {
    access: Access,
    publisher: Arc<dyn Publisher>,
    budget: Budget,
    rate: RateLimit,
    limits: Limits,
    environment: String,
    original_environments: bool,
    tracer: Tracer,
}

impl App {
    /// A gateway that looks keys up in `access` and gives events to `publisher`.
    #[must_use]
    pub fn new(config: &Config, access: Access, publisher: Arc<dyn Publisher>) -> Self {
        Self {
            access,
            publisher,
            budget: Budget::new(config.limits.in_flight),
            rate: RateLimit::new(config.rate, config.limits.events),
            limits: config.limits,
            environment: config.environment.clone(),
            original_environments: config.original_environments,
            tracer: Tracer::default(),
        }
    }

    /// The same, with requests traced by `tracer`.
    #[must_use]
    pub fn traced(self, tracer: Tracer) -> Self {
        Self { tracer, ..self }
    }

    /// Answers one request.
    pub async fn handle<B>(&self, request: Request<B>) -> HttpResponse
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let mut body = Intake::new(body);
        let mut response = self.dispatch(&head, &mut body).await;
        if !body.is_drained {
            // What is left of the body would be read as the next request.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        tracing::debug!(method = %head.method, status = response.status().as_u16(), "Answered a request.");
        response
    }

    /// Whether environments that the original did not know become `development`.
    pub(crate) fn has_original_environments(&self) -> bool {
        self.original_environments
    }

    async fn dispatch<B>(&self, head: &Parts, body: &mut Intake<B>) -> HttpResponse
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        if let Err(refusal) = head::check(head) {
            return refusal.into_response();
        }
        let Some(route) = Route::find(head.uri.path()) else { return Refusal::NotFound.into_response() };
        if head.method == Method::OPTIONS {
            return cors::preflight(self.access.table().as_deref(), &head.headers, route.allow());
        }
        if !route.takes(&head.method) {
            return Refusal::MethodNotAllowed(route.allow()).into_response();
        }
        match (route.action, route.callers) {
            (Action::Health, _) => self.health(),
            (_, Callers::Anyone) => Refusal::NotFound.into_response(),
            (_, Callers::Keys(scopes)) => self.write(route, scopes, &head.headers, body).await,
        }
    }

    fn health(&self) -> HttpResponse {
        let has_keys = self.access.table().is_some();
        let mut response = respond::health(&self.environment, self.publisher.status(), has_keys);
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }

    async fn write<B>(
        &self,
        route: &Route,
        scopes: &[KeyScope],
        headers: &HeaderMap,
        body: &mut Intake<B>,
    ) -> HttpResponse
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let now = Utc::now().timestamp_millis();
        let table = self.access.table().ok_or(Refusal::KeysNotLoaded);
        let identified = table.and_then(|table| Ok((Caller::identify(&table, headers, now)?, table)));
        let (result, origin) = match identified {
            Err(refusal) => (Err(refusal), None),
            Ok((caller, table)) => {
                let origin = caller.origin(headers).cloned();
                let permitted = caller.permit(scopes, headers);
                let result = match permitted {
                    Ok(()) => self.follow(route, &caller, &table, headers, body).await,
                    Err(refusal) => Err(refusal),
                };
                (result, origin)
            }
        };
        let mut response = result.unwrap_or_else(|refusal| {
            metrics::submission(refusal.tag());
            refusal.into_response()
        });
        cors::decorate(&mut response, origin);
        response
    }

    /// Receives, and traces it where it is followed. Who has no key makes nobody work: it is not even looked whether
    /// such a request comes with a trace.
    async fn follow<B>(
        &self,
        route: &Route,
        caller: &Caller,
        table: &Table,
        headers: &HeaderMap,
        body: &mut Intake<B>,
    ) -> Result<HttpResponse, Refusal>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut span = self.tracer.request(route.method, route.path, || Remote::of(headers));
        let result = self.receive(route.action, caller, table, (headers, span.as_ref()), body).await;
        if let Some(span) = &mut span {
            answered(span, caller, &result);
        }
        result
    }

    async fn receive<B>(
        &self,
        action: Action,
        caller: &Caller,
        table: &Table,
        (headers, span): (&HeaderMap, Option<&Span>),
        body: &mut Intake<B>,
    ) -> Result<HttpResponse, Refusal>
    where
        B: Body<Data = Bytes> + Unpin,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let media = Media::of(headers)?;
        let idempotency_key = idempotency_key(headers)?;
        self.rate.take(&caller.known, 1)?;
        let (bytes, mut reserved) = body.read(media.encoding, &self.limits, &self.budget).await?;
        let received = Received {
            caller,
            table,
            received_at: Utc::now().timestamp_millis(),
            idempotency_key,
            span,
            layout: media.layout,
        };
        let sent = match action {
            Action::WriteBatch => submission::send_batch(&bytes, &mut reserved, &received, self),
            Action::WriteEvent | Action::Health => submission::send_event(&bytes, &received, self),
        }?;
        // The records are with the producer; the body need not wait for the acknowledgement.
        drop(bytes);
        let Some(acknowledgement) = sent.acknowledgement else {
            metrics::submission("invalid_event");
            return Ok(sent.accepted.response);
        };
        acknowledgement.await.map_err(Refusal::Publish)?;
        drop(reserved);
        metrics::events_accepted(sent.accepted.events);
        metrics::submission(if sent.is_whole { "accepted" } else { "partial" });
        Ok(sent.accepted.response)
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn rate(&self) -> &RateLimit {
        &self.rate
    }

    pub(crate) fn publisher(&self) -> &dyn Publisher {
        self.publisher.as_ref()
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = value.to_str().map_err(|_| Refusal::BadIdempotencyKey)?;
    let fits = (1..=LONGEST_IDEMPOTENCY_KEY).contains(&key.len());
    if fits { Ok(Some(key)) } else { Err(Refusal::BadIdempotencyKey) }
}

/// What a trace is told of an answer.
fn answered(span: &mut Span, caller: &Caller, result: &Result<HttpResponse, Refusal>) {
    // An instance key has no project of its own.
    if caller.known.key.scope != KeyScope::Instance {
        span.set(Attribute::Project(caller.known.key.project_id));
    }
    match result {
        Ok(response) => span.set(Attribute::Status(response.status().as_u16())),
        Err(refusal) => {
            span.set(Attribute::Status(refusal.status().as_u16()));
            if refusal.status().is_server_error() {
                span.fail(refusal.tag());
            } else {
                span.set(Attribute::Failure(refusal.tag()));
            }
        }
    }
}
