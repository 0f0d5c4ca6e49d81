"""Replay: the recorded runs of a runbook, walked again under another text of it. What counted before must still count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runlore.actions.run_view import RunView, facts_of, view_run
from runlore.debriefing.gate import Replayed
from runlore.model.run import RunStep
from runlore.model.runbook import Runbook
from runlore.record.database import Transaction
from runlore.record.runs import list_reports, list_runs
from runlore.running.order import open_steps
from runlore.running.report import apply_report, check_report

MOST_RUNS = 200
"""Recorded runs that are walked again, the latest."""
_WORKER = frozenset({"proof-missing", "proof-low", "proof-other", "approval-missing", "approval-stale"})
"""Refusals that a recorded run could not have met: what was asked for did not stand in its runbook yet. A guard is met by what the run saw."""


def replay_runs(
    tx: Transaction, company: str, document: str, before: Runbook, after: Runbook, claimed: frozenset[int]
) -> Iterator[Replayed]:
    """Walk the recorded runs of a document again, under the base and under the revision.

    ``claimed`` are the numbers of the runs whose failures the revision claims to prevent. A run's score is the share of its reports that count.
    """
    ended = [r for r in list_runs(tx, company, document=document) if r.ended][-MOST_RUNS:]
    for run in ended:
        view = view_run(tx, company, run.number)
        well = run.state == "done" and run.outcome == "complete"
        yield Replayed(
            f"run {run.number}",
            _score(tx, replace(view, runbook=before)),
            _score(tx, replace(view, runbook=after)),
            well,
            run.number in claimed,
        )


def _score(tx: Transaction, view: RunView) -> float:
    """The share of a run's reports that count under the runbook of the view, in the order in which they came."""
    steps: tuple[RunStep, ...] = open_steps(view.runbook)
    numbers = {s.number for s in steps}
    reports = [r for r, _, _ in list_reports(tx, view.run.company, view.run.number)]
    counted = 0
    for report in reports:
        if report.step not in numbers:
            continue
        walked = replace(view, steps=steps)
        facts = facts_of(walked, report.step, report.result, view.run.ended)
        against = [
            p
            for p in check_report(view.runbook, steps, report, facts, view.where)
            if p.slug not in _WORKER and p.slug != "judgement-missing"
        ]
        if not against:
            counted += 1
            steps = tuple(apply_report(s, report, view.run.ended) if s.number == report.step else s for s in steps)
    return counted / len(reports) if reports else 1.0
