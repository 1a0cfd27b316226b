//! Anomaly rules, and the channels that alerts go to. In: the original's. Out: ours, with their ids.

use bataudit_anomaly::Kind as RuleKind;
use bataudit_anomaly::rule::Parameters;
use bataudit_control::anomaly_rules::{self, AnomalyRule};
use bataudit_control::notifications::{Channel, Delivery, channels, deliveries};
use bataudit_service::Secret;

use super::context::Context;
use super::tally::Kind;
use super::{ids, rows};

const NEVER_FIRED: &str =
    "Rules without a window, which never fired there, come paused with a window that works";
const OTHER_WINDOW: &str = "Windows of rules were moved into the range from 60 to 86400 seconds";
const BUILT_IN: &str = "Projects that got the rule error_rate_by_route, which the original had built in";
/// A browser subscribes to one signing key, and the original keeps its own outside of its database.
const BROWSERS: &str =
    "browsers must subscribe anew: their subscriptions are bound to the original's signing key";
/// The last deliveries of each channel, as the original shows them.
const DELIVERIES: &str = "SELECT to_jsonb(t)::text FROM (SELECT *, row_number() OVER (PARTITION BY channel_id \
     ORDER BY delivered_at DESC, id) AS n FROM notification_deliveries) t WHERE n <= 50 ORDER BY delivered_at, id";

/// Brings rules over: of the six kinds that both have.
pub(super) async fn rules(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Rule> = context.source.rows("anomaly_rules", "created_at, id").await?;
    let mut with_rules: Vec<&str> = found.iter().map(|row| row.project_id.as_str()).collect();
    with_rules.sort_unstable();
    with_rules.dedup();
    for project in with_rules.into_iter().filter(|project| context.is_own(project)).collect::<Vec<_>>() {
        built_in(context, project).await?;
    }
    for row in &found {
        context.tally.of(Kind::Rules).found += 1;
        let id = ids::text(&row.id);
        let Some(project) = context.project(&row.project_id) else {
            context.refuse(Kind::Rules, "its project is not here");
            continue;
        };
        let rule = match read(row, id, project) {
            Ok(rule) => rule,
            Err(why) => {
                context.refuse(Kind::Rules, why);
                continue;
            }
        };
        let there = anomaly_rules::list(&context.store, &rule.project_id).await?;
        if there.iter().any(|here| here.id == rule.id || is_same(here, &rule)) {
            context.present(Kind::Rules);
            continue;
        }
        let window = row.window_seconds.unwrap_or(0);
        if rule.window_seconds != window {
            let sort = if window == 0 { NEVER_FIRED } else { OTHER_WINDOW };
            context
                .tally
                .note(sort, format!("{} of project {}: {window} s", rule.rule_type, rule.project_id));
        }
        let store = context.store.clone();
        context.put(Kind::Rules, anomaly_rules::adopt(&store, &rule)).await?;
    }
    Ok(())
}

/// The rule here, or why there is none.
fn read(row: &rows::Rule, id: String, project_id: String) -> Result<AnomalyRule, String> {
    let kind: RuleKind =
        row.rule_type.parse().map_err(|()| format!("its kind {:?} is not known here", row.rule_type))?;
    let given = row.window_seconds.unwrap_or(0);
    let counts = !matches!(kind, RuleKind::VolumeSpike | RuleKind::SilentService);
    let window_seconds = match given {
        ..=0 => kind.defaults().window_seconds,
        given => u32::try_from(given.clamp(60, 86_400)).unwrap_or(60),
    };
    let parameters = Parameters { threshold: row.threshold, window_seconds, ..kind.defaults() };
    if let Some((field, what)) = parameters.problem(kind) {
        return Err(format!("{}: {field} {what}", kind.name()));
    }
    // A count over no time never fired; it must not begin to because it moved.
    let active = row.active.unwrap_or(true) && !(counts && given <= 0);
    let created_at = row.created_at.unwrap_or_default();
    Ok(AnomalyRule {
        id,
        project_id,
        rule_type: kind.name().to_owned(),
        threshold: parameters.threshold,
        window_seconds: parameters.window_seconds.into(),
        cooldown_seconds: parameters.cooldown_seconds.into(),
        min_events: parameters.min_events.into(),
        service_name: None,
        environment: None,
        active: i64::from(active),
        created_at,
        updated_at: created_at,
    })
}

/// Whether two rules would tell the same twice.
fn is_same(here: &AnomalyRule, rule: &AnomalyRule) -> bool {
    let anywhere = here.service_name.is_none() && here.environment.is_none();
    let judges = |rule: &AnomalyRule| {
        (rule.rule_type.clone(), rule.threshold.to_bits(), rule.window_seconds, rule.min_events, rule.active)
    };
    anywhere && judges(here) == judges(rule)
}

