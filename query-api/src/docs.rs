//! `/docs`: the API's document, shown by Swagger UI out of this binary; `/v1/openapi.json`.

use std::sync::{Arc, LazyLock};

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use utoipa_swagger_ui::Config;

use crate::error::ApiError;
use crate::openapi;

/// Swagger UI writes style attributes; nothing else is allowed beyond our own files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi::json);
static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from("/v1/openapi.json").validator_url("none").use_base_layout()));

/// The API's document.
pub(crate) async fn openapi_json() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

/// `/docs` → `/docs/`.
pub(crate) async fn index() -> Redirect {
    Redirect::permanent("/docs/")
}

/// The page of Swagger UI.
pub(crate) async fn page() -> Response {
    file(Path("index.html".to_owned())).await
}

/// A file of Swagger UI.
pub(crate) async fn file(Path(file): Path<String>) -> Response {
    match utoipa_swagger_ui::serve(&file, Arc::clone(&CONFIG)) {
        Ok(Some(found)) => {
            let headers = [
                (header::CONTENT_TYPE, found.content_type),
                (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
            ];
            (headers, found.bytes.into_owned()).into_response()
        }
        Ok(None) => ApiError::NoSuchRoute.into_response(),
        Err(_) => ApiError::Internal.into_response(),
    }
}
