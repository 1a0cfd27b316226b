//! A TCP proxy that a test can close: what stands behind it is then as good as dead for whoever
//! connects through it, and alive for all others.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::{ports, services};

/// A proxy on loopback; ends with the value.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    open: watch::Sender<bool>,
    listening: watch::Receiver<bool>,
}

impl Proxy {
    /// A proxy to `host:port`, or to the host of a URL.
    pub async fn to(target: &str) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], ports::free()));
        let (open, opened) = watch::channel(true);
        let (listens, listening) = watch::channel(false);
        tokio::spawn(serve(address, services::authority(target).to_owned(), opened, listens));
        let proxy = Self { address, open, listening };
        proxy.wait_until(true).await;
        proxy
    }

    /// Where to connect instead of the target.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every connection and refuses new ones.
    pub async fn close(&self) {
        self.open.send_replace(false);
        self.wait_until(false).await;
    }

    /// Lets connections through again.
    pub async fn open(&self) {
        self.open.send_replace(true);
        self.wait_until(true).await;
    }

    async fn wait_until(&self, listening: bool) {
        let mut state = self.listening.clone();
        let changed =
            tokio::time::timeout(Duration::from_secs(5), state.wait_for(|now| *now == listening)).await;
        assert!(matches!(changed, Ok(Ok(_))), "the proxy did not change");
    }
}

async fn serve(
    address: SocketAddr,
    target: String,
    mut open: watch::Receiver<bool>,
    listens: watch::Sender<bool>,
) {
    // Ends when the `Proxy` is dropped: its end of `open` is gone then.
    while open.wait_for(|open| *open).await.is_ok() {
        let listener = TcpListener::bind(address).await.expect("the proxy's port");
        listens.send_replace(true);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                closed = open.wait_for(|open| !open) => { drop(closed); break }
                Ok((client, _)) = listener.accept() => { connections.spawn(join(client, target.clone())); }
                Some(_) = connections.join_next() => {}
            }
        }
        drop(listener);
        connections.shutdown().await;
        listens.send_replace(false);
    }
}

/// Carries bytes between a client and what stands behind the proxy until one of them has enough.
pub(crate) async fn join(mut client: TcpStream, target: String) {
    if let Ok(mut server) = TcpStream::connect(target).await {
        // How a connection ends is its owners' business.
        drop(copy_bidirectional(&mut client, &mut server).await);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    drop(tokio::io::copy(&mut reader, &mut writer).await);
                });
            }
        });
        address
    }

    async fn round_trip(stream: &mut TcpStream) -> std::io::Result<()> {
        stream.write_all(b"x").await?;
        stream.read_exact(&mut [0]).await.map(drop)
    }

    #[tokio::test]
    async fn it_cuts_refuses_and_lets_through_again() {
        let proxy = Proxy::to(&echo().await).await;
        let mut first = TcpStream::connect(proxy.address()).await.expect("a connection");
        round_trip(&mut first).await.expect("an echo");
        proxy.close().await;
        assert!(round_trip(&mut first).await.is_err(), "the connection was not cut");
        assert!(TcpStream::connect(proxy.address()).await.is_err(), "a new one was not refused");
        proxy.open().await;
        let mut second = TcpStream::connect(proxy.address()).await.expect("a connection");
        round_trip(&mut second).await.expect("an echo");
    }
}
