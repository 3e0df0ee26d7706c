"""The exception tree: one line, a remedy, an exit code that is never zero."""

from __future__ import annotations

import pytest

from tools import errors
from tools.errors import ConfigError, FolderError, InputError, SourceError, WhydownError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WhydownError)]


def test_text_is_problem_and_remedy() -> None:
    assert str(FolderError("no folder", "make one")) == "no folder: make one"
    assert str(FolderError("no folder")) == "no folder"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_stops_the_process_with_an_exit_code_and_is_in_the_drawing(kind: type[WhydownError]) -> None:
    assert 0 < kind.exit_code < 126
    assert kind.__name__ in (errors.__doc__ or "")


def test_what_the_user_gave_and_what_failed_elsewhere_have_other_codes() -> None:
    assert InputError.exit_code == ConfigError.exit_code == 2
    assert SourceError.exit_code == 3
