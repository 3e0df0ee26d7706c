-- From the columns of an incident folder to those of the exporter.
INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, ServiceName, ResourceAttributes,
                         SpanAttributes, Duration, StatusCode, StatusMessage, `Events.Timestamp`, `Events.Name`,
                         `Events.Attributes`)
SELECT fromUnixTimestamp64Nano(assumeNotNull(start_unix_nano)), ifNull(trace_id, ''), ifNull(span_id, ''),
       ifNull(parent_span_id, ''), ifNull(operation, ''), initcap(ifNull(kind, 'unspecified')), ifNull(service, ''),
       CAST(resource, 'Map(String, String)'), CAST(attributes, 'Map(String, String)'),
       toUInt64(assumeNotNull(duration_ns)), initcap(lower(ifNull(status, 'unset'))), ifNull(status_message, ''),
       arrayMap(e -> fromUnixTimestamp64Nano(JSONExtractInt(e, 'time_unix_nano')), JSONExtractArrayRaw(ifNull(events, '[]'))),
       arrayMap(e -> JSONExtractString(e, 'name'), JSONExtractArrayRaw(ifNull(events, '[]'))),
       arrayMap(e -> CAST(JSONExtractKeysAndValues(e, 'attributes', 'String'), 'Map(String, String)'),
                JSONExtractArrayRaw(ifNull(events, '[]')))
FROM {traces};

INSERT INTO otel_logs (Timestamp, TraceId, SpanId, SeverityText, ServiceName, Body, ResourceAttributes, LogAttributes)
SELECT fromUnixTimestamp64Nano(assumeNotNull(time_unix_nano)), ifNull(trace_id, ''), ifNull(span_id, ''),
       ifNull(severity, ''), ifNull(service, ''), ifNull(body, ''), CAST(resource, 'Map(String, String)'),
       CAST(attributes, 'Map(String, String)')
FROM {logs};

INSERT INTO otel_metrics_gauge (ResourceAttributes, ServiceName, MetricName, MetricUnit, Attributes, StartTimeUnix, TimeUnix, Value)
SELECT CAST(resource, 'Map(String, String)'), service, metric, ifNull(unit, ''), CAST(attributes, 'Map(String, String)'),
       fromUnixTimestamp64Nano(ifNull(start_unix_nano, 0)), fromUnixTimestamp64Nano(toInt64(round(timestamp * 1e9))), value
FROM {metrics} WHERE type = 'gauge';

INSERT INTO otel_metrics_sum (ResourceAttributes, ServiceName, MetricName, MetricUnit, Attributes, StartTimeUnix, TimeUnix, Value,
                              AggregationTemporality, IsMonotonic)
SELECT CAST(resource, 'Map(String, String)'), service, metric, ifNull(unit, ''), CAST(attributes, 'Map(String, String)'),
       fromUnixTimestamp64Nano(ifNull(start_unix_nano, 0)), fromUnixTimestamp64Nano(toInt64(round(timestamp * 1e9))), value,
       if(temporality = 'delta', 1, 2), ifNull(monotonic, false)
FROM {metrics} WHERE type = 'sum';

INSERT INTO otel_metrics_histogram (ResourceAttributes, ServiceName, MetricName, MetricUnit, Attributes, StartTimeUnix, TimeUnix,
                                    Count, Sum, AggregationTemporality)
SELECT CAST(resource, 'Map(String, String)'), service, metric, ifNull(unit, ''), CAST(attributes, 'Map(String, String)'),
       fromUnixTimestamp64Nano(ifNull(start_unix_nano, 0)), fromUnixTimestamp64Nano(toInt64(round(timestamp * 1e9))),
       toUInt64(count), sum, if(temporality = 'delta', 1, 2)
FROM {metrics} WHERE type = 'histogram';
