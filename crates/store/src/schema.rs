//! The schema: numbered, forward-only SQL files, built into the binary, applied by the migrate step.
//!
//! What was applied stands in `schema_migrations` with the checksum of its file. ClickHouse has no
//! transactions around DDL, so every statement is written to be repeatable (`IF NOT EXISTS`): a run
//! that was cut short, or two runs at once, end in the same schema.
//!
//! Each server of a cluster has books of its own about what was applied to it, so that one that is added later gets
//! everything by the next migrate step. Statements go to the servers one after the other instead of `ON CLUSTER`, which
//! knows the servers of today only, and whose books are somewhere else.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::cluster::Shards;
use crate::cluster::place::{Placed, Side, Topology, Unplaced, place};
use crate::connection::{Connection, StoreError};
use site::Site;

mod site;

/// One SQL file.
#[derive(Debug, Clone, Copy)]
struct Migration {
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($name:literal),+ $(,)?) => {
        &[$(Migration { name: $name, sql: include_str!(concat!("../../../deploy/clickhouse/", $name, ".sql")) }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations![
    "0001_events",
    "0002_stats",
    "0003_endpoints",
    "0004_users_errors",
    "0005_loss_incidents",
    "0006_words",
    "0007_console",
    "0008_removals",
    "0009_key_usage",
    "0010_projections",
    "0011_user_names",
    "0012_masked",
    "0013_console_period",
    "0014_delete_by_hand"
];

/// The newest migration that this version knows.
#[must_use]
pub fn latest() -> &'static str {
    MIGRATIONS.last().map_or("none", |migration| migration.name)
}

/// A statement that may be repeated although it does not say so.
const REMOVE_TTL: &str = " REMOVE TTL";

/// Why the schema is not what this version needs.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// ClickHouse failed, outside any migration.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A statement of a migration failed.
    #[error("migration {name} failed at statement {statement} on {server}: {source}")]
    Statement {
        /// The migration.
        name: &'static str,
        /// The statement within it, from 1.
        statement: usize,
        /// The server.
        server: String,
        /// What ClickHouse said.
        source: StoreError,
    },
    /// A statement has no form for a cluster.
    #[error(transparent)]
    Unplaced(#[from] Unplaced),
    /// A file is not what it was when it was applied.
    #[error(
        "migration {name} was changed after it was applied to database {database}. \
         Restore the file, and put the change into a new one."
    )]
    Changed {
        /// The migration.
        name: String,
        /// The database.
        database: String,
    },
    /// Some migrations are missing.
    #[error("database {database} on {server} lacks migration {name}. Run `bataudit migrate` first.")]
    Missing {
        /// The first one that is missing.
        name: &'static str,
        /// The database.
        database: String,
        /// The server.
        server: String,
    },
}

#[derive(Debug, Row, Deserialize)]
struct Applied {
    name: String,
    checksum: String,
}

/// Brings the database to this version's schema, on every server of the cluster, and makes it if need be. Returns the
/// names of the migrations applied now.
///
/// # Errors
/// When ClickHouse fails, when a server of the cluster does not answer, or when the database was made by other files than
/// ours.
pub async fn migrate(connection: &Connection) -> Result<Vec<&'static str>, SchemaError> {
    let shards = Shards::find(connection).await?;
    let topology = topology(connection, &shards);
    let mut lacking = Vec::new();
    for node in shards.nodes() {
        let site = Site::new(node, topology.as_ref().map(|_| connection));
        site.prepare().await?;
        let missing = pending(&site.local.database, MIGRATIONS, &applied(&site.local).await?)?;
        lacking.push((site, missing));
    }
    let mut names = Vec::new();
    for migration in MIGRATIONS {
        let lacks = |(_, missing): &&(Site, Vec<&Migration>)| {
            missing.iter().any(|known| known.name == migration.name)
        };
        let sites: Vec<&Site> = lacking.iter().filter(lacks).map(|(site, _)| site).collect();
        if sites.is_empty() {
            continue;
        }
        apply(&sites, migration, topology.as_ref()).await?;
        tracing::info!(migration = migration.name, database = connection.database, "Applied the migration.");
        names.push(migration.name);
    }
    Ok(names)
}

