//! TLS to ClickHouse: whom we trust and who we are. Certificates are always verified, host name
//! included. In: variables that name PEM files. Out: the HTTP client below the ClickHouse client.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use bataudit_service::env::Env;
use clickhouse::Client;
use hyper_tls::HttpsConnector;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use native_tls::{Certificate, Identity, Protocol, TlsConnector, TlsConnectorBuilder};

use crate::connection::{CA_FILE, CERTIFICATE_FILE, KEY_FILE, URL};

/// As the ClickHouse client has them by itself: below the server's own 3 s for an idle connection.
const IDLE: Duration = Duration::from_secs(2);
const KEEPALIVE: Duration = Duration::from_secs(60);

/// How connections are secured; without a connector they are not.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    connector: Option<TlsConnector>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("is_used", &self.connector.is_some()).finish()
    }
}

impl Tls {
    /// Reads the variables of an `https://` address; with `http://` none of them may be set.
    pub(crate) fn from_env(env: &mut Env, is_https: bool) -> Self {
        let files = [&CA_FILE, &CERTIFICATE_FILE, &KEY_FILE].map(|field| env.file(field));
        // Somebody who names an authority believes that the connection is encrypted.
        let unused = !is_https && files.iter().any(Option::is_some);
        env.check(!unused, &URL, "must start with https:// when certificates are given");
        if !is_https {
            return Self::default();
        }
        let mut builder = TlsConnector::builder();
        builder.min_protocol_version(Some(Protocol::Tlsv12));
        let [authority, certificate, key] = files;
        if let Some(authority) = authority {
            trust_only(&mut builder, env, &authority);
        }
        match (certificate, key) {
            (Some(certificate), Some(key)) => identify(&mut builder, env, &certificate, &key),
            (Some(_), None) => env.problem(&KEY_FILE, "must be set along with the certificate"),
            (None, Some(_)) => env.problem(&CERTIFICATE_FILE, "must be set along with the key"),
            (None, None) => {}
        }
        let connector = builder.build();
        let connector = connector.map_err(|error| env.problem(&URL, format_args!("cannot be used: {error}")));
        Self { connector: connector.ok() }
    }

    /// A ClickHouse client over HTTP, or over HTTPS.
    pub(crate) fn client(&self) -> Client {
        let mut http = HttpConnector::new();
        http.set_keepalive(Some(KEEPALIVE));
        let mut builder = HttpClient::builder(TokioExecutor::new());
        builder.pool_idle_timeout(IDLE);
        match &self.connector {
            None => Client::with_http_client(builder.build(http)),
            Some(connector) => {
                http.enforce_http(false);
                let https = HttpsConnector::from((http, connector.clone().into()));
                Client::with_http_client(builder.build(https))
            }
        }
    }
}

fn trust_only(builder: &mut TlsConnectorBuilder, env: &mut Env, authority: &Path) {
    let read = std::fs::read(authority).ok().and_then(|pem| Certificate::stack_from_pem(&pem).ok());
    let Some(certificates) = read.filter(|certificates| !certificates.is_empty()) else {
        return env.problem(&CA_FILE, "holds no PEM certificate (BEGIN CERTIFICATE)");
    };
    builder.disable_built_in_roots(true);
    for certificate in certificates {
        builder.add_root_certificate(certificate);
    }
}

fn identify(builder: &mut TlsConnectorBuilder, env: &mut Env, certificate: &Path, key: &Path) {
    // What cannot be read was reported as a problem of its variable.
    let (Ok(chain), Ok(key)) = (std::fs::read(certificate), std::fs::read(key)) else { return };
    match Identity::from_pkcs8(&chain, &key) {
        Ok(identity) => drop(builder.identity(identity)),
        Err(error) => env.problem(&KEY_FILE, format_args!("does not fit the certificate: {error}")),
    }
}

/// An error with all its causes: why a certificate was refused stands in the last one.
pub(crate) fn whole(error: &clickhouse::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let sentence = next.to_string();
        if !text.contains(&sentence) {
            text.push_str(": ");
            text.push_str(&sentence);
        }
        cause = next.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(pairs: &[(&str, &str)], is_https: bool) -> String {
        let mut env = Env::from_pairs(pairs.iter().copied());
        Tls::from_env(&mut env, is_https);
        env.finish().map_or_else(|problems| problems.to_string(), |()| String::new())
    }

    #[test]
    fn what_is_given_is_used_or_refused() {
        assert_eq!(problems(&[], true), "");
        let plain = problems(&[(CA_FILE.name, "/dev/null")], false);
        assert!(plain.contains("must start with https://"), "{plain}");
        let empty = problems(&[(CA_FILE.name, "/dev/null")], true);
        assert!(empty.contains("BATAUDIT_CLICKHOUSE_SSL_CA_FILE holds no PEM certificate"), "{empty}");
        let half = problems(&[(CERTIFICATE_FILE.name, "/dev/null")], true);
        assert!(half.contains("BATAUDIT_CLICKHOUSE_SSL_KEY_FILE must be set"), "{half}");
    }
}
