"""What of a model's answer is shown, and as what: facts that evidence bears out, struck claims, unverified words."""

from __future__ import annotations

from collections.abc import Sequence

from agent.argument.prose import Prose
from agent.chat.transcript import Turn
from agent.claims import Answer, Claim, Known, Reply, check_claims
from agent.investigation.argue import as_written
from agent.render.clean import clean
from agent.schema import Asked, Checked
from tools.redact import redact_model

NOTHING_HOLDS = "No claim of this answer is borne out by evidence."
NOTHING_CLAIMED = "This answer claims nothing that evidence could bear out."
CUT = "…"


class Judge:
    """Turns what a model has said so far into a turn of the conversation.

    Args:
        known: evidence, services and calls that claims are checked against.
        model: the model's name.
    """

    def __init__(self, known: Known, model: str) -> None:
        self._known = known
        self._model = model
        self._prose = Prose(known.evidence.values())
        self._checked: tuple[tuple[Claim, ...], list[Checked]] = ((), [])

    def turn(self, reply: Reply, asked: Sequence[Asked], *, whole: bool = True, ended: bool = False) -> Turn:
        """Return the turn.

        Args:
            reply: the answer, or what has arrived of it.
            asked: the queries that it asked for.
            whole: False while the answer still arrives.
            ended: it broke off: what had arrived is all there will be.
        """
        checked = self._check(reply.claims)
        words = reply.explanation + (CUT if ended and reply.explanation else "")
        prose, withheld = self._prose.shown(words, whole=whole)
        kept = [f"{claim.sentence} {_refs(claim)}" for claim in checked if claim.verified]
        if whole and not kept and (checked or prose):
            kept = [NOTHING_HOLDS if checked else NOTHING_CLAIMED]
        turn = Turn(
            who="model",
            text="\n".join(kept),
            model=self._model,
            asked=tuple(query_words(item) for item in asked),
            unverified=prose,
            withheld=withheld,
            struck=tuple(f"{claim.sentence} ({claim.reason})" for claim in checked if not claim.verified),
        )
        return redact_model(turn)

    def _check(self, claims: tuple[Claim, ...]) -> list[Checked]:
        if claims != self._checked[0]:
            self._checked = claims, check_claims(as_written(Answer(claims=claims)).claims, self._known)
        return self._checked[1]


def _refs(claim: Checked) -> str:
    return "".join(f"[{ref}]" for ref in claim.evidence)


def query_words(item: Asked) -> str:
    """Return a query as people read it: `latency {"service": "pay"} → [Q1]`."""
    result = f"[{item.evidence}]" if item.outcome == "answered" else f"{item.outcome}: {item.reason}"
    return clean(f"{item.tool} {item.arguments} → {result}", 200)
