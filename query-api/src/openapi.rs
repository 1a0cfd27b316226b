//! The API's document, made from the handlers and the route table. `query-api/openapi.json` is this,
//! committed, and a test compares the two.

mod examples;

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, PathItem, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::anomaly::{curve, dry_run, incidents, rules};
use crate::app::App;
use crate::audit::{
    affected, detail, export, facets, history, insights, list, orphans, sessions as event_sessions, stats,
    stream, tops,
};
use crate::auth::{login, me, oidc};
use crate::console::{self, kept};
use crate::error::ErrorBody;
use crate::keeping::{erasures, holds, retention as keep};
use crate::pipeline::{books, hours, losses, state, storage};
use crate::routes::{ROUTES, Route, Who};
use crate::wallboard::{entry, figures, shown, stream as board};
use crate::{
    api_keys, dead_letters, health, invites, masking_rules, members, monitors, notifications, passwords,
    personal_tokens, projects, reports, sessions, users, views, wallboard,
};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "BatAudit query API",
        description = "Reads audit events, and manages projects and API keys.\n\n\
            Times are RFC 3339: with any offset going in, UTC with milliseconds coming out. Every error has a \
            sentence (`error`), a stable name (`code`) and the request's id, which is also in the header \
            `X-Request-Id`. A parameter that is unknown or malformed is refused with 400; nothing is ignored.",
    ),
    components(schemas(ErrorBody)),
    tags(
        (name = "events", description = "Reading events."),
        (name = "dead-letters", description = "What could never be stored, and a second chance for it."),
        (name = "views", description = "What a person looks for among the events, under a name."),
        (name = "pipeline", description = "How the line is doing: what was accepted and what became of it."),
        (name = "console", description = "The SQL console."),
        (name = "session", description = "Logging in and out, sessions, passwords and personal tokens."),
        (name = "users", description = "Users of the installation, and invites."),
        (name = "projects", description = "Projects."),
        (name = "keys", description = "API keys of the gateway."),
        (name = "masking", description = "What is masked in a project's events."),
        (name = "keeping", description = "How long events are kept, legal holds, erasures."),
        (name = "anomalies", description = "Rules for what is out of the ordinary, and what they found."),
        (name = "notifications", description = "Where alerts are sent."),
        (name = "monitors", description = "Addresses that are looked at, and whether they are up."),
        (name = "wallboard", description = "Screens on a wall: made by people, read by the screens themselves."),
        (name = "reports", description = "Sets of SQL widgets."),
        (name = "service", description = "The service itself."),
    )
)]
struct Document;

/// The documented routes, with their handlers.
pub(crate) fn documented() -> OpenApiRouter<App> {
    watching(OpenApiRouter::with_openapi(Document::openapi()))
        .routes(routes!(login::login))
        .routes(routes!(oidc::oidc_offer))
        .routes(routes!(oidc::oidc_login))
        .routes(routes!(oidc::oidc_callback))
        .routes(routes!(login::logout))
        .routes(routes!(me::me))
        .routes(routes!(passwords::change_password))
        .routes(routes!(passwords::reset_password))
        .routes(routes!(sessions::list_sessions, sessions::end_other_sessions))
        .routes(routes!(sessions::end_session))
        .routes(routes!(sessions::list_sessions_of_user, sessions::end_sessions_of_user))
        .routes(routes!(personal_tokens::list_personal_tokens, personal_tokens::create_personal_token))
        .routes(routes!(personal_tokens::revoke_personal_token))
        .routes(routes!(users::list_users, users::create_user))
        .routes(routes!(users::change_role, users::delete_user))
        .routes(routes!(passwords::create_reset_link))
        .routes(routes!(invites::list_invites, invites::create_invite))
        .routes(routes!(invites::revoke_invite))
        .routes(routes!(invites::get_invite))
        .routes(routes!(invites::accept_invite))
        .routes(routes!(projects::list_projects, projects::create_project))
        .routes(routes!(projects::rename_project))
        .routes(routes!(members::list_members, members::add_member))
        .routes(routes!(members::change_member, members::remove_member))
        .routes(routes!(api_keys::list_api_keys, api_keys::create_api_key))
        .routes(routes!(api_keys::revoke_api_key))
        .routes(routes!(api_keys::rotate_api_key))
        .routes(routes!(masking_rules::get_masking_rules, masking_rules::put_masking_rules))
        .routes(routes!(masking_rules::try_masking_rules))
        .routes(routes!(rules::list_anomaly_rules, rules::create_anomaly_rule))
        .routes(routes!(rules::change_anomaly_rule, rules::delete_anomaly_rule))
        .routes(routes!(dry_run::try_anomaly_rule))
        .merge(incidents_of_rules())
        .routes(routes!(notifications::list_webhooks, notifications::create_webhook))
        .routes(routes!(notifications::change_webhook, notifications::delete_webhook))
        .routes(routes!(notifications::test_webhook))
        .routes(routes!(notifications::list_webhook_deliveries))
        .routes(routes!(list::list_events))
        .routes(routes!(stats::stats))
        .routes(routes!(history::history))
        .routes(routes!(history::usage))
        .routes(routes!(facets::facets))
        .routes(routes!(tops::facet_counts))
        .routes(routes!(event_sessions::list_sessions))
        .routes(routes!(event_sessions::get_session))
        .routes(routes!(insights::insights))
        .routes(routes!(affected::affected_users))
        .routes(routes!(orphans::orphans))
        .routes(routes!(export::export_events))
        .routes(routes!(export::get_export))
        .routes(routes!(stream::stream))
        .routes(routes!(detail::get_event))
        .merge(kept_and_asked())
        .merge(line_and_views())
        .merge(letters())
        .routes(routes!(reports::list_reports, reports::create_report))
        .routes(routes!(reports::get_report, reports::replace_report, reports::remove_report))
        .routes(routes!(health::health))
}

