//! Ingest as an application calls it.

use std::time::Duration;

use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;

use crate::answer::Answer;

/// An application with its key.
#[derive(Debug, Clone)]
pub struct Gateway {
    http: reqwest::Client,
    /// Where ingest answers.
    pub url: String,
    /// The API key it sends.
    pub key: String,
}

impl Gateway {
    /// An application that sends to this address with this key.
    #[must_use]
    pub fn new(url: &str, key: &str) -> Self {
        let http =
            reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("an HTTP client");
        Self { http, url: url.to_owned(), key: key.to_owned() }
    }

    /// The same application with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self.clone() }
    }

    /// A POST to a path, with the key and nothing else yet.
    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(format!("{}{path}", self.url)).header("X-API-Key", &self.key)
    }

    /// Posts a body as `application/json`.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post_text(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.post_as(path, "application/json", body).await
    }

    /// Posts a body of this content type.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post_as(&self, path: &str, content_type: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(path).header("Content-Type", content_type).body(body);
        Answer::of(request).await.unwrap_or_else(|error| panic!("POST {path}: {error:?}"))
    }

    /// Posts a compressed JSON body; `coding` is `gzip` or `zstd`.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post_compressed(&self, path: &str, coding: &str, body: &[u8]) -> Answer {
        self.post_encoded(path, coding, compress(coding, body).await).await
    }

    /// Posts a JSON body that is said to be compressed.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post_encoded(&self, path: &str, coding: &str, body: Vec<u8>) -> Answer {
        let request = self
            .request(path)
            .header("Content-Type", "application/json")
            .header("Content-Encoding", coding)
            .body(body);
        Answer::of(request).await.unwrap_or_else(|error| panic!("POST {path}: {error:?}"))
    }

    /// Posts one event and returns its id.
    ///
    /// # Panics
    /// When it is not accepted.
    pub async fn accept(&self, event: &Value) -> String {
        let answer = self.post_text("/v1/audit", event.to_string()).await.expect(202);
        answer.json()["audit_id"].as_str().expect("an audit_id").to_owned()
    }

    /// Posts events as one batch.
    ///
    /// # Panics
    /// When not all are accepted.
    pub async fn accept_batch(&self, events: &[Value]) {
        let body = Value::from(events.to_vec()).to_string();
        drop(self.post_text("/v1/audit/batch", body).await.expect(202));
    }
}

/// A body in a content coding.
///
/// # Panics
/// When the coding is unknown.
pub async fn compress(coding: &str, body: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut encoder = GzipEncoder::new(Vec::new());
            encoder.write_all(body).await.expect("writing to memory");
            encoder.shutdown().await.expect("writing to memory");
            encoder.into_inner()
        }
        "zstd" => {
            let mut encoder = ZstdEncoder::new(Vec::new());
            encoder.write_all(body).await.expect("writing to memory");
            encoder.shutdown().await.expect("writing to memory");
            encoder.into_inner()
        }
        other => panic!("no such coding: {other}"),
    }
}
