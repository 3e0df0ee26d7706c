"""Where alerts are taken from: Alertmanager, or Prometheus itself where there is none."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace

from tools.clock import now
from tools.errors import InputError, SourceError
from tools.live.alerts.alert import Alert, parse_alert
from tools.live.http import Ask
from tools.live.metrics import api
from tools.live.metrics.met import condition_ask, met_since
from tools.live.metrics.rules import Rule, read_rules
from tools.live.source import HttpSource
from tools.window import Scope, to_ns


class AlertSource(HttpSource):
    """Alerts that fire now."""

    @abstractmethod
    def alerts(self) -> list[Alert]:
        """Return the alerts, those that began first in front.

        Raises:
            SourceError: the backend does not answer, or answers something else.
        """

    def find_services(self) -> set[str]:
        """Return the services that alerts speak of."""
        return {alert.service for alert in self.alerts()} - {""}

    def sql(self, method: str, scope: Scope) -> str:
        """Refuse: there is no query language for alerts.

        Raises:
            InputError: always.
        """
        raise InputError("alerts have no queries to show", "leave --sql out")


class AlertmanagerAlerts(AlertSource):
    """Alertmanager, API version 2.

    See https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml.
    """

    def alerts(self) -> list[Alert]:
        """Return active alerts, silenced and inhibited ones too: they may be the very cause."""
        params = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}
        found = self._reader.ask(Ask("/api/v2/alerts", params)).json()
        if not isinstance(found, list):
            raise SourceError(f"{self.name} does not answer as Alertmanager does", "is its url right?")
        self._reader.count_rows(len(found))
        moment = to_ns(now())
        return sorted((parse_alert(raw, moment) for raw in found), key=lambda alert: alert.started_ns)


class PrometheusAlerts(AlertSource):
    """Prometheus' own list: without fingerprints an alert is named by its rule. It began when its condition did."""

    posts = api.POSTS

    def alerts(self) -> list[Alert]:
        """Return pending and firing alerts."""
        data = api.data_of(self._reader.ask(api.ALERTS))
        found = [raw for raw in data.get("alerts") or () if isinstance(raw, dict)] if isinstance(data, dict) else []
        self._reader.count_rows(len(found))
        moment = to_ns(now())
        alerts = (parse_alert({**raw, "startsAt": raw.get("activeAt")}, moment) for raw in found)
        dated = (replace(alert, fingerprint=alert.name, dated_from_condition=True) for alert in alerts)
        return sorted(dated, key=lambda alert: alert.started_ns)

    def rules(self) -> list[Rule]:
        """Return all rules."""
        return read_rules(self._reader.ask(api.RULES))

    def met_since(self, rule: Rule, labels: Mapping[str, str], at_ns: int) -> int | None:
        """Return since when a rule's condition is met for some labels, until a moment.

        Raises:
            SourceError: the backend does not answer.
        """
        with self.understood():
            return met_since(api.results_of(self._reader.ask(condition_ask(rule, at_ns))), labels, at_ns)
