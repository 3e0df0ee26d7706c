from __future__ import annotations

import numpy as np
import pytest

from tools.ci.forest import ROWS, Forest

STUMP = Forest(
    base=0.5,
    depth=1,
    roots=(0, 3),
    feature=(1, 0, 0, 0, 0, 0),
    threshold=(2.0, 0.0, 0.0, -1.0, 0.0, 0.0),
    left=(1, 1, 2, 4, 4, 5),
    right=(2, 1, 2, 5, 4, 5),
    value=(0.0, 10.0, 20.0, 0.0, 1.0, 2.0),
)
"""Two trees: feature 1 at most 2 → 10, else 20; feature 0 at most -1 → 1, else 2."""


@pytest.mark.parametrize(("row", "expected"), [((0, 0), 12.5), ((-1, 2), 11.5), ((-2, 2.1), 21.5), ((5, 99), 22.5)])
def test_trees_add_up(row: tuple[float, float], expected: float) -> None:
    assert STUMP.predict(np.array([row], dtype=np.float32)).tolist() == [expected]


def test_many_rows_are_evaluated_in_order() -> None:
    rows = np.zeros((ROWS + 7, 2), dtype=np.float32)
    rows[-1, 1] = 3
    found = STUMP.predict(rows)
    assert found.shape == (ROWS + 7,)
    assert found[0] == 12.5
    assert found[-1] == 22.5


def test_no_rows_give_no_predictions() -> None:
    assert STUMP.predict(np.zeros((0, 2), dtype=np.float32)).shape == (0,)


def test_a_forest_survives_its_json() -> None:
    assert Forest.model_validate_json(STUMP.model_dump_json()) == STUMP
