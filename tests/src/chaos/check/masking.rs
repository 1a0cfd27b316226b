//! Every row is masked, by exactly one version of the project's rules: the one it bears.

use serde::Deserialize;

use super::Verdict;
use crate::chaos::rules::{PLAIN, REFERENCE, Redaction};
use crate::clickhouse::ClickHouse;

/// A version number on a row is the built-in rules' and the file's, and below this the project's.
const OF_PROJECT: usize = 100_000;

#[derive(Debug, Deserialize)]
struct Found {
    version: usize,
    form: String,
    rows: u64,
}

/// Adds every row that shows a secret, or was masked otherwise than it says.
pub(super) async fn compare(clickhouse: &ClickHouse, verdict: &mut Verdict) {
    let shown = format!(
        "SELECT countIf(position(request_body, 'hunter2') > 0 OR position(request_body, '{PLAIN}') > 0) FROM events"
    );
    let shown = clickhouse.number(&shown).await;
    if shown > 0 {
        verdict.find(format!("{shown} rows are not masked"));
    }
    let forms = format!(
        "SELECT mask_rules AS version, multiIf(\
         position(request_body, '\"{REFERENCE}\":\"********\"') > 0, 'mask', \
         position(request_body, '\"{REFERENCE}\":null') > 0, 'remove', \
         position(request_body, '\"{REFERENCE}\":\"hash:') > 0, 'hash', 'none') AS form, count() AS rows \
         FROM events WHERE NOT startsWith(event_type, 'system.') GROUP BY version, form"
    );
    let found: Vec<Found> = clickhouse.rows(&forms).await;
    for Found { version, form, rows } in &found {
        let expected = Redaction::of_version(version % OF_PROJECT).name();
        if form != expected {
            verdict.find(format!("{rows} rows bear rules {version} and are masked as by {form}"));
        }
    }
}
