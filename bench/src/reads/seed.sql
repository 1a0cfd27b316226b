-- Rows {lo} to {lo} + {rows} of {total}: thirty days up to {now_ms}, in the order they happened, give or take seconds.
--
-- The first project has half of everything, the others ever less. 60 services, 300 routes with ids in their paths,
-- fifteen for each service; users who come for some minutes and go; of two in five the sessions are named. Of ten events three
-- are a browser's, which carry the request id of the backend's event before them; one in twelve of those has a request
-- that no backend reported. About four in a hundred are errors, one in five has bodies. Everything follows from a row's
-- number.
INSERT INTO events (
  id, project_id, event_type, timestamp, received_at, method, path, route, status_code, response_time, identifier,
  user_email, user_name, user_roles, user_type, tenant_id, ip, user_agent, request_id, session_id, query_params,
  path_params, request_body, response_body, error_message, source, service_name, environment, mask_rules,
  k_epoch, k_partition, k_offset, k_batch, k_end, stored_at
)
WITH
  number AS n,
  n % 10 IN (3, 6, 9) AS is_browser,
  is_browser AND cityHash64(n, 2) % 12 = 0 AS is_orphan,
  -- Of a browser's event the request it is about.
  toUInt64(n - (is_browser AND NOT is_orphan)) AS request,
  toInt64({now_ms:Int64}) - 2592000000 + toInt64(2592000000. * request / {total:UInt64}) AS at_ms,
  least(at_ms + toInt64(cityHash64(n, 1) % 3000), {now_ms:Int64}) AS ts_ms,
  cityHash64(request, 3) AS h0, cityHash64(request, 4) AS h1, cityHash64(request, 5) AS h2, cityHash64(n, 6) AS h3,
  -- Who is there changes every quarter of an hour, and some eight events fall to each of them.
  intDiv(at_ms, 900000) AS quarter,
  cityHash64(quarter, h0 % greatest(3, intDiv({total:UInt64}, 23040))) AS visit,
  toUInt32(200000 * pow((visit % 1000000) / 1000000., 2.2)) AS person,
  cityHash64(person, 7) AS p,
  length({projects:Array(String)}) AS projects,
  if(p % 2 = 0, 1, 2 + toUInt32((projects - 1) * pow((intDiv(p, 2) % 10007) / 10007., 2))) AS project,
  (project * 7 + toUInt32(6 * pow((h0 % 9973) / 9973., 1.7))) % 60 AS service,
  -- A service has fifteen of the routes.
  (service * 5 + toUInt32(15 * pow((intDiv(h0, 65536) % 8191) / 8191., 2))) % 300 AS endpoint,
  ['orders','customers','invoices','products','payments','users','sessions','reports','carts','shipments','refunds',
   'tickets'][1 + endpoint % 12] AS noun,
  ['', 'items','history','notes','lines','status','owner','tags','audit','export','prices','stock','events','comments',
   'files','links','labels','members','roles','limits','quotas','alerts','rules','hooks'][intDiv(endpoint, 12)] AS part,
  concat('/api/', noun) AS base,
  concat('/', toString(h1 % 1000000)) AS object,
  ['GET','GET','GET','GET','GET','POST','POST','PUT','PATCH','DELETE'][1 + (endpoint * 7 + endpoint % 3) % 10] AS verb,
  multiIf(h1 % 1000 < 880, 200, h1 % 1000 < 930, 201, h1 % 1000 < 950, 204, h1 % 1000 < 960, 304, h1 % 1000 < 968, 400,
    h1 % 1000 < 976, 401, h1 % 1000 < 980, 403, h1 % 1000 < 990, 404, h1 % 1000 < 993, 422, h1 % 1000 < 998, 500, 503)
    AS status,
  verb IN ('POST', 'PUT', 'PATCH') AND h2 % 100 < 65 AS has_body,
  h0 % 10 = 0 AS is_anonymous,
  lower(hex(sipHash128(request, is_orphan))) AS r
