//! Checks of real servers, with and without TLS, written down in a real store.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use bataudit_control::Config;
use bataudit_control::monitors::{Target, changes, spans};
use bataudit_control::notifications::{NewChannel, channels, deliveries};
use bataudit_control::projects::{self, NewProject};
use openssl::asn1::Asn1Time;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{Ssl, SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::outbound::guard::Guard;

const LOOPBACK: &[&str] = &["127.0.0.0/8", "::1/128"];

fn client(allowed: &[&str], trusted: &[X509]) -> Client {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    let trusted: Vec<_> =
        trusted.iter().map(|one| reqwest::Certificate::from_pem(&one.to_pem().unwrap()).unwrap()).collect();
    Client::new(Guard::new(allowed), &trusted, "BatAudit-Healthcheck/1.0", Duration::from_secs(10)).unwrap()
}

/// A store with a project, and a watch over it.
struct House {
    watch: Watch,
    project: String,
    _folder: TempDir,
}

impl House {
    async fn new(client: Client) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::connect(&Config::sqlite(&folder.path().join("control.db"))).await.unwrap();
        store.migrate().await.unwrap();
        let new = NewProject { name: "Shop", slug: "shop", created_by: None };
        let project = projects::create(&store, new).await.unwrap().id;
        Self { watch: Watch { store, client }, project, _folder: folder }
    }

    async fn monitor(&self, url: &str) -> String {
        let made = monitors::create(&self.watch.store, &self.project, target(url), None, 10).await.unwrap();
        made.unwrap().id
    }

    async fn read(&self, id: &str) -> Monitor {
        monitors::by_id(&self.watch.store, id).await.unwrap().unwrap()
    }

    async fn check(&self, id: &str, now: i64) -> monitors::Check {
        self.watch.check(&self.read(id).await, now).await;
        checks::list(&self.watch.store, id, 1).await.unwrap().remove(0)
    }

    async fn told(&self) -> Vec<String> {
        let untold = changes::oldest(&self.watch.store, 100).await.unwrap();
        let told = untold.iter().map(|one| serde_json::from_str::<tell::Told>(&one.body).unwrap().event_type);
        told.collect()
    }
}

fn target(url: &str) -> Target {
    Target {
        name: "shop".to_owned(),
        url: url.to_owned(),
        interval_seconds: 60,
        timeout_seconds: 5,
        expected_status: 200,
        certificate_warning_days: 14,
        enabled: true,
    }
}

/// A server that answers with the status it is told, and redirects where its path says.
async fn server() -> (String, Arc<Mutex<u16>>) {
    let status = Arc::new(Mutex::new(200));
    let answer =
        async |State(status): State<Arc<Mutex<u16>>>| StatusCode::from_u16(*status.lock().unwrap()).unwrap();
    let redirect = async |Path(to): Path<String>| (StatusCode::FOUND, [("location", to)]);
    let round = async || (StatusCode::FOUND, [("location", "round")]);
    let router = Router::new()
        .route("/", get(answer))
        .route("/to/{*to}", get(redirect))
        .route("/round", get(round))
        .with_state(status.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, status)
}

#[tokio::test]
async fn down_and_up_are_told_once_across_restarts() {
    let (url, status) = server().await;
    let house = House::new(client(LOOPBACK, &[])).await;
    let new = NewChannel {
        project_id: &house.project,
        kind: "webhook",
        url: "https://a.b",
        secret: None,
        created_by: None,
    };
    let channel = channels::create(&house.watch.store, new).await.unwrap().id;
    let id = house.monitor(&url).await;
    assert_eq!(monitors::due(&house.watch.store, clock::now_ms(), 9).await.unwrap().len(), 1, "due at once");
    assert_eq!(house.check(&id, 60_000).await.status, "up");
    *status.lock().unwrap() = 503;
    let down = house.check(&id, 120_000).await;
    assert_eq!((down.status.as_str(), down.status_code), ("down", Some(503)));
    assert_eq!(down.error.as_deref(), Some("the status is 503, not 200"));
    // Another instance takes over: all it knows is in the store.
    let watch = Watch { store: house.watch.store.clone(), client: client(LOOPBACK, &[]) };
    watch.check(&house.read(&id).await, 180_000).await;
    assert_eq!(house.told().await, [tell::DOWN], "it was down before, too");
    *status.lock().unwrap() = 200;
    house.check(&id, 240_000).await;
    assert_eq!(house.told().await, [tell::DOWN, tell::UP]);
    assert_eq!(deliveries::list(&house.watch.store, &channel, 9).await.unwrap().len(), 2);
    let found: Vec<_> = spans::between(&house.watch.store, &id, 0, i64::MAX).await.unwrap();
    let found: Vec<_> = found.iter().map(|span| (span.from_ms, span.to_ms, span.status.as_str())).collect();
    assert_eq!(found, [(60_000, 120_000, "up"), (120_000, 240_000, "down"), (240_000, 240_000, "up")]);
}

