//! Which events a request is about. Enters the query string, leaves a [`Filter`]; knows nothing of
//! SQL. Every route that reads events takes the same filters from here.

mod document;
mod field;
mod words;

use std::net::IpAddr;
use std::str::FromStr;

pub(crate) use self::field::{Field, StatusClass};
use crate::error::{ApiError, ApiResult};
use crate::input::Params;

/// What one parameter compares, with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Values {
    Texts(Field, Vec<String>),
    PathPrefixes(Vec<String>),
    /// Routes all of whose paths begin with one of these; no parameter says so.
    RoutesWithin(Vec<String>),
    Codes(Vec<u16>),
    Classes(Vec<StatusClass>),
    Addresses(Vec<IpAddr>),
    /// BatAudit's own notes, `system.*`; no parameter says so.
    System,
}

/// One parameter: the event has one of the values, or, negated, none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) negated: bool,
    pub(crate) values: Values,
}

impl Condition {
    fn field(&self) -> Option<Field> {
        if let Values::Texts(field, _) = self.values { Some(field) } else { None }
    }
}

/// Filters on fields of an event; all must match. A parameter given several times matches any of its
/// values; with `!` behind its name (`status_code!=500`) it matches events that have none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// One project; without it, all the caller may see.
    pub(crate) project_id: Option<String>,
    pub(crate) conditions: Vec<Condition>,
    /// Words of the free text, all of which the event holds, in small letters.
    pub(crate) words: Vec<String>,
}

impl Filter {
    /// Takes its parameters.
    pub(crate) fn take(params: &mut Params) -> ApiResult<Self> {
        let project_id = params.text("project_id")?;
        let words = match params.text("q")? {
            Some(text) => words::of(&text)?,
            None => Vec::new(),
        };
        let mut conditions = Vec::new();
        for negated in [false, true] {
            for field in Field::ALL {
                let taken = values(params, field.name(), negated)?;
                let texts = taken.into_iter().map(|text| field.normal(text)).collect::<ApiResult<_>>()?;
                add(&mut conditions, negated, Values::Texts(field, texts));
            }
            add(&mut conditions, negated, Values::PathPrefixes(values(params, "path_prefix", negated)?));
            add(&mut conditions, negated, Values::Codes(codes(params, negated)?));
            let expected = "must be 2xx, 3xx, 4xx or 5xx";
            add(
                &mut conditions,
                negated,
                Values::Classes(parsed(params, "status_class", negated, expected)?),
            );
            let expected = "must be an IPv4 or IPv6 address";
            add(&mut conditions, negated, Values::Addresses(parsed(params, "ip", negated, expected)?));
        }
        Ok(Self { project_id, conditions, words })
    }

    /// The same filter with another condition.
    pub(crate) fn with(mut self, values: Values) -> Self {
        self.conditions.push(Condition { negated: false, values });
        self
    }

    /// The same filter for what applications did: BatAudit's own notes are left out, unless the filter
    /// says which kind of event it wants.
    pub(crate) fn of_applications(mut self) -> Self {
        if !self.conditions.iter().any(|condition| condition.field() == Some(Field::EventType)) {
            self.conditions.push(Condition { negated: true, values: Values::System });
        }
        self
    }

    /// The same filter, blind for one field: which values that field could be given.
    pub(crate) fn without(&self, field: Field) -> Self {
        let mut rest = self.clone();
        rest.conditions.retain(|condition| condition.field() != Some(field));
        rest
    }

    /// The same filter, blind for codes of status, or for their classes.
    pub(crate) fn without_status(&self, classes: bool) -> Self {
        let mut rest = self.clone();
        rest.conditions.retain(|condition| match condition.values {
            Values::Codes(_) => classes,
            Values::Classes(_) => !classes,
            _ => true,
        });
        rest
    }

    /// Whether it asks for nothing but these fields (and a project).
    pub(crate) fn is_within(&self, fields: &[Field]) -> bool {
        let known = |condition: &Condition| condition.field().is_some_and(|field| fields.contains(&field));
        self.words.is_empty() && self.conditions.iter().all(known)
    }

    /// The same, where conditions on the status are as good as within.
    pub(crate) fn is_within_or_status(&self, fields: &[Field]) -> bool {
        let is_status =
            |condition: &Condition| matches!(condition.values, Values::Codes(_) | Values::Classes(_));
        let mut others = self.clone();
        others.conditions.retain(|condition| !is_status(condition));
        others.is_within(fields)
    }

    /// The filter without beginnings of paths, and what those ask of a route where it tells: a route is a path with its ids
    /// replaced, so what comes before the first id begins every path of it.
    pub(crate) fn split_prefixes(&self) -> (Self, Vec<Condition>) {
        let (mut rest, mut asked) = (self.clone(), Vec::new());
        rest.conditions.retain(|Condition { negated, values }| {
            let Values::PathPrefixes(prefixes) = values else { return true };
            asked.push(Condition { negated: *negated, values: Values::RoutesWithin(prefixes.clone()) });
            false
        });
        (rest, asked)
    }

