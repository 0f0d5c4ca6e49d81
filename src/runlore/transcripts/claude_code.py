"""Claude Code sessions: one JSON object a line, appended while the session runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runlore.transcripts.base import Head, Line, Reading

name = "claude-code"


def detect(head: Head) -> bool:
    """Say whether the lines are records of a Claude Code session."""
    return any(b'"sessionId"' in line and b'"uuid"' in line for line in head.lines)


def read(file: str, lines: Iterable[Line]) -> Iterator[Reading]:
    """Read one session file; gives one reading."""
    yield from ()
