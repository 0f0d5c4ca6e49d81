"""Approve: a step asks for a person's yes over exactly what is shown; the person says yes or no; a yes can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runlore.actions.caller import Caller
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.report_step import check_running
from runlore.actions.run_view import RunView, request_for, view_run
from runlore.errors import Conflict, NotAllowed, StaleLease
from runlore.model.run import ApprovalRequest, Assurance
from runlore.record.approvals import (
    answer_approval,
    create_approval,
    get_approval,
    list_approvals,
    may_answer,
    shown_digest,
    withdraw_approval,
)
from runlore.record.principals import authors_side, get_principal
from runlore.running.durations import parse_span
from runlore.running.lease import Refused, renew

WAITS = 24 * 3600 * 1_000_000
"""How long a question waits for its answer where the runbook says nothing, in microseconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """An approval with what a person needs to decide: the request as it was shown, the run it belongs to, and whether the caller may answer it."""

    asked: ApprovalRequest
    view: RunView
    mine: bool


def request_approval(caller: Caller, number: int, step: int, *, fence: int) -> tuple[ApprovalRequest, ...]:
    """Ask for every approval of a step over what stands now; what is asked already, or was given over the same, is given back.

    Raises NotAllowed, NoSuchName, StaleLease, Conflict where the step asks for none, or what is to be shown is not known yet.
    """
    caller.require("run", "ask for an approval")
    with caller.record.write(caller.company) as tx:
        view = view_run(tx, caller.company, number)
        check_running(view)
        lease = renew(view.run.lease, caller.principal.id, fence, caller.now)
        if isinstance(lease, Refused):
            raise StaleLease(number, lease.why)
        own = view.step(step)
        if not own.approvals:
            raise Conflict(f"Step {step} asks for no approval.")
        done = []
        for approval in own.approvals:
            request = request_for(view, own, approval)
            missing = [name for name, value in request.shown["over"].items() if value is None]
            if missing:
                raise Conflict(
                    f"What step {step} shows is not known yet: {', '.join(missing)}. Give it as an input or report the step that gives it, then ask."
                )
            digest = shown_digest(request)
            if any(a.digest == digest and a.state == "rejected" for a in view.approvals):
                raise Conflict(
                    f"`{request.role}` has said no to exactly this. Change what was objected to (`runlore run resume {number} --input …`), then ask again."
                )
            given = next((a for a in view.approvals if a.digest == digest and a.state == "approved"), None)
            done.append(
                given
                or create_approval(
                    tx, replace(request, asked_by=caller.principal.id, expires=caller.now + _wait(view)), caller.now
                )
            )
        return tuple(done)


def _wait(view: RunView) -> int:
    """How long an approval waits: the shortest time that the runbook's escalation names for an answer, else a day."""
    spans = [parse_span(rule.within) for rule in view.runbook.escalation if "answer" in rule.situation.lower()]
    known = [span for span in spans if span]
    return min(known) if known else WAITS


def look_at(caller: Caller, number: int, step: int = -1) -> tuple[Question, ...]:
    """Give the open questions of a run (of one of its steps), as they were shown. Raises NotAllowed, NoSuchName."""
    caller.require("read", "look at approvals")
    with caller.record.read() as tx:
        view = view_run(tx, caller.company, number)
        who = get_principal(tx, caller.company, caller.principal.id)
        asked = list_approvals(tx, caller.company, run=number, step=step, state="open")
        return tuple(Question(a, view, may_answer(tx, a, who, caller.now)) for a in asked)


def answer(
    caller: Caller, number: int, *, approved: bool, digest: str, assurance: Assurance, comment: str = ""
) -> ApprovalRequest:
    """Answer an approval by its number, over the digest of what was looked at. Raises NotAllowed, NoSuchName, Conflict (also for a no without a reason)."""
    words, _ = redact_words(open_redactor(caller.settings), " ".join(comment.split()), "the comment")
    if not approved and not words:
        raise Conflict("Say why not: the worker and the next revision learn from it.")
    with caller.record.write(caller.company) as tx:
        who = get_principal(tx, caller.company, caller.principal.id)
        return answer_approval(tx, caller.company, number, who, approved, digest, assurance, words, caller.now)


def withdraw_answer(caller: Caller, number: int) -> ApprovalRequest:
    """Take a yes, or an open question, back: who gave it, who asked and still holds the run, the person behind them, or an owner.

    Raises NotAllowed, NoSuchName, Conflict.
    """
    with caller.record.write(caller.company) as tx:
        asked = get_approval(tx, caller.company, number)
        me = caller.principal
        holds = view_run(tx, caller.company, asked.run).run.lease.holder == me.id and asked.asked_by == me.id
        person = me.kind == "human" and me.id in (
            asked.answered_by,
            *authors_side(tx, caller.company, (asked.asked_by,)),
        )
        if not (holds or person or me.may("own")):
            raise NotAllowed(me.name, f"withdraw approval {number}", "it is another's.")
        return withdraw_approval(tx, caller.company, number, caller.principal.id, caller.now)
