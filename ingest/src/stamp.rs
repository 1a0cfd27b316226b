//! What the gateway adds to a valid event: its id, its project, the time it was taken, and the
//! defaults that are not constants. In: a [`ValidEvent`]. Out: a [`StampedEvent`], ready to publish.

use std::borrow::Cow;

use bataudit_event::key::short_hash;
use bataudit_event::{Event, time};
use chrono::{DateTime, SecondsFormat};
use uuid::Uuid;

use crate::access::Table;
use crate::auth::Caller;
use crate::transfer::Known;
use crate::validate::{Failure, ValidEvent};

/// Namespace of ids derived from an `Idempotency-Key`. Fixed for ever: another value would store
/// repeated submissions twice.
const IDEMPOTENCY_NAMESPACE: Uuid = Uuid::from_u128(0x0b6e_5d1c_9a57_5c6f_8e21_6f0a_3c7d_4b92);

/// What all events of one submission share.
pub(crate) struct Stamp<'s> {
    pub(crate) caller: &'s Caller,
    pub(crate) table: &'s Table,
    /// Unix milliseconds.
    pub(crate) received_at: i64,
    /// The client's name for the submission.
    pub(crate) idempotency_key: Option<&'s str>,
}

/// An event with everything it is stored with.
#[derive(Debug)]
pub(crate) struct StampedEvent<'a> {
    valid: ValidEvent<'a>,
    pub(crate) id: Uuid,
    /// Whether sending it again gives the same id.
    repeatable: bool,
    project: Uuid,
    received_at: i64,
    timestamp: i64,
    original_timestamp: &'a str,
    source: &'static str,
    key_hash: u64,
}

impl Stamp<'_> {
    /// Stamps the event at `index` of the submission.
    pub(crate) fn apply<'a>(
        &self,
        mut valid: ValidEvent<'a>,
        index: usize,
    ) -> Result<StampedEvent<'a>, Failure> {
        let project = self.caller.project_of(&valid, self.table)?;
        let given = valid.id.or_else(|| self.derived_id(project, index));
        let id = given.unwrap_or_else(|| new_id(self.received_at));
        let (timestamp, original_timestamp) = match &valid.timestamp {
            None => (self.received_at, ""),
            Some(given) => match time::clamp(given.millis, self.received_at) {
                (inside, false) => (inside, ""),
                (inside, true) => (inside, given.text),
            },
        };
        fill_request_id(&mut valid, id);
        let source = if self.caller.is_browser() { "browser" } else { valid.source };
        Ok(StampedEvent {
            valid,
            id,
            repeatable: given.is_some(),
            project,
            received_at: self.received_at,
            timestamp,
            original_timestamp,
            source,
            key_hash: short_hash(&self.caller.known.hash),
        })
    }

    /// The same submission sent again gives its events the same ids.
    fn derived_id(&self, project: Uuid, index: usize) -> Option<Uuid> {
        let key = self.idempotency_key?;
        Some(Uuid::new_v5(&IDEMPOTENCY_NAMESPACE, format!("{project}/{index}/{key}").as_bytes()))
    }
}

/// A UUIDv7. The random part comes from the thread's own generator: asking the kernel for every event
/// would cost more than validating it.
fn new_id(millis: i64) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(millis.unsigned_abs(), &rand::random()).into_uuid()
}

impl<'a> StampedEvent<'a> {
    /// An event that has its id, project and time already, from another store.
    pub(crate) fn known(mut valid: ValidEvent<'a>, known: &Known<'_>) -> Self {
        let Known { id, project, timestamp, .. } = *known;
        fill_request_id(&mut valid, id);
        let source = valid.source;
        Self {
            valid,
            id,
            repeatable: true,
            project,
            received_at: timestamp,
            timestamp,
            original_timestamp: "",
            source,
            // Which key it once came with, the other store does not tell.
            key_hash: 0,
        }
    }
}

fn fill_request_id(valid: &mut ValidEvent<'_>, id: Uuid) {
    if valid.request_id.is_empty() {
        valid.request_id = Cow::Owned(format!("bat-{id}"));
    }
}

impl StampedEvent<'_> {
    pub(crate) fn request_id(&self) -> &str {
        &self.valid.request_id
    }

    /// When it happened, as RFC 3339.
    pub(crate) fn timestamp(&self) -> String {
        let at = DateTime::from_timestamp_millis(self.timestamp).unwrap_or_default();
        at.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// The event as it travels.
    pub(crate) fn event(&self) -> Event<'_> {
        let valid = &self.valid;
        Event {
            id: self.id.into_bytes(),
            project_id: self.project.into_bytes(),
            event_type: &valid.event_type,
            timestamp: self.timestamp,
            received_at: self.received_at,
            original_timestamp: self.original_timestamp,
            method: &valid.method,
            path: &valid.path,
            status_code: valid.status_code,
            response_time: valid.response_time,
            identifier: &valid.identifier,
            user_email: &valid.user_email,
            user_name: &valid.user_name,
            user_roles: valid.user_roles,
            user_type: &valid.user_type,
            tenant_id: &valid.tenant_id,
            ip: &valid.ip,
            user_agent: &valid.user_agent,
            request_id: &valid.request_id,
            session_id: &valid.session_id,
            query_params: valid.query_params,
            path_params: valid.path_params,
            request_body: valid.request_body,
            response_body: valid.response_body,
            error_message: &valid.error_message,
            source: self.source,
            service_name: &valid.service_name,
            environment: &valid.environment,
            repeatable: self.repeatable,
            replayed: false,
            key_hash: self.key_hash,
        }
    }
}
