"""What a reader is, and what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from runlore.model import Transcript

Line = tuple[int, bytes]
"""A line's number in its file, from 1, and its bytes without the line end, redacted."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a file, enough to tell its format: its name, its first lines, and whether the whole file is one JSON document.

    ``lines`` are at most the first 50 non-empty lines (each cut at 1 MiB). For a file that is one JSON document
    (starts with ``{`` or ``[`` and does not parse line by line), ``document`` is its parsed value.
    """

    file: str
    lines: tuple[bytes, ...]
    document: object | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A transcript and its archived form: the (redacted) lines that its events' line numbers count, from 1.

    A session format gives one reading with all the lines of its file. A chat file with one conversation a line gives one reading a
    line, archived as that line alone. A file that is one JSON document is archived as one compact line.
    ``cut`` is set where the last line was torn.
    """

    transcript: Transcript
    lines: tuple[bytes, ...]
    cut: bool = False


class Reader(Protocol):
    """A transcript format. Readers never raise on content: what they cannot use is counted in ``Counts``."""

    name: str

    def detect(self, head: Head) -> bool:
        """Say whether the file looks like this format. Readers are asked in the order of READERS."""
        ...

    def read(self, file: str, lines: Iterable[Line]) -> Iterator[Reading]:
        """Read the lines of one file as a stream."""
        ...
