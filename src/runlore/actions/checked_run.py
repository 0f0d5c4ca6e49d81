"""The transcript of a run against its runbook: the case that is the run's, how far it went by it, and what it cost as the host measured it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runlore.actions.caller import Caller
from runlore.actions.reading import read_transcripts
from runlore.actions.run_view import RunView
from runlore.mining.conformance.check import Experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import plan_of_runbook
from runlore.mining.words import content_words
from runlore.model import Event, Problem
from runlore.model.conformance import Checked


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run's transcript shows: its hash; the case that is the run's, checked (None where there is none); the billed tokens (None where the host
    records none); how often a person stopped, corrected or refused."""

    transcript: str
    checked: Checked | None
    tokens: int | None
    corrections: int


def measure_run(caller: Caller, view: RunView, transcript: Path) -> Measured:
    """Measure the run's transcript against the run's own runbook: of its cases the one that acted, the last of several.

    Raises NothingToRead where there is no such file.
    """
    plan = plan_of_runbook(view.runbook, content_words(view.runbook.title))
    library = Library((plan,))
    best: Checked | None = None
    hash = ""
    events: list[Event] = []
    for item in read_transcripts(caller.settings, [transcript]):
        if isinstance(item, Problem):
            continue
        hash = item.hash
        events.extend(e for e in item.events if not e.time or e.time * 1e6 >= view.run.started - 60_000_000)
        for watched in watch_transcript(item, library, Experience(), plan.name, dict(view.run.inputs)):
            if best is None or watched.checked.acted or not best.acted:
                best = watched.checked
    tokens = sum(e.tokens for e in events)
    corrections = sum(e.kind in ("interrupt", "steer") or e.outcome == "rejected" for e in events)
    return Measured(hash, best, tokens or None, corrections)
