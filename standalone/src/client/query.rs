//! `bataudit query`: a list of events, page after page by cursor, so that events that arrive meanwhile make it skip or
//! repeat none.

use anyhow::Context as _;
use serde_json::Value;

use super::http::{Client, Pair};
use super::{filter, print, show, with_client};
use crate::cli::QueryArguments;

/// Events of a page at most.
const PAGE: u64 = 1000;

/// Prints the events.
pub(crate) fn run(asked: &QueryArguments) -> anyhow::Result<()> {
    with_client(&asked.asked.server, async |client| {
        let parameters = filter::parameters(&client, &asked.asked, Some(&asked.span)).await?;
        list(&client, asked, &parameters).await
    })
}

async fn list(client: &Client, asked: &QueryArguments, parameters: &[Pair]) -> anyhow::Result<()> {
    let (mut left, mut cursor) = (asked.limit, None::<String>);
    if !asked.json {
        print(&show::heading())?;
    }
    while left > 0 {
        let mut query = parameters.to_vec();
        query.push(("limit".to_owned(), left.min(PAGE).to_string()));
        query.extend(cursor.take().map(|cursor| ("cursor".to_owned(), cursor)));
        let page = client.get("/v1/audit", &query).await?;
        let events = page["data"].as_array().context("the server did not answer with a list")?;
        print(&events.iter().map(|event| line(event, asked.json)).collect::<String>())?;
        left = left.saturating_sub(events.len() as u64);
        cursor = page["pagination"]["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || events.is_empty() {
            break;
        }
    }
    Ok(())
}

fn line(event: &Value, json: bool) -> String {
    if json { format!("{event}\n") } else { show::event(event) }
}
