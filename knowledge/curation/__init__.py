"""Keep the knowledge base worth reading: add, import, confirm, merge, supersede, review, lint, count."""

from knowledge.curation.change import add_postmortem, confirm_postmortem, import_drafts, merge_postmortems, supersede
from knowledge.curation.duplicates import Pair, find_duplicates
from knowledge.curation.lint import lint
from knowledge.curation.recurrences import Recurrence, find_recurrences
from knowledge.curation.review import Review, review
from knowledge.curation.stats import Stats, count

__all__ = [
    "Pair",
    "Recurrence",
    "Review",
    "Stats",
    "add_postmortem",
    "confirm_postmortem",
    "count",
    "find_duplicates",
    "find_recurrences",
    "import_drafts",
    "lint",
    "merge_postmortems",
    "review",
    "supersede",
]
