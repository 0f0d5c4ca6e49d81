"""Runbook → text. The text is a sequence of pieces, each with a key by which evidence, lint and edits find it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runlore.model.condition_text import render_code
from runlore.model.runbook import SECTIONS, KnownFailure, Runbook, Step
from runlore.runbooks.bindings import render_bindings
from runlore.runbooks.frontmatter import render_entry
from runlore.runbooks.inline import render_numbers
from runlore.runbooks.lines import (
    render_approval,
    render_completion,
    render_escalation,
    render_input,
    render_proof,
    render_question,
    render_recovery,
    render_trigger,
)


class Piece(NamedTuple):
    """A run of lines without its last line end. ``tight`` pieces follow the one before on the next line, others after a blank one.

    Keys: ``frontmatter/owner``, ``title``, ``inputs`` (the heading), ``inputs/loose``, ``input/caption``, ``when-1``, ``step-2``,
    ``step-2/with``, ``step-2/proof-1``, ``failure-1``, ``section/Notes`` …
    """

    key: str
    text: str
    tight: bool = False


def render(runbook: Runbook) -> str:
    """Give the canonical text of a runbook; ``parse`` of it gives the runbook back."""
    return _joined(render_pieces(runbook)) + "\n"


def render_section(runbook: Runbook, field: str) -> str:
    """Give the text of one known section with its heading and what stands behind it, ``""`` where there is none; field ``""`` is the head."""
    return _joined([*(_section(runbook, field) if field else ()), *_foreign(runbook, field)])


def _joined(pieces: Iterable[Piece]) -> str:
    parts: list[str] = []
    for piece in pieces:
        if parts:
            parts.append("\n" if piece.tight else "\n\n")
        parts.append(piece.text)
    return "".join(parts)


def render_pieces(runbook: Runbook) -> tuple[Piece, ...]:
    """Give the pieces of the canonical text in order."""
    return (
        Piece("frontmatter", "---"),
        *(Piece(f"frontmatter/{key}", text, tight=True) for key, text in _frontmatter(runbook)),
        Piece("frontmatter/end", "---", tight=True),
        *([Piece("title", f"# {runbook.title}")] if runbook.title else []),
        *_foreign(runbook, ""),
        *(piece for field in SECTIONS for piece in (*_section(runbook, field), *_foreign(runbook, field))),
    )


def render_item(text: str) -> str:
    """Give a bullet; lines after the first are indented to stay inside it."""
    first, *rest = text.split("\n")
    return "\n".join([f"- {first}", *(f"  {line}" if line else "" for line in rest)])


def _frontmatter(runbook: Runbook) -> Iterator[tuple[str, str]]:
    known: dict[str, str | tuple[str, ...]] = {
        "name": runbook.name,
        "description": runbook.description,
        "owner": runbook.owner,
        "team": runbook.team,
        "skills": runbook.skills,
        "integrations": runbook.integrations,
        "permissions": runbook.permissions,
        "reviewed": runbook.reviewed,
        "review-every": runbook.review_every,
    }
    for key, value in known.items():
        if value:
            yield key, render_entry(key, value)
    yield from runbook.extra


def _foreign(runbook: Runbook, after: str) -> Iterator[Piece]:
    """The unknown sections that stand after a known one; before all of them, also the loose text under the title."""
    seen: dict[str, int] = {}
    for section in runbook.sections:
        if section.after != after:
            continue
        if section.title:
            seen[section.title] = seen.get(section.title, 0) + 1
            text = f"\n\n{section.text}" if section.text else ""
            yield Piece(f"section/{after}/{section.title}/{seen[section.title]}", f"## {section.title}{text}")
        elif not after:
            yield Piece("title/loose", section.text)


def _section(runbook: Runbook, field: str) -> Iterator[Piece]:
    body = list(_body(runbook, field))
    loose = next((s.text for s in runbook.sections if s.after == field and not s.title and field), "")
    if not body and not loose:
        return
    yield Piece(field, f"## {SECTIONS[field]}")
    if loose:
        yield Piece(f"{field}/loose", loose)
    if body and field not in ("purpose", "steps"):
        yield Piece(body[0].key, body[0].text)
        body = body[1:]
    yield from body


def _body(runbook: Runbook, field: str) -> Iterator[Piece]:
    """The pieces of one known section without its heading; list items are tight, ``_section`` loosens the first."""
    if field == "purpose":
        if runbook.purpose:
            yield Piece("purpose/text", runbook.purpose)
    elif field == "steps":
        for step in runbook.steps:
            yield from _step(step)
    elif field == "failure_modes":
        if runbook.failure_modes:
            yield Piece("failures/head", "| Sign | Cause | Recovery | Seen |\n| --- | --- | --- | --- |")
        for number, row in enumerate(runbook.failure_modes, 1):
            yield Piece(f"failure-{number}", _row(row), tight=True)
    else:
        for key, text in _items(runbook, field):
            yield Piece(key, render_item(text), tight=True)


def _items(runbook: Runbook, field: str) -> list[tuple[str, str]]:
    match field:
        case "inputs":
            return [(f"input/{value.name}", render_input(value)) for value in runbook.inputs]
        case "triggers":
            texts = [render_trigger(value) for value in runbook.triggers]
        case "prerequisites":
            texts = list(runbook.prerequisites)
        case "completion":
            texts = [render_completion(value) for value in runbook.completion]
        case "good":
            texts = list(runbook.good)
        case "examples":
            texts = list(runbook.examples)
        case "escalation":
            texts = [render_escalation(value) for value in runbook.escalation]
        case _:
            texts = [render_question(value) for value in runbook.open_questions]
    return [(f"{ITEM_KEYS[field]}-{number}", text) for number, text in enumerate(texts, 1)]


ITEM_KEYS = {
    "triggers": "when",
    "prerequisites": "prerequisite",
    "completion": "completion",
    "good": "good",
    "examples": "example",
    "escalation": "escalation",
    "open_questions": "open",
}
"""The head of the keys of a list section's items: ``when-1``, ``good-2``."""


