"""Which cases a data folder holds, and what an investigator sees of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from evals.rca.case import ViewOptions
from evals.rca.cases import list_sets, read_cases
from evals.rca.truth import read_truths
from tools.errors import FolderError
from tools.incident import open_folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_sets_are_folders_with_cases(data: Path) -> None:
    assert list_sets(data) == ["tiny"]
    assert [(c.id, c.set, c.system, c.window) for c in read_cases(data)] == [
        (name, "tiny", "shop", "fault") for name in ("bank-slow", "cart-far", "quiet")
    ]


def test_set_may_have_any_name(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "tiny", tmp_path / "another name")
    assert [c.set for c in read_cases(tmp_path, sets=["another name"], only=["quiet"])] == ["another name"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"sets": ["nope"]}, "no set 'nope'.*known: tiny"), ({"only": ["quiet", "nope"]}, "no case 'nope'")],
)
def test_unknown_names_are_refused(data: Path, arguments: dict[str, list[str]], message: str) -> None:
    with pytest.raises(FolderError, match=message):
        list(read_cases(data, **arguments))


def test_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no set of cases"):
        list_sets(tmp_path / "absent")


def test_view_holds_telemetry_and_no_answer(data: Path, tmp_path: Path) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    (data / "tiny" / "cases" / "bank-slow" / "answer.json").write_text('{"root_cause_service": "bank"}')
    view = case.view(ViewOptions(), tmp_path / "view")
    (data / "tiny" / "cases" / "bank-slow" / "answer.json").unlink()
    both = {"traces.parquet", "metrics.parquet"}
    assert names(view) == both | {f"baseline/{name}" for name in both} | {"incident.json", "topology.json"}
    seen = open_folder(view)
    assert seen.baseline_path == view.resolve() / "baseline"
    assert seen.file.fault_window_unix is not None


def test_dropped_signal_is_gone_from_case_and_baseline(data: Path, tmp_path: Path) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    view = case.view(ViewOptions(drop=frozenset({"metrics"})), tmp_path / "view")
    assert names(view) == {"traces.parquet", "baseline/traces.parquet", "incident.json", "topology.json"}


@pytest.mark.parametrize("keep", [False, True])
def test_graph_goes_with_the_traces_unless_kept(data: Path, tmp_path: Path, keep: bool) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    view = case.view(ViewOptions(frozenset({"traces"}), keep_graph=keep), tmp_path / "view")
    assert ("topology.json" in names(view)) is keep


def test_own_baseline_leaves_the_baseline_folder_out(data: Path, tmp_path: Path) -> None:
    (case,) = read_cases(data, only=["bank-slow"])
    view = case.view(ViewOptions(own_baseline=True), tmp_path / "view")
    assert not (view / "baseline").exists()
    assert open_folder(view).baseline == {}


def test_topology_and_changes_of_the_case_itself_are_seen(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "tiny", tmp_path / "tiny")
    own = tmp_path / "tiny" / "cases" / "quiet"
    (own / "topology.json").write_text(json.dumps({"edges": [["a", "b", 1]]}))
    (own / "changes.json").write_text("[]")
    (case,) = read_cases(tmp_path, only=["quiet"])
    view = case.view(ViewOptions(), tmp_path / "view")
    assert json.loads((view / "topology.json").read_text()) == {"edges": [["a", "b", 1]]}
    assert (view / "changes.json").is_file()


def test_missing_baseline_is_named(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "tiny", tmp_path / "tiny")
    shutil.rmtree(tmp_path / "tiny" / "baseline")
    (case,) = read_cases(tmp_path, only=["quiet"])
    with pytest.raises(FolderError, match=r"baseline/shop-day.*missing"):
        case.view(ViewOptions(), tmp_path / "view")


def test_recordings_with_answers_beside_them_are_a_set(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "tiny" / "cases", tmp_path / "recordings")
    shutil.copytree(data / "ground_truth" / "tiny", tmp_path / "recordings" / "answers")
    root = tmp_path / "recordings"
    assert list_sets(root) == ["recordings"]
    assert [(c.id, c.set) for c in read_cases(root, only=["quiet"])] == [("quiet", "recordings")]
    assert read_truths(root, "recordings")["quiet"].component == "pay"
