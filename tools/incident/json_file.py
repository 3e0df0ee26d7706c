"""Read a JSON file that a person or another tool wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from tools.errors import FormatError

T = TypeVar("T")


def read_json(file: Path, form: TypeAdapter[T], what: str) -> T:
    """Read a file and check its form.

    Args:
        file: the file; it must exist.
        form: what it must hold.
        what: its name for people, such as "a list of changes".

    Raises:
        FormatError: it cannot be opened, is not JSON, or has another form.
    """
    try:
        return form.validate_python(json.loads(file.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise FormatError(f"{file} cannot be opened", f"{error.strerror}") from error
    except ValidationError as error:
        raise FormatError(f"{file} is not {what}", first_problem(error)) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{file} is not JSON", str(error)) from error


def first_problem(error: ValidationError) -> str:
    """Return where the first wrong value stands and what is wrong with it, one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
