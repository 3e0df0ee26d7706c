"""One finding with everything behind it: values, samples, plot and the command that prints it again."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from agent.render.clean import clean
from agent.render.terminal.layout import LABEL_WIDTH, rows
from agent.render.terminal.plot import MIN_POINTS, finite_points, plot_view
from agent.render.words import EFFECT_NOTE, amount, command_lines, effect_words, moment
from agent.schema import Report
from tools.evidence import Evidence, Sample
from tools.redact import redact_model
from tools.window import to_ns


def finding_view(report: Report, item: Evidence, width: int) -> RenderableType:
    """Return one finding of a report for a terminal of a width, without secrets."""
    report, item = redact_model(report), redact_model(item)
    pairs = [("kind", Text(item.kind.value)), ("subject", Text(f"{item.subject.kind} {clean(item.subject.label())}"))]
    if item.baseline is not None or item.incident is not None:
        values = f"{amount(item.baseline, item.unit)} → {amount(item.incident, item.unit)}"
        pairs.append(("change", Text(f"{values} (baseline → incident)")))
    if item.effect:
        pairs.append(("effect", Text(f"{effect_words(item.effect)} ({EFFECT_NOTE})")))
    if item.onset:
        pairs.append(("onset", Text(f"{moment(to_ns(item.onset))} UTC")))
    pairs += [("cited", Text(line)) for line in _cited(report, item.id)]
    pairs += [(sample.kind, _sample(sample)) for sample in item.samples if sample.kind != "series"]
    plots = [
        plot_view(item, sample, report.windows.incident[0], width - 4)
        for sample in item.samples
        if sample.kind == "series" and len(finite_points(sample)) >= MIN_POINTS
    ]
    verify = [("verify", Text(line)) for line in command_lines(item.query, width - LABEL_WIDTH - 1)]
    head = Text.assemble((f"{item.id} ", "ref"), (clean(item.statement), "component"))
    return Group(head, rows(pairs, indent=0), *plots, rows(verify, indent=0))


def _cited(report: Report, evidence_id: str) -> list[str]:
    """Return which hypotheses the finding speaks for and against."""
    sides = {
        "for": [h for h in report.hypotheses if evidence_id in h.supports],
        "against": [h for h in report.hypotheses if evidence_id in h.contradicts],
    }
    named = {side: ", ".join(f"{h.rank}. {clean(h.component, 60)}" for h in found) for side, found in sides.items()}
    return [f"{side} {names}" for side, names in named.items() if names]


def _sample(sample: Sample) -> Text:
    when = f"{moment(sample.times[0])} " if sample.times and sample.times[0] else ""
    parts = [part for part in (clean(sample.ref, 80), clean(sample.text)) if part]
    return Text.assemble((when, "quiet"), " ".join(parts))
