//! Whether ingest takes the key that is about to be printed: sentinel publishes it, and ingest reads it a moment later.
//!
//! In: where ingest listens, and a key. Out: yes or no. Nothing is stored by asking.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One attempt takes no longer.
const ATTEMPT: Duration = Duration::from_secs(1);
/// How the answer to a known key begins: an empty event is refused for what it lacks, not for who sends it.
const KNOWN: &[u8] = b"HTTP/1.1 400";

/// Asks once.
pub(super) async fn works(ingest: SocketAddr, key: &str) -> bool {
    let answer = timeout(ATTEMPT, ask(ingest, key)).await;
    matches!(answer, Ok(Ok(begin)) if begin == KNOWN)
}

async fn ask(ingest: SocketAddr, key: &str) -> io::Result<Vec<u8>> {
    let mut connection = TcpStream::connect(ingest).await?;
    let request = format!(
        "POST /v1/audit HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n\
         Content-Length: 2\r\nConnection: close\r\n\r\n{{}}"
    );
    connection.write_all(request.as_bytes()).await?;
    let mut begin = Vec::new();
    connection.take(KNOWN.len() as u64).read_to_end(&mut begin).await?;
    Ok(begin)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with this status line.
    async fn ingest(status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.read_exact(&mut [0; 16]).await.unwrap();
            connection.write_all(format!("HTTP/1.1 {status}\r\n\r\n").as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn refused_for_its_content_is_known() {
        assert!(works(ingest("400 Bad Request").await, "bat_1").await);
        assert!(!works(ingest("401 Unauthorized").await, "bat_1").await);
        assert!(!works(ingest("503 Service Unavailable").await, "bat_1").await);
    }
}
