//! A good request of every route: what it needs is made for it, so that one request spoils no other.

use bataudit_control::anomaly_incidents::{self, AnomalyIncident, Changes, Handling};
use bataudit_control::anomaly_rules::{self, Wanted};
use bataudit_control::console::saved;
use bataudit_control::dead_letters::replays::{self, Selection};
use bataudit_control::dead_letters::{self, DeadLetter};
use bataudit_control::erasures::{self, NewErasure};
use bataudit_control::holds::{self, NewHold};
use bataudit_control::invites::{self, NewInvite};
use bataudit_control::monitors::{self, Target};
use bataudit_control::notifications::{NewChannel, channels, subscriptions};
use bataudit_control::personal_tokens::{self, NewToken, TokenScope};
use bataudit_control::users::{self, NewUser, User};
use bataudit_control::{Role, mask_rules, members, password_resets, screens, sessions, views};
use bataudit_query_api::routes::Route;
use serde_json::{Value, json};

use crate::fixture::{Fixture, USER_PASSWORD, now_ms};

/// What requests are about.
pub(crate) struct Subject<'a> {
    pub(crate) project: &'a str,
    pub(crate) event: &'a str,
    /// The name of the caller, who has an account.
    pub(crate) caller: &'a str,
    /// A number no other request has.
    pub(crate) n: usize,
}

