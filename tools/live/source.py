"""What all live sources over HTTP have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import httpx

from tools.errors import SourceError
from tools.evidence import Subject
from tools.live.http import Answer, Ask, Reader
from tools.live.http.reader import MAX_PAGES
from tools.live.once import Once
from tools.live.opening import Opening
from tools.sources.fetched import Fetched
from tools.store.command import show_command
from tools.window import Scope, TimeWindow

CLOCK_SECONDS = 5.0
"""A backend whose clock is further off shifts onsets visibly; HTTP dates are whole seconds."""
LISTED = 8
"""Labels that a hint lists."""


class HttpSource(ABC):
    """A backend over HTTP. A subclass implements the protocol of its signal and `find_services`.

    `posts` are the paths, as regular expressions, that are queries though they take a POST.

    Args:
        opening: the backend, and how far an investigation looks.
        transport: for tests.

    Raises:
        ConfigError: the settings of the backend are wrong.
    """

    posts: ClassVar[Collection[str]] = ()

    def __init__(self, opening: Opening, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.name = opening.settings.label
        self._opening = opening
        self._reader = Reader(opening.settings, opening.budget, self.posts, transport)
        self.once = Once()
        self._notes: dict[str, None] = {}

    @abstractmethod
    def find_services(self) -> set[str]:
        """Return the services that the backend knows in the horizon.

        Raises:
            SourceError: it does not answer.
        """

    @abstractmethod
    def sql(self, method: str, scope: Scope) -> str:
        """Return the backend's own queries behind a method, in its own language (`whydown show … --sql`).

        Raises:
            InputError: the method has none to show.
        """

    def _find_services(self) -> list[str]:
        with self.understood():
            return sorted(self.find_services())

    def services(self) -> list[str]:
        """Return the names of all services in the horizon, sorted; asked once.

        Raises:
            SourceError: the backend does not answer.
        """
        return list(self.once.get("services", self._find_services))

    def extent(self) -> TimeWindow | None:
        """Return the time range that an investigation looks at; a backend holds more."""
        return self._opening.horizon

    def degradations(self) -> list[str]:
        """Return one sentence for everything that was not answered, was left out or may mislead."""
        return [*self._notes, *([self.clock_note] if self.clock_note else [])]

    def fetched(self) -> Fetched:
        """Return what reading cost so far."""
        return self._reader.fetched

    @property
    def clock_offset(self) -> float | None:
        """Return seconds that the backend's clock is ahead of ours, None when it does not tell."""
        return self._reader.clock_offset

    @property
    def clock_note(self) -> str:
        """Return how far the backend's clock is from ours, empty when that shifts no onset visibly."""
        offset = self.clock_offset
        if offset is None or abs(offset) <= CLOCK_SECONDS:
            return ""
        way = "ahead of" if offset > 0 else "behind"
        return f"the clock of {self.name} is {abs(offset):.0f} s {way} ours"

    def close(self) -> None:
        """Cancel what is under way and close the connections."""
        self._reader.close()

    def query(self, method: str, scope: Scope, subject: Subject) -> str:
        """Return the `whydown show` command that asks again; with `--sql` it prints the backend's own query."""
        return show_command(self._opening.origin, self._opening.signal, method, scope, subject)

    def renamed(self, service: str) -> str:
        """Return a service's name in reports, given what the backend calls it."""
        return self._opening.settings.services.get(service, service)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """Read answers within this block: what has another form than this kind's is one failure with a remedy.

        Raises:
            SourceError: an answer cannot be read.
        """
        try:
            yield
        except (AttributeError, KeyError, TypeError, IndexError, ValueError) as error:
            raise SourceError(f"{self.name} answers in a form that is not known", "is its kind right?") from error

    def note(self, sentence: str) -> None:
        """Add something to `degradations`."""
        self._notes[sentence] = None

    def count_rows(self, rows: int) -> None:
        """Add rows to `fetched`."""
        self._reader.count_rows(rows)

    def hint(self) -> str:
        """Return what may be wrong with a backend that answers and knows no service."""
        return "does anything send to it, and do its settings fit what is sent?"

    def labels_hint(self, ask: Ask, field: str, setting: str) -> str:
        """Return a hint from the names of labels or fields that an address lists under `field`."""
        try:
            with self.understood():
                listed = self._reader.ask(ask).json()[field]
        except SourceError:
            return HttpSource.hint(self)
        items = listed if isinstance(listed, list) else []
        names = sorted(str(item.get("value") if isinstance(item, dict) else item) for item in items)
        shown = [name for name in names if not name.startswith("_")]
        more = f" and {len(shown) - LISTED} more" if len(shown) > LISTED else ""
        told = ", ".join(shown[:LISTED]) + more
        return f"none names a service of {told}; set {setting}" if told else HttpSource.hint(self)

    def remarks(self) -> list[str]:
        """Return what `whydown doctor` tells besides, a sentence each."""
        return []

    def pages(self, first: Ask, following: Callable[[Answer], Ask | None]) -> Iterator[Answer]:
        """Yield the answers of all pages, see `Reader.pages`; what is beyond its bound is noted.

        Raises:
            SourceError: the backend does not answer.
        """
        left = MAX_PAGES
        for answer in self._reader.pages(first, following):
            left -= 1
            yield answer
        if not left:
            self.note(f"of {self.name} only the first {MAX_PAGES} pages of {first.path} were read")

    def ask_all(self, asks: Sequence[Ask], evidence: str) -> list[Answer | None]:
        """Return the answers to several requests, None where one failed, which is noted.

        Args:
            asks: the requests.
            evidence: which evidence is incomplete when some fail, such as `structure`.

        Raises:
            SourceError: not a single one was answered.
        """
        answers = self._reader.ask_all(asks)
        failures = [answer for answer in answers if isinstance(answer, SourceError)]
        if failures and len(failures) == len(answers):
            raise failures[0]
        if failures:
            self.note(
                f"{self.name} answered {len(answers) - len(failures)} of {len(answers)} queries; "
                f"{evidence} evidence is incomplete ({failures[0].problem})"
            )
        return [None if isinstance(answer, SourceError) else answer for answer in answers]
