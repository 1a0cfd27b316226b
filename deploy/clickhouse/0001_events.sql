-- The raw events, one row each, as the processor wrote them after masking.
--
-- Every name in these files is unqualified: the connection says which database. A file is never
-- changed once it was released; a change is a new file. A statement ends with a semicolon at the
-- end of a line.
--
-- An absent text is '' and an absent number 0: no column is Nullable. Times are UTC.
CREATE TABLE IF NOT EXISTS events (
  id                 UUID                   CODEC(ZSTD(1)),
  project_id         LowCardinality(String) CODEC(ZSTD(1)),
  event_type         LowCardinality(String) CODEC(ZSTD(1)),
  timestamp          DateTime64(3, 'UTC')   CODEC(Delta, ZSTD(1)),
  received_at        DateTime64(3, 'UTC')   CODEC(Delta, ZSTD(1)),
  -- What the client sent, where `timestamp` had to be moved into the accepted window.
  original_timestamp String                 CODEC(ZSTD(1)),
  method             LowCardinality(String) CODEC(ZSTD(1)),
  path               String                 CODEC(ZSTD(1)),
  -- The path with its ids replaced, which the endpoint rollups group by.
  route              LowCardinality(String) CODEC(ZSTD(1)),
  status_code        UInt16                 CODEC(ZSTD(1)),
  response_time      UInt64                 CODEC(T64, ZSTD(1)),
  identifier         String                 CODEC(ZSTD(1)),
  user_email         String                 CODEC(ZSTD(1)),
  user_name          String                 CODEC(ZSTD(1)),
  -- JSON text, like the params and the bodies: stored byte for byte but for what was masked.
  user_roles         String                 CODEC(ZSTD(1)),
  user_type          LowCardinality(String) CODEC(ZSTD(1)),
  tenant_id          LowCardinality(String) CODEC(ZSTD(1)),
  ip                 String                 CODEC(ZSTD(1)),
  -- One spelling for every address, so that a filter finds ::ffff:10.0.0.1 and 10.0.0.1 alike.
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
  -- Version of the rules that masked this row.
  mask_rules         UInt32                 CODEC(ZSTD(1)),
  -- Whether the client determined the id, so that it may post the event again.
  repeatable         Bool                   CODEC(ZSTD(1)),
  -- Where the row came from: the life of the topic, the partition, the offset of the record, the index
  -- within the record.
  k_epoch            LowCardinality(String) CODEC(ZSTD(1)),
  k_partition        UInt16                 CODEC(ZSTD(1)),
  k_offset           UInt64                 CODEC(Delta, ZSTD(1)),
  k_index            UInt16                 CODEC(ZSTD(1)),
  -- The batch that inserted it: the offsets from k_batch to k_end, the latter not included. After a
  -- crash exactly this batch is formed again, so that its token stands for the same rows.
  k_batch            UInt64                 CODEC(Delta, ZSTD(1)),
  k_end              UInt64                 CODEC(Delta, ZSTD(1)),
  -- When the row was inserted: what "new since" asks for, since `timestamp` may lie days back.
  stored_at          DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC') CODEC(Delta, ZSTD(1)),

  -- Ids sort by time only in their first half, which ClickHouse compares last, and clients may send
  -- ids of their own: the filter finds those.
  INDEX ix_id         id         TYPE bloom_filter(0.01) GRANULARITY 4,
  -- BatAudit's own events are few: lists of alerts, and totals that the rollups leave them out of, skip
  -- nearly everything.
  INDEX ix_event_type event_type TYPE set(16)            GRANULARITY 4,
  INDEX ix_identifier identifier TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_session    session_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_request    request_id TYPE bloom_filter(0.01) GRANULARITY 4,
  INDEX ix_ip         ip_address TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX ix_stored_at  stored_at  TYPE minmax             GRANULARITY 1,
  -- A repeat is sought among what was received within a day of it.
  INDEX ix_received   received_at TYPE minmax            GRANULARITY 1,
  INDEX ix_k_offset   k_offset   TYPE minmax             GRANULARITY 1
)
ENGINE = MergeTree
-- Days, never tenants: a day is the unit of retention and of repair.
PARTITION BY toDate(timestamp)
ORDER BY (project_id, timestamp, id)
-- 30 days are promised. An event may be 30 days old when it is accepted and wait 7 days in Kafka; one
-- whose age passed the limit would be dropped by the insert itself, though it was acknowledged.
TTL toDateTime(timestamp) + INTERVAL 38 DAY DELETE
SETTINGS
  ttl_only_drop_parts = 1,
  non_replicated_deduplication_window = 10000,
  -- An offset is committed once the insert has answered, so the rows must outlive a power cut.
  fsync_after_insert = 1,
  fsync_part_directory = 1;
