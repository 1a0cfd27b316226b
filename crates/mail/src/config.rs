//! Which mail server, and how it is reached.

use std::net::IpAddr;

use bataudit_service::{Env, Field, Secret};
use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;

/// The mail server.
pub const HOST: Field = Field::optional(
    "BATAUDIT_SMTP_HOST",
    "Mail server by which alerts, invites and reset links are sent; unset, no e-mail is.",
);
/// Its port.
pub const PORT: Field = Field::new("BATAUDIT_SMTP_PORT", "587", "Port of the mail server.");
/// How the connection is secured.
pub const SECURITY: Field = Field::new(
    "BATAUDIT_SMTP_SECURITY",
    "starttls",
    "starttls (required, not only tried), tls (from the first byte, mostly port 465), or none: without a user, and only \
     to a server of this machine.",
);
/// Who logs in.
pub const USER: Field = Field::optional("BATAUDIT_SMTP_USER", "User to log in to the mail server as.");
/// With what.
pub const PASSWORD: Field = Field::optional("BATAUDIT_SMTP_PASSWORD", "Password of that user.");
/// The sender.
pub const FROM: Field = Field::optional(
    "BATAUDIT_SMTP_FROM",
    "Sender of e-mails, such as BatAudit <bataudit@example.com>; needed with a mail server.",
);
/// Authorities besides the system's.
pub const CA_FILE: Field = Field::optional(
    "BATAUDIT_SMTP_CA_FILE",
    "PEM file with the authority that signed the mail server's certificate, where it is not one of the system's.",
);

/// The variables read here.
pub const FIELDS: &[&Field] = &[&HOST, &PORT, &SECURITY, &USER, &PASSWORD, &FROM, &CA_FILE];

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// By STARTTLS, without which nothing is sent.
    StartTls,
    /// From the first byte.
    Tls,
    /// Not at all.
    None,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<(String, Secret)>,
    pub(crate) from: Mailbox,
    pub(crate) trusted: Vec<Certificate>,
}

impl Config {
    /// Reads the variables; problems are left in `env`. `None` where no mail server is named.
    pub fn from_env(env: &mut Env) -> Option<Self> {
        let host = env.optional(&HOST);
        let port = env.parse(&PORT);
        let security = security(env);
        let (user, password) = (env.optional(&USER), env.secret(&PASSWORD));
        let from = env.optional(&FROM);
        let trusted = authorities(env);
        let host = host?;
        env.check(
            user.is_some() == password.is_some(),
            &USER,
            "must be set along with BATAUDIT_SMTP_PASSWORD",
        );
        if security == Security::None {
            let is_here =
                host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
            env.check(
                user.is_none() && is_here,
                &SECURITY,
                "may be none only without a user, and with a server on this machine",
            );
        }
        let mailbox = from.and_then(|from| from.parse().ok());
        env.check(
            mailbox.is_some(),
            &FROM,
            "must be an e-mail address, such as BatAudit <bataudit@example.com>",
        );
        Some(Self { host, port, security, credentials: user.zip(password), from: mailbox?, trusted })
    }
}

fn security(env: &mut Env) -> Security {
    match env.text(&SECURITY).as_str() {
        "starttls" => Security::StartTls,
        "tls" => Security::Tls,
        "none" => Security::None,
        _ => {
            env.problem(&SECURITY, "must be starttls, tls or none");
            Security::StartTls
        }
    }
}

fn authorities(env: &mut Env) -> Vec<Certificate> {
    let Some(file) = env.file(&CA_FILE) else { return Vec::new() };
    let read = std::fs::read(file).ok().and_then(|pem| Certificate::from_pem(&pem).ok());
    env.check(read.is_some(), &CA_FILE, "holds no PEM certificate (BEGIN CERTIFICATE)");
    read.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Option<Config>, String> {
        let mut env = Env::from_pairs(pairs.iter().copied());
        let config = Config::from_env(&mut env);
        env.finish().map(|()| config).map_err(|problems| problems.to_string())
    }

    const GOOD: [(&str, &str); 2] =
        [("BATAUDIT_SMTP_HOST", "mail.example.com"), ("BATAUDIT_SMTP_FROM", "a@b.c")];

    #[test]
    fn without_a_server_nothing_is_needed() {
        assert!(read(&[]).unwrap().is_none());
        let config = read(&GOOD).unwrap().unwrap();
        assert_eq!((config.port, config.security), (587, Security::StartTls));
    }

    #[test]
    fn what_would_not_work_or_not_be_safe_is_refused() {
        for (more, problem) in [
            (("BATAUDIT_SMTP_FROM", "nobody"), "BATAUDIT_SMTP_FROM must be an e-mail address"),
            (("BATAUDIT_SMTP_USER", "me"), "BATAUDIT_SMTP_USER must be set along with"),
            (("BATAUDIT_SMTP_SECURITY", "none"), "BATAUDIT_SMTP_SECURITY may be none only"),
            (("BATAUDIT_SMTP_SECURITY", "ssl"), "BATAUDIT_SMTP_SECURITY must be starttls, tls or none"),
        ] {
            let found = read(&[GOOD[0], GOOD[1], more]).unwrap_err();
            assert!(found.contains(problem), "{found}");
        }
    }
}
