"""The one exception tree. Whoever calls whydown can tell from here what may go wrong.

WhydownError                      anything that stops an answer; carries a one-line remedy
├── InputError                    what the user gave cannot be used
│   ├── FolderError               no such incident folder, or nothing usable in it
│   ├── FormatError               a file is truncated, foreign, or has wrong columns or types
│   ├── WindowError               a time window is empty, inverted or outside the data
│   └── UnknownServiceError       a service that no signal mentions
├── ConfigError                   whydown.toml, an environment variable or a flag is wrong
├── SourceError                   a telemetry backend is dead, refuses or is too slow
├── RunError                      a run folder is missing, locked or cannot be resumed
├── CollectorError                the receiver cannot bind its port or write its spool
├── ModelError                    the language model is missing, refuses or answers nonsense
│   ├── ModelUnreachableError     nothing answers at the endpoint, or it is broken
│   ├── ModelAccessError          the key is missing or wrong
│   ├── ModelRateLimitError       too many requests or tokens, also after retries
│   ├── ModelOverflowError        the prompt is longer than the model's context
│   ├── ModelTimeoutError         no complete answer within the time given
│   ├── ModelRefusedError         the endpoint does not know the model or rejects the request
│   └── ModelAnswerError          the answer is not what was asked for, also after a repair
├── CodeHostError                 the code host (GitHub) is dead, refuses, limits or has lost something
├── KnowledgeError                the postmortem store is locked, broken or unreadable
└── PrerequisiteError             a program or package that this command needs is not installed
"""

from __future__ import annotations


class WhydownError(Exception):
    """Base of all expected failures.

    Args:
        problem: what is wrong, one line, without a trailing full stop.
        remedy: what the user can do about it, one line; may be empty.
    """

    exit_code = 1

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}: {self.remedy}" if self.remedy else self.problem


class InputError(WhydownError):
    """What the user gave cannot be used."""

    exit_code = 2


class FolderError(InputError):
    """No such incident folder, or nothing usable in it."""


class FormatError(InputError):
    """A file is truncated, foreign, or has wrong columns or types."""


class WindowError(InputError):
    """A time window is empty, inverted or outside the data."""


class UnknownServiceError(InputError):
    """A service that no signal mentions."""


class ConfigError(WhydownError):
    """The configuration file, an environment variable or a flag is wrong."""

    exit_code = 2


class SourceError(WhydownError):
    """A telemetry backend is dead, refuses or is too slow."""

    exit_code = 3


class RunError(WhydownError):
    """A run folder is missing, locked or cannot be resumed."""

    exit_code = 3


class CollectorError(WhydownError):
    """The receiver cannot bind its port or write its spool."""

    exit_code = 3


class ModelError(WhydownError):
    """The language model is missing, refuses or answers nonsense.

    Args:
        problem: as for all.
        remedy: as for all.
        prompt_tokens: what was spent all the same, in tokens read.
        completion_tokens: the same in tokens written.
    """

    exit_code = 3

    def __init__(self, problem: str, remedy: str = "", prompt_tokens: int = 0, completion_tokens: int = 0) -> None:
        super().__init__(problem, remedy)
        self.prompt_tokens = prompt_tokens
        self.completion_tokens = completion_tokens


class ModelUnreachableError(ModelError):
    """Nothing answers at the endpoint, or it is broken."""


class ModelAccessError(ModelError):
    """The key is missing or wrong."""


class ModelRateLimitError(ModelError):
    """Too many requests or tokens, also after retries."""


class ModelOverflowError(ModelError):
    """The prompt is longer than the model's context."""


class ModelTimeoutError(ModelError):
    """No complete answer within the time given."""


class ModelRefusedError(ModelError):
    """The endpoint does not know the model or rejects the request."""


class ModelAnswerError(ModelError):
    """The answer is not what was asked for, also after a repair."""


class CodeHostError(WhydownError):
    """The code host (GitHub) is dead, refuses, limits or has lost something.

    Args:
        problem: as for all.
        remedy: as for all.
        status: HTTP status of its answer, 0 when there was none.
    """

    exit_code = 3

    def __init__(self, problem: str, remedy: str = "", status: int = 0) -> None:
        super().__init__(problem, remedy)
        self.status = status


class KnowledgeError(WhydownError):
    """The postmortem store is locked, broken or unreadable."""

    exit_code = 3


class PrerequisiteError(WhydownError):
    """A program or package that this command needs is not installed."""

    exit_code = 4
