"""Units: which numbers are the same amount."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.units import amount, same_amount, same_dimension


@pytest.mark.parametrize(
    ("claimed", "unit", "actual", "actual_unit"),
    [
        (900, "ms", 0.9, "s"),
        (1.5, "min", 90, "seconds"),
        (21.9, "ms", 21_900_000, "ns"),
        (22, "ms", 21.9, "ms"),
        (29.3, "%", 0.293, "ratio"),
        (2, "GB", 2e9, "By"),
        (60, "per minute", 1, "1/s"),
        (17, "row", 17, "{row}"),
        (2, "", 2.4, "lines"),
        (0, "ms", 0, "ms"),
        (-3, "widgets", -3, "Widgets"),
    ],
)
def test_the_same_amount_in_other_words(claimed: float, unit: str, actual: float, actual_unit: str) -> None:
    assert same_amount(claimed, unit, actual, actual_unit)


@pytest.mark.parametrize(
    ("claimed", "unit", "actual", "actual_unit"),
    [
        (900, "ms", 900, "s"),
        (29.3, "", 29.3, "%"),
        (20, "ms", 900, "ms"),
        (3, "", 2.4, "lines"),
        (1, "ms", 0, "ms"),
        (512, "MB", 512, "ms"),
        (float("nan"), "ms", 1, "ms"),
        (float("inf"), "ms", float("inf"), "ms"),
        (5, "ms", -5, "ms"),
    ],
)
def test_other_amounts(claimed: float, unit: str, actual: float, actual_unit: str) -> None:
    assert not same_amount(claimed, unit, actual, actual_unit)


@given(st.floats(1e-6, 1e12), st.sampled_from(["ns", "us", "ms", "s", "min", "h"]))
def test_a_duration_is_the_same_in_every_unit_of_time(value: float, unit: str) -> None:
    assert same_amount(value * 1e3, "ms", value, "s")
    assert same_dimension(unit, "s")
    assert not same_amount(value * 1.2, unit, value, unit)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (21_900_000, "ns", "21.9 ms"),
        (0.9, "s", "900 ms"),
        (0, "ms", "0 us"),
        (1.5e9, "By", "1.5 GB"),
        (29.33, "%", "29.3 %"),
        (54, "lines", "54 lines"),
        (17.36, "{row}", "17.4 row"),
        (1234567, "1", "1,234,567"),
        (3, "", "3"),
    ],
)
def test_amounts_are_written_short(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text
