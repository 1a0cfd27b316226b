//! Whether a child answers.
//!
//! In: where it listens. Out: yes or no, each attempt under a timeout.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// One attempt takes no longer; a starting child is asked again soon.
const ATTEMPT: Duration = Duration::from_secs(1);

/// How to ask a child whether it is there.
#[derive(Debug, Clone)]
pub(crate) enum Probe {
    /// It accepts connections.
    Connects(SocketAddr),
    /// ClickHouse answers, and it is our child that does: with its port taken by another program, the engine complains
    /// and runs on without a listener.
    ClickHouse {
        /// Its HTTP address.
        http: SocketAddr,
        /// The file in which a running engine keeps its process id.
        status: PathBuf,
    },
}

impl Probe {
    /// Asks once.
    pub(crate) async fn answers(&self, pid: u32) -> bool {
        let attempt = async {
            match self {
                Self::Connects(address) => TcpStream::connect(address).await.is_ok(),
                Self::ClickHouse { http, status } => {
                    let owner = tokio::fs::read_to_string(status).await.unwrap_or_default();
                    names_process(&owner, pid) && pings(*http).await.unwrap_or(false)
                }
            }
        };
        timeout(ATTEMPT, attempt).await.unwrap_or(false)
    }
}

fn names_process(status: &str, pid: u32) -> bool {
    status.lines().next() == Some(&format!("PID: {pid}"))
}

async fn pings(address: SocketAddr) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(b"GET /ping HTTP/1.0\r\n\r\n").await?;
    let mut answer = Vec::new();
    connection.take(4096).read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.") && answer.ends_with(b"Ok.\n"))
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_status_file_names_one_process() {
        assert!(names_process("PID: 4711\nStarted at: 2026-01-01 00:00:00\n", 4711));
        assert!(!names_process("PID: 47110\n", 4711));
        assert!(!names_process("", 4711));
    }

    #[tokio::test]
    async fn a_listener_answers_and_a_closed_port_does_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let probe = Probe::Connects(listener.local_addr().unwrap());
        assert!(probe.answers(1).await);
        drop(listener);
        assert!(!probe.answers(1).await);
    }

    #[tokio::test]
    async fn a_ping_from_another_process_does_not_count() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 64];
                assert!(stream.read(&mut request).await.unwrap() > 0);
                stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nOk.\n").await.unwrap();
            }
        });
        let folder = tempfile::tempdir().unwrap();
        let status = folder.path().join("status");
        let probe = Probe::ClickHouse { http, status: status.clone() };
        assert!(!probe.answers(7).await, "no status file");
        std::fs::write(&status, "PID: 7\n").unwrap();
        assert!(probe.answers(7).await);
        assert!(!probe.answers(8).await);
    }
}