SELECT
  -- Version 7, with the time of the event.
  reinterpret(bitOr(
    bitShiftLeft(toUInt128(bitOr(toUInt64(9223372036854775808), cityHash64(n, 8) % 4611686018427387904)), 64),
    toUInt128(bitOr(bitOr(bitShiftLeft(toUInt64(ts_ms), 16), toUInt64(28672)), cityHash64(n, 9) % 4096))), 'UUID'),
  {projects:Array(String)}[project],
  multiIf(is_browser, 'browser', endpoint % 29 = 0, 'auth', endpoint % 31 = 0, 'job', 'http'),
  fromUnixTimestamp64Milli(ts_ms, 'UTC'),
  fromUnixTimestamp64Milli(ts_ms + 20 + toInt64(h3 % 180), 'UTC') AS received,
  verb,
  multiIf(endpoint < 12, base, part = '', concat(base, object), concat(base, object, '/', part)),
  multiIf(endpoint < 12, base, part = '', concat(base, '/:id'), concat(base, '/:id/', part)),
  status,
  toUInt64(least(60000, exp(3.2 + (endpoint % 7) * 0.25 + 0.9 * sqrt(-2 * log((intDiv(h1, 1024) % 100000 + 1) / 100001.))
    * cos(6.2831853 * (intDiv(h2, 1024) % 100000) / 100000.)) + if(status >= 500, 800, 0))),
  if(is_anonymous, '', concat('usr_', leftPad(toString(person), 7, '0'))) AS who,
  if(who = '', '', concat(['anna','ben','carla','dmitri','elena','farid','grace','hiro','ines','jonas'][1 + p % 10], '.',
    toString(person), '@', ['example.com','corp.example','mail.example','acme.example'][1 + intDiv(p, 16) % 4])),
  if(who = '', '', concat(['Anna','Ben','Carla','Dmitri','Elena','Farid','Grace','Hiro','Ines','Jonas'][1 + p % 10], ' ',
    ['Smith','Okafor','Silva','Novak','Tanaka','Haddad','Larsen','Moreau'][1 + intDiv(p, 32) % 8])),
  multiIf(who = '', '', p % 20 < 15, '["user"]', p % 20 < 19, '["user","editor"]', '["admin","user"]'),
  multiIf(who = '', 'anonymous', p % 20 = 19, 'admin', 'customer'),
  concat('tenant-', toString(1 + p % 500)),
  concat(toString(10 + intDiv(p, 7) % 200), '.', toString(intDiv(p, 11) % 256), '.', toString(intDiv(p, 13) % 256), '.',
    toString(1 + visit % 250)),
  concat('Mozilla/5.0 (', ['Windows NT 10.0; Win64; x64','Macintosh; Intel Mac OS X 10_15_7','X11; Linux x86_64',
    'iPhone; CPU iPhone OS 17_4 like Mac OS X','Linux; Android 14; Pixel 8'][1 + p % 5],
    ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/', toString(110 + intDiv(p, 23) % 25), '.0.0.0 Safari/537.36'),
  concat(substring(r, 1, 8), '-', substring(r, 9, 4), '-4', substring(r, 14, 3), '-a', substring(r, 18, 3), '-',
    substring(r, 21, 12)),
  if(p % 5 < 2 AND who != '', lower(hex(sipHash64(person, intDiv(quarter, 4), project))), ''),
  if(h2 % 10 < 3, concat('{"page":', toString(h2 % 40), ',"limit":', toString([20, 50, 100][1 + h1 % 3]), '}'), ''),
  if(endpoint < 12, '', concat('{"id":"', toString(h1 % 1000000), '"}')),
  if(has_body, concat('{"', noun, '_id":', toString(h1 % 1000000), ',"customer":{"id":"usr_', toString(person),
    '","email":"***"},"items":[{"sku":"SKU-', toString(h2 % 20000), '","qty":', toString(1 + h2 % 5), ',"price":',
    toString(round((h1 % 20000) / 100., 2)), '},{"sku":"SKU-', toString(h0 % 20000), '","qty":1,"price":',
    toString(round((h2 % 9000) / 100., 2)), '}],"currency":"', ['EUR','USD','GBP','BRL'][1 + p % 4], '","notes":"',
    if(h2 % 3 = 0, concat('please deliver before ', toString(h2 % 28 + 1), ' ', toString(h1 % 12 + 1)), ''),
    '","card":"***","channel":"', ['web','ios','android','api'][1 + h2 % 4], '"}'), ''),
  if(has_body, concat('{"ok":', if(status < 400, 'true', 'false'), ',"id":', toString(h1 % 1000000), ',"status":"',
    ['created','queued','updated','rejected'][1 + h1 % 4], '","links":{"self":"', base, object, '"},"warnings":[]}'), ''),
  if(status >= 400, concat(['validation failed: field ','not found: ','permission denied for ','upstream timeout after ',
    'constraint violation on ','database connection refused: '][1 + if(status >= 500, 3 + h2 % 3, h2 % 3)], noun, ' ',
    toString(h2 % 5000)), ''),
  if(is_browser, 'browser', 'backend'),
  concat(['orders','billing','catalog','auth','search','shipping','reports','gateway','notify','ledger'][1 + service % 10],
    '-', leftPad(toString(service), 2, '0')),
  ['production','production','production','production','staging','development'][1 + p % 6],
  1,
  'seed', 0, n, {lo:UInt64}, {lo:UInt64} + {rows:UInt64},
  received + INTERVAL 300 MILLISECOND
FROM numbers({lo:UInt64}, {rows:UInt64})
