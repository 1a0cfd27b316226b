//! A real ClickHouse engine of a test's own, which it may kill, stop for a while, and start again with
//! other settings.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bataudit_service::{Env, Field};

use crate::bucket::Bucket;
use crate::clickhouse::ClickHouse;
use crate::process::{Launch, Process};
use crate::wait::eventually;
use crate::{binaries, ports};

const LIBRARY: Field = Field::optional("BATAUDIT_ENGINE_LIB", "The engine library.");
const CACHE: Field = Field::optional("BATAUDIT_CACHE", "The cache folder.");
const HOME_CACHE: Field = Field::optional("XDG_CACHE_HOME", "The user's cache folder.");
const HOME: Field = Field::optional("HOME", "The user's folder.");

/// How long a start may take, on a busy machine and after a kill.
const STARTED: Duration = Duration::from_secs(60);

/// A user who may do anything.
pub const ADMIN: (&str, &str) = ("admin", "dev");
/// The user of a processor.
pub const WRITER: (&str, &str) = ("bataudit_writer", "dev");
/// Who removes what is over, and counts rollups anew.
pub const KEEPER: (&str, &str) = ("bataudit_keeper", "dev");

/// The engine; killed with the value.
#[derive(Debug)]
pub struct PrivateEngine {
    /// Its process.
    pub process: Process,
    folder: tempfile::TempDir,
    place: Place,
}

/// Where an engine listens.
#[derive(Debug, Clone)]
struct Place {
    host: &'static str,
    port: u16,
    cluster: Option<Cluster>,
    /// Its further disk `bucket`, to which it may back up.
    bucket: Option<String>,
}

impl Place {
    fn alone() -> Self {
        Self { host: "127.0.0.1", port: ports::free(), cluster: None, bucket: None }
    }
}

/// The name of the cluster that [`PrivateEngine::shards`] make.
pub const CLUSTER: &str = "shards";

/// Where its servers listen, all on the same ports.
const HOSTS: [&str; 2] = ["127.0.0.1", "127.0.0.2"];

/// Engines that know each other.
#[derive(Debug, Clone)]
struct Cluster {
    native: u16,
    /// How many of them are shards.
    shards: usize,
}

/// How an engine differs from the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As always.
    Usual,
    /// Refuses to write, as with a full disk: it must keep more space free than there is.
    DiskFull,
    /// The processor's user may only read.
    ReadOnly,
}

impl PrivateEngine {
    /// Starts one with an empty folder; its log goes here.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start(log: PathBuf) -> Self {
        Self::start_at(Place::alone(), log).await
    }

    /// Starts one that may back up to a bucket.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn with_bucket(bucket: &Bucket, log: PathBuf) -> Self {
        Self::start_at(Place { bucket: Some(bucket.disk()), ..Place::alone() }, log).await
    }

    /// Starts two that are the shards of a cluster; their logs go here.
    ///
    /// # Panics
    /// When they do not come up.
    pub async fn shards(logs: &Path) -> [Self; 2] {
        let (native, port) = (ports::free(), ports::free());
        let place = |host| Place {
            host,
            port,
            cluster: Some(Cluster { native, shards: HOSTS.len() }),
            ..Place::alone()
        };
        let [one, two] = [(0, "shard-1.log"), (1, "shard-2.log")]
            .map(|(shard, log)| Self::start_at(place(HOSTS[shard]), logs.join(log)));
        let (one, two) = tokio::join!(one, two);
        [one, two]
    }

    async fn start_at(place: Place, log: PathBuf) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        prepare(folder.path());
        configure(folder.path(), &place, Mood::Usual);
        let launch = Launch {
            name: "clickhouse".to_owned(),
            binary: binaries::path("bataudit"),
            arguments: ["engine", "--lib"]
                .into_iter()
                .map(Into::into)
                .chain([library().into(), "--config".into(), folder.path().join("config.xml").into()])
                .collect(),
            env: BTreeMap::new(),
            log,
        };
        let engine = Self { process: Process::start(launch), folder, place };
        engine.ready().await;
        engine
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}:{}", self.place.host, self.place.port)
    }

    /// A client with all rights.
    #[must_use]
    pub fn admin(&self) -> ClickHouse {
        ClickHouse::at(&self.url(), ADMIN.0, ADMIN.1)
    }

    /// Lets its cluster have so many shards from the next start on.
    pub fn knows_shards(&mut self, count: usize) {
        self.place.cluster.as_mut().expect("an engine of a cluster").shards = count;
    }

    /// Starts it again after it has ended, and waits until it answers.
    pub async fn up(&mut self, mood: Mood) {
        configure(self.folder.path(), &self.place, mood);
        self.process.restart();
        self.ready().await;
    }

    /// Loses its disk: ends at once, and starts again with nothing.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn lose_disk(&mut self) {
        self.process.kill();
        fs::remove_dir_all(self.folder.path().join("data")).expect("the engine's data");
        prepare(self.folder.path());
        self.up(Mood::Usual).await;
    }

    /// Waits until it answers.
    pub async fn ready(&self) {
        let client = self.admin();
        eventually("ClickHouse answers", STARTED, async || client.try_ask("SELECT 1").await.map(drop)).await;
        if self.place.cluster.is_some() {
            // Our engine opens HTTP only; servers of a cluster speak the native protocol with each other.
            client.ask("SYSTEM START LISTEN TCP").await;
        }
    }
}