impl Subject<'_> {
    /// A user made for one request.
    async fn stranger(&self, api: &Fixture) -> User {
        let email = format!("stranger-{}@example.com", self.n);
        let new = NewUser { email: &email, name: "Stranger", role: Role::Viewer, password: USER_PASSWORD };
        users::create(&api.control, new).await.unwrap()
    }

    async fn member(&self, api: &Fixture) -> String {
        let user = self.stranger(api).await;
        members::add(&api.control, self.project, &user.id, Role::Viewer).await.unwrap();
        user.id
    }

    async fn caller(&self, api: &Fixture) -> User {
        let email = format!("{}@example.com", self.caller);
        users::by_email(&api.control, &email).await.unwrap().unwrap()
    }

    async fn invite(&self, api: &Fixture) -> (String, String) {
        let email = format!("invited-{}@example.com", self.n);
        let new = NewInvite { email: &email, role: Role::Viewer, created_by: None };
        let (invite, token) = invites::create(&api.control, new, now_ms()).await.unwrap();
        (invite.id, token.expose().to_owned())
    }

    async fn dead_letter(&self, api: &Fixture) -> String {
        let id = format!("1:0-{}-0", self.n);
        let letter = DeadLetter {
            id: id.clone(),
            project_id: Some(self.project.to_owned()),
            reason: "unmaskable".to_owned(),
            ..DeadLetter::default()
        };
        dead_letters::take(&api.control, &[letter], &[]).await.unwrap();
        id
    }

    /// One that is done.
    async fn replay(&self, api: &Fixture) -> String {
        let selection = Selection::default();
        let asked = replays::ask(&api.control, Some(self.project), "Ada", &selection).await.unwrap();
        let id = asked.unwrap().id;
        replays::finish(&api.control, &id, now_ms()).await.unwrap();
        id
    }

    /// One of the caller's own, in the project.
    async fn view(&self, api: &Fixture) -> String {
        let content = views::Content { name: "v", search: "q=a", shared: false };
        let user = self.caller(api).await;
        views::create(&api.control, &user.id, Some(self.project), content).await.unwrap().unwrap().id
    }

    async fn anomaly_rule(&self, api: &Fixture) -> String {
        let wanted = Wanted {
            rule_type: "error_rate",
            threshold: 20.0,
            window_seconds: 300,
            cooldown_seconds: 300,
            min_events: 10,
            service_name: None,
            environment: None,
            active: true,
        };
        anomaly_rules::create(&api.control, self.project, &wanted, None).await.unwrap().id
    }

    async fn incident(&self, api: &Fixture) -> String {
        let incident = AnomalyIncident {
            id: anomaly_incidents::new_id(),
            rule_id: self.anomaly_rule(api).await,
            project_id: self.project.to_owned(),
            rule_type: "error_rate".to_owned(),
            service_name: "my-api".to_owned(),
            environment: "production".to_owned(),
            subject: String::new(),
            details: "{}".to_owned(),
            from_ms: now_ms() - 600_000,
            to_ms: now_ms() - 300_000,
            found_at: now_ms(),
            resolved_at: None,
            fired_told: 1,
            resolved_told: 0,
            handling: Handling::default(),
        };
        let id = incident.id.clone();
        let changes = Changes { fired: vec![incident], ..Changes::default() };
        anomaly_incidents::apply(&api.control, &changes, now_ms()).await.unwrap();
        id
    }

    async fn webhook(&self, api: &Fixture) -> String {
        // A project may have a few only.
        if let Some(one) = channels::list(&api.control, self.project).await.unwrap().pop() {
            return one.id;
        }
        let new = NewChannel {
            project_id: self.project,
            kind: "webhook",
            url: "https://hooks.example.com/a",
            secret: None,
            created_by: None,
        };
        channels::create(&api.control, new).await.unwrap().id
    }

    /// The caller's own. Each caller is another user, who may have a few only.
    async fn browser(&self, api: &Fixture) -> String {
        let (user, endpoint) =
            (self.caller(api).await.id, format!("https://push.example.com/{}", self.caller));
        let made =
            subscriptions::subscribe(&api.control, self.project, &user, &endpoint, "{}").await.unwrap();
        made.id
    }

    async fn monitor(&self, api: &Fixture) -> String {
        let target = Target {
            name: "shop".to_owned(),
            url: "https://shop.example.com".to_owned(),
            interval_seconds: 60,
            timeout_seconds: 1,
            expected_status: 200,
            certificate_warning_days: 14,
            enabled: true,
        };
        monitors::create(&api.control, self.project, target, None, 1_000).await.unwrap().unwrap().id
    }

    async fn without_monitors(&self, api: &Fixture) {
        for monitor in monitors::list(&api.control, None).await.unwrap() {
            monitors::delete(&api.control, &monitor).await.unwrap();
        }
    }

    async fn hold(&self, api: &Fixture) -> String {
        let filter = holds::Filter::default();
        let new = NewHold {
            project_id: self.project,
            name: "case",
            reason: "court",
            filter: &filter,
            from_ms: None,
            to_ms: None,
            created_by: "counsel@example.com",
        };
        match holds::create(&api.control, new).await {
            Ok(hold) => hold.id,
            // A project may have a few only.
            Err(_) => holds::of_project(&api.control, self.project).await.unwrap()[0].id.clone(),
        }
    }

    /// One that is done.
    async fn erasure(&self, api: &Fixture) -> String {
        let new = NewErasure {
            project_id: self.project,
            field: "identifier",
            subject: "ada",
            reason: "request",
            requested_by: "dpo@example.com",
        };
        let id = erasures::create(&api.control, new).await.unwrap().id;
        erasures::finish(&api.control, &id, now_ms(), "{}").await.unwrap();
        id
    }

    /// The id of something that belongs to the caller, or that the request is about.
    async fn id(&self, api: &Fixture, path: &str) -> String {
        match path {
            "/v1/auth/api-keys/{id}" | "/v1/auth/api-keys/{id}/rotate" => api.key(self.project).await,
            "/v1/auth/sessions/{id}" => {
                let user = self.caller(api).await;
                sessions::create(&api.control, &user, now_ms(), i64::MAX).await.unwrap().id
            }
            "/v1/auth/personal-tokens/{id}" => {
                let user = self.caller(api).await;
                let scopes = [TokenScope::Read];
                let new = NewToken { user_id: &user.id, name: "t", scopes: &scopes, expires_at: None };
                personal_tokens::create(&api.control, new, now_ms()).await.unwrap().0.id
            }
            "/v1/auth/invites/{id}" => self.invite(api).await.0,
            "/v1/reports/{id}" => api.report(self.project).await,
            "/v1/views/{id}" => self.view(api).await,
            "/v1/dead-letters/{id}" => self.dead_letter(api).await,
            "/v1/dead-letters/replays/{id}" => self.replay(api).await,
            "/v1/audit/exports/{id}" => api.export(self.project).await,
            "/v1/anomaly/rules/{id}" => self.anomaly_rule(api).await,
            path if path.starts_with("/v1/anomaly/incidents/") => self.incident(api).await,
            path if path.starts_with("/v1/notifications/webhooks/") => self.webhook(api).await,
            path if path.starts_with("/v1/notifications/push/") => self.browser(api).await,
            path if path.starts_with("/v1/monitors/") => self.monitor(api).await,
            "/v1/audit/{id}" => self.event.to_owned(),
            "/v1/audit/query/saved/{id}" => {
                let user = self.caller(api).await;
                saved::create(&api.control, &user.id, "q", "SELECT 1").await.unwrap().id
            }
            path if path.starts_with("/v1/auth/users/") => self.stranger(api).await.id,
            _ => self.project.to_owned(),
        }
    }

    /// Path and body.
    pub(crate) async fn request(&self, api: &Fixture, route: &Route) -> (String, Option<Value>) {
        let project = self.project;
        let mut path = match route.path {
            "/v1/auth/api-keys" if route.method == "GET" => format!("/v1/auth/api-keys?project_id={project}"),
            "/v1/anomaly/rules" | "/v1/anomaly/incidents" | "/v1/notifications/webhooks"
                if route.method == "GET" =>
            {
                format!("{}?project_id={project}", route.path)
            }
            "/v1/monitors" if route.method == "GET" => format!("/v1/monitors?project_id={project}"),
            "/v1/wallboard/tokens" => format!("{}?project_id={project}", route.path),
            "/v1/wallboard/token" if route.method == "DELETE" => {
                let made =
                    screens::create(&api.control, Some(project), "Hall", None, now_ms()).await.unwrap();
                format!("/v1/wallboard/token?id={}", made.0.id)
            }
            "/v1/audit/{id}" | "/v1/audit/exports/{id}" => route.path.to_owned(),
            "/v1/audit/sessions/{session_id}" => format!("/v1/audit/sessions/s-1?project_id={project}"),
            "/v1/pipeline" | "/v1/pipeline/hours" | "/v1/pipeline/storage" => {
                format!("{}?project_id={project}", route.path)
            }
            "/v1/reports" | "/v1/views" | "/v1/dead-letters" | "/v1/dead-letters/replays"
                if route.method == "GET" =>
            {
                format!("{}?project_id={project}", route.path)
            }
            path if path.starts_with("/v1/audit/query") => path.to_owned(),
            path if path.starts_with("/v1/audit") => format!("{path}?project_id={project}"),
            "/docs/{*file}" => "/docs/index.html".to_owned(),
            "/app/{*file}" => "/app/events".to_owned(),
            path => path.to_owned(),
        };
        if path.contains("{id}") {
            path = path.replace("{id}", &self.id(api, route.path).await);
        }
        if path.contains("{hold_id}") {
            path = path.replace("{hold_id}", &self.hold(api).await);
        }
        if path.contains("{erasure_id}") {
            path = path.replace("{erasure_id}", &self.erasure(api).await);
        }
        if path.contains("{user_id}") {
            path = path.replace("{user_id}", &self.member(api).await);
        }
        if path.contains("{token}") {
            path = path.replace("{token}", &self.invite(api).await.1);
        }
        (path, self.body(api, route).await)
    }

    async fn body(&self, api: &Fixture, route: &Route) -> Option<Value> {
        let body = match (route.method, route.path) {
            ("POST", "/v1/auth/login") => json!({"email": "owner@example.com", "password": USER_PASSWORD}),
            ("POST", "/v1/auth/password") => {
                json!({"current_password": USER_PASSWORD, "new_password": USER_PASSWORD})
            }
            ("POST", "/v1/auth/password-reset") => {
                let user = self.stranger(api).await;
                let (token, _) =
                    password_resets::create(&api.control, &user.id, None, now_ms()).await.unwrap();
                json!({"token": token.expose(), "password": USER_PASSWORD})
            }
            ("POST", "/v1/auth/personal-tokens") => json!({"name": "t", "scopes": ["read", "export"]}),
            ("POST", "/v1/auth/users") => {
                let email = format!("new-{}@example.com", self.n);
                json!({"name": "New", "email": email, "password": USER_PASSWORD, "role": "viewer"})
            }
            ("PATCH", "/v1/auth/users/{id}") => json!({"role": "admin"}),
            ("POST", "/v1/auth/invites") => {
                json!({"email": format!("guest-{}@example.com", self.n), "role": "viewer"})
            }
            ("POST", "/v1/auth/invite/{token}/accept") => json!({"name": "New", "password": USER_PASSWORD}),
            ("POST", "/v1/auth/projects") => json!({"name": "New", "slug": format!("new-{}", self.n)}),
            ("PATCH", "/v1/auth/projects/{id}") => json!({"name": format!("Renamed {}", self.n)}),
            ("POST", "/v1/auth/projects/{id}/members") => {
                json!({"email": self.stranger(api).await.email, "role": "viewer"})
            }
            ("PATCH", "/v1/auth/projects/{id}/members/{user_id}") => json!({"role": "admin"}),
            ("POST", "/v1/auth/api-keys") => json!({"project_id": self.project, "name": "new"}),
            ("POST", "/v1/auth/api-keys/{id}/rotate") => json!({"overlap_hours": 1}),
            ("POST", "/v1/anomaly/rules" | "/v1/anomaly/rules/dry-run") => {
                json!({"project_id": self.project, "rule_type": "error_rate"})
            }
            ("POST", "/v1/notifications/webhooks") => {
                json!({"project_id": self.project, "url": "https://hooks.example.com/a"})
            }
            ("PUT", "/v1/notifications/webhooks/{id}") => json!({"active": true}),
            ("PUT", "/v1/anomaly/rules/{id}") => json!({"threshold": 7}),
            ("POST", "/v1/reports") => json!({"project_id": self.project, "name": "new"}),
            ("PUT", "/v1/reports/{id}") => json!({"name": "new"}),
            ("POST", "/v1/views") => json!({"project_id": self.project, "name": "v", "search": "q=a"}),
            ("PUT", "/v1/views/{id}") => json!({"name": "v", "search": "q=b"}),
            ("PUT", "/v1/projects/{id}/masking-rules") => {
                let current = mask_rules::current(&api.control, self.project).await.unwrap();
                let version = current.map_or(0, |current| current.version);
                json!({"version": version, "rules": [{"key": "ref"}]})
            }
            ("POST", "/v1/projects/{id}/masking-rules/dry-run") => json!({"samples": []}),
            ("POST", "/v1/audit/query") => json!({"sql": "SELECT count() FROM audits"}),
            ("POST", "/v1/audit/query/saved") | ("PUT", "/v1/audit/query/saved/{id}") => {
                json!({"name": "q", "sql": "SELECT 1"})
            }
            ("PUT", "/v1/projects/{id}/retention") => json!({"raw_days": 30}),
            ("POST", "/v1/projects/{id}/holds") => json!({"name": "case", "reason": "court"}),
            ("POST", "/v1/projects/{id}/erasures") => json!({"identifier": "ada", "reason": "request"}),
            _ => return self.watching(api, route).await,
        };
        Some(body)
    }

    /// Bodies for monitors, screens and browsers.
    async fn watching(&self, api: &Fixture, route: &Route) -> Option<Value> {
        let body = match (route.method, route.path) {
            ("POST", "/v1/notifications/push/subscribe") => {
                // Each caller is another user, who may have a few only.
                let endpoint = format!("https://push.example.com/{}", self.caller);
                let subscription = json!({"endpoint": endpoint, "keys": crate::push::browser_keys()});
                json!({"project_id": self.project, "subscription": subscription})
            }
            ("DELETE", "/v1/notifications/push/subscribe") => {
                let (user, n) = (self.caller(api).await.id, self.n);
                let endpoint = format!("https://push.example.com/{n}");
                let made = subscriptions::subscribe(&api.control, self.project, &user, &endpoint, "{}")
                    .await
                    .unwrap();
                json!({"project_id": self.project, "channel_id": made.id})
            }
            ("POST", "/v1/dead-letters/replays") => {
                // A project may have a few waiting only.
                while let Some(waiting) = replays::next(&api.control).await.unwrap() {
                    replays::finish(&api.control, &waiting.id, now_ms()).await.unwrap();
                }
                json!({"project_id": self.project, "reason": "unmaskable"})
            }
            ("POST", "/v1/wallboard/token") => json!({"project_id": self.project}),
            ("POST", "/v1/wallboard/activate") => {
                let made = screens::create(&api.control, Some(self.project), "Hall", None, now_ms()).await;
                json!({"code": made.unwrap().1.expose()})
            }
            ("POST", "/v1/wallboard/refresh") => {
                let made = screens::create(&api.control, Some(self.project), "Hall", None, now_ms()).await;
                let code = made.unwrap().1;
                let activated = screens::activate(&api.control, code.expose(), now_ms()).await.unwrap();
                json!({"refresh_token": activated.unwrap().1.expose()})
            }
            ("POST", path) if path.starts_with("/v1/anomaly/incidents/") => json!({"note": "seen"}),
            ("POST", "/v1/monitors") => {
                // A project may have a few only.
                self.without_monitors(api).await;
                json!({"project_id": self.project, "name": "shop", "url": "https://shop.example.com"})
            }
            ("PUT", "/v1/monitors/{id}") => json!({"interval_seconds": 30}),
            _ => return None,
        };
        Some(body)
    }
}
