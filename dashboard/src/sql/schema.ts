// What the console shows: two tables, as query-api's views have them, and the words of ClickHouse's SELECT that are
// worth completing. The page's spec compares tables and types with those of the real console.

export interface SchemaColumn {
  name: string;
  /** ClickHouse's type, without what only concerns how it is stored. */
  type: string;
}

export interface SchemaTable {
  name: string;
  columns: readonly SchemaColumn[];
}

const columns = (text: string): SchemaColumn[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', type = ''] = line.trim().split(' ');
      return { name, type };
    });

export const TABLES: readonly SchemaTable[] = [
  {
    name: 'audits',
    columns: columns(`
      id String
      method String
      path String
      status_code UInt16
      response_time UInt64
      identifier String
      user_email String
      user_name String
      user_roles String
      user_type String
      tenant_id String
      ip String
      user_agent String
      request_id String
      query_params String
      path_params String
      request_body String
      response_body String
      error_message String
      service_name String
      environment String
      timestamp DateTime64(3)
      project_id String
      source String
      event_type String
      session_id String
      route String
      received_at DateTime64(3)
    `),
  },
  {
    name: 'audit_summaries',
    columns: columns(`
      period_start DateTime
      period_type String
      project_id String
      service_name String
      status_2xx UInt64
      status_3xx UInt64
      status_4xx UInt64
      status_5xx UInt64
      avg_ms Float64
      p95_ms Float32
      event_count UInt64
    `),
  },
];

/** The type of a column of either table. */
export function typeOf(column: string): string | undefined {
  return TABLES.flatMap((table) => table.columns).find(({ name }) => name === column)?.type;
}

export const KEYWORDS: readonly string[] = [
  ...['SELECT', 'DISTINCT', 'FROM', 'PREWHERE', 'WHERE', 'GROUP BY', 'HAVING', 'ORDER BY', 'LIMIT'],
  ...['LIMIT BY', 'OFFSET', 'WITH', 'AS', 'AND', 'OR', 'NOT', 'IN', 'NOT IN', 'LIKE', 'ILIKE'],
  ...['BETWEEN', 'IS NULL', 'IS NOT NULL', 'ASC', 'DESC', 'CASE', 'WHEN', 'THEN', 'ELSE', 'END'],
  ...['JOIN', 'LEFT JOIN', 'INNER JOIN', 'ON', 'USING', 'UNION ALL', 'INTERVAL', 'OVER'],
  ...['PARTITION BY', 'WITH FILL', 'WITH TOTALS', 'ARRAY JOIN', 'TRUE', 'FALSE', 'NULL'],
];

/** Functions by what is written between their parentheses. */
export const FUNCTIONS: readonly (readonly [name: string, parameters: string])[] = [
  ['count', ''],
  ['countIf', 'condition'],
  ['sum', 'x'],
  ['sumIf', 'x, condition'],
  ['avg', 'x'],
  ['avgIf', 'x, condition'],
  ['min', 'x'],
  ['max', 'x'],
  ['any', 'x'],
  ['argMax', 'x, by'],
  ['argMin', 'x, by'],
  ['uniq', 'x'],
  ['uniqExact', 'x'],
  ['uniqIf', 'x, condition'],
  ['quantile', 'x'],
  ['quantiles', 'x'],
  ['median', 'x'],
  ['topK', 'x'],
  ['groupArray', 'x'],
  ['groupUniqArray', 'x'],
  ['stddevPop', 'x'],
  ['now', ''],
  ['today', ''],
  ['yesterday', ''],
  ['toDate', 'x'],
  ['toDateTime', 'x'],
  ['toStartOfMinute', 'time'],
  ['toStartOfFiveMinutes', 'time'],
  ['toStartOfFifteenMinutes', 'time'],
  ['toStartOfHour', 'time'],
  ['toStartOfDay', 'time'],
  ['toStartOfWeek', 'time'],
  ['toStartOfMonth', 'time'],
  ['toStartOfInterval', 'time, INTERVAL 5 MINUTE'],
  ['toHour', 'time'],
  ['toDayOfWeek', 'time'],
  ['toYYYYMM', 'time'],
  ['dateDiff', "'minute', from, to"],
  ['formatDateTime', 'time, format'],
  ['parseDateTimeBestEffort', 'text'],
  ['if', 'condition, then, else'],
  ['multiIf', 'condition, then, …, else'],
  ['coalesce', 'x, …'],
  ['ifNull', 'x, instead'],
  ['nullIf', 'x, y'],
  ['round', 'x, digits'],
  ['floor', 'x'],
  ['ceil', 'x'],
  ['intDiv', 'x, y'],
  ['greatest', 'x, y'],
  ['least', 'x, y'],
  ['toString', 'x'],
  ['toInt64', 'x'],
  ['toFloat64', 'x'],
  ['toInt64OrZero', 'text'],
  ['lower', 'text'],
  ['upper', 'text'],
  ['length', 'text'],
  ['concat', 'text, …'],
  ['substring', 'text, start, length'],
  ['position', 'text, needle'],
  ['positionCaseInsensitive', 'text, needle'],
  ['startsWith', 'text, prefix'],
  ['endsWith', 'text, suffix'],
  ['match', 'text, pattern'],
  ['extract', 'text, pattern'],
  ['replaceAll', 'text, from, to'],
  ['splitByChar', 'separator, text'],
  ['domain', 'url'],
  ['isValidJSON', 'text'],
  ['JSONHas', 'json, key'],
  ['JSONLength', 'json'],
  ['JSONExtractString', 'json, key'],
  ['JSONExtractInt', 'json, key'],
  ['JSONExtractFloat', 'json, key'],
  ['JSONExtractBool', 'json, key'],
  ['JSONExtractRaw', 'json, key'],
  ['JSONExtractKeys', 'json'],
  ['arrayJoin', 'array'],
  ['has', 'array, x'],
  ['cityHash64', 'x'],
  ['bar', 'x, min, max, width'],
];
