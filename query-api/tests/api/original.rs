//! The requests of the original's dashboard, in its own words, and the fields it reads of each answer: pointed at these
//! ports it works.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bataudit_control::Role;
use serde_json::{Value, json};

use crate::fixture::{Fixture, USER_PASSWORD, clock, encode, event, now_ms, with};
use crate::monitors::see;
use crate::push::browser_keys;

/// Somebody in front of it.
struct Page<'a> {
    api: &'a Fixture,
    token: &'a str,
}

impl Page<'_> {
    /// Asks, and finds these fields: names, with a path in front of them that ends in `:`, as in `data.0: id name`.
    async fn ask(&self, request: &str, body: Option<Value>, status: u16, fields: &str) -> Value {
        let (method, path) = request.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = self.api.call(method, path, Some(self.token), body.as_ref()).await;
        assert_eq!(answer.status, status, "{request}: {answer:?}");
        let told = if answer.text.is_empty() { Value::Null } else { answer.json() };
        let mut within = &told;
        for word in fields.split_whitespace() {
            if let Some(place) = word.strip_suffix(':') {
                let place = format!("/{}", place.replace('.', "/"));
                within = told.pointer(&place).unwrap_or_else(|| panic!("{request}: no {place} in {told}"));
            } else {
                assert!(within.get(word).is_some(), "{request}: no {word} in {within}");
            }
        }
        told
    }

    async fn get(&self, path: &str, fields: &str) -> Value {
        self.ask(&format!("GET {path}"), None, 200, fields).await
    }
}

const SUMMARY: &str = "data.0: id event_type identifier user_email user_name method path status_code service_name timestamp response_time";

