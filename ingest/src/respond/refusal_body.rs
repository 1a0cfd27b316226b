//! The JSON of a refusal.

use std::borrow::Cow;

use serde::Serialize;

use super::refusal::{Kind, Refusal, kind};
use crate::decode::{Field, Malformed};
use crate::validate::Failure;

/// The original's error envelope, with what else there is to say.
#[derive(Serialize)]
pub(super) struct Body {
    error: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    status: &'static str,
    code: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    validation: Vec<Validation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    byte: usize,
}

/// The original's report of one field. `value` is there because its clients expect it, and empty
/// because values may be secrets.
#[derive(Serialize)]
struct Validation {
    field: &'static str,
    json_field: &'static str,
    value: &'static str,
    tag: &'static str,
    param: String,
    message: Cow<'static, str>,
}

impl Body {
    pub(super) fn of(
        refusal: &Refusal,
        error: Cow<'static, str>,
        code: &'static str,
        reason: &'static str,
    ) -> Self {
        let mut body = Self {
            error,
            details: None,
            status: "failed",
            code,
            reason,
            validation: Vec::new(),
            limit: None,
            max: None,
            position: None,
        };
        if let Refusal::TooLarge(limit) = refusal {
            (body.limit, body.max) = (Some(limit.field.name), Some(limit.most));
        } else if let Refusal::Malformed(malformed) = refusal {
            let Malformed { line, column, byte, .. } = *malformed;
            body.details = Some(malformed.to_string());
            body.position = Some(Position { line, column, byte });
        } else if let Refusal::BodyEndedEarly = refusal {
            body.details = Some("the body ended before its announced end; nothing was stored".to_owned());
        } else if let Refusal::BadCompression(encoding) = refusal {
            body.details = Some(format!("the body is not complete, valid {encoding} data"));
        } else if let Refusal::Invalid(failures) = refusal {
            body.details = matches!(kind(failures), Kind::Malformed).then(|| details(failures));
            body.validation = failures.iter().map(validation).collect();
        }
        body
    }
}

fn details(failures: &[Failure]) -> String {
    let malformed = failures.iter().filter(|failure| failure.reason.is_malformed());
    let parts = malformed.map(|failure| match failure.field {
        Some(field) => format!("{}: {}", field.json_name(), failure.reason.message()),
        None => failure.reason.message().into_owned(),
    });
    parts.collect::<Vec<_>>().join("; ")
}

fn validation(failure: &Failure) -> Validation {
    Validation {
        field: failure.field.map_or("", Field::original_name),
        json_field: failure.field.map_or("", Field::json_name),
        value: "",
        tag: failure.reason.tag(),
        param: failure.reason.param(),
        message: failure.reason.message(),
    }
}
