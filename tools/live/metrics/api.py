"""The query API that Prometheus, Thanos, Mimir, Cortex and VictoriaMetrics have in common.

See https://prometheus.io/docs/prometheus/latest/querying/api/. Times are Unix seconds.
"""

from __future__ import annotations

from typing import Any

from tools.errors import SourceError
from tools.live.http import Answer, Ask

POSTS = ("/api/v1/(query|query_range|query_exemplars|series|labels)",)
"""Paths that take long queries in a form; they read only."""


def instant(query: str, at: float) -> Ask:
    """Return the request for a query at one moment."""
    return Ask("/api/v1/query", form={"query": query, "time": f"{at:.3f}"})


def over(query: str, start: float, end: float, step: int) -> Ask:
    """Return the request for a query at all steps from start to end."""
    return Ask(
        "/api/v1/query_range",
        form={"query": query, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step}s", "nocache": "1"},
    )


METADATA = Ask("/api/v1/metadata")
"""Types and units of metrics; VictoriaMetrics keeps none and answers nothing."""
ALERTS = Ask("/api/v1/alerts")
RULES = Ask("/api/v1/rules")


def exemplars(selector: str, start: float, end: float) -> Ask:
    """Return the request for exemplars of series; VictoriaMetrics keeps none and answers an empty list."""
    return Ask("/api/v1/query_exemplars", form={"query": selector, "start": f"{start:.3f}", "end": f"{end:.3f}"})


def names(selector: str, start: float, end: float) -> Ask:
    """Return the request for the names of all metrics that have a series at any time from start to end."""
    return Ask("/api/v1/label/__name__/values", _between(selector, start, end))


def labels(selector: str, start: float, end: float) -> Ask:
    """Return the request for the names of all labels of series."""
    return Ask("/api/v1/labels", form=_between(selector, start, end))


def series(selector: str, start: float, end: float) -> Ask:
    """Return the request for the labels of all series, whenever they have a point from start to end."""
    return Ask("/api/v1/series", form=_between(selector, start, end))


def _between(selector: str, start: float, end: float) -> dict[str, str]:
    return {"match[]": selector, "start": f"{start:.3f}", "end": f"{end:.3f}"}


def data_of(answer: Answer) -> Any:
    """Return the `data` of an answer.

    Raises:
        SourceError: the answer has another form.
    """
    found = answer.json()
    if not isinstance(found, dict) or found.get("status") != "success":
        raise SourceError(f"{answer.source} does not answer as Prometheus does", "is its url right?")
    return found.get("data", {})


def list_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the objects of an answer whose `data` is a list of them.

    Raises:
        SourceError: the answer has another form.
    """
    found = data_of(answer) or []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise SourceError(f"the answer of {answer.source} is not a list of series", "is its url right?")
    return found


def results_of(answer: Answer) -> list[dict[str, Any]]:
    """Return the series of a query's answer.

    Raises:
        SourceError: the answer has another form.
    """
    data = data_of(answer)
    results = data.get("result") if isinstance(data, dict) else None
    if not isinstance(results, list) or not all(map(_is_series, results)):
        raise SourceError(f"the answer of {answer.source} holds no series", "is its url right?")
    return results


def _is_series(result: object) -> bool:
    if not isinstance(result, dict) or not isinstance(result.get("metric"), dict):
        return False
    points = result.get("values") or [result.get("value")]
    return isinstance(points, list) and all(_is_point(point) for point in points)


def _is_point(point: object) -> bool:
    """Tell whether this is Unix seconds and a number as text; NaN and infinity are written so too."""
    if not isinstance(point, list) or len(point) != 2 or not isinstance(point[0], int | float):
        return False
    try:
        float(point[1])
    except (TypeError, ValueError):
        return False
    return True


def warnings_of(answer: Answer) -> list[str]:
    """Return what the backend says about its answer, such as that a store of Thanos did not answer."""
    said = answer.json().get("warnings") or []
    return [str(item) for item in said]
