//! Every route and who may call it. One table, enforced in one place, by the guard, which refuses a route that is not in it,
//! and finds the caller of every other before the handler runs.

mod guard;

use bataudit_control::personal_tokens::TokenScope;

pub(crate) use guard::{guard, measure};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody, without a session.
    Public,
    /// A screen of the wallboard, and nobody else.
    Screen,
    /// Any user with a session.
    AnyUser,
    /// Members of the project, owners and auditors. Lists without a project show those of all the caller's.
    ProjectMember,
    /// Users of the instance roles admin and owner; auditors where it only reads.
    InstanceAdmin,
    /// Members of the project with the role admin or owner, and owners of the instance; auditors where it
    /// only reads.
    ProjectAdmin,
}

impl Who {
    /// In words, for the API's document.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Public => "anybody",
            Self::Screen => "a screen of the wallboard, with its own token",
            Self::AnyUser => "any user",
            Self::ProjectMember => "members of the project, owners and auditors",
            Self::InstanceAdmin => "users with the role admin or owner",
            Self::ProjectAdmin => "members with the role admin or owner in the project, and the owner",
        }
    }
}

/// A route and who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// Method; HEAD counts as GET.
    pub method: &'static str,
    /// Path as the router spells it.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
}

/// Where a user's own credentials are: only somebody who is logged in changes them.
const OWN_CREDENTIALS: [&str; 4] =
    ["/v1/auth/logout", "/v1/auth/password", "/v1/auth/sessions", "/v1/auth/personal-tokens"];
/// Where accounts come from: a stolen token must not be able to make itself one.
const ACCOUNTS: [&str; 2] = ["/v1/auth/users", "/v1/auth/invites"];

impl Route {
    /// Whether it changes nothing.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.method == "GET"
    }

    /// The scope a personal token needs here; none suffices where there is none.
    #[must_use]
    pub fn token_scope(&self) -> Option<TokenScope> {
        let is_below = |roots: &[&str]| roots.iter().any(|root| self.path.starts_with(root));
        let names = |part: &str| self.path.split('/').any(|found| found == part);
        match self.reads() {
            _ if is_below(&OWN_CREDENTIALS) => None,
            false if is_below(&ACCOUNTS) => None,
            _ if names("export") || names("exports") => Some(TokenScope::Export),
            _ if names("query") || names("sql") => Some(TokenScope::Query),
            true => Some(TokenScope::Read),
            false => Some(TokenScope::Manage),
        }
    }

    /// Who may call it, in words.
    #[must_use]
    pub fn describe(&self) -> String {
        let auditors = match self.who {
            Who::InstanceAdmin | Who::ProjectAdmin if self.reads() => ", and auditors",
            _ => "",
        };
        let tokens = match self.token_scope() {
            _ if matches!(self.who, Who::Public | Who::Screen) => String::new(),
            None => " Not with a personal token.".to_owned(),
            Some(scope) => format!(" With a personal token: scope `{}`.", scope.as_str()),
        };
        format!("May be called by: {}{auditors}.{tokens}", self.who.describe())
    }
}

const fn route(method: &'static str, path: &'static str, who: Who) -> Route {
    Route { method, path, who }
}

