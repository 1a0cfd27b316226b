//! The query API as a logged-in user's program calls it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;
use crate::wait::{eventually, holds};

/// A session of one user.
#[derive(Debug, Clone)]
pub struct Api {
    http: reqwest::Client,
    /// Where the API answers.
    pub url: String,
    /// The session's token; empty before the login.
    pub token: String,
}

/// A new API key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Its id, by which it is revoked.
    pub id: String,
    /// The key itself.
    pub key: String,
}

impl Api {
    /// A caller who is not logged in.
    #[must_use]
    pub fn anonymous(url: &str) -> Self {
        let http =
            reqwest::Client::builder().timeout(Duration::from_secs(15)).build().expect("an HTTP client");
        Self { http, url: url.to_owned(), token: String::new() }
    }

    /// Logs in.
    ///
    /// # Panics
    /// When that fails.
    pub async fn login(url: &str, email: &str, password: &str) -> Self {
        let anonymous = Self::anonymous(url);
        let answer = anonymous.post("/v1/auth/login", &json!({"email": email, "password": password})).await;
        let body = answer.expect(200).json();
        let token = body["token"].as_str().expect("a token").to_owned();
        Self { token, ..anonymous }
    }

    /// GET.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Answer {
        self.try_get(path).await.unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// GET.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_get(&self, path: &str) -> Result<Answer, String> {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.token);
        Answer::of(request).await.map_err(|error| error.to_string())
    }

    /// POST with a JSON body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let mut request = self.http.post(format!("{}{path}", self.url)).json(body);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        Answer::of(request).await.unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// PUT with a JSON body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.put(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body);
        Answer::of(request).await.unwrap_or_else(|error| panic!("PUT {path}: {error}"))
    }

    /// DELETE.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn delete(&self, path: &str) -> Answer {
        let request = self.http.delete(format!("{}{path}", self.url)).bearer_auth(&self.token);
        Answer::of(request).await.unwrap_or_else(|error| panic!("DELETE {path}: {error}"))
    }

    /// Makes a project and returns its id.
    pub async fn create_project(&self, slug: &str) -> String {
        let answer = self.post("/v1/auth/projects", &json!({"name": slug, "slug": slug})).await;
        answer.expect(201).json()["id"].as_str().expect("a project id").to_owned()
    }

    /// The projects this user sees.
    pub async fn projects(&self) -> Vec<Value> {
        let body = self.get("/v1/auth/projects").await.expect(200).json();
        body["data"].as_array().expect("a list").clone()
    }

    /// Makes a key of project scope.
    pub async fn create_key(&self, project: &str, name: &str) -> NewKey {
        self.create_key_as(json!({"project_id": project, "name": name})).await
    }

    /// Makes a key as described.
    pub async fn create_key_as(&self, body: Value) -> NewKey {
        let body = self.post("/v1/auth/api-keys", &body).await.expect(201).json();
        let text = |field: &str| body[field].as_str().unwrap_or_else(|| panic!("no {field}")).to_owned();
        NewKey { id: text("id"), key: text("key") }
    }

    /// Ends a key.
    pub async fn revoke(&self, key: &NewKey) {
        drop(self.delete(&format!("/v1/auth/api-keys/{}", key.id)).await.expect(200));
    }

    /// The events that a query such as `service_name=my-api` finds, the newest first.
    ///
    /// # Errors
    /// When the API did not answer with a list.
    pub async fn events(&self, query: &str) -> Result<Vec<Value>, String> {
        let answer = self.try_get(&format!("/v1/audit?limit=1000&{query}")).await?;
        holds(answer.status == 200, format!("{answer:?}"))?;
        Ok(answer.json()["data"].as_array().cloned().unwrap_or_default())
    }

    /// Waits until a query finds this many events.
    ///
    /// # Panics
    /// When it does not in time, or finds more.
    pub async fn events_when(&self, query: &str, count: usize, deadline: Duration) -> Vec<Value> {
        let what = format!("{count} event(s) of {query} are visible");
        eventually(&what, deadline, async || {
            let events = self.events(query).await?;
            assert!(events.len() <= count, "{} events of {query}: {events:?}", events.len());
            holds(events.len() == count, format!("{} events", events.len())).map(|()| events)
        })
        .await
    }

    /// One event with every field.
    pub async fn event(&self, id: &str) -> Answer {
        self.get(&format!("/v1/audit/{id}")).await.expect(200)
    }

    /// Follows new events as the dashboard does.
    ///
    /// # Panics
    /// When the stream does not open.
    pub async fn follow(&self, query: &str) -> Live {
        let http = reqwest::Client::new();
        let request = http.get(format!("{}/v1/audit/stream?{query}", self.url)).bearer_auth(&self.token);
        let response = request.send().await.expect("a stream");
        assert_eq!(response.status(), 200, "{response:?}");
        let kind = response.headers()["content-type"].to_str().unwrap_or_default();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Live { response, buffer: Vec::new() }
    }
}

/// An open stream of events.
#[derive(Debug)]
pub struct Live {
    response: reqwest::Response,
    buffer: Vec<u8>,
}

impl Live {
    /// The next event of this id.
    ///
    /// # Panics
    /// When it does not come in time, or the stream ends.
    pub async fn wait_for(&mut self, id: &str, deadline: Duration) -> Value {
        let end = Instant::now() + deadline;
        let mut others = 0;
        loop {
            let message = timeout_at(end, self.message()).await;
            let message = message.unwrap_or_else(|_| {
                panic!("{id} was not streamed within {deadline:?}, {others} others were")
            });
            if let Some(found) = events_of(&message).into_iter().find(|event| event["id"] == id) {
                return found;
            }
            others += 1;
        }
    }

    /// The data of the next message; comments and names are passed over.
    async fn message(&mut self) -> String {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\n\n") {
                let message: Vec<u8> = self.buffer.drain(..end + 2).collect();
                let message = String::from_utf8(message).expect("a stream is UTF-8");
                let data: Vec<_> = message.lines().filter_map(|line| line.strip_prefix("data:")).collect();
                if !data.is_empty() {
                    return data.join("\n");
                }
                continue;
            }
            let chunk = self.response.chunk().await.expect("the stream stays open");
            self.buffer.extend_from_slice(&chunk.expect("the stream does not end"));
        }
    }
}

/// A message holds one event or a list of them.
fn events_of(message: &str) -> Vec<Value> {
    match serde_json::from_str(message) {
        Ok(Value::Array(events)) => events,
        Ok(event) => vec![event],
        Err(error) => panic!("a message that is not JSON: {error}"),
    }
}
