-- 0001_events
/* Local */ CREATE TABLE IF NOT EXISTS events (
  id                 UUID                   CODEC(ZSTD(1)),
  project_id         LowCardinality(String) CODEC(ZSTD(1)),
  event_type         LowCardinality(String) CODEC(ZSTD(1)),
  timestamp          DateTime64(3, 'UTC')   CODEC(Delta, ZSTD(1)),
  received_at        DateTime64(3, 'UTC')   CODEC(Delta, ZSTD(1)),
  original_timestamp String                 CODEC(ZSTD(1)),
  method             LowCardinality(String) CODEC(ZSTD(1)),
  path               String                 CODEC(ZSTD(1)),
  route              LowCardinality(String) CODEC(ZSTD(1)),
  status_code        UInt16                 CODEC(ZSTD(1)),
  response_time      UInt64                 CODEC(T64, ZSTD(1)),
  identifier         String                 CODEC(ZSTD(1)),
  user_email         String                 CODEC(ZSTD(1)),
  user_name          String                 CODEC(ZSTD(1)),
  user_roles         String                 CODEC(ZSTD(1)),
  user_type          LowCardinality(String) CODEC(ZSTD(1)),
  tenant_id          LowCardinality(String) CODEC(ZSTD(1)),
  ip                 String                 CODEC(ZSTD(1)),
  ip_address         IPv6 MATERIALIZED toIPv6OrDefault(ip) CODEC(ZSTD(1)),
  user_agent         LowCardinality(String) CODEC(ZSTD(1)),
  request_id         String                 CODEC(ZSTD(1)),
  session_id         String                 CODEC(ZSTD(1)),
  query_params       String                 CODEC(ZSTD(1)),
  path_params        String                 CODEC(ZSTD(1)),
  request_body       String                 CODEC(ZSTD(1)),
  response_body      String                 CODEC(ZSTD(1)),
  error_message      String                 CODEC(ZSTD(1)),
  source             LowCardinality(String) CODEC(ZSTD(1)),
  service_name       LowCardinality(String) CODEC(ZSTD(1)),
  environment        LowCardinality(String) CODEC(ZSTD(1)),
  mask_rules         UInt32                 CODEC(ZSTD(1)),
  repeatable         Bool                   CODEC(ZSTD(1)),
  k_epoch            LowCardinality(String) CODEC(ZSTD(1)),
  k_partition        UInt16                 CODEC(ZSTD(1)),
  k_offset           UInt64                 CODEC(Delta, ZSTD(1)),
  k_index            UInt16                 CODEC(ZSTD(1)),
  k_batch            UInt64                 CODEC(Delta, ZSTD(1)),
  k_end              UInt64                 CODEC(Delta, ZSTD(1)),
  stored_at          DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  INDEX ix_id         id         TYPE bloom_filter(0.01) GRANULARITY 4,
  INDEX ix_event_type event_type TYPE set(16)            GRANULARITY 4,
  INDEX ix_identifier identifier TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_session    session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_request    request_id TYPE bloom_filter(0.01) GRANULARITY 4,
  INDEX ix_ip         ip_address TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_stored_at  stored_at  TYPE minmax             GRANULARITY 1,
  INDEX ix_received   received_at TYPE minmax            GRANULARITY 1,
  INDEX ix_k_offset   k_offset   TYPE minmax             GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(timestamp)
ORDER BY (project_id, timestamp, id)
TTL toDateTime(timestamp) + INTERVAL 38 DAY DELETE
SETTINGS
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
/* Face */ CREATE TABLE IF NOT EXISTS events AS `bataudit_local`.events ENGINE = Distributed('bataudit', 'bataudit_local', 'events', k_partition);
-- 0002_stats
/* Local */ CREATE TABLE IF NOT EXISTS stats_minute (
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
/* Face */ CREATE TABLE IF NOT EXISTS stats_minute AS `bataudit_local`.stats_minute ENGINE = Distributed('bataudit', 'bataudit_local', 'stats_minute', cityHash64(project_id));
/* Local */ CREATE TABLE IF NOT EXISTS stats_hour AS stats_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(bucket)
ORDER BY (project_id, bucket, service_name, environment, source)
TTL bucket + INTERVAL 365 DAY DELETE
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
/* Face */ CREATE TABLE IF NOT EXISTS stats_hour AS `bataudit_local`.stats_hour ENGINE = Distributed('bataudit', 'bataudit_local', 'stats_hour', cityHash64(project_id));
/* Local */ CREATE TABLE IF NOT EXISTS stats_day AS stats_minute
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (project_id, bucket, service_name, environment, source)
SETTINGS non_replicated_deduplication_window = 10000;
/* Face */ CREATE TABLE IF NOT EXISTS stats_day AS `bataudit_local`.stats_day ENGINE = Distributed('bataudit', 'bataudit_local', 'stats_day', cityHash64(project_id));
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_minute TO stats_minute AS
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
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_hour TO stats_hour AS
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
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_stats_day TO stats_day AS
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
-- 0003_endpoints
/* Local */ CREATE TABLE IF NOT EXISTS endpoint_hour (
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
/* Face */ CREATE TABLE IF NOT EXISTS endpoint_hour AS `bataudit_local`.endpoint_hour ENGINE = Distributed('bataudit', 'bataudit_local', 'endpoint_hour', cityHash64(project_id));
/* Local */ CREATE TABLE IF NOT EXISTS endpoint_day AS endpoint_hour
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (project_id, bucket, service_name, route, method, environment, source)
SETTINGS non_replicated_deduplication_window = 10000;
/* Face */ CREATE TABLE IF NOT EXISTS endpoint_day AS `bataudit_local`.endpoint_day ENGINE = Distributed('bataudit', 'bataudit_local', 'endpoint_day', cityHash64(project_id));
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_endpoint_hour TO endpoint_hour AS
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
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_endpoint_day TO endpoint_day AS
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
-- 0004_users_errors
/* Local */ CREATE TABLE IF NOT EXISTS user_day (
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
/* Face */ CREATE TABLE IF NOT EXISTS user_day AS `bataudit_local`.user_day ENGINE = Distributed('bataudit', 'bataudit_local', 'user_day', cityHash64(project_id));
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_user_day TO user_day AS
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
/* Local */ CREATE TABLE IF NOT EXISTS error_day (
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
/* Face */ CREATE TABLE IF NOT EXISTS error_day AS `bataudit_local`.error_day ENGINE = Distributed('bataudit', 'bataudit_local', 'error_day', cityHash64(project_id));
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_error_day TO error_day AS
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
-- 0005_loss_incidents
/* Local */ CREATE TABLE IF NOT EXISTS loss_incidents (
  kind         LowCardinality(String),
  topic        LowCardinality(String),
  stream_epoch LowCardinality(String),
  k_partition  UInt16,
  first_offset UInt64,
  end_offset   UInt64,
  lost         UInt64,
  detail       String,
  detected_at  DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(detected_at)
ORDER BY (topic, stream_epoch, k_partition, kind, first_offset)
SETTINGS
  non_replicated_deduplication_window = 10000,
  fsync_after_insert = 1,
  fsync_part_directory = 1;
/* Face */ CREATE TABLE IF NOT EXISTS loss_incidents AS `bataudit_local`.loss_incidents ENGINE = Distributed('bataudit', 'bataudit_local', 'loss_incidents', k_partition);
-- 0006_words
/* Local */ ALTER TABLE events ADD INDEX IF NOT EXISTS ix_words
  tokens(lowerUTF8(concat(path, ' ', error_message, ' ', identifier, ' ', user_email, ' ', request_body, ' ', response_body)))
  TYPE bloom_filter(0.01) GRANULARITY 1;
/* Local */ ALTER TABLE events MATERIALIZE INDEX IF EXISTS ix_words;
-- 0007_console
/* Face */ CREATE VIEW IF NOT EXISTS audits DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:(.*)$') AS scope
SELECT
  toString(events.id) AS id, method, path, status_code, response_time, identifier, user_email, user_name, user_roles,
  user_type, tenant_id, ip, user_agent, request_id, query_params, path_params, request_body, response_body,
  error_message, service_name, environment, timestamp, project_id, source, event_type, session_id, route, received_at
FROM events
WHERE scope = '*' OR project_id IN (SELECT arrayJoin(splitByChar(',', scope)))
LIMIT 18446744073709551615;
/* Face */ CREATE VIEW IF NOT EXISTS audit_summaries DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:(.*)$') AS scope
SELECT
  bucket AS period_start, period AS period_type, project_id, service_name,
  sum(two) AS status_2xx, sum(three) AS status_3xx, sum(four) AS status_4xx, sum(five) AS status_5xx,
  if(sum(with_time) = 0, 0, sum(time_sum) / sum(with_time)) AS avg_ms,
  quantilesTimingMerge(0.5, 0.95, 0.99)(times)[2] AS p95_ms,
  sum(counted) AS event_count
FROM (
  SELECT bucket, 'hour' AS period, project_id, service_name, status_2xx AS two, status_3xx AS three, errors_4xx AS four,
    errors_5xx AS five, timed AS with_time, rt_sum AS time_sum, rt AS times, events AS counted
  FROM stats_hour
  WHERE scope = '*' OR project_id IN (SELECT arrayJoin(splitByChar(',', scope)))
  UNION ALL
  SELECT bucket, 'day' AS period, project_id, service_name, status_2xx AS two, status_3xx AS three, errors_4xx AS four,
    errors_5xx AS five, timed AS with_time, rt_sum AS time_sum, rt AS times, events AS counted
  FROM stats_day
  WHERE scope = '*' OR project_id IN (SELECT arrayJoin(splitByChar(',', scope)))
)
GROUP BY period_start, period_type, project_id, service_name
LIMIT 18446744073709551615;
-- 0008_removals
/* Local */ CREATE TABLE IF NOT EXISTS removals (
  job          String                 CODEC(ZSTD(1)),
  reason       LowCardinality(String) CODEC(ZSTD(1)),
  source_table LowCardinality(String) CODEC(ZSTD(1)),
  project_id   LowCardinality(String) CODEC(ZSTD(1)),
  bucket       DateTime('UTC')        CODEC(Delta, ZSTD(1)),
  row_count    UInt64                 CODEC(T64, ZSTD(1)),
  counted      UInt64                 CODEC(T64, ZSTD(1)),
  identified   UInt64                 CODEC(T64, ZSTD(1)),
  failed       UInt64                 CODEC(T64, ZSTD(1)),
  removed_at   DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (project_id, bucket, source_table, job)
SETTINGS non_replicated_deduplication_window = 1000;
/* Face */ CREATE TABLE IF NOT EXISTS removals AS `bataudit_local`.removals ENGINE = Distributed('bataudit', 'bataudit_local', 'removals', cityHash64(project_id));
/* Local */ CREATE TABLE IF NOT EXISTS removed_places (
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
/* Face */ CREATE TABLE IF NOT EXISTS removed_places AS `bataudit_local`.removed_places ENGINE = Distributed('bataudit', 'bataudit_local', 'removed_places', k_partition);
/* Local */ ALTER TABLE events REMOVE TTL;
-- 0009_key_usage
/* Local */ ALTER TABLE events ADD COLUMN IF NOT EXISTS key_hash UInt64 CODEC(ZSTD(1)) AFTER repeatable;
/* Face */ ALTER TABLE events ADD COLUMN IF NOT EXISTS key_hash UInt64 CODEC(ZSTD(1)) AFTER repeatable;
/* Local */ CREATE TABLE IF NOT EXISTS key_day (
  project_id    LowCardinality(String),
  key_hash      UInt64 CODEC(ZSTD(1)),
  bucket        Date CODEC(Delta, ZSTD(1)),
  events        SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD(1)),
  last_received SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD(1))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYear(bucket)
ORDER BY (key_hash, project_id, bucket)
SETTINGS non_replicated_deduplication_window = 10000;
/* Face */ CREATE TABLE IF NOT EXISTS key_day AS `bataudit_local`.key_day ENGINE = Distributed('bataudit', 'bataudit_local', 'key_day', cityHash64(project_id));
/* Local */ CREATE MATERIALIZED VIEW IF NOT EXISTS mv_key_day TO key_day AS
SELECT
  project_id, key_hash,
  toDate(timestamp) AS bucket,
  count() AS events,
  max(received_at) AS last_received
FROM events
WHERE key_hash != 0 AND NOT startsWith(event_type, 'system.')
GROUP BY project_id, key_hash, bucket;
/* Local */ ALTER TABLE removals ADD COLUMN IF NOT EXISTS keyed UInt64 CODEC(T64, ZSTD(1)) AFTER failed;
/* Face */ ALTER TABLE removals ADD COLUMN IF NOT EXISTS keyed UInt64 CODEC(T64, ZSTD(1)) AFTER failed;
-- 0010_projections
/* Local */ ALTER TABLE events MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild';
/* Local */ ALTER TABLE events ADD PROJECTION IF NOT EXISTS counts (
  SELECT project_id, toDate(timestamp), event_type, source, service_name, environment, method, status_code, count()
  GROUP BY project_id, toDate(timestamp), event_type, source, service_name, environment, method, status_code
);
/* Local */ ALTER TABLE events ADD PROJECTION IF NOT EXISTS named_sessions (
  SELECT project_id, session_id, toDate(timestamp), event_type, min(timestamp)
  GROUP BY project_id, session_id, toDate(timestamp), event_type
);
/* Local */ ALTER TABLE events ADD INDEX IF NOT EXISTS ix_path path TYPE bloom_filter(0.01) GRANULARITY 1;
/* Local */ ALTER TABLE events ADD INDEX IF NOT EXISTS ix_email user_email TYPE bloom_filter(0.01) GRANULARITY 1;
/* Local */ ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS counts;
/* Local */ ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS named_sessions;
/* Local */ ALTER TABLE events MATERIALIZE INDEX IF EXISTS ix_path;
/* Local */ ALTER TABLE events MATERIALIZE INDEX IF EXISTS ix_email;
-- 0011_user_names
/* Local */ ALTER TABLE user_day
  MODIFY COLUMN IF EXISTS user_email SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
  MODIFY COLUMN IF EXISTS user_name SimpleAggregateFunction(max, String) CODEC(ZSTD(1));
/* Face */ ALTER TABLE user_day
  MODIFY COLUMN IF EXISTS user_email SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
  MODIFY COLUMN IF EXISTS user_name SimpleAggregateFunction(max, String) CODEC(ZSTD(1));
-- 0012_masked
/* Local */ ALTER TABLE events ADD COLUMN IF NOT EXISTS masked_fields UInt8 CODEC(T64, ZSTD(1)) AFTER mask_rules;
/* Face */ ALTER TABLE events ADD COLUMN IF NOT EXISTS masked_fields UInt8 CODEC(T64, ZSTD(1)) AFTER mask_rules;
/* Local */ ALTER TABLE events ADD PROJECTION IF NOT EXISTS masked (
  SELECT project_id, toStartOfHour(received_at), countIf(masked_fields > 0), sum(masked_fields)
  GROUP BY project_id, toStartOfHour(received_at)
);
/* Local */ ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS masked;
-- 0013_console_period
/* Face */ CREATE OR REPLACE VIEW audits DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH
  extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:(?:[0-9]+-[0-9]+:)?(.*)$') AS scope,
  toInt64OrZero(extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:([0-9]+)-[0-9]+:')) AS from_ms,
  toInt64OrZero(extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:[0-9]+-([0-9]+):')) AS to_ms
SELECT
  toString(events.id) AS id, method, path, status_code, response_time, identifier, user_email, user_name, user_roles,
  user_type, tenant_id, ip, user_agent, request_id, query_params, path_params, request_body, response_body,
  error_message, service_name, environment, timestamp, project_id, source, event_type, session_id, route, received_at
FROM events
WHERE (scope = '*' OR project_id IN (SELECT arrayJoin(splitByChar(',', scope))))
  AND timestamp >= fromUnixTimestamp64Milli(from_ms, 'UTC')
  AND timestamp <= fromUnixTimestamp64Milli(if(to_ms = 0, 10000000000000, to_ms), 'UTC')
LIMIT 18446744073709551615;
-- 0014_delete_by_hand
/* Local */ ALTER TABLE events MODIFY SETTING lightweight_mutation_projection_mode = 'throw';
