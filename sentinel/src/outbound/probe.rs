//! Looks at an address: which status it answers with, and when its certificate ends. Redirects are followed, each asked
//! of the guard like the first address, unless a redirect is what is expected.

use std::time::Duration;

use openssl::asn1::Asn1Time;
use openssl::x509::X509;
use reqwest::header::LOCATION;
use reqwest::tls::TlsInfo;
use reqwest::{Response, Url};

use super::client::{CallError, Client};

/// Redirects that are followed.
const MOST: usize = 5;
const DAY_MS: i64 = 86_400_000;

/// What an address answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Probe {
    /// The last HTTP status.
    pub(crate) status: u16,
    /// When the first of the certificates on the way ends, unix milliseconds.
    pub(crate) certificate_ends: Option<i64>,
}

impl Client {
    /// Looks at an address for at most `timeout`.
    pub(crate) async fn probe(
        &self,
        url: &str,
        expected: u16,
        timeout: Duration,
    ) -> Result<Probe, CallError> {
        let looked = tokio::time::timeout(timeout, self.follow(url, expected)).await;
        looked.unwrap_or(Err(CallError::Timeout(timeout.as_secs())))
    }

    async fn follow(&self, url: &str, expected: u16) -> Result<Probe, CallError> {
        let mut url = Url::parse(url).map_err(|_| CallError::Url)?;
        let mut ends: Option<i64> = None;
        for _ in 0..=MOST {
            let response = self.ask(&url).await?;
            ends = [ends, certificate_ends(&response)].into_iter().flatten().min();
            let status = response.status().as_u16();
            match next(&url, &response).filter(|_| status != expected) {
                Some(further) => url = further,
                None => return Ok(Probe { status, certificate_ends: ends }),
            }
        }
        Err(CallError::Redirects(MOST))
    }
}

/// Where a redirect leads; `None` for any other answer.
fn next(url: &Url, response: &Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    url.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()
}

/// When the certificate that was shown ends, in whole seconds.
fn certificate_ends(response: &Response) -> Option<i64> {
    let der = response.extensions().get::<TlsInfo>()?.peer_certificate()?;
    let certificate = X509::from_der(der).ok()?;
    let left = Asn1Time::from_unix(0).ok()?.diff(certificate.not_after()).ok()?;
    Some(i64::from(left.days) * DAY_MS + i64::from(left.secs) * 1000)
}
