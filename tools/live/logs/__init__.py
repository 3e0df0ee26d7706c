"""Backends of log lines that count where the lines are."""
