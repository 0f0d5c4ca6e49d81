"""Check: how far sessions did what the runbooks say, case by case, with the reasons."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runlore.actions.machine_form import source_form
from runlore.actions.reading import read_transcripts
from runlore.actions.runbooks import get_experience, get_library
from runlore.errors import NothingToRead, UsageError
from runlore.mining.conformance.check import watch_transcript
from runlore.model import Problem
from runlore.model.conformance import Checked, Deviation
from runlore.model.moments import parse_moment
from runlore.settings import Settings

_SPAN = re.compile(r"(\d{1,5})\s*([mhdw])")
_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What to check: the transcripts under ``paths`` (none: what the hosts of this machine wrote) from ``since`` on, in seconds since the epoch;
    against the runbook of that ``name``, else against the one that fits each case."""

    paths: tuple[Path, ...] = ()
    since: float = 0.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The cases, in the order of the transcripts, and what is wrong with the input."""

    checked: tuple[Checked, ...]
    problems: tuple[Problem, ...]

    def has(self, kind: str) -> bool:
        """Say whether any case has a deviation of a kind, named by its first word: ``guard`` for ``guard ignored``."""
        return any(d.kind.split()[0] == kind for c in self.checked for d in c.deviations)


def check(settings: Settings, request: CheckRequest) -> CheckResult:
    """Check every case of the transcripts. Nothing of them is kept, and an outcome on record is not looked at.

    Raises NotYetMined where there is no runbook to check against, NoSuchName, NothingToRead.
    """
    library = get_library(settings, request.name)
    experience = get_experience(settings, library)
    checked: list[Checked] = []
    problems: list[Problem] = []
    for item in read_transcripts(settings, request.paths, request.since):
        if isinstance(item, Problem):
            problems.append(item)
            continue
        if request.since and item.ended and item.ended < request.since:
            continue
        checked.extend(watched.checked for watched in watch_transcript(item, library, experience, request.name))
    if not checked and request.paths and not request.since:
        raise NothingToRead(
            ", ".join(str(p) for p in request.paths), "no transcript with a case was found there that Runlore can read."
        )
    return CheckResult(tuple(checked), tuple(problems))


def parse_since(text: str, now: float) -> float:
    """Read how far back to look: a span (``45m``, ``24h``, ``7d``, ``2w``) or a day (``2026-03-01``); raises UsageError."""
    span = _SPAN.fullmatch(text.strip().lower())
    if span:
        return now - int(span[1]) * _SECONDS[span[2]]
    day = parse_moment(text.strip())
    if day is None:
        raise UsageError(f"--since {text!r} is neither a span such as 45m, 24h, 7d, 2w nor a day such as 2026-03-01.")
    return day


def checked_form(checked: Checked) -> dict[str, Any]:
    """The machine form of a checked case (docs/reference/machine-form.md)."""
    return {
        "case": checked.case,
        "session": checked.session,
        "runbook": checked.runbook or None,
        "score": checked.score,
        "should_act": checked.should_act,
        "acted": checked.acted,
        "deviations": [_deviation_form(d) for d in checked.deviations],
    }


def _deviation_form(deviation: Deviation) -> dict[str, Any]:
    return {
        "kind": deviation.kind,
        "step": deviation.step or None,
        "text": deviation.text,
        "weight": deviation.weight,
        "sources": [source_form(s) for s in deviation.sources],
    }
