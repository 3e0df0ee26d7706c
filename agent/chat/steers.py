"""What a person says, added to what was said before: pure functions on a steering."""

from __future__ import annotations

from collections.abc import Collection

from agent.schema import Observation, Rejection, Steering
from tools.errors import InputError


def rejected(said: Steering, component: str, reason: str) -> Steering:
    """Return the steering with one more rejection, in place of an earlier one of the component.

    Raises:
        InputError: no reason is given.
    """
    if not reason.strip():
        raise InputError("a rejection needs a reason", f"/reject {component} because …")
    others = tuple(item for item in said.rejected if item.component != component)
    return said.model_copy(update={"rejected": (*others, Rejection(component=component, reason=reason.strip()))})


def restored(said: Steering, component: str) -> Steering:
    """Return the steering without the rejection of a component.

    Raises:
        InputError: it is not rejected.
    """
    if not said.reason(component):
        raise InputError(f"{component} is not rejected", "")
    left = tuple(item for item in said.rejected if item.component != component)
    return said.model_copy(update={"rejected": left})


def observed(said: Steering, text: str, services: Collection[str]) -> Steering:
    """Return the steering with an observation: `for SERVICE TEXT`, `against SERVICE TEXT`, or plain text.

    Raises:
        InputError: there is no text, or it speaks for or against a service that nothing mentions.
    """
    side, _, rest = text.partition(" ")
    component, _, words = rest.strip().partition(" ")
    if side not in {"for", "against", "neither"}:
        seen = Observation(text=text.strip())
    elif not words.strip():
        raise InputError("the observation has no text", "/observe for SERVICE what you have seen")
    elif component not in services:
        raise InputError(f"nothing mentions a service {component!r}", "known: " + ", ".join(services))
    else:
        seen = Observation.model_validate({"text": words.strip(), "component": component, "speaks": side})
    return said.model_copy(update={"observations": (*said.observations, seen)})


def pinned(said: Steering, component: str) -> Steering:
    """Return the steering with a component pinned, or let go if it was."""
    held = tuple(name for name in said.pinned if name != component)
    return said.model_copy(update={"pinned": held if component in said.pinned else (*said.pinned, component)})
