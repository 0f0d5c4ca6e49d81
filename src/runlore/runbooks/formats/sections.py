"""A Markdown procedure that others wrote → Runbook: each section under the field that its heading usually means, the rest kept where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from runlore.model.runbook import (
    CompletionProof,
    EscalationRule,
    Input,
    KnownFailure,
    Runbook,
    Section,
    Step,
    Trigger,
    TriggerKind,
)
from runlore.runbooks.blocks import raw_text
from runlore.runbooks.formats.find_steps import FoundSteps
from runlore.runbooks.formats.headings import SectionKind, kind_of
from runlore.runbooks.formats.outline import Heading, Piece, plain, sink_headings

_FIELDS: dict[SectionKind, str] = {
    "purpose": "purpose",
    "when": "triggers",
    "not-when": "triggers",
    "inputs": "inputs",
    "prerequisites": "prerequisites",
    "completion": "completion",
    "good": "good",
    "examples": "examples",
    "failures": "failure_modes",
    "escalation": "escalation",
}
_INPUT = re.compile(
    r"(?:\*\*|`)+(?P<name>[\w.{}$<>-]{1,60})(?:\*\*|`)+:?(?:\*\*)?\s*"
    r"(?:\((?P<kind>required|optional)(?:,?\s*default:?\s*(?P<default>[^()]{1,300}(?:\([^()]{0,100}\)[^()]{0,200})?))?\))?"
    r"(?:\*\*)?\s*(?P<sep>[:–—-]|$)\s*(?P<text>.*)",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_PURPOSE = re.compile(r"(?i)(?:overview|purpose|goals?|objectives?|summary|introduction|description)\b")
_EMPTY = re.compile(r"[\s*_`()–—-]*(?:required|none|n/a|-)?[\s*_`()–—-]*", re.IGNORECASE)


@dataclass
class _Fields:
    """The parts of a runbook as they fill up; ``loose`` is text of a known section that is none of its items."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    loose: dict[str, list[str]] = field(default_factory=dict)
    foreign: list[Section] = field(default_factory=list)


def read_sections(
    lines: Sequence[str], outline: Sequence[Heading], title_at: int, found: FoundSteps, base: Runbook
) -> Runbook:
    """Give ``base`` with what the sections say. All text of the outline is in some field of it: nothing is dropped."""
    fields = _Fields()
    opened = dict(found.opened)
    known, at, kinds = "", 0, _kinds(outline, title_at)
    while at < len(outline):
        heading = outline[at]
        if at in opened or (at <= title_at and at not in found.sections):
            text = raw_text(lines, heading.body if heading.level else heading.first, opened.get(at, heading.end))
            shown = plain(heading.title)
            _add(fields.values, "purpose", "" if shown in ("", base.title) else f"**{shown}**")
            _add(fields.values, "purpose", text)
            at += 1
        elif at in found.sections:
            known, at = "steps", at + 1
        elif kind := _FIELDS.get(kinds[at], ""):
            _read_known(kind, kinds[at], lines, heading, fields)
            known, at = kind, at + 1
        else:
            end = _foreign_end(outline, at, kinds, found)
            text = sink_headings(lines, outline[at:end], heading.body, outline[end - 1].end, 3)
            fields.foreign.append(Section(plain(heading.title) or "–", text, known))
            at = end
    return _assembled(base, fields, found.steps)


def _kinds(outline: Sequence[Heading], title_at: int) -> list[SectionKind]:
    """What each section is: by its own heading, else what the section above it is where that is a known field."""
    kinds: list[SectionKind] = []
    above: list[tuple[int, SectionKind]] = []
    for at, heading in enumerate(outline):
        while above and above[-1][0] >= heading.level:
            above.pop()
        own: SectionKind = "" if at <= title_at or not heading.level else kind_of(heading.title)
        inherited = above[-1][1] if above else ""
        kind = own if own in _FIELDS and inherited != "failures" else inherited or own
        kinds.append(kind)
        if heading.level and at > title_at:
            above.append((heading.level, kind if kind in _FIELDS and kind != "purpose" else ""))
    return kinds


