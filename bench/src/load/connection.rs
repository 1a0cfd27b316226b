//! One kept connection with at most one request on it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use memchr::memmem;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// What a request was answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Since the request was due.
    pub(super) latency: Duration,
    /// Whether the server ends the connection.
    pub(super) closes: bool,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    /// Which request is under way, and how many of its bytes are sent.
    request: Option<(usize, usize)>,
    written: bool,
    due: Instant,
    answer: Vec<u8>,
}

impl Connection {
    pub(super) fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, CONNECT)
            .with_context(|| format!("cannot reach {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, request: None, written: false, due: Instant::now(), answer: Vec::new() })
    }

    pub(super) fn is_busy(&self) -> bool {
        self.request.is_some()
    }

    pub(super) fn is_written(&self) -> bool {
        self.written
    }

    /// Puts a request on the connection, which must be idle.
    pub(super) fn begin(&mut self, request: usize, due: Instant) {
        self.request = Some((request, 0));
        self.written = false;
        self.due = due;
        self.answer.clear();
    }

    /// Sends what the kernel takes.
    pub(super) fn write(&mut self, requests: &[Vec<u8>]) -> anyhow::Result<()> {
        let Some((request, sent)) = &mut self.request else { return Ok(()) };
        let bytes = &requests[*request];
        while *sent < bytes.len() {
            match self.stream.write(&bytes[*sent..]) {
                Ok(count) => *sent += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // The answer may be there all the same: a server may refuse before it has read all.
                Err(_) => break,
            }
        }
        self.written = true;
        Ok(())
    }

    /// Reads what is there; the answer once it is whole.
    pub(super) fn read(&mut self) -> anyhow::Result<Option<Answer>> {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => bail!("the connection was closed before the answer"),
                Ok(count) => self.answer.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            if let Some((status, closes)) = whole(&self.answer)? {
                self.request = None;
                return Ok(Some(Answer { status, closes, latency: self.due.elapsed() }));
            }
        }
    }
}

/// Status of an answer that is there as a whole, and whether it is the connection's last.
fn whole(answer: &[u8]) -> anyhow::Result<Option<(u16, bool)>> {
    let Some(end) = memmem::find(answer, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&answer[..end]).context("an answer's head")?;
    let status = head.get(9..12).context("an answer without a status")?.parse()?;
    let value = |name: &str| {
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    };
    let length: usize = value("content-length").context("an answer without a length")?.parse()?;
    let closes = value("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    Ok((answer.len() >= end + 4 + length).then_some((status, closes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nconnection: close\r\n\r\n{}";
        assert_eq!(whole(answer).unwrap(), Some((202, true)));
        for cut in 0..answer.len() {
            assert_eq!(whole(&answer[..cut]).unwrap(), None);
        }
        assert!(whole(b"HTTP/1.1 202 Accepted\r\n\r\n").is_err());
    }
}
