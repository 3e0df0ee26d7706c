"""A session about one incident: what is asked, what is said, what is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent.chat import Session, Turn
from agent.chat.commands import Command
from agent.chat.help import help_answer, not_understood
from agent.investigation import Interim, Watch, investigate
from agent.schema import Incident
from agent.schema.report import Usage
from tools.config import Settings
from tools.errors import FormatError, InputError, RunError, UnknownServiceError, WindowError


@pytest.fixture
def session(folder: Path, settings: Settings) -> Session:
    opened = Session.open(str(folder), settings)
    opened.investigate(Watch())
    return opened


def test_chat_and_one_shot_give_the_same_ranking(session: Session, folder: Path, settings: Settings) -> None:
    alone = investigate(Incident(folder=folder), settings)
    assert session.answered().hypotheses == alone.hypotheses
    assert session.answered().evidence == alone.evidence


def test_why_cites_evidence_that_exists(session: Session) -> None:
    answer = session.answer(Command("why"))
    first = session.answered().hypotheses[0]
    assert answer.text.startswith(f"H1 {first.component}")
    assert f"[{first.supports[0]}]" in answer.text
    assert answer.evidence == first.supports[0]


@pytest.mark.parametrize(
    ("name", "rest", "table", "pane"),
    [
        ("compare", "pay", "operations", "plot"),
        ("logs", "pay", "lines", "logs"),
        ("logs", "pay lock", "search", "logs"),
        ("metrics", "pay cpu", "series", "plot"),
        ("trace", "pay", "trace", "trace"),
        ("topology", "", "topology", "topology"),
        ("changes", "", "changes", "changes"),
    ],
)
def test_answers_are_tables_with_the_command_that_prints_them(
    session: Session, name: str, rest: str, table: str, pane: str
) -> None:
    answer = session.answer(Command(name, rest))
    assert answer.table is not None
    assert (answer.table.name, answer.pane) == (table, pane)
    assert answer.table.rows
    assert answer.query.startswith(
        f"whydown show {session.answered() and session.incident and session.incident.folder}"
    )


def test_the_cited_command_shows_the_same_numbers(session: Session, settings: Settings) -> None:
    from agent.show import show
    from agent.show.command import request_of

    answer = session.answer(Command("compare", "pay"))
    assert answer.table is not None
    again = show(request_of(answer.query), settings)
    assert again.rows[: len(answer.table.rows)] == answer.table.rows


def test_a_question_about_nothing_there_is_one_line(session: Session) -> None:
    with pytest.raises(UnknownServiceError, match="nobody"):
        session.answer(Command("logs", "nobody"))
    with pytest.raises(InputError, match="no evidence 'E999'"):
        session.answer(Command("evidence", "E999"))
    with pytest.raises(InputError, match="known: H1 pay"):
        session.hypothesis("H9")
    assert session.answer(Command("errors", "pay")).text == "Failed requests of pay: none."


def test_before_anything_is_investigated_it_says_so(folder: Path, settings: Settings) -> None:
    fresh = Session.open(str(folder), settings)
    with pytest.raises(InputError, match="nothing has been investigated yet"):
        fresh.answer(Command("why"))
    with pytest.raises(InputError, match="there is no incident"):
        Session.open("", settings).investigate(Watch())
    assert fresh.answer(Command("help")).text
    with pytest.raises(RunError, match="no run"):
        Session.open("nowhere", settings)


def test_a_rejection_with_a_reason_is_weighed_and_taken_back(session: Session) -> None:
    first = session.hypothesis().component
    report = session.weigh_again(session.rejecting("H1", "restarted it"), Watch())
    assert report.hypotheses[0].component != first
    assert report.hypotheses[-1].rejected == "restarted it"
    assert "Ruled out: restarted it" in session.answer(Command("why", first)).text
    back = session.weigh_again(session.restoring(first), Watch())
    assert back.hypotheses[0].component == first
    with pytest.raises(InputError, match="not rejected"):
        session.restoring(first)
    with pytest.raises(InputError, match="needs a reason"):
        session.rejecting("H1", " ")


def test_an_observation_is_read_with_its_side(session: Session) -> None:
    seen = session.observing("for pay the pool is full").observations[-1]
    assert (seen.component, seen.speaks, seen.text) == ("pay", "for", "the pool is full")
    plain = session.observing("users complain since noon").observations[-1]
    assert (plain.component, plain.speaks) == ("", "neither")
    with pytest.raises(InputError, match="a service 'nobody'"):
        session.observing("for nobody it is slow")
    with pytest.raises(InputError, match="has no text"):
        session.observing("for pay")


def test_pins_are_let_go_by_pinning_again(session: Session) -> None:
    steering = session.pinning("H1")
    assert steering.pinned == (session.hypothesis().component,)
    session.weigh_again(steering, Watch())
    assert session.pinning("H1").pinned == ()
    assert session.pin_evidence("E1")
    assert not session.pin_evidence("E1")


def test_other_windows_investigate_anew_and_keep_what_was_said(session: Session) -> None:
    before = session.answered()
    session.weigh_again(session.rejecting("H1", "no"), Watch())
    start, end = (f"{moment.timestamp()}" for moment in before.windows.incident)
    session.set_windows(f"{float(start) + 10}..{end}")
    after = session.investigate(Watch(), again=True)
    assert after.run_id != before.run_id
    assert after.windows.chosen_by == "user"
    assert after.hypotheses[-1].rejected == "no"
    with pytest.raises(WindowError):
        session.set_windows("yesterday")


def test_what_was_said_is_kept_with_the_run(session: Session, settings: Settings) -> None:
    session.say(Turn(who="person", text="why?"))
    session.say(Turn(who="whydown", text="because 你好 🧨", query="whydown show x"))
    again = Session.open(session.answered().run_id, settings)
    assert [turn.text for turn in again.transcript.turns] == ["why?", "because 你好 🧨"]
    assert again.report == session.report
    assert again.investigate(Watch()) == session.report


def test_what_was_said_before_the_run_began_moves_to_it(folder: Path, settings: Settings) -> None:
    fresh = Session.open(str(folder), settings)
    fresh.say(Turn(who="person", text="hello"))
    report = fresh.investigate(Watch(fresh.saw))
    assert Session.open(report.run_id, settings).transcript.turns[0].text == "hello"


def test_a_transcript_that_was_cut_is_read_as_far_as_it_goes(session: Session, settings: Settings) -> None:
    session.say(Turn(who="person", text="whole"))
    run = session.run
    assert run is not None
    with (run.path / "chat.jsonl").open("a") as out:
        out.write('{"who": "whydown", "te')
    assert [turn.text for turn in Session.open(run.id, settings).transcript.turns] == ["whole"]


def test_the_report_is_exported_as_markdown(session: Session, tmp_path: Path) -> None:
    path = session.export(str(tmp_path / "out.md"))
    assert path.read_text().startswith("## Root cause: ")
    with pytest.raises(InputError, match="cannot write"):
        session.export(str(tmp_path / "no" / "where.md"))


def test_an_unreadable_source_is_one_line(session: Session, folder: Path) -> None:
    (folder / "logs.parquet").write_bytes(b"not parquet")
    with pytest.raises(FormatError, match=r"logs\.parquet"):
        session.answer(Command("logs", "pay"))


def test_help_lists_questions_and_commands(session: Session) -> None:
    text = session.answer(Command("help")).text
    assert "what changed?" in text
    assert "/reject H2 REASON" in text


def test_the_budget_names_what_is_left_of_a_model(session: Session, settings: Settings) -> None:
    assert "no language model" in session.answer(Command("budget")).text
    with pytest.raises(InputError, match="no budget to limit without a language model"):
        session.answer(Command("budget", "calls 30"))
    usage = Usage(model="small", prompt_tokens=1000, completion_tokens=500, calls=2, cost=0.25)
    session.report = session.answered().model_copy(update={"usage": usage})
    assert "1,000 + 500 tokens" in session.answer(Command("budget")).text


def test_without_a_model_it_is_said_which_questions_work(session: Session) -> None:
    assert not_understood().text.startswith("No language model is set up")
    assert "what changed?" in not_understood().text
    assert "needs a language model" in session.answer(Command("help")).text
    assert "goes to small" in help_answer("small").text


def test_memory_that_is_not_configured_says_how(session: Session, settings: Settings) -> None:
    assert "knowledge.folder" in session.answer(Command("similar")).text
    session.report = session.answered().model_copy(update={"similar": ()})
    session.settings = settings.model_copy(
        update={"knowledge": settings.knowledge.model_copy(update={"folder": Path("x")})}
    )
    assert "No confirmed postmortem" in session.answer(Command("similar")).text
    assert replace(Command("x"), rest="y").rest == "y"


def test_no_secret_is_shown_or_kept(folder: Path, settings: Settings, session: Session) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    session.say(Turn(who="person", text=f"is {key} the key?"))
    session.typed.add(f"is {key} the key?")
    report = session.weigh_again(session.observing(f"the key {key} is revoked"), Watch())
    assert not any(key in item.statement for item in report.evidence)
    kept = [path.read_text() for path in settings.runs.rglob("*.jsonl")] + [(settings.runs / "typed.txt").read_text()]
    assert not any(key in text for text in kept)
    assert any("is the key?" in text or "redacted" in text for text in kept)


def test_what_is_told_on_the_way_holds_no_secret_either(folder: Path, settings: Settings) -> None:
    seen: list[Interim] = []
    fresh = Session.open(str(folder), settings)
    report = fresh.investigate(Watch(lambda interim: seen.append(fresh.without_secrets(interim))))
    assert seen[-1].evidence == report.evidence
