"""Escalate: a question goes to a role, with a deadline and a fallback; the answer is kept with the run."""

from __future__ import annotations

from runlore.actions.caller import Caller
from runlore.actions.redact import open_redactor, redact_words
from runlore.actions.run_view import RunView, view_run
from runlore.errors import Conflict, StaleLease, UsageError
from runlore.model.run import EscalationCase
from runlore.model.runbook import EscalationRule
from runlore.record.escalations import answer_escalation, create_escalation, pass_on
from runlore.record.principals import authors_side, get_principal
from runlore.running.durations import parse_span

WITHIN = 4 * 3600 * 1_000_000
"""How long a question waits where the runbook says nothing, in microseconds."""
LONGEST = 4_000
LAST_RESORT = "owner"


def escalate(
    caller: Caller, number: int, question: str, *, step: int = 0, role: str = "", within: str = "", fence: int = 0
) -> EscalationCase:
    """Hand a question of a run to a role: the one named, else the one that the runbook's escalation names for it, else the runbook's owner.

    Whoever holds the run may ask (``fence``: under that lease), and the person behind it. Raises NotAllowed, NoSuchName, StaleLease, Conflict where the
    run has ended, UsageError.
    """
    caller.require("run", "escalate")
    words = question.strip()
    if not words:
        raise UsageError("Ask something: --question “…”.")
    if len(words) > LONGEST:
        raise UsageError(f"A question has at most {LONGEST:,} characters.")
    clean, _ = redact_words(open_redactor(caller.settings), words, "the question")
    length = parse_span(within) if within else None
    if within and length is None:
        raise UsageError(f"{within!r} is no span of time: write `1 hour`, `2 days`.")
    with caller.record.write(caller.company) as tx:
        view = view_run(tx, caller.company, number)
        if view.run.ended:
            raise Conflict(f"Run {number} has ended as {view.run.state}.")
        if step:
            view.step(step)
        holder = view.run.lease.holder
        person = caller.principal.kind == "human" and caller.principal.id in authors_side(tx, caller.company, (holder,))
        if caller.principal.id != holder and not person:
            caller.require("assign", "escalate a run that another holds")
        if fence and fence != view.run.lease.fence and caller.principal.id == holder:
            raise StaleLease(number, "it has gone on without you")
        rule = choose_rule(view, clean, step)
        chosen = role or (rule.role if rule else "") or view.runbook.owner or LAST_RESORT
        fallback = rule.fallback if rule and not role else view.runbook.owner
        deadline = caller.now + (length or (parse_span(rule.within) if rule else None) or WITHIN)
        case = EscalationCase(
            caller.company, 0, number, step, chosen, fallback if fallback != chosen else LAST_RESORT, clean, "open",
            caller.principal.id, caller.now, deadline,
        )  # fmt: skip
        return create_escalation(tx, case, caller.now)


def choose_rule(view: RunView, question: str, step: int) -> EscalationRule | None:
    """Choose the line of *Escalation* that a question falls under: one that names its step, else the one that shares most words with it."""
    rules = [rule for rule in view.runbook.escalation if rule.role]
    if step:
        for rule in rules:
            if f"step {step}" in rule.situation.lower():
                return rule
    asked = set(question.lower().split())
    shared = [(len(asked & set(rule.situation.lower().split())), -at, rule) for at, rule in enumerate(rules)]
    best = max(shared, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] >= 2 else (rules[0] if len(rules) == 1 else None)


def answer_question(caller: Caller, number: int, text: str) -> EscalationCase:
    """Answer an escalation. Raises NotAllowed, NoSuchName, Conflict, UsageError for no words."""
    words, _ = redact_words(open_redactor(caller.settings), text.strip(), "the answer")
    if not words:
        raise UsageError("An answer needs words.")
    with caller.record.write(caller.company) as tx:
        who = get_principal(tx, caller.company, caller.principal.id)
        return answer_escalation(tx, caller.company, number, who, words, caller.now)


def pass_on_overdue(caller: Caller) -> tuple[EscalationCase, ...]:
    """Pass what is overdue on to its fallback; gives what moved."""
    with caller.record.write(caller.company) as tx:
        return pass_on(tx, caller.company, caller.now)
