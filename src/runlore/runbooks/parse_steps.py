"""The section *Steps*: headings, prose and labelled bullets → values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from runlore.model import Problem
from runlore.model.runbook import Step
from runlore.runbooks.bindings import parse_bindings
from runlore.runbooks.blocks import Block, Item, raw_text
from runlore.runbooks.conditions import parse_condition
from runlore.runbooks.inline import code_or_none, parse_names, parse_numbers
from runlore.runbooks.lines import parse_approval, parse_proof, parse_recovery
from runlore.runbooks.spans import Spans, uncovered_runs

_HEADING = re.compile(r"(\d{1,4})\. (.+)")
_BULLET = re.compile(
    r"(Tool|With|Permission|Proceed only if|Stop if|Approval|If it fails|For each|Optional when|Either|After|Proof \((P[0-3])\)): (.+)",
    re.DOTALL,
)
_LOOKS_LABELLED = re.compile(
    r"((?:Proof|Tool|With|Permission|Proceed|Stop|Approv|If it|For each|Optional|Either|After)[^:`\"]{0,24}):"
)
_FORMS = {
    "Tool": "write the tool's name in backticks",
    "With": 'write `` `name` from input `x` ``, `` `name` = "text" `` or one of the other sources, joined by `; `',
    "Permission": "write the permission in backticks",
    "Approval": "write who approves, and `, over` what",
    "Either": "write the steps' numbers, as in `3, 4`",
    "After": "write the steps' numbers, as in `1, 3`, or `nothing`",
}


@dataclass
class _Draft:
    """A step being read: its fields, and the lines that its bullets cover."""

    number: int
    title: str
    first: int
    end: int
    values: dict[str, Any] = field(default_factory=dict)
    covered: list[tuple[int, int]] = field(default_factory=list)


def parse_steps(
    body: Sequence[Block], lines: Sequence[str], end: int, file: str, spans: Spans
) -> tuple[tuple[Step, ...], list[tuple[int, int]], list[Problem]]:
    """Read the blocks of *Steps*: the steps, the lines that they cover, and what was wrong. Spans are added to ``spans``."""
    problems: list[Problem] = []
    heads: list[tuple[int, re.Match[str]]] = []
    for at, block in enumerate(body):
        if block.kind == "heading" and block.level == 3:
            found = _HEADING.fullmatch(block.text)
            if found:
                heads.append((at, found))
            else:
                message = "A step's heading is `### N. Title`: give it its number."
                problems.append(Problem(file, block.first + 1, "step-heading", message))
    steps: list[Step] = []
    stops = [*(at for at, _ in heads[1:]), len(body)] if heads else []
    for (at, found), stop in zip(heads, stops, strict=True):
        heading, number = body[at], int(found[1])
        if number != len(steps) + 1:
            message = f"This is step {len(steps) + 1}, numbered {number}: number steps 1, 2, 3 …"
            problems.append(Problem(file, heading.first + 1, "step-number", message))
        draft = _Draft(number, found[2], heading.first, body[stop].first if stop < len(body) else end)
        spans.add(f"step-{number}", heading.first, heading.end)
        items = [item for block in body[at:stop] if block.kind == "list" for item in block.items]
        problems.extend(_bullets(draft, items, file, spans))
        steps.append(_finished(draft, lines, heading.end, spans))
    return tuple(steps), [(body[heads[0][0]].first, end)] if heads else [], problems


def _finished(draft: _Draft, lines: Sequence[str], after_heading: int, spans: Spans) -> Step:
    runs = uncovered_runs(lines, after_heading, draft.end, draft.covered)
    spans.add_all(f"step-{draft.number}/prose", runs)
    prose = "\n\n".join(raw_text(lines, *run) for run in runs)
    return Step(draft.number, draft.title, prose, **draft.values)


@dataclass(frozen=True, slots=True)
class _Bullet:
    """A labelled bullet that could be read."""

    item: Item
    label: str
    value: Any


def _bullets(draft: _Draft, items: Sequence[Item], file: str, spans: Spans) -> list[Problem]:
    """Read the bullets of a step into it; one that cannot be read stays in the prose, and of two that exclude each other the first does."""
    problems: list[Problem] = []
    read: list[_Bullet] = []
    for item in items:
        bullet = _read(item)
        if isinstance(bullet, _Bullet):
            read.append(bullet)
        elif bullet:
            problems.append(Problem(file, item.first + 1, *bullet))
    last = {bullet.label: bullet for bullet in read}
    for bullet in read:
        slot, single, _ = _LABELS[bullet.label]
        if single and last[bullet.label] is not bullet:
            message = f"`{bullet.label}:` stands twice in this step: keep one."
            problems.append(Problem(file, bullet.item.first + 1, "label-duplicate", message))
            continue
        _put(draft, slot, single, bullet, spans)
    return problems


def _put(draft: _Draft, slot: str, single: bool, bullet: _Bullet, spans: Spans) -> None:
    key = _SLOTS[slot]
    if single:
        draft.values[slot] = bullet.value
    else:
        earlier = draft.values.get(slot, ())
        draft.values[slot] = earlier + (bullet.value if isinstance(bullet.value, tuple) else (bullet.value,))
        key = key if slot == "bindings" else f"{key}-{len(earlier) + 1}"
    spans.add(f"step-{draft.number}/{key}", bullet.item.first, bullet.item.end)
    draft.covered.append((bullet.item.first, bullet.item.end))


def _read(item: Item) -> _Bullet | tuple[str, str] | None:
    """Read one bullet: its value, or the slug and message of what is wrong, or None where it was not meant as a label."""
    found = _BULLET.fullmatch(item.text) if item.plain else None
    if found is None:
        meant = _LOOKS_LABELLED.match(item.text)
        if meant is None:
            return None
        hint = "see the labels in the reference; a labelled bullet has no list inside"
        hint = "`Proof (P2): …` names its level" if meant[1].startswith("Proof") else hint
        return "label-unknown", f"`{meant[1]}:` is not a label of a step: {hint}."
    label = found[1].partition(" (")[0]
    value = parse_proof(found[2], found[3]) if label == "Proof" else _LABELS[label][2](found[3])
    if value is None:
        return "line-unreadable", f"`{label}:` is not of its form: {_FORMS[label]}."
    return _Bullet(item, label, value)


_LABELS: dict[str, tuple[str, bool, Callable[[str], Any]]] = {
    "Tool": ("tool", True, code_or_none),
    "With": ("bindings", False, parse_bindings),
    "Permission": ("permissions", False, parse_names),
    "Proceed only if": ("proceed_if", False, parse_condition),
    "Stop if": ("stop_if", False, parse_condition),
    "Approval": ("approvals", False, parse_approval),
    "Proof": ("proof", False, parse_condition),
    "If it fails": ("recoveries", False, parse_recovery),
    "For each": ("for_each", True, str),
    "Optional when": ("optional_when", True, parse_condition),
    "Either": ("either", True, parse_numbers),
    "After": ("after", True, parse_numbers),
}
"""Label → the field of Step, whether it stands at most once, and how its text is read."""

_SLOTS = {
    "tool": "tool",
    "bindings": "with",
    "permissions": "permission",
    "proceed_if": "proceed",
    "stop_if": "stop",
    "approvals": "approval",
    "proof": "proof",
    "recoveries": "fails",
    "for_each": "each",
    "optional_when": "optional",
    "either": "either",
    "after": "after",
}
"""Field of Step → the tail of its pieces' keys."""
