//! The loop: begins what is due, waits for the sockets, notes how long each answer took.

use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::{TimeSpec, TimeValLike as _};

use super::connection::{Answer, Connection};
use super::{LAST_ANSWERS, Load, Outcome};
use crate::cpu;
use crate::rounds::quantile;

/// What a throttled generator keeps to.
const THROTTLED_USE: f64 = 0.72;
/// Requests between two looks at the generator's own CPU time.
const LOOK_EVERY: u64 = 64;
pub(super) struct Sending<'l> {
    load: &'l Load,
    requests: Vec<Vec<u8>>,
    connections: Vec<Connection>,
    began: Instant,
    cpu: Duration,
    /// Requests begun.
    turns: u64,
    /// Of accepted requests, in nanoseconds.
    latencies: Vec<u64>,
    refused: u64,
}

impl<'l> Sending<'l> {
    pub(super) fn new(
        load: &'l Load,
        requests: Vec<Vec<u8>>,
        connections: Vec<Connection>,
    ) -> anyhow::Result<Self> {
        let (latencies, began, cpu) = (Vec::new(), Instant::now(), cpu::own()?);
        Ok(Self { load, requests, connections, began, cpu, turns: 0, latencies, refused: 0 })
    }

    pub(super) fn run(&mut self) -> anyhow::Result<()> {
        let end = self.began + Duration::from_secs_f64(self.load.seconds);
        loop {
            let now = Instant::now();
            let next = if now < end { self.begin_due(now, end)? } else { end + LAST_ANSWERS };
            let busy = self.connections.iter().any(Connection::is_busy);
            if now >= end && !busy {
                return Ok(());
            }
            if now >= end + LAST_ANSWERS {
                bail!("some requests were never answered");
            }
            self.wait(next.saturating_duration_since(Instant::now()))?;
        }
    }

    /// Begins what is due on idle connections; returns when the next is. They take turns: one that is idle for long is closed
    /// by the server.
    fn begin_due(&mut self, now: Instant, end: Instant) -> anyhow::Result<Instant> {
        let count = self.connections.len();
        let first = usize::try_from(self.turns)? % count;
        for index in (first..count).chain(0..first) {
            if self.connections[index].is_busy() {
                continue;
            }
            let due = match self.load.rate {
                Some(rate) => self.began + Duration::from_secs_f64(self.turns as f64 / rate),
                None => now,
            };
            if due > now {
                return Ok(due.min(end));
            }
            let request = usize::try_from(self.turns)? % self.requests.len();
            self.connections[index].begin(request, due);
            self.connections[index].write(&self.requests)?;
            self.turns += 1;
            if self.load.throttle && self.turns.is_multiple_of(LOOK_EVERY) {
                self.rest()?;
            }
        }
        Ok(end)
    }

    /// Rests until the share of the core is where it should be.
    fn rest(&self) -> anyhow::Result<()> {
        let used = cpu::own()?.saturating_sub(self.cpu).as_secs_f64() / THROTTLED_USE;
        let wanted = Duration::from_secs_f64(used);
        std::thread::sleep(wanted.saturating_sub(self.began.elapsed()));
        Ok(())
    }

    /// Waits until a connection has something, and reads it.
    fn wait(&mut self, time: Duration) -> anyhow::Result<()> {
        let mut polled = Vec::with_capacity(self.connections.len());
        let mut fds = Vec::with_capacity(self.connections.len());
        for (index, connection) in self.connections.iter().enumerate().filter(|(_, c)| c.is_busy()) {
            let interest = if connection.is_written() { PollFlags::POLLIN } else { PollFlags::POLLOUT };
            polled.push(index);
            fds.push(PollFd::new(connection.stream.as_fd(), interest));
        }
        let timeout = TimeSpec::nanoseconds(i64::try_from(time.as_nanos())?);
        ppoll(&mut fds, Some(timeout), None)?;
        let ready: Vec<_> = polled
            .into_iter()
            .zip(&fds)
            .filter(|(_, fd)| fd.revents().is_some_and(|events| !events.is_empty()))
            .map(|(index, _)| index)
            .collect();
        ready.into_iter().try_for_each(|index| self.serve(index))
    }

    fn serve(&mut self, index: usize) -> anyhow::Result<()> {
        let connection = &mut self.connections[index];
        if !connection.is_written() {
            return connection.write(&self.requests);
        }
        match connection.read() {
            Ok(None) => {}
            Ok(Some(Answer { status: 202, latency, .. })) => {
                self.latencies.push(u64::try_from(latency.as_nanos())?);
            }
            Ok(Some(answer)) if self.load.tolerant => {
                self.refused += 1;
                if answer.closes {
                    *connection = Connection::open(self.load.address)?;
                }
            }
            Ok(Some(answer)) => bail!("a request was answered with {}", answer.status),
            Err(_) if self.load.tolerant => {
                self.refused += 1;
                *connection = Connection::open(self.load.address)?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    pub(super) fn outcome(mut self) -> anyhow::Result<Outcome> {
        let seconds = self.began.elapsed().as_secs_f64();
        let cpu = cpu::own()?.saturating_sub(self.cpu).as_secs_f64();
        self.latencies.sort_unstable();
        let accepted = self.latencies.len() as u64;
        ensure!(accepted + self.refused == self.turns, "requests and answers do not add up");
        let millis = |share| quantile(&self.latencies, share) as f64 / 1e6;
        Ok(Outcome {
            accepted,
            refused: self.refused,
            events: accepted * self.load.per_request as u64,
            seconds,
            use_of_core: cpu / seconds,
            p50: millis(0.5),
            p99: millis(0.99),
            slowest: millis(1.0),
        })
    }
}
