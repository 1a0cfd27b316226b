//! `Prefer: handling=lenient` (RFC 7240), for clients of the original, which passed over parameters that it could not use.
//!
//! In: a request that reads events. Out: the answer to the same request without the parameters that are at fault, or with
//! the most in place of what is more; and headers that say which. Never passed over is what would answer with other
//! events than were asked for without anybody noticing: the project, the place in a list.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::error::Fault;

/// Routes that take it begin so.
const ROUTES: &str = "/v1/audit";
/// What is refused all the same.
const NEVER: [&str; 3] = ["project_id", "cursor", "session_id"];
/// The most parameters that are passed over: each is one more try.
const MOST: usize = 16;
const PREFER: HeaderName = HeaderName::from_static("prefer");
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// Names of what was passed over, parted by commas.
const IGNORED: HeaderName = HeaderName::from_static("x-bataudit-ignored-parameters");

/// Answers a request that prefers it leniently.
pub(crate) async fn layer(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !request.uri().path().starts_with(ROUTES) || !is_preferred(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let mut ignored = BTreeSet::new();
    loop {
        let again = Request::from_parts(parts.clone(), Body::empty());
        let mut response = next.clone().run(again).await;
        let fault = response.extensions().get::<Fault>().filter(|_| ignored.len() < MOST);
        if let Some((name, uri)) =
            fault.and_then(|fault| Some((&fault.parameter, without(&parts.uri, fault)?)))
        {
            ignored.insert(name.clone());
            parts.uri = uri;
            continue;
        }
        tell(response.headers_mut(), &ignored);
        return response;
    }
}

/// Says what was done. Names come from the table of parameters or were found in an address, and fit a header.
fn tell(headers: &mut HeaderMap, ignored: &BTreeSet<String>) {
    headers.insert(APPLIED, HeaderValue::from_static("handling=lenient"));
    headers.append(header::VARY, HeaderValue::from_static("Prefer"));
    let names = ignored.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    if let Some(names) = HeaderValue::from_str(&names).ok().filter(|_| !ignored.is_empty()) {
        headers.insert(IGNORED, names);
    }
}

/// `handling=lenient`, or the one word, among the preferences.
fn is_preferred(headers: &HeaderMap) -> bool {
    let values = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    let mut preferences =
        values.flat_map(|value| value.split(',')).map(|one| one.split(';').next().unwrap_or_default());
    preferences.any(|one| {
        let one = one.replace('"', "");
        let (name, value) = one.split_once('=').unwrap_or(("handling", &one));
        name.trim().eq_ignore_ascii_case("handling") && value.trim().eq_ignore_ascii_case("lenient")
    })
}

/// The address without the parameter at fault; `None` where nothing would change, or it may not be passed over.
fn without(uri: &Uri, fault: &Fault) -> Option<Uri> {
    let (name, negated) = (fault.parameter.as_str(), format!("{}!", fault.parameter));
    let given: Vec<(String, String)> = form_urlencoded::parse(uri.query()?.as_bytes()).into_owned().collect();
    // Further than pages go is not the first page.
    let is_far = |text: &str| text.parse::<u64>().is_ok_and(|page| page > 0);
    if NEVER.contains(&name)
        || (name == "page" && given.iter().any(|(key, value)| key == name && is_far(value)))
    {
        return None;
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, value) in &given {
        match fault.most {
            _ if key != name && *key != negated => query.append_pair(key, value),
            Some(most) if value.parse::<u64>() != Ok(most) => query.append_pair(key, &most.to_string()),
            _ => &mut query,
        };
    }
    let query = query.finish();
    let unchanged: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(&given).finish();
    let path = uri.path();
    (query != unchanged).then(|| format!("{path}?{query}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(query: &str, parameter: &str, most: Option<u64>) -> Option<String> {
        let uri = format!("/v1/audit?{query}").parse().unwrap();
        let fault = Fault { parameter: parameter.to_owned(), most };
        without(&uri, &fault).map(|uri| uri.query().unwrap_or_default().to_owned())
    }

    #[test]
    fn what_is_at_fault_is_left_out_or_cut_to_the_most() {
        let given = "path=%2Fa%20b&status_code=x&status_code%21=y&limit=9000";
        assert_eq!(left(given, "status_code", None).unwrap(), "path=%2Fa+b&limit=9000");
        assert_eq!(left("limit=9000", "limit", Some(1000)).unwrap(), "limit=1000");
        assert_eq!(left("limit=1000", "limit", Some(1000)).unwrap(), "", "cut once, then left out");
        assert_eq!(left("path=%2Fa", "status_code", None), None, "it would be refused again");
    }

    #[test]
    fn what_would_answer_with_other_events_is_not() {
        for (query, name) in [("project_id=x", "project_id"), ("cursor=x", "cursor"), ("page=200", "page")] {
            assert_eq!(left(query, name, None), None, "{query}");
        }
        assert_eq!(left("page=x", "page", None).unwrap(), "");
    }

    #[test]
    fn the_preference_is_read_as_it_is_written() {
        let is = |value: &'static str| {
            is_preferred(&HeaderMap::from_iter([(PREFER, HeaderValue::from_static(value))]))
        };
        for yes in ["lenient", "handling=lenient", "Handling = \"lenient\"; x=1", "wait=10, handling=lenient"]
        {
            assert!(is(yes), "{yes}");
        }
        for no in ["", "strict", "handling=strict", "return=lenient", "wait=10"] {
            assert!(!is(no), "{no}");
        }
    }
}
