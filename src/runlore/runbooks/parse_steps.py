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
    heads: list[tuple[Block, re.Match[str]]] = []
    for block in body:
        if block.kind == "heading" and block.level == 3:
            found = _HEADING.fullmatch(block.text)
            if found:
                heads.append((block, found))
            else:
                problems.append(
                    Problem(
                        file, block.first + 1, "step-heading", "A step's heading is `### N. Title`: give it its number."
                    )
                )
    ends = [*(block.first for block, _ in heads[1:]), end]
    steps: list[Step] = []
    for (block, found), stop in zip(heads, ends, strict=True):
        if int(found[1]) != len(steps) + 1:
            problems.append(
                Problem(
                    file,
                    block.first + 1,
                    "step-number",
                    f"This is step {len(steps) + 1}, numbered {found[1]}: number steps 1, 2, 3 …",
                )
            )
        draft = _Draft(int(found[1]), found[2], block.first, stop)
        spans.add(f"step-{draft.number}", block.first, block.end)
        for item in (
            item for inner in body if inner.kind == "list" and block.first < inner.first < stop for item in inner.items
        ):
            problems.extend(_bullet(draft, item, file, spans))
        steps.append(_finished(draft, lines, block.end, spans))
    return tuple(steps), [(heads[0][0].first, end)] if heads else [], problems


def _finished(draft: _Draft, lines: Sequence[str], after_heading: int, spans: Spans) -> Step:
    runs = uncovered_runs(lines, after_heading, draft.end, draft.covered)
    spans.add_all(f"step-{draft.number}/prose", runs)
    prose = "\n\n".join(raw_text(lines, *run) for run in runs)
    return Step(draft.number, draft.title, prose, **draft.values)


def _bullet(draft: _Draft, item: Item, file: str, spans: Spans) -> list[Problem]:
    """Read a bullet into the step; one that cannot be read stays in the prose and is reported if it was meant as a label."""
    found = _BULLET.fullmatch(item.text) if item.plain else None
    if found is None:
        meant = _LOOKS_LABELLED.match(item.text)
        if meant is None:
            return []
        hint = (
            "`Proof (P2): …` names its level"
            if meant[1].startswith("Proof")
            else "see the labels in the reference; a labelled bullet has no list inside"
        )
        return [Problem(file, item.first + 1, "label-unknown", f"`{meant[1]}:` is not a label of a step: {hint}.")]
    label = found[1].partition(" (")[0]
    slot, single, parse = _LABELS[label]
    value = parse_proof(found[2], found[3]) if label == "Proof" else parse(found[3])
    if value is None:
        return [Problem(file, item.first + 1, "line-unreadable", f"`{label}:` is not of its form: {_FORMS[label]}.")]
    name = _SLOTS[slot]
    if single and slot in draft.values:
        return [Problem(file, item.first + 1, "label-duplicate", f"`{label}:` stands twice in this step: keep one.")]
    if single:
        draft.values[slot] = value
        key = name
    else:
        earlier = draft.values.get(slot, ())
        draft.values[slot] = earlier + (value if isinstance(value, tuple) else (value,))
        key = name if slot == "bindings" else f"{name}-{len(earlier) + 1}"
    spans.add(f"step-{draft.number}/{key}", item.first, item.end)
    draft.covered.append((item.first, item.end))
    return []


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
