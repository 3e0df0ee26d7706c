"""Backends of spans that cannot aggregate: whole traces are sampled, and computed by the embedded store."""
