//! Request heads that two readers could understand differently: a proxy in front and the gateway
//! behind it would then not speak of the same request. What the HTTP library lets through is refused
//! here. In: a head. Out: a refusal, or nothing.
//!
//! The library itself refuses two lengths that differ, a transfer coding that does not end in
//! `chunked`, folded lines and spaces before a colon; where a length stands beside `chunked` it reads
//! the chunks and ends the connection after the answer (RFC 9112, 6.3).

use hyper::Version;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use hyper::http::request::Parts;

use crate::app::IDEMPOTENCY_KEY;
use crate::auth::API_KEY;
use crate::respond::Refusal;

/// Headers that decide what happens to a request. Of two, each reader could take another one.
const ONCE: [HeaderName; 6] = [HOST, API_KEY, CONTENT_TYPE, CONTENT_ENCODING, IDEMPOTENCY_KEY, ORIGIN];

/// Refuses a head that is ambiguous.
pub(crate) fn check(head: &Parts) -> Result<(), Refusal> {
    let repeated = ONCE.into_iter().find(|name| head.headers.get_all(name).iter().nth(1).is_some());
    if let Some(name) = repeated {
        return Err(Refusal::RepeatedHeader(name));
    }
    // RFC 9112, 3.2: a request of HTTP/1.1 without a host is none.
    if head.version == Version::HTTP_11 && !head.headers.contains_key(HOST) {
        return Err(Refusal::MissingHost);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn refusal(
        build: impl Fn(hyper::http::request::Builder) -> hyper::http::request::Builder,
    ) -> Option<Refusal> {
        let (head, ()) = build(Request::builder()).body(()).unwrap().into_parts();
        check(&head).err()
    }

    #[test]
    fn one_of_each_and_a_host() {
        assert!(refusal(|r| r.header(HOST, "a").header(API_KEY, "k")).is_none());
        assert!(matches!(refusal(|r| r), Some(Refusal::MissingHost)));
        assert!(refusal(|r| r.version(Version::HTTP_10)).is_none());
        for name in ONCE {
            let twice = refusal(|r| r.header(HOST, "a").header(&name, "a").header(&name, "a"));
            assert!(matches!(twice, Some(Refusal::RepeatedHeader(repeated)) if repeated == name));
        }
    }
}
