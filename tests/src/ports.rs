//! Loopback ports for the processes of a test.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

/// Below the range from which the kernel takes the ports of outgoing connections, so that none of
/// them sits on a port while its process is being restarted.
const RANGE: std::ops::Range<u16> = 10_000..15_000;

static TAKEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A port nobody listens on and that was not handed out before in this process.
#[must_use]
pub fn free() -> u16 {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let start = rand::random_range(RANGE);
    let port = (start..RANGE.end)
        .chain(RANGE.start..start)
        .find(|port| !taken.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a free port between 10000 and 15000");
    taken.insert(port);
    port
}

/// The first of `count` free ports in a row, for which as many from `further` on are free too.
#[must_use]
pub fn free_row(count: u16, further: u16) -> u16 {
    loop {
        let port = free();
        let mut all = (port + 1..port + count).chain(port + further..port + further + count);
        if all.all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return port;
        }
    }
}

/// A free port for which the port `further` on is free too.
#[must_use]
pub fn free_with(further: u16) -> u16 {
    loop {
        let port = free();
        if TcpListener::bind(("127.0.0.1", port + further)).is_ok() {
            return port;
        }
    }
}
