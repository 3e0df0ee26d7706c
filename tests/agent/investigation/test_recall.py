"""Memory is a prior: bounded, never evidence, free when it is not configured."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.investigation import investigate
from agent.investigation.recall import MOST, prior, weigh_hypotheses
from agent.schema import Incident, Similar
from knowledge.postmortem import Status
from tests.agent.learning.builders import hypothesis, memory, report
from tests.builders import Folder, shop
from tests.knowledge.builders import POOL, WordEmbedder, write_shop
from tools.config import KnowledgeSettings, Settings
from tools.faults import FaultKind

kinds = st.sampled_from(FaultKind)
confidences = st.lists(st.floats(0.001, 1), min_size=1, max_size=5).map(lambda xs: [x / max(1, sum(xs)) for x in xs])


def test_memory_of_component_and_family_adds_a_little() -> None:
    blamed = report().hypotheses[0]
    assert prior(memory(), blamed) == pytest.approx(MOST / 2)
    assert prior(memory(useful=3), blamed) == pytest.approx(MOST * 4 / 5)
    assert prior(memory(kind=FaultKind.CPU_SATURATION), blamed) > 0
    assert prior(memory(kind=FaultKind.NETWORK_LOSS), blamed) == 0
    assert prior(memory(service="mailer"), blamed) == 0
    assert prior(memory(kind=FaultKind.UNKNOWN), blamed) == 0


def test_memory_makes_the_first_hypothesis_surer() -> None:
    before = list(report().hypotheses)
    weighed, told = weigh_hypotheses(before, [memory(useful=3)])
    assert weighed[0].confidence == pytest.approx(0.64)
    assert told[0].moved == {"seats": pytest.approx(0.04)}


def test_misleading_memory_never_changes_the_order() -> None:
    level = [
        hypothesis(1, "mailer", FaultKind.SLOW_CODE, 0.40),
        hypothesis(2, "seats", FaultKind.POOL_EXHAUSTED, 0.39),
    ]
    weighed, told = weigh_hypotheses(level, [memory(useful=1000)])
    assert [item.component for item in weighed] == ["mailer", "seats"]
    assert weighed[1].confidence == 0.40
    assert told[0].moved == {"seats": pytest.approx(0.01)}


def test_memory_does_not_overrule_evidence() -> None:
    clear = [
        hypothesis(1, "mailer", FaultKind.SLOW_CODE, 0.6),
        hypothesis(2, "seats", FaultKind.POOL_EXHAUSTED, 0.3),
    ]
    weighed, _ = weigh_hypotheses(clear, [memory(useful=1000), memory("PM-2", useful=1000)])
    assert [item.component for item in weighed] == ["mailer", "seats"]


@given(confidences, kinds, st.integers(0, 50))
def test_confidence_moves_by_a_bounded_amount_and_stays_a_share(
    values: list[float], kind: FaultKind, useful: int
) -> None:
    ordered = sorted(values, reverse=True)
    before = [hypothesis(rank, f"s{rank}", kind, value) for rank, value in enumerate(ordered, 1)]
    weighed, _ = weigh_hypotheses(before, [memory(service="s2", kind=kind, useful=useful)])
    after = {item.component: item.confidence for item in weighed}
    assert all(abs(after[item.component] - item.confidence) <= MOST + 1e-9 for item in before)
    assert sum(after.values()) <= max(1.0, sum(values)) + 1e-9
    assert [item.rank for item in weighed] == list(range(1, len(values) + 1))
    assert sorted((item.confidence for item in weighed), reverse=True) == [item.confidence for item in weighed]


def test_memory_is_cited_as_what_it_is() -> None:
    assert memory("PM-42", useful=3).label() == "similar to PM-42 (confirmed, 3 times useful)"
    assert memory("PM-42").label() == "similar to PM-42 (confirmed)"


@pytest.fixture
def incident(tmp_path: Path) -> Incident:
    folder = Folder(tmp_path / "shop").spans(*shop(0, 60)).spans(*shop(60, 60, slow={"pay": 40.0}))
    folder.incident()
    return Incident(folder=tmp_path / "shop", symptom="paying takes long")


def settings(tmp_path: Path) -> Settings:
    return Settings(runs=tmp_path / "runs", knowledge=KnowledgeSettings(folder=tmp_path / "kb", lock_seconds=0.1))


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.base.choose_embedder", lambda settings: WordEmbedder())


@pytest.mark.usefixtures("words")
def test_investigation_cites_a_similar_past_incident(tmp_path: Path, incident: Incident) -> None:
    twin = POOL.model_copy(
        update={
            "services": ("pay",),
            "title": "pay is slow",
            "symptoms": "paying takes long, pay takes longer in its own code",
            "resolution": "Raised the pool.",
        }
    )
    draft = twin.model_copy(update={"id": "PM-2", "status": Status.DRAFT})
    write_shop(tmp_path / "kb", (twin, draft))
    found = investigate(incident, settings(tmp_path))
    assert [item.id for item in found.similar] == ["PM-1"]
    assert found.similar[0].resolution == "Raised the pool."
    assert not any("PM-1" in item.statement for item in found.evidence)


@pytest.mark.usefixtures("words")
def test_broken_knowledge_base_costs_a_note_not_the_investigation(tmp_path: Path, incident: Incident) -> None:
    found = investigate(incident, settings(tmp_path))
    assert found.similar == ()
    assert found.hypotheses
    assert any("recall: no knowledge folder" in note for source in found.sources for note in source.notes)


def test_without_a_knowledge_folder_chroma_is_not_imported() -> None:
    program = (
        "import sys; from agent.investigation import graph, investigate; "
        "from agent.investigation.recall import recall, weigh; "
        "sys.exit(any(name in sys.modules for name in ('chromadb', 'onnxruntime', 'bm25s', 'yaml.loader')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_report_without_memory_is_as_before() -> None:
    assert report().similar == ()
    assert Similar.model_validate_json(memory().model_dump_json()) == memory()
