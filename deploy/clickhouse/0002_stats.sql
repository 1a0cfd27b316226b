-- Volume, errors and response times by minute, hour and day: what the overview and every chart read.
--
-- The rollups leave out system.* events. Those are BatAudit's own notes about an application (alerts,
-- health checks), not something the application did: counted, an alert about too many errors would
-- raise the very figures it was computed from.
--
-- The three levels are a chain: an insert into `events` makes the minutes, those make the hours, those
-- the days, all within the insert. Each level has its own deduplication window, because a re-sent
-- batch passes through all of them again.
--
-- Columns of a level: `events`; of these `status_2xx`, `status_3xx`, `errors_4xx`, `errors_5xx` (the
-- rest had no status); `timed` those with a response time above 0; `rt_sum`, `rt_max` in milliseconds;
-- `rt` the state of quantilesTiming (exact below 1,024 ms, saturates at 30 s, hence rt_max).
CREATE TABLE IF NOT EXISTS stats_minute (
  project_id   LowCardinality(String),
  environment  LowCardinality(String),
  source       LowCardinality(String),
  service_name LowCardinality(String),
  bucket       DateTime('UTC') CODEC(Delta, ZSTD(1)),
  events       SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  status_2xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  status_3xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors_4xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  errors_5xx   SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  timed        SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  rt_sum       SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  rt_max       SimpleAggregateFunction(max, UInt32) CODEC(ZSTD(1)),
  rt           AggregateFunction(quantilesTiming(0.5, 0.95, 0.99), UInt32) CODEC(ZSTD(1)),
  last_event   SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toDate(bucket)
ORDER BY (project_id, bucket, service_name, environment, source)
TTL bucket + INTERVAL 38 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

CREATE TABLE IF NOT EXISTS stats_hour AS stats_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (project_id, bucket, service_name, environment, source)
TTL bucket + INTERVAL 365 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- Kept for ever: a row a day for each service.
CREATE TABLE IF NOT EXISTS stats_day AS stats_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (project_id, bucket, service_name, environment, source)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_minute TO stats_minute AS
SELECT
  project_id, environment, source, service_name,
  toStartOfMinute(toDateTime(timestamp, 'UTC')) AS bucket,
  count() AS events,
  countIf(status_code BETWEEN 200 AND 299) AS status_2xx,
  countIf(status_code BETWEEN 300 AND 399) AS status_3xx,
  countIf(status_code BETWEEN 400 AND 499) AS errors_4xx,
  countIf(status_code >= 500) AS errors_5xx,
  countIf(response_time > 0) AS timed,
  sum(least(response_time, 4294967295)) AS rt_sum,
  max(toUInt32(least(response_time, 4294967295))) AS rt_max,
  quantilesTimingState(0.5, 0.95, 0.99)(toUInt32(least(response_time, 4294967295))) AS rt,
  max(timestamp) AS last_event
FROM events
WHERE NOT startsWith(event_type, 'system.')
GROUP BY project_id, environment, source, service_name, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_hour TO stats_hour AS
SELECT
  project_id, environment, source, service_name,
  toStartOfHour(minutes.bucket) AS bucket,
  sum(minutes.events) AS events,
  sum(minutes.status_2xx) AS status_2xx,
  sum(minutes.status_3xx) AS status_3xx,
  sum(minutes.errors_4xx) AS errors_4xx,
  sum(minutes.errors_5xx) AS errors_5xx,
  sum(minutes.timed) AS timed,
  sum(minutes.rt_sum) AS rt_sum,
  max(minutes.rt_max) AS rt_max,
  quantilesTimingMergeState(0.5, 0.95, 0.99)(minutes.rt) AS rt,
  max(minutes.last_event) AS last_event
FROM stats_minute AS minutes
GROUP BY project_id, environment, source, service_name, bucket;

CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_day TO stats_day AS
SELECT
  project_id, environment, source, service_name,
  toStartOfDay(hours.bucket) AS bucket,
  sum(hours.events) AS events,
  sum(hours.status_2xx) AS status_2xx,
  sum(hours.status_3xx) AS status_3xx,
  sum(hours.errors_4xx) AS errors_4xx,
  sum(hours.errors_5xx) AS errors_5xx,
  sum(hours.timed) AS timed,
  sum(hours.rt_sum) AS rt_sum,
  max(hours.rt_max) AS rt_max,
  quantilesTimingMergeState(0.5, 0.95, 0.99)(hours.rt) AS rt,
  max(hours.last_event) AS last_event
FROM stats_hour AS hours
GROUP BY project_id, environment, source, service_name, bucket;
