"""Scripted models on a small shop: the honest one adds, no adversary takes away or gets a falsehood printed."""

from pathlib import Path

import pytest

from agent.investigation import investigate
from agent.schema import Incident, Report
from evals.models import CONFIGURED, SCRIPTED, open_model, settings_for
from evals.models.audit import unborne_claims
from evals.models.script import Seen
from evals.planted.plant import RECORDINGS
from tests.agent.argument.script import Script, saying
from tools.config import ModelSettings, Settings
from tools.errors import ConfigError

CASE = RECORDINGS / "checkout-timeout"
ADVERSARIES = sorted(set(SCRIPTED) - {"honest"})


def report_of(name: str, tmp_path: Path) -> Report:
    settings = settings_for(name, Settings(runs=tmp_path))
    if name == "hangs":
        settings = settings.model_copy(update={"model": ModelSettings(timeout=0.2)})
    return investigate(Incident(folder=CASE), settings, model=open_model(name, settings))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return report_of("", tmp_path_factory.mktemp("runs"))


@pytest.mark.parametrize("name", ADVERSARIES)
def test_no_adversary_changes_the_answer(name: str, plain: Report, tmp_path: Path) -> None:
    report = report_of(name, tmp_path)
    assert report.verdict is plain.verdict
    assert [(h.component, h.fault_kind, h.confidence) for h in report.hypotheses] == [
        (h.component, h.fault_kind, h.confidence) for h in plain.hypotheses
    ]
    assert report.argument is not None
    assert unborne_claims(report) == []


def test_the_honest_reader_s_claims_hold(plain: Report, tmp_path: Path) -> None:
    report = report_of("honest", tmp_path)
    assert report.argument is not None
    assert len(report.argument.kept) >= 5
    assert report.argument.struck == ()
    assert unborne_claims(report) == []
    assert report.usage.prompt_tokens <= 8_000


def test_what_each_adversary_does_is_seen_for_what_it_is(tmp_path: Path) -> None:
    found = {name: report_of(name, tmp_path).argument for name in ADVERSARIES}
    assert all(item is not None for item in found.values())
    told = {name: item for name, item in found.items() if item is not None}
    assert all("which does not exist" in claim.reason for claim in told["cites-ghosts"].claims)
    assert not told["invents"].kept
    assert told["invents"].struck
    assert "kept asking" in told["loops"].ended
    assert {item.outcome for item in told["loops"].asked} == {"answered", "repeated"}
    assert "not the JSON" in told["breaks-json"].ended
    assert "has not answered" in told["hangs"].ended
    assert all(item.outcome == "struck" for item in told["blames-first"].suggested)
    assert all(item.outcome == "struck" for item in told["blames-change"].suggested)


def test_names_are_known_or_refused() -> None:
    assert open_model("", Settings()) is None
    with pytest.raises(ConfigError, match="no model 'oracle'"):
        open_model("oracle", Settings())
    with pytest.raises(ConfigError, match="no language model is set up"):
        open_model(CONFIGURED, Settings())
    configured = Settings(model=ModelSettings(model="small"))
    model = open_model(CONFIGURED, configured)
    assert model is not None
    assert model.name == "small"


def test_scripts_see_what_a_prompt_says(tmp_path: Path) -> None:
    model = Script(saying(""))
    investigate(Incident(folder=CASE), Settings(runs=tmp_path), model=model)
    seen = Seen.of(model.seen[0])
    assert seen.leaders[0] == "checkout"
    assert {"checkout", "payment", "gateway"} <= set(seen.services)
    assert any(line.startswith("E1 [self_time] self-time of checkout") for line in seen.evidence)
