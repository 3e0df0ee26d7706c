"""Metrics from live backends."""
