//! Who sends, and which project the events go to. In: headers and the access table. Out: a
//! [`Caller`], or a refusal. It never sees an event's content beyond the service name and the
//! project the client believes to write to.

use bataudit_event::access::KeyScope;
use bataudit_event::id::project_id_of_slug;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue, ORIGIN};
use uuid::Uuid;

use crate::access::{KnownKey, Table};
use crate::decode::Field;
use crate::respond::Refusal;
use crate::validate::{Failure, Reason, ValidEvent};

/// The header that carries the API key.
pub(crate) const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// A known key and what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The key.
    pub(crate) known: KnownKey,
}

impl Caller {
    /// The caller behind the headers, at `now` (unix milliseconds).
    pub(crate) fn identify(table: &Table, headers: &HeaderMap, now: i64) -> Result<Self, Refusal> {
        let presented = headers.get(API_KEY).filter(|value| !value.is_empty()).ok_or(Refusal::MissingKey)?;
        let known = presented.to_str().ok().and_then(|presented| table.find_key(presented.trim(), now));
        known.map(|known| Self { known }).ok_or(Refusal::InvalidKey)
    }

    /// The request's origin, where the key may be used from it.
    pub(crate) fn origin<'h>(&self, headers: &'h HeaderMap) -> Option<&'h HeaderValue> {
        let origin = headers.get(ORIGIN)?;
        let text = origin.to_str().ok()?;
        let listed = self.known.key.origins.iter().any(|listed| listed.eq_ignore_ascii_case(text));
        listed.then_some(origin)
    }

    /// Refuses what the key's scope does not allow: a scope the route is not open to, and a browser
    /// key outside its origins.
    pub(crate) fn permit(&self, scopes: &[KeyScope], headers: &HeaderMap) -> Result<(), Refusal> {
        let scope = self.known.key.scope;
        if !scopes.contains(&scope) {
            return Err(Refusal::ScopeNotAllowed);
        }
        if scope == KeyScope::Browser && self.origin(headers).is_none() {
            return Err(Refusal::OriginNotAllowed);
        }
        Ok(())
    }

    /// Whether its events are a browser's, whatever they say themselves.
    pub(crate) fn is_browser(&self) -> bool {
        self.known.key.scope == KeyScope::Browser
    }

    /// The project an event goes to.
    pub(crate) fn project_of(&self, event: &ValidEvent<'_>, table: &Table) -> Result<Uuid, Failure> {
        let project = match self.known.key.scope {
            KeyScope::Project | KeyScope::Browser => self.known.key.project_id,
            KeyScope::Instance => {
                let slug = event.service_name.as_ref();
                table.project_by_slug(slug).unwrap_or_else(|| project_id_of_slug(slug))
            }
        };
        if table.is_archived(&project) {
            return Err(Failure::of(Field::ServiceName, Reason::Archived));
        }
        match event.project_id {
            Some(believed) if believed != Some(project) => {
                Err(Failure::of(Field::ProjectID, Reason::WrongProject))
            }
            _ => Ok(project),
        }
    }
}