def _foreign_end(outline: Sequence[Heading], at: int, kinds: Sequence[SectionKind], found: FoundSteps) -> int:
    end = at + 1
    while (
        end < len(outline)
        and outline[end].level > outline[at].level
        and end not in found.sections
        and kinds[end] not in _FIELDS
    ):
        end += 1
    return end


def _read_known(name: str, kind: SectionKind, lines: Sequence[str], heading: Heading, fields: _Fields) -> None:
    """Read a section into its field; what is none of its items is loose text, under the heading where that says more than the field's."""
    if name == "purpose":
        text = raw_text(lines, heading.body, heading.end)
        title = "" if _PURPOSE.match(plain(heading.title)) else f"**{plain(heading.title)}**"
        _add(fields.values, name, "\n\n".join(part for part in (title, text) if part))
        return
    if name == "failure_modes" and (row := _failure(lines, heading)):
        _add(fields.values, name, row)
        return
    values, covered = _READERS[name](kind, heading)
    fields.values.setdefault(name, []).extend(values)
    rest = raw_text([line for n, line in _numbered(lines, heading) if n not in covered], 0, heading.end)
    title = plain(heading.title)
    if rest or not _is_usual(title):
        fields.loose.setdefault(name, []).append(
            "\n\n".join(p for p in ("" if _is_usual(title) else f"**{title}**", rest) if p)
        )


def _numbered(lines: Sequence[str], heading: Heading) -> Iterator[tuple[int, str]]:
    return ((n, lines[n]) for n in range(heading.body, heading.end))


def _is_usual(title: str) -> bool:
    """Say whether a heading says no more than what its field is called: it is one of the usual names, in at most two words."""
    return len(title.split()) <= 2 and bool(kind_of(title))


def _items(kind: SectionKind, heading: Heading, make: Callable[[str], Any]) -> tuple[list[Any], set[int]]:
    """Values of a section's list items (those that are one paragraph, or one with text below it), and the lines that they cover."""
    values: list[Any] = []
    covered: set[int] = set()
    for piece in heading.pieces:
        for entry in piece.entries:
            if entry.head and (value := make("\n".join(part for part in (entry.head, entry.rest) if part))):
                values.append(value)
                covered.update(range(entry.first, entry.end))
    return values, covered


def _with_paragraphs(kind: SectionKind, heading: Heading, make: Callable[[str], Any]) -> tuple[list[Any], set[int]]:
    """Like ``_items``, where a section of paragraphs alone counts each of them as an item."""
    if any(piece.kind != "text" for piece in heading.pieces):
        return _items(kind, heading, make)
    covered = {n for piece in heading.pieces for n in range(piece.first, piece.end)}
    return [make(piece.text) for piece in heading.pieces], covered


def _triggers(kind: SectionKind, heading: Heading) -> tuple[list[Any], set[int]]:
    trigger: TriggerKind = "not" if kind == "not-when" else "other"
    return _with_paragraphs(kind, heading, lambda text: Trigger(trigger, text))


def _inputs(kind: SectionKind, heading: Heading) -> tuple[list[Any], set[int]]:
    values, covered = _items(kind, heading, _input)
    for piece in heading.pieces:
        if rows := _input_rows(piece):
            values.extend(rows)
            covered.update(range(piece.first, piece.end))
    return values, covered


def _input(text: str) -> Input | None:
    found = _INPUT.fullmatch(text)
    if found is None:
        return None
    required = found["kind"] is None or found["kind"].lower() == "required"
    return Input(found["name"].strip("{}$<>"), required, _bare(found["default"] or ""), found["text"].strip())


