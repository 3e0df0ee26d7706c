-- The spans in scope, with hashes in place of ids and names: 8 bytes instead of 32, and quick to group by.
raw AS (
  SELECT cityHash64(TraceId) AS t, cityHash64(TraceId, SpanId) AS s,
         if(ParentSpanId = '' OR ParentSpanId = SpanId, 0, cityHash64(TraceId, ParentSpanId)) AS p,
         {service} AS service, toString(SpanName) AS operation,
         cityHash64(service, operation) AS op, cityHash64(service) AS svc,
         replaceOne(replaceOne(lower(toString(SpanKind)), 'span_kind_', ''), 'unspecified', '') AS kind,
         if(kind IN ('client', 'producer'), {peer}, '') AS peer_name, cityHash64(peer_name) AS peer,
         toUnixTimestamp64Nano(Timestamp) AS start, toInt64(Duration) AS dur,
         endsWith(upper(toString(StatusCode)), 'ERROR') AS err,
         {role} AS role, toInt32(floor((start - {origin}) / {width})) AS bucket
  FROM {table} WHERE ({within}) AND TraceId <> '' AND SpanId <> '' AND ({sample}))
