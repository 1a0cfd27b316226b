//! What the fields of an event may hold. In: a [`RawEvent`]. Out: a [`ValidEvent`], or every reason
//! why it is none. Pure: no clock, no key, no network; values never appear in a reason.
//!
//! The limits are the original's or wider, and what is accepted here can always be stored.

mod failure;
mod formats;
mod json;
mod reader;
mod text;
mod timestamp;

use std::borrow::Cow;

use bataudit_event::{environment, id, limits};
use uuid::Uuid;

pub(crate) use failure::{Failure, Reason};
use reader::Reader;
pub(crate) use timestamp::Given as GivenTime;

use crate::decode::{Fault, Field, RawEvent};

/// An event whose fields hold what they may. Text is borrowed from the body unless it had escapes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ValidEvent<'a> {
    /// The client's own id.
    pub(crate) id: Option<Uuid>,
    /// The project the client believes to write to; `Some(None)` when it names none that can exist.
    pub(crate) project_id: Option<Option<Uuid>>,
    pub(crate) event_type: Cow<'a, str>,
    pub(crate) timestamp: Option<GivenTime<'a>>,
    pub(crate) method: Cow<'a, str>,
    pub(crate) path: Cow<'a, str>,
    pub(crate) status_code: u16,
    pub(crate) response_time: u64,
    pub(crate) identifier: Cow<'a, str>,
    pub(crate) user_email: Cow<'a, str>,
    pub(crate) user_name: Cow<'a, str>,
    pub(crate) user_roles: &'a str,
    pub(crate) user_type: Cow<'a, str>,
    pub(crate) tenant_id: Cow<'a, str>,
    pub(crate) ip: Cow<'a, str>,
    pub(crate) user_agent: Cow<'a, str>,
    pub(crate) request_id: Cow<'a, str>,
    pub(crate) session_id: Cow<'a, str>,
    pub(crate) query_params: &'a str,
    pub(crate) path_params: &'a str,
    pub(crate) request_body: &'a str,
    pub(crate) response_body: &'a str,
    pub(crate) error_message: Cow<'a, str>,
    pub(crate) source: &'static str,
    pub(crate) service_name: Cow<'a, str>,
    pub(crate) environment: Cow<'a, str>,
}

impl ValidEvent<'_> {
    /// The same, where an environment that the original did not know is `development`, as it was there.
    pub(crate) fn in_an_original_environment(self) -> Self {
        Self { environment: environment::original(&self.environment).into(), ..self }
    }
}

/// Checks one event, whose fields may take `most_bytes` of JSON.
pub(crate) fn validate<'a>(raw: &RawEvent<'a>, most_bytes: usize) -> Result<ValidEvent<'a>, Vec<Failure>> {
    match raw.fault {
        Some(Fault::NotAnObject) => return Err(vec![Failure::not_an_object()]),
        Some(Fault::Duplicate(field)) => return Err(vec![Failure::duplicate(field)]),
        None if raw.bytes > most_bytes => return Err(vec![Failure::event_too_large(raw.bytes, most_bytes)]),
        None => {}
    }
    let mut read = Reader::new(raw);
    let event = ValidEvent {
        id: read.parsed(Field::ID, formats::UUID, id::parse_event_id),
        event_type: event_type(&mut read),
        method: method(&mut read),
        path: read.required(Field::Path, limits::PATH),
        status_code: read.status_code(),
        response_time: read.response_time(),
        identifier: read.required(Field::Identifier, limits::IDENTIFIER),
        user_email: read.matching(Field::UserEmail, limits::USER_EMAIL, formats::EMAIL),
        user_name: read.text(Field::UserName, limits::USER_NAME),
        user_roles: read.json(Field::UserRoles),
        user_type: read.text(Field::UserType, limits::USER_TYPE),
        tenant_id: read.text(Field::TenantID, limits::TENANT_ID),
        ip: read.matching(Field::IP, formats::IP_LENGTH, formats::IP),
        user_agent: read.cut(Field::UserAgent, limits::USER_AGENT),
        request_id: read.text(Field::RequestID, limits::REQUEST_ID),
        query_params: read.json(Field::QueryParams),
        path_params: read.json(Field::PathParams),
        request_body: read.json(Field::RequestBody),
        response_body: read.json(Field::ResponseBody),
        error_message: read.text(Field::ErrorMessage, limits::ERROR_MESSAGE),
        source: source(&mut read),
        service_name: service_name(&mut read),
        environment: environment(&mut read),
        timestamp: read.timestamp(),
        project_id: read.any_text(Field::ProjectID).map(|text| Uuid::try_parse(&text).ok()),
        session_id: read.text(Field::SessionID, limits::SESSION_ID),
    };
    read.finish().map(|()| event)
}

fn event_type<'a>(read: &mut Reader<'_, 'a>) -> Cow<'a, str> {
    let given = read.matching(Field::EventType, limits::EVENT_TYPE, formats::EVENT_TYPE);
    if formats::is_reserved_event_type(&given) {
        read.fail(Field::EventType, Reason::Reserved);
    }
    if given.is_empty() { Cow::Borrowed("http") } else { given }
}

fn method<'a>(read: &mut Reader<'_, 'a>) -> Cow<'a, str> {
    let given = read.matching(Field::Method, limits::METHOD, formats::METHOD);
    if given.bytes().any(|b| b.is_ascii_lowercase()) { given.to_ascii_uppercase().into() } else { given }
}

fn service_name<'a>(read: &mut Reader<'_, 'a>) -> Cow<'a, str> {
    let given = read.required(Field::ServiceName, limits::SERVICE_NAME);
    if !given.is_empty() && given.len() <= limits::SERVICE_NAME && !formats::is_service_name(&given) {
        read.fail(Field::ServiceName, Reason::Format(formats::SERVICE_NAME));
    }
    given
}

fn source(read: &mut Reader<'_, '_>) -> &'static str {
    match &*read.any_text(Field::Source).unwrap_or_default() {
        "" | "backend" => "backend",
        "browser" => "browser",
        _ => {
            read.fail(Field::Source, Reason::Format(formats::SOURCE));
            ""
        }
    }
}

fn environment<'a>(read: &mut Reader<'_, 'a>) -> Cow<'a, str> {
    match read.text(Field::Environment, limits::ENVIRONMENT) {
        Cow::Borrowed(given) => environment::canonical(given),
        Cow::Owned(given) => environment::canonical(&given).into_owned().into(),
    }
}

#[cfg(test)]
mod tests;