/// Every route.
pub const ROUTES: &[Route] = &[
    route("POST", "/v1/auth/login", Who::Public),
    route("GET", "/v1/auth/oidc", Who::Public),
    route("GET", "/v1/auth/oidc/login", Who::Public),
    route("GET", "/v1/auth/oidc/callback", Who::Public),
    route("POST", "/v1/auth/logout", Who::AnyUser),
    route("GET", "/v1/auth/me", Who::AnyUser),
    route("POST", "/v1/auth/password", Who::AnyUser),
    route("POST", "/v1/auth/password-reset", Who::Public),
    route("GET", "/v1/auth/sessions", Who::AnyUser),
    route("DELETE", "/v1/auth/sessions", Who::AnyUser),
    route("DELETE", "/v1/auth/sessions/{id}", Who::AnyUser),
    route("GET", "/v1/auth/personal-tokens", Who::AnyUser),
    route("POST", "/v1/auth/personal-tokens", Who::AnyUser),
    route("DELETE", "/v1/auth/personal-tokens/{id}", Who::AnyUser),
    route("GET", "/v1/auth/users", Who::InstanceAdmin),
    route("POST", "/v1/auth/users", Who::InstanceAdmin),
    route("PATCH", "/v1/auth/users/{id}", Who::InstanceAdmin),
    route("DELETE", "/v1/auth/users/{id}", Who::InstanceAdmin),
    route("POST", "/v1/auth/users/{id}/reset-link", Who::InstanceAdmin),
    route("GET", "/v1/auth/users/{id}/sessions", Who::InstanceAdmin),
    route("DELETE", "/v1/auth/users/{id}/sessions", Who::InstanceAdmin),
    route("GET", "/v1/auth/invites", Who::InstanceAdmin),
    route("POST", "/v1/auth/invites", Who::InstanceAdmin),
    route("DELETE", "/v1/auth/invites/{id}", Who::InstanceAdmin),
    route("GET", "/v1/auth/invite/{token}", Who::Public),
    route("POST", "/v1/auth/invite/{token}/accept", Who::Public),
    route("GET", "/v1/auth/projects", Who::AnyUser),
    route("POST", "/v1/auth/projects", Who::InstanceAdmin),
    route("PATCH", "/v1/auth/projects/{id}", Who::ProjectAdmin),
    route("GET", "/v1/auth/projects/{id}/members", Who::ProjectMember),
    route("POST", "/v1/auth/projects/{id}/members", Who::ProjectAdmin),
    route("PATCH", "/v1/auth/projects/{id}/members/{user_id}", Who::ProjectAdmin),
    route("DELETE", "/v1/auth/projects/{id}/members/{user_id}", Who::ProjectAdmin),
    route("GET", "/v1/auth/api-keys", Who::ProjectAdmin),
    route("POST", "/v1/auth/api-keys", Who::ProjectAdmin),
    route("DELETE", "/v1/auth/api-keys/{id}", Who::ProjectAdmin),
    route("POST", "/v1/auth/api-keys/{id}/rotate", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/masking-rules", Who::ProjectAdmin),
    route("PUT", "/v1/projects/{id}/masking-rules", Who::ProjectAdmin),
    route("POST", "/v1/projects/{id}/masking-rules/dry-run", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/retention", Who::ProjectMember),
    route("PUT", "/v1/projects/{id}/retention", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/holds", Who::ProjectAdmin),
    route("POST", "/v1/projects/{id}/holds", Who::ProjectAdmin),
    route("DELETE", "/v1/projects/{id}/holds/{hold_id}", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/erasures", Who::ProjectAdmin),
    route("POST", "/v1/projects/{id}/erasures", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/erasures/{erasure_id}", Who::ProjectAdmin),
    route("GET", "/v1/projects/{id}/erasures/{erasure_id}/certificate", Who::ProjectAdmin),
    route("GET", "/v1/anomaly/rules", Who::ProjectMember),
    route("POST", "/v1/anomaly/rules", Who::ProjectAdmin),
    route("PUT", "/v1/anomaly/rules/{id}", Who::ProjectAdmin),
    route("DELETE", "/v1/anomaly/rules/{id}", Who::ProjectAdmin),
    route("POST", "/v1/anomaly/rules/dry-run", Who::ProjectAdmin),
    route("GET", "/v1/anomaly/incidents", Who::ProjectMember),
    route("GET", "/v1/anomaly/incidents/{id}", Who::ProjectMember),
    route("GET", "/v1/anomaly/incidents/{id}/series", Who::ProjectMember),
    route("POST", "/v1/anomaly/incidents/{id}/acknowledge", Who::ProjectAdmin),
    route("POST", "/v1/anomaly/incidents/{id}/resolve", Who::ProjectAdmin),
    route("POST", "/v1/anomaly/incidents/{id}/reopen", Who::ProjectAdmin),
    route("GET", "/v1/notifications/webhooks", Who::ProjectMember),
    route("POST", "/v1/notifications/webhooks", Who::ProjectAdmin),
    route("PUT", "/v1/notifications/webhooks/{id}", Who::ProjectAdmin),
    route("DELETE", "/v1/notifications/webhooks/{id}", Who::ProjectAdmin),
    route("POST", "/v1/notifications/webhooks/{id}/test", Who::ProjectAdmin),
    route("GET", "/v1/notifications/webhooks/{id}/deliveries", Who::ProjectAdmin),
    route("GET", "/v1/notifications/push/vapid-public-key", Who::AnyUser),
    route("POST", "/v1/notifications/push/subscribe", Who::ProjectMember),
    route("DELETE", "/v1/notifications/push/subscribe", Who::ProjectMember),
    route("GET", "/v1/notifications/push/subscriptions", Who::AnyUser),
    route("POST", "/v1/notifications/push/subscriptions/{id}/test", Who::ProjectMember),
    route("GET", "/v1/notifications/push/subscriptions/{id}/deliveries", Who::ProjectMember),
    route("GET", "/v1/monitors", Who::ProjectMember),
    route("POST", "/v1/monitors", Who::ProjectAdmin),
    route("PUT", "/v1/monitors/{id}", Who::ProjectAdmin),
    route("DELETE", "/v1/monitors/{id}", Who::ProjectAdmin),
    route("GET", "/v1/monitors/{id}/history", Who::ProjectMember),
    route("GET", "/v1/monitors/{id}/uptime", Who::ProjectMember),
    route("POST", "/v1/monitors/{id}/test", Who::ProjectAdmin),
    route("GET", "/v1/wallboard/tokens", Who::ProjectMember),
    route("POST", "/v1/wallboard/token", Who::ProjectAdmin),
    route("DELETE", "/v1/wallboard/token", Who::ProjectAdmin),
    route("POST", "/v1/wallboard/activate", Who::Public),
    route("POST", "/v1/wallboard/refresh", Who::Public),
    route("GET", "/v1/wallboard/summary", Who::Screen),
    route("GET", "/v1/wallboard/feed", Who::Screen),
    route("GET", "/v1/wallboard/volume", Who::Screen),
    route("GET", "/v1/wallboard/health", Who::Screen),
    route("GET", "/v1/wallboard/alerts", Who::Screen),
    route("GET", "/v1/wallboard/error-routes", Who::Screen),
    route("GET", "/v1/wallboard/projects", Who::Screen),
    route("GET", "/v1/wallboard/grid", Who::Screen),
    route("GET", "/v1/wallboard/stream", Who::Screen),
    route("GET", "/v1/audit", Who::ProjectMember),
    route("GET", "/v1/audit/stats", Who::ProjectMember),
    route("GET", "/v1/audit/stats/history", Who::ProjectMember),
    route("GET", "/v1/audit/stats/usage", Who::ProjectMember),
    route("GET", "/v1/audit/facets", Who::ProjectMember),
    route("GET", "/v1/audit/facets/counts", Who::ProjectMember),
    route("GET", "/v1/audit/sessions", Who::ProjectMember),
    route("GET", "/v1/audit/sessions/{session_id}", Who::ProjectMember),
    route("GET", "/v1/audit/insights", Who::ProjectMember),
    route("GET", "/v1/audit/affected-users", Who::ProjectMember),
    route("GET", "/v1/audit/orphans", Who::ProjectMember),
    route("GET", "/v1/audit/export", Who::ProjectMember),
    route("GET", "/v1/audit/exports/{id}", Who::ProjectMember),
    route("GET", "/v1/audit/stream", Who::ProjectMember),
    route("GET", "/v1/audit/{id}", Who::ProjectMember),
    route("POST", "/v1/audit/query", Who::InstanceAdmin),
    route("GET", "/v1/audit/query/history", Who::InstanceAdmin),
    route("DELETE", "/v1/audit/query/history", Who::InstanceAdmin),
    route("GET", "/v1/audit/query/saved", Who::InstanceAdmin),
    route("POST", "/v1/audit/query/saved", Who::InstanceAdmin),
    route("PUT", "/v1/audit/query/saved/{id}", Who::InstanceAdmin),
    route("DELETE", "/v1/audit/query/saved/{id}", Who::InstanceAdmin),
    route("GET", "/v1/reports", Who::ProjectMember),
    route("POST", "/v1/reports", Who::ProjectAdmin),
    route("GET", "/v1/reports/{id}", Who::ProjectMember),
    route("PUT", "/v1/reports/{id}", Who::ProjectAdmin),
    route("DELETE", "/v1/reports/{id}", Who::ProjectAdmin),
    route("GET", "/v1/pipeline", Who::ProjectMember),
    route("GET", "/v1/pipeline/hours", Who::ProjectMember),
    route("GET", "/v1/pipeline/storage", Who::ProjectMember),
    route("GET", "/v1/pipeline/reconciliations", Who::InstanceAdmin),
    route("GET", "/v1/pipeline/losses", Who::InstanceAdmin),
    route("GET", "/v1/dead-letters", Who::ProjectAdmin),
    route("GET", "/v1/dead-letters/{id}", Who::ProjectAdmin),
    route("GET", "/v1/dead-letters/replays", Who::ProjectAdmin),
    route("POST", "/v1/dead-letters/replays", Who::ProjectAdmin),
    route("GET", "/v1/dead-letters/replays/{id}", Who::ProjectAdmin),
    route("GET", "/v1/views", Who::ProjectMember),
    route("POST", "/v1/views", Who::ProjectMember),
    route("PUT", "/v1/views/{id}", Who::ProjectMember),
    route("DELETE", "/v1/views/{id}", Who::ProjectMember),
    route("GET", "/health", Who::Public),
    route("GET", "/v1/openapi.json", Who::Public),
    route("GET", "/docs", Who::Public),
    route("GET", "/docs/", Who::Public),
    route("GET", "/docs/{*file}", Who::Public),
    route("GET", "/", Who::Public),
    route("GET", "/tv", Who::Public),
    route("GET", "/login", Who::Public),
    route("GET", "/invite/{token}", Who::Public),
    route("GET", "/app", Who::Public),
    route("GET", "/app/", Who::Public),
    route("GET", "/app/{*file}", Who::Public),
];
