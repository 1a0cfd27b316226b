//! The migrate step on a real ClickHouse (`make services-up`), each test in a database of its own.

use bataudit_store::schema::{self, SchemaError};
use bataudit_store::scratch::Scratch;

async fn count(scratch: &Scratch, sql: &str) -> Option<u64> {
    scratch.connection.client().query(sql).fetch_one().await.ok()
}

#[tokio::test]
async fn applies_once_and_verifies() {
    let scratch = Scratch::unmigrated().await.unwrap();
    assert!(matches!(schema::verify(&scratch.connection).await, Err(SchemaError::Missing { .. })));
    let first = schema::migrate(&scratch.connection).await.unwrap();
    assert!(first.contains(&"0001_events"), "{first:?}");
    assert!(schema::migrate(&scratch.connection).await.unwrap().is_empty());
    schema::verify(&scratch.connection).await.unwrap();
}

#[tokio::test]
async fn two_at_once_end_in_one_schema() {
    let scratch = Scratch::unmigrated().await.unwrap();
    let (one, two) = tokio::join!(schema::migrate(&scratch.connection), schema::migrate(&scratch.connection));
    let applied = one.unwrap().len().max(two.unwrap().len()) as u64;
    assert_eq!(count(&scratch, "SELECT count() FROM schema_migrations").await, Some(applied));
    schema::verify(&scratch.connection).await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone_and_used() {
    let scratch = Scratch::migrated().await.unwrap();
    let sql = "INSERT INTO schema_migrations (name, checksum) VALUES ('9999_later', '')";
    scratch.connection.client().query(sql).execute().await.unwrap();
    schema::verify(&scratch.connection).await.unwrap();
    assert_eq!(schema::migrate(&scratch.connection).await.unwrap(), Vec::<&str>::new());
}

#[tokio::test]
async fn every_table_deduplicates_and_days_are_partitions() {
    let scratch = Scratch::migrated().await.unwrap();
    let own = "FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'";
    let without =
        format!("SELECT count() {own} AND NOT engine_full LIKE '%non_replicated_deduplication_window%'");
    assert_eq!(count(&scratch, &without).await, Some(0));
    let by_day = format!("SELECT count() {own} AND name = 'events' AND partition_key = 'toDate(timestamp)'");
    assert_eq!(count(&scratch, &by_day).await, Some(1));
}