def _input_rows(piece: Piece) -> list[Input]:
    """The rows of a table of parameters: its head names a parameter, and a default, whether it is required, or what it is."""
    head = [cell.strip(" *`").lower() for cell in piece.rows[0]] if piece.kind == "table" and piece.rows else []
    if len(head) < 2 or not any(word in head[0] for word in ("parameter", "input", "name", "variable", "argument")):
        return []
    columns = {
        word: n for word in ("default", "required", "variable") for n, cell in enumerate(head) if word in cell and n
    }
    return [_input_row([*row, *[""] * (len(head) - len(row))], columns) for row in piece.rows[1:]]


def _input_row(cells: list[str], columns: dict[str, int]) -> Input:
    """One row: the cells that no part of an input takes are its text, the last one first."""
    default = cells[columns["default"]] if "default" in columns else ""
    is_default = bool(default) and not _EMPTY.fullmatch(default)
    said = cells[columns["required"]].strip(" *`").lower() if "required" in columns else ""
    at = columns["variable"] if "variable" in columns and "{" in cells[columns["variable"]] else 0
    taken = {at, *(columns[name] for name in ("default", "required") if name in columns)}
    rest = [cell for n, cell in enumerate(cells) if n not in taken and cell]
    optional = is_default or said in ("no", "optional", "false")
    shown = "; ".join([*rest[-1:], *rest[:-1]])
    return Input(_bare(cells[at]).strip("{}$<> ") or "–", not optional, _bare(default) if is_default else "", shown)


def _bare(text: str) -> str:
    return text.strip().strip("`*\"'").strip()


def _failure(lines: Sequence[str], heading: Heading) -> KnownFailure | None:
    """A section below *Troubleshooting* as a row: its heading is the sign. One with code or a table, which no cell holds, is none."""
    if (
        heading.level < 3
        or any(piece.kind in ("code", "table", "other") for piece in heading.pieces)
        or not heading.pieces
    ):
        return None
    if any("\n" in entry.rest.strip() for piece in heading.pieces for entry in piece.entries):
        return None
    said = [
        text
        for piece in heading.pieces
        for text in ([piece.text] if piece.text else [" ".join(f"{e.head} {e.rest}".split()) for e in piece.entries])
    ]
    return KnownFailure(plain(heading.title) or "–", "–", " ".join(said), "–")


def _none(kind: SectionKind, heading: Heading) -> tuple[list[Any], set[int]]:
    """No items: all of the section is loose text."""
    return [], set()


_READERS: dict[str, Callable[[SectionKind, Heading], tuple[list[Any], set[int]]]] = {
    "triggers": _triggers,
    "inputs": _inputs,
    "prerequisites": lambda kind, heading: _with_paragraphs(kind, heading, str),
    "completion": lambda kind, heading: _items(kind, heading, CompletionProof),
    "good": lambda kind, heading: _items(kind, heading, str),
    "examples": _none,
    "failure_modes": _none,
    "escalation": lambda kind, heading: _with_paragraphs(kind, heading, EscalationRule),
}
"""Field → how its items are read from a section: the values, and the lines that they cover."""


def _add(values: dict[str, list[Any]], name: str, value: Any) -> None:
    if value:
        values.setdefault(name, []).append(value)


def _assembled(base: Runbook, fields: _Fields, steps: tuple[Step, ...]) -> Runbook:
    values = fields.values
    loose = tuple(Section("", "\n\n".join(texts), after) for after, texts in fields.loose.items())
    return Runbook(
        **{name: getattr(base, name) for name in _HEAD},
        purpose="\n\n".join(values.get("purpose", [])),
        triggers=tuple(values.get("triggers", [])),
        inputs=tuple(values.get("inputs", [])),
        prerequisites=tuple(values.get("prerequisites", [])),
        steps=steps,
        completion=tuple(values.get("completion", [])),
        good=tuple(values.get("good", [])),
        failure_modes=tuple(values.get("failure_modes", [])),
        escalation=tuple(values.get("escalation", [])),
        sections=(*loose, *fields.foreign),
    )


_HEAD = ("name", "description", "title", "owner", "team", "skills", "integrations", "permissions", "reviewed", "review_every", "extra")  # fmt: skip
