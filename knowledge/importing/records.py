"""JSON records: keys are recognised by name, or told by a field map."""

from __future__ import annotations

from knowledge.importing.draft import make_draft
from knowledge.importing.understood import Understood
from knowledge.importing.values import leaves, says_nothing
from knowledge.importing.vocabulary import WORDS, field_named
from tools.errors import InputError

FieldMap = dict[str, tuple[str, ...]]
"""Field → keys whose texts make it up, in order."""
_LONG = 40
"""Characters from which a text under an unknown key is worth keeping in the notes."""


def parse_field_map(text: str) -> FieldMap:
    """Read `symptoms=summary+impact,root_cause=why`.

    Raises:
        InputError: it has another form, or names an unknown field.
    """
    found: FieldMap = {}
    for part in text.split(","):
        field, equals, keys = (piece.strip() for piece in part.partition("="))
        if not equals or field not in WORDS or not keys:
            raise InputError(
                f"cannot read the field map {part!r}", f"FIELD=KEY+KEY,… with a field of {', '.join(WORDS)}"
            )
        found[field] = tuple(key.strip() for key in keys.split("+"))
    return found


def understand_record(record: dict[str, object], source: str, field_map: FieldMap | None = None) -> Understood:
    """Make a draft of one JSON object.

    Args:
        record: keys and values; nested values give their texts.
        source: where it stands, such as `file.jsonl:12`.
        field_map: where given, its fields come from exactly these keys; other fields are still recognised.
    """
    mapped = {key: field for field, keys in (field_map or {}).items() for key in keys}
    taken: dict[str, list[str]] = {}
    left = []
    for key, value in record.items():
        if says_nothing(value):
            continue
        field = mapped.get(key) or field_named(key)
        if field and not (field in (field_map or {}) and key not in mapped):
            taken.setdefault(field, []).append(key)
        else:
            left.append(key)
    parts: dict[str, object] = {}
    for field, keys in taken.items():
        ordered = [key for key in (field_map or {}).get(field, keys) if key in record]
        parts[field] = _joined(field, [record[key] for key in ordered])
    extra = [f"## {key}\n\n{text}" for key in left if len(text := ", ".join(leaves(record[key]))) >= _LONG]
    parts["notes"] = "\n\n".join([str(parts.get("notes", "")), *extra]).strip()
    draft = make_draft(parts, source)
    names = tuple(dict.fromkeys(str(name) for name in (record.get("id"), parts.get("id"), source) if name))
    return Understood(source, names, draft, {field: tuple(keys) for field, keys in taken.items()}, tuple(left))


def _joined(field: str, values: list[object]) -> object:
    if field in {"services", "dependencies", "links"}:
        return [leaf for value in values for leaf in ([value] if isinstance(value, str) else leaves(value))]
    if field in {"id", "title", "date", "severity", "owner", "fault_kind"}:
        return values[0] if values else ""
    return "\n\n".join(text for value in values if (text := ", ".join(leaves(value))))
