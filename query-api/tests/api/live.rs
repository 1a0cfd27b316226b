//! Live arrival: what is stored appears on open streams at once, once, and only where it may.

use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::http::{Method, Request, header};
use bataudit_control::Role;
use futures::StreamExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::fixture::{Fixture, event, now_ms, with};

const SOON: Duration = Duration::from_secs(10);

/// An open stream and what it said so far.
struct Stream {
    body: BodyDataStream,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Message {
    event: String,
    id: String,
    data: Value,
}

impl Stream {
    async fn open(api: &Fixture, token: &str, query: &str, last_id: Option<&str>) -> Self {
        let mut request = Request::get(format!("/v1/audit/stream?{query}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        let response = api.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
        let mut stream = Self { body: response.into_body().into_data_stream(), text: String::new() };
        stream.read().await.expect("a greeting");
        stream
    }

    async fn read(&mut self) -> Option<()> {
        let next =
            tokio::time::timeout(SOON, self.body.next()).await.expect("the stream says something in time");
        self.text.push_str(std::str::from_utf8(&next?.unwrap()).unwrap());
        Some(())
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Message> {
        loop {
            while let Some((message, rest)) = self.text.split_once("\n\n") {
                let (message, rest) = (parse(message), rest.to_owned());
                self.text = rest;
                if message.is_some() {
                    return message;
                }
            }
            self.read().await?;
        }
    }
}

fn parse(text: &str) -> Option<Message> {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    let data = serde_json::from_str(field("data")?).unwrap();
    Some(Message { event: field("event")?.to_owned(), id: field("id").unwrap_or_default().to_owned(), data })
}

#[tokio::test]
async fn events_appear_at_once_and_once() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut stream = Stream::open(api, &token, "", None).await;
        let mut delays = Vec::new();
        for n in 0..20 {
            let row =
                with(event(&project, now_ms() - n * 86_400_000), json!({"identifier": format!("user-{n}")}));
            api.insert(std::slice::from_ref(&row)).await;
            let stored = Instant::now();
            let message = stream.next().await.unwrap();
            delays.push(stored.elapsed());
            assert_eq!((message.event.as_str(), &message.data["id"]), ("audit", &row["id"]));
            let listed = api.get(&format!("/v1/audit?identifier=user-{n}"), &token).await.json();
            assert_eq!(message.data, listed["data"][0], "an item of the stream is an item of the list");
        }
        delays.sort();
        println!(
            "from the end of the insert to the message: median {:?}, worst {:?}",
            delays[10], delays[19]
        );
        assert!(delays[10] < Duration::from_millis(500), "{delays:?}");
    })
    .await;
}

#[tokio::test]
async fn filters_and_projects_hold() {
    Fixture::run(async |api| {
        let (mine, theirs) = (api.project("a").await, api.project("b").await);
        let token = api.user("me", Role::Viewer, &[(&mine, Role::Viewer)]).await;
        let mut all = Stream::open(api, &token, "", None).await;
        let mut errors =
            Stream::open(api, &token, &format!("project_id={mine}&status_class=5xx"), None).await;
        let failed = with(event(&mine, now_ms()), json!({"status_code": 502}));
        api.insert(&[event(&theirs, now_ms())]).await;
        let fine = event(&mine, now_ms());
        api.insert(std::slice::from_ref(&fine)).await;
        assert_eq!(all.next().await.unwrap().data["id"], fine["id"]);
        api.insert(std::slice::from_ref(&failed)).await;
        assert_eq!(all.next().await.unwrap().data["id"], failed["id"]);
        assert_eq!(errors.next().await.unwrap().data["id"], failed["id"]);
    })
    .await;
}

#[tokio::test]
async fn a_stream_resumes_where_it_was_cut() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut stream = Stream::open(api, &token, "", None).await;
        let first = event(&project, now_ms());
        api.insert(std::slice::from_ref(&first)).await;
        let cursor = stream.next().await.unwrap().id;
        drop(stream);
        let missed = event(&project, now_ms());
        api.insert(std::slice::from_ref(&missed)).await;
        for (query, header) in [(String::new(), Some(cursor.as_str())), (format!("cursor={cursor}"), None)] {
            let mut again = Stream::open(api, &token, &query, header).await;
            let ids = [again.next().await.unwrap(), again.next().await.unwrap()]
                .map(|message| message.data["id"].clone());
            assert_eq!(ids, [first["id"].clone(), missed["id"].clone()]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_flood_says_that_it_skipped() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut stream = Stream::open(api, &token, "", None).await;
        let rows: Vec<_> = (0..500).map(|_| event(&project, now_ms())).collect();
        api.insert(&rows).await;
        let mut events = 0;
        while stream.next().await.unwrap().event == "audit" {
            events += 1;
        }
        assert_eq!(events, 200);
        let after = event(&project, now_ms());
        api.insert(std::slice::from_ref(&after)).await;
        assert_eq!(stream.next().await.unwrap().data["id"], after["id"]);
    })
    .await;
}

#[tokio::test]
async fn streams_are_counted_and_end() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut streams = Vec::new();
        for _ in 0..8 {
            streams.push(Stream::open(api, &token, "", None).await);
        }
        let answer = api.get("/v1/audit/stream", &token).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (429, &json!("rate_limited")));
        streams.pop();
        streams.push(Stream::open(api, &token, "", None).await);
        api.shutdown.trigger();
        for stream in &mut streams {
            assert_eq!(stream.next().await, None, "the shutdown ends the stream");
        }
    })
    .await;
}

#[tokio::test]
async fn a_logout_ends_the_stream() {
    Fixture::run(async |api| {
        let token = api.user("owner", Role::Owner, &[]).await;
        let mut stream = Stream::open(api, &token, "", None).await;
        assert_eq!(api.call(Method::POST, "/v1/auth/logout", Some(&token), None).await.status, 200);
        let ended = tokio::time::timeout(Duration::from_secs(30), async {
            while let Some(next) = stream.body.next().await {
                next.unwrap();
            }
        });
        ended.await.expect("the stream ends after the logout");
    })
    .await;
}