/// Checks that the database has this version's schema, or a later one, on every server that answers, changing nothing.
///
/// # Errors
/// When it has not, or when ClickHouse fails.
pub async fn verify(connection: &Connection) -> Result<(), SchemaError> {
    let shards = Shards::find(connection).await?;
    for node in shards.answering().await? {
        let (own, server) = (&node.connection, node.host().to_owned());
        let database = own.database.clone();
        if !has_table(own, "schema_migrations").await? {
            return Err(SchemaError::Missing { name: MIGRATIONS[0].name, database, server });
        }
        if let Some(migration) = pending(&database, MIGRATIONS, &applied(own).await?)?.first() {
            return Err(SchemaError::Missing { name: migration.name, database, server });
        }
    }
    Ok(())
}

fn topology(connection: &Connection, shards: &Shards) -> Option<Topology> {
    let (cluster, local) = (connection.cluster.clone()?, connection.local_database());
    Some(Topology { cluster, local, is_replicated: shards.are_replicated() })
}

async fn has_table(connection: &Connection, table: &str) -> Result<bool, StoreError> {
    let server = connection.server();
    let count = server
        .query("SELECT count() FROM system.tables WHERE database = ? AND name = ?")
        .bind(&connection.database)
        .bind(table)
        .fetch_one::<u64>();
    Ok(connection.bounded(count).await? > 0)
}

async fn applied(connection: &Connection) -> Result<BTreeMap<String, String>, StoreError> {
    let client = connection.client();
    let rows = client.query("SELECT DISTINCT name, checksum FROM schema_migrations").fetch_all::<Applied>();
    let rows = connection.bounded(rows).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.checksum)).collect())
}

/// Which of `ours` are still to be applied, in order.
fn pending<'a>(
    database: &str,
    ours: &'a [Migration],
    applied: &BTreeMap<String, String>,
) -> Result<Vec<&'a Migration>, SchemaError> {
    let database = database.to_owned();
    // A later version has been here. Files only add, so that old and new binaries work side by side, and a
    // release can be taken back.
    if let Some(name) = applied.keys().find(|name| ours.iter().all(|known| known.name != name.as_str())) {
        tracing::info!(migration = name, database, "The database holds a migration of a later version.");
    }
    let differs = |known: &&Migration| applied.get(known.name).is_some_and(|sum| *sum != checksum(known.sql));
    if let Some(known) = ours.iter().find(differs) {
        return Err(SchemaError::Changed { name: known.name.to_owned(), database });
    }
    Ok(ours.iter().filter(|known| !applied.contains_key(known.name)).collect())
}

/// Applies a migration statement by statement, each to all these servers: what a shard's servers hold in common has one
/// shape at any time.
async fn apply(
    sites: &[&Site],
    migration: &Migration,
    topology: Option<&Topology>,
) -> Result<(), SchemaError> {
    let name = migration.name;
    for (index, statement) in statements(migration.sql).into_iter().enumerate() {
        let placed = match topology {
            Some(topology) => place(&statement, topology)?,
            None => vec![Placed { side: Side::Local, sql: statement.clone() }],
        };
        for (placed, site) in placed.iter().flat_map(|placed| sites.iter().map(move |site| (placed, site))) {
            let done = site.execute(placed).await;
            let done =
                done.or_else(|error| if is_done_already(&statement, &error) { Ok(()) } else { Err(error) });
            let (statement, server) = (index + 1, site.host.clone());
            done.map_err(|source| SchemaError::Statement { name, statement, server, source })?;
        }
    }
    for site in sites {
        site.note(name, &checksum(migration.sql)).await?;
    }
    Ok(())
}

/// Whether a statement failed because what it takes away is gone: REMOVE TTL knows no IF EXISTS.
fn is_done_already(statement: &str, error: &StoreError) -> bool {
    statement.ends_with(REMOVE_TTL) && error.to_string().contains("doesn't have any table TTL expression")
}

/// The statements of a file: each ends with a semicolon at the end of a line. Comment lines are left
/// out, so that a semicolon in prose ends nothing.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let code = code.join("\n");
    code.split(";\n")
        .map(|part| part.trim().trim_end_matches(';').to_owned())
        .filter(|s| !s.is_empty())
        .collect()
}

