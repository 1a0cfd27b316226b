//! The bytes of a request body: what they are said to be, read within a time and a size, and
//! decompressed within a size and a ratio. Knows nothing of JSON beyond the name of its type.

use std::io::Read;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Body;
use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};

use crate::budget::{self, Budget, Reservation};
use crate::config::{self, Limits};
use crate::respond::{Limit, Refusal};

/// What is reserved for a body that does not say how long it is, before its first bytes come.
const FIRST_CHUNK: usize = 64 * 1024;
/// Below this size the compression ratio is nobody's concern.
const RATIO_FROM: usize = 1 << 20;
/// Largest zstd window, as a power of two: 8 MiB, the format's own recommendation.
const ZSTD_WINDOW_LOG: u32 = 23;

/// How the events lie in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One JSON value.
    Json,
    /// One JSON value on each line.
    Lines,
}

/// How the body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

/// What the headers say about the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Media {
    pub(crate) layout: Layout,
    pub(crate) encoding: Encoding,
}

impl Media {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        Ok(Self { layout: layout(headers)?, encoding: encoding(headers)? })
    }
}

/// Without a content type the body counts as JSON: the original never looked.
fn layout(headers: &HeaderMap) -> Result<Layout, Refusal> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(Layout::Json) };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let is = |media: &[&str]| media.iter().any(|media| essence.eq_ignore_ascii_case(media));
    if is(&["application/json", "text/json"]) || is_json_of_another_name(essence) {
        return Ok(Layout::Json);
    }
    match is(&["application/x-ndjson", "application/ndjson", "application/jsonl"]) {
        true => Ok(Layout::Lines),
        false => Err(Refusal::UnsupportedType),
    }
}

/// Such as `application/cloudevents+json`.
fn is_json_of_another_name(essence: &str) -> bool {
    let named = essence.split_once('/').filter(|(kind, _)| kind.eq_ignore_ascii_case("application"));
    named
        .and_then(|(_, name)| name.rsplit_once('+'))
        .is_some_and(|(_, form)| form.eq_ignore_ascii_case("json"))
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let Some(value) = values.next() else { return Ok(Encoding::Identity) };
    if values.next().is_some() {
        return Err(Refusal::UnsupportedEncoding);
    }
    match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Encoding::Identity),
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        "zstd" => Ok(Encoding::Zstd),
        _ => Err(Refusal::UnsupportedEncoding),
    }
}

/// A body on its way in.
pub(crate) struct Intake<B> {
    body: B,
    /// Whether nothing of it is left unread on the connection.
    pub(crate) is_drained: bool,
}

impl<B> Intake<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) fn new(body: B) -> Self {
        let is_drained = body.is_end_stream();
        Self { body, is_drained }
    }

    /// Reserves what the body will take and reads it whole.
    pub(crate) async fn read(
        &mut self,
        encoding: Encoding,
        limits: &Limits,
        budget: &Budget,
    ) -> Result<(Bytes, Reservation), Refusal> {
        let announced =
            self.body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        if announced.is_some_and(|bytes| bytes > limits.body) {
            return Err(too_large(limits));
        }
        let mut reserved = budget.reserve(budget::received(announced.unwrap_or(FIRST_CHUNK)))?;
        let read = tokio::time::timeout(limits.body_timeout, self.collect(announced, limits, &mut reserved));
        let received = read.await.map_err(|_| Refusal::SlowBody(limits.body_timeout))??;
        let body = match encoding {
            Encoding::Identity => received,
            Encoding::Gzip => {
                let gzip = flate2::bufread::MultiGzDecoder::new(received.as_ref());
                inflate(gzip, received.len(), limits, &mut reserved).map_err(|why| why.refusal("gzip"))?
            }
            Encoding::Zstd => {
                let zstd = zstd_reader(&received).map_err(|_| Refusal::BadCompression("zstd"))?;
                inflate(zstd, received.len(), limits, &mut reserved).map_err(|why| why.refusal("zstd"))?
            }
        };
        Ok((body, reserved))
    }

    async fn collect(
        &mut self,
        announced: Option<usize>,
        limits: &Limits,
        reserved: &mut Reservation,
    ) -> Result<Bytes, Refusal> {
        // A body that came in one piece is taken as it is.
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(frame) = self.body.frame().await {
            let Ok(data) = frame.map_err(|_| Refusal::BodyEndedEarly)?.into_data() else { continue };
            let total = first.len().max(all.len()) + data.len();
            if total > limits.body {
                return Err(too_large(limits));
            }
            reserved.cover(budget::received(total))?;
            if total == data.len() {
                first = data;
                continue;
            }
            if all.is_empty() {
                all.reserve(announced.unwrap_or(total));
                all.extend_from_slice(&first);
            }
            all.extend_from_slice(&data);
        }
        self.is_drained = true;
        Ok(if all.is_empty() { first } else { all.freeze() })
    }
}

