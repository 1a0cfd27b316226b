//! Certificate and key of a listener. Read at the start, and again whenever the files change: a
//! renewed certificate needs no restart, and a broken one leaves the old one at work.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{Ssl, SslAcceptor, SslMethod};
use openssl::x509::X509;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_openssl::SslStream;

use crate::env::{Env, Field};
use crate::telemetry;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// A connection after its handshake.
pub(super) type Stream = SslStream<TcpStream>;

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// PEM: the certificate, then those that lead to its authority.
    pub certificate: PathBuf,
    /// PEM: the key, not encrypted.
    pub key: PathBuf,
}

/// Why certificate and key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate file holds no certificate.
    #[error("{0} holds no PEM certificate (BEGIN CERTIFICATE)")]
    NoCertificate(PathBuf),
    /// The key file holds no usable key.
    #[error("{0} holds no unencrypted PEM key (BEGIN PRIVATE KEY)")]
    NoKey(PathBuf),
    /// They do not belong together, or OpenSSL refuses them.
    #[error("the key {key} does not fit the certificate {certificate}: {source}")]
    Refused {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What OpenSSL says.
        source: ErrorStack,
    },
}

impl TlsFiles {
    /// Reads the two variables. Both or none must be set, and what they name must be usable.
    pub fn from_env(env: &mut Env, certificate: &Field, key: &Field) -> Option<Self> {
        let (certificate_file, key_file) = (env.optional(certificate), env.optional(key));
        let files = match (certificate_file, key_file) {
            (None, None) => return None,
            (Some(certificate), Some(key)) => Self { certificate: certificate.into(), key: key.into() },
            (Some(_), None) => {
                env.problem(key, format_args!("must be set along with {}", certificate.name));
                return None;
            }
            (None, Some(_)) => {
                env.problem(certificate, format_args!("must be set along with {}", key.name));
                return None;
            }
        };
        if let Err(error) = files.acceptor() {
            env.problem(certificate, format_args!("and {} cannot be used: {error}", key.name));
        }
        Some(files)
    }

    /// Reads both files. TLS 1.2 and later, with the ciphers Mozilla recommends.
    fn acceptor(&self) -> Result<SslAcceptor, TlsError> {
        let mut chain = X509::stack_from_pem(&read(&self.certificate)?).unwrap_or_default().into_iter();
        let certificate = chain.next().ok_or_else(|| TlsError::NoCertificate(self.certificate.clone()))?;
        let key = self.private_key()?;
        let build = |mut chain: std::vec::IntoIter<X509>| {
            let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
            builder.set_certificate(&certificate)?;
            chain.try_for_each(|intermediate| builder.add_extra_chain_cert(intermediate))?;
            builder.set_private_key(&key)?;
            builder.check_private_key()?;
            Ok(builder.build())
        };
        build(chain).map_err(|source| TlsError::Refused {
            certificate: self.certificate.clone(),
            key: self.key.clone(),
            source,
        })
    }

    fn private_key(&self) -> Result<PKey<Private>, TlsError> {
        // With a passphrase given, OpenSSL does not ask the terminal for the one of an encrypted key.
        PKey::private_key_from_pem_passphrase(&read(&self.key)?, b"")
            .map_err(|_| TlsError::NoKey(self.key.clone()))
    }

    /// What changes when a file does.
    async fn stamp(&self) -> [Option<(SystemTime, u64)>; 2] {
        [stamp(&self.certificate).await, stamp(&self.key).await]
    }
}

fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|source| TlsError::Read { file: file.to_owned(), source })
}

async fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = tokio::fs::metadata(file).await.ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// The certificate in use, and where newer ones come from.
pub(super) struct Certificates {
    files: TlsFiles,
    current: watch::Sender<SslAcceptor>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Certificates {
    pub(super) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let acceptor = files.acceptor()?;
        tell_end(&acceptor);
        let current = watch::Sender::new(acceptor);
        Ok(Self { files, current })
    }

    /// What new connections are accepted with.
    pub(super) fn current(&self) -> watch::Receiver<SslAcceptor> {
        self.current.subscribe()
    }

    /// Takes over what the files hold whenever they change; never ends.
    pub(super) async fn follow(self) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        // The certificate may have been renewed since it was loaded: so it is loaded once more.
        let mut seen = None;
        loop {
            ticks.tick().await;
            let now = Some(self.files.stamp().await);
            if now == seen {
                continue;
            }
            let is_first = seen.is_none();
            seen = now;
            let certificate = self.files.certificate.display();
            match self.files.acceptor() {
                Ok(acceptor) => {
                    tell_end(&acceptor);
                    self.current.send_replace(acceptor);
                    if !is_first {
                        tracing::info!(%certificate, "New connections use the renewed certificate.");
                    }
                }
                Err(error) => {
                    tracing::error!(%certificate, %error, "The renewed certificate cannot be used; the old one stays.");
                }
            }
        }
    }
}

/// Exports when the certificate ends. A date that OpenSSL cannot count from is left out.
fn tell_end(acceptor: &SslAcceptor) {
    let end =
        acceptor.context().certificate().and_then(|certificate| unix_seconds(certificate.not_after()).ok());
    if let Some(end) = end {
        telemetry::certificate_ends(end);
    }
}

fn unix_seconds(time: &Asn1TimeRef) -> Result<i64, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(i64::from(since.days) * 24 * 60 * 60 + i64::from(since.secs))
}

/// The server's side of a handshake.
pub(super) async fn accept(acceptor: &SslAcceptor, stream: TcpStream) -> io::Result<Stream> {
    let ssl = Ssl::new(acceptor.context())?;
    let mut stream = SslStream::new(ssl, stream)?;
    Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
    Ok(stream)
}
