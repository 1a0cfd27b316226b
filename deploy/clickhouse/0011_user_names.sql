-- A user whose last event of a day came without an e-mail or a name lost both of that day when parts were merged: the
-- last value wins, also an empty one. Of two values the greater one wins now, which an empty one never is.
--
-- The view is left as it is. A changed view no longer knows the tokens of what it has counted, and a batch that is sent
-- again across the change would be counted twice (see crates/store/src/schema.rs); a column of its target may change.
ALTER TABLE user_day
  MODIFY COLUMN IF EXISTS user_email SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
  MODIFY COLUMN IF EXISTS user_name SimpleAggregateFunction(max, String) CODEC(ZSTD(1));
