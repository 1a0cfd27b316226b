//! Which field of an event is masked how.
//!
//! What the application sends about a request (bodies, parameters, path, message, agent, roles) is
//! masked by every rule. Who acted, and in which request, is what an audit is for: those fields lose
//! only what is told to be a credential by its own shape, and no rule of a key or pattern touches
//! them. In an id (`identifier`, `tenant_id`, `request_id`, `session_id`) not even a card number is looked
//! for: a tenth of all long ids have a right check digit.

use bataudit_event::Event;

use crate::scan::Shape;
use crate::work::Work;
use crate::{JsonError, MASK, Masker, card, query, text};

/// The fields a path of a rule may begin with.
pub(crate) const JSON_FIELDS: [&str; 5] =
    ["request_body", "response_body", "query_params", "path_params", "user_roles"];

/// An event, or a field of it, that could not be masked. Holds no byte of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {why}")]
pub struct Unmaskable {
    /// The field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: JsonError,
}

/// How a field is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Path,
    Text,
    /// Credentials and card numbers only.
    Person,
    /// Credentials only.
    Id,
}

/// A field that is masked: its name, its kind, and where it lies in an event.
struct Field {
    name: &'static str,
    kind: Kind,
    get: for<'e> fn(&Event<'e>) -> &'e str,
    set: for<'e> fn(&mut Event<'e>, &'e str),
}

macro_rules! fields {
    ($($name:ident: $kind:ident),+ $(,)?) => {
        &[$(Field {
            name: stringify!($name),
            kind: Kind::$kind,
            get: |event| event.$name,
            set: |event, text| event.$name = text,
        }),+]
    };
}

/// Every field that may hold a secret. The others have a form that leaves no room for one.
const FIELDS: &[Field] = fields![
    request_body: Json,
    response_body: Json,
    query_params: Json,
    path_params: Json,
    user_roles: Json,
    path: Path,
    user_agent: Text,
    error_message: Text,
    user_name: Person,
    user_email: Person,
    user_type: Person,
    environment: Person,
    original_timestamp: Person,
    identifier: Id,
    tenant_id: Id,
    request_id: Id,
    session_id: Id,
];

/// Whether a field of this name holds JSON.
#[must_use]
pub fn is_json_field(name: &str) -> bool {
    JSON_FIELDS.contains(&name)
}

/// Sets a field that is masked, by its name; says whether there is one.
#[must_use]
pub fn set_field<'e>(event: &mut Event<'e>, name: &str, text: &'e str) -> bool {
    let field = FIELDS.iter().find(|field| field.name == name);
    field.map(|field| (field.set)(event, text)).is_some()
}

/// A field that is masked, by its name.
#[must_use]
pub fn field<'e>(event: &Event<'e>, name: &str) -> Option<&'e str> {
    FIELDS.iter().find(|field| field.name == name).map(|field| (field.get)(event))
}

/// Holds the masked fields of one event; used again for the next.
#[derive(Debug, Default)]
pub struct Scratch {
    work: Work,
    texts: [String; FIELDS.len()],
    changed: [bool; FIELDS.len()],
}

impl Masker {
    /// Masks every field of an event. The result borrows what is unchanged from `event` and the rest
    /// from `scratch`.
    ///
    /// # Errors
    /// When a JSON field does not hold JSON: what cannot be read cannot be masked.
    pub fn event<'e>(&self, event: &Event<'e>, scratch: &'e mut Scratch) -> Result<Event<'e>, Unmaskable> {
        self.fill(event, scratch)?;
        Ok(scratch.over(event))
    }

    /// The first half of [`event`](Self::event): leaves the masked fields in `scratch`, for
    /// [`over`](Scratch::over) and [`masked_fields`](Scratch::masked_fields).
    ///
    /// # Errors
    /// As `event`.
    pub fn fill(&self, event: &Event<'_>, scratch: &mut Scratch) -> Result<(), Unmaskable> {
        for (index, field) in FIELDS.iter().enumerate() {
            let masked = self.field(field, (field.get)(event), &mut scratch.work, &mut scratch.texts[index]);
            scratch.changed[index] = masked.map_err(|why| Unmaskable { field: field.name, why })?;
        }
        Ok(())
    }

    /// Masks an event that [`event`](Self::event) refused, by masking whole the JSON fields that are
    /// not JSON. This is what a dead letter shows.
    pub fn redacted<'e>(&self, event: &Event<'e>, scratch: &'e mut Scratch) -> Event<'e> {
        for (index, field) in FIELDS.iter().enumerate() {
            let out = &mut scratch.texts[index];
            let masked = self.field(field, (field.get)(event), &mut scratch.work, out);
            scratch.changed[index] = masked.unwrap_or_else(|_| {
                out.clear();
                out.extend(["\"", MASK, "\""]);
                true
            });
        }
        scratch.over(event)
    }

    fn field(&self, field: &Field, sent: &str, work: &mut Work, out: &mut String) -> Result<bool, JsonError> {
        out.clear();
        if sent.is_empty() {
            return Ok(false);
        }
        match field.kind {
            Kind::Json => self.field_into(sent, self.paths.field(field.name), work, out),
            Kind::Path => Ok(query::mask(self, sent, work, out)),
            Kind::Text => Ok(text::loose(self, sent, crate::paths::Active::NONE, 0, work, out)),
            Kind::Person | Kind::Id => {
                let shape = Shape::of(sent.as_bytes());
                let mut hits = work.hits();
                text::find_shapes(sent.as_bytes(), shape, &mut hits);
                if field.kind == Kind::Person && shape.card {
                    card::find(sent.as_bytes(), &mut hits);
                }
                let masked = hits.apply(sent, out);
                work.done_with_hits(hits);
                Ok(masked)
            }
        }
    }
}

impl Scratch {
    /// How many fields were changed.
    #[must_use]
    pub fn masked_fields(&self) -> usize {
        self.changed.iter().filter(|changed| **changed).count()
    }

    /// `event` with the masked fields in place of what was sent: the same event that filled the scratch.
    #[must_use]
    pub fn over<'e>(&'e self, event: &Event<'e>) -> Event<'e> {
        let mut masked = event.clone();
        for (index, field) in FIELDS.iter().enumerate() {
            if self.changed[index] {
                (field.set)(&mut masked, &self.texts[index]);
            }
        }
        masked
    }
}
