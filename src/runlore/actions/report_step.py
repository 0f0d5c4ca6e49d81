"""Report a step: done, failed, skipped or adapted. It counts once, under the fence of the lease, with everything that the step asks for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from runlore.actions.caller import Caller
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.run_view import RunView, facts_of, proved_result, view_run
from runlore.errors import Conflict, StaleLease
from runlore.model import Problem
from runlore.model.run import StepReport
from runlore.record.canonical import parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.events import append
from runlore.record.idempotency import body_digest, find_answer, keep_answer
from runlore.record.runs import change_lease, list_reports, write_report
from runlore.running.lease import Refused, renew
from runlore.running.order import PASSED, SETTLED, ready
from runlore.running.report import apply_report, check_report

LARGEST_RESULT = 1 << 20
"""Characters of a step's own result as JSON; what is larger is attached as a file."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: whether it counts, the problems that stand against it, and which steps are ready now."""

    accepted: bool
    problems: tuple[Problem, ...]
    ready: tuple[int, ...]
    again: bool = False


def report_step(caller: Caller, number: int, report: StepReport, *, fence: int, key: str = "") -> Reported:
    """Report on a step of a run under the fence of its lease.

    A report that does not count changes nothing and says everything that stands against it. The same ``key`` again gives the first answer, under
    whichever lease; the report that settled a step, sent again, is accepted again and changes nothing.
    A report without a result is about the one that was proved.
    Raises NotAllowed, NoSuchName, StaleLease, KeyReused, Conflict where the run is not running.
    """
    caller.require("run", "report on a run")
    clean, problems = _clean(caller, report)
    digest = body_digest({"run": number, "report": asdict(clean)})
    with caller.record.write(caller.company) as tx:
        if key and (answer := find_answer(tx, caller.company, caller.principal.id, key, digest)) is not None:
            return Reported(True, (), tuple(answer["ready"]), again=True)
        view = view_run(tx, caller.company, number)
        check_running(view)
        lease = renew(view.run.lease, caller.principal.id, fence, caller.now)
        if isinstance(lease, Refused):
            raise StaleLease(number, lease.why)
        if _is_there(tx, caller, view, clean):
            return Reported(True, (), ready(view.runbook, view.steps), again=True)
        if clean.result is None and clean.kind in PASSED:
            clean = replace(clean, result=proved_result(view, clean.step))
        facts = facts_of(view, clean.step, clean.result, caller.now)
        against = check_report(view.runbook, view.steps, clean, facts, view.where)
        if against:
            body = {"kind": clean.kind, "against": [p.slug for p in against]}
            append(
                tx,
                caller.company,
                caller.principal.id,
                "report-refused",
                f"{view.where} step {clean.step}",
                body,
                caller.now,
            )
            return Reported(False, (*problems, *against), ready(view.runbook, view.steps))
        run = change_lease(tx, view.run, lease, caller.principal.id, caller.now, kind="")
        step = next(s for s in view.steps if s.number == clean.step)
        after = apply_report(step, clean, caller.now)
        write_report(tx, run, clean, after, caller.principal.id, caller.now)
        steps = tuple(after if s.number == after.number else s for s in view.steps)
        next_steps = ready(view.runbook, steps)
        if key:
            keep_answer(tx, caller.company, caller.principal.id, key, digest, {"ready": list(next_steps)}, caller.now)
    return Reported(True, problems, next_steps)


def _is_there(tx: Transaction, caller: Caller, view: RunView, report: StepReport) -> bool:
    """Say whether a report is the very one that settled its step, sent again because its answer was lost."""
    state = next((s.state for s in view.steps if s.number == report.step), "todo")
    if state not in SETTLED or state != report.kind:
        return False
    *_, (last, by, _) = (r for r in list_reports(tx, caller.company, view.run.number) if r[0].step == report.step)
    same = replace(report, result=last.result) if report.result is None else report
    return by == caller.principal.id and same == last


def check_running(view: RunView) -> None:
    """Raise Conflict where a run is blocked or has ended."""
    if view.run.state == "blocked":
        raise Conflict(
            f"Run {view.run.number} is blocked: `runlore run resume {view.run.number}` says by what, and goes on once it is there."
        )
    if view.run.ended:
        raise Conflict(f"Run {view.run.number} has ended as {view.run.state}.")


def _clean(caller: Caller, report: StepReport) -> tuple[StepReport, tuple[Problem, ...]]:
    """Redact a report's words and result."""
    redactor = open_redactor(caller.settings)
    where = f"the report on step {report.step}"
    why, problems = redact_words(redactor, report.why, where)
    result: Any = report.result
    if result is not None:
        text = render_json(result)
        if len(text) > LARGEST_RESULT:
            raise Conflict(
                f"The result of step {report.step} has more than {LARGEST_RESULT:,} characters. Attach it as a file instead."
            )
        clean, more = redact_words(redactor, text, where)
        problems += more
        try:
            result = parse_json(clean)
        except ValueError:
            result = clean
    return replace(report, why=why, result=result), problems
