"""What the services compute, apart from any server."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evals.testbed.shop.services.inventory import warehouse_for
from evals.testbed.shop.services.recommendation import neighbours, similarities
from evals.testbed.shop.services.shipping import pack, price

WEIGHTS = st.lists(st.integers(min_value=1, max_value=20_000), max_size=40)


@given(WEIGHTS)
def test_parcels_hold_everything_and_none_is_too_heavy(weights: list[int]) -> None:
    parcels = pack(weights, 20_000)
    assert sum(parcels) == sum(weights)
    assert all(parcel <= 20_000 for parcel in parcels)
    assert len(parcels) <= len(weights)


def test_parcels_are_filled_heaviest_first() -> None:
    assert pack([400, 900, 600, 100], 1_000) == [1_000, 1_000]


def test_a_parcel_costs_its_zone_and_its_weight() -> None:
    assert price(2_000, "DE", 60) == 490 + 120
    assert price(0, "BR", 60) == 1490


def test_every_country_has_a_warehouse() -> None:
    assert warehouse_for("FR") == "west"
    assert warehouse_for("BR") == "north"


def test_neighbours_go_round_the_catalogue() -> None:
    assert neighbours("SKU-0119", 3) == ["SKU-0120", "SKU-0001", "SKU-0002"]


def test_products_next_to_each_other_are_most_alike() -> None:
    found = similarities(3)
    assert found[1, 0] == 0.5
    assert found[2, 0] < found[2, 1]
    assert len(found) == 3
