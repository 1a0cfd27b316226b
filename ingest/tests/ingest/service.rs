//! The whole service, as the binary and the embedded installation run it, on real Kafka.

use bataudit_ingest::Error;
use bataudit_kafka::connection::BROKERS;
use bataudit_kafka::topics::PREFIX;
use bataudit_service::listener::Listener;
use bataudit_service::{Health, Shutdown};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::access_topic::real_topics;
use crate::broker::consume;
use crate::support::*;

async fn exchange(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn from_post_to_record_and_to_a_clean_end() {
    let broker = real_topics("ingest-service").await;
    broker.write(&access_records());
    let prefix = broker.topics.events.strip_suffix(".events").unwrap();
    let config = config(&[(BROKERS.name, &broker.brokers), (PREFIX.name, prefix)]);
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let listener = Listener::on(socket, config.http.terms()).unwrap();
    let (health, shutdown) = (Health::new(), Shutdown::new());
    let service = tokio::spawn({
        let (health, shutdown) = (health.clone(), shutdown.clone());
        async move { bataudit_ingest::serve(config, listener, &health, shutdown).await }
    });
    // Before the first turn of the service there is no part that could be unready.
    eventually("the parts", || (!health.is_ready()).then_some(())).await;
    eventually("readiness", || health.is_ready().then_some(())).await;

    let event = guide_event().to_string();
    let request = format!(
        "POST /v1/audit HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-API-Key: {}\r\n\
         Content-Length: {}\r\n\r\n{event}",
        project_key(),
        event.len()
    );
    let answer = exchange(address, &request).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let id = Uuid::parse_str(body["audit_id"].as_str().unwrap()).unwrap();
    let stored = consume(&broker.brokers, &broker.topics.events, 2, 1);
    assert_eq!(stored[0].1, [id.as_u128()]);

    let health_check = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert!(exchange(address, health_check).await.contains(r#""status":"ok""#));
    shutdown.trigger();
    service.await.unwrap().unwrap();
    assert_eq!(health.waiting_for(), [("ingest", "stopping".to_owned())]);
    broker.delete().await;
}

#[tokio::test]
async fn a_taken_port_is_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let config = config(&[("BATAUDIT_INGEST_ADDRESS", &address)]);
    let error = bataudit_ingest::run(config, Health::new(), Shutdown::new()).await.unwrap_err();
    assert!(matches!(error, Error::Listen(_)));
    assert!(
        error.to_string().contains("BATAUDIT_INGEST_ADDRESS") && error.to_string().contains(&address),
        "{error}"
    );
}
