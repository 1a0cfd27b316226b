//! HTTP written by hand, for requests that no client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::services;

/// A connection on which a test writes what it likes.
#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
}

impl Raw {
    /// Connects to the host of a URL.
    ///
    /// # Panics
    /// When it refuses.
    pub async fn connect(url: &str) -> Self {
        let stream = TcpStream::connect(services::authority(url)).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream }
    }

    /// Writes bytes. The other side may have closed already, which its answer tells better.
    pub async fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Writes bytes until the other side takes no more for `patience`, and says how many it took.
    pub async fn stuff(&mut self, bytes: &[u8], patience: Duration) -> usize {
        let mut taken = 0;
        while let Ok(Ok(count @ 1..)) = timeout(patience, self.stream.write(bytes)).await {
            taken += count;
        }
        taken
    }

    /// Whether the other side has reset the connection, seen without reading.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.stream.try_write(b"x").is_err_and(|error| error.kind() != std::io::ErrorKind::WouldBlock)
    }

    /// Everything that comes until the connection ends.
    ///
    /// # Panics
    /// When it does not end within `deadline`: a connection must never hang.
    pub async fn rest(&mut self, deadline: Duration) -> String {
        let mut bytes = Vec::new();
        // A reset after the answers loses nothing that was read before it.
        let read = timeout(deadline, self.stream.read_to_end(&mut bytes)).await;
        drop(read.unwrap_or_else(|_| panic!("the connection did not end within {deadline:?}")));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Says that nothing more will be written.
    pub async fn finish(&mut self) {
        drop(self.stream.shutdown().await);
    }

    /// Status and body of the answer; `None` when the connection ended without one.
    ///
    /// # Panics
    /// When nothing happens within `deadline`: a connection must never hang.
    pub async fn answer(&mut self, deadline: Duration) -> Option<(u16, String)> {
        let mut bytes = Vec::new();
        let read = timeout(deadline, async {
            let mut chunk = [0; 16 * 1024];
            // A reset after the answer loses nothing that was read before it.
            while let Ok(count @ 1..) = self.stream.read(&mut chunk).await {
                bytes.extend_from_slice(&chunk[..count]);
                if is_complete(&bytes) {
                    break;
                }
            }
        });
        read.await.unwrap_or_else(|_| panic!("neither an answer nor an end within {deadline:?}"));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }
}

fn is_complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}
