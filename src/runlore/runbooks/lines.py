"""The lines inside sections and steps: text ↔ value, inverse. Each parser gives None where the text is none of its form."""

from __future__ import annotations

import re
from typing import cast

from runlore.model.condition_text import render_code
from runlore.model.runbook import (
    ApprovalRequirement,
    CompletionProof,
    EscalationRule,
    Input,
    OpenQuestion,
    ProofLevel,
    ProofRequirement,
    Recovery,
    Trigger,
    TriggerKind,
)
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.inline import code_or_none, parse_code, parse_names, render_names, split_outside

PROOF_KINDS = ("tool result", "url", "commit", "file", "command", "message", "person")
"""The kinds of artefact that a proof can name."""

_TRIGGERS: dict[str, TriggerKind] = {"Request": "request", "Label": "label", "Schedule": "schedule", "Not when": "not"}
_TRIGGER = re.compile(r"(Request|Label|Schedule|Not when): (.+)", re.DOTALL)
_INPUT = re.compile(r" \((required|optional)(?:, default: (.+?))?\)(?:: (.*))?", re.DOTALL)
_COMPLETION = re.compile(rf"({'|'.join(PROOF_KINDS)}) \((P[0-3])\): (.+)", re.DOTALL)
_ESCALATION = re.compile(r"(`[^`]+`)(?:, within ([^,`]+))?(?:, then (`[^`]+`))?")
_SUBJECT = re.compile(r"([A-Z][A-Za-z0-9]*(?:,? [a-z0-9]+){0,12}): (.+)", re.DOTALL)
_ARROW = " → "


def parse_trigger(text: str) -> Trigger:
    """Read a line of *When to start*; one without a known label is of kind ``other``."""
    found = _TRIGGER.fullmatch(text)
    if found is None:
        return Trigger("other", text)
    kind, rest = _TRIGGERS[found[1]], found[2]
    parts = _at_arrow(rest) if kind == "not" else None
    instead = code_or_none(parts[1]) if parts else None
    return Trigger(kind, parts[0], instead) if parts and instead else Trigger(kind, rest)


def render_trigger(trigger: Trigger) -> str:
    """Give a line of *When to start*."""
    label = next((label for label, kind in _TRIGGERS.items() if kind == trigger.kind), "")
    instead = f"{_ARROW}{render_code(trigger.instead)}" if trigger.instead else ""
    return f"{label}: {trigger.text}{instead}" if label else trigger.text


def parse_input(text: str) -> Input | None:
    """Read a line of *Inputs*."""
    name = parse_code(text)
    found = _INPUT.fullmatch(text, name[1]) if name else None
    if name is None or found is None:
        return None
    return Input(name[0], found[1] == "required", found[2] or "", found[3] or "")


def render_input(value: Input) -> str:
    """Give a line of *Inputs*."""
    default = f", default: {value.default}" if value.default else ""
    text = f": {value.text}" if value.text else ""
    return f"{render_code(value.name)} ({'required' if value.required else 'optional'}{default}){text}"


def parse_approval(text: str) -> ApprovalRequirement | None:
    """Read what follows ``Approval:``; a name in a code span is a role, anything else plain words."""
    who, _, over = text.partition(", over ")
    names = parse_names(over) if over else ()
    if names is None:
        who, names = text, ()
    if not who.strip():
        return None
    role = code_or_none(who)
    return ApprovalRequirement(role=role, over=names) if role else ApprovalRequirement(words=who, over=names)


def render_approval(approval: ApprovalRequirement) -> str:
    """Give what follows ``Approval:``."""
    who = render_code(approval.role) if approval.role else approval.words
    return f"{who}, over {render_names(approval.over)}" if approval.over else who


def parse_proof(level: str, text: str) -> ProofRequirement:
    """Read what follows ``Proof (P2):``; a kind that is not of PROOF_KINDS belongs to the words."""
    kind, _, rest = text.partition(", ")
    if kind not in PROOF_KINDS:
        kind, rest = "", text
    return ProofRequirement(cast(ProofLevel, level), kind, parse_condition(rest))


def render_proof(proof: ProofRequirement) -> str:
    """Give what follows ``Proof (P2):``."""
    return ", ".join(part for part in (proof.kind, proof.condition.text) if part)


def parse_recovery(text: str) -> Recovery:
    """Read what follows ``If it fails:``."""
    parts = _at_arrow(text)
    return Recovery(*parts) if parts else Recovery("", text)


def render_recovery(recovery: Recovery) -> str:
    """Give what follows ``If it fails:``."""
    return f"{recovery.sign}{_ARROW}{recovery.action}" if recovery.sign else recovery.action


def parse_completion(text: str) -> CompletionProof:
    """Read a line of *Proof of completion*."""
    found = _COMPLETION.fullmatch(text)
    return CompletionProof(found[3], found[1], found[2]) if found else CompletionProof(text)


def render_completion(proof: CompletionProof) -> str:
    """Give a line of *Proof of completion*."""
    return f"{proof.kind} ({proof.level}): {proof.text}" if proof.kind else proof.text


def parse_escalation(text: str) -> EscalationRule:
    """Read a line of *Escalation*; one that names no role is prose."""
    parts = _at_arrow(text)
    found = _ESCALATION.fullmatch(parts[1]) if parts else None
    if parts is None or found is None:
        return EscalationRule(text)
    return EscalationRule(parts[0], found[1].strip("`"), found[2] or "", (found[3] or "").strip("`"))


def render_escalation(rule: EscalationRule) -> str:
    """Give a line of *Escalation*."""
    if not rule.role:
        return rule.situation
    within = f", within {rule.within}" if rule.within else ""
    fallback = f", then {render_code(rule.fallback)}" if rule.fallback else ""
    return f"{rule.situation}{_ARROW}{render_code(rule.role)}{within}{fallback}"


def parse_question(text: str) -> OpenQuestion:
    """Read a line of *Open questions*; a short head before a colon is its subject."""
    found = _SUBJECT.fullmatch(text)
    return OpenQuestion(found[2], found[1]) if found else OpenQuestion(text)


def render_question(question: OpenQuestion) -> str:
    """Give a line of *Open questions*."""
    return f"{question.subject}: {question.text}" if question.subject else question.text


def _at_arrow(text: str) -> tuple[str, str] | None:
    """Split at the first arrow outside code; ``->`` counts as one."""
    for arrow in (_ARROW, " -> "):
        parts = split_outside(text, arrow)
        if len(parts) > 1 and parts[0]:
            return parts[0], arrow.join(parts[1:])
    return None
