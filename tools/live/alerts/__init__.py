"""Alerts, from which an investigation begins."""

from tools.live.alerts.alert import Alert, parse_alert, read_payload

__all__ = ["Alert", "parse_alert", "read_payload"]
