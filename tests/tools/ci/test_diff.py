from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.ci.diff import FileChange, parse_diff

DIFF = """diff --git a/shop/cart.py b/shop/cart.py
index 1..2 100644
--- a/shop/cart.py
+++ b/shop/cart.py
@@ -10,2 +10,3 @@ def total(prices):
     count = len(prices)
-    return sum(prices)
+    # forget the last
+    return sum(prices[:-1])
@@ -40 +41 @@ class Cart:
-    name = "a"
+--- b = "not a file header"
diff --git a/old.py b/old.py
deleted file mode 100644
--- a/old.py
+++ /dev/null
@@ -1,2 +0,0 @@
-import shop
-x = 1
diff --git a/new file.txt b/new file.txt
new file mode 100644
--- /dev/null
+++ b/new file.txt\t
@@ -0,0 +1 @@
+hello
\\ No newline at end of file
"""


def test_files_hunks_and_lines_are_read() -> None:
    cart, old, new = parse_diff(DIFF)
    assert (cart.path, old.path, new.path) == ("shop/cart.py", "old.py", "new file.txt")
    assert (cart.deleted, old.deleted) == (False, True)
    assert [(hunk.start, hunk.length, hunk.heading) for hunk in cart.hunks] == [
        (10, 3, "def total(prices):"),
        (41, 1, "class Cart:"),
    ]
    assert cart.hunks[0].added == ["    # forget the last", "    return sum(prices[:-1])"]
    assert cart.hunks[1].added == ['--- b = "not a file header"']
    assert new.hunks[0].added == ["hello"]


@pytest.mark.parametrize(("line", "held"), [(9, False), (10, True), (12, True), (13, False)])
def test_a_hunk_holds_the_lines_of_the_new_file(line: int, held: bool) -> None:
    assert parse_diff(DIFF)[0].hunks[0].holds(line) is held


@pytest.mark.parametrize(
    ("path", "manifest", "pipeline", "test"),
    [
        ("requirements-dev.lock", True, False, False),
        ("web/package-lock.json", True, False, False),
        ("go.sum", True, False, False),
        (".github/workflows/ci.yml", False, True, False),
        ("deploy/Dockerfile.web", False, True, False),
        ("tests/shop/test_cart.py", False, False, True),
        ("cart_test.go", False, False, True),
        ("src/cart.spec.ts", False, False, True),
        ("src/main/java/CartTest.java", False, False, True),
        ("src/contest.py", False, False, False),
    ],
)
def test_the_kind_of_a_file_shows_in_its_path(path: str, manifest: bool, pipeline: bool, test: bool) -> None:
    change = FileChange(path)
    assert (change.manifest, change.pipeline, change.test) == (manifest, pipeline, test)


@given(st.text(alphabet="+-@ \n,1d\\", max_size=200))
def test_what_follows_a_diff_changes_none_of_it(text: str) -> None:
    changes = parse_diff(text)
    assert all(
        line[:1] in {"+", "-", " ", "\\", "@", ",", "1", "d", ""} for c in changes for h in c.hunks for line in h.lines
    )
    assert [change.path for change in parse_diff(DIFF + text)][:3] == ["shop/cart.py", "old.py", "new file.txt"]
