"""Chunks: one section each, headed by context, never longer than the model reads."""

from hypothesis import given
from hypothesis import strategies as st

from knowledge.index import chunks_of
from knowledge.index.chunks import EMBEDDED_NOTES, WORDS, split_text
from knowledge.postmortem import Status
from tests.knowledge.builders import POOL


def test_every_section_is_a_chunk_of_its_own_with_context() -> None:
    chunks = chunks_of(POOL)
    assert [chunk.section for chunk in chunks] == ["symptoms", "root_cause", "resolution", "validation"]
    assert chunks[1].text == (
        "Bookings wait for a database connection. seats, booking, postgres. Root cause: "
        "A report held all connections of the pool in the seats service."
    )


def test_superseded_postmortem_cannot_be_found() -> None:
    assert chunks_of(POOL.model_copy(update={"status": Status.SUPERSEDED})) == []


def test_only_the_first_notes_get_a_vector() -> None:
    long = POOL.model_copy(update={"notes": "one two three. " * WORDS * 3})
    embedded = [chunk.embedded for chunk in chunks_of(long) if chunk.section == "notes"]
    assert embedded == [True] * EMBEDDED_NOTES + [False] * (len(embedded) - EMBEDDED_NOTES)
    assert len(embedded) > EMBEDDED_NOTES


def test_postmortem_without_any_text_is_found_by_its_title() -> None:
    empty = POOL.model_copy(update=dict.fromkeys(("symptoms", "root_cause", "resolution", "validation"), ""))
    assert [chunk.section for chunk in chunks_of(empty)] == ["title"]


def test_edit_of_one_section_changes_one_chunk() -> None:
    before = {chunk.id for chunk in chunks_of(POOL)}
    after = {chunk.id for chunk in chunks_of(POOL.model_copy(update={"resolution": "Restarted it."}))}
    assert len(before - after) == len(after - before) == 1


def test_markup_is_not_text() -> None:
    assert split_text("- see [the ticket](https://example.org/1) **now** | `a` |") == ["- see the ticket now a"]


@given(st.text())
def test_chunks_are_short_and_lose_no_word(text: str) -> None:
    parts = split_text(text)
    assert all(len(part.split()) <= WORDS for part in parts)
    letters = [c for c in text if c.isalpha()]
    assert [c for part in parts for c in part if c.isalpha()] == letters or "http" in text or "](" in text
