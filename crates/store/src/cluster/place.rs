//! Where a statement of the schema goes in a cluster: statement and topology in, statements out. Pure.
//!
//! The schema is written once, for one server. In a cluster every server has two databases. In the *local* one the
//! tables and views are what they are on one server, and an insert into its events makes its rollups. The other bears the
//! usual name and holds a Distributed table for each of them, the *face*, under the same name: who reads names the same
//! tables, and sees all shards. So no query, and none of the views, is ever written anew.

/// How views begin that are only read: they are the console's, and see all shards.
const VIEWS_TO_READ: [&str; 2] = ["CREATE VIEW IF NOT EXISTS ", "CREATE OR REPLACE VIEW "];

/// What the statements depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topology {
    /// The cluster's name in `remote_servers`.
    pub(crate) cluster: String,
    /// The database of the tables themselves.
    pub(crate) local: String,
    /// Whether shards have several servers, which then hold the same.
    pub(crate) is_replicated: bool,
}

/// In which of a server's databases a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Local,
    Face,
}

/// A statement and where it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) side: Side,
    pub(crate) sql: String,
}

/// A statement of a kind that nobody has thought about here yet.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a statement of this kind has no place in a cluster: {0}")]
pub struct Unplaced(String);

/// Tokens of a replicated table are forgotten after a week by default, one batch of which may be older: a row may be 30
/// days old when it is accepted, and wait in Kafka.
pub(crate) const TOKEN_SECONDS: u64 = 40 * 24 * 60 * 60;

/// A statement as a cluster needs it, in order.
///
/// # Errors
/// When it is none of those that the schema is made of.
pub(crate) fn place(statement: &str, topology: &Topology) -> Result<Vec<Placed>, Unplaced> {
    let local = |sql: String| Placed { side: Side::Local, sql };
    let face = |sql: String| Placed { side: Side::Face, sql };
    if let Some(rest) = statement.strip_prefix("CREATE TABLE IF NOT EXISTS ") {
        let table = first_word(rest);
        return Ok(vec![local(topology.engine(statement, table)), face(topology.face(statement, table))]);
    }
    if statement.starts_with("CREATE MATERIALIZED VIEW IF NOT EXISTS ") {
        return Ok(vec![local(statement.to_owned())]);
    }
    if VIEWS_TO_READ.iter().any(|beginning| statement.starts_with(beginning)) {
        return Ok(vec![face(statement.to_owned())]);
    }
    if let Some(rest) = statement.strip_prefix("ALTER TABLE ") {
        let change = rest[first_word(rest).len()..].trim_start();
        let of_columns = ["ADD COLUMN ", "MODIFY COLUMN "].iter().any(|kind| change.starts_with(kind));
        let of_the_table = ["ADD INDEX ", "MATERIALIZE ", "ADD PROJECTION ", "MODIFY SETTING ", "REMOVE TTL"];
        if of_columns {
            return Ok(vec![local(statement.to_owned()), face(statement.to_owned())]);
        }
        if of_the_table.iter().any(|kind| change.starts_with(kind)) {
            return Ok(vec![local(statement.to_owned())]);
        }
    }
    Err(Unplaced(statement.lines().next().unwrap_or_default().to_owned()))
}

impl Topology {
    /// The table itself: the servers of a shard hold the same rows, and know the same tokens.
    fn engine(&self, statement: &str, table: &str) -> String {
        let Some((columns, engine)) = statement.split_once("ENGINE = ").filter(|_| self.is_replicated) else {
            return statement.to_owned();
        };
        let end = engine.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(engine.len());
        let (kind, rest) = engine.split_at(end);
        let arguments = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let (more, rest) =
            arguments.map_or_else(|| (String::new(), rest), |(given, rest)| (format!(", {given}"), rest));
        let rest = rest.replace(
            "non_replicated_deduplication_window = ",
            &format!("replicated_deduplication_window_seconds = {TOKEN_SECONDS}, replicated_deduplication_window = "),
        );
        let path = format!("/clickhouse/tables/{{shard}}/{}/{table}", self.local);
        format!("{columns}ENGINE = Replicated{kind}('{path}', '{{replica}}'{more}){rest}")
    }

