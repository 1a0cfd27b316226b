-- In how many fields of an event something was masked. Of events that were stored before this file it is not known: 0.
ALTER TABLE events ADD COLUMN IF NOT EXISTS masked_fields UInt8 CODEC(T64, ZSTD(1)) AFTER mask_rules;

-- How much was masked by the hour of arrival, as the books of the line are kept. A projection, like `counts`: it cannot
-- differ from the events, and goes with them.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS masked (
  SELECT project_id, toStartOfHour(received_at), countIf(masked_fields > 0), sum(masked_fields)
  GROUP BY project_id, toStartOfHour(received_at)
);
ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS masked;