/// Without the first file the `system` database lives in memory only, and a second start cannot find
/// its query_log again.
fn prepare(folder: &Path) {
    let metadata = folder.join("data/metadata");
    fs::create_dir_all(&metadata).expect("a folder for the engine");
    let id = uuid::Uuid::new_v4();
    fs::write(metadata.join("system.sql"), format!("ATTACH DATABASE _ UUID '{id}'\nENGINE = Atomic\n"))
        .expect("a file for the engine");
}

fn configure(folder: &Path, place: &Place, mood: Mood) {
    let read = |file: &str| {
        let path = binaries::in_checkout("deploy/dev/clickhouse").join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let state = folder.display().to_string();
    let mut config = read("config.xml.in")
        .replace("@DATA@", &format!("{state}/data"))
        .replace("@STATE@", &state)
        .replace("@HTTP_PORT@", &place.port.to_string());
    config = match &place.cluster {
        None => config.replace("  <tcp_port>@TCP_PORT@</tcp_port>\n", ""),
        Some(cluster) => config
            .replace("@TCP_PORT@", &cluster.native.to_string())
            .replace("<listen_host>127.0.0.1<", &format!("<listen_host>{}<", place.host))
            .replace("</clickhouse>", &cluster.servers()),
    };
    if let Some(disk) = &place.bucket {
        config = config
            .replace("<backups>", "<backups><allowed_disk>bucket</allowed_disk>")
            .replace("</clickhouse>", &format!("{disk}</clickhouse>"));
    }
    let mut users = read("users.xml");
    match mood {
        Mood::Usual => {}
        Mood::DiskFull => {
            let disk = "<storage_configuration><disks><default><keep_free_space_bytes>1000000000000000\
                        </keep_free_space_bytes></default></disks></storage_configuration></clickhouse>";
            config = config.replace("</clickhouse>", disk);
        }
        Mood::ReadOnly => {
            let (before, after) = users.split_once("<bataudit_writer>").expect("the processor's user");
            let after = after.replacen("<profile>default</profile>", "<profile>reader</profile>", 1);
            users = format!("{before}<bataudit_writer>{after}");
        }
    }
    fs::write(folder.join("config.xml"), config).expect("the engine's configuration");
    fs::write(folder.join("users.xml"), users).expect("the engine's users");
}

impl Cluster {
    /// Its servers, each a shard, to the end of the configuration.
    fn servers(&self) -> String {
        let (user, password) = ADMIN;
        let shard = |host: &&str| {
            format!(
                "<shard><replica><host>{host}</host><port>{}</port><user>{user}</user><password>{password}</password>\
                 </replica></shard>",
                self.native
            )
        };
        let shards: String = HOSTS.iter().take(self.shards).map(shard).collect();
        format!("<remote_servers><{CLUSTER}>{shards}</{CLUSTER}></remote_servers></clickhouse>")
    }
}

fn library() -> PathBuf {
    let mut env = Env::from_process();
    let library = env.optional(&LIBRARY).map(PathBuf::from).unwrap_or_else(|| {
        let home_cache = env.optional(&HOME_CACHE).map(PathBuf::from);
        let home_cache =
            home_cache.or_else(|| env.optional(&HOME).map(|home| PathBuf::from(home).join(".cache")));
        let ours = home_cache.expect("HOME").join("bataudit");
        let cache = env.optional(&CACHE).map_or(ours, PathBuf::from);
        cache.join("chdb-26.7.3-stable.1/libchdb.so")
    });
    assert!(library.is_file(), "{} is missing: make services-up fetches it", library.display());
    library
}
