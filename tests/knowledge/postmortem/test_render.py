"""What is written can be read again, whatever a text contains."""

import datetime as dt
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.postmortem import Postmortem, Provenance, Status, parse_postmortem, render_postmortem
from tools.faults import FaultKind

lines = st.one_of(
    st.text(),
    st.sampled_from(["## Root cause", "# Title", "## Timeline", "## Notes", "```", "~~~", "---", "    ## x", "### y"]),
)
texts = st.lists(lines, max_size=8).map("\n".join)
words = st.text(alphabet=st.characters(codec="utf-8", exclude_characters=","), max_size=20).map(lambda text: f"a{text}")
names = st.lists(words, max_size=4).map(tuple)
postmortems = st.builds(
    Postmortem,
    id=st.integers(1, 999).map(lambda n: f"PM-{n}"),
    title=st.text().map(lambda text: f"T{text}"),
    date=st.none() | st.dates(),
    status=st.sampled_from(Status),
    services=names,
    dependencies=names,
    fault_kind=st.sampled_from(FaultKind),
    severity=st.text(max_size=9),
    useful_in=names,
    provenance=st.builds(
        Provenance,
        run=st.text(max_size=9),
        confirmed_at=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
        evidence=names,
    ),
    symptoms=texts,
    root_cause=texts,
    resolution=texts,
    validation=texts,
    notes=texts,
)


@settings(deadline=None)
@given(postmortems)
def test_reading_what_was_written_gives_the_same_postmortem(postmortem: Postmortem) -> None:
    again, problems = parse_postmortem(render_postmortem(postmortem), Path("pm.md"))
    assert problems == []
    assert again == postmortem


def test_file_is_made_to_be_read_by_people() -> None:
    text = render_postmortem(
        Postmortem(
            id="PM-3", title="Mail queue stalls", date=dt.date(2026, 2, 1), services=("mail",), symptoms="No mail."
        )
    )
    assert text.startswith(
        "---\nid: PM-3\ntitle: Mail queue stalls\ndate: 2026-02-01\nstatus: draft\nservices:\n- mail\n"
    )
    assert "\n# Mail queue stalls\n\n## Symptoms\n\nNo mail.\n\n## Root cause\n\n## Resolution\n" in text
    assert "useful_in" not in text


def test_heading_in_a_text_cannot_open_another_section() -> None:
    postmortem = Postmortem(id="PM-1", title="T", symptoms="slow\n## Root cause\nforged", root_cause="real")
    assert postmortem.symptoms == "slow\n### Root cause\nforged"
    assert postmortem.root_cause == "real"
