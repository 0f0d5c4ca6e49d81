"""What a run's own record says of it, for its debrief: independent of the worker, at any time after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from runlore.actions.run_view import RunView
from runlore.debriefing.seen import Asked, Departure, Failed, Lacked, Objection, Other, ProofTrouble, Seen
from runlore.model.library import LogEvent
from runlore.record.blobs import get_blob
from runlore.record.canonical import parse_json
from runlore.record.database import Transaction
from runlore.record.events import list_events_about
from runlore.record.principals import get_principal
from runlore.record.runs import list_reports

_STEP = re.compile(r"run \d+ step (\d+)")
_NAME = re.compile(r"`([^`]+)`")
_DEVIATIONS = {"guard ignored", "skipped", "out of order", "wrong source", "added"}


def seen_run(tx: Transaction, view: RunView, told: Mapping[str, str]) -> Seen:
    """Gather what the record holds of a run: reports, refusals, proof, approvals, escalations, preflight, conformance."""
    company, run = view.run.company, view.run
    subject = f"run {run.number}"
    steps = (f"{subject} step {step.number}" for step in view.steps)
    events = list_events_about(tx, company, (subject, *steps))
    return Seen(
        run.document,
        run.state == "done" and run.outcome == "complete",
        True,
        tuple(_failed(tx, view)),
        tuple(_lacked(events, run.number)),
        tuple(_proof(view, events)),
        tuple(_objections(tx, view)),
        tuple(_departures(tx, view)),
        tuple(_asked(view)),
        tuple(_others(tx, view, events)),
        dict(told),
    )


def _failed(tx: Transaction, view: RunView) -> Iterator[Failed]:
    """Each failed report, and what the next report on the same step says that worked."""
    reports = list_reports(tx, view.run.company, view.run.number)
    for at, (report, _, when) in enumerate(reports):
        if report.kind != "failed":
            continue
        later = [r for r, _, _ in reports[at + 1 :] if r.step == report.step]
        helped = next((r.why for r in later if r.kind in ("done", "adapted") and r.why), "")
        sign, _, rest = report.why.partition("→")
        if not helped and any(r.kind == "done" for r in later):
            helped = rest.strip() or "tried again"
        yield Failed(report.step, sign.strip(), helped, {"run": view.run.number, "step": report.step, "at": when})


def _lacked(events: Sequence[LogEvent], number: int) -> Iterator[Lacked]:
    known: set[tuple[str, str]] = set()
    for event in events:
        if event.kind != "run-blocked":
            continue
        for missing in event.body["missing"]:
            slug, message = missing["slug"], missing["message"]
            kind = "credential" if slug.startswith("integration-") else slug.partition("-")[0]
            names = _NAME.findall(message)
            if names and (kind, names[0]) not in known:
                known.add((kind, names[0]))
                yield Lacked(kind, names[0], slug.partition("-")[2], {"run": number, "event": event.seq})


def _proof(view: RunView, events: Sequence[LogEvent]) -> Iterator[ProofTrouble]:
    refused: dict[int, list[str]] = {}
    for event in events:
        step = _STEP.fullmatch(event.subject)
        if event.kind == "report-refused" and step:
            slugs = [s for s in event.body["against"] if s.startswith("proof-")]
            if slugs:
                refused.setdefault(int(step[1]), []).append(", ".join(slugs))
    for number, why in sorted(refused.items()):
        best = max((p for p in view.proofs if p.step == number), key=lambda p: p.level, default=None)
        satisfied = f"{best.kind}, {best.level}: {best.detail}" if best and best.level != "P0" else ""
        evidence = {"run": view.run.number, "step": number}
        yield ProofTrouble(number, len(why), "; ".join(dict.fromkeys(why)), satisfied, evidence)


def _objections(tx: Transaction, view: RunView) -> Iterator[Objection]:
    for asked in view.approvals:
        if asked.state == "rejected":
            who = get_principal(tx, view.run.company, asked.answered_by).name
            evidence = {"run": view.run.number, "step": asked.step, "approval": asked.number, "by": who}
            yield Objection(asked.step, asked.comment, asked.role, _day(asked.answered), evidence)


def _departures(tx: Transaction, view: RunView) -> Iterator[Departure]:
    for step in view.steps:
        if step.state in ("adapted", "skipped"):
            evidence = {"run": view.run.number, "step": step.number}
            yield Departure(step.number, step.state, step.why, view.run.state == "done", evidence)


def _asked(view: RunView) -> Iterator[Asked]:
    for case in view.escalations:
        evidence = {"run": view.run.number, "step": case.step, "escalation": case.number}
        yield Asked(case.step, case.question, case.answer, case.role, evidence)


def _others(tx: Transaction, view: RunView, events: Sequence[LogEvent]) -> Iterator[Other]:
    """What the transcript shows and nobody reported."""
    for event in events:
        if event.kind != "run-checked":
            continue
        stored: dict[str, Any] = parse_json(get_blob(tx, view.run.company, event.body["check"]).decode())
        for deviation in stored["deviations"]:
            if deviation["kind"] in _DEVIATIONS:
                yield Other(deviation["text"], deviation["step"], {"run": view.run.number, "kind": deviation["kind"]})


def _day(at: int) -> str:
    return datetime.fromtimestamp(at / 1e6, UTC).date().isoformat() if at else ""
