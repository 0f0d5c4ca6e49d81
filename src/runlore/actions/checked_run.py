"""The transcript of a run against its runbook: the case that is the run's, and how far it went by it."""

from __future__ import annotations

from pathlib import Path

from runlore.actions.caller import Caller
from runlore.actions.reading import read_transcripts
from runlore.actions.run_view import RunView
from runlore.mining.conformance.check import Experience, watch_transcript
from runlore.mining.conformance.find import Library
from runlore.mining.conformance.plan import plan_of_runbook
from runlore.mining.words import content_words
from runlore.model import Problem
from runlore.model.conformance import Checked


def check_run(caller: Caller, view: RunView, transcript: Path) -> tuple[Checked | None, str]:
    """Check the run's transcript against the run's own runbook: of its cases the one that acted, the last of several; and the transcript's hash.

    Raises NothingToRead where there is no such file.
    """
    plan = plan_of_runbook(view.runbook, content_words(view.runbook.title))
    library = Library((plan,))
    best: Checked | None = None
    hash = ""
    for item in read_transcripts(caller.settings, [transcript]):
        if isinstance(item, Problem):
            continue
        hash = item.hash
        for watched in watch_transcript(item, library, Experience(), plan.name, dict(view.run.inputs)):
            if best is None or watched.checked.acted or not best.acted:
                best = watched.checked
    return best, hash
