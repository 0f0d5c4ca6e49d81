"""Runbook ↔ JSON, inverse. The schema stands in ``runlore/schemas/runbook.schema.json``."""

from __future__ import annotations

import re
from typing import Any

from runlore.model.condition import Condition
from runlore.model.runbook import (
    ApprovalRequirement,
    Binding,
    CompletionProof,
    EscalationRule,
    Input,
    KnownFailure,
    OpenQuestion,
    ProofRequirement,
    Recovery,
    Runbook,
    Section,
    Step,
    Trigger,
)
from runlore.runbooks.bindings import parse_binding, source_from_json, source_to_json
from runlore.runbooks.condition_json import condition_to_json
from runlore.runbooks.conditions import parse_condition

FORMAT = "runlore-runbook/1"
_TEXTS = ("name", "description", "title", "owner", "team", "reviewed", "review_every", "purpose")
_LISTS = ("skills", "integrations", "permissions", "good", "examples")
_PREREQUISITE = re.compile(r"(Integration|Document|Skill) `([^`]+)`")


def to_json(runbook: Runbook) -> dict[str, Any]:
    """Give the JSON form. Every key is always there; what a runbook does not say is ``""``, ``[]`` or ``null``."""
    return {
        "format": FORMAT,
        **{key: getattr(runbook, key) for key in _TEXTS[:5]},
        **{key: list(getattr(runbook, key)) for key in _LISTS[:3]},
        **{key: getattr(runbook, key) for key in _TEXTS[5:]},
        "extra": [{"key": key, "text": text} for key, text in runbook.extra],
        "triggers": [{"kind": t.kind, "text": t.text, "instead": t.instead} for t in runbook.triggers],
        "inputs": [
            {"name": i.name, "required": i.required, "default": i.default, "text": i.text} for i in runbook.inputs
        ],
        "prerequisites": [_prerequisite(text) for text in runbook.prerequisites],
        "steps": [_step_to_json(step) for step in runbook.steps],
        "completion": [{"kind": c.kind, "level": c.level, "text": c.text} for c in runbook.completion],
        **{key: list(getattr(runbook, key)) for key in _LISTS[3:]},
        "failure_modes": [
            {"sign": f.sign, "cause": f.cause, "recovery": f.recovery, "seen": f.seen} for f in runbook.failure_modes
        ],
        "escalation": [
            {"situation": e.situation, "role": e.role, "within": e.within, "fallback": e.fallback}
            for e in runbook.escalation
        ],
        "open_questions": [{"subject": q.subject, "text": q.text} for q in runbook.open_questions],
        "sections": [{"after": s.after, "title": s.title, "text": s.text} for s in runbook.sections],
    }


def from_json(value: dict[str, Any]) -> Runbook:
    """Read the JSON form; a value that is not of the schema raises ValueError, KeyError or TypeError."""
    if value.get("format") != FORMAT:
        raise ValueError(f"the format is {value.get('format')!r}, expected {FORMAT!r}")
    plain: dict[str, Any] = {key: value[key] for key in _TEXTS} | {key: tuple(value[key]) for key in _LISTS}
    return Runbook(
        **plain,
        extra=tuple((entry["key"], entry["text"]) for entry in value["extra"]),
        triggers=tuple(Trigger(**entry) for entry in value["triggers"]),
        inputs=tuple(Input(**entry) for entry in value["inputs"]),
        prerequisites=tuple(entry["text"] for entry in value["prerequisites"]),
        steps=tuple(_step_from_json(entry) for entry in value["steps"]),
        completion=tuple(CompletionProof(**entry) for entry in value["completion"]),
        failure_modes=tuple(KnownFailure(**entry) for entry in value["failure_modes"]),
        escalation=tuple(EscalationRule(**entry) for entry in value["escalation"]),
        open_questions=tuple(OpenQuestion(**entry) for entry in value["open_questions"]),
        sections=tuple(Section(**entry) for entry in value["sections"]),
    )


def _prerequisite(text: str) -> dict[str, str]:
    """A prerequisite says whether it is about an integration, a document or a skill; else it is a person's to judge."""
    found = _PREREQUISITE.match(text)
    return {"kind": found[1].lower() if found else "judgement", "name": found[2] if found else "", "text": text}


def _step_to_json(step: Step) -> dict[str, Any]:
    each = parse_binding(step.for_each) if step.for_each else None
    return {
        "number": step.number,
        "title": step.title,
        "prose": step.prose,
        "tool": step.tool,
        "with": [{"name": b.name, "source": source_to_json(b.source)} for b in step.bindings],
        "permissions": list(step.permissions),
        "proceed_if": [condition_to_json(c) for c in step.proceed_if],
        "stop_if": [condition_to_json(c) for c in step.stop_if],
        "approvals": [{"role": a.role, "words": a.words, "over": list(a.over)} for a in step.approvals],
        "proof": [{"level": p.level, "kind": p.kind, "condition": condition_to_json(p.condition)} for p in step.proof],
        "if_it_fails": [{"sign": r.sign, "action": r.action} for r in step.recoveries],
        "for_each": {"text": step.for_each, "source": source_to_json(each.source) if each else None}
        if step.for_each
        else None,
        "optional_when": condition_to_json(step.optional_when) if step.optional_when else None,
        "either": list(step.either),
        "after": None if step.after is None else list(step.after),
    }


def _step_from_json(value: dict[str, Any]) -> Step:
    return Step(
        number=value["number"],
        title=value["title"],
        prose=value["prose"],
        tool=value["tool"],
        bindings=tuple(Binding(b["name"], source_from_json(b["source"])) for b in value["with"]),
        permissions=tuple(value["permissions"]),
        proceed_if=_conditions(value["proceed_if"]),
        stop_if=_conditions(value["stop_if"]),
        approvals=tuple(ApprovalRequirement(a["role"], a["words"], tuple(a["over"])) for a in value["approvals"]),
        proof=tuple(
            ProofRequirement(p["level"], p["kind"], parse_condition(p["condition"]["text"])) for p in value["proof"]
        ),
        recoveries=tuple(Recovery(r["sign"], r["action"]) for r in value["if_it_fails"]),
        for_each=value["for_each"]["text"] if value["for_each"] else "",
        optional_when=parse_condition(value["optional_when"]["text"]) if value["optional_when"] else None,
        either=tuple(value["either"]),
        after=None if value["after"] is None else tuple(value["after"]),
    )


def _conditions(values: list[dict[str, Any]]) -> tuple[Condition, ...]:
    return tuple(parse_condition(value["text"]) for value in values)
