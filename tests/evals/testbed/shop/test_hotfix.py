"""Swapping the code of running functions."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from evals.testbed.shop.runtime.hotfix import Edit, Hotfix, edited_source, read_edits, write_edits

SOURCE = '''
def price(grams):
    """Return the price."""
    return grams * 2

def total(weights):
    return sum(price(weight) for weight in weights)

class Desk:
    def open(self):
        return "open"
'''
DEARER = Edit(module="till", function="price", old="    return grams * 2", new="    return grams * 3")


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "till.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("till")
    sys.modules.pop("till", None)


def _follow(tmp_path: Path, edits: list[Edit], hotfix: Hotfix | None = None) -> Hotfix:
    hotfix = hotfix or Hotfix(tmp_path / "patch.json")
    write_edits(tmp_path / "patch.json", edits)
    hotfix.refresh()
    return hotfix


def test_a_swapped_function_is_used_by_callers_that_hold_it(till: ModuleType, tmp_path: Path) -> None:
    held = till.price
    _follow(tmp_path, [DEARER])
    assert till.total([1, 2]) == 9
    assert held(1) == 3


def test_an_empty_list_restores_the_code(till: ModuleType, tmp_path: Path) -> None:
    hotfix = _follow(tmp_path, [DEARER])
    _follow(tmp_path, [], hotfix)
    assert till.total([1, 2]) == 6


def test_a_second_edit_starts_from_the_original(till: ModuleType, tmp_path: Path) -> None:
    hotfix = _follow(tmp_path, [DEARER])
    _follow(tmp_path, [DEARER.model_copy(update={"new": "    return grams * 5"})], hotfix)
    assert till.price(1) == 5


def test_methods_can_be_swapped(till: ModuleType, tmp_path: Path) -> None:
    desk = till.Desk()
    _follow(tmp_path, [Edit(module="till", function="Desk.open", old='return "open"', new='return "closed"')])
    assert desk.open() == "closed"


def test_a_traceback_shows_the_code_that_runs(till: ModuleType, tmp_path: Path) -> None:
    _follow(tmp_path, [DEARER.model_copy(update={"new": '    return {"a": 1}[grams]'})])
    with pytest.raises(KeyError) as caught:
        till.price("b")
    text = "".join(traceback.format_exception(caught.value))
    assert 'return {"a": 1}[grams]' in text
    assert str(tmp_path / "till.py") in text


def test_a_missing_file_changes_nothing(till: ModuleType, tmp_path: Path) -> None:
    Hotfix(tmp_path / "none.json").refresh()
    assert till.price(1) == 2
    assert read_edits(tmp_path / "none.json") == []


@pytest.mark.parametrize("old", ["no such line", "grams"])
def test_an_edit_that_does_not_fit_is_refused(till: ModuleType, old: str) -> None:
    with pytest.raises(ValueError, match="times in till"):
        edited_source(till, DEARER.model_copy(update={"old": old}))


def test_only_functions_can_be_swapped(till: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not a function"):
        _follow(tmp_path, [DEARER.model_copy(update={"function": "Desk"})])
