from __future__ import annotations

import pytest

from agent.ci.suspects import find_suspects, mentioned_lines
from tools.ci.diff import parse_diff

CART = """--- a/shop/cart.py
+++ b/shop/cart.py
@@ -10,2 +10,3 @@ def total(prices):
     count = len(prices)
+    discounted = apply_rebate(prices)
+    return sum(discounted[:-1])
"""
LOCK = """--- a/requirements.txt
+++ b/requirements.txt
@@ -1 +1 @@
-pricelib==1.0
+pricelib==2.0
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("/home/runner/work/x/x/shop/cart.py:11: AssertionError", [11]),
        ('  File "/src/shop/cart.py", line 12, in total', [12]),
        ("cart.py:11: in total", [11]),
        ("at total (shop/cart.py:11:5)", [11]),
        ("error in shop/cart.py", []),
        ("shop/cart.pyc:11", None),
        ("other/mycart.py:11", None),
        ("workshop/cart.py.orig", None),
        ("nothing", None),
    ],
)
def test_mentions_of_a_file_are_found_below_any_folder(text: str, lines: list[int] | None) -> None:
    assert mentioned_lines("shop/cart.py", text) == lines


def test_a_changed_line_that_the_failure_names_leads() -> None:
    (suspect,) = find_suspects("shop/cart.py:12: AssertionError", parse_diff(CART + LOCK))
    assert suspect.change.path == "shop/cart.py"
    assert suspect.hunk is not None
    assert suspect.hunk.start == 10
    assert suspect.reasons == ("the failure names line 12, which was changed",)


def test_a_file_that_is_named_elsewhere_is_a_weaker_suspect() -> None:
    (near,) = find_suspects("shop/cart.py:12", parse_diff(CART))
    (far,) = find_suspects("shop/cart.py:300", parse_diff(CART))
    assert far.weight < near.weight
    assert far.hunk is None


def test_a_bumped_dependency_that_the_failure_names_is_a_suspect() -> None:
    (suspect,) = find_suspects("ImportError: cannot import name 'Price' from 'pricelib'", parse_diff(CART + LOCK))
    assert suspect.change.path == "requirements.txt"
    assert suspect.reasons == ("the failure names pricelib, whose version was changed",)


def test_rare_names_on_added_lines_make_a_suspect_and_common_words_do_not() -> None:
    diff = parse_diff(CART)
    (suspect,) = find_suspects("NameError: apply_rebate(prices) of discounted", diff)
    assert suspect.reasons == ("added lines and the failure share apply_rebate, discounted, prices",)
    assert find_suspects("return class error value", diff) == []


def test_an_unrelated_failure_has_no_suspect() -> None:
    assert find_suspects("No space left on device", parse_diff(CART + LOCK)) == []
