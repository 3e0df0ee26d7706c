"""Levels that a plot labels."""

from agent.tui.plot import apart


def test_levels_that_would_share_a_row_are_labelled_once() -> None:
    assert apart([3.1, 40.0, 3.41, 20.0]) == [3.1, 20.0, 40.0]
    assert apart([1.0, 9.0, 3.0, 3.5]) == [1.0, 3.0, 9.0]
    assert apart([5.0, 5.0]) == [5.0]
