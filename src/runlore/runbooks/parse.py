"""Text → Runbook and problems. Nothing is dropped: what the format does not know is kept where it stands and reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runlore.model import Problem
from runlore.model.runbook import SECTIONS, Input, KnownFailure, Runbook, Section
from runlore.runbooks.blocks import Block, parse_blocks, raw_text
from runlore.runbooks.frontmatter import Entry, parse_frontmatter
from runlore.runbooks.lines import (
    parse_completion,
    parse_escalation,
    parse_input,
    parse_question,
    parse_trigger,
)
from runlore.runbooks.parse_steps import parse_steps
from runlore.runbooks.render import ITEM_KEYS
from runlore.runbooks.spans import Span, Spans, uncovered_runs

LARGEST = 128 * 1024
_SCALARS = {
    "name": "name",
    "description": "description",
    "owner": "owner",
    "team": "team",
    "reviewed": "reviewed",
    "review-every": "review_every",
}
_LISTS = {"skills": "skills", "integrations": "integrations", "permissions": "permissions"}
_FIELDS = {title.lower(): field for field, title in SECTIONS.items()}
_HEAD = ("sign", "cause", "recovery", "seen")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A runbook with what was wrong in its text and where each piece stands (lines from 0, half open)."""

    runbook: Runbook
    problems: tuple[Problem, ...]
    spans: tuple[Span, ...]

    starts: Mapping[str, int]

    def line(self, key: str) -> int:
        """Give the line, from 1, on which a piece begins; a part of a piece gives the piece's line, an unknown one 1."""
        while key and key not in self.starts:
            key = key.rpartition("/")[0]
        return self.starts.get(key, 1)


def parse(text: str, file: str) -> tuple[Runbook, tuple[Problem, ...]]:
    """Read a runbook; problems stand in the order of the text. Never raises on content."""
    parsed = parse_spans(text, file)
    return parsed.runbook, parsed.problems


