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

/// Found by the fault injection: of a part whose rows were all hidden no merge was possible any more.
#[tokio::test]
async fn a_delete_by_hand_leaves_no_part_that_cannot_be_merged() {
    let scratch = Scratch::migrated().await.unwrap();
    let run = async |sql: &str| scratch.connection.client().query(sql).execute().await;
    for offset in 0..3 {
        let row = "(id, project_id, timestamp, received_at, k_offset)";
        let values = format!("(generateUUIDv4(), 'p', now64(3), now64(3), {offset})");
        run(&format!("INSERT INTO events {row} VALUES {values}")).await.unwrap();
    }
    let refused = run("DELETE FROM events WHERE k_offset = 1").await.unwrap_err().to_string();
    assert!(refused.contains("lightweight_mutation_projection_mode"), "{refused}");
    run("ALTER TABLE events DELETE WHERE k_offset = 1 SETTINGS mutations_sync = 2").await.unwrap();
    let bare = "SELECT count() FROM system.parts WHERE database = currentDatabase() AND table = 'events' \
                AND active AND rows > 0 AND empty(projections)";
    assert_eq!(count(&scratch, bare).await, Some(0));
    assert_eq!(count(&scratch, "SELECT count() FROM events").await, Some(2));
}
