-- What went wrong between Kafka and the events, one row an incident: records that were deleted before
-- they were read, a topic that was made anew, offsets that Kafka forgot. Written by the processor
-- before it goes on (or stands still), kept for ever.
--
-- The same incident found again after a restart replaces its row: read with FINAL.
CREATE TABLE IF NOT EXISTS loss_incidents (
  -- retention_cut, offsets_missing, offsets_expired, topic_recreated, rows_doubled, rows_expired,
  -- rollups_unverified.
  kind         LowCardinality(String),
  topic        LowCardinality(String),
  stream_epoch LowCardinality(String),
  k_partition  UInt16,
  -- The offsets it is about: from first_offset to end_offset, the latter not included.
  first_offset UInt64,
  end_offset   UInt64,
  -- How many records are lost, at most; for rows_* how many rows it is about.
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
