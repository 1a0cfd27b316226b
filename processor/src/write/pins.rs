//! What exactly-once rests on in ClickHouse: the settings of every insert, and of the tables. They are
//! sent with each insert and stand in our DDL; here they are compared with what the server really
//! uses, since a profile may hold a setting down and a table may have been made by hand.

use std::collections::BTreeMap;

use bataudit_store::cluster::Node;
use bataudit_store::{Connection, Shards, StoreError};
use clickhouse::{Client, Row};
use serde::Deserialize;

/// How many blocks a table remembers, at least.
pub const WINDOW: u64 = 10_000;
/// How long it does, at least, where it has copies: else it is only the number that counts.
const WINDOW_SECONDS: u64 = 38 * 24 * 60 * 60;

/// Settings of every insert, whatever the server's defaults are. Together they make an insert one
/// block with one token: an insert that was cut in two and repeated with another cut loses rows. What is
/// sent is one block already, and the limits of size, all above what a batch may have, keep it so.
pub const SETTINGS: &[(&str, &str)] = &[
    ("async_insert", "0"),
    ("insert_deduplicate", "1"),
    ("deduplicate_insert", "enable"),
    ("deduplicate_blocks_in_dependent_materialized_views", "1"),
    ("max_insert_block_size", "1048449"),
    ("max_insert_block_size_bytes", "0"),
    ("min_insert_block_size_rows", "1048449"),
    ("min_insert_block_size_bytes", "1073741824"),
    ("min_insert_block_size_rows_for_materialized_views", "0"),
    ("min_insert_block_size_bytes_for_materialized_views", "0"),
    ("use_strict_insert_block_limits", "0"),
    ("input_format_max_block_size_bytes", "0"),
    ("input_format_parallel_parsing", "0"),
    ("max_insert_threads", "1"),
    // After an outage a batch may span more days than the default allows; the gateway bounds them.
    ("max_partitions_per_insert_block", "0"),
    // The rollups are part of the insert: if one fails, so does the insert.
    ("materialized_views_ignore_errors", "0"),
    // One view after the other: raw rows are there before the rollups are made, so that no rollup
    // counts what the table does not hold, and a small insert spends no time on starting threads.
    ("parallel_view_processing", "0"),
    // Otherwise an error after the first answer bytes comes with status 200.
    ("http_wait_end_of_query", "1"),
];

/// Settings of the events table beside its window.
const RAW: &[(&str, &str)] = &[("fsync_after_insert", "1"), ("fsync_part_directory", "1")];

/// Why exactly-once cannot be promised here.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// ClickHouse did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It uses other settings.
    #[error(
        "ClickHouse would not store every event exactly once:\n  - {}\nTake the settings out of the user's profile, \
         or make the tables by `bataudit migrate`.",
        .0.join("\n  - ")
    )]
    Wrong(Vec<String>),
}

#[derive(Row, Deserialize)]
struct Setting {
    name: String,
    value: String,
}

#[derive(Debug, Row, Deserialize)]
struct Table {
    name: String,
    engine: String,
    engine_full: String,
    create_table_query: String,
}

/// Compares the effective settings of every server that answers with ours. Returns the shards.
///
/// # Errors
/// When one differs, or when ClickHouse does not answer.
pub async fn check(connection: &Connection) -> Result<Shards, PinError> {
    let shards = Shards::find(connection).await?;
    let mut wrong = Vec::new();
    for node in shards.answering().await? {
        let found = check_node(node, shards.are_replicated()).await?;
        // Where there is one server only, everybody knows which.
        let whose = connection.cluster.as_ref().map_or_else(String::new, |_| format!("{}: ", node.host()));
        wrong.extend(found.into_iter().map(|what| format!("{whose}{what}")));
    }
    if wrong.is_empty() { Ok(shards) } else { Err(PinError::Wrong(wrong)) }
}

/// What is wrong with a server.
async fn check_node(node: &Node, is_replicated: bool) -> Result<Vec<String>, StoreError> {
    let Node { connection, client } = node;
    let pinned = pinned(client.clone());
    let names: Vec<&str> = SETTINGS.iter().map(|(name, _)| *name).collect();
    let settings = pinned.query("SELECT name, value FROM system.settings WHERE name IN ?").bind(names);
    let settings = by_name(connection.bounded(settings.fetch_all()).await?);
    // The tables are asked without them: they are about inserts.
    let tables = client.query(
        "SELECT name, engine, engine_full, create_table_query FROM system.tables WHERE database = currentDatabase()",
    );
    let tables: Vec<Table> = connection.bounded(tables.fetch_all()).await?;
    let mut wrong = wrong_settings(&settings);
    wrong.extend(wrong_tables(&tables, is_replicated));
    Ok(wrong)
}

/// The client with the settings of every insert.
pub(crate) fn pinned(client: Client) -> Client {
    SETTINGS.iter().fold(client, |client, (name, value)| client.with_setting(*name, *value))
}

fn by_name(settings: Vec<Setting>) -> BTreeMap<String, String> {
    settings.into_iter().map(|setting| (setting.name, setting.value)).collect()
}

