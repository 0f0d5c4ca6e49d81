"""Runs as JSON, the form that programs and agents get."""

from __future__ import annotations

from typing import Any

from runlore.actions.machine_form import problem_form
from runlore.actions.run_view import RunView, bound_arguments
from runlore.model import Problem
from runlore.model.run import ApprovalRequest, EscalationCase, ProofItem, Run
from runlore.model.runbook import Step
from runlore.running.order import ready


def run_form(view: RunView, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """Give a run with its steps, what is ready, and what belongs to it."""
    return {
        **run_head(view.run),
        "title": view.runbook.title,
        "issue_title": view.issue.title,
        "inputs": dict(view.run.inputs),
        "ready": list(ready(view.runbook, view.steps)) if view.run.state == "running" else [],
        "steps": [
            {
                "number": s.number,
                "title": view.step(s.number).title,
                "state": s.state,
                "why": s.why,
                "attempts": s.attempts,
                "tool": view.step(s.number).tool,
            }
            for s in view.steps
        ],
        "proof": [proof_form(p) for p in view.proofs],
        "approvals": [approval_form(a) for a in view.approvals],
        "escalations": [escalation_form(e) for e in view.escalations],
        "problems": [problem_form(p) for p in problems],
    }


def run_head(run: Run) -> dict[str, Any]:
    """Give what a list of runs says of each."""
    return {
        "run": run.number,
        "issue": run.issue,
        "runbook": run.document,
        "revision": run.revision,
        "state": run.state,
        "outcome": run.outcome,
        "worker": run.worker,
        "holder": run.lease.holder,
        "fence": run.lease.fence,
        "leased_until": run.lease.until,
        "started": run.started,
        "ended": run.ended,
    }


def step_form(view: RunView, step: Step) -> dict[str, Any]:
    """Give a step with what its tool is given, as far as that is known, and everything that it asks for."""
    known = bound_arguments(view, step)
    return {
        "number": step.number,
        "title": step.title,
        "text": step.prose,
        "tool": step.tool,
        "arguments": known,
        "unknown": [b.name for b in step.bindings if b.name not in known],
        "permissions": list(step.permissions),
        "proceed_only_if": [c.text for c in step.proceed_if],
        "stop_if": [c.text for c in step.stop_if],
        "approvals": [{"role": a.role or a.words, "over": list(a.over)} for a in step.approvals],
        "proof": [f"{p.kind} ({p.level}): {p.condition.text}" for p in step.proof],
        "if_it_fails": [f"{r.sign}: {r.action}" if r.sign else r.action for r in step.recoveries],
        "optional_when": step.optional_when.text if step.optional_when else "",
        "for_each": step.for_each,
    }


def proof_form(proof: ProofItem) -> dict[str, Any]:
    """Give a piece of proof and the level that it earned."""
    return {
        "id": proof.id,
        "step": proof.step,
        "kind": proof.kind,
        "value": proof.value,
        "level": proof.level,
        "checker": proof.checker,
        "detail": proof.detail,
        "artefact": proof.artefact,
    }


def approval_form(asked: ApprovalRequest) -> dict[str, Any]:
    """Give an approval with exactly what it shows."""
    return {
        "approval": asked.number,
        "run": asked.run,
        "step": asked.step,
        "role": asked.role,
        "shown": asked.shown,
        "digest": asked.digest,
        "state": asked.state,
        "assurance": asked.assurance,
        "comment": asked.comment,
        "expires": asked.expires,
    }


def escalation_form(case: EscalationCase) -> dict[str, Any]:
    """Give an escalation with its answer, if any."""
    return {
        "escalation": case.number,
        "run": case.run,
        "step": case.step,
        "role": case.role,
        "question": case.question,
        "state": case.state,
        "deadline": case.deadline,
        "answer": case.answer,
    }
