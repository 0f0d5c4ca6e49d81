"""Runs: one execution each of a revision for an issue, who holds it, and how its steps stand.

Whoever writes to a run names the fence of the lease it writes under; an older one changes no row, whatever came between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from runlore.errors import NoSuchName, StaleLease
from runlore.model.run import Lease, Run, RunState, RunStep, StepReport
from runlore.record.canonical import hash_value, parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.narrow import narrow

_SELECT: Final = (
    "SELECT number, issue, document, revision, pack, worker, state, holder, fence, until, nonce, inputs, created, started, ended, outcome, transcript"
    " FROM runs WHERE company = :company AND "
)


def create_run(tx: Transaction, run: Run, steps: Sequence[RunStep], now: int) -> Run:
    """Keep a new run with its steps and give it its number (that of ``run`` is not used)."""
    last = tx.one("SELECT max(number) FROM runs WHERE company = :company", company=run.company)
    made = replace(run, number=((last[0] if last else 0) or 0) + 1, created=now)
    tx.run(
        "INSERT INTO runs (company, number, issue, document, revision, pack, worker, state, holder, fence, until, nonce, inputs, created, started,"
        " ended, outcome, transcript) VALUES (:company, :number, :issue, :document, :revision, :pack, :worker, :state, :holder, :fence, :until,"
        " :nonce, :inputs, :created, :started, :ended, :outcome, :transcript)",
        company=made.company,
        number=made.number,
        issue=made.issue,
        document=made.document,
        revision=made.revision,
        pack=made.pack,
        worker=made.worker,
        state=made.state,
        holder=made.lease.holder,
        fence=made.lease.fence,
        until=made.lease.until,
        nonce=made.nonce,
        inputs=render_json(made.inputs),
        created=made.created,
        started=made.started,
        ended=made.ended,
        outcome=made.outcome,
        transcript=made.transcript,
    )
    for step in steps:
        tx.run(
            "INSERT INTO run_steps (company, run, step, state, why, attempts, started, ended, result, judged)"
            " VALUES (:company, :run, :step, :state, :why, :attempts, :started, :ended, :result, :judged)",
            **_step_values(made, step),
        )
    body = {
        "issue": made.issue,
        "document": made.document,
        "revision": made.revision,
        "state": made.state,
        "holder": made.lease.holder,
        "fence": made.lease.fence,
        "nonce": hash_value(made.nonce),
        "inputs": inputs_digest(made.inputs),
    }
    append(tx, made.company, made.worker, "run-created", f"run {made.number}", body, now)
    return made


def find_run(tx: Transaction, company: str, number: int) -> Run | None:
    """Find a run by its number; None where there is none."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    return _run(company, row) if row else None


def get_run(tx: Transaction, company: str, number: int) -> Run:
    """Give a run by its number; raises NoSuchName."""
    found = find_run(tx, company, number)
    if found is None:
        raise NoSuchName("run", str(number))
    return found


def list_runs(
    tx: Transaction,
    company: str,
    *,
    state: RunState | None = None,
    issue: int = 0,
    document: str = "",
    worker: str = "",
) -> tuple[Run, ...]:
    """List runs by number: all, or those in a state, of an issue, of a document, or held by or made for a worker."""
    conditions, given = narrow(state=state, issue=issue or None, document=document or None)
    if worker:
        conditions += " AND (worker = :worker OR holder = :worker)"
        given["worker"] = worker
    rows = tx.all(f"{_SELECT}{conditions.removeprefix(' AND ') or '1 = 1'} ORDER BY number", company=company, **given)
    return tuple(_run(company, row) for row in rows)


def list_steps(tx: Transaction, company: str, run: int) -> tuple[RunStep, ...]:
    """List the steps of a run as they stand, by number."""
    rows = tx.all(
        "SELECT step, state, why, attempts, started, ended, result, judged FROM run_steps WHERE company = :company AND run = :run ORDER BY step",
        company=company,
        run=run,
    )
    return tuple(
        RunStep(number, state, why, attempts, started, ended, parse_json(result), tuple(parse_json(judged)))
        for number, state, why, attempts, started, ended, result, judged in rows
    )


def list_reports(tx: Transaction, company: str, run: int) -> tuple[tuple[StepReport, str, int], ...]:
    """List every report that counted, in its order, each with who made it (id) and when."""
    rows = tx.all(
        'SELECT step, kind, why, result, judged, "by", at FROM reports WHERE company = :company AND run = :run ORDER BY seq',
        company=company,
        run=run,
    )
    return tuple(
        (StepReport(step, kind, why, parse_json(result), tuple(parse_json(judged))), by, at)
        for step, kind, why, result, judged, by, at in rows
    )


def list_workers(tx: Transaction, company: str, number: int) -> tuple[str, ...]:
    """List the ids of everyone who has worked on a run: who started it, who holds it, and who reported on it in between."""
    run = get_run(tx, company, number)
    rows = tx.all(
        'SELECT DISTINCT "by" FROM reports WHERE company = :company AND run = :run', company=company, run=number
    )
    return tuple(sorted({run.worker, run.lease.holder, *(str(row[0]) for row in rows)} - {""}))


