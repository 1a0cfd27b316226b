//! E-mail by SMTP. In: a recipient, a subject and plain text. Out: taken by the operator's mail server, or why not. What
//! an e-mail is about is not known here; nor is it kept: who sends decides whether to try again.

mod config;
mod mailer;

pub use config::{CA_FILE, Config, FIELDS, FROM, HOST, PASSWORD, PORT, SECURITY, Security, USER};
pub use mailer::{Letter, MailError, Mailer};