#[tokio::test]
async fn people_and_what_belongs_to_them() {
    Fixture::run(async |api| {
        let owner = api.user("owner", Role::Owner, &[]).await;
        let page = Page { api, token: &owner };
        let login = json!({"email": "owner@example.com", "password": USER_PASSWORD});
        let login = page.ask("POST /v1/auth/login", Some(login), 200, "user: id name email role").await;
        let claims = login["token"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert!(
            claims["exp"].is_number() && claims["user_id"].is_string() && claims["role"] == "owner",
            "{claims}"
        );
        page.get("/v1/auth/me", "id email role").await;

        let ada =
            json!({"name": "Ada", "email": "ada@example.com", "password": "12345678", "role": "viewer"});
        let made = page.ask("POST /v1/auth/users", Some(ada.clone()), 201, "id name email role").await;
        page.ask("POST /v1/auth/users", Some(ada), 409, "error").await;
        page.get("/v1/auth/users", "data.0: id name email role created_at").await;
        let gone = format!("DELETE /v1/auth/users/{}", made["id"].as_str().unwrap());
        page.ask(&gone, None, 200, "message").await;

        let asked = json!({"email": "new@example.com", "role": "admin"});
        let invite = page.ask("POST /v1/auth/invites", Some(asked), 201, "id token expires_at").await;
        let listed = "data.0: id email role created_by expires_at used_at created_at";
        page.get("/v1/auth/invites", listed).await;
        let link = format!("/v1/auth/invite/{}", invite["token"].as_str().unwrap());
        page.get(&link, "email role expires_at").await;
        let accept = json!({"name": "New", "password": "12345678"});
        let taken = format!("POST {link}/accept");
        page.ask(&taken, Some(accept.clone()), 201, "id name email role").await;
        page.ask(&taken, Some(accept), 404, "error").await;
        let other = json!({"email": "other@example.com", "role": "viewer"});
        let other = page.ask("POST /v1/auth/invites", Some(other), 201, "").await;
        page.ask(&format!("DELETE /v1/auth/invites/{}", other["id"].as_str().unwrap()), None, 200, "message")
            .await;

        let shop = json!({"name": "Shop", "slug": "shop"});
        let shop = page.ask("POST /v1/auth/projects", Some(shop), 201, "").await;
        let id = shop["id"].as_str().unwrap();
        page.get("/v1/auth/projects", "data.0: id name slug created_by created_at").await;
        let members = format!("/v1/auth/projects/{id}/members");
        let new = json!({"email": "new@example.com", "role": "viewer"});
        page.ask(&format!("POST {members}"), Some(new), 201, "message").await;
        let found = page.get(&members, "data.0: user_id project_id role name email").await;
        let found = found["data"].as_array().unwrap();
        let new = found.iter().find(|member| member["email"] == "new@example.com").unwrap();
        let one = format!("{members}/{}", new["user_id"].as_str().unwrap());
        page.ask(&format!("PATCH {one}"), Some(json!({"role": "admin"})), 200, "message").await;
        page.ask(&format!("DELETE {one}"), None, 200, "message").await;

        let key = json!({"project_id": id, "name": "Live"});
        page.ask("POST /v1/auth/api-keys", Some(key), 201, "key note").await;
        let listed = "data.0: id project_id name created_at expires_at active";
        let keys = page.get(&format!("/v1/auth/api-keys?project_id={id}"), listed).await;
        let key = keys["data"][0]["id"].as_str().unwrap();
        page.ask(&format!("DELETE /v1/auth/api-keys/{key}"), None, 200, "message").await;
        page.ask("POST /v1/auth/logout", None, 200, "message").await;
        let over = page.ask("GET /v1/auth/me", None, 401, "error").await;
        assert_eq!(over["code"], "BAT-005");
    })
    .await;
}

/// A failed event of a session, a browser's event without its backend's, and an alert; the first of them, and a time a day
/// before, as the dashboard writes it into an address.
async fn happened(api: &Fixture, project: &str) -> (Value, String) {
    let now = now_ms();
    let failed = with(event(project, now - 9_000), json!({"status_code": 500, "session_id": "s-1"}));
    let alone = json!({"source": "browser", "request_id": "lost", "stored_at": clock(now - 120_000)});
    let alert = json!({"event_type": "system.alert", "path": "error_rate", "method": "", "status_code": 0});
    api.insert(&[
        failed.clone(),
        with(event(project, now - 8_000), alone),
        with(event(project, now - 7_000), alert),
    ])
    .await;
    let since = chrono::DateTime::from_timestamp_millis(now - 24 * 3_600_000).unwrap();
    let since = encode(&since.format("%Y-%m-%dT%H:%M:%S.000Z").to_string());
    (failed, since)
}

#[tokio::test]
async fn events_and_what_follows_from_them() {
    Fixture::run_with_console(async |api| {
        let project = api.project("a").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let page = Page { api, token: &owner };
        let (failed, since) = happened(api, &project).await;
        let until = encode("2099-01-01T00:00:00.000Z");
        let mine = format!("project_id={project}");

        let filters = format!(
            "{mine}&service_name=my-api&method=GET&status_code=500&environment=production&identifier=user-123\
             &start_date={since}&end_date={until}"
        );
        let list = format!("/v1/audit?page=1&limit=50&{filters}&sort_by=response_time&sort_order=asc");
        let found = page.get(&list, "data.0: id environment").await;
        assert_eq!(found["pagination"]["totalItems"], 1, "{found}");
        page.get(&list, SUMMARY).await;
        page.get(&list, "data.0: id pagination: page totalPage limit totalItems").await;
        let alerts = format!("/v1/audit?event_type=system.alert&{mine}&start_date={since}&limit=100");
        assert_eq!(page.get(&alerts, "").await["data"][0]["path"], "error_rate");
        page.get(&format!("/v1/audit/export?format=json&{filters}"), "0: id response_time").await;
        let csv = api.get(&format!("/v1/audit/export?format=csv&{filters}"), &owner).await;
        assert_eq!((csv.status.as_u16(), csv.text.lines().count()), (200, 2), "{csv:?}");

        let detail = format!("/v1/audit/{}", failed["id"].as_str().unwrap());
        let whole = "id event_type method path status_code response_time identifier ip user_agent request_id \
                     service_name environment timestamp user_roles query_params path_params request_body response_body";
        page.get(&detail, whole).await;
        page.ask("GET /v1/audit/anomalies", None, 404, "error").await;
    })
    .await;
}

#[tokio::test]
async fn figures_and_sessions_of_events() {
    Fixture::run_with_console(async |api| {
        let project = api.project("a").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let page = Page { api, token: &owner };
        let (_, since) = happened(api, &project).await;
        let until = encode("2099-01-01T00:00:00.000Z");
        let mine = format!("project_id={project}");
        let stats = format!("/v1/audit/stats?{mine}&environment=production");
        let all = "total errors_4xx errors_5xx avg_response_time p95_response_time active_services last_event_at \
                   by_method by_status_class";
        page.get(&stats, all).await;
        page.get(&stats, "by_service.0: service_name requests errors avg_response_time last_event").await;
        page.get(&stats, "by_status_class: 2xx 3xx 4xx 5xx").await;
        page.get(&stats, "timeline.0: hour count").await;
        let history = format!("/v1/audit/stats/history?{mine}&environment=production");
        let item = "data.0: period_start period_type event_count errors_4xx errors_5xx avg_ms p95_ms";
        page.get(&history, item).await;
        page.get(&history, "from to").await;
        let usage = format!("/v1/audit/stats/usage?{mine}");
        page.get(&usage, "raw_events hourly_summaries daily_summaries").await;

        let sessions = format!(
            "/v1/audit/sessions?{mine}&identifier=user-123&service_name=my-api&environment=production\
             &start_date={since}&end_date={until}"
        );
        let session = "identifier service_name session_start session_end duration_seconds event_count";
        page.get(&sessions, &format!("data.0: {session}")).await;
        page.get("/v1/audit/sessions/s-1", session).await;
        page.get("/v1/audit/sessions/s-1", "events.0: id timestamp status_code").await;
        let orphans = format!("/v1/audit/orphans?{mine}&start_date={since}&environment=production");
        assert_eq!(page.get(&orphans, "data.0: id path").await["total"], 1);

        for period in ["7d", "30d", "90d"] {
            let insights = format!("/v1/audit/insights?{mine}&environment=production&period={period}");
            page.get(&insights, "top_endpoints.0: path method count").await;
            page.get(&insights, "top_users.0: identifier user_email user_name count").await;
            page.get(&insights, "top_error_routes.0: path method error_count total error_rate").await;
            page.get(&insights, "top_slow_routes.0: path method avg_ms").await;
        }
        let affected =
            format!("/v1/audit/affected-users?{mine}&path=%2Fapi%2Fusers&method=GET&start={since}&end={until}");
        page.get(&affected, "data.0: identifier user_email user_name error_count last_seen").await;

        let sql = format!("SELECT path, count(*) FROM audits WHERE project_id = '{project}' GROUP BY path");
        let answer = "columns row_count elapsed_ms truncated rows.0.0:";
        page.ask("POST /v1/audit/query", Some(json!({"sql": sql})), 200, answer).await;
    })
    .await;
}

#[tokio::test]
async fn rules_addresses_and_monitors() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let page = Page { api, token: &owner };
        let rule = json!({"project_id": project, "rule_type": "brute_force", "threshold": 5.5, "window_seconds": 300});
        let rule = page.ask("POST /v1/anomaly/rules", Some(rule), 201, "id").await;
        let rules = format!("/v1/anomaly/rules?project_id={project}");
        page.get(&rules, "0: id project_id rule_type threshold window_seconds active created_at").await;
        page.ask(&format!("DELETE /v1/anomaly/rules/{}", rule["id"].as_str().unwrap()), None, 204, "").await;

        page.get("/v1/notifications/push/vapid-public-key", "public_key").await;
        let subscription = json!({
            "endpoint": "https://push.example.com/a", "expirationTime": null, "keys": browser_keys(),
        });
        let subscription = json!({"project_id": project, "subscription": subscription});
        let push = "/v1/notifications/push/subscribe";
        let channel = page.ask(&format!("POST {push}"), Some(subscription), 201, "id project_id type config active created_at").await;
        let end = json!({"project_id": project, "channel_id": channel["id"]});
        page.ask(&format!("DELETE {push}"), Some(end), 204, "").await;

        let hook = json!({"project_id": project, "url": "https://hooks.example.com/a", "secret": "of the receiver"});
        let hooks = "/v1/notifications/webhooks";
        let hook = page.ask(&format!("POST {hooks}"), Some(hook), 201, "id config: url secret").await;
        let listed = format!("{hooks}?project_id={project}");
        page.get(&listed, "0: id project_id type config active created_at").await;
        let hook = format!("{hooks}/{}", hook["id"].as_str().unwrap());
        let sending = api.send_notifications();
        let tested = format!("POST {hook}/test?project_id={project}");
        page.ask(&tested, None, 200, "ok status_code response").await;
        sending.abort();
        let sent = "0: id channel_id alert_event_id status status_code response_body delivered_at";
        page.get(&format!("{hook}/deliveries"), sent).await;
        page.ask(&format!("DELETE {hook}?project_id={project}"), None, 204, "").await;

        let form = json!({
            "name": "my-api", "url": "https://shop.example.com/health", "interval_seconds": 60, "timeout_seconds": 10,
            "expected_status": 200,
        });
        let new = with(form.clone(), json!({"project_id": project}));
        let made = page.ask("POST /v1/monitors", Some(new), 201, "id").await;
        let id = made["id"].as_str().unwrap();
        see(api, id, now_ms(), "up").await;
        let monitor = "data.0: id project_id name url interval_seconds timeout_seconds expected_status enabled last_status \
                       last_checked_at created_at updated_at";
        let monitors = format!("/v1/monitors?project_id={project}");
        page.get(&monitors, monitor).await;
        let one = format!("/v1/monitors/{id}");
        page.ask(&format!("PUT {one}"), Some(json!({"enabled": false})), 200, "enabled").await;
        page.ask(&format!("PUT {one}"), Some(form), 200, "expected_status").await;
        let check = "data.0: id monitor_id status status_code response_ms error checked_at";
        page.get(&format!("{one}/history?limit=50"), check).await;
        let looking = api.look_at_monitors();
        page.ask(&format!("POST {one}/test"), None, 200, "status status_code response_ms error").await;
        looking.abort();
        page.ask(&format!("DELETE {one}"), None, 204, "").await;
    })
    .await;
}