/// What the anomaly rules found, and what people did about it.
fn incidents_of_rules() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(incidents::list_anomaly_incidents))
        .routes(routes!(incidents::get_anomaly_incident))
        .routes(routes!(curve::get_anomaly_incident_series))
        .routes(routes!(incidents::acknowledge_anomaly_incident))
        .routes(routes!(incidents::resolve_anomaly_incident))
        .routes(routes!(incidents::reopen_anomaly_incident))
}

/// How the line is doing, and what people look for.
fn line_and_views() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(state::get_pipeline))
        .routes(routes!(hours::pipeline_hours))
        .routes(routes!(storage::pipeline_storage))
        .routes(routes!(books::list_reconciliations))
        .routes(routes!(losses::list_losses))
        .routes(routes!(views::list_views, views::create_view))
        .routes(routes!(views::replace_view, views::remove_view))
}

/// What could never be stored.
fn letters() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(dead_letters::list_dead_letters))
        .routes(routes!(dead_letters::get_dead_letter))
        .routes(routes!(dead_letters::replays::list_replays, dead_letters::replays::create_replay))
        .routes(routes!(dead_letters::replays::get_replay))
}

/// What is kept for how long, and the SQL console.
fn kept_and_asked() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(keep::get_retention, keep::set_retention))
        .routes(routes!(holds::list_holds, holds::create_hold))
        .routes(routes!(holds::release_hold))
        .routes(routes!(erasures::list_erasures, erasures::create_erasure))
        .routes(routes!(erasures::get_erasure))
        .routes(routes!(erasures::get_erasure_certificate))
        .routes(routes!(console::run_query))
        .routes(routes!(kept::list_query_history, kept::clear_query_history))
        .routes(routes!(kept::list_saved_queries, kept::create_saved_query))
        .routes(routes!(kept::change_saved_query, kept::delete_saved_query))
}

/// Those of monitors and screens.
fn watching(router: OpenApiRouter<App>) -> OpenApiRouter<App> {
    router
        .routes(routes!(notifications::push::vapid_public_key))
        .routes(routes!(notifications::push::subscribe_push, notifications::push::unsubscribe_push))
        .routes(routes!(notifications::push::list_push_subscriptions))
        .routes(routes!(notifications::push::test_push_subscription))
        .routes(routes!(notifications::push::push_deliveries))
        .routes(routes!(monitors::list_monitors, monitors::create_monitor))
        .routes(routes!(monitors::change_monitor, monitors::delete_monitor))
        .routes(routes!(monitors::seen::list_monitor_checks))
        .routes(routes!(monitors::seen::monitor_uptime))
        .routes(routes!(monitors::seen::test_monitor))
        .routes(routes!(wallboard::list_wallboard_screens))
        .routes(routes!(wallboard::create_wallboard_screen, wallboard::revoke_wallboard_screen))
        .routes(routes!(entry::activate_wallboard))
        .routes(routes!(entry::refresh_wallboard))
        .routes(routes!(figures::wallboard_summary))
        .routes(routes!(figures::wallboard_volume))
        .routes(routes!(figures::wallboard_error_routes))
        .routes(routes!(figures::wallboard_grid))
        .routes(routes!(shown::wallboard_feed))
        .routes(routes!(shown::wallboard_alerts))
        .routes(routes!(shown::wallboard_health))
        .routes(routes!(shown::wallboard_projects))
        .routes(routes!(board::wallboard_stream))
}

