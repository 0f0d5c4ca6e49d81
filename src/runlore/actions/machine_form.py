"""The machine form: what `runlore mine --json` prints and other programs rely on (docs/reference/machine-form.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from runlore.model import (
    Argument,
    Contrast,
    Counts,
    Evidence,
    Fact,
    FailureMode,
    Guard,
    Problem,
    Proof,
    Quote,
    Source,
    Spread,
    ValueSource,
    Workflow,
    WorkflowStep,
)


def source_form(source: Source) -> dict[str, Any]:
    """Where something stands: ``{transcript, line, index}``."""
    return {"transcript": source.transcript, "line": source.line, "index": source.index}


def value_form(source: ValueSource) -> dict[str, Any]:
    """Where a value comes from, as in the runbook format's table."""
    match source.kind:
        case "constant":
            return {"kind": "constant", "value": source.value}
        case "input":
            return {"kind": "input", "input": source.name}
        case "step":
            return {"kind": "step", "step": source.step, "path": source.path}
        case "issue":
            return {"kind": "issue", "field": source.name}
        case "document":
            return {"kind": "document", "document": source.name}
        case _:
            return {"kind": "unknown"}


def transcript_form(file: str, format_name: str, session: str, counts: Counts) -> dict[str, Any]:
    """One transcript with its raw counts."""
    return {"file": file, "format": format_name, "session": session, **msgspec.structs.asdict(counts)}


def problem_form(problem: Problem) -> dict[str, Any]:
    """One problem of the input."""
    return {
        "file": problem.file,
        "line": problem.line,
        "slug": problem.slug,
        "message": problem.message,
        "level": problem.level,
    }


def workflow_form(workflow: Workflow) -> dict[str, Any]:
    """One workflow with everything that is known of it."""
    return {
        "id": workflow.id,
        "name": workflow.name,
        "title": workflow.title,
        "description": workflow.description,
        "support": {"cases": len(workflow.cases), "sessions": workflow.sessions},
        "effects": list(workflow.effects),
        "cases": [
            {
                "transcript": c.transcript,
                "session": c.session,
                "sources": [source_form(s) for s in c.sources],
                "good": c.good,
            }
            for c in workflow.cases
        ],
        "steps": [_step_form(step) for step in workflow.steps],
        "failure_modes": [_failure_form(mode) for mode in workflow.failure_modes],
        "corrections": [_quote_form(q) for q in (*workflow.corrections, *workflow.rejections)],
        "quality": [_quote_form(q) for q in workflow.quality],
        "triggers": [_quote_form(q) for q in workflow.triggers],
        "procedure": workflow.procedure,
        "warnings": [_contrast_form(c) for c in workflow.contrasts],
        "common": workflow.common,
        "tokens": _spread_form(workflow.tokens),
        "seconds": _spread_form(workflow.seconds),
    }


def _spread_form(spread: Spread) -> dict[str, Any]:
    """Median and total; a whole number is written as one, whether it was just counted or read back as a float."""
    return {name: int(n) if n == int(n) else n for name, n in (("median", spread.median), ("total", spread.total))}


def _step_form(step: WorkflowStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "title": step.title,
        "activity": step.activity,
        "optional": step.optional,
        "repeat": step.repeat,
        "after": list(step.after),
        "either": list(step.either),
        "arguments": [_argument_form(a) for a in step.arguments],
        "guards": [g.text for g in step.guards],
        "guard_evidence": [_guard_form(g) for g in step.guards],
        "approval": _approval_form(step),
        "proof": [_proof_form(p) for p in step.proof],
        "support": list(step.support),
        "command": step.command,
        "sources": [source_form(s) for s in step.sources],
    }


def _argument_form(argument: Argument) -> dict[str, Any]:
    return {"name": argument.name, "source": value_form(argument.source), "support": list(argument.evidence.support)}


def _guard_form(guard: Guard) -> dict[str, Any]:
    return {
        "kind": guard.kind,
        "condition": guard.condition,
        "support": list(guard.support),
        "precision": guard.precision,
        "negatives": guard.negatives,
        "basis": guard.basis,
        "message": any_case(guard.message),
        "accident": guard.accident,
        "counter": source_form(guard.counter) if guard.counter else None,
        "sources": [source_form(s) for s in guard.evidence.sources],
    }


def _approval_form(step: WorkflowStep) -> dict[str, Any] | None:
    if step.approval is None:
        return None
    return {"over": list(step.approval.over), **_evidence_form(step.approval.evidence)}


def _proof_form(proof: Proof) -> dict[str, Any]:
    return {"kind": proof.kind, "condition": proof.condition, **_evidence_form(proof.evidence)}


def _evidence_form(evidence: Evidence) -> dict[str, Any]:
    return {"support": list(evidence.support), "sources": [source_form(s) for s in evidence.sources]}


def _contrast_form(contrast: Contrast) -> dict[str, Any]:
    return {
        "kind": contrast.kind,
        "activity": contrast.activity,
        "text": contrast.text,
        "failed": list(contrast.failed),
        "good": list(contrast.good),
        "chance": contrast.chance,
        "sources": [source_form(s) for s in contrast.evidence.sources],
    }


def _failure_form(mode: FailureMode) -> dict[str, Any]:
    return {
        "activity": mode.activity,
        "template": any_case(mode.template),
        "count": mode.count,
        "recovery": mode.recovery,
        "resolved": mode.resolved,
        "sources": [source_form(s) for s in mode.sources],
    }


def _quote_form(quote: Quote) -> dict[str, Any]:
    return {"words": quote.words, "about": quote.about, "date": quote.date, "source": source_form(quote.source)}


def fact_form(fact: Fact) -> dict[str, Any]:
    """One fact, trap or preference."""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "text": fact.text,
        "remedy": fact.remedy,
        "shelf": fact.shelf,
        "support": {"occurrences": fact.occurrences, "sessions": len(fact.sessions)},
        "cost": {"calls": fact.cost.calls, "seconds": fact.cost.seconds, "tokens": fact.cost.tokens},
        "sessions": list(fact.sessions),
        "sources": [source_form(s) for s in fact.sources],
    }


_OPENING = re.compile(r"^([A-Za-z]*(?:Error|error|Exception|ERROR)\s*:\s*)([A-Za-z])(?=[a-z]*\b)")


def any_case(template: str) -> str:
    """Leave the case of the letter after "Error:" open: versions of one tool differ in nothing else ("Error: Order not found")."""
    return _OPENING.sub(r"\1<*>", template)


def mined_form(
    transcripts: Sequence[dict[str, Any]],
    events: int,
    problems: Sequence[Problem],
    workflows: Sequence[Workflow],
    facts: Sequence[Fact],
) -> dict[str, Any]:
    """The one object that `runlore mine --json` prints."""
    return {
        "transcripts": list(transcripts),
        "events": events,
        "problems": [problem_form(p) for p in problems],
        "workflows": [workflow_form(w) for w in workflows],
        "facts": [fact_form(f) for f in facts],
    }
