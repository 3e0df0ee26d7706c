-- What the ClickHouse exporter of the OpenTelemetry collector creates (its default schema, without TTL,
-- projections and skip indexes that change no answer).
CREATE TABLE otel_traces (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TraceId String CODEC(ZSTD(1)), SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)), TraceState String CODEC(ZSTD(1)), SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)), ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)), ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)), SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(ZSTD(1)), StatusCode LowCardinality(String) CODEC(ZSTD(1)), StatusMessage String CODEC(ZSTD(1)),
  Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
  Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp));

CREATE TABLE otel_logs (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)), TimestampTime DateTime DEFAULT toDateTime(Timestamp),
  TraceId String CODEC(ZSTD(1)), SpanId String CODEC(ZSTD(1)), TraceFlags UInt8,
  SeverityText LowCardinality(String) CODEC(ZSTD(1)), SeverityNumber UInt8,
  ServiceName LowCardinality(String) CODEC(ZSTD(1)), Body String CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String), ResourceAttributes Map(LowCardinality(String), String),
  ScopeSchemaUrl LowCardinality(String), ScopeName String, ScopeVersion LowCardinality(String),
  ScopeAttributes Map(LowCardinality(String), String), LogAttributes Map(LowCardinality(String), String), EventName String
) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) PRIMARY KEY (ServiceName, TimestampTime)
  ORDER BY (ServiceName, TimestampTime, Timestamp);

CREATE TABLE otel_metrics_gauge (
  ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
  ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
  ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
  Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9),
  Value Float64, Flags UInt32,
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64,
                    SpanId String, TraceId String)
) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
  ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix));

CREATE TABLE otel_metrics_sum (
  ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
  ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
  ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
  Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9),
  Value Float64, Flags UInt32,
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64,
                    SpanId String, TraceId String),
  AggregationTemporality Int32, IsMonotonic Boolean
) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
  ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix));

CREATE TABLE otel_metrics_histogram (
  ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
  ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
  ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
  Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9),
  Count UInt64, Sum Float64, BucketCounts Array(UInt64), ExplicitBounds Array(Float64),
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64,
                    SpanId String, TraceId String),
  Flags UInt32, Min Float64, Max Float64, AggregationTemporality Int32
) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
  ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix));

CREATE TABLE otel_metrics_exponential_histogram (
  ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
  ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
  ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
  Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9),
  Count UInt64, Sum Float64, Scale Int32, ZeroCount UInt64, PositiveOffset Int32, PositiveBucketCounts Array(UInt64),
  NegativeOffset Int32, NegativeBucketCounts Array(UInt64),
  Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64,
                    SpanId String, TraceId String),
  Flags UInt32, Min Float64, Max Float64, AggregationTemporality Int32
) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
  ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix));

CREATE TABLE otel_metrics_summary (
  ResourceAttributes Map(LowCardinality(String), String), ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
  ScopeAttributes Map(LowCardinality(String), String), ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String,
  ServiceName LowCardinality(String), MetricName String, MetricDescription String, MetricUnit String,
  Attributes Map(LowCardinality(String), String), StartTimeUnix DateTime64(9), TimeUnix DateTime64(9),
  Count UInt64, Sum Float64, ValueAtQuantiles Nested (Quantile Float64, Value Float64), Flags UInt32
) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
  ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix));
