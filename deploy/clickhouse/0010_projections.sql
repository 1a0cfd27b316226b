-- Counts and sessions of whole days, beside the events they are about: what a total or the start of a session would
-- otherwise be sought for in every event.
--
-- A projection is a part of each part of the table: it is written, merged, removed and moved with its events, and so
-- cannot differ from them. It takes neither a view nor a window of its own. A statement is answered by it when it asks
-- for nothing else; of parts that have none yet, the same statement reads the events.

-- A DELETE by hand would be refused otherwise. It writes the parts it touches anew, like the mutations of BatAudit.
ALTER TABLE events MODIFY SETTING lightweight_mutation_projection_mode = 'rebuild';

-- Totals of filters by these fields. The counts of BatAudit's own events are among them.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS counts (
  SELECT project_id, toDate(timestamp), event_type, source, service_name, environment, method, status_code, count()
  GROUP BY project_id, toDate(timestamp), event_type, source, service_name, environment, method, status_code
);

-- On which days a session that an application named had events.
ALTER TABLE events ADD PROJECTION IF NOT EXISTS named_sessions (
  SELECT project_id, session_id, toDate(timestamp), event_type, min(timestamp)
  GROUP BY project_id, session_id, toDate(timestamp), event_type
);

-- Whole paths and e-mails, which a granule nearly always lacks.
ALTER TABLE events ADD INDEX IF NOT EXISTS ix_path path TYPE bloom_filter(0.01) GRANULARITY 1;
ALTER TABLE events ADD INDEX IF NOT EXISTS ix_email user_email TYPE bloom_filter(0.01) GRANULARITY 1;

-- What was stored before gets them in the background.
ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS counts;
ALTER TABLE events MATERIALIZE PROJECTION IF EXISTS named_sessions;
ALTER TABLE events MATERIALIZE INDEX IF EXISTS ix_path;
ALTER TABLE events MATERIALIZE INDEX IF EXISTS ix_email;
