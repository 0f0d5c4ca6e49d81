"""Assign: give an issue to a worker with its context, pinned: what was shown is what the worker gets, whatever is published later."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.compose import BUDGET, PROPOSED, Choice, compose
from runlore.actions.issues import get_by_reference, request_of
from runlore.context.packing.form import render_pack_json
from runlore.errors import Conflict, NotAllowed
from runlore.model.issue import Issue
from runlore.model.library import Assignment, Principal
from runlore.model.pack import ContextPack
from runlore.record.assignments import create_assignment
from runlore.record.database import Transaction
from runlore.record.issues import get_issue
from runlore.record.principals import get_principal, is_active


@dataclass(frozen=True, slots=True)
class PlannedAssignment:
    """An assignment as it is proposed: nothing is kept of it yet."""

    issue: Issue
    worker: Principal
    pack: ContextPack


def plan_assignment(
    caller: Caller, reference: str, worker: str, *, budget: int = BUDGET, choice: Choice = PROPOSED
) -> PlannedAssignment:
    """Propose the context with which a worker would get an issue, as a member of the worker's teams.

    Raises NotAllowed, NoSuchName, BudgetTooSmall, Conflict where the issue is closed or the worker may not run anything.
    """
    caller.require("assign", "assign an issue")
    with caller.record.read() as tx:
        issue, who = _check(tx, caller, reference, worker)
    return PlannedAssignment(
        issue, who, compose(caller, request_of(issue), budget=budget, teams=who.teams, choice=choice)
    )


def assign(caller: Caller, planned: PlannedAssignment) -> Assignment:
    """Keep an assignment with its pack. Raises as plan_assignment does, and Conflict where the issue changed since it was shown."""
    caller.require("assign", "assign an issue")
    with caller.record.write(caller.company) as tx:
        _check(tx, caller, str(planned.issue.number), planned.worker.id)
        if get_issue(tx, caller.company, planned.issue.number) != planned.issue:
            raise Conflict(
                f"Issue {planned.issue.number} has changed since its context was put together. Assign it again."
            )
        return create_assignment(
            tx,
            caller.company,
            planned.issue.number,
            planned.worker.id,
            caller.principal.id,
            planned.pack.budget,
            render_pack_json(planned.pack),
            tuple(sorted({item.revision for item in planned.pack.items if item.revision})),
            caller.now,
        )


def _check(tx: Transaction, caller: Caller, reference: str, worker: str) -> tuple[Issue, Principal]:
    issue = get_by_reference(tx, caller.company, reference)
    if issue.state == "closed":
        raise Conflict(f"Issue {issue.number} is closed. Write a new one for what is still to be done.")
    who = get_principal(tx, caller.company, worker)
    if not is_active(who, caller.now):
        raise Conflict(f"{who.name} is revoked or expired and can be given nothing.")
    if not who.may("run"):
        raise NotAllowed(
            who.name, "work on issues", "its credential lacks the scope `run`. Give the issue to somebody else."
        )
    return issue, who
