"""The rule by which an argument moves the ranking, clause by clause."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.argument.proposals import MOST
from agent.argument.weigh import Case, weigh_argument
from agent.claims import Answer, Claim, Known, Proposal, check_claims
from agent.schema import Hypothesis, Suggested
from tools.evidence import Evidence, EvidenceKind, Sample, Subject
from tools.faults import FaultKind
from tools.sources.rows import Call

START = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def item(
    number: int,
    kind: EvidenceKind,
    subject: Subject,
    onset_s: float | None,
    text: str = "",
    path: str = "",
    **more: object,
) -> Evidence:
    fields = {
        "id": f"E{number}",
        "kind": kind,
        "subject": subject,
        "statement": "s",
        "baseline": 1.0,
        "incident": 9.0,
        "unit": "ms",
        "effect": 9.0,
        "onset": None if onset_s is None else START + dt.timedelta(seconds=onset_s),
        "query": "q",
        "samples": (Sample(kind="change", ref=path, text=text),) if text else (),
    }
    return Evidence.model_validate({**fields, **more})


DIFF = "-pool = 20\n+pool = 1"
EVIDENCE = [
    item(1, EvidenceKind.LATENCY_SELF, Subject(kind="operation", service="pay"), 0),
    item(2, EvidenceKind.LATENCY_TOTAL, Subject(kind="operation", service="front"), 5),
    item(3, EvidenceKind.TOOL_RESULT, Subject(kind="change", name="abc"), -30, DIFF, "services/pay/settings.toml"),
    item(4, EvidenceKind.TOOL_RESULT, Subject(kind="change", name="def"), None, DIFF, "services/pay/settings.toml"),
    item(5, EvidenceKind.TOOL_RESULT, Subject(kind="change", name="ghi"), 60, DIFF, "services/pay/settings.toml"),
    item(6, EvidenceKind.TOOL_RESULT, Subject(kind="change", name="jkl"), -900, DIFF, "services/pay/settings.toml"),
    item(7, EvidenceKind.TOOL_RESULT, Subject(kind="file", name="x"), -30, DIFF, "services/pay/settings.toml"),
    item(8, EvidenceKind.TOOL_RESULT, Subject(kind="change", name="mno"), -30, "+limit = 1", "services/rates/x.py"),
    item(9, EvidenceKind.CHANGE, Subject(kind="change", service="pay", name="r"), -30, "pool: 20 -> 1"),
]
KNOWN = Known(
    {e.id: e for e in EVIDENCE},
    (Call("front", "pay", 9), Call("front", "rates", 9)),
    {"front", "pay", "rates", "bank"},
    10.0,
)
QUOTE = "pool = 1"


def hypothesis(
    component: str,
    confidence: float,
    rejected: str = "",
    supports: tuple[str, ...] = ("E1",),
    kind: FaultKind = FaultKind.SLOW_CODE,
) -> Hypothesis:
    return Hypothesis(
        rank=1,
        component=component,
        fault_kind=kind,
        cause="c",
        confidence=confidence,
        supports=supports,
        rejected=rejected,
    )


RANKED = [hypothesis("front", 0.45), hypothesis("pay", 0.4), hypothesis("bank", 0.05)]


def quote(service: str = "pay", ref: str = "E3", words: str = QUOTE) -> Claim:
    return Claim(service=service, predicate="says", quote=words, evidence=(ref,))


def weigh(
    *claims: Claim,
    component: str = "pay",
    kind: str = "bad_configuration",
    numbers: tuple[int, ...] = (1,),
    ranked: list[Hypothesis] | None = None,
    nothing: float = 0.1,
) -> tuple[list[Hypothesis], Suggested]:
    proposal = Proposal(component=component, fault_kind=kind, claims=numbers)
    answer = Answer(claims=claims, hypotheses=(proposal,))
    case = Case(KNOWN, RANKED if ranked is None else ranked, nothing)
    hypotheses, suggested = weigh_argument(answer, check_claims(claims, KNOWN), case)
    return hypotheses, suggested[0]


def test_a_verified_cause_settles_a_close_race_and_names_the_kind() -> None:
    hypotheses, said = weigh(quote())
    first = hypotheses[0]
    assert (first.component, first.fault_kind, first.origin, first.rank) == (
        "pay",
        FaultKind.BAD_CONFIGURATION,
        "model",
        1,
    )
    assert first.confidence == pytest.approx(0.4 + MOST * 0.6)
    assert first.supports == ("E3", "E1")
    assert "abc reads “pool = 1”" in first.cause
    assert (said.outcome, said.claims) == ("refined", ("C1",))
    assert said.moved == pytest.approx(MOST * 0.6)


def test_it_does_not_overturn_a_clear_one() -> None:
    hypotheses, _ = weigh(quote(), ranked=[hypothesis("front", 0.6), hypothesis("pay", 0.3)])
    assert [h.component for h in hypotheses] == ["front", "pay"]
    assert hypotheses[1].fault_kind is FaultKind.BAD_CONFIGURATION


def test_a_component_without_deviation_enters_when_a_verified_edge_says_whom_it_hurts() -> None:
    claims = (
        quote("rates", "E8", "limit = 1"),
        Claim(service="rates", predicate="causes", peer="front", evidence=("E8", "E2")),
    )
    hypotheses, said = weigh(*claims, component="rates", kind="exception", numbers=(1, 2))
    assert said.outcome == "added"
    added = next(h for h in hypotheses if h.component == "rates")
    assert (added.origin, added.supports) == ("model", ("E8", "E2"))
    assert added.confidence == pytest.approx(MOST)
    assert weigh(claims[0], component="rates", kind="exception")[1].reason == "nothing that is dated deviates on rates"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"claims": (quote(),), "numbers": ()}, "rests on no claim"),
        ({"claims": (quote(),), "numbers": (2,)}, "rests on C2, which does not exist"),
        ({"claims": (quote(),), "numbers": (0,)}, "rests on C0, which does not exist"),
        ({"claims": (quote(words="pool = 7"),)}, "rests on C1, which is struck"),
        ({"claims": (quote(), quote(ref="E77")), "numbers": (1, 2)}, "rests on C2, which is struck"),
        (
            {"claims": (Claim(service="pay", predicate="self_time", direction="rose", evidence=("E1",)),)},
            "quotes no change of pay",
        ),
        ({"claims": (quote(ref="E7"),)}, "quotes no change of pay"),
        ({"claims": (quote(),), "component": "bank"}, "quotes no change of bank"),
        ({"claims": (quote(ref="E4"),)}, "nothing records when that change went live"),
        ({"claims": (quote(ref="E5"),)}, "the change went live after the deviation began"),
        ({"claims": (quote(ref="E6"),)}, "went live 900 s before"),
        ({"claims": (quote(),), "kind": "cpu_saturation"}, "only causes in code or configuration"),
        ({"claims": (quote(),), "kind": "gremlins"}, "only causes in code or configuration"),
        ({"claims": (quote(),), "nothing": 0.9}, "probably nothing is at fault"),
        (
            {"claims": (quote(),), "ranked": [hypothesis("front", 0.5), hypothesis("pay", 0.0, "it is not")]},
            "a person has ruled it out",
        ),
    ],
)
def test_what_does_not_meet_the_rule_moves_nothing(arguments: dict[str, object], reason: str) -> None:
    claims = arguments.pop("claims")
    hypotheses, said = weigh(*claims, **arguments)  # type: ignore[arg-type, misc]  # arguments of several types
    assert said.outcome == "struck"
    assert reason in said.reason
    assert said.moved == 0
    assert hypotheses == (arguments.get("ranked") or RANKED)


def test_a_record_that_names_its_component_was_weighed_by_statistics() -> None:
    hypotheses, said = weigh(quote(ref="E9", words="pool: 20 -> 1"))
    assert (said.outcome, said.reason) == ("struck", "statistics have weighed that record")
    assert hypotheses == RANKED


def test_a_record_that_names_nobody_is_for_the_model_to_read() -> None:
    record = item(10, EvidenceKind.CHANGE, Subject(kind="change", name="flags@9"), -30, "pay.pool: 20 -> 1")
    claims = (quote(ref="E10", words="pay.pool: 20 -> 1"),)
    known = Known({**KNOWN.evidence, "E10": record}, KNOWN.graph, KNOWN.services, 10.0)
    proposal = Proposal(component="pay", fault_kind="bad_configuration", claims=(1,))
    answer = Answer(claims=claims, hypotheses=(proposal,))
    hypotheses, suggested = weigh_argument(answer, check_claims(claims, known), Case(known, RANKED))
    assert suggested[0].outcome == "refined"
    assert hypotheses[0].fault_kind is FaultKind.BAD_CONFIGURATION


def test_a_component_is_moved_once_however_often_it_is_proposed() -> None:
    proposals = [
        Proposal(component="pay", fault_kind=kind, claims=(1,))
        for kind in ("bad_configuration", "bad_deploy", "exception")
    ]
    claims = (quote(),)
    answer = Answer(claims=claims, hypotheses=(*proposals, *proposals))
    hypotheses, suggested = weigh_argument(answer, check_claims(claims, KNOWN), Case(KNOWN, RANKED))
    assert [item.outcome for item in suggested] == ["refined", "struck", "struck"]
    assert hypotheses[0].confidence == pytest.approx(0.4 + MOST * 0.6)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=6))
def test_confidences_stay_within_one_and_nobody_gains_more_than_the_bound(weights: list[float]) -> None:
    total = sum(weights)
    ranked = [
        hypothesis(name, weight / total)
        for name, weight in zip(["pay", "front", "a", "b", "c", "d"], weights, strict=False)
    ]
    hypotheses, _ = weigh(quote(), ranked=ranked, nothing=0.0)
    assert sum(h.confidence for h in hypotheses) <= 1 + 1e-9
    before = {h.component: h.confidence for h in ranked}
    assert all(h.confidence <= before[h.component] + MOST + 1e-9 for h in hypotheses)
    assert [h.rank for h in hypotheses] == list(range(1, len(ranked) + 1))
