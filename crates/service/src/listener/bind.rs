//! Sockets that share one address, one for each core.

use std::io;
use std::net::SocketAddr;
use std::thread::available_parallelism;

use tokio::net::{TcpListener, TcpSocket};

/// Connections that may wait to be accepted, for each socket.
const BACKLOG: u32 = 1024;

/// Binds as many sockets to `address` as there are cores.
pub(super) fn one_per_core(address: SocketAddr) -> io::Result<Vec<TcpListener>> {
    let cores = available_parallelism().map_or(1, usize::from);
    let first = shared_with_nobody(address)?;
    let address = first.local_addr()?;
    let others = (1..cores).map(|_| open(address)?.listen(BACKLOG));
    std::iter::once(Ok(first)).chain(others).collect()
}

/// Sockets that may share an address share it with any process of the same user: a second gateway
/// started by mistake would silently take half of the first one's connections. So the address must
/// be free for a socket that shares with nobody before it is shared.
fn shared_with_nobody(address: SocketAddr) -> io::Result<TcpListener> {
    let alone = std::net::TcpListener::bind(address)?;
    let address = alone.local_addr()?;
    drop(alone);
    open(address)?.listen(BACKLOG)
}

fn open(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_sockets_have_one_address_and_nobody_joins_them() {
        let sockets = one_per_core(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let address = sockets[0].local_addr().unwrap();
        assert!(sockets.iter().all(|socket| socket.local_addr().unwrap() == address));
        assert_eq!(one_per_core(address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(sockets);
        one_per_core(address).unwrap();
    }
}
