-- Which API key an event came with: the first 8 bytes of the key's SHA-256, as a number; 0 for what BatAudit writes
-- itself and for what was stored before. It tells an operator which keys are in use, and of no use to whoever wants one.
ALTER TABLE events ADD COLUMN IF NOT EXISTS key_hash UInt64 CODEC(ZSTD(1)) AFTER repeatable;

-- The use of each key by day, kept for ever like the other counts by the day: a key that was last used two years ago
-- still says when. The key comes first, since a reader asks for some keys over all time.
--
-- Events without a key are not counted, and so neither are those that were stored before this file.
CREATE TABLE IF NOT EXISTS key_day (
  project_id    LowCardinality(String),
  key_hash      UInt64 CODEC(ZSTD(1)),
  bucket        Date CODEC(Delta, ZSTD(1)),
  events        SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  -- When the gateway took the last of them. The bucket is the day of the events themselves, as in every rollup.
  last_received SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (key_hash, project_id, bucket)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_key_day TO key_day AS
SELECT
  project_id, key_hash,
  toDate(timestamp) AS bucket,
  count() AS events,
  max(received_at) AS last_received
FROM events
WHERE key_hash != 0 AND NOT startsWith(event_type, 'system.')
GROUP BY project_id, key_hash, bucket;

-- Of the rows that were removed, those that `key_day` counts.
ALTER TABLE removals ADD COLUMN IF NOT EXISTS keyed UInt64 CODEC(T64, ZSTD(1)) AFTER failed;
