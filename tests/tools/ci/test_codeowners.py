from __future__ import annotations

import pytest

from tools.ci.codeowners import owners_of, parse_codeowners

FILE = """
# the last match decides
*                 @org/all
*.js              @js-owner  # inline
/build/logs/      @doctor
docs/*            docs@example.org
apps/             @octo
/scripts/**/test  @deep
**/legacy/**      @past
/shop/my\\ file.py @spacey
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@org/all",)),
        ("web/a/b.js", ("@js-owner",)),
        ("build/logs/a/b.txt", ("@doctor",)),
        ("other/build/logs/b.txt", ("@org/all",)),
        ("docs/start.md", ("docs@example.org",)),
        ("docs/deep/start.md", ("@org/all",)),
        ("x/apps/a.py", ("@octo",)),
        ("scripts/a/b/test", ("@deep",)),
        ("a/legacy/b/c.py", ("@past",)),
        ("shop/my file.py", ("@spacey",)),
        ("apps/github/x.py", ()),
    ],
)
def test_owners_are_those_of_the_last_rule_that_matches(path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(path, parse_codeowners(FILE)) == owners


def test_without_rules_nobody_owns_a_file() -> None:
    assert owners_of("a.py", parse_codeowners("# only a comment\n\n")) == ()
