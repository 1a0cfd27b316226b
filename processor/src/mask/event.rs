//! Which field of an event is masked how.

use bataudit_event::Event;

use super::{JsonError, MASK, Masker};

/// An event, or a field of it, that could not be masked. Holds no byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {why}")]
pub struct Unmaskable {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: JsonError,
}

/// Holds the masked fields of one event; used again for the next.
#[derive(Debug, Default)]
pub struct Scratch {
    path: Option<String>,
    user_roles: Option<String>,
    user_agent: Option<String>,
    query_params: Option<String>,
    path_params: Option<String>,
    request_body: Option<String>,
    response_body: Option<String>,
    error_message: Option<String>,
}

impl Masker {
    /// Masks every free-form field of an event. The result borrows what is unchanged from `event` and
    /// the rest from `scratch`.
    ///
    /// # Errors
    /// When a JSON field does not hold JSON: what cannot be read cannot be masked.
    pub fn event<'e>(&self, event: &Event<'e>, scratch: &'e mut Scratch) -> Result<Event<'e>, Unmaskable> {
        let json = |field, text: &str| {
            if text.is_empty() { Ok(None) } else { self.json(text).map_err(|why| Unmaskable { field, why }) }
        };
        *scratch = Scratch {
            path: self.path(event.path),
            user_roles: json("user_roles", event.user_roles)?,
            user_agent: self.text(event.user_agent),
            query_params: json("query_params", event.query_params)?,
            path_params: json("path_params", event.path_params)?,
            request_body: json("request_body", event.request_body)?,
            response_body: json("response_body", event.response_body)?,
            error_message: self.text(event.error_message),
        };
        Ok(scratch.over(event))
    }

    /// Masks an event that [`event`](Self::event) refused, by masking whole the JSON fields that are
    /// not JSON. This is what a dead letter shows.
    pub fn redacted<'e>(&self, event: &Event<'e>, scratch: &'e mut Scratch) -> Event<'e> {
        let json = |text: &str| match self.json(text) {
            _ if text.is_empty() => None,
            Ok(masked) => masked,
            Err(_) => Some(format!("\"{MASK}\"")),
        };
        *scratch = Scratch {
            path: self.path(event.path),
            user_roles: json(event.user_roles),
            user_agent: self.text(event.user_agent),
            query_params: json(event.query_params),
            path_params: json(event.path_params),
            request_body: json(event.request_body),
            response_body: json(event.response_body),
            error_message: self.text(event.error_message),
        };
        scratch.over(event)
    }
}

impl Scratch {
    /// How many fields were changed.
    #[must_use]
    pub fn masked_fields(&self) -> usize {
        let fields = [
            &self.path,
            &self.user_roles,
            &self.user_agent,
            &self.query_params,
            &self.path_params,
            &self.request_body,
            &self.response_body,
            &self.error_message,
        ];
        fields.iter().filter(|field| field.is_some()).count()
    }

    fn over<'e>(&'e self, event: &Event<'e>) -> Event<'e> {
        let pick = |masked: &'e Option<String>, sent: &'e str| masked.as_deref().unwrap_or(sent);
        Event {
            path: pick(&self.path, event.path),
            user_roles: pick(&self.user_roles, event.user_roles),
            user_agent: pick(&self.user_agent, event.user_agent),
            query_params: pick(&self.query_params, event.query_params),
            path_params: pick(&self.path_params, event.path_params),
            request_body: pick(&self.request_body, event.request_body),
            response_body: pick(&self.response_body, event.response_body),
            error_message: pick(&self.error_message, event.error_message),
            ..event.clone()
        }
    }
}
