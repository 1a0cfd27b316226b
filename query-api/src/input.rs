//! Reading what a client sends: query parameters and JSON bodies, field by field, so that each
//! problem names the field and what was expected. Values are never quoted back.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use bataudit_control::clock::now_ms;
use serde_json::{Map, Value};

use crate::error::{ApiError, ApiResult};

/// The largest JSON body any route takes.
pub(crate) const MAX_BODY_BYTES: usize = 64 * 1024;
/// Time for a client to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest text any filter takes; longer than every field of an event but the bodies.
const MAX_TEXT_CHARS: usize = 1024;
/// Values of one parameter.
const MAX_VALUES: usize = 100;

/// The query parameters of a request. Taking a parameter removes it; what is left at the end is
/// unknown, and refused: a mistyped filter would otherwise answer with everything.
#[derive(Debug, Default)]
pub(crate) struct Params {
    values: BTreeMap<String, Vec<String>>,
}

impl Params {
    /// Reads a query string.
    pub(crate) fn parse(query: &str) -> ApiResult<Self> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            values.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        Ok(Self { values })
    }

    /// All parameters as given.
    pub(crate) fn given(&self) -> BTreeMap<String, Vec<String>> {
        self.values.clone()
    }

    /// A text that may be given once; empty counts as absent.
    pub(crate) fn text(&mut self, name: &str) -> ApiResult<Option<String>> {
        if self.values.get(name).is_some_and(|values| values.len() > 1) {
            return Err(ApiError::parameter(name, "is given more than once"));
        }
        Ok(self.texts(name)?.pop())
    }

    /// The texts of a parameter that may be given several times; empty ones count as absent.
    pub(crate) fn texts(&mut self, name: &str) -> ApiResult<Vec<String>> {
        let mut values = self.values.remove(name).unwrap_or_default();
        values.retain(|value| !value.is_empty());
        if values.len() > MAX_VALUES {
            return Err(ApiError::parameter(name, format!("may be given at most {MAX_VALUES} times")));
        }
        if values.iter().any(|value| value.chars().count() > MAX_TEXT_CHARS) {
            return Err(ApiError::parameter(name, format!("must have at most {MAX_TEXT_CHARS} characters")));
        }
        Ok(values)
    }

    /// Lets a parameter be given by an older name.
    pub(crate) fn rename(&mut self, old: &str, name: &str) {
        if let Some(values) = self.values.remove(old) {
            self.values.entry(name.to_owned()).or_default().extend(values);
        }
    }

    /// A whole number within `range`.
    pub(crate) fn number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> ApiResult<Option<u64>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.parse().ok();
        let expected = format!("must be a whole number from {} to {}", range.start(), range.end());
        match number {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            Some(number) if number > *range.end() => Err(ApiError::above(name, expected, *range.end())),
            _ => Err(ApiError::parameter(name, expected)),
        }
    }

    /// One of a few names.
    pub(crate) fn choice<T: FromStr>(&mut self, name: &str, expected: &str) -> ApiResult<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| ApiError::parameter(name, expected))
    }

    /// A time in RFC 3339 with its offset, as unix milliseconds.
    pub(crate) fn time(&mut self, name: &str) -> ApiResult<Option<i64>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // A '+' that was not percent-encoded arrives as a space.
        let time = chrono::DateTime::parse_from_rfc3339(&text.replace(' ', "+"));
        let expected = "must be a time with its offset, such as 2026-01-31T08:00:00Z";
        time.map(|time| Some(time.timestamp_millis())).map_err(|_| ApiError::parameter(name, expected))
    }

    /// Refuses what no one took.
    pub(crate) fn finish(self) -> ApiResult<()> {
        match self.values.into_keys().next() {
            Some(name) => Err(ApiError::parameter(&shown(&name), "is not a parameter of this request")),
            None => Ok(()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}

/// A name a client made up, short enough for an error.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// The fields of a JSON object that a client sent.
#[derive(Debug)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    fn parse(bytes: &[u8]) -> ApiResult<Self> {
        // serde_json's own message may quote the value, so only the position is passed on.
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            ApiError::Malformed(format!("the body is not valid JSON at line {line} column {column}"))
        })?;
        // PostgreSQL stores none.
        if holds_nul(&value) {
            let why = "no text of the body may hold the character NUL (\\u0000): leave it out";
            return Err(ApiError::Malformed(why.to_owned()));
        }
        match value {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(ApiError::Malformed("the body must be a JSON object".to_owned())),
        }
    }

    /// A text that must be there.
    pub(crate) fn text(&mut self, name: &str) -> ApiResult<String> {
        let text = self.optional_text(name)?;
        text.filter(|text| !text.trim().is_empty()).ok_or_else(|| ApiError::parameter(name, "is required"))
    }

    /// A text that may be absent or null.
    pub(crate) fn optional_text(&mut self, name: &str) -> ApiResult<Option<String>> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::parameter(name, "must be a text")),
        }
    }

    /// A time in RFC 3339 with its offset, as unix milliseconds; it may be absent or null.
    pub(crate) fn optional_time(&mut self, name: &str) -> ApiResult<Option<i64>> {
        let Some(text) = self.optional_text(name)? else { return Ok(None) };
        let time = chrono::DateTime::parse_from_rfc3339(&text).map(|time| Some(time.timestamp_millis()));
        let expected = "must be a time with its offset, such as 2026-01-31T08:00:00Z";
        time.map_err(|_| ApiError::parameter(name, expected))
    }

    /// A time to come, in RFC 3339 with its offset, as unix milliseconds; it may be absent or null.
    pub(crate) fn future_time(&mut self, name: &str) -> ApiResult<Option<i64>> {
        let Some(text) = self.optional_text(name)? else { return Ok(None) };
        let time = chrono::DateTime::parse_from_rfc3339(&text).map(|time| time.timestamp_millis());
        let future = time.ok().filter(|time| *time > now_ms());
        let expected = "must be a time to come, with its offset, such as 2027-01-31T08:00:00Z";
        future.map(Some).ok_or_else(|| ApiError::parameter(name, expected))
    }

    /// A list of texts; absent counts as empty.
    pub(crate) fn texts(&mut self, name: &str) -> ApiResult<Vec<String>> {
        let wrong = || ApiError::parameter(name, "must be a list of texts");
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(items)) => {
                let texts = items.into_iter().map(|item| match item {
                    Value::String(text) => Ok(text),
                    _ => Err(wrong()),
                });
                texts.collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    /// A whole number that must be there.
    pub(crate) fn number(&mut self, name: &str) -> ApiResult<i64> {
        let number = self.0.remove(name).as_ref().and_then(Value::as_i64).filter(|number| *number >= 0);
        number.ok_or_else(|| ApiError::parameter(name, "must be a whole number from 0"))
    }

    /// A whole number that may be absent or null.
    pub(crate) fn optional_number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<i64>,
    ) -> ApiResult<Option<i64>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let expected = format!("must be a whole number from {} to {}", range.start(), range.end());
        let number = value.as_i64().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| ApiError::parameter(name, expected))
    }

    /// True or false; it may be absent or null.
    pub(crate) fn optional_flag(&mut self, name: &str) -> ApiResult<Option<bool>> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| ApiError::parameter(name, "must be true or false"))
    }

    /// Any JSON; absent and null are nothing.
    pub(crate) fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Refuses what no one took.
    pub(crate) fn finish(self) -> ApiResult<()> {
        match self.0.into_iter().next() {
            Some((name, _)) => Err(ApiError::parameter(&shown(&name), "is not a field of this request")),
            None => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> ApiResult<Self> {
        if !is_json(request.headers()) {
            return Err(ApiError::UnsupportedMedia);
        }
        let bytes = tokio::time::timeout(BODY_TIMEOUT, Bytes::from_request(request, state)).await;
        let bytes = bytes.map_err(|_| ApiError::SlowBody { seconds: BODY_TIMEOUT.as_secs() })?;
        Self::parse(&bytes.map_err(|_| ApiError::TooLarge { limit: MAX_BODY_BYTES })?)
    }
}

/// Whether a text or a name anywhere in `value` holds the character NUL.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Only this content type makes a browser ask for permission before another site may send it.
fn is_json(headers: &HeaderMap) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(query: &str, read: impl Fn(&mut Params) -> ApiResult<()>) -> String {
        let result = Params::parse(query).and_then(|mut params| {
            read(&mut params)?;
            params.finish()
        });
        result.unwrap_err().to_string()
    }

    #[test]
    fn names_parameter_and_expectation() {
        let page = |params: &mut Params| params.number("page", 1..=10).map(drop);
        assert_eq!(fails("page=0", page), "page must be a whole number from 1 to 10");
        assert_eq!(fails("page=1x", page), "page must be a whole number from 1 to 10");
        assert_eq!(fails("page=1&page=2", page), "page is given more than once");
        assert_eq!(fails("pgae=1", page), "pgae is not a parameter of this request");
        let time = |params: &mut Params| params.time("start_date").map(drop);
        assert!(
            fails("start_date=2026-01-31", time).starts_with("start_date must be a time with its offset")
        );
    }

    #[test]
    fn reads_times_with_any_offset() {
        for query in
            ["t=2026-01-31T08:00:00%2B03:00", "t=2026-01-31T08:00:00+03:00", "t=2026-01-31T05:00:00Z"]
        {
            let time = Params::parse(query).unwrap().time("t").unwrap();
            assert_eq!(time, Some(1_769_835_600_000), "{query}");
        }
    }

    #[test]
    fn bodies_name_the_field_and_quote_nothing() {
        let read = |json: &str| {
            let mut body = Body::parse(json.as_bytes())?;
            body.text("password")?;
            body.texts("origins")?;
            body.finish()
        };
        let message = |json: &str| read(json).unwrap_err().to_string();
        assert_eq!(message("{"), "the body is not valid JSON at line 1 column 1");
        assert_eq!(message("[]"), "the body must be a JSON object");
        assert_eq!(message("{}"), "password is required");
        let nul = r#"{"password":"p","origins":["a\u0000"]}"#;
        assert_eq!(message(nul), "no text of the body may hold the character NUL (\\u0000): leave it out");
        assert_eq!(message(r#"{"password":12345678}"#), "password must be a text");
        assert_eq!(message(r#"{"password":"p","origins":["a",1]}"#), "origins must be a list of texts");
        assert_eq!(message(r#"{"password":"p","more":1}"#), "more is not a field of this request");
    }
}