def parse_spans(text: str, file: str) -> Parsed:
    """Read a runbook and keep where each of its pieces stands."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
        message = f"The file is larger than {LARGEST // 1024} KiB: move details into files beside it."
        return Parsed(Runbook("", "", ""), (Problem(file, 1, "too-large", message),), (), {})
    reading = _Reading(text.removeprefix("\ufeff"), file)
    runbook = reading.runbook()
    problems = tuple(sorted(reading.problems, key=lambda problem: problem.line))
    spans = tuple(sorted(reading.spans.found, key=lambda span: span.first))
    return Parsed(runbook, problems, spans, {span.key: span.first + 1 for span in reversed(spans)})


class _Reading:
    """One text on its way to a value; ``problems`` and ``spans`` fill up as its parts are read."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.split("\n")
        entries, self.body, problems = parse_frontmatter(text, file)
        self.entries = entries
        self.problems = list(problems)
        self.spans = Spans()
        self.foreign: list[Section] = []
        self.copies: Counter[tuple[str, str]] = Counter()

    def report(self, line: int, slug: str, message: str, level: str = "error") -> None:
        """Note a problem at a line counted from 0."""
        self.problems.append(Problem(self.file, line + 1, slug, message, level))

    def runbook(self) -> Runbook:
        fields: dict[str, Any] = {"name": "", "description": "", "title": ""}
        self._frontmatter(fields)
        blocks = parse_blocks(self.lines[self.body :], self.body)
        heads = [at for at, block in enumerate(blocks) if block.kind == "heading" and block.level == 2]
        stops = [*heads[1:], len(blocks)] if heads else []
        first = heads[0] if heads else len(blocks)
        self._preamble(blocks[:first], self._line(blocks, first), fields)
        known = ""
        for at, stop in zip(heads, stops, strict=True):
            known = self._section(list(blocks[at:stop]), self._line(blocks, stop), known, fields)
        return replace(Runbook(**fields), sections=tuple(self.foreign))

    def _line(self, blocks: Sequence[Block], at: int) -> int:
        return blocks[at].first if at < len(blocks) else len(self.lines)

    def _frontmatter(self, fields: dict[str, Any]) -> None:
        self.spans.add("frontmatter", 0, 1)
        if self.body > 1:
            self.spans.add("frontmatter/end", self.body - 1, self.body)
        extra = []
        for entry in self.entries:
            self.spans.add(f"frontmatter/{entry.key}", entry.first, entry.end)
            if entry.key in _SCALARS and isinstance(entry.value, str):
                fields.setdefault(_SCALARS[entry.key], entry.value)
                fields[_SCALARS[entry.key]] = fields[_SCALARS[entry.key]] or entry.value
            elif entry.key in _LISTS and (items := _texts(entry.value)) is not None:
                fields.setdefault(_LISTS[entry.key], items)
            else:
                extra.append((entry.key, raw_text(self.lines, entry.first, entry.end)))
                self._report_key(entry)
        fields["extra"] = tuple(extra)

    def _report_key(self, entry: Entry) -> None:
        if entry.key in _SCALARS:
            self.report(
                entry.first, "frontmatter-type", f"`{entry.key}` must be one text: write `{entry.key}: …` on one line."
            )
        elif entry.key in _LISTS:
            self.report(
                entry.first, "frontmatter-type", f"`{entry.key}` must be a list: put each name on a line `  - …`."
            )
        else:
            self.report(
                entry.first,
                "frontmatter-unknown",
                f"The key `{entry.key}` is not one of the format: it is kept; remove it if nothing reads it.",
                "warning",
            )

    def _preamble(self, blocks: Iterable[Block], end: int, fields: dict[str, Any]) -> None:
        title = next((b for b in blocks if b.kind == "heading" and b.level == 1), None)
        covered = []
        if title is not None:
            fields["title"] = title.text
            self.spans.add("title", title.first, title.end)
            covered.append((title.first, title.end))
        self._loose("", "title/loose", self.body, end, covered)

    def _section(self, blocks: list[Block], end: int, known: str, fields: dict[str, Any]) -> str:
        """Read one section into its field; give the last known section so far."""
        heading, body = blocks[0], blocks[1:]
        field = _FIELDS.get(heading.text.lower(), "")
        if not field or field in self.spans.fields:
            slug = "section-duplicate" if field else "section-unknown"
            what = "stands twice: join the two" if field else "is not one of the format: it is kept where it stands"
            self.report(heading.first, slug, f"The section *{heading.text}* {what}.", "error" if field else "warning")
            self.copies[known, heading.text] += 1
            number = self.copies[known, heading.text]
            self.spans.add(
                f"section/{known}/{heading.text}/{number}", heading.first, _last_line(self.lines, heading.end, end)
            )
            self.foreign.append(Section(heading.text, raw_text(self.lines, heading.end, end), known))
            return known
        order = list(SECTIONS)
        if known and order.index(field) < order.index(known):
            self.report(
                heading.first,
                "section-order",
                f"*{SECTIONS[field]}* stands after *{SECTIONS[known]}*: move it up.",
                "warning",
            )
        self.spans.fields.add(field)
        self.spans.add(field, heading.first, heading.end)
        self._known(field, heading, body, end, fields)
        return field

    def _known(self, field: str, heading: Block, body: list[Block], end: int, fields: dict[str, Any]) -> None:
        if field == "purpose":
            text = raw_text(self.lines, heading.end, end)
            if text:
                self.spans.add("purpose/text", *_trim(self.lines, heading.end, end))
            fields[field] = text
            return
        if field == "steps":
            steps, covered, problems = parse_steps(body, self.lines, end, self.file, self.spans)
            fields[field] = steps
            self.problems.extend(problems)
        elif field == "failure_modes":
            fields[field], covered = self._failures(body)
        else:
            fields[field], covered = self._items(field, body)
        self._loose(field, f"{field}/loose", heading.end, end, covered)

    def _items(self, field: str, body: list[Block]) -> tuple[tuple[Any, ...], list[tuple[int, int]]]:
        values: list[Any] = []
        covered = []
        for item in (item for block in body if block.kind == "list" for item in block.items):
            value = _PARSERS[field](item.text) if item.text else None
            if value is None:
                self.report(
                    item.first,
                    "line-unreadable",
                    f"This line of *{SECTIONS[field]}* is not of its form: {_FORMS.get(field, 'write some text')}.",
                )
                continue
            values.append(value)
            key = f"input/{value.name}" if isinstance(value, Input) else f"{ITEM_KEYS[field]}-{len(values)}"
            self.spans.add(key, item.first, item.end)
            covered.append((item.first, item.end))
        return tuple(values), covered

    def _failures(self, body: list[Block]) -> tuple[tuple[KnownFailure, ...], list[tuple[int, int]]]:
        rows: list[KnownFailure] = []
        covered = []
        for block in (block for block in body if block.kind == "table"):
            head = tuple(cell.lower() for cell in block.items[0].cells) if block.items else ()
            if head != _HEAD or rows:
                self.report(
                    block.first,
                    "line-unreadable",
                    "The table of *Failure modes* is one, with the columns Sign, Cause, Recovery and Seen.",
                )
                continue
            first_row = block.items[1].first if len(block.items) > 1 else block.end
            self.spans.add("failures/head", block.first, first_row)
            for item in block.items[1:]:
                rows.append(KnownFailure(*item.cells[:4]))
                self.spans.add(f"failure-{len(rows)}", item.first, item.end)
            covered.append((block.first, block.end))
        return tuple(rows), covered

    def _loose(self, after: str, key: str, first: int, end: int, covered: list[tuple[int, int]]) -> None:
        runs = uncovered_runs(self.lines, first, end, covered)
        if runs:
            self.spans.add_all(key, runs)
            self.foreign.append(Section("", "\n\n".join(raw_text(self.lines, *run) for run in runs), after))


_PARSERS: dict[str, Callable[[str], object | None]] = {
    "triggers": parse_trigger,
    "inputs": parse_input,
    "prerequisites": str,
    "completion": parse_completion,
    "good": str,
    "examples": str,
    "escalation": parse_escalation,
    "open_questions": parse_question,
}
_FORMS = {"inputs": "write `` `name` (required): text `` or `` `name` (optional, default: x): text ``"}


def _texts(value: Any) -> tuple[str, ...] | None:
    if value == "":
        return ()
    return value if isinstance(value, tuple) and all(isinstance(item, str) for item in value) else None


def _trim(lines: list[str], first: int, end: int) -> tuple[int, int]:
    while first < end and not lines[first].strip():
        first += 1
    return first, _last_line(lines, first, end)


def _last_line(lines: list[str], first: int, end: int) -> int:
    while end > first and not lines[end - 1].strip():
        end -= 1
    return end
