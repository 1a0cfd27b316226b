//! Takes the fields out of one raw event, one kind of field a method, and collects what is wrong.

use std::borrow::Cow;

use super::formats::{self, Format};
use super::timestamp::{self, Given};
use super::{Failure, Reason, json, text};
use crate::decode::{Field, RawEvent};

const TEXT: &str = "text";
const WHOLE_NUMBER: &str = "a whole number";
const NUMBER: &str = "a number";

pub(super) struct Reader<'e, 'a> {
    raw: &'e RawEvent<'a>,
    failures: Vec<Failure>,
}

impl<'e, 'a> Reader<'e, 'a> {
    pub(super) fn new(raw: &'e RawEvent<'a>) -> Self {
        Self { raw, failures: Vec::new() }
    }

    /// Every failure, in the order of the fields.
    pub(super) fn finish(mut self) -> Result<(), Vec<Failure>> {
        if self.failures.is_empty() {
            return Ok(());
        }
        self.failures.sort_by_key(|failure| failure.field.map(|field| field as usize));
        Err(self.failures)
    }

    pub(super) fn fail(&mut self, field: Field, reason: Reason) {
        self.failures.push(Failure::of(field, reason));
    }

    /// A field that is there; `null` counts as absent.
    fn present(&self, field: Field) -> Option<&'a str> {
        self.raw.get(field).filter(|json| *json != "null")
    }

    fn wrong_kind(&mut self, field: Field, expected: &'static str, found: &str) {
        self.fail(field, Reason::Kind { expected, found: json::kind(found) });
    }

    /// A text of any length.
    pub(super) fn any_text(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let json = self.present(field)?;
        if !json.starts_with('"') {
            self.wrong_kind(field, TEXT, json);
            return None;
        }
        text::of_json_string(json).map_err(|why| self.fail(field, why.into())).ok()
    }

    /// A text of `most` characters; empty when absent.
    pub(super) fn text(&mut self, field: Field, most: usize) -> Cow<'a, str> {
        let text = self.any_text(field).unwrap_or_default();
        if let Some(length) = text::over(&text, most) {
            self.fail(field, Reason::TooLong { length, most });
        }
        text
    }

    /// A text that is cut to `most` characters.
    pub(super) fn cut(&mut self, field: Field, most: usize) -> Cow<'a, str> {
        text::cut(self.any_text(field).unwrap_or_default(), most)
    }

    /// A text of `most` characters that must not be blank.
    pub(super) fn required(&mut self, field: Field, most: usize) -> Cow<'a, str> {
        let before = self.failures.len();
        let text = self.text(field, most);
        if text.trim().is_empty() && self.failures.len() == before {
            self.fail(field, Reason::Required);
        }
        text
    }

    /// A text of `most` characters in this format; may be empty.
    pub(super) fn matching(&mut self, field: Field, most: usize, format: Format) -> Cow<'a, str> {
        let before = self.failures.len();
        let text = self.text(field, most);
        if !text.is_empty() && self.failures.len() == before && !(format.fits)(&text) {
            self.fail(field, Reason::Format(format));
        }
        text
    }

    /// A text that stands for something else; empty counts as absent.
    pub(super) fn parsed<T>(
        &mut self,
        field: Field,
        format: Format,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.any_text(field).filter(|text| !text.is_empty())?;
        let value = parse(&text);
        if value.is_none() {
            self.fail(field, Reason::Format(format));
        }
        value
    }

    /// A JSON field as sent; empty when absent. An explicit `null` is kept.
    pub(super) fn json(&mut self, field: Field) -> &'a str {
        let json = self.raw.get(field).unwrap_or_default();
        if json::is_too_deep(json) {
            self.fail(field, Reason::TooDeep);
        }
        json
    }

    /// 0 or 100 to 599.
    pub(super) fn status_code(&mut self) -> u16 {
        let field = Field::StatusCode;
        let Some(json) = self.present(field) else { return 0 };
        if json::kind(json) != NUMBER {
            self.wrong_kind(field, WHOLE_NUMBER, json);
            return 0;
        }
        if json.contains(['.', 'e', 'E']) {
            self.fail(
                field,
                Reason::Kind { expected: WHOLE_NUMBER, found: "a number with a fraction or exponent" },
            );
            return 0;
        }
        match json.parse::<u16>() {
            Ok(code @ (0 | 100..=599)) => return code,
            Ok(600..) => self.fail(field, Reason::TooGreat(599)),
            Ok(_) => self.fail(field, Reason::TooSmall(100)),
            Err(_) if json.starts_with('-') => self.fail(field, Reason::TooSmall(100)),
            Err(_) => self.fail(field, Reason::TooGreat(599)),
        }
        0
    }

    /// Whole milliseconds, 0 or more; fractions are rounded.
    pub(super) fn response_time(&mut self) -> u64 {
        let field = Field::ResponseTime;
        let Some(json) = self.present(field) else { return 0 };
        if json::kind(json) != NUMBER {
            self.wrong_kind(field, NUMBER, json);
            return 0;
        }
        if let Ok(whole) = json.parse::<u64>()
            && i64::try_from(whole).is_ok()
        {
            return whole;
        }
        let number: f64 = json.parse().unwrap_or(f64::INFINITY);
        if number < 0.0 {
            self.fail(field, Reason::TooSmall(0));
            0
        } else if number >= i64::MAX as f64 {
            self.fail(field, Reason::TooGreat(i64::MAX));
            0
        } else {
            number.round() as u64
        }
    }

    /// A moment.
    pub(super) fn timestamp(&mut self) -> Option<Given<'a>> {
        let field = Field::Timestamp;
        let json = self.present(field)?;
        if !matches!(json::kind(json), TEXT | NUMBER) {
            self.wrong_kind(field, "RFC 3339 text or a number", json);
            return None;
        }
        let given = timestamp::parse(json);
        if given.is_none() {
            self.fail(field, Reason::Format(formats::TIMESTAMP));
        }
        given
    }
}
