//! Hands e-mails to the mail server.

use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::config::{Config, Security};

/// How long the mail server may take for a whole e-mail.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How much of what the server said is kept, in characters.
const KEPT: usize = 300;

/// An e-mail.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The recipient.
    pub to: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub text: &'a str,
    /// Stays the same when it is sent again, so that mail programs show it once.
    pub id: &'a str,
}

/// Why an e-mail was not taken. The words are for whoever wanted it to be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It cannot be sent to such a recipient.
    #[error("the recipient is not an e-mail address")]
    Recipient,
    /// The server says that it will not take it at any time.
    #[error("the mail server refused it: {0}")]
    Refused(String),
    /// The server does not take it now.
    #[error("the mail server did not take it: {0}")]
    Later(String),
    /// It did not answer in time.
    #[error("the mail server did not answer within {0} s")]
    Timeout(u64),
    /// The settings cannot be used.
    #[error("the settings of the mail server cannot be used: {0}")]
    Settings(String),
}

impl MailError {
    /// Whether it makes no sense to try again.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Recipient | Self::Refused(_))
    }
}

/// A way to the mail server. Clones share it.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

impl Mailer {
    /// Prepares the way; nothing is connected yet.
    ///
    /// # Errors
    /// When a certificate or the host name cannot be used.
    pub fn new(config: &Config) -> Result<Self, MailError> {
        let settings = |error: lettre::transport::smtp::Error| MailError::Settings(error.to_string());
        let mut tls = TlsParameters::builder(config.host.clone());
        for authority in &config.trusted {
            tls = tls.add_root_certificate(authority.clone());
        }
        let tls = match config.security {
            Security::StartTls => Tls::Required(tls.build_native().map_err(settings)?),
            Security::Tls => Tls::Wrapper(tls.build_native().map_err(settings)?),
            Security::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from: config.from.clone() })
    }

    /// Hands an e-mail over.
    ///
    /// # Errors
    /// When the server did not take it.
    pub async fn send(&self, letter: Letter<'_>) -> Result<(), MailError> {
        let address: Address = letter.to.parse().map_err(|_| MailError::Recipient)?;
        // Programs that answer by themselves leave it alone.
        let automatic =
            HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(one_line(letter.subject))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.to_owned())
            .map_err(|error| MailError::Settings(error.to_string()))?;
        message.headers_mut().insert_raw(automatic);
        match tokio::time::timeout(TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_timeout() => Err(MailError::Timeout(TIMEOUT.as_secs())),
            Ok(Err(error)) if error.is_permanent() => Err(MailError::Refused(reason(&error))),
            Ok(Err(error)) => Err(MailError::Later(reason(&error))),
            Err(_) => Err(MailError::Timeout(TIMEOUT.as_secs())),
        }
    }
}

/// A subject cannot become another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// What went wrong, with its causes.
fn reason(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(error);
    while let Some(source) = inner {
        let more = source.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        inner = source.source();
    }
    text.chars().filter(|c| !c.is_control()).take(KEPT).collect()
}

#[cfg(test)]
mod tests;
