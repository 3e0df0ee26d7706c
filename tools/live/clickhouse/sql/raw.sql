-- The spans in scope; a callee on loopback gets its port, as nothing else tells two of them apart. They come
-- with hashes in place of ids and names: 8 bytes instead of 32, and quick to group by.
raw AS (
  SELECT cityHash64(TraceId) AS t, cityHash64(TraceId, SpanId) AS s,
         if(ParentSpanId = '' OR ParentSpanId = SpanId, 0, cityHash64(TraceId, ParentSpanId)) AS p,
         {service} AS service, toString(SpanName) AS operation,
         cityHash64(service, operation) AS op, cityHash64(service) AS svc,
         replaceOne(replaceOne(lower(toString(SpanKind)), 'span_kind_', ''), 'unspecified', '') AS kind,
         kind IN ('client', 'producer') AS calls,
         if(calls, {url}, '') AS url, if(calls, {told}, '') AS told, if(told = '', domain(url), told) AS host,
         multiIf(NOT arrayExists(l -> startsWith(host, l), {loopback}), '', told <> '', {port},
                 port(url) = 0, '', toString(port(url))) AS host_port,
         if(host_port = '', host, concat(host, ':', host_port)) AS peer_name, cityHash64(peer_name) AS peer,
         toUnixTimestamp64Nano(Timestamp) AS start, toInt64(Duration) AS dur,
         endsWith(upper(toString(StatusCode)), 'ERROR') AS err,
         {role} AS role, toInt32(floor((start - {origin}) / {width})) AS bucket
  FROM {table} WHERE ({within}) AND TraceId <> '' AND SpanId <> '' AND ({sample}))