fn wrong_settings(effective: &BTreeMap<String, String>) -> Vec<String> {
    let differs = |(name, expected): &(&str, &str)| match effective.get(*name) {
        Some(value) if value == expected => None,
        Some(value) => Some(format!("setting {name} is {value}, it must be {expected}")),
        None => Some(format!("setting {name} is not known to this server, it must be {expected}")),
    };
    SETTINGS.iter().filter_map(differs).collect()
}

/// What is wrong with the events table and with every table that a view fills. `is_replicated`: shards have several servers,
/// which must hold the same.
fn wrong_tables(tables: &[Table], is_replicated: bool) -> Vec<String> {
    let targets: Vec<&str> = tables.iter().filter_map(|table| target(&table.create_table_query)).collect();
    let mut wrong = Vec::new();
    for table in tables.iter().filter(|table| table.name == "events" || targets.contains(&&*table.name)) {
        let has_copies = table.engine.starts_with("Replicated");
        if is_replicated && !has_copies {
            let engine = &table.engine;
            wrong.push(format!(
                "table {}: it is a {engine} of this server alone, though shards have several",
                table.name
            ));
        }
        let window = if has_copies {
            "replicated_deduplication_window"
        } else {
            "non_replicated_deduplication_window"
        };
        // What the table does not say itself is the server's to change.
        let value = |name: &str| setting(&table.engine_full, name);
        let name = &table.name;
        let found = value(window).unwrap_or("unset");
        if found.parse::<u64>().unwrap_or_default() < WINDOW {
            wrong.push(format!("table {name}: {window} is {found}, it must be at least {WINDOW}"));
        }
        // A batch may be as old as an event may be when it is stored.
        let seconds = value("replicated_deduplication_window_seconds").unwrap_or("unset");
        if has_copies && seconds.parse::<u64>().unwrap_or_default() < WINDOW_SECONDS {
            wrong.push(format!(
                "table {name}: replicated_deduplication_window_seconds is {seconds}, it must be at least {WINDOW_SECONDS}"
            ));
        }
        for (setting, expected) in RAW.iter().filter(|_| name == "events") {
            let found = value(setting).unwrap_or("unset");
            if found != *expected {
                wrong.push(format!("table {name}: {setting} is {found}, it must be {expected}"));
            }
        }
    }
    if !tables.iter().any(|table| table.name == "events") {
        wrong.push("table events: it cannot be seen by this user, who must be granted SELECT".to_owned());
    }
    wrong
}

/// The table that a view writes to, without its database.
fn target(create: &str) -> Option<&str> {
    let (_, rest) = create.strip_prefix("CREATE MATERIALIZED VIEW ")?.split_once(" TO ")?;
    let name = rest.split([' ', '\n', '(']).next()?;
    Some(name.rsplit('.').next()?.trim_matches('`'))
}

/// The value of a setting in the engine part of a table's DDL.
fn setting<'t>(engine: &'t str, name: &str) -> Option<&'t str> {
    let (_, settings) = engine.split_once(" SETTINGS ")?;
    let mut pairs = settings.split(", ").filter_map(|pair| pair.split_once(" = "));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.trim().trim_matches('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, settings: &str, create: &str) -> Table {
        Table {
            name: name.to_owned(),
            engine: "MergeTree".to_owned(),
            engine_full: format!("MergeTree ORDER BY a SETTINGS {settings}"),
            create_table_query: create.to_owned(),
        }
    }

    const GOOD: &str = "non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1, x = 2";

    #[test]
    fn every_target_of_a_view_is_checked() {
        let view = "CREATE MATERIALIZED VIEW db.mv TO db.minutes (`a` Int8) AS SELECT 1";
        let tables = [
            table("events", GOOD, "CREATE TABLE db.events"),
            table("minutes", "index_granularity = 8192", "CREATE TABLE db.minutes"),
            table("others", "index_granularity = 8192", "CREATE TABLE db.others"),
            table("mv", "", view),
        ];
        let wrong = wrong_tables(&tables, false);
        assert_eq!(
            wrong,
            ["table minutes: non_replicated_deduplication_window is unset, it must be at least 10000"]
        );
    }

    #[test]
    fn a_raw_table_that_is_not_synced_is_named() {
        let tables =
            [table("events", "non_replicated_deduplication_window = 20000, fsync_after_insert = 0", "")];
        let wrong = wrong_tables(&tables, false);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("fsync_after_insert is 0, it must be 1"), "{wrong:?}");
    }

    #[test]
    fn copies_are_kept_and_their_tokens_remembered() {
        let alone = table("events", GOOD, "");
        let wrong = wrong_tables(std::slice::from_ref(&alone), true);
        assert!(wrong[0].contains("it is a MergeTree of this server alone"), "{wrong:?}");
        let settings =
            "replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1";
        let engine = "ReplicatedMergeTree".to_owned();
        let copied = Table { engine, ..table("events", settings, "") };
        let wrong = wrong_tables(&[copied], true);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("replicated_deduplication_window_seconds is unset"), "{wrong:?}");
    }

    #[test]
    fn a_setting_held_down_by_a_profile_is_named() {
        let mut effective: BTreeMap<String, String> =
            SETTINGS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert!(wrong_settings(&effective).is_empty());
        effective.insert("max_insert_threads".to_owned(), "4".to_owned());
        assert_eq!(wrong_settings(&effective), ["setting max_insert_threads is 4, it must be 1"]);
    }
}