#[tokio::test]
async fn screens_and_reports() {
    Fixture::run(async |api| {
        let project = api.project("a").await;
        let owner = api.user("owner", Role::Owner, &[]).await;
        let page = Page { api, token: &owner };
        let failed = with(event(&project, now_ms() - 1_000), json!({"status_code": 500}));
        let alert = json!({"event_type": "system.alert", "path": "error_rate"});
        api.insert(&[failed, with(event(&project, now_ms() - 500), alert)]).await;
        let monitor =
            json!({"project_id": project, "name": "my-api", "url": "https://shop.example.com"});
        let monitor = page.ask("POST /v1/monitors", Some(monitor), 201, "").await;
        see(api, monitor["id"].as_str().unwrap(), now_ms(), "down").await;

        let asked = json!({"project_id": "", "name": ""});
        let made = "id name code project_id expires_at";
        let made = page.ask("POST /v1/wallboard/token", Some(asked), 200, made).await;
        let listed = "data.0: id name code project_id expires_at created_at last_used_at";
        page.get("/v1/wallboard/tokens", listed).await;
        let code = json!({"code": made["code"]});
        let access = "access_token refresh_token project_id profile_name expires_in";
        let access = page.ask("POST /v1/wallboard/activate", Some(code), 200, access).await;
        let refresh = json!({"refresh_token": access["refresh_token"]});
        let next = "access_token project_id expires_in";
        let next = page.ask("POST /v1/wallboard/refresh", Some(refresh), 200, next).await;

        let screen = Page { api, token: next["access_token"].as_str().unwrap() };
        let of = |what: &str| format!("/v1/wallboard/{what}?project_id={project}&environment=production");
        let summary = "events_today errors_4xx errors_5xx avg_response_ms active_services";
        screen.get(&of("summary"), summary).await;
        screen
            .get(&of("feed"), "data.0: method path status_code response_ms service_name timestamp")
            .await;
        screen.get(&of("volume"), "data.0: bucket count").await;
        let health = format!("/v1/wallboard/health?project_id={project}");
        screen.get(&health, "data.0: name url last_status response_ms last_checked").await;
        screen.get(&of("alerts"), "data.0: rule_type service_name environment timestamp").await;
        screen.get(&of("error-routes"), "data.0: path method error_count error_rate").await;
        screen.get("/v1/wallboard/projects", "data.0: id name").await;
        let cell = "data.0: project_id project_name events_today errors_4xx errors_5xx avg_response_ms down_monitors";
        let grid = screen.get("/v1/wallboard/grid?environment=production", cell).await;
        let cells = grid["data"].as_array().unwrap();
        assert!(cells.iter().any(|cell| cell["down_monitors"] == 1), "{grid}");
        let revoked = format!("DELETE /v1/wallboard/token?id={}", made["id"].as_str().unwrap());
        page.ask(&revoked, None, 200, "message").await;

        let widgets = json!([{"id": "1", "title": "t", "sql": "SELECT 1", "viz": "pie"}]);
        let layout = json!([{"i": "1", "x": 0, "y": 0, "w": 1, "h": 1}]);
        let report = json!({"name": "By day", "widgets": widgets, "layout": layout});
        let new = with(report.clone(), json!({"project_id": project}));
        let made = page.ask("POST /v1/reports", Some(new), 201, "id").await;
        page.ask("POST /v1/reports", Some(report.clone()), 201, "id").await;
        let shape = "data.0: id project_id name widgets layout created_by created_at updated_at";
        page.get(&format!("/v1/reports?project_id={project}"), shape).await;
        let one = format!("/v1/reports/{}", made["id"].as_str().unwrap());
        assert_eq!(page.get(&one, "").await["widgets"], widgets);
        page.ask(&format!("PUT {one}"), Some(report), 200, "project_id created_at").await;
        page.ask(&format!("DELETE {one}"), None, 204, "").await;

        let healthy = "status message api_response_ms db_status db_response_ms version environment";
        page.get("/health", healthy).await;
    })
    .await;
}
