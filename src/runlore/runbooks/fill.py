"""Fill: what an issue already gives goes into the steps of a runbook, and what it does not give is named."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from runlore.model.condition_text import render_code, render_constant
from runlore.model.pack import GivenInput, MissingInput
from runlore.model.runbook import Binding, Input, Runbook, Step
from runlore.runbooks.bindings import render_source
from runlore.runbooks.render import Piece, render_item, render_pieces

LONGEST_VALUE = 240
"""Characters of a given value that stand in a step; a longer one is read in the issue."""

_PLACE = re.compile(r"<([A-Za-z][\w-]{0,63})>")
_ONE_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+-]{0,119}")
_NOT_TOLD = ("frontmatter", "good", "example", "open")
_ESSENTIAL = ("title", "input", "prerequisite", "step", "completion", "escalation")
_OUTLINE = ("", "tool", "proceed", "stop", "approval", "each", "optional", "either", "after")


@dataclass(frozen=True, slots=True)
class Filled:
    """A runbook with an issue's values: as a whole (without good examples and open questions, which stand apart), as its essentials,
    and as an outline that still holds every guard and approval. ``given`` was used, ``missing`` has to be asked for."""

    whole: str
    essentials: str
    outline: str
    given: tuple[GivenInput, ...]
    missing: tuple[MissingInput, ...]


def fill(runbook: Runbook, known: Mapping[str, GivenInput]) -> Filled:
    """Fill a runbook with what an issue gives; ``known`` holds its values by ``field_key``, fields of the issue itself as ``issue_title`` and so on."""
    pieces = tuple(_filled_pieces(runbook, known))
    bare = {f"step-{step.number}" for step in runbook.steps if step.tool or step.approvals}
    return Filled(
        _text(pieces),
        _text(piece for piece in pieces if _is_essential(piece, bare)),
        _text(piece for piece in pieces if _is_outline(piece)),
        tuple(dict.fromkeys(_used(runbook, known))),
        tuple(dict.fromkeys(_missing(runbook, known))),
    )


def field_key(name: str) -> str:
    """Give the form in which names of inputs and of an issue's fields are compared: ``Asset URL`` and ``asset_url`` are one."""
    return "_".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def find_given(name: str, known: Mapping[str, GivenInput], *, of_issue: bool) -> GivenInput | None:
    """Find the value of an input, or of a field of the issue: only the latter may be the issue's own title, body or link."""
    key = field_key(name)
    return known.get(key) or (known.get(f"issue_{key}") if of_issue else None)


def render_given(given: GivenInput) -> str:
    """Give a value as it stands in a step, and that it is the issue's."""
    if len(given.value) > LONGEST_VALUE or "\n" in given.value.strip():
        return f"= the issue's {given.origin}, as it stands there"
    return f"= {render_constant(given.value)} (from the issue)"


def _filled_pieces(runbook: Runbook, known: Mapping[str, GivenInput]) -> Iterator[Piece]:
    steps = {f"step-{step.number}/with": step for step in runbook.steps}
    inputs = {f"input/{value.name}": value for value in runbook.inputs}
    for piece in render_pieces(runbook):
        if piece.key.split("/")[0].split("-")[0] in _NOT_TOLD or piece.key in ("examples", "open_questions"):
            continue
        if piece.key in steps:
            yield Piece(piece.key, render_item(f"With: {_bindings(steps[piece.key], known)}"), piece.tight)
        elif piece.key in inputs:
            given = find_given(inputs[piece.key].name, known, of_issue=False)
            yield Piece(piece.key, f"{piece.text} {render_given(given)}" if given else piece.text, piece.tight)
        else:
            yield piece


def _bindings(step: Step, known: Mapping[str, GivenInput]) -> str:
    return "; ".join(f"{render_code(b.name)} {_binding(b, known)}" for b in step.bindings)


def _binding(binding: Binding, known: Mapping[str, GivenInput]) -> str:
    source = binding.source
    if source.kind == "constant" and isinstance(source.value, str):
        return _placed(source.value, known)
    given = (
        find_given(source.name, known, of_issue=source.kind == "issue") if source.kind in ("input", "issue") else None
    )
    return render_given(given) if given else render_source(source)


def _placed(constant: str, known: Mapping[str, GivenInput]) -> str:
    """A constant with the issue's values in the place of ``<name>``. A value that a shell might read as more than one word stays out of it."""
    used: list[str] = []

    def place(found: re.Match[str]) -> str:
        given = find_given(found[1], known, of_issue=False)
        if given is None or not _ONE_WORD.fullmatch(given.value):
            return found[0]
        used.append(found[1])
        return given.value

    text = render_constant(_PLACE.sub(place, constant))
    return f"{text} ({', '.join(dict.fromkeys(used))} from the issue)" if used else text


def _text(pieces: Iterable[Piece]) -> str:
    parts: list[str] = []
    for piece in pieces:
        parts.extend([("\n" if piece.tight else "\n\n") if parts else "", piece.text])
    return "".join(parts)


def _is_essential(piece: Piece, bare: set[str]) -> bool:
    """Say whether a piece is needed to do the work: not its reasons, and no prose beside a tool."""
    head, _, slot = piece.key.partition("/")
    kind = head.split("-")[0]
    if kind == "step":
        return slot != "prose" or head not in bare
    return kind in (*_ESSENTIAL, "inputs", "prerequisites", "steps") and slot != "loose"


def _is_outline(piece: Piece) -> bool:
    head, _, slot = piece.key.partition("/")
    kind = head.split("-")[0]
    return kind == "title" and not slot if kind != "step" else slot.split("-")[0] in _OUTLINE


def _used(runbook: Runbook, known: Mapping[str, GivenInput]) -> Iterator[GivenInput]:
    for name, of_issue in _names(runbook):
        given = find_given(name, known, of_issue=of_issue)
        if given:
            yield GivenInput(name, given.value, given.origin)


def _names(runbook: Runbook) -> Iterator[tuple[str, bool]]:
    for value in runbook.inputs:
        yield value.name, False
    for step in runbook.steps:
        for binding in step.bindings:
            if binding.source.kind in ("input", "issue"):
                yield binding.source.name, binding.source.kind == "issue"


def _missing(runbook: Runbook, known: Mapping[str, GivenInput]) -> Iterator[MissingInput]:
    told: dict[str, Input] = {value.name: value for value in runbook.inputs}
    for name, of_issue in _names(runbook):
        value = None if of_issue else told.get(name)
        if value is not None and (not value.required or value.default):
            continue
        if find_given(name, known, of_issue=of_issue) is None:
            yield MissingInput(name, value.text if value else "a field of the issue" if of_issue else "")
