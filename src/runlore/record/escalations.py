"""Escalations: a question to a role, with its deadline and who comes after; the answer is kept with the run."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from runlore.errors import Conflict, NoSuchName, NotAllowed
from runlore.model.library import Principal
from runlore.model.run import EscalationCase, EscalationState
from runlore.record.canonical import hash_value
from runlore.record.database import Transaction
from runlore.record.engine import Row
from runlore.record.events import append
from runlore.record.narrow import narrow
from runlore.record.principals import get_principal, is_active
from runlore.record.roles import list_holders

_SELECT: Final = (
    "SELECT number, run, step, role, fallback, question, state, asked_by, created, deadline, level, answer, answered_by, answered"
    " FROM escalations WHERE company = :company AND "
)


def create_escalation(tx: Transaction, case: EscalationCase, now: int) -> EscalationCase:
    """Keep a question and give it its number; the same one that is open already is given back."""
    for there in list_escalations(tx, case.company, run=case.run):
        if there.state in ("open", "overdue") and (there.step, there.question) == (case.step, case.question):
            return there
    last = tx.one("SELECT max(number) FROM escalations WHERE company = :company", company=case.company)
    made = replace(case, number=((last[0] if last else 0) or 0) + 1, state="open", created=now)
    tx.run(
        "INSERT INTO escalations (company, number, run, step, role, fallback, question, state, asked_by, created, deadline, level, answer,"
        " answered_by, answered) VALUES (:company, :number, :run, :step, :role, :fallback, :question, :state, :asked_by, :created, :deadline,"
        " :level, :answer, :answered_by, :answered)",
        **{name: getattr(made, name) for name in made.__slots__},
    )
    body = {
        "escalation": made.number,
        "role": made.role,
        "deadline": made.deadline,
        "question": question_digest(made),
    }
    append(tx, made.company, made.asked_by, "escalated", f"run {made.run} step {made.step}", body, now)
    return made


def question_digest(case: EscalationCase) -> str:
    """Give the hash of what an escalation asks, by which the log knows it."""
    return hash_value(["escalation/1", case.run, case.step, case.question])


def answer_escalation(
    tx: Transaction, company: str, number: int, by: Principal, answer: str, now: int
) -> EscalationCase:
    """Keep the answer of a person who holds the role or its fallback, or of an owner. Raises NotAllowed, NoSuchName, Conflict."""
    case = get_escalation(tx, company, number)
    if case.state not in ("open", "overdue"):
        raise Conflict(f"Escalation {number} is {case.state} already.")
    known = get_principal(tx, company, by.id)
    if by.company != company or not is_active(known, now):
        raise NotAllowed(
            by.name, f"answer escalation {number}", "the credential is of another company, expired or revoked."
        )
    holders = {*list_holders(tx, company, case.role), *list_holders(tx, company, case.fallback)}
    if known.kind != "human" or not (known.may("own") or known.id in holders):
        raise NotAllowed(known.name, f"answer escalation {number}", f"it is for a person with the role `{case.role}`.")
    done = replace(case, state="answered", answer=answer, answered_by=known.id, answered=now)
    _write(tx, done)
    body = {"escalation": number, "answer": hash_value(answer)}
    append(tx, company, known.id, "escalation-answered", f"run {case.run} step {case.step}", body, now)
    return done


def pass_on(tx: Transaction, company: str, now: int) -> tuple[EscalationCase, ...]:
    """Pass every question whose deadline has gone by to its fallback, with as long again; one without a fallback left is overdue. Gives those that moved."""
    moved = []
    for case in list_escalations(tx, company, state="open"):
        if case.deadline > now:
            continue
        later = replace(case, state="overdue")
        if case.fallback and case.role != case.fallback:
            length = max(case.deadline - case.created, 60_000_000)
            later = replace(case, role=case.fallback, level=case.level + 1, deadline=now + length)
        _write(tx, later)
        body = {"escalation": case.number, "role": later.role, "state": later.state}
        append(tx, company, case.asked_by, "escalation-passed-on", f"run {case.run} step {case.step}", body, now)
        moved.append(later)
    return tuple(moved)


def get_escalation(tx: Transaction, company: str, number: int) -> EscalationCase:
    """Give an escalation by its number; raises NoSuchName."""
    row = tx.one(_SELECT + "number = :number", company=company, number=number)
    if row is None:
        raise NoSuchName("escalation", str(number))
    return _case(company, row)


def list_escalations(
    tx: Transaction, company: str, *, run: int = 0, state: EscalationState | None = None
) -> tuple[EscalationCase, ...]:
    """List escalations by number: all, or those of a run or in a state."""
    conditions, given = narrow(run=run or None, state=state)
    rows = tx.all(f"{_SELECT}{conditions.removeprefix(' AND ') or '1 = 1'} ORDER BY number", company=company, **given)
    return tuple(_case(company, row) for row in rows)


def _write(tx: Transaction, case: EscalationCase) -> None:
    tx.run(
        "UPDATE escalations SET role = :role, state = :state, deadline = :deadline, level = :level, answer = :answer,"
        " answered_by = :answered_by, answered = :answered WHERE company = :company AND number = :number",
        company=case.company,
        number=case.number,
        role=case.role,
        state=case.state,
        deadline=case.deadline,
        level=case.level,
        answer=case.answer,
        answered_by=case.answered_by,
        answered=case.answered,
    )


def _case(company: str, row: Row) -> EscalationCase:
    return EscalationCase(company, *row)
