//! TLS in front of a server that has none: as an operator's proxy does it. The engine library has no
//! HTTPS listener, so this is how a test meets ClickHouse over TLS.

use std::net::SocketAddr;
use std::pin::Pin;

use openssl::ssl::{Ssl, SslAcceptor, SslFiletype, SslMethod, SslVerifyMode};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_openssl::SslStream;

use crate::certificates::Issued;
use crate::services;

/// A proxy on loopback; ends with the value.
#[derive(Debug)]
pub struct TlsProxy {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl TlsProxy {
    /// A proxy to the host of a URL, with this certificate. Clients must show one of the same
    /// authority where `asks_clients`.
    ///
    /// # Panics
    /// When the certificate cannot be used, or no port is free.
    pub async fn to(target: &str, server: &Issued, asks_clients: bool) -> Self {
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).expect("an acceptor");
        builder.set_certificate_chain_file(&server.certificate).expect("a certificate");
        builder.set_private_key_file(&server.key, SslFiletype::PEM).expect("a key");
        if asks_clients {
            builder.set_ca_file(&server.authority).expect("an authority");
            builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        }
        let (acceptor, target) = (builder.build(), services::authority(target).to_owned());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(join(acceptor.clone(), client, target.clone()));
            }
        });
        Self { address, task }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for TlsProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn join(acceptor: SslAcceptor, client: TcpStream, target: String) {
    let ssl = Ssl::new(acceptor.context()).expect("a session");
    let mut client = SslStream::new(ssl, client).expect("a session");
    // How a handshake or a connection ends is its owners' business.
    if Pin::new(&mut client).accept().await.is_ok()
        && let Ok(mut server) = TcpStream::connect(target).await
    {
        drop(copy_bidirectional(&mut client, &mut server).await);
    }
}