#[tokio::test]
async fn a_check_of_what_was_changed_meanwhile_is_not_written_down() {
    let (url, _) = server().await;
    let house = House::new(client(LOOPBACK, &[])).await;
    let id = house.monitor(&url).await;
    let before = house.read(&id).await;
    house.watch.check(&before, 60_000).await;
    house.watch.check(&before, 61_000).await;
    assert_eq!(checks::list(&house.watch.store, &id, 9).await.unwrap().len(), 1, "another was first");
    let before = house.read(&id).await;
    let paused = Target { enabled: false, ..before.target.clone() };
    let paused = monitors::change(&house.watch.store, before.clone(), paused).await.unwrap();
    assert_eq!((paused.status, paused.checked_at), (Status::Unknown, None), "nobody looks");
    house.watch.check(&before, 120_000).await;
    assert_eq!(checks::list(&house.watch.store, &id, 9).await.unwrap().len(), 1);
    assert_eq!(house.read(&id).await, paused);
    assert!(monitors::due(&house.watch.store, i64::MAX, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_only_this_network_may_reach_is_not_looked_at() {
    let (url, _) = server().await;
    let house = House::new(client(&[], &[])).await;
    for url in [&url, "http://169.254.169.254/latest/meta-data", "http://[::1]/", "http://10.0.0.1:8080"] {
        let error = house.check(&house.monitor(url).await, 60_000).await.error.unwrap();
        assert!(error.contains("leads into a private network"), "{error}");
    }
    // A redirect from where it may be looked to where it may not.
    let house = House::new(client(LOOPBACK, &[])).await;
    for to in ["http://169.254.169.254/latest", "http://10.0.0.1/"] {
        let error = house.check(&house.monitor(&format!("{url}to/{to}")).await, 60_000).await.error.unwrap();
        assert!(error.contains("leads into a private network"), "{error}");
    }
}

#[tokio::test]
async fn redirects_are_followed_unless_one_is_expected() {
    let (url, _) = server().await;
    let house = House::new(client(LOOPBACK, &[])).await;
    let followed = house.check(&house.monitor(&format!("{url}to/{url}")).await, 60_000).await;
    assert_eq!((followed.status.as_str(), followed.status_code), ("up", Some(200)));
    let round = house.check(&house.monitor(&format!("{url}round")).await, 60_000).await;
    assert_eq!(round.error.as_deref(), Some("more than 5 redirects"));
    let expected = Target { expected_status: 302, ..target(&format!("{url}to/{url}")) };
    let id =
        monitors::create(&house.watch.store, &house.project, expected, None, 10).await.unwrap().unwrap().id;
    assert_eq!(house.check(&id, 60_000).await.status_code, Some(302));
}

#[tokio::test]
async fn a_silent_server_is_down_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    let house = House::new(client(LOOPBACK, &[])).await;
    let impatient = Target { timeout_seconds: 1, ..target(&url) };
    let id =
        monitors::create(&house.watch.store, &house.project, impatient, None, 10).await.unwrap().unwrap().id;
    let check = house.check(&id, 60_000).await;
    assert_eq!(check.error.as_deref(), Some("no answer within 1 s"));
    assert!((1_000..4_000).contains(&check.response_ms), "{check:?}");
}

/// A certificate for localhost that signs itself, from yesterday on.
fn certificate(days_left: i64) -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    // Authorities are found by their names, so each needs one of its own.
    name.append_entry_by_nid(Nid::COMMONNAME, &format!("{days_left} days left")).unwrap();
    let (name, now) = (name.build(), clock::now_ms() / 1000);
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(now - 10 * 86_400).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(now + days_left * 86_400).unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    let names = SubjectAlternativeName::new().dns("localhost").build(&builder.x509v3_context(None, None));
    builder.append_extension(names.unwrap()).unwrap();
    builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    (builder.build(), key)
}

/// A TLS server that answers everything with 200.
async fn tls_server(certificate: &X509, key: &PKey<Private>) -> String {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    acceptor.set_certificate(certificate).unwrap();
    acceptor.set_private_key(key).unwrap();
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let ssl = Ssl::new(acceptor.context()).unwrap();
            let mut stream = tokio_openssl::SslStream::new(ssl, stream).unwrap();
            tokio::spawn(async move {
                let mut head = [0; 4096];
                if std::pin::Pin::new(&mut stream).accept().await.is_ok()
                    && stream.read(&mut head).await.is_ok()
                {
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                    drop(stream.write_all(answer).await);
                }
            });
        }
    });
    url
}

