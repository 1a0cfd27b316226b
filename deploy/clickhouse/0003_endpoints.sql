-- The same figures for each endpoint (method and route), by hour and day; the counts by method too.
-- Of system.* events and of the columns see 0002_stats.sql.
CREATE TABLE IF NOT EXISTS endpoint_hour (
  project_id   LowCardinality(String),
  environment  LowCardinality(String),
  source       LowCardinality(String),
  service_name LowCardinality(String),
  method       LowCardinality(String),
  route        LowCardinality(String),
  bucket       DateTime('UTC') CODEC(Delta, ZSTD(1)),
  events       SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors_4xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors_5xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  timed        SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rt_sum       SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  rt           AggregateFunction(quantilesTiming(0.5, 0.95, 0.99), UInt32) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (project_id, bucket, service_name, route, method, environment, source)
TTL bucket + INTERVAL 365 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS endpoint_day AS endpoint_hour
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (project_id, bucket, service_name, route, method, environment, source)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_endpoint_hour TO endpoint_hour AS
SELECT
  project_id, environment, source, service_name, method, route,
  toStartOfHour(toDateTime(timestamp, 'UTC')) AS bucket,
  count() AS events,
  countIf(status_code BETWEEN 400 AND 499) AS errors_4xx,
  countIf(status_code >= 500) AS errors_5xx,
  countIf(response_time > 0) AS timed,
  sum(least(response_time, 4294967295)) AS rt_sum,
  quantilesTimingState(0.5, 0.95, 0.99)(toUInt32(least(response_time, 4294967295))) AS rt
FROM events
WHERE NOT startsWith(event_type, 'system.')
GROUP BY project_id, environment, source, service_name, method, route, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_endpoint_day TO endpoint_day AS
SELECT
  project_id, environment, source, service_name, method, route,
  toStartOfDay(hours.bucket) AS bucket,
  sum(hours.events) AS events,
  sum(hours.errors_4xx) AS errors_4xx,
  sum(hours.errors_5xx) AS errors_5xx,
  sum(hours.timed) AS timed,
  sum(hours.rt_sum) AS rt_sum,
  quantilesTimingMergeState(0.5, 0.95, 0.99)(hours.rt) AS rt
FROM endpoint_hour AS hours
GROUP BY project_id, environment, source, service_name, method, route, bucket;
