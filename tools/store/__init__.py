"""The embedded store: DuckDB over the Parquet files of an incident folder."""
