"""A transcript: one agent session as its host recorded it, read."""

from __future__ import annotations

import msgspec

from runlore.model.event import Event


class Counts(msgspec.Struct, frozen=True, omit_defaults=False):
    """Raw counts of one transcript file as it lies there, before anything is de-duplicated.

    How each is counted stands in docs/reference/transcripts.md. ``unknown`` maps a kind of record that the reader does
    not know to how often it stands there; ``unreadable`` counts lines that are no JSON at all.
    """

    records: int = 0
    prompts: int = 0
    tool_calls: int = 0
    tool_errors: int = 0
    rejections: int = 0
    interrupts: int = 0
    compactions: int = 0
    unknown: dict[str, int] = {}
    unreadable: int = 0


class Transcript(msgspec.Struct, frozen=True):
    """One session: what the reader made of it.

    ``session`` is the session's own id (chat transcripts: their ``id``, else the file's stem and line).
    ``parent`` is the session that started this one as a subagent, ``""`` otherwise.
    ``reward`` is the outcome on record where the transcript carries one (1.0 is success), else None.
    ``hash`` is the content hash of the archived form, set by the corpus. ``agent`` tells which agent worked, by its name and model, where
    the transcript says so.
    """

    file: str
    format: str
    session: str
    counts: Counts
    events: tuple[Event, ...]
    parent: str = ""
    project: str = ""
    started: float = 0.0
    ended: float = 0.0
    reward: float | None = None
    hash: str = ""
    agent: str = ""
