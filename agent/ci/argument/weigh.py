"""How the model's argument about a failed run moves the ranking: the whole rule.

1. What is not verified moves nothing. The kind of failure, which decides who has to act, never moves.
2. What statistics cannot see is which changed line explains the failure. A cause counts when (a) all quotations that
   it rests on hold, (b) one of them is of a line that the change adds to or removes from the file it names, (c) one
   is of what a job or test printed, and (d) the place where that was printed mentions the file, or both quotations
   hold a name that is not in every program.
3. A failure that is flaky or of the infrastructure is none of the change's, so nothing counts there.
4. A cause that counts moves its file as far as `agent.argument.proposals` says, and the sentence of the hypothesis
   begins with the changed line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from agent.argument.proposals import Counted, NotCountedError, weigh_proposals
from agent.ci.suspects import mentioned_lines, shared_names
from agent.claims import Answer, Claim, Proposal
from agent.claims.quote import changed_words, holding, is_change
from agent.schema import Checked, FailureClass, Hypothesis, Suggested
from tools.evidence import Evidence
from tools.names import named, quoted

INNOCENT = frozenset({FailureClass.FLAKY, FailureClass.INFRASTRUCTURE})
"""Kinds of failure of which the change under test is innocent."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What causes are weighed against; `for_new` is what a hypothesis about a path says besides its cause."""

    evidence: Mapping[str, Evidence]
    hypotheses: Sequence[Hypothesis]
    kind: FailureClass
    for_new: Callable[[str], Mapping[str, object]] = lambda path: {}


def weigh_causes(answer: Answer, checked: Sequence[Checked], case: Weighed) -> tuple[list[Hypothesis], list[Suggested]]:
    """Return the hypotheses, best first, after what the argument may move, and what became of each proposal."""
    return weigh_proposals(answer, checked, case.hypotheses, lambda proposal, claims: _counted(proposal, claims, case))


def _counted(proposal: Proposal, claims: Sequence[Claim], case: Weighed) -> Counted:
    """Return what a cause that counts says.

    Raises:
        NotCountedError: it does not count; see rules 2 and 3.
    """
    path = proposal.component
    if case.kind in INNOCENT:
        raise NotCountedError(f"the failure is {case.kind.value}, not of the change")
    change, line = _changed(path, claims, case)
    printed = [
        (claim, sample.text)
        for claim in claims
        for item in _cited(claim, case)
        if item.subject.kind in {"job", "test"}
        for sample in holding(item, claim.quote)
    ]
    if not printed:
        raise NotCountedError("quotes nothing that a job or test printed")
    fitting = [
        claim
        for claim, text in printed
        if mentioned_lines(path, text) is not None or shared_names(line.quote, claim.quote)
    ]
    if not fitting:
        raise NotCountedError(f"nothing ties what was printed to the line of {named(path)}")
    reads = "no longer reads" if changed_words(change, line.quote) == "removed" else "now reads"
    code = f"{named(path)} {reads} {quoted(line.quote)}"
    old = next((one for one in case.hypotheses if one.component == path), None)
    said = f"{named(fitting[0].service)} wrote {quoted(fitting[0].quote)}"
    cause = f"{code}; {old.cause}" if old else f"{code}, and {said}"
    cited = tuple(dict.fromkeys(ref for claim in claims for ref in claim.evidence))
    return Counted(fields={"cause": cause}, first=change.id, cited=cited, for_new=case.for_new(path))


def _changed(path: str, claims: Sequence[Claim], case: Weighed) -> tuple[Evidence, Claim]:
    """Return the first quotation of a line that the change adds to or removes from a file."""
    near = False
    for claim in claims:
        for item in _cited(claim, case) if claim.service == path else ():
            if is_change(item) and changed_words(item, claim.quote):
                return item, claim
            near = near or is_change(item)
    if near:
        raise NotCountedError("the quoted line is near the change, not changed")
    raise NotCountedError(f"quotes no change of {named(path) if path else 'no file'}")


def _cited(claim: Claim, case: Weighed) -> list[Evidence]:
    return [case.evidence[ref] for ref in claim.evidence]
