//! The configuration of the embedded ClickHouse, written anew at each start.
//!
//! In: where its data and logs are, its port, the passwords. Out: `config.xml` and `users.xml`. It must not know the
//! schema: tables and views are made by the migration.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::secrets::Secrets;
use crate::private_file;

/// The database all tables are in.
pub(crate) const DATABASE: &str = "bataudit";
/// Makes the schema.
pub(crate) const ADMIN: &str = "bataudit_admin";
/// Inserts events, and reads them back to count what arrived.
pub(crate) const WRITER: &str = "bataudit_writer";
/// Only reads.
pub(crate) const READER: &str = "bataudit_reader";
/// Reads, and removes what is older than it is kept and what a person wants erased.
pub(crate) const KEEPER: &str = "bataudit_keeper";
/// The tables it may remove rows from.
const KEPT: [&str; 9] = [
    "events",
    "stats_minute",
    "stats_hour",
    "endpoint_hour",
    "stats_day",
    "endpoint_day",
    "user_day",
    "error_day",
    "key_day",
];
/// Runs what people write in the SQL console.
pub(crate) const CONSOLE: &str = "bataudit_console";
/// What a query of the console may cost. With `readonly` 1 no statement changes these, nor any other setting. One row
/// more than the API answers tells it that there are more.
const CONSOLE_PROFILE: &str = "<readonly>1</readonly><limit>1001</limit><max_execution_time>5</max_execution_time>\
    <max_threads>2</max_threads><max_memory_usage>500000000</max_memory_usage>\
    <max_memory_usage_for_user>1000000000</max_memory_usage_for_user><max_rows_to_read>500000000</max_rows_to_read>\
    <max_bytes_to_read>20000000000</max_bytes_to_read><max_result_bytes>20000000</max_result_bytes>\
    <max_concurrent_queries_for_user>8</max_concurrent_queries_for_user><max_query_size>65536</max_query_size>\
    <max_subquery_depth>20</max_subquery_depth>\
    <max_bytes_before_external_group_by>0</max_bytes_before_external_group_by>\
    <max_bytes_before_external_sort>0</max_bytes_before_external_sort>\
    <max_bytes_ratio_before_external_group_by>0</max_bytes_ratio_before_external_group_by>\
    <max_bytes_ratio_before_external_sort>0</max_bytes_ratio_before_external_sort>\
    <function_sleep_max_microseconds_per_block>1000</function_sleep_max_microseconds_per_block>\
    <function_range_max_elements_in_block>10000000</function_range_max_elements_in_block>\
    <cancel_http_readonly_queries_on_client_close>1</cancel_http_readonly_queries_on_client_close>\
    <use_query_cache>0</use_query_cache><date_time_output_format>iso</date_time_output_format>\
    <output_format_json_quote_64bit_integers>1</output_format_json_quote_64bit_integers>";

/// What the files are made of.
#[derive(Debug)]
pub(crate) struct EngineFiles<'a> {
    /// Folder of the two files and of the data.
    pub(crate) folder: &'a Path,
    /// ClickHouse's own log.
    pub(crate) log: &'a Path,
    /// Its HTTP port on loopback.
    pub(crate) port: u16,
    /// The users' passwords.
    pub(crate) secrets: &'a Secrets,
}

