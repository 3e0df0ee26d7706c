"""Recordings: the telemetry of a normal and a faulty stretch as an incident folder, the answer apart."""
