-- What was removed on purpose, by retention or for the erasure of a person: a row for each table, project and hour
-- (or day, for tables by day) of a removal. Whoever compares the books adds these to what is there; a loss has no
-- row here.
CREATE TABLE IF NOT EXISTS removals (
  -- The pass or the erasure; a removal that was cut short goes on under the same one.
  job          String                 CODEC(ZSTD(1)),
  reason       LowCardinality(String) CODEC(ZSTD(1)),
  source_table LowCardinality(String) CODEC(ZSTD(1)),
  project_id   LowCardinality(String) CODEC(ZSTD(1)),
  bucket       DateTime('UTC')        CODEC(Delta, ZSTD(1)),
  -- Rows; and of them what the rollups count: all but system.* events, those with a user, those with an error. Of a
  -- rollup the sum of its events, three times.
  row_count    UInt64                 CODEC(T64, ZSTD(1)),
  counted      UInt64                 CODEC(T64, ZSTD(1)),
  identified   UInt64                 CODEC(T64, ZSTD(1)),
  failed       UInt64                 CODEC(T64, ZSTD(1)),
  removed_at   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (project_id, bucket, source_table, job)
SETTINGS non_replicated_deduplication_window = 1000;

-- Where the removed events lie in the log, as long as the log may still have them: with this, each of them is known as
-- removed, and not only their number. Holds nothing of an event but its id and place.
CREATE TABLE IF NOT EXISTS removed_places (
  k_epoch     LowCardinality(String) CODEC(ZSTD(1)),
  k_partition UInt16                 CODEC(ZSTD(1)),
  k_offset    UInt64                 CODEC(Delta, ZSTD(1)),
  k_index     UInt16                 CODEC(ZSTD(1)),
  project_id  LowCardinality(String) CODEC(ZSTD(1)),
  id          UUID                   CODEC(ZSTD(1)),
  received_at DateTime64(3, 'UTC')   CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toDate(received_at)
ORDER BY (k_epoch, k_partition, k_offset, k_index)
TTL toDateTime(received_at) + INTERVAL 38 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000;

-- Events are removed by sentinel only, which knows what is under a legal hold; the engine knows no holds.
ALTER TABLE events REMOVE TTL;