    /// The filter without its class of status, and that class, when it is one.
    pub(crate) fn split_class(&self) -> (Self, Option<StatusClass>) {
        let mut rest = self.clone();
        let at = rest.conditions.iter().position(
            |condition| matches!(&condition.values, Values::Classes(classes) if classes.len() == 1 && !condition.negated),
        );
        let class = at.map(|at| rest.conditions.remove(at).values).and_then(|values| match values {
            Values::Classes(classes) => classes.first().copied(),
            _ => None,
        });
        (rest, class)
    }
}

/// Adds a condition, unless it has no values.
fn add(conditions: &mut Vec<Condition>, negated: bool, values: Values) {
    let is_empty = match &values {
        Values::Texts(_, texts) | Values::PathPrefixes(texts) | Values::RoutesWithin(texts) => {
            texts.is_empty()
        }
        Values::Codes(codes) => codes.is_empty(),
        Values::Classes(classes) => classes.is_empty(),
        Values::Addresses(addresses) => addresses.is_empty(),
        Values::System => false,
    };
    if !is_empty {
        conditions.push(Condition { negated, values });
    }
}

fn values(params: &mut Params, name: &str, negated: bool) -> ApiResult<Vec<String>> {
    if negated { params.texts(&format!("{name}!")) } else { params.texts(name) }
}

fn parsed<T: FromStr>(params: &mut Params, name: &str, negated: bool, expected: &str) -> ApiResult<Vec<T>> {
    let taken = values(params, name, negated)?.into_iter();
    taken.map(|text| text.parse().map_err(|_| ApiError::parameter(name, expected))).collect()
}

fn codes(params: &mut Params, negated: bool) -> ApiResult<Vec<u16>> {
    let expected = "must be a whole number from 100 to 599";
    let codes: Vec<u16> = parsed(params, "status_code", negated, expected)?;
    if codes.iter().all(|code| (100..=599).contains(code)) {
        Ok(codes)
    } else {
        Err(ApiError::parameter("status_code", expected))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn filter(query: &str) -> ApiResult<Filter> {
        let mut params = Params::parse(query)?;
        let filter = Filter::take(&mut params)?;
        params.finish()?;
        Ok(filter)
    }

    fn texts(field: Field, negated: bool, values: &[&str]) -> Condition {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Condition { negated, values: Values::Texts(field, values) }
    }

    #[test]
    fn reads_and_normalises() {
        let read = filter("method=get&environment=PROD&status_class=5xx&ip=::ffff:10.0.0.1&path=").unwrap();
        assert_eq!(read.conditions.len(), 4, "an empty parameter is absent");
        assert_eq!(read.conditions[0], texts(Field::Method, false, &["GET"]));
        assert_eq!(read.conditions[1], texts(Field::Environment, false, &["production"]));
        assert_eq!(read.conditions[2].values, Values::Classes(vec![StatusClass::ServerError]));
    }

    #[test]
    fn several_values_and_none_of_them() {
        let read = filter("status_code=500&status_code=502&service_name!=a&service_name!=b").unwrap();
        assert_eq!(read.conditions[0], Condition { negated: false, values: Values::Codes(vec![500, 502]) });
        assert_eq!(read.conditions[1], texts(Field::ServiceName, true, &["a", "b"]));
        let free = filter("q=Card+declined,%20CARD").unwrap();
        assert_eq!(free.words, ["card", "declined"]);
    }

    #[test]
    fn refuses_with_a_reason() {
        for (query, message) in [
            ("status_code=42", "status_code must be a whole number from 100 to 599"),
            ("status_code!=x", "status_code must be a whole number from 100 to 599"),
            ("status_class=6xx", "status_class must be 2xx, 3xx, 4xx or 5xx"),
            ("source=tv", "source must be backend or browser"),
            ("ip=10.0.0", "ip must be an IPv4 or IPv6 address"),
            ("user=1", "user is not a parameter of this request"),
            ("project_id!=1", "project_id! is not a parameter of this request"),
            ("project_id=1&project_id=2", "project_id is given more than once"),
            ("q=...", "q must hold at least one letter or digit"),
        ] {
            assert_eq!(filter(query).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn rollups_answer_only_what_they_hold() {
        let fields = [Field::ServiceName, Field::Environment, Field::Source];
        let answers = |query| filter(query).unwrap().is_within(&fields);
        assert!(answers("") && answers("project_id=p&service_name=s&environment!=e&source=backend"));
        for query in ["path=x", "identifier!=x", "method=GET", "status_code=200", "ip=::1", "q=x"] {
            assert!(!answers(query), "{query}");
        }
        let (rest, class) = filter("status_class=4xx&service_name=s").unwrap().split_class();
        assert!(rest.is_within(&fields) && class == Some(StatusClass::ClientError));
        for query in ["status_class=4xx&status_class=5xx", "status_class!=4xx"] {
            assert_eq!(filter(query).unwrap().split_class().1, None, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_passes_through_or_is_refused(name in "[a-z_]{1,20}!?", value in ".{0,40}") {
            let query: String = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            if let Ok(read) = filter(&query)
                && name == "identifier" && !value.is_empty()
            {
                prop_assert_eq!(&read.conditions, &[texts(Field::Identifier, false, &[&value])]);
            }
        }
    }
}
