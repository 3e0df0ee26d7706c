"""What an alert's rule computes: where the rule can be read, its expression and for how long it had to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.parse import parse_qs, urlsplit

from tools.errors import SourceError
from tools.live.alerts.alert import Alert
from tools.live.budget import Budget
from tools.live.kinds import open_kind
from tools.live.metrics.conventions import Conventions
from tools.live.metrics.rules import Rule
from tools.live.opening import Opening
from tools.live.settings import SourcesSettings
from tools.window import NS, TimeWindow

LEAD_SECONDS = 300
"""How long before an alert its cause may have begun, where its rule is unknown: rules look back and wait."""
LEAST_LEAD_SECONDS = 60
"""Where it is known: a scrape and an evaluation may have passed besides."""
_EXPRESSIONS = ("g0.expr", "expr")
"""Parameters of the address that Prometheus and vmalert give an alert, which leads to its graph."""


@runtime_checkable
class RuleSource(Protocol):
    """A backend that evaluates rules."""

    def rules(self) -> list[Rule]:
        """Return all rules, none where it evaluates none.

        Raises:
            SourceError: it does not answer.
        """
        ...

    def met_since(self, rule: Rule, labels: Mapping[str, str], at_ns: int) -> int | None:
        """Return since when a rule's condition is met for some labels, until a moment; see `tools.live.metrics.met`.

        Raises:
            SourceError: it does not answer.
        """
        ...


def find_rule(alert: Alert, settings: SourcesSettings, origin: Path) -> tuple[Alert, Rule | None]:
    """Return an alert with the rule that raised it; one known by its expression alone where no backend tells more.

    The alert is dated from when its condition was met, where the backend shows that this was earlier.

    Args:
        alert: what fired.
        settings: backends; those of alerts and metrics may evaluate rules.
        origin: the settings file.
    """
    horizon = TimeWindow(start_ns=alert.started_ns - NS, end_ns=alert.started_ns)
    budget = Budget(settings.budget_seconds)
    for signal in ("alerts", "metrics"):
        for backend in settings.of(signal):
            source = open_kind(Opening(backend, signal, horizon, budget, origin))
            try:
                if isinstance(source, RuleSource) and (rule := _raising(alert, source.rules())):
                    return _dated(alert, rule, source), rule
            except SourceError:  # another backend may know, and the alert says enough to begin with
                continue
            finally:
                source.close()
    expression = expression_in(alert.origin)
    return alert, Rule(alert.name, False, expression, 0.0, {}, "firing", "") if expression else None


def _dated(alert: Alert, rule: Rule, source: RuleSource) -> Alert:
    waited = 0.0 if alert.dated_from_condition else rule.held_seconds
    met = alert.started_ns - round(waited * NS)
    try:
        since = source.met_since(rule, alert.labels, alert.started_ns)
    except SourceError:
        return alert
    return replace(alert, started_ns=since, dated_from_condition=True) if since is not None and since < met else alert


def expression_in(address: str) -> str:
    """Return the expression in the address of an alert's graph; empty when there is none."""
    named = parse_qs(urlsplit(address).query)
    return next((named[key][0] for key in _EXPRESSIONS if key in named), "")


def lead_seconds(alert: Alert, rule: Rule | None) -> float:
    """Return how long before an alert's start its cause may have begun.

    A condition over five minutes is met some time within them, and an alert fires only after its `for`; Prometheus'
    own list dates an alert from when the condition was met.
    """
    if rule is None:
        return LEAD_SECONDS
    waited = 0.0 if alert.dated_from_condition else rule.held_seconds
    return max(rule.lookback_seconds + waited + rule.every_seconds, LEAST_LEAD_SECONDS)


def symptom_of(alert: Alert, rule: Rule | None) -> str:
    """Return what was seen in one sentence, with the condition that was met."""
    if rule is None:
        return alert.symptom
    service = alert.service or _service_in(rule)
    whom = f" on {service}" if service and not alert.service else ""
    head, colon, said = alert.symptom.partition(": ")
    return f"{head}{whom}{colon}{said} (condition: {rule.condition})"


def _service_in(rule: Rule) -> str:
    """Return the service that a rule's selectors name, where it is the same in all of them."""
    known = Conventions()
    named = {
        known.service_of(metric, {at: value for at, operator, value in matchers if operator == "="})
        for metric, matchers in rule.selectors
        if matchers
    }
    return named.pop() if len(named) == 1 else ""


def _raising(alert: Alert, rules: list[Rule]) -> Rule | None:
    """Return the rule of the alert's name whose own labels it has; the one with most of them counts."""
    fitting = [
        rule
        for rule in rules
        if rule.name == alert.name
        and not rule.records
        and all("{{" in value or alert.labels.get(key) == value for key, value in rule.labels.items())
    ]
    return max(fitting, key=lambda rule: len(rule.labels), default=None)
