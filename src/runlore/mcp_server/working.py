"""The tools with which an agent works on a run: every one acts as the agent, under the fence of the lease it holds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from runlore.actions.approve import request_approval
from runlore.actions.caller import Caller
from runlore.actions.debrief import debrief_run
from runlore.actions.escalate import escalate
from runlore.actions.finish import Outcome, finish
from runlore.actions.issues import list_work
from runlore.actions.prove import Offered, parse_proof, prove
from runlore.actions.report_step import report_step
from runlore.actions.run_form import step_form
from runlore.actions.run_view import RunView, show_run
from runlore.actions.runs_list import list_own_runs
from runlore.actions.start import start
from runlore.mcp_server.answers import (
    ApprovalAsked,
    Debriefing,
    MyWork,
    ProofKept,
    QuestionAsked,
    RunState,
    StepToDo,
    WorkItem,
)
from runlore.model import Problem
from runlore.model.run import ReportKind, StepReport
from runlore.running.order import ready

_MOST_STEPS = 5


def my_work(caller: Caller) -> MyWork:
    """Give what is assigned to the agent, its runs, and the answers to what it asked."""
    runs, _ = list_own_runs(caller)
    own = {r.issue: r for r in runs if caller.principal.id in (r.worker, r.lease.holder)}
    items = []
    for work in list_work(caller):
        assigned = work.assignment is not None and work.assignment.worker == caller.principal.id
        run = own.get(work.issue.number)
        if assigned or run:
            state = run.state if run else "assigned"
            items.append(
                WorkItem(issue=work.issue.number, title=work.issue.title, run=run.number if run else 0, state=state)
            )
    answered = [
        f"run {run.number}: {case.question} → {case.answer}"
        for run in own.values()
        for case in show_run(caller, run.number).escalations
        if case.state == "answered"
    ]
    return MyWork(work=items, answered=answered)


def start_run(caller: Caller, issue: str, runbook: str, inputs: dict[str, str]) -> RunState:
    """Start a run, or resume the agent's own of the issue."""
    started = start(caller, issue, runbook=runbook, inputs=inputs)
    return _state(started.view, started.problems, accepted=started.view.run.state == "running")


def report(
    caller: Caller,
    run: int,
    step: int,
    outcome: ReportKind,
    why: str,
    result: Any,
    judged: Sequence[str],
    fence: int,
    key: str,
) -> RunState:
    """Report on a step."""
    done = report_step(caller, run, StepReport(step, outcome, why, result, tuple(judged)), fence=fence, key=key)
    return _state(show_run(caller, run), done.problems, accepted=done.accepted)


def attach_proof(caller: Caller, run: int, step: int, kind: str, value: Any, fence: int) -> ProofKept:
    """Keep a piece of proof."""
    if kind == "tool result":
        offered = Offered("tool result", value if isinstance(value, str) else json.dumps(value))
    else:
        offered = parse_proof(f"{kind}:{value}")
    item, _ = prove(caller, run, step, offered, fence=fence)
    return ProofKept(level=item.level, detail=item.detail, checker=item.checker)


def ask_approval(caller: Caller, run: int, step: int, fence: int) -> ApprovalAsked:
    """Ask for the approvals of a step."""
    asked = request_approval(caller, run, step, fence=fence)
    lines = [f"approval {a.number} for {a.role}: {a.state}" for a in asked]
    return ApprovalAsked(
        approvals=lines,
        message="A person answers; go on with what does not need the yes, and look again with my_work or start_run.",
    )


def ask_role(caller: Caller, run: int, question: str, step: int, role: str) -> QuestionAsked:
    """Hand a question to a role."""
    case = escalate(caller, run, question, step=step, role=role)
    message = "The answer will stand under `answered` of my_work."
    return QuestionAsked(escalation=case.number, role=case.role, state=case.state, message=message)


def finish_run(caller: Caller, run: int, outcome: Outcome, why: str, fence: int) -> RunState:
    """End a run."""
    done = finish(caller, run, outcome, fence=fence, why=why)
    return _state(done.view, done.problems, accepted=done.ended)


def answer_debrief(caller: Caller, run: int, told: dict[str, str]) -> Debriefing:
    """Make the debrief of a run with the agent's own answers."""
    done = debrief_run(caller, run, told)
    return Debriefing(
        answers={a.question: a.text for a in done.debrief.answers},
        to_ask=list(done.to_ask),
        conclusion=done.debrief.conclusion,
        proposals=[r.proposal.number for r in done.revised if r.proposal],
    )


def _state(view: RunView, problems: Sequence[Problem], *, accepted: bool) -> RunState:
    run = view.run
    steps = ready(view.runbook, view.steps)[:_MOST_STEPS] if run.state == "running" else ()
    return RunState(
        run=run.number,
        issue=run.issue,
        runbook=run.document,
        state=run.state,
        fence=run.lease.fence,
        accepted=accepted,
        problems=[f"{p.message} [{p.slug}]" for p in problems],
        ready=[_todo(view, number) for number in steps],
        open_approvals=[f"approval {a.number}, step {a.step}, {a.role}" for a in view.approvals if a.state == "open"],
        outcome=run.outcome,
    )


def _todo(view: RunView, number: int) -> StepToDo:
    form = step_form(view, view.step(number))
    approvals = [f"{a['role']}, over {', '.join(a['over']) or 'the step'}" for a in form.pop("approvals")]
    return StepToDo(**form, approvals=approvals)