def change_lease(tx: Transaction, run: Run, lease: Lease, by: str, now: int, kind: str = "run-taken") -> Run:
    """Give a run another lease; ``kind`` names the event, empty for a mere renewal, which leaves none. Raises StaleLease where the fence moved meanwhile."""
    changed = tx.run(
        "UPDATE runs SET holder = :holder, fence = :fence, until = :until WHERE company = :company AND number = :number AND fence = :was",
        company=run.company,
        number=run.number,
        holder=lease.holder,
        fence=lease.fence,
        until=lease.until,
        was=run.lease.fence,
    )
    if not changed:
        raise StaleLease(run.number, "it was taken by another worker meanwhile")
    if kind:
        append(tx, run.company, by, kind, f"run {run.number}", {"holder": lease.holder, "fence": lease.fence}, now)
    return replace(run, lease=lease)


def change_state(
    tx: Transaction, run: Run, state: RunState, by: str, now: int, *, outcome: str = "", transcript: str = ""
) -> Run:
    """Move a run on: from blocked to running, or to its end with an outcome. Raises StaleLease where its fence moved meanwhile."""
    ended = 0 if state in ("blocked", "running") else now
    after = replace(
        run,
        state=state,
        started=run.started or (now if state == "running" else 0),
        ended=ended,
        outcome=outcome or run.outcome,
        transcript=transcript or run.transcript,
    )
    changed = tx.run(
        "UPDATE runs SET state = :state, started = :started, ended = :ended, outcome = :outcome, transcript = :transcript"
        " WHERE company = :company AND number = :number AND fence = :fence",
        company=run.company,
        number=run.number,
        state=state,
        started=after.started,
        ended=after.ended,
        outcome=after.outcome,
        transcript=after.transcript,
        fence=run.lease.fence,
    )
    if not changed:
        raise StaleLease(run.number, "it was taken by another worker meanwhile")
    append(tx, run.company, by, f"run-{state}", f"run {run.number}", {"outcome": after.outcome}, now)
    return after


def change_inputs(tx: Transaction, run: Run, inputs: Sequence[tuple[str, str]], by: str, now: int) -> Run:
    """Put the values of a run's inputs in the place of those it had."""
    given = tuple((name, value) for name, value in inputs)
    tx.run(
        "UPDATE runs SET inputs = :inputs WHERE company = :company AND number = :number",
        company=run.company,
        number=run.number,
        inputs=render_json(given),
    )
    body = {"names": [name for name, _ in given], "inputs": inputs_digest(given)}
    append(tx, run.company, by, "run-inputs", f"run {run.number}", body, now)
    return replace(run, inputs=given)


def inputs_digest(inputs: Sequence[tuple[str, str]]) -> str:
    """Give the hash of a run's inputs, by which the log knows them."""
    return hash_value(["inputs/1", [list(pair) for pair in inputs]])


def write_report(tx: Transaction, run: Run, report: StepReport, step: RunStep, by: str, now: int) -> None:
    """Keep a report that counted, and the step as it stands after it."""
    last = tx.one(
        "SELECT max(seq) FROM reports WHERE company = :company AND run = :run", company=run.company, run=run.number
    )
    tx.run(
        'INSERT INTO reports (company, run, seq, step, kind, why, result, judged, "by", fence, at)'
        " VALUES (:company, :run, :seq, :step, :kind, :why, :result, :judged, :by, :fence, :at)",
        company=run.company,
        run=run.number,
        seq=((last[0] if last else 0) or 0) + 1,
        step=report.step,
        kind=report.kind,
        why=report.why,
        result=render_json(report.result),
        judged=render_json(report.judged),
        by=by,
        fence=run.lease.fence,
        at=now,
    )
    tx.run(
        "UPDATE run_steps SET state = :state, why = :why, attempts = :attempts, started = :started, ended = :ended, result = :result,"
        " judged = :judged WHERE company = :company AND run = :run AND step = :step",
        **_step_values(run, step),
    )
    body = {"why": report.why, "report": report_digest(report)}
    append(tx, run.company, by, f"step-{report.kind}", f"run {run.number} step {report.step}", body, now)


def report_digest(report: StepReport) -> str:
    """Give the hash of all that a report says, by which the log knows it."""
    return hash_value(["report/1", report.step, report.kind, report.why, report.result, list(report.judged)])


def _step_values(run: Run, step: RunStep) -> dict[str, Any]:
    return {
        "company": run.company,
        "run": run.number,
        "step": step.number,
        "state": step.state,
        "why": step.why,
        "attempts": step.attempts,
        "started": step.started,
        "ended": step.ended,
        "result": render_json(step.result),
        "judged": render_json(step.judged),
    }


def _run(company: str, row: Row) -> Run:
    (number, issue, document, revision, pack, worker, state, holder, fence, until, nonce, inputs, created, started, ended, outcome, transcript) = row  # fmt: skip
    pairs = tuple((str(name), str(value)) for name, value in parse_json(inputs))
    return Run(
        company, number, issue, document, revision, pack, worker, state, Lease(holder, fence, until), nonce, pairs,
        created, started, ended, outcome, transcript,
    )  # fmt: skip
