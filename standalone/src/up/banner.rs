//! What a person sees when everything runs.
//!
//! In: the addresses, and at the first start what was made. Out: text. Printed once, and never logged.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::credentials::Credentials;

/// The words on the terminal.
#[derive(Debug)]
pub(crate) struct Banner {
    /// Where ingest listens.
    pub(crate) ingest: SocketAddr,
    /// Where the dashboard and the API listen.
    pub(crate) query_api: SocketAddr,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// What has not been shown to anybody yet.
    pub(crate) unshown: Option<Credentials>,
}

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ingest, query_api) = (for_people(self.ingest), for_people(self.query_api));
        writeln!(f)?;
        writeln!(f, "  BatAudit {} is running.", env!("CARGO_PKG_VERSION"))?;
        writeln!(f)?;
        writeln!(f, "  Dashboard   http://{query_api}/app")?;
        writeln!(f, "  API         http://{query_api}/docs")?;
        writeln!(f, "  Ingest      http://{ingest}/v1/audit")?;
        writeln!(f, "  Data        {}", self.data.display())?;
        writeln!(f)?;
        match &self.unshown {
            Some(unshown) => write_credentials(f, unshown, &ingest)?,
            None => {
                writeln!(
                    f,
                    "  Sign in at the dashboard as before; new API keys are made under Settings, API Keys."
                )?;
            }
        }
        writeln!(f)?;
        writeln!(f, "  Ctrl-C stops everything.")
    }
}

fn write_credentials(f: &mut fmt::Formatter<'_>, unshown: &Credentials, ingest: &str) -> fmt::Result {
    if let Some(owner) = &unshown.owner {
        let password = owner.password.as_deref().unwrap_or("(the one in INITIAL_OWNER_PASSWORD)");
        writeln!(f, "  Sign in as  {}", owner.email)?;
        writeln!(f, "  Password    {password}")?;
    }
    let Some(key) = &unshown.api_key else { return Ok(()) };
    writeln!(f, "  API key     {key}")?;
    writeln!(f)?;
    writeln!(f, "  These are shown only now: keep them. Send the first event:")?;
    writeln!(f)?;
    writeln!(
        f,
        r#"  curl -X POST http://{ingest}/v1/audit -H "X-API-Key: {key}" -H "Content-Type: application/json" -d '{FIRST_EVENT}'"#
    )
}

/// The event of the first-event guide.
const FIRST_EVENT: &str = r#"{"path":"/api/users","method":"GET","status_code":200,"response_time":45,"identifier":"user-123","service_name":"my-api","environment":"production"}"#;

/// How a person on this machine reaches the address.
fn for_people(address: SocketAddr) -> String {
    if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::super::credentials::OwnerCredentials;
    use super::*;

    fn banner(unshown: Option<Credentials>) -> String {
        Banner {
            ingest: "0.0.0.0:8081".parse().unwrap(),
            query_api: "10.0.0.7:8082".parse().unwrap(),
            data: "/srv/data".into(),
            unshown,
        }
        .to_string()
    }

    #[test]
    fn the_first_start_shows_everything_once() {
        let owner =
            OwnerCredentials { email: "owner@bataudit.local".into(), password: Some("pass-word".into()) };
        let text = banner(Some(Credentials { owner: Some(owner), api_key: Some("bat_00".into()) }));
        assert!(text.contains("http://10.0.0.7:8082/app"), "{text}");
        assert!(text.contains("Sign in as  owner@bataudit.local\n  Password    pass-word\n"), "{text}");
        assert!(
            text.contains(r#"curl -X POST http://localhost:8081/v1/audit -H "X-API-Key: bat_00" -H "#),
            "{text}"
        );
    }

    #[test]
    fn a_password_of_the_environment_is_not_repeated() {
        let owner = OwnerCredentials { email: "a@b.example".into(), password: None };
        let text = banner(Some(Credentials { owner: Some(owner), api_key: None }));
        assert!(text.contains("(the one in INITIAL_OWNER_PASSWORD)"), "{text}");
        assert!(!text.contains("curl"), "{text}");
    }

    #[test]
    fn later_starts_show_no_credentials() {
        let text = banner(None);
        assert!(text.contains("as before") && !text.contains("Password") && !text.contains("curl"), "{text}");
    }
}
