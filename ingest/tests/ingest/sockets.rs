//! Over real sockets: slow senders, bodies that end early, back-pressure, and the order of a stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bataudit_ingest::App;
use bataudit_ingest::config::HttpConfig;
use bataudit_ingest::publish::FailingPublisher;
use bataudit_ingest::server::serve as serve_http;
use bataudit_service::listener::Listener;
use bataudit_service::{Health, Shutdown};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::*;

/// A gateway that listens on a port of its own.
struct Server {
    address: SocketAddr,
    health: Health,
    shutdown: Shutdown,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(app: Arc<App>, config: HttpConfig) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, shutdown) = (socket.local_addr().unwrap(), Shutdown::new());
        let listener = Listener::on(socket, config.terms()).unwrap();
        let (stop, health) = (shutdown.clone(), Health::new());
        let ready = health.part("ingest");
        let task =
            tokio::spawn(async move { serve_http(app, listener, config.drain_delay, ready, stop).await });
        Self { address, health, shutdown, task }
    }

    fn address(&self) -> SocketAddr {
        self.address
    }

    fn stop(&self) {
        self.shutdown.trigger();
    }

    async fn ended(self) {
        self.task.await.unwrap();
    }
}

const PATIENCE: Duration = Duration::from_secs(20);

fn head(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
        project_key()
    )
}

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address()).await.unwrap()
}

/// Everything the server sends until it closes.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("the server does not close").unwrap();
    String::from_utf8(answer).unwrap()
}

/// One answer with a body, of a connection that may stay open.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = String::new();
    let mut piece = [0; 4096];
    loop {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut piece)).await.unwrap().unwrap();
        answer.push_str(std::str::from_utf8(&piece[..read]).unwrap());
        if read == 0 || answer.ends_with('}') {
            return answer;
        }
    }
}

async fn serve(gateway: &Gateway, pairs: &[(&str, &str)]) -> Server {
    Server::start(Arc::clone(&gateway.app), config(pairs).http).await
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let gateway = gateway();
    let server = serve(&gateway, &[]).await;
    let mut stream = connect(&server).await;
    let event = guide_event().to_string();
    for _ in 0..3 {
        stream.write_all(format!("{}{event}", head("/v1/audit", event.len())).as_bytes()).await.unwrap();
        assert!(read_answer(&mut stream).await.starts_with("HTTP/1.1 202"));
    }
    assert_eq!(gateway.count(), 3);
}

