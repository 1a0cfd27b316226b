//! How the connection to PostgreSQL is secured. The driver's own default is to try TLS, to believe any
//! certificate, and to go without when there is none; ours is to verify, unless the server is on this
//! machine or the URL says otherwise. In: a URL. Out: the URL with its mode, or what is wrong with it.

use std::net::IpAddr;
use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

/// The URL with the mode it is to be used with.
///
/// # Errors
/// What is wrong with it, as words that follow its name; they quote nothing of it.
pub fn secured(url: &str) -> Result<String, &'static str> {
    match mode(url) {
        Some("disable" | "verify-ca" | "verify-full") => Ok(url.to_owned()),
        Some(_) => {
            Err("must say sslmode=verify-full or disable (or verify-ca): other modes believe any certificate")
        }
        None if is_local(url)? => Ok(url.to_owned()),
        None => Ok(format!("{url}{}sslmode=verify-full", if url.contains('?') { '&' } else { '?' })),
    }
}

fn mode(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(name, mode)| matches!(name, "sslmode" | "ssl-mode").then_some(mode))
}

/// Whether the server is on this machine.
fn is_local(url: &str) -> Result<bool, &'static str> {
    // The driver's message may quote the URL, and with it the password.
    let options = PgConnectOptions::from_str(url).map_err(|_| "is malformed")?;
    let host = options.get_host();
    let host = host.trim_matches(['[', ']']);
    Ok(host == "localhost" || host.starts_with('/') || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_verified_unless_told_otherwise() {
        let full = "postgres://u:p@db.example/b?sslmode=verify-full";
        assert_eq!(secured("postgres://u:p@db.example/b").as_deref(), Ok(full));
        let with_ca = "postgresql://u:p@10.0.0.1:5433/b?sslrootcert=/ca.pem";
        assert_eq!(secured(with_ca), Ok(format!("{with_ca}&sslmode=verify-full")));
        for kept in [
            full,
            "postgres://u:p@db.example/b?sslmode=disable",
            "postgres://u:p@db.example/b?application_name=x&ssl-mode=verify-ca",
            "postgres://u:p@127.0.0.1:15432/b",
            "postgres://u:p@[::1]/b",
            "postgres://u:p@localhost/b",
        ] {
            assert_eq!(secured(kept).as_deref(), Ok(kept));
        }
    }

    #[test]
    fn modes_that_believe_anything_are_refused() {
        for mode in ["require", "prefer", "allow", "VERIFY"] {
            let problem = secured(&format!("postgres://u:hunter2@db/b?sslmode={mode}")).unwrap_err();
            assert!(problem.contains("verify-full") && !problem.contains("hunter2"), "{problem}");
        }
    }
}