    /// The table that reads from all shards. What is written through it is a batch of one partition or the notes about a
    /// project, and both stay whole.
    fn face(&self, statement: &str, table: &str) -> String {
        let is_of_a_partition = statement.contains("k_partition");
        let key = if is_of_a_partition { "k_partition" } else { "cityHash64(project_id)" };
        format!(
            "CREATE TABLE IF NOT EXISTS {table} AS `{local}`.{table} ENGINE = Distributed('{cluster}', '{local}', '{table}', {key})",
            local = self.local,
            cluster = self.cluster,
        )
    }
}

fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology(is_replicated: bool) -> Topology {
        Topology { cluster: "c".to_owned(), local: "b_local".to_owned(), is_replicated }
    }

    fn placed(statement: &str) -> Vec<(Side, String)> {
        let placed = place(statement, &topology(true)).unwrap();
        placed.into_iter().map(|placed| (placed.side, placed.sql)).collect()
    }

    #[test]
    fn a_table_is_made_on_each_shard_and_has_a_face() {
        let made = placed(
            "CREATE TABLE IF NOT EXISTS t (\n  k_partition UInt16\n)\nENGINE = ReplacingMergeTree(at)\nORDER BY a\n\
             SETTINGS non_replicated_deduplication_window = 1000",
        );
        let local = "CREATE TABLE IF NOT EXISTS t (\n  k_partition UInt16\n)\nENGINE = ReplicatedReplacingMergeTree(\
                     '/clickhouse/tables/{shard}/b_local/t', '{replica}', at)\nORDER BY a\nSETTINGS \
                     replicated_deduplication_window_seconds = 3456000, replicated_deduplication_window = 1000";
        let face = "CREATE TABLE IF NOT EXISTS t AS `b_local`.t ENGINE = Distributed('c', 'b_local', 't', k_partition)";
        assert_eq!(made, [(Side::Local, local.to_owned()), (Side::Face, face.to_owned())]);
    }

    #[test]
    fn shards_of_one_server_need_no_keeper() {
        let statement = "CREATE TABLE IF NOT EXISTS t AS u\nENGINE = AggregatingMergeTree\nORDER BY a";
        let placed = place(statement, &topology(false)).unwrap();
        assert_eq!(placed[0].sql, statement);
        assert!(placed[1].sql.ends_with("'t', cityHash64(project_id))"), "{}", placed[1].sql);
    }

    #[test]
    fn a_column_is_added_on_both_sides_and_an_index_on_one() {
        let sides = |statement: &str| placed(statement).into_iter().map(|(side, _)| side).collect::<Vec<_>>();
        assert_eq!(sides("ALTER TABLE t ADD COLUMN IF NOT EXISTS a Int8"), [Side::Local, Side::Face]);
        assert_eq!(sides("ALTER TABLE t\n  MODIFY COLUMN IF EXISTS a Int8"), [Side::Local, Side::Face]);
        assert_eq!(sides("ALTER TABLE t ADD INDEX IF NOT EXISTS i a TYPE minmax"), [Side::Local]);
        assert_eq!(sides("CREATE VIEW IF NOT EXISTS v AS SELECT 1"), [Side::Face]);
        assert_eq!(sides("CREATE OR REPLACE VIEW v AS SELECT 1"), [Side::Face]);
        assert_eq!(sides("CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS SELECT 1"), [Side::Local]);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let error = place("RENAME TABLE a TO b", &topology(false)).unwrap_err().to_string();
        assert!(error.contains("RENAME TABLE a TO b"), "{error}");
        assert!(place("ALTER TABLE t DROP COLUMN a", &topology(false)).is_err());
    }
}
