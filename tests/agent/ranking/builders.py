"""Evidence for tests of the ranking."""

from tools.evidence import Evidence, EvidenceKind, Subject
from tools.sources.rows import Call

GRAPH = [Call("gateway", "shop", 10), Call("shop", "store", 10), Call("admin", "store", 2)]
"""gateway → shop → store ← admin."""


def found(kind: EvidenceKind, effect: float, share: float | None = None, **subject: str) -> Evidence:
    """Return a finding of no stated certainty; a peer makes its subject an edge."""
    about = Subject.model_validate({"kind": "edge" if "peer" in subject else "service", **subject})
    return Evidence(id="E1", kind=kind, subject=about, statement="s", effect=effect, share=share, query="q")


def metric(effect: float, service: str, name: str, peer: str = "", share: float | None = None) -> Evidence:
    """Return a shifted metric."""
    subject = Subject(kind="metric", service=service, peer=peer, name=name)
    return Evidence(
        id="E1", kind=EvidenceKind.METRIC_SHIFT, subject=subject, statement="s", effect=effect, share=share, query="q"
    )
