"""Waiting: everything that waits for somebody: approvals, escalations, proposals, runs that stand still."""

from __future__ import annotations

from dataclasses import dataclass

from runlore.actions.caller import Caller
from runlore.actions.escalate import pass_on_overdue
from runlore.actions.proposals import list_open
from runlore.model.library import Proposal
from runlore.model.run import ApprovalRequest, EscalationCase, Run
from runlore.record.approvals import expire_approvals, list_approvals, may_answer
from runlore.record.escalations import list_escalations
from runlore.record.principals import authors_side, get_principal
from runlore.record.roles import list_holders
from runlore.record.runs import list_runs


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for the caller: questions for a yes, escalations, proposals to review, and the caller's own runs that are not done."""

    approvals: tuple[ApprovalRequest, ...]
    escalations: tuple[EscalationCase, ...]
    proposals: tuple[Proposal, ...]
    runs: tuple[Run, ...]


def list_waiting(caller: Caller) -> Waiting:
    """List what waits for the caller; what is overdue is passed on or closed first. Raises NotAllowed."""
    caller.require("read", "see what waits")
    close_late(caller)
    me = caller.principal
    with caller.record.read() as tx:
        who = get_principal(tx, caller.company, me.id)
        asked = tuple(a for a in list_approvals(tx, caller.company, state="open") if may_answer(tx, a, who, caller.now))
        questions = tuple(
            case
            for state in ("open", "overdue")
            for case in list_escalations(tx, caller.company, state=state)
            if who.kind == "human" and (who.may("own") or who.id in list_holders(tx, caller.company, case.role))
        )
        runs = tuple(r for r in list_runs(tx, caller.company, worker=me.id) if not r.ended)
        proposals = list_open(caller) if who.kind == "human" and who.may("review") else ()
        mine = tuple(
            p for p in proposals if who.may("own") or who.id not in authors_side(tx, caller.company, p.authors)
        )
    return Waiting(asked, questions, mine, runs)


def close_late(caller: Caller) -> None:
    """Close approvals that nobody answered in time, and pass overdue questions on."""
    with caller.record.read() as tx:
        late = any(a.expires <= caller.now for a in list_approvals(tx, caller.company, state="open"))
        late = late or any(c.deadline <= caller.now for c in list_escalations(tx, caller.company, state="open"))
    if late:
        with caller.record.write(caller.company) as tx:
            expire_approvals(tx, caller.company, caller.now)
        pass_on_overdue(caller)
