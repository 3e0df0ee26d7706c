"""Parquet parts of an incident folder: who may write them, and how they are replaced atomically."""
