"""CI logs in which a person marked the lines that tell why the build failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tools.errors import FormatError

COLUMNS = ("id", "repo", "language", "log", "line_start", "line_end")


@dataclass(frozen=True, slots=True)
class LabelledLog:
    """One failed log; lines first..last, both included and counted from 1, are the person's."""

    id: str
    repo: str
    language: str
    log: str
    first: int
    last: int

    def without_text(self) -> LabelledLog:
        """Return the labels alone; the texts of a whole set would fill the memory."""
        return replace(self, log="")


def read_logs(path: Path) -> Iterator[LabelledLog]:
    """Yield the logs of a Parquet file, or of all Parquet files of a folder, in order.

    Raises:
        FormatError: there is no such file, or a column is missing.
    """
    import pyarrow.parquet as pq
    from pyarrow import ArrowInvalid

    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise FormatError(f"no Parquet file at {path}", f"give files with the columns {', '.join(COLUMNS)}")
    for file in files:
        try:
            table = pq.ParquetFile(file)
            missing = sorted(set(COLUMNS) - set(table.schema_arrow.names))
        except ArrowInvalid as error:
            raise FormatError(f"{file} is not a Parquet file", str(error).splitlines()[0]) from error
        if missing:
            raise FormatError(f"{file} lacks {', '.join(missing)}", f"needed: {', '.join(COLUMNS)}")
        for batch in table.iter_batches(batch_size=32, columns=list(COLUMNS)):
            for row in batch.to_pylist():
                yield LabelledLog(
                    row["id"], row["repo"], row["language"], row["log"], int(row["line_start"]), int(row["line_end"])
                )
