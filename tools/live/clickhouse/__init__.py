"""ClickHouse with the tables that the OpenTelemetry collector's exporter writes: aggregates are made in its engine."""