fn too_large(limits: &Limits) -> Refusal {
    Refusal::TooLarge(Limit { what: "The body", unit: "bytes", most: limits.body, field: &config::MAX_BODY })
}

fn zstd_reader(received: &Bytes) -> std::io::Result<impl Read + use<'_>> {
    let mut reader = zstd::stream::read::Decoder::with_buffer(received.as_ref())?;
    reader.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(reader)
}

/// Why a body was not decompressed.
enum InflateError {
    Corrupt,
    Refused(Refusal),
}

impl InflateError {
    fn refusal(self, encoding: &'static str) -> Refusal {
        match self {
            Self::Corrupt => Refusal::BadCompression(encoding),
            Self::Refused(refusal) => refusal,
        }
    }
}

/// Decompresses piece by piece, so that no more than the limit is ever held.
fn inflate(
    mut reader: impl Read,
    received: usize,
    limits: &Limits,
    reserved: &mut Reservation,
) -> Result<Bytes, InflateError> {
    let mut body = BytesMut::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let read = reader.read(&mut piece).map_err(|_| InflateError::Corrupt)?;
        let Some(data) = piece.get(..read).filter(|data| !data.is_empty()) else { break };
        let total = body.len() + data.len();
        let over = if total > limits.decompressed {
            Some(Limit {
                what: "The decompressed body",
                unit: "bytes",
                most: limits.decompressed,
                field: &config::MAX_DECOMPRESSED,
            })
        } else if total > RATIO_FROM && total / received.max(1) > limits.ratio {
            Some(Limit {
                what: "The decompressed body",
                unit: "times the bytes received",
                most: limits.ratio,
                field: &config::MAX_RATIO,
            })
        } else {
            None
        };
        if let Some(limit) = over {
            return Err(InflateError::Refused(Refusal::TooLarge(limit)));
        }
        reserved.cover(budget::received(received) + total).map_err(InflateError::Refused)?;
        body.extend_from_slice(data);
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn media(pairs: &[(hyper::header::HeaderName, &'static str)]) -> Result<Media, Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        Media::of(&headers)
    }

    #[test]
    fn types_and_encodings() {
        assert_eq!(media(&[]).unwrap(), Media { layout: Layout::Json, encoding: Encoding::Identity });
        assert_eq!(media(&[(CONTENT_TYPE, "Application/JSON; charset=utf-8")]).unwrap().layout, Layout::Json);
        assert_eq!(media(&[(CONTENT_TYPE, "application/x-ndjson")]).unwrap().layout, Layout::Lines);
        for json in ["text/json", "application/cloudevents+json", "Application/Vnd.Acme.V1+JSON;v=1"] {
            assert_eq!(media(&[(CONTENT_TYPE, json)]).unwrap().layout, Layout::Json, "{json}");
        }
        for other in ["text/plain", "text/cloudevents+json", "application/json+x", "application/", "json"] {
            let refused = media(&[(CONTENT_TYPE, other)]);
            assert!(matches!(refused, Err(Refusal::UnsupportedType)), "{other}");
        }
        assert_eq!(media(&[(CONTENT_ENCODING, "GZIP")]).unwrap().encoding, Encoding::Gzip);
        for several in ["gzip, zstd", "br"] {
            assert!(matches!(media(&[(CONTENT_ENCODING, several)]), Err(Refusal::UnsupportedEncoding)));
        }
        let twice = [(CONTENT_ENCODING, "gzip"), (CONTENT_ENCODING, "identity")];
        assert!(matches!(media(&twice), Err(Refusal::UnsupportedEncoding)));
    }
}
