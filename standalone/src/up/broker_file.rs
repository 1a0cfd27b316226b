//! What the broker remembers of a life that ended badly.
//!
//! In: the broker's file, while no broker runs. Out: the same file without group members; offsets and records stay.
//!
//! A killed processor cannot leave its consumer group, and the broker keeps its members on disk. After a restart it
//! takes the dead member for the group's leader: a new one waits for it until its session is over, and may even be given
//! no partitions at all. The data lock says that nobody else uses this broker, so whoever is still in a group is dead.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// A broker that is just dying may hold the file for a moment.
const BUSY: Duration = Duration::from_secs(5);
/// The table of members; the broker makes it at its first start, and group offsets are in another.
const MEMBERS: &str = "consumer_group_detail";

/// Forgets the members of all groups. Does nothing before the broker's first start.
pub(crate) async fn forget_members(file: &Path) -> Result<(), sqlx::Error> {
    if !file.exists() {
        return Ok(());
    }
    let mut broker = SqliteConnectOptions::new().filename(file).busy_timeout(BUSY).connect().await?;
    let table = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1").bind(MEMBERS);
    if table.fetch_optional(&mut broker).await?.is_some() {
        sqlx::query(&format!("DELETE FROM {MEMBERS}")).execute(&mut broker).await?;
    }
    broker.close().await
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    #[tokio::test]
    async fn members_go_and_offsets_stay() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("broker.db");
        forget_members(&file).await.unwrap();
        assert!(!file.exists(), "the broker makes its own file");

        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut broker = options.connect().await.unwrap();
        forget_members(&file).await.unwrap();
        let script = "CREATE TABLE consumer_group_detail (detail TEXT); INSERT INTO consumer_group_detail VALUES ('m');
                      CREATE TABLE consumer_offset (committed INT); INSERT INTO consumer_offset VALUES (7)";
        sqlx::raw_sql(script).execute(&mut broker).await.unwrap();
        forget_members(&file).await.unwrap();
        let left =
            "SELECT (SELECT count(*) FROM consumer_group_detail), (SELECT committed FROM consumer_offset)";
        let row = sqlx::query(left).fetch_one(&mut broker).await.unwrap();
        assert_eq!((row.get::<i64, _>(0), row.get::<i64, _>(1)), (0, 7));
    }
}
