//! What shows: screens on walls, reports, and queries that somebody kept.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::super::story::{NASTY_TEXT, Project};
use super::{Made, text};
use crate::client::http::Client;

/// A title, a query, and how its rows are drawn.
type Asked = (&'static str, &'static str, &'static str);

const BY_HOUR: Asked = (
    "Requests by hour",
    "SELECT toStartOfHour(timestamp) AS hour, count() AS requests FROM audits \
     WHERE timestamp > now() - INTERVAL 1 DAY GROUP BY hour ORDER BY hour",
    "line",
);
const BY_STATUS: Asked = (
    "Answers by class",
    "SELECT concat(toString(intDiv(status_code, 100)), 'xx') AS class, count() AS answers FROM audits \
     WHERE timestamp > now() - INTERVAL 7 DAY AND status_code > 0 GROUP BY class ORDER BY class",
    "pie",
);
const SLOW: Asked = (
    "Slowest paths",
    "SELECT method, path, count() AS calls, round(avg(response_time)) AS average_ms FROM audits \
     WHERE timestamp > now() - INTERVAL 1 DAY AND source = 'backend' GROUP BY method, path HAVING calls > 5 \
     ORDER BY average_ms DESC LIMIT 20",
    "table",
);
const DELETED: Asked = (
    "Who deleted most",
    "SELECT identifier, count() AS deletions, max(timestamp) AS last FROM audits \
     WHERE method = 'DELETE' GROUP BY identifier ORDER BY deletions DESC LIMIT 10",
    "table",
);
const GUESSED: Asked = (
    "Refused sign-ins by address",
    "SELECT ip, uniqExact(identifier) AS accounts, count() AS tries FROM audits \
     WHERE status_code = 401 GROUP BY ip ORDER BY tries DESC LIMIT 10",
    "table",
);

/// A screen that is in use, and the code of another one.
pub(super) async fn screens(client: &Client, made: &Made, nasty: bool) -> anyhow::Result<String> {
    let shop = &made.project(Project::Shop)?.id;
    let hall = json!({"project_id": shop, "name": if nasty { NASTY_TEXT } else { "Entrance hall" }});
    let hall = client.post("/v1/wallboard/token", &hall).await.context("cannot make a screen")?;
    let code = json!({"code": text(&hall, "code")?});
    client.post("/v1/wallboard/activate", &code).await.context("cannot activate a screen")?;
    let desk = client.post("/v1/wallboard/token", &json!({"name": "Operations desk"})).await;
    text(&desk.context("cannot make a screen")?, "code")
}

/// Reports with widgets.
pub(super) async fn reports(client: &Client, made: &Made, nasty: bool) -> anyhow::Result<()> {
    let shop = &made.project(Project::Shop)?.id;
    let identity = &made.project(Project::Identity)?.id;
    let week = if nasty { NASTY_TEXT } else { "The shop's week" };
    report(client, shop, week, &[BY_HOUR, BY_STATUS, SLOW]).await?;
    report(client, identity, "Who may come in", &[GUESSED, DELETED]).await
}

async fn report(client: &Client, project: &str, name: &str, widgets: &[Asked]) -> anyhow::Result<()> {
    let layout: Vec<Value> = (0..widgets.len())
        .map(|at| json!({"i": format!("w{at}"), "x": at % 2 * 6, "y": at / 2 * 6, "w": 6, "h": 6}))
        .collect();
    let widgets: Vec<Value> = widgets
        .iter()
        .enumerate()
        .map(
            |(at, (title, sql, viz))| json!({"id": format!("w{at}"), "title": title, "sql": sql, "viz": viz}),
        )
        .collect();
    let body = json!({"project_id": project, "name": name, "widgets": widgets, "layout": layout});
    client.post("/v1/reports", &body).await.context("cannot make a report").map(drop)
}

/// Queries that somebody asked, and kept.
pub(super) async fn queries(client: &Client) -> anyhow::Result<()> {
    for (name, sql, _) in [BY_HOUR, DELETED, GUESSED] {
        let kept = json!({"name": name, "sql": sql});
        client.post("/v1/audit/query/saved", &kept).await.context("cannot keep a query")?;
        client.post("/v1/audit/query", &json!({"sql": sql})).await.context("cannot ask a query")?;
    }
    Ok(())
}
