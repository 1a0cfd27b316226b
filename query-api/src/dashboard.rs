//! `/app`: the built dashboard, out of this binary. A path that is no file is a page of the
//! dashboard, which routes by itself.

use axum::extract::Path;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use rust_embed::{Embed, EmbeddedFile};

/// Empty in a checkout where the dashboard has not been built.
#[derive(Embed)]
#[folder = "../dashboard/dist"]
#[allow_missing = true]
struct Files;

const PAGE: &str = "index.html";
/// Only our own files, nothing inline, in no frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";
/// Vite puts a hash of the content into these names.
const HASHED: &str = "assets/";

/// `/` → `/app/`.
pub(crate) async fn root() -> Redirect {
    Redirect::to("/app/")
}

/// An address of the original's pages → the same one below `/app`, with its query: screens have `/tv` by heart, and
/// invites that were sent before the move lead to `/invite/<token>`.
pub(crate) async fn moved(uri: Uri) -> Redirect {
    Redirect::to(&format!("/app{}", uri.path_and_query().map_or("/", PathAndQuery::as_str)))
}

/// The dashboard's page.
pub(crate) async fn page(headers: HeaderMap) -> Response {
    serve(PAGE, &headers).unwrap_or_else(|| {
        let text = "<!doctype html><title>BatAudit</title><p>The dashboard is not part of this build. \
                    Run <code>npm ci &amp;&amp; npm run build</code> in <code>dashboard/</code> and build again. \
                    The API is described at <a href=\"/docs\">/docs</a>.";
        (StatusCode::NOT_FOUND, Html(text)).into_response()
    })
}

/// A file of the dashboard, or its page.
pub(crate) async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    match serve(&path, &headers) {
        Some(found) => found,
        // A file that is gone after an upgrade must not come back as a page.
        None if path.starts_with(HASHED) => StatusCode::NOT_FOUND.into_response(),
        None => page(headers).await,
    }
}

fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    let accepted =
        headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoded = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(encoding, extension)| {
        let offered =
            accepted.split(',').any(|item| item.split(';').next().unwrap_or_default().trim() == encoding);
        Some((Files::get(&format!("{path}.{extension}")).filter(|_| offered)?, Some(encoding)))
    });
    let (file, encoding) = encoded.or_else(|| Some((Files::get(path)?, None)))?;
    let tag = entity_tag(&file);
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|sent| Some(sent) == tag.as_ref());
    let caching = if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind = if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => ([(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response(),
    };
    let answer = response.headers_mut();
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    // Also without a body: a browser puts these headers in place of those it has.
    answer.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if let Some(tag) = tag {
        answer.insert(header::ETAG, tag);
    }
    Some(response)
}

fn entity_tag(file: &EmbeddedFile) -> Option<HeaderValue> {
    let hash: String =
        file.metadata.sha256_hash().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    HeaderValue::from_str(&format!("\"{hash}\"")).ok()
}
