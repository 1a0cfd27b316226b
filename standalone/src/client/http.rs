//! The API over HTTP. In: a path and its parameters. Out: JSON, or an answer to be read piece by piece. A refusal
//! becomes an error with the server's own sentence; the token is in no error.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail};
use bataudit_service::Secret;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, RequestBuilder, Response};
use serde_json::Value;
use url::Url;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the server may say nothing. A stream says something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// An answer that is not a stream is smaller.
const MOST_BYTES: usize = 64 << 20;

/// A parameter of a query.
pub(crate) type Pair = (String, String);

/// A caller of one server.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    url: Url,
    token: Secret,
}

/// A refusal of the server.
#[derive(Debug, thiserror::Error)]
#[error("{sentence} (HTTP {status}{named})")]
pub(crate) struct Refusal {
    /// The status code.
    pub(crate) status: u16,
    sentence: String,
    named: String,
}

/// The address of a server, without a path.
pub(crate) fn address(text: &str) -> anyhow::Result<Url> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let mut url =
        url.with_context(|| format!("{text} is not an address such as https://bataudit.example.com"))?;
    if !url.username().is_empty() || url.password().is_some() {
        bail!("the address must hold no user and no password");
    }
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

impl Client {
    /// A caller of this server with this token.
    pub(crate) fn new(url: Url, token: Secret, ca_file: Option<&Path>) -> anyhow::Result<Self> {
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(Policy::none())
            .user_agent(concat!("bataudit/", env!("CARGO_PKG_VERSION")));
        if let Some(file) = ca_file {
            let pem = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
            let authority = Certificate::from_pem(&pem);
            http = http.add_root_certificate(
                authority.with_context(|| format!("{} holds no PEM certificate", file.display()))?,
            );
        }
        Ok(Self { http: http.build()?, url, token })
    }

    /// GET.
    pub(crate) async fn get(&self, path: &str, query: &[Pair]) -> anyhow::Result<Value> {
        json(self.open(path, query, None).await?).await
    }

    /// POST with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        json(self.send(self.request(Method::POST, path)?.json(body)).await?).await
    }

    /// PUT with a JSON body.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        json(self.send(self.request(Method::PUT, path)?.json(body)).await?).await
    }

    /// DELETE.
    pub(crate) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        json(self.send(self.request(Method::DELETE, path)?).await?).await
    }

    /// GET whose answer is read piece by piece; a stream goes on after this event.
    pub(crate) async fn open(
        &self,
        path: &str,
        query: &[Pair],
        after: Option<&str>,
    ) -> anyhow::Result<Response> {
        let mut request = self.request(Method::GET, path)?.query(query);
        if let Some(id) = after {
            request = request.header("Last-Event-ID", id);
        }
        self.send(request).await
    }

    /// The id of a project that is named by its slug or id.
    pub(crate) async fn project(&self, named: &str) -> anyhow::Result<String> {
        let projects = self.get("/v1/auth/projects", &[]).await?;
        let list = projects["data"].as_array().context("the server did not answer with its projects")?;
        let by = |field: &str| list.iter().find(|project| project[field] == named);
        let found = by("id").or_else(|| by("slug")).and_then(|project| project["id"].as_str());
        match found {
            Some(id) => Ok(id.to_owned()),
            None => {
                let slugs: Vec<_> = list.iter().filter_map(|project| project["slug"].as_str()).collect();
                bail!("there is no project {named} that you may see; there are: {}", slugs.join(", "))
            }
        }
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        let url = self.url.join(path)?;
        Ok(self.http.request(method, url).bearer_auth(self.token.expose()))
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Response> {
        let sent = request.send().await.map_err(reqwest::Error::without_url);
        let answer = sent.with_context(|| format!("{} does not answer", self.url))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status.is_redirection() {
            bail!("{} answers with a redirect: name the address it leads to", self.url);
        }
        // What answers in place of BatAudit answers in its own words, which say nothing to a person.
        let body = json(answer).await.unwrap_or_default();
        let sentence = body["error"].as_str().unwrap_or("the server gave no reason").to_owned();
        let named = [&body["code"], &body["request_id"]].map(|text| text.as_str().unwrap_or_default());
        let named = named
            .iter()
            .filter(|text| !text.is_empty())
            .fold(String::new(), |all, text| format!("{all}, {text}"));
        Err(Refusal { status: status.as_u16(), sentence, named }.into())
    }
}

async fn json(mut answer: Response) -> anyhow::Result<Value> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            bail!("the answer is larger than {MOST_BYTES} bytes");
        }
    }
    serde_json::from_slice(&body).context("what answered is not BatAudit's API: it did not send JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_a_server_and_hold_no_secret() {
        assert_eq!(address("https://a.example/app?x=1#y").unwrap().as_str(), "https://a.example/");
        assert_eq!(address("http://[::1]:8082").unwrap().as_str(), "http://[::1]:8082/");
        for bad in ["a.example", "ftp://a.example", "https://ada:hunter2@a.example", ""] {
            let error = address(bad).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[tokio::test]
    async fn nobody_there_is_an_error_without_the_token() {
        let client =
            Client::new(address("http://127.0.0.1:1").unwrap(), Secret::new("bat_cli_hunter2"), None)
                .unwrap();
        let error = client.get("/v1/auth/me", &[]).await.unwrap_err();
        assert!(format!("{error:#}").contains("http://127.0.0.1:1/ does not answer"), "{error:#}");
        assert!(!format!("{error:?} {client:?}").contains("hunter2"));
    }
}