/// The document as committed.
#[must_use]
pub fn json() -> String {
    let mut document = documented().split_for_parts().1;
    let schemes = &mut document.components.get_or_insert_default().security_schemes;
    schemes.insert("bearer".to_owned(), SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("bataudit_session"));
    schemes.insert("cookie".to_owned(), SecurityScheme::ApiKey(cookie));
    for route in ROUTES {
        if let Some(operation) = operation(&mut document, route) {
            describe(operation, route);
        }
    }
    examples::fill(&mut document);
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn operation<'d>(document: &'d mut OpenApi, route: &Route) -> Option<&'d mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = document.paths.paths.get_mut(route.path)?;
    match route.method {
        "GET" => get.as_mut(),
        "PUT" => put.as_mut(),
        "POST" => post.as_mut(),
        "DELETE" => delete.as_mut(),
        "PATCH" => patch.as_mut(),
        _ => None,
    }
}

/// Adds to an operation what the table says of it, and the errors that follow.
fn describe(operation: &mut Operation, route: &Route) {
    let who = route.describe();
    let description = operation.description.take().filter(|text| !text.is_empty());
    operation.description = Some(description.map_or(who.clone(), |text| format!("{text}\n\n{who}")));
    if route.path == "/health" {
        return;
    }
    let asks_clickhouse =
        ["/v1/pipeline/storage", "/v1/pipeline/losses", "/v1/anomaly/incidents/{id}/series"]
            .contains(&route.path);
    let reads_events = route.path.starts_with("/v1/audit") || route.who == Who::Screen || asks_clickhouse;
    let takes_input = operation.parameters.is_some() || operation.request_body.is_some();
    let errors = [
        (takes_input, "400", "A parameter or field is malformed or unknown; `parameter` names it."),
        (route.who != Who::Public, "401", "No session, or one that is over (BAT-005)."),
        (
            route.who != Who::Public,
            "403",
            "The role, or the scope of the personal token, does not allow it (`forbidden`), or it came with the \
             cookie and without X-Requested-With (`cross_site`).",
        ),
        (operation.request_body.is_some(), "408", "The body did not arrive in time (`slow_body`)."),
        (operation.request_body.is_some(), "413", "The body is too large (`too_large`)."),
        (operation.request_body.is_some(), "415", "The body is not sent as application/json."),
        (
            route.path.contains('{') || matches!(route.who, Who::ProjectMember | Who::ProjectAdmin),
            "404",
            "It does not exist, or not for the caller.",
        ),
        (
            true,
            "503",
            "A store does not answer (`store_unavailable`, `control_unavailable`); see Retry-After.",
        ),
        (
            reads_events && !route.path.ends_with("/stream"),
            "504",
            "The query took too long (`query_timeout`).",
        ),
    ];
    for (applies, status, description) in errors {
        if applies && !operation.responses.responses.contains_key(status) {
            let body = RefOr::Ref(Ref::from_schema_name(ErrorBody::name()));
            let content = ContentBuilder::new().schema(Some(body)).build();
            let response =
                ResponseBuilder::new().description(description).content("application/json", content);
            operation.responses.responses.insert(status.to_owned(), RefOr::T(response.build()));
        }
    }
    if route.who != Who::Public {
        let no_scopes: [&str; 0] = [];
        let schemes: &[&str] = if route.who == Who::Screen { &["bearer"] } else { &["bearer", "cookie"] };
        let either = schemes.iter().map(|scheme| SecurityRequirement::new(*scheme, no_scopes));
        operation.security = Some(either.collect());
    }
}
