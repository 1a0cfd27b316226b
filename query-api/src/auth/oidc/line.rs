//! HTTP to the provider: one request at a time, bounded in size, and errors without addresses.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

/// An answer of the provider is smaller.
const MOST_BYTES: usize = 1 << 20;

/// The line to the provider.
#[derive(Debug)]
pub(super) struct Line(reqwest::Client);

impl Line {
    /// One through this client, whose time limits are its own.
    pub(super) const fn new(http: reqwest::Client) -> Self {
        Self(http)
    }
}

impl AsyncHttpClient<'_> for Line {
    type Error = Unanswered;
    type Future = BoxFuture<'static, Result<HttpResponse, Unanswered>>;

    fn call(&self, request: HttpRequest) -> Self::Future {
        call(self.0.clone(), request).boxed()
    }
}

/// One request, bounded in time and size.
async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let mut answer = http.execute(reqwest::Request::try_from(request)?).await?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    std::mem::swap(response.headers_mut(), answer.headers_mut());
    while let Some(chunk) = answer.chunk().await? {
        response.body_mut().extend_from_slice(&chunk);
        if response.body().len() > MOST_BYTES {
            return Err(Unanswered("the answer is too large".to_owned()));
        }
    }
    Ok(response)
}

/// A request that came to nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unanswered(String);

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Self(format!("{error}{cause}"))
    }
}
