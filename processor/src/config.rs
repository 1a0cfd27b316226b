//! The variables of the processor, apart from those of Kafka, ClickHouse and the logs.

use std::time::Duration;

use bataudit_kafka::{Connection as Kafka, Stream, Topics};
use bataudit_service::env::{Env, Field};
use bataudit_store::Connection as Store;
use bataudit_trace as trace;

use crate::batch::{HARD_BYTES, HARD_ROWS, Limits};
use crate::mask::RuleFile;

/// Static membership.
pub const INSTANCE_ID: Field = Field::optional(
    "BATAUDIT_PROCESSOR_INSTANCE_ID",
    "Stable name of this replica: with it, a restart within the session timeout moves no partition.",
);
/// Session timeout.
pub const SESSION_TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_PROCESSOR_SESSION_TIMEOUT_MS",
    "15000",
    "How long the group waits for a silent processor before its partitions move, in milliseconds.",
);
/// Flush interval.
pub const FLUSH_INTERVAL_MS: Field = Field::new(
    "BATAUDIT_PROCESSOR_FLUSH_INTERVAL_MS",
    "1000",
    "How long an event waits for others before it is inserted, in milliseconds, when the processor is busy.",
);
/// Flush rows.
pub const FLUSH_ROWS: Field = Field::new(
    "BATAUDIT_PROCESSOR_FLUSH_ROWS",
    "100000",
    "Rows at which a batch is inserted; 200000 at most.",
);
/// Flush bytes.
pub const FLUSH_BYTES: Field = Field::new(
    "BATAUDIT_PROCESSOR_FLUSH_BYTES",
    "50331648",
    "Bytes at which a batch is inserted (48 MiB); 64 MiB at most.",
);
/// Insert rate.
pub const EARLY_INSERTS_PER_SECOND: Field = Field::new(
    "BATAUDIT_PROCESSOR_EARLY_INSERTS_PER_SECOND",
    "4",
    "How often a quiet processor inserts at once instead of waiting for the interval; twice as many in a burst.",
);
/// Concurrent inserts.
pub const CONCURRENT_INSERTS: Field = Field::new(
    "BATAUDIT_PROCESSOR_CONCURRENT_INSERTS",
    "2",
    "Inserts that may run at the same time, into each shard of ClickHouse.",
);
/// Insert timeout.
pub const INSERT_TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_PROCESSOR_INSERT_TIMEOUT_MS",
    "60000",
    "How long one insert may take before it is repeated, in milliseconds.",
);
/// Memory of batches.
pub const MEMORY_BYTES: Field = Field::new(
    "BATAUDIT_PROCESSOR_MEMORY_BYTES",
    "67108864",
    "Bytes of records that may be in batches, formed or being inserted (64 MiB); divided among the shards of ClickHouse.",
);
/// Memory of the client.
pub const FETCH_BYTES: Field = Field::new(
    "BATAUDIT_PROCESSOR_FETCH_BYTES",
    "16777216",
    "Bytes that may be fetched from Kafka ahead of the batches: so many in the client, and as many that wait for their \
     batch (16 MiB).",
);
/// Memory of ids.
pub const REPEAT_BYTES: Field = Field::new(
    "BATAUDIT_PROCESSOR_REPEAT_BYTES",
    "4194304",
    "Bytes each partition may use to remember the ids that clients chose in the last 26 hours (4 MiB is enough for \
     2.8 million). With more ids than that, ClickHouse is asked more often; nothing is stored twice.",
);
/// Drain deadline.
pub const DRAIN_TIMEOUT_MS: Field = Field::new(
    "BATAUDIT_PROCESSOR_DRAIN_TIMEOUT_MS",
    "6000",
    "How long a shutdown waits for the last inserts and commits, in milliseconds.",
);
/// Masking rules of the installation.
pub const MASK_RULES: Field = Field::optional(
    "BATAUDIT_PROCESSOR_MASK_RULES",
    "JSON file with masking rules for every project, besides the built-in ones and the projects' own; docs/MASKING.md \
     says how they are written.",
);
/// Admin listener.
pub const ADMIN_ADDRESS: Field = Field::new(
    "BATAUDIT_PROCESSOR_ADMIN_ADDRESS",
    "127.0.0.1:9083",
    "Where /live, /ready and /metrics are served; not used inside `bataudit up`.",
);

/// The variables read here.
pub const FIELDS: &[&Field] = &[
    &INSTANCE_ID,
    &SESSION_TIMEOUT_MS,
    &FLUSH_INTERVAL_MS,
    &FLUSH_ROWS,
    &FLUSH_BYTES,
    &EARLY_INSERTS_PER_SECOND,
    &CONCURRENT_INSERTS,
    &INSERT_TIMEOUT_MS,
    &MEMORY_BYTES,
    &FETCH_BYTES,
    &REPEAT_BYTES,
    &DRAIN_TIMEOUT_MS,
    &MASK_RULES,
    &ADMIN_ADDRESS,
];

/// How a processor runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// The brokers.
    pub kafka: Kafka,
    /// The topics.
    pub topics: Topics,
    /// The database.
    pub store: Store,
    /// Consumer group.
    pub group: String,
    /// Static member of the group, where this is set.
    pub instance_id: Option<String>,
    /// How long the group waits for a silent member.
    pub session_timeout: Duration,
    /// Part of every token.
    pub stream_epoch: String,
    /// When a batch is due.
    pub limits: Limits,
    /// Early inserts a second.
    pub early_inserts: u32,
    /// Inserts at the same time.
    pub concurrent_inserts: usize,
    /// How long an insert may take.
    pub insert_timeout: Duration,
    /// Bytes of records in batches.
    pub memory_bytes: u32,
    /// Bytes fetched ahead.
    pub fetch_bytes: u32,
    /// Bytes a partition may use to remember ids.
    pub repeat_bytes: usize,
    /// How long a shutdown may take.
    pub drain_timeout: Duration,
    /// Masking rules of the installation.
    pub mask_rules: Option<RuleFile>,
    /// Where spans go.
    pub trace: trace::Config,
}

