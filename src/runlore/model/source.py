"""Where a piece of evidence stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """One place in an archived transcript.

    ``transcript`` is the content hash of the archived form (``sha256:…``), ``line`` counts from 1 within
    that form, ``index`` counts from 0 within the line where one line holds many messages.
    """

    transcript: str
    line: int
    index: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a line of a runbook is known: seen in ``support[0]`` of ``support[1]`` cases, at ``sources``.

    For a guard ``precision`` is the share of what it stops in cases held out that was no good act, ``counter`` a good act in spite of it.
    """

    support: tuple[int, int]
    sources: tuple[Source, ...] = ()
    precision: float | None = None
    counter: Source | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what a person gave us: where, which kind, what it is, what to do.

    ``slug`` has a heading in the reference. ``line`` is 0 where no line applies. ``level`` is
    ``error`` or ``warning``.
    """

    file: str
    line: int
    slug: str
    message: str
    level: str = "error"
