"""Who owns a component, and which source of that knowledge wins."""

from pathlib import Path

import pytest

from tools.errors import ConfigError
from tools.owners import ATTRIBUTES, UNKNOWN, owner_of

PATTERN = {"pay*": "payments", "payout": "treasury"}


@pytest.fixture
def codeowners(tmp_path: Path) -> Path:
    file = tmp_path / "CODEOWNERS"
    file.write_text(
        "# services\n*  @everyone\n/services/cart/  @shop @web  # both\nservices/cart/db/ @data\n/services/orphan/\n"
    )
    return file


def test_nobody_is_unknown() -> None:
    assert owner_of("cart", {}, {}) == UNKNOWN


def test_an_exact_name_wins_over_a_pattern() -> None:
    assert owner_of("payout", PATTERN, {}) == "treasury"
    assert owner_of("payment", PATTERN, {}) == "payments"
    assert owner_of("Payment", PATTERN, {}) == UNKNOWN


def test_configuration_wins_over_attributes_and_those_over_codeowners(codeowners: Path) -> None:
    resource = {"team": "blue"}
    assert owner_of("cart", {"c*": "red"}, resource, codeowners) == "red"
    assert owner_of("cart", {}, resource, codeowners) == "blue"
    assert owner_of("cart", {}, {}, codeowners) == "@data"


@pytest.mark.parametrize("index", range(len(ATTRIBUTES)))
def test_attributes_have_an_order_and_empty_ones_do_not_count(index: int) -> None:
    resource = dict.fromkeys(ATTRIBUTES[:index], "") | {name: name for name in ATTRIBUTES[index:]}
    assert owner_of("cart", {}, resource) == ATTRIBUTES[index]


def test_a_segment_must_be_the_whole_name(codeowners: Path) -> None:
    assert owner_of("car", {}, {}, codeowners) == UNKNOWN
    assert owner_of("db", {}, {}, codeowners) == "@data"


def test_a_rule_without_owners_and_a_comment_name_nobody(codeowners: Path) -> None:
    assert owner_of("orphan", {}, {}, codeowners) == UNKNOWN
    codeowners.write_text("/services/cart @shop # @web\n")
    assert owner_of("cart", {}, {}, codeowners) == "@shop"


def test_an_unreadable_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        owner_of("cart", {}, {}, tmp_path / "absent")
