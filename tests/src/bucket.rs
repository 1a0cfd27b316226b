//! A real S3-compatible server with one bucket, whose objects it keeps as files: versitygw, which `scripts/restore-test`
//! builds.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use bataudit_service::{Env, Field};

use crate::ports;
use crate::process::{Launch, Process};
use crate::wait::eventually;

const PROGRAM: Field = Field::optional("BATAUDIT_TEST_S3_SERVER", "The S3-compatible server.");
/// How long it may take to start.
const READY: Duration = Duration::from_secs(30);
const BUCKET: &str = "audit-backups";
/// Its only account, and that one's secret.
const KEY: (&str, &str) = ("backups", "for-one-test-run-only");

/// The server; killed with the value.
#[derive(Debug)]
pub struct Bucket {
    url: String,
    folder: tempfile::TempDir,
    _process: Process,
}

impl Bucket {
    /// Starts one with an empty bucket; its log goes here.
    ///
    /// # Panics
    /// When the program was not built, or does not come up.
    pub async fn start(log: PathBuf) -> Self {
        let program = Env::from_process().optional(&PROGRAM);
        let program =
            program.unwrap_or_else(|| panic!("{} is not set: run scripts/restore-test", PROGRAM.name));
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("a folder for the bucket");
        let address = format!("127.0.0.1:{}", ports::free());
        let arguments = ["--port".into(), (&address).into(), "posix".into(), folder.path().into()];
        let account = [("ROOT_ACCESS_KEY", KEY.0), ("ROOT_SECRET_KEY", KEY.1)];
        let launch = Launch {
            name: "versitygw".to_owned(),
            binary: PathBuf::from(program),
            arguments: arguments.to_vec(),
            env: BTreeMap::from(account.map(|(name, value)| (name.to_owned(), value.to_owned()))),
            log,
        };
        let process = Process::start(launch);
        let url = format!("http://{address}");
        eventually("the S3 server answers", READY, async || {
            reqwest::get(&url).await.map(drop).map_err(|error| error.to_string())
        })
        .await;
        Self { url, folder, _process: process }
    }

    /// What ClickHouse's configuration says of it, as in docs/BACKUP.md: the disk `bucket`, which holds nothing but backups.
    #[must_use]
    pub fn disk(&self) -> String {
        format!(
            "<storage_configuration><disks><bucket><type>s3_plain</type><endpoint>{}/{BUCKET}/clickhouse/</endpoint>\
             <access_key_id>{}</access_key_id><secret_access_key>{}</secret_access_key></bucket></disks>\
             </storage_configuration>",
            self.url, KEY.0, KEY.1
        )
    }

    /// Whether it has objects under this name.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.folder.path().join(BUCKET).join("clickhouse").join(name).is_dir()
    }
}
