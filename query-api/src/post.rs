//! What people are sent by e-mail: links that are theirs alone. In: a link's token. Out: whether the mail server took it;
//! where there is none, or it did not, whoever made the link hands it over.

use bataudit_mail::{Letter, Mailer};
use uuid::Uuid;

use crate::config::Config;

/// The way to people.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    mailer: Option<Mailer>,
    url: String,
}

impl Post {
    /// By the mail server of the configuration, where there is one that can be used.
    pub(crate) fn new(config: &Config) -> Self {
        let mailer = config.mail.as_ref().and_then(|mail| {
            let made =
                Mailer::new(mail).inspect_err(|error| tracing::error!(%error, "No e-mail can be sent."));
            made.ok()
        });
        Self { mailer, url: config.public_url.clone() }
    }

    /// Whether there is a mail server.
    pub(crate) fn can_send(&self) -> bool {
        self.mailer.is_some()
    }

    /// Invites somebody.
    pub(crate) async fn invite(&self, to: &str, token: &str) -> bool {
        let link = format!("{}/app/invite/{token}", self.url);
        let text = format!(
            "You are invited to BatAudit. Choose a name and a password within seven days:\n\n{link}\n\n\
             The link works once. If you expected none, leave it.\n"
        );
        self.send(to, "You are invited to BatAudit", &text).await
    }

    /// Lets somebody set a new password.
    pub(crate) async fn reset(&self, to: &str, token: &str) -> bool {
        let link = format!("{}/app/reset-password/{token}", self.url);
        let text = format!(
            "Set a new password for BatAudit within 24 hours:\n\n{link}\n\n\
             The link works once. If you asked for none, leave it, and tell whoever runs BatAudit.\n"
        );
        self.send(to, "Set a new password for BatAudit", &text).await
    }

    async fn send(&self, to: &str, subject: &str, text: &str) -> bool {
        let Some(mailer) = &self.mailer else { return false };
        let id = Uuid::new_v4().to_string();
        let sent = mailer.send(Letter { to, subject, text, id: &id }).await;
        // What the server said may name the recipient.
        sent.inspect_err(|error| tracing::warn!(is_final = error.is_final(), "An e-mail was not taken."))
            .is_ok()
    }
}
