-- Log lines masked and counted inside the engine, a row a service, operation, severity and masked line.
-- The example is the first line of the incident, or of the baseline where the incident has none.
SELECT service, operation, severity, masked, groupArray((role, bucket, n)), argMin(sample, first), min(first)
FROM (
  SELECT service, operation, severity, masked, role, bucket, count() AS n, min((role = 0, at)) AS first,
         argMin((leftUTF8(body, {example_limit}), trace_id), at) AS sample
  FROM (
    SELECT {service} AS service, {operation} AS operation, {severity} AS severity, {body} AS body, {masked} AS masked,
           {role} AS role,
           {bucket} AS bucket, toUnixTimestamp64Nano(Timestamp) AS at, TraceId AS trace_id
    FROM {table} AS l {join}
    WHERE ({within}) AND ({sample}))
  GROUP BY service, operation, severity, masked, role, bucket
  ORDER BY service, operation, severity, masked, role, bucket)
GROUP BY service, operation, severity, masked
ORDER BY severity IN ({alarming}) DESC, sum(n) DESC, masked LIMIT {per_service} BY service