impl Config {
    /// Reads all variables; what is wrong with them stands in `env`.
    pub fn from_env(env: &mut Env) -> Self {
        let stream = Stream::from_env(env);
        let config = Self {
            kafka: Kafka::from_env(env),
            topics: Topics::from_env(env),
            store: Store::from_env(env),
            group: stream.group,
            instance_id: env.optional(&INSTANCE_ID),
            session_timeout: env.millis(&SESSION_TIMEOUT_MS),
            stream_epoch: stream.epoch,
            limits: Limits {
                interval: env.millis(&FLUSH_INTERVAL_MS),
                rows: env.parse(&FLUSH_ROWS),
                bytes: env.parse(&FLUSH_BYTES),
            },
            early_inserts: env.parse(&EARLY_INSERTS_PER_SECOND),
            concurrent_inserts: env.parse(&CONCURRENT_INSERTS),
            insert_timeout: env.millis(&INSERT_TIMEOUT_MS),
            memory_bytes: env.parse(&MEMORY_BYTES),
            fetch_bytes: env.parse(&FETCH_BYTES),
            repeat_bytes: env.parse(&REPEAT_BYTES),
            drain_timeout: env.millis(&DRAIN_TIMEOUT_MS),
            mask_rules: mask_rules(env),
            trace: trace::Config::from_env(env),
        };
        config.validate(env);
        config
    }

    fn validate(&self, env: &mut Env) {
        let within = |value: usize, most: usize| (1..=most).contains(&value);
        let seconds = |least: u64, most: u64| Duration::from_secs(least)..=Duration::from_secs(most);
        env.check(
            seconds(6, 300).contains(&self.session_timeout),
            &SESSION_TIMEOUT_MS,
            "must be 6000 to 300000",
        );
        let interval = Duration::from_millis(1)..=Duration::from_secs(60);
        env.check(interval.contains(&self.limits.interval), &FLUSH_INTERVAL_MS, "must be 1 to 60000");
        env.check(within(self.limits.rows, HARD_ROWS), &FLUSH_ROWS, format_args!("must be 1 to {HARD_ROWS}"));
        env.check(
            within(self.limits.bytes, HARD_BYTES),
            &FLUSH_BYTES,
            format_args!("must be 1 to {HARD_BYTES}"),
        );
        env.check((1..=100).contains(&self.early_inserts), &EARLY_INSERTS_PER_SECOND, "must be 1 to 100");
        env.check(within(self.concurrent_inserts, 64), &CONCURRENT_INSERTS, "must be 1 to 64");
        env.check(
            seconds(1, 3600).contains(&self.insert_timeout),
            &INSERT_TIMEOUT_MS,
            "must be 1000 to 3600000",
        );
        env.check(self.memory_bytes >= 16 << 20, &MEMORY_BYTES, "must be at least 16777216");
        env.check(self.fetch_bytes >= 8 << 20, &FETCH_BYTES, "must be at least 8388608, the largest record");
        let sane = (64 << 10..=4 << 30).contains(&self.repeat_bytes);
        env.check(sane, &REPEAT_BYTES, "must be 65536 to 4294967296");
        env.check(!self.drain_timeout.is_zero(), &DRAIN_TIMEOUT_MS, "must be above 0");
    }
}

/// Reads and checks the file, so that a processor does not start with rules it cannot use.
fn mask_rules(env: &mut Env) -> Option<RuleFile> {
    let path = env.optional(&MASK_RULES)?;
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            env.check(false, &MASK_RULES, format_args!("names a file that cannot be read: {error}"));
            return None;
        }
    };
    match RuleFile::parse(&text) {
        Ok(file) => Some(file),
        Err(problems) => {
            for problem in problems.0 {
                env.check(false, &MASK_RULES, format_args!("names a file that cannot be used: {problem}"));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        let mut env = Env::default();
        Config::from_env(&mut env);
        env.finish().unwrap();
    }

    #[test]
    fn every_problem_of_the_masking_rules_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.json");
        let config = |text: &str| {
            std::fs::write(&file, text).unwrap();
            let mut env = Env::from_pairs([(MASK_RULES.name, file.to_str().unwrap())]);
            let config = Config::from_env(&mut env);
            env.finish().map(|()| config).map_err(|error| error.to_string())
        };
        let message = config(r#"{"rules": [{"key": ""}, {"pattern": "[a"}]}"#).unwrap_err();
        for problem in
            ["version must be", "rules[0].key must", "rules[1].pattern is not a regular expression"]
        {
            let told = format!("BATAUDIT_PROCESSOR_MASK_RULES names a file that cannot be used: {problem}");
            assert!(message.contains(&told), "{message}");
        }
        let good = config(r#"{"version": 4, "rules": [{"key": "ref"}]}"#).unwrap();
        assert_eq!(good.mask_rules.unwrap().version, 4);
        let mut env = Env::from_pairs([(MASK_RULES.name, "/nowhere/rules.json")]);
        Config::from_env(&mut env);
        assert!(env.finish().unwrap_err().to_string().contains("cannot be read"));
    }

    #[test]
    fn limits_stay_within_a_block() {
        let mut env = Env::from_pairs([(FLUSH_ROWS.name, "200001")]);
        Config::from_env(&mut env);
        let message = env.finish().unwrap_err().to_string();
        assert!(message.contains("BATAUDIT_PROCESSOR_FLUSH_ROWS must be 1 to 200000"), "{message}");
    }
}