fn checksum(sql: &str) -> String {
    hex::encode(Sha256::digest(sql))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[Migration] = &[
        Migration { name: "0001_a", sql: "CREATE TABLE a;\n" },
        Migration { name: "0002_b", sql: "CREATE TABLE b;\n" },
    ];

    fn ledger(lines: &[(&str, &str)]) -> BTreeMap<String, String> {
        lines.iter().map(|(name, sql)| ((*name).to_owned(), checksum(sql))).collect()
    }

    #[test]
    fn applies_what_is_missing() {
        let some = ledger(&[("0001_a", FILES[0].sql)]);
        let names: Vec<_> = pending("db", FILES, &some).unwrap().iter().map(|m| m.name).collect();
        assert_eq!(names, ["0002_b"]);
    }

    #[test]
    fn refuses_a_changed_file() {
        let changed = ledger(&[("0001_a", "CREATE TABLE a (x Int8);\n")]);
        let message = pending("db", FILES, &changed).unwrap_err().to_string();
        assert!(message.contains("0001_a was changed"), "{message}");
    }

    #[test]
    fn works_with_a_newer_database() {
        let newer = ledger(&[("0001_a", FILES[0].sql), ("0009_z", "")]);
        let names: Vec<_> = pending("db", FILES, &newer).unwrap().iter().map(|m| m.name).collect();
        assert_eq!(names, ["0002_b"]);
    }

    /// How a view begins that is only read, and is made anew.
    const REPLACED: &str = "CREATE OR REPLACE VIEW ";

    #[test]
    fn names_are_in_order_and_statements_repeatable() {
        assert!(MIGRATIONS.is_sorted_by_key(|migration| migration.name));
        for migration in MIGRATIONS {
            for statement in statements(migration.sql) {
                let conditions = [" IF NOT EXISTS ", " IF EXISTS "];
                let is_conditional = conditions.iter().any(|condition| statement.contains(condition));
                let is_setting = statement.contains(" MODIFY SETTING ");
                let is_replaced = statement.starts_with(REPLACED);
                let repeatable =
                    is_conditional || is_setting || is_replaced || statement.ends_with(REMOVE_TTL);
                assert!(repeatable, "{}: {statement}", migration.name);
            }
        }
    }

    /// What a cluster gets of all migrations: a change to this file is a change to what operators have.
    #[test]
    fn the_cluster_form_is_the_golden_one() {
        for (file, is_replicated) in [("sharded.sql", false), ("replicated.sql", true)] {
            let topology = Topology {
                cluster: "bataudit".to_owned(),
                local: "bataudit_local".to_owned(),
                is_replicated,
            };
            let mut text = String::new();
            for migration in MIGRATIONS {
                text += &format!("-- {}\n", migration.name);
                for statement in statements(migration.sql) {
                    for Placed { side, sql } in place(&statement, &topology).unwrap() {
                        text += &format!("/* {side:?} */ {sql};\n");
                    }
                }
            }
            let path = format!("{}/tests/golden/{file}", env!("CARGO_MANIFEST_DIR"));
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            if golden != text {
                let made = std::env::temp_dir().join(file);
                std::fs::write(&made, &text).unwrap();
                panic!("{path} differs from what is made now: compare it with {}", made.display());
            }
        }
    }

    /// A materialized view whose query was changed, or that was made anew, has other deduplication tokens (measured on
    /// 26.7: MODIFY QUERY, even to the same query). A batch stored before and sent again after would be counted twice in
    /// its rollup, and once in the events. A column of the target, an index or a projection changes no token; a view that
    /// is only read has none.
    #[test]
    fn no_materialized_view_is_changed() {
        for migration in MIGRATIONS {
            for statement in statements(migration.sql) {
                let changes = ["MODIFY QUERY", "DROP VIEW", "DROP TABLE", "REPLACE"];
                let found = changes.iter().find(|change| statement.to_uppercase().contains(**change));
                // Functions of the queries, not statements.
                let found = found
                    .filter(|_| !statement.to_uppercase().starts_with("CREATE MATERIALIZED VIEW IF NOT"))
                    .filter(|_| !statement.starts_with(REPLACED));
                assert_eq!(found, None, "{}: {statement}", migration.name);
            }
        }
    }

    #[test]
    fn a_semicolon_in_a_comment_ends_nothing() {
        assert_eq!(statements("-- one;\nA\n  -- two;\nB;\n\nC;"), ["A\nB", "C"]);
    }
}
