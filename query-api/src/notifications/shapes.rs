//! What the API says of webhooks: the shapes of bodies and answers.

use bataudit_control::notifications::Channel as Stored;
use serde::Serialize;
use url::Url;
use utoipa::{IntoParams, ToSchema};

use crate::time::rfc3339;

/// What a secret is shown as.
const HIDDEN: &str = "••••••••";

/// What stands at the other end.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "names the values for the API's document")]
pub(crate) enum ChannelType {
    /// A signed POST of JSON: the original's body and header, and the headers of Standard Webhooks.
    Webhook,
    /// An incoming webhook of Slack, or of what speaks its language.
    Slack,
    /// A webhook of a Discord channel.
    Discord,
    /// An e-mail address, by the mail server of the installation.
    Email,
}

/// Where alerts are sent.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Webhook {
    #[schema(example = "01931b66-7c5c-7c2f-9d3d-0f9f8c3f1a11")]
    pub(super) id: String,
    pub(super) project_id: String,
    #[serde(rename = "type")]
    #[schema(value_type = ChannelType)]
    pub(super) kind: String,
    pub(super) config: WebhookConfig,
    /// Whether anything is sent.
    pub(super) active: bool,
    #[schema(example = "2026-01-31T08:00:00.000Z")]
    pub(super) created_at: String,
}

/// Address and secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WebhookConfig {
    /// Only its beginning, but in the answer to its creation: paths of such addresses are often secret.
    #[schema(example = "https://hooks.example.com/…")]
    pub(super) url: String,
    /// Shown this once, in the answer to its creation.
    #[schema(example = "••••••••")]
    pub(super) secret: String,
}

/// An address to be told of alerts.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct NewWebhook {
    pub(super) project_id: String,
    /// `http://` or `https://`, without user and password; for e-mail `mailto:` and one address. Addresses in private networks are refused when they are
    /// called, unless the operator allowed the network.
    #[schema(example = "https://hooks.example.com/bataudit")]
    pub(super) url: String,
    /// Signs what is sent, 8 to 256 characters; made when it is left out.
    #[schema(nullable = false)]
    pub(super) secret: Option<String>,
    /// `webhook` unless given.
    #[schema(rename = "type", nullable = false)]
    pub(super) kind: Option<ChannelType>,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "names the fields of the body for the API's document")]
pub(crate) struct WebhookChange {
    /// `false` pauses it.
    #[schema(nullable = false)]
    pub(super) active: Option<bool>,
    /// Another address, in the form that the type asks for.
    #[schema(example = "https://hooks.example.com/bataudit", nullable = false)]
    pub(super) url: Option<String>,
}

/// Of which project.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "names the parameters for the API's document")]
pub(crate) struct WebhookQuery {
    /// The project.
    pub(super) project_id: String,
}

/// A channel without its secrets.
pub(super) fn shown(channel: Stored) -> Webhook {
    let address = channel.url.expose();
    let url = Url::parse(address);
    let origin = url.map_or_else(|_| HIDDEN.to_owned(), |url| url.origin().ascii_serialization());
    // An e-mail address is no secret among those who get its alerts.
    let is_email = address.starts_with("mailto:");
    let url = if is_email { address.to_owned() } else { format!("{origin}/…") };
    let secret = if is_email { "" } else { HIDDEN }.to_owned();
    Webhook {
        id: channel.id,
        project_id: channel.project_id,
        kind: channel.kind,
        config: WebhookConfig { url, secret },
        active: channel.active,
        created_at: rfc3339(channel.created_at),
    }
}
