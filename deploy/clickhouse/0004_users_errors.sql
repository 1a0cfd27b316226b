-- Users and errors by day. Both name people or hold what they caused, so neither is kept for ever.
-- Of system.* events see 0002_stats.sql.
CREATE TABLE IF NOT EXISTS user_day (
  project_id  LowCardinality(String),
  environment LowCardinality(String),
  identifier  String CODEC(ZSTD(1)),
  bucket      Date CODEC(Delta, ZSTD(1)),
  events      SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors      SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  first_seen  SimpleAggregateFunction(min, DateTime('UTC')) CODEC(ZSTD(1)),
  last_seen   SimpleAggregateFunction(max, DateTime('UTC')) CODEC(ZSTD(1)),
  user_email  SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(1)),
  user_name   SimpleAggregateFunction(anyLast, String) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (project_id, bucket, identifier, environment)
TTL bucket + INTERVAL 365 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_user_day TO user_day AS
SELECT
  project_id, environment, identifier,
  toDate(timestamp) AS bucket,
  count() AS events,
  countIf(status_code >= 400) AS errors,
  toDateTime(min(timestamp), 'UTC') AS first_seen,
  toDateTime(max(timestamp), 'UTC') AS last_seen,
  anyLast(events.user_email) AS user_email,
  anyLast(events.user_name) AS user_name
FROM events
WHERE identifier != '' AND NOT startsWith(event_type, 'system.')
GROUP BY project_id, environment, identifier, bucket;

-- Errors that differ only in their numbers are one error: `message_key` has them replaced.
CREATE TABLE IF NOT EXISTS error_day (
  project_id   LowCardinality(String),
  environment  LowCardinality(String),
  service_name LowCardinality(String),
  method       LowCardinality(String),
  route        LowCardinality(String),
  status_code  UInt16 CODEC(ZSTD(1)),
  message_key  String CODEC(ZSTD(1)),
  bucket       Date CODEC(Delta, ZSTD(1)),
  events       SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  last_seen    SimpleAggregateFunction(max, DateTime('UTC')) CODEC(ZSTD(1)),
  sample_id    SimpleAggregateFunction(anyLast, UUID) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (project_id, bucket, service_name, route, method, status_code, message_key, environment)
TTL bucket + INTERVAL 365 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_error_day TO error_day AS
SELECT
  project_id, environment, service_name, method, route, status_code,
  replaceRegexpAll(substringUTF8(error_message, 1, 120), '[0-9]+', '#') AS message_key,
  toDate(timestamp) AS bucket,
  count() AS events,
  toDateTime(max(timestamp), 'UTC') AS last_seen,
  anyLast(id) AS sample_id
FROM events
WHERE status_code >= 400 AND NOT startsWith(event_type, 'system.')
GROUP BY project_id, environment, service_name, method, route, status_code, message_key, bucket;