/// The one rule that the original does not keep in its table, for a project that brings its rules.
async fn built_in(context: &mut Context, project: &str) -> anyhow::Result<()> {
    let Some(project_id) = context.project(project).filter(|_| !context.options.is_dry) else {
        return Ok(());
    };
    let kind = RuleKind::ErrorRateByRoute;
    let defaults = kind.defaults();
    let rule = AnomalyRule {
        id: ids::derived(&format!("built-in rule of {project_id}")).to_string(),
        rule_type: kind.name().to_owned(),
        threshold: defaults.threshold,
        window_seconds: defaults.window_seconds.into(),
        cooldown_seconds: defaults.cooldown_seconds.into(),
        min_events: defaults.min_events.into(),
        service_name: None,
        environment: None,
        active: 1,
        created_at: context.now,
        updated_at: context.now,
        project_id,
    };
    match anomaly_rules::adopt(&context.store, &rule).await {
        Ok(()) => context.tally.note(BUILT_IN, rule.project_id),
        // By an earlier run; it may have been deleted since.
        Err(bataudit_control::Error::Conflict { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Brings webhooks over, with their last deliveries.
pub(super) async fn channels(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Channel> = context.source.rows("notification_channels", "created_at, id").await?;
    for row in found {
        context.tally.of(Kind::Channels).found += 1;
        let id = ids::text(&row.id);
        if channels::by_id(&context.store, &id).await?.is_some() {
            context.present(Kind::Channels);
            continue;
        }
        let text =
            |name: &str| row.config.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let url = text("url");
        if row.kind == "push" {
            context.refuse(Kind::Channels, BROWSERS);
            continue;
        }
        if row.kind != "webhook" || !(url.starts_with("https://") || url.starts_with("http://")) {
            context.refuse(Kind::Channels, "it is no webhook with an address");
            continue;
        }
        let Some(project_id) = context.project(&row.project_id) else {
            context.refuse(Kind::Channels, "its project is not here");
            continue;
        };
        let channel = Channel {
            id,
            project_id,
            kind: row.kind.clone(),
            url: Secret::new(url),
            secret: Secret::new(text("secret")),
            active: row.active.unwrap_or(true) && !context.options.pause_channels,
            created_at: row.created_at.unwrap_or(context.now),
        };
        let store = context.store.clone();
        context.put(Kind::Channels, channels::adopt(&store, &channel)).await?;
    }
    if !context.options.is_dry && context.source.has("notification_deliveries").await? {
        history(context).await?;
    }
    Ok(())
}

/// The deliveries of channels that are here. History: what is missing of it is not counted.
async fn history(context: &mut Context) -> anyhow::Result<()> {
    let found: Vec<rows::Delivery> = context.source.select(DELIVERIES).await?;
    for row in found {
        let at = row.delivered_at.unwrap_or(context.now);
        let delivery = Delivery {
            id: ids::text(&row.id),
            channel_id: ids::text(&row.channel_id),
            event_id: row.alert_event_id.unwrap_or_default(),
            alert: "{}".to_owned(),
            status: if row.status == "success" { "success" } else { "failed" }.to_owned(),
            attempts: 1,
            due_at: None,
            status_code: row.status_code,
            response_body: row.response_body,
            error: None,
            created_at: at,
            delivered_at: Some(at),
        };
        match deliveries::adopt(&context.store, &delivery).await {
            Ok(())
            | Err(bataudit_control::Error::Conflict { .. } | bataudit_control::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(rule_type: &str, threshold: f64, window_seconds: i64) -> Result<AnomalyRule, String> {
        let row = rows::Rule {
            id: "1".to_owned(),
            project_id: "p".to_owned(),
            rule_type: rule_type.to_owned(),
            threshold,
            window_seconds: Some(window_seconds),
            active: Some(true),
            created_at: Some(5),
        };
        read(&row, "1".to_owned(), "p".to_owned())
    }

    #[test]
    fn what_never_fired_does_not_begin_to() {
        let counted = rule("brute_force", 10.0, 0).unwrap();
        assert_eq!((counted.window_seconds, counted.active), (300, 0));
        // These two know no window.
        assert_eq!(rule("silent_service", 15.0, 0).unwrap().active, 1);
        assert_eq!(rule("error_rate", 20.0, 30).unwrap().window_seconds, 60);
    }

    #[test]
    fn what_is_not_known_or_not_possible_says_so() {
        assert!(rule("weather", 1.0, 60).unwrap_err().contains("\"weather\""));
        assert!(rule("error_rate", 500.0, 60).unwrap_err().contains("must be 0.1 to 100 percent"));
    }
}
