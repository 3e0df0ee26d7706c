"""Claims: what a model says in a form that code can check against evidence, and the check."""

from agent.claims.check import Known, check_claim, check_claims
from agent.claims.claim import Answer, Claim, Proposal, Reply, Value

__all__ = ["Answer", "Claim", "Known", "Proposal", "Reply", "Value", "check_claim", "check_claims"]