#[tokio::test]
async fn a_certificate_is_read_and_warned_of() {
    let (good, good_key) = certificate(60);
    let (near, near_key) = certificate(5);
    let (over, over_key) = certificate(-1);
    let trusted = [good.clone(), near.clone(), over.clone()];
    let house = House::new(client(LOOPBACK, &trusted)).await;
    let now = clock::now_ms();

    let id = house.monitor(&tls_server(&good, &good_key).await).await;
    assert_eq!(house.check(&id, now).await.error, None);
    let ends = house.read(&id).await.certificate_expires_at.unwrap();
    assert!((ends - now - 60 * 86_400_000).abs() < 10_000, "{ends}");
    assert!(house.told().await.is_empty());

    let id = house.monitor(&tls_server(&near, &near_key).await).await;
    for at in [now, now + 60_000] {
        assert_eq!(house.check(&id, at).await.status, "up", "it still is");
    }
    assert_eq!(house.told().await, [tell::CERTIFICATE], "once");

    let id = house.monitor(&tls_server(&over, &over_key).await).await;
    let error = house.check(&id, now).await.error.unwrap();
    assert!(error.contains("certificate"), "{error}");

    let stranger = House::new(client(LOOPBACK, &[])).await;
    let id = stranger.monitor(&tls_server(&good, &good_key).await).await;
    assert_eq!(stranger.check(&id, now).await.status, "down", "nobody trusted signed it");
}

#[tokio::test]
async fn the_round_looks_at_what_is_due_and_answers_who_asks() {
    let (url, _) = server().await;
    let house = House::new(client(LOOPBACK, &[])).await;
    let id = house.monitor(&url).await;
    let trial = trials::ask(&house.watch.store, &id).await.unwrap();
    let shutdown = Shutdown::new();
    let looking = tokio::spawn(look(house.watch.clone(), shutdown.clone()));
    let done = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let answer = trials::result(&house.watch.store, &trial).await.unwrap();
            if let Some(answer) = answer
                && !checks::list(&house.watch.store, &id, 9).await.unwrap().is_empty()
            {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    });
    let answer: serde_json::Value = serde_json::from_str(&done.await.unwrap()).unwrap();
    assert_eq!((answer["status"].as_str(), answer["status_code"].as_i64()), (Some("up"), Some(200)));
    shutdown.trigger();
    looking.await.unwrap();
    let (checks, last) = (checks::list(&house.watch.store, &id, 9).await.unwrap(), house.read(&id).await);
    assert_eq!(checks.len(), 1, "a test is in no history");
    assert!(
        monitors::due(&house.watch.store, last.checked_at.unwrap() + 50_000, 9).await.unwrap().is_empty()
    );
    assert_eq!(
        monitors::due(&house.watch.store, last.checked_at.unwrap() + 67_000, 9).await.unwrap().len(),
        1
    );
}
