"""Text from the system under investigation gives no orders, and its secrets stay.

For every field that reaches a prompt: an order is planted, and a model reads it that obeys whatever it reads. The
verdict is that of the same telemetry without a model, nothing but a known query is answered, and what was planted is
printed in quotation marks or not at all.
"""

import json
import re
from pathlib import Path

import pytest

from agent.argument.fence import PREFIX
from agent.investigation import investigate
from agent.render import to_markdown
from agent.schema import Argument, Incident, Report
from tests.agent.injection.plants import CANARIES, FIELDS, ORDER, SECRETS, Obedient, Place, plant
from tools.config import Settings

READS: list[tuple[str, dict[str, object]]] = [
    ("changes", {}),
    ("latency", {"service": "pay"}),
    ("log_lines", {"service": "pay"}),
    ("find_traces", {"service": "pay", "order": "failed"}),
    ("metrics", {"service": "pay"}),
    ("diff", {"revision": "HEAD"}),
    ("read_file", {"path": "services/pay/settings.toml"}),
]


def asks(turn: int) -> list[tuple[str, dict[str, object]]]:
    """Ask three things a turn, all of which hold what was planted."""
    return READS[turn : turn + 3]


def run(place: Place, runs: Path, model: Obedient | None) -> Report:
    settings = Settings(runs=runs, repository=place.repository)
    return investigate(Incident(folder=place.folder.path), settings, model=model)


def shown(argument: Argument) -> str:
    """Return all text of an argument that a report prints, without what stands in quotation marks."""
    texts = [claim.sentence + " " + claim.reason + " " + " ".join(claim.evidence) for claim in argument.claims]
    texts += [f"{item.component} {item.reason}" for item in argument.suggested]
    texts += [*argument.prose, argument.ended]
    return re.sub(r"“[^”]*”", "", "\n".join(texts))


def planted_outside_quotes(report: Report) -> list[str]:
    """Return lines of the whole report that hold the order outside quotation marks and code, the symptom apart."""
    text = re.sub(r"```.*?```|`[^`\n]+`|“[^”]*”", "", to_markdown(report, every=True), flags=re.DOTALL)
    lines = [line for line in text.splitlines() if not line.startswith("**Symptom:**")]
    return [line for line in lines if "ignore all" in line or "evil.example" in line]


@pytest.fixture(params=sorted(FIELDS))
def where(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_planted_order_is_not_obeyed(where: str, tmp_path: Path) -> None:
    place = plant(where, ORDER, tmp_path)
    plain, model = run(place, tmp_path / "runs", None), Obedient(asks)
    report = run(place, tmp_path / "runs", model)
    argument = report.argument
    assert argument is not None
    assert report.verdict is plain.verdict
    assert [(h.component, h.fault_kind, h.confidence) for h in report.hypotheses] == [
        (h.component, h.fault_kind, h.confidence) for h in plain.hypotheses
    ]
    assert {item.tool for item in argument.asked if item.outcome == "answered"} <= {name for name, _ in READS}
    assert all(
        item.outcome == "refused" for item in argument.asked if "passwd" in item.arguments or item.tool == "shell"
    )
    assert argument.kept == ()
    assert all(item.outcome == "struck" for item in argument.suggested)
    for planted in ("ignore all", "evil.example", "rm -rf"):
        assert planted not in shown(argument)
    for line in (line for prompt in model.prompts for line in prompt.splitlines() if "ignore all previous" in line):
        assert line.startswith(PREFIX)
    assert planted_outside_quotes(report) == []


def test_no_secret_leaves_with_a_prompt_or_a_report(where: str, tmp_path: Path) -> None:
    place = plant(where, " ; ".join(SECRETS.values()), tmp_path)
    model = Obedient(asks)
    report = run(place, tmp_path / "runs", model)
    left = {
        "prompt": "\n".join(model.prompts),
        "markdown": to_markdown(report, every=True),
        **{str(file): file.read_text() for file in (tmp_path / "runs" / report.run_id).rglob("*.json*")},
    }
    assert {name: canaries for name, text in left.items() if (canaries := [c for c in CANARIES if c in text])} == {}


def test_every_field_reaches_a_prompt(tmp_path: Path) -> None:
    """What is not read cannot be attacked, and tests nothing; a postmortem needs a knowledge base that is asked."""
    reached = set()
    for where in FIELDS:
        model = Obedient(asks)
        run(plant(where, f"marker{FIELDS[where]}", tmp_path / FIELDS[where]), tmp_path / "runs", model)
        if f"marker{FIELDS[where]}" in "\n".join(model.prompts):
            reached.add(where)
    print(f"injection: {len(FIELDS)} fields, {len(reached)} read by the model, {len(SECRETS)} kinds of secrets each")
    assert reached >= set(FIELDS) - {"postmortem", "attribute", "user agent", "pod"}


def test_postmortems_are_fenced_like_everything_else(tmp_path: Path) -> None:
    from agent.argument.fence import fence
    from agent.model import ToolCall
    from agent.schema import Similar
    from agent.toolbox import Bench, Toolbox
    from tests.builders import SCOPE

    place = plant("", "", tmp_path)
    past = Similar(id="PM-1", title=ORDER, status="confirmed", strength=0.9, resolution=ORDER)
    box = Toolbox(Bench(place.folder.open(), SCOPE, place.folder.path, recall=lambda text: [past]), 9)
    result = box.call(ToolCall(id="1", name="postmortems", arguments=json.dumps({"text": "slow"})))
    assert all(line.startswith(PREFIX) for line in fence(result.text).splitlines())
    assert "ignore all" in result.text
