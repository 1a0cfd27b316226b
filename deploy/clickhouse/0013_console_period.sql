-- `audits` as in 0007_console.sql, between the times that the API found in the query. They stand in the id of the query
-- too, before the projects: `<from>-<to>:`, unix milliseconds. No condition of a query goes below the LIMIT; these do,
-- and choose the days and the stretches of the primary key that are read.
CREATE OR REPLACE VIEW audits DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
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
