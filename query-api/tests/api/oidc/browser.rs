//! A browser between the API and a provider: it follows redirects and keeps the cookies of both.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use bataudit_control::Store;
use bataudit_query_api::{Api, Config};
use bataudit_service::Shutdown;
use serde_json::Value;

use crate::fixture::{Answer, Fixture, clickhouse, control};

/// Where browsers reach the API; nothing listens there.
pub(crate) const HERE: &str = "http://app.test";

/// An API for signing in; its event store is not there.
pub(crate) struct Site {
    pub(crate) api: Fixture,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(crate) async fn with(config: &Config) -> Self {
        let (store, folder) = control().await;
        Self { api: Self::beside(config, &store).await, _folder: folder }
    }

    /// Another API on the same control store.
    pub(crate) async fn beside(config: &Config, store: &Store) -> Fixture {
        let (events, shutdown) = (clickhouse(), Shutdown::new());
        let api = Api::new(config, &events, store.clone(), &shutdown).await;
        Fixture::around(&api, store, &events, &shutdown)
    }
}

/// A browser with its cookies.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Goes to a page of the API, and from there on until it is in the dashboard. Returns the last address.
    pub(crate) async fn sign_in(&mut self, api: &Fixture, path: &str) -> String {
        let mut address = format!("{HERE}{path}");
        for _ in 0..12 {
            address = match address.strip_prefix(HERE) {
                Some(path) if path.starts_with("/app") => return path.to_owned(),
                Some(path) => self.visit(api, path).await,
                None => self.visit_provider(&address).await,
            };
        }
        panic!("still on the way, at {address}")
    }

    /// One page of the API, and where it leads.
    pub(crate) async fn visit(&mut self, api: &Fixture, path: &str) -> String {
        let request = Request::get(path).header(header::COOKIE, self.header()).body(Body::empty()).unwrap();
        let answer = api.send(request).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        self.keep(&answer.headers);
        absolute(HERE, answer.headers[header::LOCATION].to_str().unwrap())
    }

    pub(crate) async fn visit_provider(&mut self, address: &str) -> String {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = http.get(address).header(header::COOKIE, self.header()).send().await.unwrap();
        let Some(location) = answer.headers().get(header::LOCATION).cloned() else {
            panic!("{address} answered {}: {}", answer.status(), answer.text().await.unwrap());
        };
        self.keep(answer.headers());
        let (scheme_and_host, _) =
            address.split_at(address[8..].find('/').map_or(address.len(), |end| end + 8));
        absolute(scheme_and_host, location.to_str().unwrap())
    }

    /// Who the API says this is.
    pub(crate) async fn me(&self, api: &Fixture) -> Value {
        let answer = self.whoami(api).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn whoami(&self, api: &Fixture) -> Answer {
        let request = Request::get("/v1/auth/me").header(header::COOKIE, self.header());
        api.send(request.body(Body::empty()).unwrap()).await
    }

    fn header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn absolute(base: &str, location: &str) -> String {
    if location.starts_with('/') { format!("{base}{location}") } else { location.to_owned() }
}
