"""An audit of printed claims, written apart from the check that let them through.

It knows nothing of claims as a model wrote them: it takes the printed sentence, and asks whether every number and
every quotation in it stands in the evidence that it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.schema import Checked, Report
from tools.evidence import Evidence, facts_of

_QUOTATION = re.compile(r"“([^”]*)”")
_AMOUNT = re.compile(r"(?:from|to|at|is) (-?\d[\d.,]*(?:e[+-]?\d+)?)(?= |$) ?(us|ms|s|kB|MB|GB|B|%|\S*)")
_SCALES = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
ROUNDING = 0.006
"""Relative difference that three significant digits make at most."""


def unborne_claims(report: Report) -> list[Checked]:
    """Return the claims that a report prints as true and its evidence does not hold."""
    kept = report.argument.kept if report.argument else ()
    return [claim for claim in kept if not _borne_out(claim, report)]


def _borne_out(claim: Checked, report: Report) -> bool:
    cited = [item for ref in claim.evidence if (item := report.find(ref))]
    if not cited or len(cited) != len(claim.evidence):
        return False
    sentence = _QUOTATION.sub("", claim.sentence)
    numbers = [float(text.replace(",", "")) * _SCALES.get(unit, 1.0) for text, unit in _AMOUNT.findall(sentence)]
    held = list(_numbers(cited))
    quoted = _QUOTATION.findall(claim.sentence) if " reads " in claim.sentence or " wrote " in claim.sentence else []
    texts = [_plain(text) for item in cited for text in (item.statement, *(s.text for s in item.samples))]
    return all(any(_same(number, one) for one in held) for number in numbers) and all(
        any(_plain(quote.rstrip("…")) in text for text in texts) for quote in quoted
    )


def _numbers(cited: Iterable[Evidence]) -> Iterable[float]:
    for item in cited:
        for fact in facts_of(item):
            yield from (v * _UNITS.get(fact.unit, 1.0) for v in (fact.baseline, fact.incident) if v is not None)


def _same(printed: float, held: float) -> bool:
    return abs(printed - held) <= ROUNDING * abs(held) or round(held) == printed


def _plain(text: str) -> str:
    lines = (line[1:] if line[:1] in "+-" else line for line in text.splitlines())
    return " ".join(" ".join(lines).replace("“", "'").replace("”", "'").split())