impl EngineFiles<'_> {
    /// Writes both files and returns the path of `config.xml`.
    pub(crate) fn write(&self) -> io::Result<PathBuf> {
        fs::create_dir_all(self.data())?;
        let config = self.folder.join("config.xml");
        private_file::write(&config, self.config().as_bytes())?;
        private_file::write(&self.folder.join("users.xml"), self.users().as_bytes())?;
        Ok(config)
    }

    /// The file in which a running engine keeps its process id.
    pub(crate) fn status(&self) -> PathBuf {
        self.data().join("status")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Small pools and caches: this engine shares a machine with everything else, and an idle one should cost nothing.
    /// No query log and no part log, which would be flushed every few seconds for nobody.
    fn config(&self) -> String {
        let data = escape(&format!("{}/", self.data().display()));
        let log = escape(&self.log.display().to_string());
        let port = self.port;
        format!(
            r#"<clickhouse>
  <!-- Written by `bataudit up` at each start; changes made here are lost. -->
  <log-level>warning</log-level>
  <logger>
    <level>warning</level>
    <log>{log}</log>
    <size>10M</size><count>2</count><console>0</console>
  </logger>
  <path>{data}</path>
  <users_config>users.xml</users_config>
  <listen_host>127.0.0.1</listen_host>
  <http_port>{port}</http_port>
  <keep_alive_timeout>30</keep_alive_timeout>
  <max_concurrent_queries>50</max_concurrent_queries>

  <max_server_memory_usage_to_ram_ratio>0.5</max_server_memory_usage_to_ram_ratio>
  <mark_cache_size>67108864</mark_cache_size>
  <index_mark_cache_size>33554432</index_mark_cache_size>
  <primary_index_cache_size>67108864</primary_index_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <compiled_expression_cache_size>16777216</compiled_expression_cache_size>
  <mmap_cache_size>100</mmap_cache_size>

  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <merge_tree>
    <!-- The defaults keep 8 and 20 slots free, more than this pool has: large merges and mutations would starve. -->
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
"#
        )
    }

    /// `default` is the engine's own session, which cannot have a password; it may only open the listener, and its one
    /// session is always taken, so nobody else gets in with it.
    fn users(&self) -> String {
        let (all, write, read) = (
            format!("ALL ON {DATABASE}.*"),
            format!("SELECT, INSERT ON {DATABASE}.*"),
            format!("SELECT ON {DATABASE}.*"),
        );
        let secrets = self.secrets;
        let schema_rights = [all.as_str(), "TABLE ENGINE ON *", "SELECT ON system.*"];
        let admin = user(ADMIN, &secrets.clickhouse_admin, "default", &schema_rights);
        // After a crash the processor fills a table of this name and moves its rows into the events.
        let repair = format!("CREATE TABLE, DROP TABLE, ALTER DELETE ON {DATABASE}.events_repair_*");
        let write_rights = [write.as_str(), repair.as_str(), "TABLE ENGINE ON MergeTree"];
        let writer = user(WRITER, &secrets.clickhouse_writer, "default", &write_rights);
        let reader = user(READER, &secrets.clickhouse_reader, "reader", &[&read]);
        let mut keeps = KEPT.map(|table| format!("ALTER DELETE ON {DATABASE}.{table}")).to_vec();
        keeps.extend(["removals", "removed_places"].map(|table| format!("INSERT ON {DATABASE}.{table}")));
        // A rollup that falls short of its rows is counted anew in a table of this name, and moved in.
        let rollups = KEPT.iter().filter(|table| **table != "events");
        keeps.extend(rollups.map(|table| format!("INSERT ON {DATABASE}.{table}")));
        keeps.push(format!("INSERT, CREATE TABLE, DROP TABLE, ALTER DELETE ON {DATABASE}.mend_*"));
        keeps.push("TABLE ENGINE ON AggregatingMergeTree".to_owned());
        // How much room is left.
        keeps.push("SELECT ON system.disks".to_owned());
        keeps.push(read.clone());
        let keeps: Vec<_> = keeps.iter().map(String::as_str).collect();
        let keeper = user(KEEPER, &secrets.clickhouse_keeper, "default", &keeps);
        let views = ["audits", "audit_summaries"].map(|view| format!("SELECT ON {DATABASE}.{view}"));
        let console =
            user(CONSOLE, &secrets.clickhouse_console, "console", &views.each_ref().map(String::as_str));
        format!(
            r#"<clickhouse>
  <!-- Written by `bataudit up` at each start; changes made here are lost. -->
  <profiles>
    <default><max_threads>2</max_threads></default>
    <reader><max_threads>2</max_threads><readonly>2</readonly></reader>
    <console>{CONSOLE_PROFILE}</console>
    <boot><max_sessions_for_user>1</max_sessions_for_user></boot>
  </profiles>
  <quotas><default/></quotas>
  <users>
    <default>
      <password></password><networks><ip>127.0.0.1</ip></networks><profile>boot</profile><quota>default</quota>
      <grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>
    </default>
{admin}{writer}{reader}{keeper}{console}  </users>
</clickhouse>
"#
        )
    }
}

fn user(name: &str, password: &str, profile: &str, rights: &[&str]) -> String {
    let hash = hex::encode(Sha256::digest(password));
    let grants: String = rights.iter().map(|right| format!("<query>GRANT {right}</query>")).collect();
    format!(
        r"    <{name}>
      <password_sha256_hex>{hash}</password_sha256_hex><networks><ip>127.0.0.1</ip></networks>
      <profile>{profile}</profile><quota>default</quota>
      <grants>{grants}</grants>
    </{name}>
"
    )
}

/// Text as XML content; a folder may have any name.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn folders_are_escaped_and_passwords_are_not_in_the_files() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("R&D <1>");
        fs::create_dir(&folder).unwrap();
        let secrets = Secrets::load_or_make(home.path()).unwrap();
        let files =
            EngineFiles { folder: &folder, log: &folder.join("a.log"), port: 20_123, secrets: &secrets };

        let config = fs::read_to_string(files.write().unwrap()).unwrap();
        assert!(config.contains("R&amp;D &lt;1&gt;/data/</path>"), "{config}");
        assert!(config.contains("<http_port>20123</http_port>"));
        assert!(!config.contains("tcp_port"), "only HTTP is listened on");

        let users_path = folder.join("users.xml");
        let users = fs::read_to_string(&users_path).unwrap();
        let passwords = [
            &secrets.clickhouse_admin,
            &secrets.clickhouse_writer,
            &secrets.clickhouse_reader,
            &secrets.clickhouse_console,
            &secrets.clickhouse_keeper,
        ];
        for password in passwords {
            assert!(!users.contains(password.as_str()));
            assert!(users.contains(&hex::encode(Sha256::digest(password))));
        }
        assert_eq!(fs::metadata(users_path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(files.status(), folder.join("data/status"));
    }

    #[test]
    fn the_password_free_user_can_only_listen() {
        let home = tempfile::tempdir().unwrap();
        let secrets = Secrets::load_or_make(home.path()).unwrap();
        let files = EngineFiles { folder: home.path(), log: home.path(), port: 1, secrets: &secrets };
        let users = files.users();
        let (_, accounts) = users.split_once("<users>").unwrap();
        let (_, default) = accounts.split_once("<default>").unwrap();
        let (default, _) = default.split_once("</default>").unwrap();
        assert!(default.contains("<profile>boot</profile>"));
        assert!(default.contains("<grants><query>GRANT SYSTEM LISTEN ON *.*</query></grants>"));
        assert_eq!(default.matches("GRANT").count(), 1);
    }
}
