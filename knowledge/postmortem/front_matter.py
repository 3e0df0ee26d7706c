"""Front matter: the YAML between two `---` lines, with the line number of every key."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same safe loader in C, where PyYAML was built with it: ten times as fast."""
_FENCE = "---"
_LARGEST = 100_000
"""Characters of front matter read at most; beyond that it is no front matter a person wrote."""


class FrontMatterError(Exception):
    """The front matter cannot be read. Never leaves this package: `read` turns it into a Problem."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line
        self.text = text


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Values, the line of each top-level key (from 1), and the body with the line it starts at."""

    values: dict[str, object]
    body: str
    body_line: int
    lines: dict[str, int] = field(default_factory=dict)


def split_front_matter(text: str) -> FrontMatter:
    """Take a file apart; a file without front matter has no values.

    Raises:
        FrontMatterError: it is not closed, not YAML, not a mapping, repeats a key or uses anchors.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].rstrip() != _FENCE:
        return FrontMatter({}, "\n".join(lines), 1)
    closing = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in {_FENCE, "..."}), None)
    if closing is None:
        raise FrontMatterError(1, "the front matter is not closed: a line with --- is missing")
    values, key_lines = _mapping("\n".join(lines[1:closing]))
    return FrontMatter(values, "\n".join(lines[closing + 1 :]), closing + 2, key_lines)


def _mapping(text: str) -> tuple[dict[str, object], dict[str, int]]:
    if len(text) > _LARGEST:
        raise FrontMatterError(1, f"the front matter has more than {_LARGEST} characters")
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        if not isinstance(node, yaml.MappingNode):
            raise FrontMatterError(2, "the front matter is not a list of `key: value` lines")
        _refuse_aliases(node, set())
        return loader.construct_document(node), _key_lines(node)
    except yaml.YAMLError as error:
        raise FrontMatterError(*_explain(error)) from error
    except (ValueError, OverflowError) as error:  # a timestamp such as 2026-13-45
        raise FrontMatterError(1, f"a value cannot be read: {error}") from error
    except RecursionError as error:
        raise FrontMatterError(1, "the front matter is nested too deeply") from error
    finally:
        loader.dispose()


def _refuse_aliases(node: yaml.Node, seen: set[int]) -> None:
    """An alias is the same node met twice; a few of them can stand for gigabytes of values."""
    if id(node) in seen:
        raise FrontMatterError(node.start_mark.line + 2, "anchors and aliases are not allowed")
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _refuse_aliases(key, seen)
            _refuse_aliases(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_aliases(item, seen)


def _key_lines(node: yaml.MappingNode) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, _ in node.value:
        line = key.start_mark.line + 2
        name = str(key.value)
        if name in found:
            raise FrontMatterError(line, f"{name} is given twice")
        found[name] = line
    return found


def _explain(error: yaml.YAMLError) -> tuple[int, str]:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return (mark.line + 2 if mark else 1), f"not YAML: {problem}"
