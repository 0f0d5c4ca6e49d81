"""What a report is made from: everything that mining found, and what it was found in."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.model import Fact, Workflow


@dataclass(frozen=True, slots=True)
class Report:
    """The result of mining with its totals, ready to be drawn.

    ``generated`` is the day or moment to print, as text; nothing here asks a clock. ``sessions``, ``cases``,
    ``events``, ``tokens`` and ``seconds`` count everything that was read, repeated or not (0 where the transcripts do
    not say). ``repeated`` are the
    cases, tokens and seconds of it that repeat, where they were measured (None: counted from the workflows' cases). ``formats`` holds pairs of a format's name and its number of sessions. ``unreadable`` counts lines that
    were no JSON, ``unknown`` records that no reader knows. ``origins`` maps a transcript's hash to its session's id.
    """

    workflows: tuple[Workflow, ...]
    facts: tuple[Fact, ...]
    generated: str
    sessions: int
    cases: int
    events: int = 0
    tokens: int = 0
    seconds: float = 0.0
    repeated: tuple[int, int, float] | None = None
    formats: tuple[tuple[str, int], ...] = ()
    unreadable: int = 0
    unknown: int = 0
    origins: tuple[tuple[str, str], ...] = ()
    title: str = "The work that repeats"
