"""The frontmatter: a restricted YAML in which every scalar stays the text that stands there. Text ↔ keys, inverse.

Read from PyYAML's event stream, so no tag is resolved, no alias followed and nothing constructed: ``yes``, ``1.0`` and
``2026-03-02`` stay strings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from runlore.model import Problem

LARGEST = 16 * 1024
_DEEPEST = 4
_DEEPEST_FOREIGN = 8
_MOST_NODES = 2000
_PLAIN = re.compile(
    r"[A-Za-z][\w./@+-]*(?::[\w./@+-]+)*(?: [A-Za-z0-9][\w./@+-]*)*|\d{4}-\d\d-\d\d|\d+ (?:hour|day|week|month|year)s?"
)
_TAKEN = re.compile(r"(?i)y|yes|n|no|on|off|true|false|null|nan|inf")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Entry:
    """One top-level key: its value (text, list of texts, or a deeper structure of both), and its lines in the file, from 0, half open."""

    key: str
    value: Any
    first: int
    end: int


def parse_frontmatter(
    text: str, file: str, *, foreign: bool = False
) -> tuple[tuple[Entry, ...], int, tuple[Problem, ...]]:
    """Read the frontmatter at the head of a text: its entries, the number of the first line of the body (from 0), and problems.

    Entries are empty where there is no frontmatter, or where it is no restricted YAML. Frontmatter of ``foreign`` documents may use
    flow style and eight levels; what no honest document holds (anchors, aliases, tags, more levels, sizes) is ``frontmatter-hostile`` there.
    """
    refused_slug = "frontmatter-hostile" if foreign else "frontmatter-unreadable"
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return (
            (),
            0,
            (
                Problem(
                    file,
                    1,
                    "frontmatter-missing",
                    "The file does not begin with frontmatter: put `---`, the keys and `---` at its head.",
                ),
            ),
        )
    close = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not close:
        return (
            (),
            1,
            (Problem(file, 1, "frontmatter-missing", "The frontmatter is never closed: end it with a line `---`."),),
        )
    inner = "\n".join(lines[1:close])
    if len(inner.encode("utf-8", "surrogatepass")) > LARGEST:
        return (
            (),
            close + 1,
            (
                Problem(
                    file,
                    1,
                    refused_slug,
                    f"The frontmatter is larger than {LARGEST // 1024} KiB: shorten it.",
                ),
            ),
        )
    pairs, problem = _pairs_of(inner, file, foreign)
    if problem is not None:
        return (), close + 1, (problem,)
    return _entries(pairs, lines, close), close + 1, _check_duplicates(pairs, file)


def _pairs_of(inner: str, file: str, foreign: bool) -> tuple[list[tuple[str, Any, int]], Problem | None]:
    """The top-level pairs of the YAML between the rules, or the problem that it has."""
    try:
        return _Composer(_events(inner, foreign), _DEEPEST_FOREIGN if foreign else _DEEPEST).document(), None
    except _Refused as refused:
        refusal = "frontmatter-hostile" if foreign and refused.hostile else "frontmatter-unreadable"
        return [], Problem(file, refused.line + 2, refusal, str(refused))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "it is no YAML"
        line = mark.line + 2 if mark else 1
        message = f"The frontmatter cannot be read: {what}. Quote texts that hold a colon."
        return [], Problem(file, line, "frontmatter-unreadable", message)


def render_entry(key: str, value: str | tuple[str, ...]) -> str:
    """Give the lines of one key, without a line end: a scalar, or a block list."""
    if isinstance(value, str):
        return f"{key}: {render_scalar(value, quoted=key == 'description')}"
    return "\n".join([f"{key}:", *(f"  - {render_scalar(item)}" for item in value)])


def render_scalar(text: str, quoted: bool = False) -> str:
    """Give a YAML scalar on one line: plain where every YAML reader keeps it a text (or a date), else in double quotes."""
    if not quoted and _PLAIN.fullmatch(text) and not _TAKEN.fullmatch(text):
        return text
    return (
        json.dumps(text, ensure_ascii=False)
        .replace("\x7f", "\\x7f")
        .replace("\u0085", "\\x85")
        .replace("\ufeff", "\\ufeff")
    )


class _Refused(Exception):
    def __init__(self, line: int, what: str, hostile: bool = True) -> None:
        self.line = line
        self.hostile = hostile
        super().__init__(what)


def _events(text: str, foreign: bool) -> Iterator[Any]:
    parsed: Iterator[Any] = yaml.parse(text, Loader=_Loader)
    for number, event in enumerate(parsed):
        line = event.start_mark.line
        if number > _MOST_NODES:
            raise _Refused(line, f"The frontmatter holds more than {_MOST_NODES:,} values: shorten it.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(line, "Anchors and aliases are not allowed in frontmatter: write the value out.")
        if getattr(event, "tag", None):
            raise _Refused(line, "Tags are not allowed in frontmatter: write the plain value.")
        if getattr(event, "flow_style", False) and not foreign:
            raise _Refused(line, "Flow style is not allowed in frontmatter: put each item on a line of its own.")
        if isinstance(event, yaml.DocumentStartEvent) and event.explicit:
            raise _Refused(line, "Frontmatter is one document: remove the inner `---`.", hostile=False)
        yield event


class _Composer:
    """Builds texts, lists and maps from events; nothing deeper than ``deepest`` levels."""

    def __init__(self, events: Iterator[Any], deepest: int) -> None:
        self._events = events
        self._deepest = deepest

    def document(self) -> list[tuple[str, Any, int]]:
        """Give the top-level pairs, each with the line of its key."""
        for event in self._events:
            if isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
                continue
            if isinstance(event, yaml.MappingStartEvent):
                return list(self._pairs(1))
            if isinstance(event, yaml.StreamEndEvent):
                return []
            line = event.start_mark.line
            raise _Refused(line, "Frontmatter holds keys and values: write `key: value` lines.", hostile=False)
        return []

    def _pairs(self, depth: int) -> Iterator[tuple[str, Any, int]]:
        for event in self._events:
            line: int = event.start_mark.line
            if isinstance(event, yaml.MappingEndEvent):
                return
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(line, "A key in frontmatter must be a plain text.", hostile=False)
            yield event.value, self._value(next(self._events), depth), line

    def _value(self, event: Any, depth: int) -> Any:
        if depth > self._deepest:
            raise _Refused(
                event.start_mark.line, f"Frontmatter is nested deeper than {self._deepest} levels: flatten it."
            )
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.MappingStartEvent):
            return {key: value for key, value, _ in self._pairs(depth + 1)}
        items: list[Any] = []
        for inner in self._events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(self._value(inner, depth + 1))
        return tuple(items)


def _entries(pairs: list[tuple[str, Any, int]], lines: list[str], close: int) -> tuple[Entry, ...]:
    """Each key reaches to the next one; blank lines and comments that follow its value stay outside."""
    starts = [line + 1 for _, _, line in pairs] + [close]
    entries = []
    for (key, value, _), first, following in zip(pairs, starts, starts[1:], strict=False):
        end = following
        while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        entries.append(Entry(key, value, first, end))
    return tuple(entries)


def _check_duplicates(pairs: list[tuple[str, Any, int]], file: str) -> tuple[Problem, ...]:
    seen: set[str] = set()
    problems = []
    for key, _, line in pairs:
        if key in seen:
            problems.append(
                Problem(file, line + 2, "frontmatter-duplicate", f"The key `{key}` stands twice: keep one.")
            )
        seen.add(key)
    return tuple(problems)
