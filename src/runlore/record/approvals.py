"""Approvals: a person's yes to one step of one run, over exactly what was shown; asked, answered once, and withdrawn if need be."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runlore.errors import Conflict, NoSuchName, NotAllowed
from runlore.model.library import Principal
from runlore.model.run import ApprovalRequest, ApprovalState, Assurance
from runlore.record.canonical import hash_value, parse_json, render_json
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.narrow import narrow
from runlore.record.principals import authors_side, get_principal, is_active, works_alone
from runlore.record.roles import list_holders
from runlore.record.runs import list_workers

_SELECT: Final = (
    "SELECT number, run, step, role, shown, digest, state, asked_by, created, expires, answered_by, assurance, comment, answered"
    " FROM approvals WHERE company = :company AND "
)


def shown_digest(request: ApprovalRequest) -> str:
    """Give the hash of what an approval is about: the run, the step, the role, and every byte that was shown."""
    return hash_value(["approval/1", request.company, request.run, request.step, request.role, request.shown])


def create_approval(tx: Transaction, request: ApprovalRequest, now: int) -> ApprovalRequest:
    """Keep a question for a yes and give it its number; one that is open over the same bytes is given back, any other of its step is withdrawn."""
    digest = shown_digest(request)
    for there in list_approvals(tx, request.company, run=request.run, step=request.step, state="open"):
        if there.digest == digest and there.expires > now:
            return there
        if there.role == request.role:
            _close(tx, there, "expired" if there.expires <= now else "withdrawn", request.asked_by, now)
    last = tx.one("SELECT max(number) FROM approvals WHERE company = :company", company=request.company)
    number = ((last[0] if last else 0) or 0) + 1
    made = replace(request, number=number, digest=digest, state="open", created=now)
    tx.run(
        "INSERT INTO approvals (company, number, run, step, role, shown, digest, state, asked_by, created, expires, answered_by, assurance, comment,"
        " answered) VALUES (:company, :number, :run, :step, :role, :shown, :digest, 'open', :asked_by, :created, :expires, '', '', '', 0)",
        company=made.company,
        number=made.number,
        run=made.run,
        step=made.step,
        role=made.role,
        shown=render_json(made.shown),
        digest=made.digest,
        asked_by=made.asked_by,
        created=made.created,
        expires=made.expires,
    )
    body = {"approval": number, "role": made.role, "digest": digest}
    append(tx, made.company, made.asked_by, "approval-asked", f"run {made.run} step {made.step}", body, now)
    return made


def answer_approval(
    tx: Transaction,
    company: str,
    number: int,
    by: Principal,
    approved: bool,
    digest: str,
    assurance: Assurance,
    comment: str,
    now: int,
) -> ApprovalRequest:
    """Keep a person's answer to exactly the bytes whose digest is given. Raises NotAllowed, NoSuchName, Conflict.

    A person answers, never an agent or a service; who holds the role, or an owner; and nobody on the side of whoever has worked on the run,
    except an owner who works alone and has not worked on it.
    """
    asked = get_approval(tx, company, number)
    if asked.state != "open":
        raise Conflict(f"Approval {number} is {asked.state} already.")
    if asked.expires <= now:
        raise Conflict(f"Approval {number} has expired; the worker has to ask again.")
    if digest != asked.digest:
        raise Conflict(f"What was answered is not what approval {number} shows. Look at it again.")
    _check_person(tx, asked, by, now)
    if not assurance:
        raise Conflict("An answer without assurance is none.")
    done = replace(
        asked,
        state="approved" if approved else "rejected",
        answered_by=by.id,
        assurance=assurance,
        comment=comment,
        answered=now,
    )
    tx.run(
        "UPDATE approvals SET state = :state, answered_by = :by, assurance = :assurance, comment = :comment, answered = :now"
        " WHERE company = :company AND number = :number",
        company=company,
        number=number,
        state=done.state,
        by=by.id,
        assurance=assurance,
        comment=comment,
        now=now,
    )
    body = {"approval": number, "digest": digest, "assurance": assurance, "comment": comment}
    append(tx, company, by.id, f"approval-{done.state}", f"run {asked.run} step {asked.step}", body, now)
    return done


def may_answer(tx: Transaction, asked: ApprovalRequest, by: Principal, now: int) -> bool:
    """Say whether a principal may answer an approval."""
    try:
        _check_person(tx, asked, by, now)
    except NotAllowed:
        return False
    return True


def _check_person(tx: Transaction, asked: ApprovalRequest, by: Principal, now: int) -> None:
    what = f"answer approval {asked.number}"
    known = get_principal(tx, asked.company, by.id)  # what it may do is looked up, never taken from the caller
    if by.company != asked.company or not is_active(known, now):
        raise NotAllowed(by.name, what, "the credential is of another company, expired or revoked.")
    if known.kind != "human":
        raise NotAllowed(known.name, what, "a yes is a person's, never an agent's or a service's.")
    owner = known.may("own")
    if not owner and known.id not in list_holders(tx, asked.company, asked.role):
        raise NotAllowed(
            known.name, what, f"it is for `{asked.role}`. `runlore role add {asked.role} NAME` says who that is."
        )
    workers = (*list_workers(tx, asked.company, asked.run), asked.asked_by)
    if known.id in authors_side(tx, asked.company, workers) and not (
        known.id not in workers and works_alone(tx, asked.company, known.id, now)
    ):
        raise NotAllowed(
            known.name, what, "whoever does the work does not approve it, nor whoever operates the agent that does."
        )


def withdraw_approval(tx: Transaction, company: str, number: int, by: str, now: int) -> ApprovalRequest:
    """Take a question, or a yes that was given, back; raises Conflict where there is nothing to take back."""
    asked = get_approval(tx, company, number)
    if asked.state not in ("open", "approved"):
        raise Conflict(f"Approval {number} is {asked.state}: there is nothing to take back.")
    return _close(tx, asked, "withdrawn", by, now)


def expire_approvals(tx: Transaction, company: str, now: int) -> tuple[ApprovalRequest, ...]:
    """Close the questions that nobody answered in time, and give them."""
    late = [asked for asked in list_approvals(tx, company, state="open") if asked.expires <= now]
    return tuple(_close(tx, asked, "expired", asked.asked_by, now) for asked in late)


def _close(tx: Transaction, asked: ApprovalRequest, state: ApprovalState, by: str, now: int) -> ApprovalRequest:
    tx.run(
        "UPDATE approvals SET state = :state WHERE company = :company AND number = :number",
        company=asked.company,
        number=asked.number,
        state=state,
    )
    append(
        tx,
        asked.company,
        by,
        f"approval-{state}",
        f"run {asked.run} step {asked.step}",
        {"approval": asked.number},
        now,
    )
    return replace(asked, state=state)


def get_approval(tx: Transaction, company: str, number: int) -> ApprovalRequest:
    """Give an approval by its number; raises NoSuchName."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    if row is None:
        raise NoSuchName("approval", str(number))
    return _approval(company, row)


def list_approvals(
    tx: Transaction, company: str, *, run: int = 0, step: int = -1, state: ApprovalState | None = None
) -> tuple[ApprovalRequest, ...]:
    """List approvals by number: all, or those of a run, of one of its steps, or in a state."""
    conditions, given = narrow(run=run or None, step=None if step < 0 else step, state=state)
    rows = tx.all(f"{_SELECT}{conditions.removeprefix(' AND ') or '1 = 1'} ORDER BY number", company=company, **given)
    return tuple(_approval(company, row) for row in rows)


def _approval(company: str, row: Row) -> ApprovalRequest:
    (number, run, step, role, shown, digest, state, asked_by, created, expires, answered_by, assurance, comment, answered) = row  # fmt: skip
    return ApprovalRequest(
        company, number, run, step, role, parse_json(shown), digest, state, asked_by, created, expires, answered_by,
        assurance, comment, answered,
    )  # fmt: skip
