"""Dataset: runbooks as training data: what was asked for, the context that belongs to it, the run that went well, and how it ended.

One JSON object a line (runlore/schemas/dataset.schema.json), redacted once more on the way out:

1. of every mined case that went well and that a published runbook was made from: its request, the pack for it, its events;
2. of every issue that was done: its request and the very pack that was given with it. Its run is the mined case whose request names the issue, or none.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from runlore.actions.caller import Caller
from runlore.actions.compose import BUDGET, Choice, compose
from runlore.actions.drafts import example_events
from runlore.actions.issues import read_pack
from runlore.actions.machine_form import source_form
from runlore.actions.redact import open_redactor
from runlore.context.packing.form import pack_form
from runlore.context.packing.wording import same_words
from runlore.corpus.findings import find_findings
from runlore.corpus.index import list_all, open_index
from runlore.errors import StoreError
from runlore.model import CaseReference, Event, Workflow
from runlore.model.issue import Issue
from runlore.model.pack import ContextPack, PackRequest
from runlore.record.assignments import find_current
from runlore.record.documents import find_document
from runlore.record.issues import list_issues
from runlore.runbooks.formats.places import name_of

FILE: Final = "dataset.jsonl"
VERSION: Final = 1
_TELLING: Final = 12
"""Characters from which on the title of an issue is telling enough to be found in a request."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the file, its rows, how many of them hold a run, how many cases had to be left out because their transcript is gone."""

    file: Path
    rows: int
    with_run: int
    gone: int


@dataclass(frozen=True, slots=True)
class _Case:
    """A case that went well, with its events and the runbook that was made from it."""

    runbook: str
    reference: CaseReference
    events: tuple[Event, ...]


def export_dataset(caller: Caller, folder: Path, budget: int = BUDGET) -> Exported:
    """Write the rows to ``dataset.jsonl`` in a folder, beside and then moved. Raises NotAllowed, BudgetTooSmall, StoreError."""
    caller.require("read", "export the library")
    cases, gone = _list_cases(caller)
    redactor = open_redactor(caller.settings)
    target = folder / FILE
    beside = target.with_name(f".{FILE}.{os.getpid()}")
    rows = with_run = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as sink:
            for row in _list_rows(caller, cases, budget):
                sink.write(redactor.redact(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")) + b"\n")
                rows += 1
                with_run += row["run"] is not None
        os.replace(beside, target)
    except OSError as error:
        raise StoreError(str(target), error.strerror or str(error)) from error
    finally:
        beside.unlink(missing_ok=True)
    return Exported(target, rows, with_run, gone)


def _list_rows(caller: Caller, cases: tuple[_Case, ...], budget: int) -> Iterator[dict[str, Any]]:
    for case in cases:
        title, _, body = case.reference.request.strip().partition("\n")
        choice = Choice(runbook=case.runbook, why="has served this request")
        made = compose(caller, PackRequest("request", title, body), budget=budget, choice=choice)
        yield _row(f"case {case.reference.session}", case.reference.request, made, case, "good")
    for issue, made in _list_done(caller):
        request = f"{issue.title}\n\n{issue.body}".strip()
        yield _row(f"issue {issue.number}", request, made, _find_case(issue, made, cases), issue.outcome)


def _row(id: str, request: str, made: ContextPack, case: _Case | None, outcome: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "id": id,
        "request": request,
        "pack": pack_form(made),
        "run": _run_form(case) if case else None,
        "outcome": outcome,
        "sources": [source_form(source) for source in case.reference.sources] if case else [],
    }


def _run_form(case: _Case) -> dict[str, Any]:
    return {
        "runbook": case.runbook,
        "session": case.reference.session,
        "transcript": case.reference.transcript,
        "seconds": case.reference.seconds,
        "tokens": case.reference.tokens,
        "events": [msgspec.to_builtins(event) for event in case.events],
    }


def _list_cases(caller: Caller) -> tuple[tuple[_Case, ...], int]:
    """List the good cases of workflows whose runbook is published, by runbook and then in the order of mining; and how many are gone."""
    home = caller.settings.home
    findings = find_findings(home)
    if findings is None:
        return (), 0
    with open_index(home) as index:
        entries = {entry.hash: entry for entry in list_all(index)}
    cases: list[_Case] = []
    gone = 0
    for runbook, workflow in _list_published(caller, findings.workflows):
        for reference in workflow.cases:
            if reference.good and reference.request.strip():
                events = example_events(home, reference, entries)
                gone += not events
                cases += [_Case(runbook, reference, events)] if events else []
    return tuple(cases), gone


def _list_published(caller: Caller, workflows: tuple[Workflow, ...]) -> Iterator[tuple[str, Workflow]]:
    with caller.record.read() as tx:
        for workflow in sorted(workflows, key=lambda w: w.name):
            document = find_document(tx, caller.company, f"runbooks/{name_of(workflow.name)}")
            if document is not None and document.head and not document.retired:
                yield document.id, workflow


def _list_done(caller: Caller) -> tuple[tuple[Issue, ContextPack], ...]:
    with caller.record.read() as tx:
        found: list[tuple[Issue, ContextPack]] = []
        for issue in list_issues(tx, caller.company, "closed"):
            assignment = find_current(tx, caller.company, issue.number) if issue.outcome == "done" else None
            if assignment is not None:
                found.append((issue, read_pack(tx, assignment)))
        return tuple(found)


def _find_case(issue: Issue, made: ContextPack, cases: tuple[_Case, ...]) -> _Case | None:
    """Find the case that did an issue: one of the pack's runbook whose request names the issue by its URL, its key or its whole title."""
    title = same_words(issue.title)
    for case in cases:
        request = case.reference.request
        by_name = any(name and name in request for name in (issue.url, issue.key))
        by_title = len(title) >= _TELLING and title in same_words(request)
        if case.runbook == made.runbook and (by_name or by_title):
            return case
    return None
