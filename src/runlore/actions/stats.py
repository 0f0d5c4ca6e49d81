"""Stats: what runbooks cost and save, per revision, against the cases that were mined before they existed; nothing is estimated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.read import resolve
from runlore.corpus.findings import find_findings
from runlore.debriefing.figures import Compared, RunFigures, Summary, compare, judge_change, summarise
from runlore.model import Workflow
from runlore.model.run import Run
from runlore.record.approvals import list_approvals
from runlore.record.database import Transaction
from runlore.record.escalations import list_escalations
from runlore.record.events import list_events_about
from runlore.record.proposals import get_proposal
from runlore.record.revisions import list_revisions
from runlore.record.runs import list_reports, list_runs


@dataclass(frozen=True, slots=True)
class RevisionFigures:
    """The runs of one revision (number and hash), against what came before; ``judged`` holds the verdicts after 3, 10 and 30 runs."""

    number: int
    revision: str
    summary: Summary
    compared: tuple[Compared, ...]
    judged: tuple[tuple[int, tuple[Compared, ...]], ...]


@dataclass(frozen=True, slots=True)
class RunbookFigures:
    """A runbook's figures: the cases from before it existed, each revision that was run, all runs together against those cases, and runs still open."""

    document: str
    before: Summary
    revisions: tuple[RevisionFigures, ...]
    together: Summary
    compared: tuple[Compared, ...]
    unfinished: int


def stats(caller: Caller, name: str = "") -> tuple[RunbookFigures, ...]:
    """Give the figures of a runbook, or of all that were run. Raises NotAllowed, NoSuchName."""
    caller.require("read", "read figures")
    with caller.record.read() as tx:
        wanted = resolve(tx, caller, name).id if name else ""
        runs = list_runs(tx, caller.company, document=wanted)
        documents = sorted({r.document for r in runs} | ({wanted} if wanted else set()))
        return tuple(
            _figures(tx, caller, document, [r for r in runs if r.document == document]) for document in documents
        )


def _figures(tx: Transaction, caller: Caller, document: str, runs: list[Run]) -> RunbookFigures:
    measured = [_measure(tx, run) for run in runs if run.ended and run.state != "dropped" and run.started]
    earlier = list(_earlier(tx, caller, document))
    revisions = list_revisions(tx, caller.company, document)
    order = [r.hash for r in revisions]
    found: list[RevisionFigures] = []
    for revision in revisions:
        own = [m for m in measured if m.revision == revision.hash]
        if not own:
            continue
        before = [m for m in measured if m.revision == revision.parent] or earlier
        judged = judge_change(measured, revision.hash, order)
        found.append(RevisionFigures(revision.number, revision.hash, summarise(own), compare(before, own), judged))
    return RunbookFigures(
        document,
        summarise(earlier),
        tuple(found),
        summarise(measured),
        compare(earlier, measured),
        sum(not r.ended for r in runs),
    )


def _measure(tx: Transaction, run: Run) -> RunFigures:
    told = list_events_about(tx, run.company, (f"run {run.number}",))
    check = next((e for e in reversed(told) if e.kind == "run-checked"), None)
    reports = list_reports(tx, run.company, run.number)
    approvals = list_approvals(tx, run.company, run=run.number)
    escalations = list_escalations(tx, run.company, run=run.number)
    waits = [a.answered - a.created for a in approvals if a.answered] + [
        e.answered - e.created for e in escalations if e.answered
    ]
    body = check.body if check else {}
    return RunFigures(
        f"run {run.number}",
        run.revision,
        run.state == "done" and run.outcome == "complete",
        (run.ended - run.started) / 1e6,
        body.get("tokens"),
        sum(r.kind == "failed" for r, _, _ in reports),
        body.get("deviations"),
        len(approvals),
        len(escalations),
        sum(a.state == "rejected" for a in approvals),
        body.get("corrections"),
        sum(waits) / 1e6,
    )


def _earlier(tx: Transaction, caller: Caller, document: str) -> Iterator[RunFigures]:
    """The cases from which the runbook was mined: of the workflow that its first proposal came from, as this home's findings know it."""
    findings = find_findings(caller.settings.home)
    if findings is None:
        return
    revisions = list_revisions(tx, caller.company, document)
    names = {document.rpartition("/")[2]}
    for revision in revisions[:1]:
        evidence = get_proposal(tx, caller.company, revision.proposal).evidence
        if isinstance(evidence, dict) and isinstance(evidence.get("workflow"), str):
            names.add(evidence["workflow"])
    for workflow in findings.workflows:
        if workflow.name in names:
            yield from _cases(workflow)


def _cases(workflow: Workflow) -> Iterator[RunFigures]:
    for case in workflow.cases:
        places = {(s.transcript, s.line) for s in case.sources}
        failed = sum(any((s.transcript, s.line) in places for s in f.sources) for f in workflow.failure_modes)
        yield RunFigures(f"case {case.session}", "", case.good, case.seconds, case.tokens or None, failed)
