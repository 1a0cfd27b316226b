// Queries to begin with. They fill their time range from the page's.

const WITHIN = "timestamp >= '{{start}}' AND timestamp < '{{end}}'";

export const EXAMPLES = {
  volume: `-- Requests and errors by hour
SELECT
  toStartOfHour(timestamp) AS hour,
  count() AS requests,
  countIf(status_code >= 500) AS errors
FROM audits
WHERE ${WITHIN}
GROUP BY hour
ORDER BY hour`,
  services: `-- Requests by hour, a series for each service
SELECT
  toStartOfHour(timestamp) AS hour,
  service_name,
  count() AS requests
FROM audits
WHERE ${WITHIN}
GROUP BY hour, service_name
ORDER BY hour`,
  slow: `-- The slowest routes
SELECT
  route,
  count() AS requests,
  round(avg(response_time)) AS average_ms,
  round(quantile(0.95)(response_time)) AS p95_ms
FROM audits
WHERE ${WITHIN} AND route != ''
GROUP BY route
HAVING requests >= 5
ORDER BY p95_ms DESC
LIMIT 20`,
  people: `-- Who changed or deleted the most
SELECT
  identifier,
  any(user_name) AS name,
  countIf(method = 'DELETE') AS deleted,
  countIf(method IN ('PUT', 'PATCH')) AS changed,
  max(timestamp) AS last_seen
FROM audits
WHERE ${WITHIN}
GROUP BY identifier
ORDER BY deleted + changed DESC
LIMIT 50`,
} as const;