#[tokio::test]
async fn a_body_that_ends_early_stores_nothing() {
    let gateway = gateway();
    let server = serve(&gateway, &[]).await;
    let event = guide_event().to_string();
    let mut stream = connect(&server).await;
    // A whole event, but not the whole length that was announced.
    stream.write_all(format!("{}{event}", head("/v1/audit", event.len() + 1)).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400") || answer.is_empty(), "{answer}");
    assert_eq!(gateway.count(), 0);
}

#[tokio::test]
async fn slow_bodies_get_408() {
    let gateway = gateway_with(&[("BATAUDIT_INGEST_BODY_TIMEOUT_MS", "100")]);
    let server = serve(&gateway, &[]).await;
    let mut stream = connect(&server).await;
    stream.write_all(format!("{}{{", head("/v1/audit", 100)).as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("BATAUDIT_INGEST_BODY_TIMEOUT_MS"), "{answer}");
    assert_eq!(gateway.count(), 0);
}

#[tokio::test]
async fn slow_heads_get_408_and_idle_connections_end_quietly() {
    let gateway = gateway();
    let server = serve(&gateway, &[("BATAUDIT_INGEST_HEADER_TIMEOUT_MS", "100")]).await;
    let mut slow = connect(&server).await;
    slow.write_all(b"POST /v1/audit HTTP/1.1\r\nHost:").await.unwrap();
    let answer = read_all(&mut slow).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let mut idle = connect(&server).await;
    assert_eq!(read_all(&mut idle).await, "");
}

#[tokio::test]
async fn too_large_is_told_while_the_client_still_sends() {
    let gateway = gateway_with(&[("BATAUDIT_INGEST_MAX_BODY_BYTES", "1024")]);
    let server = serve(&gateway, &[]).await;
    let mut stream = connect(&server).await;
    let body = "x".repeat(4 << 20);
    stream.write_all(head("/v1/audit", body.len()).as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn a_chunked_body_is_bounded_too() {
    let gateway = gateway_with(&[("BATAUDIT_INGEST_MAX_BODY_BYTES", "1024")]);
    let server = serve(&gateway, &[]).await;
    let mut stream = connect(&server).await;
    let head = head("/v1/audit", 0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(format!("800\r\n{}\r\n", " ".repeat(0x800)).as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn no_room_is_said_at_once_and_room_comes_back() {
    let limits = [
        ("BATAUDIT_INGEST_MAX_BODY_BYTES", "100000"),
        ("BATAUDIT_INGEST_MAX_DECOMPRESSED_BYTES", "100000"),
        ("BATAUDIT_INGEST_MAX_BATCH_EVENTS", "1"),
        ("BATAUDIT_INGEST_MAX_IN_FLIGHT_BYTES", "348752"),
    ];
    let gateway = gateway_with(&limits);
    let server = serve(&gateway, &[]).await;
    // Two requests announce nearly all there is, with what their connections may hold of it and the allocator beside it,
    // and send nothing.
    let mut holders = Vec::new();
    for length in [100_000, 33_480] {
        let mut stream = connect(&server).await;
        stream.write_all(format!("{}{{", head("/v1/audit", length)).as_bytes()).await.unwrap();
        holders.push(stream);
    }
    let event = guide_event().to_string();
    let request = format!("{}{event}", head("/v1/audit", event.len()));
    let answer = until_status(&server, &request, "503").await;
    assert!(answer.contains("retry-after: 1") && answer.contains("connection: close"), "{answer}");
    drop(holders);
    until_status(&server, &request, "202").await;
}

/// Sends the request again and again until the answer has this status.
async fn until_status(server: &Server, request: &str, status: &str) -> String {
    let attempt = async {
        loop {
            let mut stream = connect(server).await;
            stream.write_all(request.as_bytes()).await.unwrap();
            let answer = read_answer(&mut stream).await;
            if answer.starts_with(&format!("HTTP/1.1 {status}")) {
                return answer;
            }
        }
    };
    tokio::time::timeout(PATIENCE, attempt).await.expect(status)
}

async fn until_not_ready(health: &Health) {
    let not_ready = async {
        while health.is_ready() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, not_ready).await.expect("it says that it is not ready");
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let gateway = gateway();
    let server = serve(&gateway, &[("BATAUDIT_INGEST_MAX_CONNECTIONS", "1")]).await;
    let event = guide_event().to_string();
    let request = format!("{}{event}", head("/v1/audit", event.len()));
    let mut first = connect(&server).await;
    first.write_all(request.as_bytes()).await.unwrap();
    assert!(read_answer(&mut first).await.starts_with("HTTP/1.1 202"));
    let mut second = connect(&server).await;
    assert!(read_all(&mut second).await.starts_with("HTTP/1.1 503"));
    drop(first);
    until_status(&server, &request, "202").await;
}

#[tokio::test]
async fn who_keeps_a_connection_is_sent_away_before_it_ends() {
    let gateway = gateway();
    let server = serve(&gateway, &[("BATAUDIT_INGEST_DRAIN_DELAY_MS", "600000")]).await;
    let event = guide_event().to_string();
    let post = format!("{}{event}", head("/v1/audit", event.len()));
    let mut stream = connect(&server).await;
    stream.write_all(post.as_bytes()).await.unwrap();
    let answer = read_answer(&mut stream).await;
    assert!(!answer.contains("connection: close"), "{answer}");
    server.stop();
    until_not_ready(&server.health).await;
    // It is still taken, and the connection ends with its answer.
    stream.write_all(post.as_bytes()).await.unwrap();
    let answer = read_all(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 202") && answer.contains("connection: close"), "{answer}");
    // So is who comes late.
    let mut late = connect(&server).await;
    late.write_all(post.as_bytes()).await.unwrap();
    assert!(read_all(&mut late).await.starts_with("HTTP/1.1 202"));
    assert_eq!(gateway.count(), 3);
}

#[tokio::test]
async fn a_stop_lets_running_requests_finish() {
    let gateway = gateway();
    let server = serve(&gateway, &[]).await;
    let event = guide_event().to_string();
    let mut running = connect(&server).await;
    let (first, rest) = event.split_at(10);
    running.write_all(format!("{}{first}", head("/v1/audit", event.len())).as_bytes()).await.unwrap();
    let mut idle = connect(&server).await;
    // An answer on a third connection shows that the first two were accepted.
    until_status(&server, &format!("{}{event}", head("/v1/audit", event.len())), "202").await;
    server.stop();
    assert_eq!(read_all(&mut idle).await, "");
    running.write_all(rest.as_bytes()).await.unwrap();
    let answer = read_all(&mut running).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    server.ended().await;
    assert_eq!(gateway.count(), 2);
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let app = App::new(&config(&[]), access(), Arc::new(FailingPublisher::stalled()));
    let http = config(&[("BATAUDIT_INGEST_DRAIN_MS", "100")]).http;
    let server = Server::start(Arc::new(app), http).await;
    let event = guide_event().to_string();
    let mut stream = connect(&server).await;
    stream.write_all(format!("{}{event}", head("/v1/audit", event.len())).as_bytes()).await.unwrap();
    server.stop();
    tokio::time::timeout(PATIENCE, server.ended()).await.unwrap();
}