def _step(step: Step) -> Iterator[Piece]:
    key = f"step-{step.number}"
    yield Piece(key, f"### {step.number}. {step.title}")
    if step.prose:
        yield Piece(f"{key}/prose", step.prose)
    for number, (slot, text) in enumerate(_bullets(step)):
        yield Piece(f"{key}/{slot}", render_item(text), tight=number > 0)


def _bullets(step: Step) -> Iterator[tuple[str, str]]:
    if step.tool:
        yield "tool", f"Tool: {render_code(step.tool)}"
    if step.bindings:
        yield "with", f"With: {render_bindings(step.bindings)}"
    for number, permission in enumerate(step.permissions, 1):
        yield f"permission-{number}", f"Permission: {render_code(permission)}"
    for number, condition in enumerate(step.proceed_if, 1):
        yield f"proceed-{number}", f"Proceed only if: {condition.text}"
    for number, approval in enumerate(step.approvals, 1):
        yield f"approval-{number}", f"Approval: {render_approval(approval)}"
    for number, condition in enumerate(step.stop_if, 1):
        yield f"stop-{number}", f"Stop if: {condition.text}"
    for number, proof in enumerate(step.proof, 1):
        yield f"proof-{number}", f"Proof ({proof.level}): {render_proof(proof)}"
    for number, recovery in enumerate(step.recoveries, 1):
        yield f"fails-{number}", f"If it fails: {render_recovery(recovery)}"
    if step.for_each:
        yield "each", f"For each: {step.for_each}"
    if step.optional_when:
        yield "optional", f"Optional when: {step.optional_when.text}"
    if step.either:
        yield "either", f"Either: {render_numbers(step.either)}"
    if step.after is not None:
        yield "after", f"After: {render_numbers(step.after)}"


def _row(row: KnownFailure) -> str:
    cells = (row.sign, row.cause, row.recovery, row.seen)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
