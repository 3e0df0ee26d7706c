"""The collector: receive OTLP, make it durable before acknowledging, turn it into Parquet parts."""
