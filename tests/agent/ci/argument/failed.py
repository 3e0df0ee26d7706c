"""A failed run for tests: a rebate changes how prices are added up, and a test notices."""

from __future__ import annotations

from pathlib import Path

from agent.ci.inputs import Commit, FailedRun
from tools.ci.archive import JobLog
from tools.ci.codeowners import parse_codeowners
from tools.ci.diff import parse_diff
from tools.ci.junit import parse_junit
from tools.config import Settings

LINE = "return sum(discounted[:-1])"
SAID = "AssertionError: assert 30 == 60"
DIFF = f"""--- a/shop/cart.py
+++ b/shop/cart.py
@@ -9,4 +9,4 @@ def total(prices):
     count = len(prices)
     discounted = apply_rebate(prices)
-    return sum(discounted)
+    {LINE}
     # done
--- a/README.md
+++ b/README.md
@@ -1,2 +1,2 @@
 # Shop
-It sells.
+It sells discounted things.
"""
LOG = """Run pytest
============================= test session starts ==============================
collected 2 items

tests/test_cart.py F.                                                    [100%]

=================================== FAILURES ===================================
__________________________________ test_total __________________________________

    def test_total():
>       assert total([10, 20, 30]) == 60
E       AssertionError: assert 30 == 60
E        +  where 30 = total([10, 20, 30])

shop/cart.py:12: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total - AssertionError: assert 30 == 60
========================= 1 failed, 1 passed in 0.05s ==========================
Error: Process completed with exit code 1.
"""
JUNIT = """<testsuite><testcase classname="tests.test_cart" name="test_total" file="tests/test_cart.py">
<failure message="AssertionError: assert 30 == 60">tests/test_cart.py:4: in test_total
    assert total([10, 20, 30]) == 60
E   AssertionError: assert 30 == 60
shop/cart.py:12: AssertionError</failure></testcase>
<testcase classname="tests.test_cart" name="test_empty"/></testsuite>
"""


def failed_run(
    *, log: str = LOG, diff: str = DIFF, junit: str = JUNIT, message: str = "give a rebate", folder: Path | None = None
) -> FailedRun:
    """Return the run."""
    return FailedRun(
        name="ci",
        jobs=(JobLog("build", log, "build.log"),),
        tests=tuple(parse_junit(junit.encode())),
        diff=tuple(parse_diff(diff)),
        commits=(Commit(sha="0123456789abcdef", author="mallory", message=message),),
        owners=tuple(parse_codeowners("shop/ @octo/cart\n")),
        folder=folder,
    )


def quiet(place: Path, **model: object) -> Settings:
    """Return settings that keep runs in a folder of their own."""
    return Settings.model_validate({"runs": place / "runs", "model": model})
