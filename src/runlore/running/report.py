"""What a report on a step must bring with it, and what the step is afterwards.

A step is done only when its guards held, its approvals were given over what was shown, and each proof reached its least level. A skip needs
a reason and is never a pass. A departure is done in another way than written, with its reason, while all of that still holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from runlore.model import Problem
from runlore.model.run import LEVELS, RunStep, StepReport
from runlore.model.runbook import Runbook, Step
from runlore.running.order import PASSED, SETTLED, alternatives, blocking, unsettled

LONGEST_WHY = 2_000


@dataclass(frozen=True, slots=True)
class GuardFact:
    """How a guard of a step stands: ``holds`` is None where what it needs is not known. ``judgement`` is one in plain words."""

    kind: Literal["proceed", "stop"]
    text: str
    holds: bool | None
    judgement: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """How an approval of a step stands: ``open``, ``approved``, ``rejected``, ``expired``, or empty where nobody was asked.

    ``current`` is false where what was approved is not what would be done now.
    """

    role: str
    state: str = ""
    current: bool = True


@dataclass(frozen=True, slots=True)
class ProofFact:
    """How a proof of a step stands: the least level asked for, the best that an artefact of this kind earned (empty: none), whether its condition holds.

    ``judgement`` is a condition in plain words. ``of_another`` says that what was attached is about something else than the result that is reported.
    """

    level: str
    kind: str
    text: str
    earned: str = ""
    holds: bool | None = None
    judgement: bool = True
    of_another: bool = False


@dataclass(frozen=True, slots=True)
class StepFacts:
    """All that is known of a step when a report on it comes in."""

    guards: tuple[GuardFact, ...] = ()
    approvals: tuple[ApprovalFact, ...] = ()
    proof: tuple[ProofFact, ...] = ()


def check_report(
    runbook: Runbook, steps: Sequence[RunStep], report: StepReport, facts: StepFacts, where: str
) -> tuple[Problem, ...]:
    """Say everything that stands against a report, at once; empty where it counts. ``where`` names the run for people."""
    step = next((s for s in runbook.steps if s.number == report.step), None)
    if step is None:
        return (_no(where, "step-unknown", f"There is no step {report.step}: the runbook has {len(runbook.steps)}."),)
    found = [*_check_place(runbook, steps, step, where), *_check_reason(report, where)]
    if report.kind in ("done", "adapted"):
        found += _check_guards(step, report, facts, where)
        found += _check_approvals(step, facts, where)
        found += _check_proof(step, facts, where)
    return tuple(found)


def apply_report(step: RunStep, report: StepReport, now: int) -> RunStep:
    """Give the step as it stands after a report that counts."""
    return replace(
        step,
        state=report.kind,
        why=report.why,
        attempts=step.attempts + (report.kind != "skipped"),
        started=step.started or now,
        ended=now,
        result=step.result if report.result is None else report.result,
        judged=report.judged or step.judged,
    )


def check_finish(runbook: Runbook, steps: Sequence[RunStep], where: str) -> tuple[Problem, ...]:
    """Say what keeps a run from being finished as done: steps that nothing settled, and steps that failed last."""
    failed = {s.number for s in steps if s.state == "failed"}
    found = []
    for number in unsettled(runbook, steps):
        what = "failed, and nothing settled it since" if number in failed else "is open"
        message = (
            f"Step {number} {what}: report it done, adapted or skipped with its reason, or finish the run as failed."
        )
        found.append(_no(where, "step-open", message))
    return tuple(found)


def is_complete(runbook: Runbook, steps: Sequence[RunStep]) -> bool:
    """Say whether every step was done or adapted, or was optional: a run with any other skip is none that went by its runbook."""
    groups = alternatives(runbook)
    states = {s.number: s.state for s in steps}
    for step in runbook.steps:
        passed = any(states.get(n) in PASSED for n in groups.get(step.number, frozenset({step.number})))
        if not passed and not (step.optional_when is not None and states.get(step.number) in SETTLED):
            return False
    return True


def _check_place(runbook: Runbook, steps: Sequence[RunStep], step: Step, where: str) -> list[Problem]:
    state = next((s.state for s in steps if s.number == step.number), "todo")
    if state in SETTLED:
        return [_no(where, "step-settled", f"Step {step.number} is {state} already; a report does not change that.")]
    waiting = blocking(runbook, steps, step.number)
    if waiting:
        names = ", ".join(map(str, waiting))
        return [_no(where, "step-early", f"Step {step.number} waits for step {names}: report that first.")]
    return []


def _check_reason(report: StepReport, where: str) -> list[Problem]:
    if report.kind != "done" and not report.why.strip():
        words = {"failed": "what failed", "skipped": "why it was left out", "adapted": "what was done instead, and why"}
        return [_no(where, "why-missing", f"Say {words[report.kind]}: --why “…”.")]
    if len(report.why) > LONGEST_WHY:
        return [_no(where, "why-long", f"The reason has more than {LONGEST_WHY:,} characters: attach a file instead.")]
    return []


def _check_guards(step: Step, report: StepReport, facts: StepFacts, where: str) -> list[Problem]:
    found = []
    for guard in facts.guards:
        kept = guard.holds if guard.kind == "proceed" or guard.holds is None else not guard.holds
        if guard.judgement and guard.holds is None:
            kept = True if guard.text in report.judged else None
        label = "Proceed only if" if guard.kind == "proceed" else "Stop if"
        if kept is False:
            why = "does not hold" if guard.kind == "proceed" else "holds"
            message = f"Step {step.number} must not be done: *{label}: {guard.text}* {why}. Stop here and say so, or escalate."
            found.append(_no(where, "guard-failed", message))
        elif kept is None and guard.judgement:
            message = (
                f"Step {step.number}: look at *{label}: {guard.text}* and say that you did: --judged “{guard.text}”."
            )
            found.append(_no(where, "judgement-missing", message))
        elif kept is None:
            message = f"Step {step.number}: *{label}: {guard.text}* cannot be decided: give the result that it speaks of (--result)."
            found.append(_no(where, "guard-unknown", message))
    return found


def _check_approvals(step: Step, facts: StepFacts, where: str) -> list[Problem]:
    found = []
    for approval in facts.approvals:
        if approval.state == "approved" and approval.current:
            continue
        slug = "approval-missing"
        match approval.state:
            case "approved":
                slug, why = "approval-stale", "the yes was given over something else than what stands now: ask again"
            case "rejected":
                slug, why = "approval-rejected", f"`{approval.role}` said no: stop here, or change it and ask again"
            case "open":
                why = f"`{approval.role}` has not answered yet"
            case "expired":
                why = f"the question to `{approval.role}` was not answered in time: ask again or escalate"
            case _:
                why = f"`{approval.role}` has not been asked: request the approval"
        found.append(_no(where, slug, f"Step {step.number} needs a yes: {why}."))
    return found


def _check_proof(step: Step, facts: StepFacts, where: str) -> list[Problem]:
    found = []
    for proof in facts.proof:
        asked = f"*Proof ({proof.level}): {proof.kind}, {proof.text}*"
        if not proof.earned and proof.of_another:
            message = f"Step {step.number}: {asked} is missing: what was attached is not the result that is reported. Report what was proved."
            found.append(_no(where, "proof-other", message))
        elif not proof.earned:
            message = f"Step {step.number}: {asked} is missing: attach it (--proof “{proof.kind}:…”)."
            found.append(_no(where, "proof-missing", message))
        elif LEVELS.index(proof.earned) < LEVELS.index(proof.level):
            message = f"Step {step.number}: {asked} has earned {proof.earned} only. The worker cannot raise it: what is checked by Runlore or a person counts more."
            found.append(_no(where, "proof-low", message))
        elif proof.holds is False:
            found.append(_no(where, "proof-fails", f"Step {step.number}: {asked} does not hold of what was attached."))
        elif proof.holds is None and not proof.judgement:
            message = (
                f"Step {step.number}: {asked} cannot be decided: give the result that it speaks of (--result), whole."
            )
            found.append(_no(where, "proof-unknown", message))
    return found


def _no(where: str, slug: str, message: str) -> Problem:
    return Problem(where, 0, slug, message)
