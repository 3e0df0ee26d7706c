"""What an importer made of one source: a draft, and an honest account of the rest."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.postmortem import Postmortem


@dataclass(frozen=True, slots=True)
class Understood:
    """A draft made from one file or record.

    Args:
        source: relative path of the file, or path and record id or line.
        names: all names by which the source may be referred to: path, id.
        postmortem: the draft; its id is the source's own where that is a valid one, else made from the title.
        understood: field → headings or keys that it was taken from.
        left: headings or keys that fit no field; their text is kept in the notes.
    """

    source: str
    names: tuple[str, ...]
    postmortem: Postmortem
    understood: dict[str, tuple[str, ...]]
    left: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the title, when the name of the source stands for it, and the sections that nothing was found for."""
        wanted = ("symptoms", "root_cause", "resolution")
        untitled = () if "title" in self.understood else ("title",)
        return (*untitled, *(name for name in wanted if not self.postmortem.section(name)))
