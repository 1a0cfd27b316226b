-- What the SQL console reads: the tables of the original by their names, and of them only what the caller may see.
--
-- Which projects those are stands in the id of the query, which the API gives with the request and which no
-- statement can change. The views read as who made them, so that the console's user needs no right on any table.
-- Each ends in a LIMIT that cuts nothing: no condition of a statement is moved below a LIMIT, else a condition that
-- fails on a row would tell of rows of other projects before those are left out.
CREATE VIEW IF NOT EXISTS audits DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
WITH extract(initialQueryID(), '^bataudit-console:[0-9a-f-]{36}:(.*)$') AS scope
SELECT
  toString(events.id) AS id, method, path, status_code, response_time, identifier, user_email, user_name, user_roles,
  user_type, tenant_id, ip, user_agent, request_id, query_params, path_params, request_body, response_body,
  error_message, service_name, environment, timestamp, project_id, source, event_type, session_id, route, received_at
FROM events
WHERE scope = '*' OR project_id IN (SELECT arrayJoin(splitByChar(',', scope)))
LIMIT 18446744073709551615;

-- Counts by hour and by day, each of them whole: a sum over both counts everything twice.
CREATE VIEW IF NOT EXISTS audit_summaries DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
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
