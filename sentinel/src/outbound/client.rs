//! An HTTP client for addresses that users chose: asks the guard before it connects, follows nothing, waits for
//! nobody long, and reads little.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method, Response, Url};

use super::guard::Guard;

/// How much of an answer is kept, in bytes.
const KEPT: usize = 1024;

/// Why there was no answer. The words are for the user whose address it is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error(
        "the address is not a URL that can be called: it must start with http:// or https:// and name a host"
    )]
    Url,
    #[error(
        "the address leads into a private network, which BatAudit does not call unless its operator allows that network"
    )]
    Forbidden,
    #[error("no answer within {0} s")]
    Timeout(u64),
    #[error("no connection: {0}")]
    Connect(String),
    #[error("more than {0} redirects")]
    Redirects(usize),
    #[error("the client could not be made: {0}")]
    Client(String),
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// The beginning of the body, as text.
    pub(crate) body: String,
}

/// The client.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    guard: Arc<Guard>,
    timeout: Duration,
}

impl Client {
    /// A client whose calls end after `timeout`. It believes certificates of the system's authorities, and of these.
    pub(crate) fn new(
        guard: Guard,
        trusted: &[Certificate],
        user_agent: &str,
        timeout: Duration,
    ) -> Result<Self, CallError> {
        let guard = Arc::new(guard);
        let builder = reqwest::Client::builder();
        let http = trusted
            .iter()
            .fold(builder, |builder, authority| builder.add_root_certificate(authority.clone()))
            .tls_info(true)
            .user_agent(user_agent)
            .timeout(timeout)
            .redirect(Policy::none())
            // A proxy would resolve the name for us, unguarded.
            .no_proxy()
            .dns_resolver(Arc::new(Guarded(Arc::clone(&guard))))
            // A connection that is kept was checked for another name's address.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| CallError::Client(innermost(&error)))?;
        Ok(Self { http, guard, timeout })
    }

    /// Calls an address and reads the beginning of the answer.
    pub(crate) async fn call(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Answer, CallError> {
        let url = self.check(url)?;
        let request = self.http.request(method, url).headers(headers).body(body);
        let call = async {
            let mut response = request.send().await?;
            let (status, mut kept) = (response.status().as_u16(), Vec::new());
            while let Some(chunk) = response.chunk().await? {
                kept.extend_from_slice(&chunk[..chunk.len().min(KEPT - kept.len())]);
                if kept.len() == KEPT {
                    break;
                }
            }
            Ok(Answer { status, body: String::from_utf8_lossy(&kept).into_owned() })
        };
        call.await.map_err(|error: reqwest::Error| self.reduce(&error))
    }

    /// Asks an address and leaves the body of the answer unread. The caller keeps the time.
    pub(super) async fn ask(&self, url: &Url) -> Result<Response, CallError> {
        let url = self.check(url.as_str())?;
        self.http.get(url).send().await.map_err(|error| self.reduce(&error))
    }

    /// A host that is an address is not resolved, so it is asked for here.
    fn check(&self, url: &str) -> Result<Url, CallError> {
        let url = Url::parse(url).map_err(|_| CallError::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(CallError::Url);
        }
        let host = url.host_str().ok_or(CallError::Url)?;
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if literal.is_ok_and(|address| !self.guard.allows(address)) {
            return Err(CallError::Forbidden);
        }
        Ok(url)
    }

    fn reduce(&self, error: &reqwest::Error) -> CallError {
        let reason = innermost(error);
        if reason == FORBIDDEN {
            CallError::Forbidden
        } else if error.is_timeout() {
            CallError::Timeout(self.timeout.as_secs())
        } else {
            CallError::Connect(reason)
        }
    }
}

/// The innermost cause: the outer ones repeat the URL, which may hold a secret.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

/// What the resolver says of a name without an allowed address.
const FORBIDDEN: &str = "every address of this name is forbidden";

/// Resolves names to those of their addresses that may be called.
struct Guarded(Arc<Guard>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| guard.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(FORBIDDEN.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
