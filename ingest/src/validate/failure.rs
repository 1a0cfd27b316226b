//! Why an event is refused: which field, what is expected there, and what to do. Never the value.

use std::borrow::Cow;

use bataudit_event::limits;

use super::formats::Format;
use super::text::NoText;
use crate::config;
use crate::decode::Field;

/// One reason to refuse an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The field; `None` when it is the event as a whole.
    pub(crate) field: Option<Field>,
    /// What is wrong with it.
    pub(crate) reason: Reason,
}

/// What is wrong with a field or an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The event is no JSON object.
    NotAnObject,
    /// The field is there twice.
    Duplicate,
    /// The JSON kind does not fit.
    Kind {
        /// What is expected.
        expected: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// A `\u` escape that stands for no character.
    Escape,
    /// U+0000 in a text.
    Nul,
    /// The event has more bytes than are accepted.
    EventTooLarge {
        /// Its bytes.
        bytes: usize,
        /// Most bytes.
        most: usize,
    },
    /// JSON nested deeper than is accepted.
    TooDeep,
    /// A field that must be there is not, or is blank.
    Required,
    /// A text with more characters than are accepted.
    TooLong {
        /// Its characters.
        length: usize,
        /// Most characters.
        most: usize,
    },
    /// A number below the least one.
    TooSmall(i64),
    /// A number above the greatest one.
    TooGreat(i64),
    /// A text that is not spelled as it must be.
    Format(Format),
    /// An event type that only BatAudit itself uses.
    Reserved,
    /// The project is not the key's.
    WrongProject,
    /// The project takes no events any more.
    Archived,
}

impl From<NoText> for Reason {
    fn from(why: NoText) -> Self {
        match why {
            NoText::Escape => Self::Escape,
            NoText::Nul => Self::Nul,
        }
    }
}

impl Failure {
    pub(crate) fn of(field: Field, reason: Reason) -> Self {
        Self { field: Some(field), reason }
    }

    pub(super) fn not_an_object() -> Self {
        Self { field: None, reason: Reason::NotAnObject }
    }

    pub(super) fn duplicate(field: Field) -> Self {
        Self::of(field, Reason::Duplicate)
    }

    pub(super) fn event_too_large(bytes: usize, most: usize) -> Self {
        Self { field: None, reason: Reason::EventTooLarge { bytes, most } }
    }
}

impl Reason {
    /// Whether the original refused it while reading the JSON rather than while validating.
    pub(crate) fn is_malformed(&self) -> bool {
        matches!(self, Self::NotAnObject | Self::Duplicate | Self::Kind { .. } | Self::Escape | Self::TooDeep)
    }

    /// Stable name of the rule.
    pub(crate) fn tag(&self) -> &'static str {
        match self {
            Self::NotAnObject | Self::Kind { .. } => "type",
            Self::Duplicate => "duplicate",
            Self::Escape => "escape",
            Self::Nul => "nul",
            Self::EventTooLarge { .. } => "too_large",
            Self::TooDeep => "depth",
            Self::Required => "required",
            Self::TooLong { .. } | Self::TooGreat(_) => "max",
            Self::TooSmall(_) => "min",
            Self::Format(format) => format.tag,
            Self::Reserved => "reserved",
            Self::WrongProject => "project",
            Self::Archived => "archived",
        }
    }

    /// The bound the rule compares with; empty where there is none.
    pub(crate) fn param(&self) -> String {
        match self {
            Self::EventTooLarge { most, .. } | Self::TooLong { most, .. } => most.to_string(),
            Self::TooSmall(bound) | Self::TooGreat(bound) => bound.to_string(),
            Self::TooDeep => limits::JSON_DEPTH.to_string(),
            Self::NotAnObject
            | Self::Kind { .. }
            | Self::Duplicate
            | Self::Escape
            | Self::Nul
            | Self::Required
            | Self::Format(_)
            | Self::Reserved
            | Self::WrongProject
            | Self::Archived => String::new(),
        }
    }

    /// A sentence for the client.
    pub(crate) fn message(&self) -> Cow<'static, str> {
        match self {
            Self::NotAnObject => "An event must be a JSON object".into(),
            Self::Duplicate => "The field is given more than once; letter case does not matter".into(),
            Self::Kind { expected, found } => format!("Expected {expected}, found {found}").into(),
            Self::Escape => "The text holds an escape that stands for no character".into(),
            Self::Nul => "The text holds a NUL character (\\u0000); leave it out".into(),
            Self::EventTooLarge { bytes, most } => format!(
                "The event has {bytes} bytes; at most {most} are accepted ({} raises it)",
                config::MAX_EVENT.name
            )
            .into(),
            Self::TooDeep => {
                format!("The JSON is nested more than {} levels deep", limits::JSON_DEPTH).into()
            }
            Self::Required => "This field is required".into(),
            Self::TooLong { length, most } => {
                format!("The value must be less than or equal to {most} characters; it has {length}").into()
            }
            Self::TooSmall(least) => format!("The value must be greater than or equal to {least}").into(),
            Self::TooGreat(most) => format!("The value must be less than or equal to {most}").into(),
            Self::Format(format) => format.message.into(),
            Self::Reserved => "Event types of BatAudit itself (system.*) cannot be sent".into(),
            Self::Archived => "The project of this service is archived and takes no events".into(),
            Self::WrongProject => {
                "The event names another project than the API key may write to; leave project_id out".into()
            }
        }
    }
}
